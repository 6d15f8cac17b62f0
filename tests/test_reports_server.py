"""Reports over HTTP and by the command line beside a running server: who may, what comes, as JSON, CSV and workbook."""

import csv
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest
from serving import Serving

from bench import past_store
from db.connection import open_reader
from db.store import Store
from lobby import sample

DAYS = 3
FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A store with three past days."""
    folder = tmp_path_factory.mktemp("served") / "store"
    store = Store(folder)
    past_store.write(store, past_store.today() - timedelta(days=DAYS), DAYS, past_store.Past(load=0.5))
    store.close()
    with Serving(folder) as serving:
        yield serving


@pytest.fixture(scope="module")
def manager(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Mei", "manager")) as client:
        yield client


def test_only_managers_read_reports(server: Serving) -> None:
    paths = [
        "figures", "figures.csv", "figures.xlsx", "inspection", "inspection.csv", "inspection.xlsx", "staffing",
        "replay?day=2026-01-01", "replay/choices",
    ]  # fmt: skip
    with server.client() as nobody, server.client(server.sign_in("Lin")) as clerk:
        for path in paths:
            assert nobody.get(f"/api/v1/reports/{path}").status_code == 401, path
            assert clerk.get(f"/api/v1/reports/{path}").status_code == 403, path
        assert clerk.post("/api/v1/reports/staffing").status_code == 403
        assert clerk.post("/api/v1/reports/replay", json={"day": "2026-01-01"}).status_code == 403


def test_figures_as_json_csv_and_workbook_agree(manager: httpx.Client) -> None:
    asked = {"by": "service"}
    found = manager.get("/api/v1/reports/figures", params=asked).json()
    assert found["days"] == DAYS
    assert {row["group"] for row in found["rows"]} == {service.code for service in sample.SERVICES}
    answer = manager.get("/api/v1/reports/figures.csv", params={**asked, "lang": "zh"})
    assert f"figures-{found['from']}-{found['to']}.csv" in answer.headers["content-disposition"]
    heading, total, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[:2] == ["业务", "客户数"]
    assert total[:2] == ["合计", str(found["total"]["issued"])]
    assert len(rows) == len(found["rows"])
    assert "套餐与号卡" in {row[0] for row in rows}
    book = openpyxl.load_workbook(
        io.BytesIO(manager.get("/api/v1/reports/figures.xlsx", params={**asked, "lang": "en"}).content)
    )
    lines = list(book.worksheets[0].values)
    assert lines[0][:2] == ("Service", "Customers")
    assert lines[1][1] == found["total"]["issued"]


def test_the_inspection_report_has_a_sheet_for_each_part(manager: httpx.Client) -> None:
    found = manager.get("/api/v1/reports/inspection").json()
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/api/v1/reports/inspection.xlsx?lang=en").content))
    assert book.sheetnames == ["By month", "Misses", "Bookings"]
    assert len(list(book["By month"].values)) == 1 + len(found["months"])
    text = manager.get("/api/v1/reports/inspection.csv?lang=en").content.decode("utf-8-sig")
    assert text.startswith("Month,Class,Tier,Came,Promises due,Kept,Promise missed")


def test_no_cell_is_a_formula(server: Serving, manager: httpx.Client) -> None:
    _serve_one_as(server, FORMULA)
    sheet = openpyxl.load_workbook(
        io.BytesIO(manager.get("/api/v1/reports/figures.xlsx", params={"by": "staff"}).content)
    ).worksheets[0]
    [cell] = [row[0] for row in sheet.iter_rows() if row[0].value == FORMULA]
    assert cell.data_type == "s"
    text = manager.get("/api/v1/reports/figures.csv", params={"by": "staff"}).content.decode("utf-8-sig")
    assert f"\r\n'{FORMULA}" in text


def test_a_day_that_is_not_over_cannot_be_chosen_for_a_replay(server: Serving, manager: httpx.Client) -> None:
    with server.client(server.device("api", "window")["token"]) as window:
        window.post("/api/v1/tickets", json={"request_key": "today", "service": "plan"}).raise_for_status()
    today = manager.get("/api/v1/reports/figures").json()["today"]
    assert manager.get("/api/v1/reports/replay/choices").json()["latest"] < today
    refused = manager.get("/api/v1/reports/replay", params={"day": today})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_past_day")


def _serve_one_as(server: Serving, name: str) -> None:
    token = server.sign_in(name, counter=4)
    with server.client(token) as clerk, server.client(server.device("api", "door")["token"]) as door:
        door.post("/api/v1/tickets", json={"request_key": "one", "service": "plan"}).raise_for_status()
        for action in ("open", "call-next", "start", "finish"):
            assert clerk.post(f"/api/v1/counters/4/{action}", json={}).status_code == 200, action


def test_what_cannot_be_answered_is_refused_with_a_reason(manager: httpx.Client) -> None:
    for query in ("from=2026-11-02&to=2026-11-01", "from=2000-01-01&to=2026-01-01"):
        refused = manager.get(f"/api/v1/reports/figures?{query}")
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_span")
    assert manager.get("/api/v1/reports/figures?by=colour").status_code == 422
    assert manager.get("/api/v1/reports/inspection?from=yesterday").status_code == 422
    refused = manager.get("/api/v1/reports/replay?day=2001-01-01")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_past_day")
    assert manager.post("/api/v1/reports/replay", json={"day": "2001-01-01", "counters": []}).status_code == 422


def test_the_command_line_tells_the_same_beside_the_server(
    server: Serving, manager: httpx.Client, tmp_path: Path
) -> None:
    told = server.command("report", "--by", "day")
    asked = manager.get("/api/v1/reports/figures", params={"by": "day"}).json()
    past_days = [row for row in asked["rows"] if row["group"] < asked["today"]]
    assert told["rows"][: len(past_days)] == past_days
    server.command("report", "--inspection", "-o", str(tmp_path / "half-year.xlsx"), "--lang", "zh")
    assert openpyxl.load_workbook(tmp_path / "half-year.xlsx").sheetnames == ["按月统计", "未兑现明细", "预约情况"]
    assert ".xlsx" in server.command("report", "-o", str(tmp_path / "report.doc"), fails=True)
    assert "is no date" in server.command("report", "--from", "21.11.", fails=True)


def test_past_days_are_kept_ready_soon_after_the_start(server: Serving) -> None:
    deadline = time.monotonic() + 20
    while _kept(server.folder) < DAYS:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _kept(folder: Path) -> int:
    with closing(open_reader(folder / "lobbyline.db")) as conn:
        return int(conn.execute("SELECT count(*) FROM day_facts").fetchone()[0])


def test_the_server_starts_without_what_reports_alone_need() -> None:
    """Machine code is made in a process of its own; loading its compiler would cost each start a second."""
    program = "import sys, lobby.server; sys.exit(not {'numba', 'openpyxl'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
