"""Owns a lobby for display tests: as many counters as wished, the longest names, people called to them."""

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from serving import Serving

from counter import auth, desk
from db import counters, settings, staff
from db.people_records import Role, Staff
from db.setting_records import Settings
from db.store import Store
from db.words import Names
from lobby import sample

LONG = Names(
    "海棠路与解放大道交叉口旗舰营业厅暨客户体验中心", "Haitang Road Flagship Store & Customer Experience Centre"
)
LONG_NOTICE = Names(
    "办理过户、销户与补卡业务请带好本人有效身份证件原件，代办请同时带好委托书",
    "For transfers and SIM replacements bring your original identity document; proxies also a letter of authority.",
)


def prepare(folder: Path, count: int, *, staffed: int = 0, long_names: bool = False) -> list[str]:
    """The sample store with counters 1 to `count` that serve everything; at the first `staffed` of them sits a clerk.

    Returns the clerks' sign-ins.
    """
    store = Store(folder)
    store.write(lambda conn: _set_up(conn, count, long_names=long_names))
    tokens = [store.write(lambda conn, number=n: _sit(conn, number)) for n in range(1, staffed + 1)]  # type: ignore[misc]
    store.close()
    return tokens


def _sit(conn: Connection, number: int) -> str:
    name = f"clerk {number}"
    clerk = Staff(staff.add_staff(conn, name, Role.COUNTER, None), name, Role.COUNTER)
    desk.open_counter(conn, number, clerk, time.time())
    return auth.open_session(conn, clerk, time.time())


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
    """Clerks at counters of a served store, and a program that issues numbers. Use it as a context."""

    def __init__(self, server: Serving, sign_ins: Sequence[str]) -> None:
        self.server = server
        self._clerks = dict(enumerate(map(server.client, sign_ins), start=1))
        self._program = server.client(self.command("device-add", kind="api", name="program")["token"])
        self._keys = itertools.count()
        self._given: list[str] = []

    def __enter__(self) -> "Desks":
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self._program, *self._clerks.values()):
            client.close()

    def command(self, name: str, /, **arguments: Any) -> Any:
        """A set-up command, as the command line gives it."""
        control = json.loads((self.server.folder / "control.json").read_text())
        with self.server.client(control["token"]) as technician:
            answer = technician.post(f"/api/v1/commands/{name}", json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def issue(self, count: int, service: str = "plan") -> list[str]:
        """So many people take a number."""
        key = f"{self.server.folder.name}-{service}-{next(self._keys)}"
        bodies = [{"request_key": f"{key}-{n}", "service": service} for n in range(count)]
        tickets = [self._program.post("/api/v1/tickets", json=body).json() for body in bodies]
        self._given += [ticket["token"] for ticket in tickets]
        return [ticket["number"] for ticket in tickets]

    def act(self, number: int, action: str) -> str:
        """One action at a counter; the number that is there then."""
        answer = self._clerks[number].post(f"/api/v1/counters/{number}/{action}")
        assert answer.status_code == 200, answer.text
        current = answer.json()["current"]
        return str(current["number"]) if current else ""

    def call(self, number: int) -> str:
        """Call next."""
        return self.act(number, "call-next")

    def clear(self) -> None:
        """Everybody goes home."""
        for ticket in self._program.get("/api/v1/board").json()["serving"]:
            self.act(ticket["counter"], "finish" if ticket["state"] == "serving" else "no-show")
        for token in self._given:
            self._program.post(f"/api/v1/tickets/{token}/cancel")
        self._given.clear()
