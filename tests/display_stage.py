"""Owns a lobby for display tests: as many counters as wished, the longest names, people called to them."""

from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

import httpx
from serving import Serving

from db import counters, settings
from db.records import Names, Settings
from db.store import Store
from lobby import sample

LONG = Names(
    "海棠路与解放大道交叉口旗舰营业厅暨客户体验中心", "Haitang Road Flagship Store & Customer Experience Centre"
)
LONG_NOTICE = Names(
    "办理过户、销户与补卡业务请带好本人有效身份证件原件，代办请同时带好委托书",
    "For transfers and SIM replacements bring your original identity document; proxies also a letter of authority.",
)


def prepare(folder: Path, count: int, *, long_names: bool = False) -> None:
    """The sample store with so many counters, 1 to `count`, that serve everything."""
    store = Store(folder)
    store.write(lambda conn: _set_up(conn, count, long_names=long_names))
    store.close()


def _set_up(conn: Connection, count: int, *, long_names: bool) -> None:
    sample.create_if_new(conn, 0)
    conn.execute("DELETE FROM counter_skills WHERE counter > ?", (count,))
    conn.execute("DELETE FROM counters WHERE number > ?", (count,))
    known = {counter.number for counter in counters.everyone(conn)}
    for number in range(1, count + 1):
        every = replace(sample.COUNTERS[-1], number=number)
        (counters.set_work if number in known else counters.add)(conn, every)
    if long_names:
        settings.save(conn, _lengthened(settings.load(conn)))
        conn.execute(
            "UPDATE services SET name_zh = name_zh || '办理及变更咨询', name_en = name_en || ' and account changes'"
        )


def _lengthened(store: Settings) -> Settings:
    return replace(store, name=LONG, notices=(LONG_NOTICE,))


class Desks:
    """Clerks at counters of a served store, and a program that issues numbers. Close it, or use it as a context."""

    def __init__(self, server: Serving, count: int) -> None:
        self._server = server
        self._program = server.client(server.device("api", f"program {count}")["token"])
        self._clerks = {number: self._sit(number) for number in range(1, count + 1)}
        self._keys = iter(range(1_000_000))

    def __enter__(self) -> "Desks":
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self._program, *self._clerks.values()):
            client.close()

    def _sit(self, number: int) -> httpx.Client:
        return self._server.client(self._server.sign_in(f"clerk {number}", counter=number))

    def issue(self, count: int, service: str = "plan") -> list[str]:
        """So many people take a number."""
        key = f"{self._server.folder.name}-{service}-{next(self._keys)}"
        bodies = [{"request_key": f"{key}-{n}", "service": service} for n in range(count)]
        return [self._program.post("/api/v1/tickets", json=body).json()["number"] for body in bodies]

    def act(self, number: int, action: str) -> str:
        """One action at a counter; the number that is there then."""
        answer = self._clerks[number].post(f"/api/v1/counters/{number}/{action}")
        assert answer.status_code == 200, answer.text
        current = answer.json()["current"]
        return str(current["number"]) if current else ""

    def call(self, number: int) -> str:
        """Call next."""
        return self.act(number, "call-next")

    def board(self) -> dict[str, object]:
        """The public board."""
        answer: dict[str, object] = self._program.get("/api/v1/board").json()
        return answer
