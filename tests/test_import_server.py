"""Taking a list over beside a running server: by the command line and by programs, while the lobby goes on."""

import csv
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import office
import pytest
from serving import LOBBYLINE, Serving

SAMPLE = office.text(office.sample()).encode("gb18030")
OCTETS = {"Content-Type": "application/octet-stream"}
LINES = 20_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with Serving(tmp_path / "store") as serving:
        yield serving


@pytest.fixture
def mei(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Mei", "manager")) as client:
        yield client


def _begin(client: httpx.Client, data: bytes) -> str:
    begun = client.post("/api/v1/imports?kind=members", content=data, headers=OCTETS)
    assert begun.status_code == 201, begun.text
    return f"/api/v1/imports/{begun.json()['id']}"


def _past(client: httpx.Client, path: str, state: str, within_s: float = 60) -> Any:
    """What an import is like once it has left a state."""
    deadline = time.monotonic() + within_s
    while (job := client.get(path).json())["state"] == state:
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return job


def _run(server: Serving, *arguments: str, lang: str = "C.UTF-8") -> "subprocess.CompletedProcess[str]":
    words = [LOBBYLINE, "import", "members", *arguments, "--data", str(server.folder)]
    environment = {**os.environ, "LC_ALL": lang}
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_small_files_that_hold_very_much_are_refused_and_the_lobby_goes_on(mei: httpx.Client) -> None:
    files = {
        office.far_cell(): "no list that can be read",
        office.bomb(300): "too large",
        office.bomb(20, said=1000): "damaged",
    }
    for data, words in files.items():
        assert len(data) < 400_000
        job = _past(mei, _begin(mei, data), "reading")
        assert (job["state"], words in job["error"]["text"]) == ("failed", True), job
        assert mei.get("/healthz").status_code == 200


def test_the_command_line_tells_each_fault_in_the_readers_language_and_saves_them(
    server: Serving, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_bytes(SAMPLE)
    looked = _run(
        server, str(tmp_path / "list.csv"), "--dry-run", "--faults", str(tmp_path / "f.csv"), lang="zh_CN.UTF-8"
    )
    assert looked.returncode == 0, looked.stderr
    assert "第 5 行，手机号码“139001366”：不是 11 位手机号码" in looked.stderr
    assert "+ V1 王秀英" in looked.stdout
    assert "新增 3，变更 0，不变 0，失效 0，错误 7" in looked.stdout
    saved = list(csv.reader((tmp_path / "f.csv").read_text("utf-8-sig").splitlines()))
    assert [int(row[0]) for row in saved[1:]] == [line for line, *_ in office.FAULTS]
    english = _run(server, str(tmp_path / "list.csv"), "--strict")
    assert english.returncode == 1
    assert "line 5, 手机号码 “139001366”: not an 11-digit mobile number" in english.stderr
    taken = json.loads(_run(server, str(tmp_path / "list.csv"), "--json", "--lang", "en").stdout)
    assert {key: taken[key] for key in ("added", "changed", "unchanged", "ended")} == {
        "added": 3, "changed": 0, "unchanged": 0, "ended": 0,
    }  # fmt: skip
    assert [tuple(fault.values()) for fault in taken["faults"]] == office.FAULTS
    assert [list(fault) for fault in taken["faults"][:1]] == [["line", "column", "value", "reason"]]
    assert json.loads(_run(server, str(tmp_path / "list.csv"), "--json").stdout)["unchanged"] == 3


def test_the_command_line_does_the_same_without_a_server(server: Serving, tmp_path: Path) -> None:
    server.stop()
    (tmp_path / "list.xlsx").write_bytes(office.workbook(office.sample()))
    taken = json.loads(_run(server, str(tmp_path / "list.xlsx"), "--json").stdout)
    assert (taken["added"], len(taken["faults"])) == (3, 7)
    (tmp_path / "none.csv").write_text("a,b\n1,2\n")
    refused = _run(server, str(tmp_path / "none.csv"), "--lang", "zh")
    assert refused.returncode == 1
    assert refused.stderr.startswith("lobbyline: 无法读取此文件：表头缺少 member_no")
    assert len(refused.stderr.splitlines()) == 1


def test_a_program_looks_at_a_list_before_it_takes_it_over(mei: httpx.Client) -> None:
    path = _begin(mei, SAMPLE)
    job = _past(mei, path, "reading")
    assert (job["state"], job["added"], job["right"], job["faults"]) == ("ready", 3, 3, 7)
    assert mei.get("/api/v1/members").json()["known"] == 0
    strict = mei.post(f"{path}/apply", json={"strict": True})
    assert (strict.status_code, strict.json()["code"]) == (409, "list_has_faults")
    added = mei.get(f"{path}/changes?kind=added").json()["changes"]
    assert [change["key"] for change in added] == ["V1", "V2", "V3"]
    fault = mei.get(f"{path}/faults").json()["faults"][0]
    assert (fault["line"], fault["heading"], fault["reason"]["text"]) == (
        5,
        "手机号码",
        "not an 11-digit mobile number",
    )
    sheet = mei.get(f"{path}/faults.csv?lang=zh")
    assert sheet.content.startswith("\ufeff行,列,内容,原因".encode())
    assert mei.post(f"{path}/apply").status_code == 202
    assert _past(mei, path, "applying")["state"] == "done"
    assert mei.post(f"{path}/apply").json()["code"] == "import_not_ready"
    summary = mei.get("/api/v1/members").json()
    assert (summary["known"], summary["last"]["by"], summary["last"]["added"]) == (3, "Mei", 3)
    assert mei.delete(path).status_code == 200
    assert mei.get(path).status_code == 404


def test_what_is_no_list_is_refused_with_words_and_nothing_is_kept(server: Serving, mei: httpx.Client) -> None:
    job = _past(mei, _begin(mei, b"\x89PNG\0\0"), "reading")
    assert (job["state"], job["error"]["text"][:20]) == ("failed", "This file is no list")
    assert _past(mei, _begin(mei, office.workbook([["a"]])), "reading")["error"]["code"] == "bad_file"
    lines = [*office.sample()[:1], *(["x"] for _ in range(3))]
    assert (
        "no line that can be used" in _past(mei, _begin(mei, office.text(lines).encode()), "reading")["error"]["text"]
    )
    assert not list(server.folder.glob("imports/*/source"))


def test_only_managers_and_the_command_line_may(server: Serving, mei: httpx.Client) -> None:
    path = _begin(mei, SAMPLE)
    with server.client(server.sign_in("Lin")) as lin, server.client() as nobody:
        assert lin.post("/api/v1/imports", content=SAMPLE, headers=OCTETS).status_code == 403
        assert lin.get(path).status_code == 403
        assert nobody.get(f"{path}/faults.csv").status_code == 401
        assert nobody.get("/members").status_code == 302
    assert mei.post("/api/v1/imports?kind=horses", content=SAMPLE, headers=OCTETS).status_code == 422


def test_tickets_are_issued_while_a_long_list_is_read_and_written(server: Serving, mei: httpx.Client) -> None:
    data = office.text(list(office.many(LINES))).encode("gb18030")
    during: dict[str, list[float]] = {"reading": [], "applying": []}
    with server.client(server.device("api", "kiosk")["token"]) as kiosk:
        path = _begin(mei, data)
        while (job := mei.get(path).json())["state"] != "done":
            if job["state"] == "ready":
                mei.post(f"{path}/apply")
                continue
            begun = time.monotonic()
            key = f"during-{job['state']}-{len(during[job['state']])}"
            issued = kiosk.post("/api/v1/tickets", json={"request_key": key, "service": "plan"})
            assert issued.status_code == 201
            during[job["state"]].append(time.monotonic() - begun)
    assert job["added"] == LINES
    for waits in during.values():
        assert len(waits) >= 3
        assert sorted(waits)[len(waits) // 2] < 0.25


def test_a_list_that_a_crash_cut_off_is_whole_after_the_next_start(server: Serving, mei: httpx.Client) -> None:
    path = _begin(mei, office.text(list(office.many(LINES))).encode())
    _past(mei, path, "reading")
    mei.post(f"{path}/apply")
    while (job := mei.get(path).json())["done"] < 500:
        assert job["state"] == "applying"
    server.kill()
    server.start()
    with server.client(server.sign_in("Gu", "manager")) as gu:
        summary = gu.get("/api/v1/members").json()
        imported = [event for event in _journal(gu) if event["kind"] == "members_imported"]
    assert summary["known"] == LINES
    assert [event["actor"] for event in imported] == ["staff:Mei"]
    assert not list((server.folder / "imports").iterdir())


def _journal(client: httpx.Client) -> list[Any]:
    found: list[Any] = client.get("/api/v1/events?after=0").json()["events"]
    return found
