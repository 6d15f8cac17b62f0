"""Owns the proof that a carrier's whole list is taken over in time, and that the lobby hears nothing of it.

Usage: bench/members.py [--quick] [--json] [--check]. A list of 100,000 lines (with --quick 20,000), in GB18030 with
Chinese headings as an office saves it, and once as .xlsx, is imported by the command line beside a running server,
while one program issues tickets and one counter calls. The bare limit is Python's csv reader and one SQLite insert.
"""

import csv
import io
import itertools
import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import openpyxl

from bench.harness import Aim, Json, Machine, Served, finish, number, options, percentile, served_store, table

FULL, QUICK = 100_000, 20_000
LIMIT_S = 20.0
LIMIT_P99_MS = 250.0
HEADING = [
    "会员编号",
    "姓名",
    "手机号码",
    "客户等级",
    "生效日期",
    "失效日期",
    "合约到期",
    "生日",
    "客户经理A",
    "客户经理B",
    "语言",
]
GAP_S = 0.02


def main() -> int:
    """Measure and tell."""
    given = options("A carrier's list is taken over while the lobby goes on.")
    count = QUICK if given.quick else FULL
    machine = Machine()
    with served_store() as served:
        first = _text(served.folder, count, "银卡", "金卡")
        second = _text(served.folder, count, "金卡", "钻石卡")
        book = _workbook(served.folder, count)
        bare_s = _bare(first, served.folder)
        with _Lobby(served) as lobby:
            quiet = lobby.during(lambda: time.sleep(3))
            runs = {
                "new, CSV": lobby.during(lambda: _import(served, first, added=count)),
                "all changed, CSV": lobby.during(lambda: _import(served, second, changed=count)),
                "all changed, .xlsx": lobby.during(lambda: _import(served, book, changed=count)),
            }
    rows = [["nothing imported", "–", *_waits(quiet[1])]]
    rows += [[name, number(took), *_waits(waits)] for name, (took, waits) in runs.items()]
    headings = ["", "import s", "answers", "p50 ms", "p99 ms", "worst ms"]
    table(f"{count:,} members; bare: read and insert {number(bare_s)} s", headings, rows)
    ratio = number(runs["new, CSV"][0] / bare_s)
    print(f"\n{ratio} times the bare limit; others used {machine.others():.0%} of the CPUs")
    csv_runs = {name: run for name, run in runs.items() if "CSV" in name}
    aims = [Aim(f"{name}: {count:,} lines", took, LIMIT_S, "s") for name, (took, _) in csv_runs.items()]
    every = [wait for _, found in csv_runs.values() for wait in found]
    aims.append(Aim("issuing and calling meanwhile, p99", percentile(every, 0.99) * 1000, LIMIT_P99_MS, "ms"))
    figures = {name: {"s": took, "p99_ms": percentile(waits, 0.99) * 1000} for name, (took, waits) in runs.items()}
    return finish(given, "members", {"lines": count, "bare_s": bare_s, "imports": figures}, aims)


def _waits(waits: list[float]) -> list[str]:
    shown = (percentile(waits, share) * 1000 for share in (0.5, 0.99, 1.0))
    return [str(len(waits)), *map(number, shown)]


def _rows(count: int, *tiers: str) -> Iterator[list[str]]:
    chance = random.Random(7)
    yield HEADING
    for n in range(count):
        month = chance.randint(1, 12)
        span = [f"2026/{month}/1", f"2027/{month}/28"]
        birthday = f"{chance.randint(1950, 2005)}/{chance.randint(1, 12)}/{chance.randint(1, 28)}"
        name = chance.choice("王李张刘陈杨赵黄") + chance.choice("伟芳娜敏静强磊军洋勇")
        yield [f"V{n:08d}", name, f"139{n:08d}", tiers[n % len(tiers)], *span, "", birthday, "M01", "M02", "中文"]


def _text(folder: Path, count: int, *tiers: str) -> Path:
    path = folder / f"{tiers[0]}.csv"
    path.write_text("\r\n".join(",".join(row) for row in _rows(count, *tiers)), "gb18030")
    return path


def _workbook(folder: Path, count: int) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _rows(count, "钻石卡", "银卡"):
        sheet.append(row)
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def _bare(path: Path, folder: Path) -> float:
    """Read the lines and insert them, with nothing of a product around it."""
    begun = time.monotonic()
    rows = list(csv.reader(io.StringIO(path.read_text("gb18030"), newline="")))[1:]
    conn = sqlite3.connect(folder / "bare-members.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute(f"CREATE TABLE members (no TEXT PRIMARY KEY, {', '.join(f'c{n}' for n in range(len(HEADING) - 1))})")
    conn.execute("BEGIN IMMEDIATE")
    conn.executemany(f"INSERT INTO members VALUES ({', '.join('?' * len(HEADING))})", rows)
    conn.execute("COMMIT")
    conn.close()
    return time.monotonic() - begun


def _import(served: Served, path: Path, **expected: int) -> None:
    words = [str(Path(sys.executable).with_name("lobbyline")), "import", "members", str(path), "--strict", "--json"]
    done = subprocess.run([*words, "--data", str(served.folder)], check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert all(said[key] == count for key, count in expected.items()), said


class _Lobby:
    """Somebody who takes number after number, and a counter that calls and serves them; each answer is timed."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._kiosk = served.command("device", "add", "api", "--name", "bench")["token"]
        served.command("staff", "add", "--name", "Bench", "--role", "counter", "--pin", "2468")
        self._ended = threading.Event()
        self._waits: list[float] = []
        self._thread = threading.Thread(target=self._live)

    def __enter__(self) -> "_Lobby":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def during(self, work: Callable[[], None]) -> tuple[float, list[float]]:
        """How long some work took, in s, and how long each answer took meanwhile."""
        before, begun = len(self._waits), time.monotonic()
        work()
        return time.monotonic() - begun, self._waits[before:]

    def _live(self) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self._served.port}/api/v1", trust_env=False) as client:
            signed_in = client.post("/sessions", json={"staff": "Bench", "pin": "2468", "counter": 4})
            clerk = signed_in.json()["token"]
            for n in itertools.count():
                if self._ended.wait(GAP_S):
                    return
                self._ask(client, self._kiosk, "/tickets", {"request_key": f"bench-{n}", "service": "plan"})
                for action in ("call-next", "start", "finish"):
                    self._ask(client, clerk, f"/counters/4/{action}", {})

    def _ask(self, client: httpx.Client, token: str, path: str, body: Json) -> None:
        begun = time.monotonic()
        answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        self._waits.append(time.monotonic() - begun)
        answer.raise_for_status()


if __name__ == "__main__":
    sys.exit(main())
