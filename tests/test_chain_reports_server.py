"""A real store tells its past days to a real head office, whose reports are read by HTTP, as sheets and by command."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from chain_stage import Postgres
from headquarters import BOSS, HeadOffice, add_people, command, order
from serving import Serving

from bench import past_store
from chain.office.people import OfficeRole
from db.store import Store

DAYS = 2
STORE = "浦东一店"
TOLD_WITHIN_S = 30.0
FORECAST = {"expected"}
SHEETS = ("figures", "inspection")


@pytest.fixture(scope="module")
def office(postgres: Postgres) -> Iterator[HeadOffice]:
    url = postgres.new_database()
    add_people(url, **{BOSS: OfficeRole.VIEWER})
    with HeadOffice(url, None) as started:
        yield started


@pytest.fixture(scope="module")
def store(office: HeadOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A store with past days that has just joined."""
    folder = tmp_path_factory.mktemp("served") / "store"
    prepared = Store(folder)
    past_store.write(prepared, past_store.today() - timedelta(days=DAYS), DAYS, past_store.Past(vip_share=0.6))
    prepared.close()
    token = order(office.database, "store", "add", "--name", STORE, "--region", "华东/上海")["token"]
    with Serving(folder) as serving:
        serving.ask("chain-join", url=office.url, token=token)
        yield serving


@pytest.fixture(scope="module")
def boss(office: HeadOffice, store: Serving) -> Iterator[httpx.Client]:
    """A viewer, as soon as all days are there."""
    assert store.url
    with office.client() as client:
        until = time.monotonic() + TOLD_WITHIN_S
        while len(ask(client, "figures", by="day")["rows"]) < DAYS:
            assert time.monotonic() < until, office.log
            time.sleep(0.1)
        yield client


def ask(client: httpx.Client, what: str, **query: str) -> Any:
    answer = client.get(f"/api/v1/reports/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_both_houses_say_the_same_of_the_same_days(boss: httpx.Client, store: Serving) -> None:
    with store.client(store.sign_in("Mei", "manager")) as manager:
        for by in ("day", "hour", "service"):
            found = ask(boss, "figures", by=by, region="华东")
            own = ask(manager, "figures", by=by, **{"from": found["from"], "to": found["to"]})
            assert found["total"]["issued"] > 100
            assert found["total"] == _without(own["total"])
            assert {row["group"]: row for row in found["rows"]} == {row["group"]: _without(row) for row in own["rows"]}
        own, found = ask(manager, "inspection"), ask(boss, "inspection", store=STORE)
        assert found["missed"] == len(own["misses"]) > 0
        assert {(one["day"], one["number"], one["cause"], one["since"]) for one in found["misses"]} == {
            (one["day"], one["number"], one["cause"], one["since"]) for one in own["misses"]
        }


def _without(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in figures.items() if key not in FORECAST}


def test_what_cannot_be_answered_is_said_in_words(boss: httpx.Client) -> None:
    for query, status in (
        ({"region": "华"}, 404), ({"store": "无"}, 404), ({"by": "staff"}, 422), ({"from": "gestern"}, 422),
        ({"from": "2026-02-02", "to": "2026-02-01"}, 422),
    ):  # fmt: skip
        answer = boss.get("/api/v1/reports/figures", params=query)
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"]


def test_nobody_reads_reports_without_signing_in(boss: httpx.Client, office: HeadOffice) -> None:
    paths = ["choices", *(f"{name}{ending}" for name in SHEETS for ending in ("", ".csv", ".xlsx"))]
    with httpx.Client(base_url=office.url, trust_env=False) as nobody:
        for path in paths:
            assert nobody.get(f"/api/v1/reports/{path}").status_code == 401, path
            assert boss.get(f"/api/v1/reports/{path}").status_code == 200, path
        assert "/sign-in" in nobody.get("/reports").headers["location"]


def test_sheets_have_the_same_figures_in_both_languages(boss: httpx.Client) -> None:
    found = ask(boss, "figures", by="store")
    answer = boss.get("/api/v1/reports/figures.csv", params={"by": "store", "lang": "zh"})
    heading, total, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[:2] == ["营业厅", "客户数"]
    assert total[:2] == ["合计", str(found["total"]["issued"])]
    assert row[:2] == [STORE, str(found["total"]["issued"])]
    content = boss.get("/api/v1/reports/inspection.xlsx", params={"lang": "en"}).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    groups, _, misses, _ = (list(sheet.values) for sheet in book.worksheets)
    assert groups[0][:2] == ("Region", "Class")
    assert {line[:2] for line in groups[1:]} == {("华东", "VIP"), ("华东", "Appointment")} & {
        line[:2] for line in groups
    }
    assert misses[0][:3] == ("Day", "Region", "Store")
    assert {line[1:3] for line in misses[1:]} == {("华东/上海", STORE)}


@pytest.mark.usefixtures("boss")
def test_the_command_line_tells_and_writes_the_same(office: HeadOffice, boss: httpx.Client, tmp_path: Any) -> None:
    figures = order(office.database, "report", "--by", "hour", "--region", "华东/上海")
    assert figures == ask(boss, "figures", by="hour", region="华东/上海")
    book = tmp_path / "figures.xlsx"
    for words in (["--output", str(book)], ["--inspection", "--by", "store"]):
        code, said = command(office.database, "report", *words)
        assert (code, bool(said)) == (0, True)
    assert openpyxl.load_workbook(book).worksheets[0]["A3"].value == "华东"
    code, said = command(office.database, "report", "--inspection", "--by", "hour")
    assert (code, "by region or by store" in said) == (1, True)
