"""A chain of three real stores, two head-office processes, a real PostgreSQL and Redis; each of them fails.

The stores' clocks are minutes apart from each other and from the head office's, whatever is tried.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import socketio
from chain_stage import Office, Postgres, told
from headquarters import BOSS, HeadOffice, add_people, order
from serving import Call, Serving

from chain.leaving import leaving
from chain.office.people import OfficeRole
from chain.office.wall import every_row
from db import events
from db.connection import open_reader
from db.event_records import EventKind
from db.store import FILE, Store
from lobby.tryout import LocalRedis

NAMES = ("浦东一店", "西湖店", "天河店")
AHEAD_S = (0.0, 7 * 60.0, -9 * 60.0)
"""How far each store's clock is ahead of the others' machine."""
SOON_S = 60.0
LOOK_S = 0.1
LOAD_S = 0.5


class Apart(Serving):
    """A store whose clock is so far ahead."""

    def __init__(self, folder: Path, ahead_s: float) -> None:
        super().__init__(folder)
        self._ahead_s = ahead_s

    def call(self, port: int) -> Call:
        return "hand_clock:serve_from", (str(self.folder), port, 1.0, time.time() + self._ahead_s)


@dataclass
class Chain:
    """Everything that runs."""

    postgres: Postgres
    redis: LocalRedis
    database: str
    desk: Office
    offices: list[HeadOffice]
    stores: list[Serving]
    counters: list[str] = field(default_factory=list)

    def wall(self) -> dict[str, Any]:
        """What a wall shows that is opened now, by store."""
        with self.desk.database.transaction() as conn:
            return {row["store"]: row for row in every_row(conn)}

    def require_equal_journals(self) -> None:
        """All that the stores know stands at the head office: row by row, once."""
        for name, store in zip(NAMES, self.stores, strict=True):
            eventually(partial(self._is_equal, name, store.folder))

    def _is_equal(self, name: str, folder: Path) -> bool:
        return told(self.desk, name) == journal_beside(folder)


def journal_beside(folder: Path) -> list[tuple[Any, ...]]:
    """The journal of a store whose server is running, as it leaves the store."""
    with closing(open_reader(folder / FILE)) as conn:
        return [tuple(leaving(line, with_staff_names=False)) for line in events.after(conn, 0, 1_000_000)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    with closing(Postgres()) as postgres:
        redis = LocalRedis(folder / "redis")
        database = postgres.new_database()
        add_people(database, **{BOSS: OfficeRole.ADMIN})
        offices = [HeadOffice(database, redis.url) for _ in range(2)]
        stores: list[Serving] = [Apart(folder / f"store{n}", ahead_s) for n, ahead_s in enumerate(AHEAD_S)]
        desk = Office(database)
        chain = Chain(postgres, redis, database, desk, offices, stores)
        for office in offices:
            office.start()
        for store in stores:
            store.start()
        for n, store in enumerate(stores):
            store.no_patience()
            chain.counters.append(store.sign_in("Lin", counter=4))
            store.ask("chain-join", url=offices[n % 2].url, token=desk.add_store(NAMES[n]))
        yield chain
        for store in stores:
            store.stop()
        for office in offices:
            office.end()
        desk.close()
        redis.stop()


@pytest.fixture
def chain(running: Chain) -> Chain:
    """All stores are on line."""
    eventually(lambda: all(row["standing"] == "joined" and not row["is_silent"] for row in running.wall().values()))
    return running


def eventually(is_so: Callable[[], bool], within_s: float = SOON_S) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(LOOK_S)


def call_one(chain: Chain, n: int, key: str) -> str:
    """A customer comes to a store and is called to counter 4; the number."""
    with chain.stores[n].client(chain.counters[n]) as counter:
        kiosk = chain.stores[n].device("kiosk", f"kiosk {key}")["token"]
        counter.post("/api/v1/counters/4/open")
        with chain.stores[n].client(kiosk) as client:
            client.post("/api/v1/tickets", json={"request_key": key, "service": "plan"}).raise_for_status()
        called = counter.post("/api/v1/counters/4/call-next", json={})
        assert called.status_code == 200, called.text
        counter.post("/api/v1/counters/4/no-show").raise_for_status()
        return str(called.json()["current"]["number"])


@dataclass
class Wall:
    """A wall that is open in a browser: every row it is sent."""

    client: socketio.Client
    rows: list[dict[str, Any]] = field(default_factory=list)

    def last_called(self, store: str) -> str | None:
        """The number that the newest row of a store shows as called last."""
        calls = [row["moment"]["last_call"] for row in self.rows if row["store"] == store and row["moment"]]
        return calls[-1]["number"] if calls and calls[-1] else None


@contextmanager
def watching(office: HeadOffice, name: str = BOSS) -> Iterator[Wall]:
    wall = Wall(socketio.Client(reconnection=True))
    with office.client(name) as browser:
        cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    for event in ("wall", "stores"):
        wall.client.on(event, lambda data: wall.rows.extend(data["stores"]))
    wall.client.on("connect", lambda: wall.client.emit("watch"))
    wall.client.connect(office.url, headers={"Cookie": cookie}, transports=["websocket"])
    try:
        eventually(lambda: bool(wall.rows))
        yield wall
    finally:
        wall.client.disconnect()


@contextmanager
def load(chain: Chain, n: int) -> Iterator[list[str]]:
    """Customers take numbers and cancel them, as fast as one kiosk can, also while nothing else works; the numbers."""
    numbers: list[str] = []
    is_over = Event()
    kiosk = chain.stores[n].device("kiosk", f"load {time.monotonic()}")["token"]

    def work() -> None:
        count = 0
        while not is_over.is_set():
            try:
                with chain.stores[n].client(kiosk) as client:
                    while not is_over.is_set():
                        body = {"request_key": f"load {n} {kiosk[:6]} {count}", "service": "billing"}
                        ticket = client.post("/api/v1/tickets", json=body).raise_for_status().json()
                        client.post(f"/api/v1/tickets/{ticket['token']}/cancel").raise_for_status()
                        numbers.append(ticket["number"])
                        count += 1
            except httpx.HTTPError:
                time.sleep(LOOK_S)

    worker = Thread(target=work)
    worker.start()
    try:
        yield numbers
    finally:
        is_over.set()
        worker.join()


def test_a_call_in_a_store_shows_on_the_wall_of_the_other_process(chain: Chain) -> None:
    """Store 0 tells process 0; the wall is open at process 1."""
    with watching(chain.offices[1]) as wall:
        number = call_one(chain, 0, "first")
        eventually(lambda: wall.last_called(NAMES[0]) == number)


def test_clocks_that_are_minutes_apart_make_nobody_early_or_late(chain: Chain) -> None:
    """News is as old as it is at the head office; what a store tells of its times is left as the store knows it."""
    for n, (name, ahead_s) in enumerate(zip(NAMES, AHEAD_S, strict=True)):
        number = call_one(chain, n, "apart")
        eventually(partial(_last_call_is, chain, name, number))
        row = chain.wall()[name]
        assert 0 <= row["age_s"] < SOON_S
        assert abs(row["moment"]["at"] - time.time() - ahead_s) < SOON_S
        assert (row["moment"]["longest_s"], row["moment"]["late"]) == (0, 0)
        told_at = [line[1] for line in told(chain.desk, name) if line[2] == "called" and line[3] == number][-1]
        assert abs(told_at - time.time() - ahead_s) < SOON_S
    chain.require_equal_journals()


def _last_call_is(chain: Chain, name: str, number: str) -> bool:
    call = chain.wall()[name]["moment"]["last_call"]
    return call is not None and bool(call["number"] == number)


def test_without_redis_the_wall_is_late_but_right_and_all_comes_back(chain: Chain) -> None:
    with watching(chain.offices[1]) as wall:
        chain.redis.kill()
        try:
            number = call_one(chain, 0, "no redis")
            eventually(lambda: wall.last_called(NAMES[0]) == number)
        finally:
            chain.redis.start()
        number = call_one(chain, 0, "redis again")
        eventually(lambda: wall.last_called(NAMES[0]) == number)


def test_mail_reaches_a_store_whose_line_another_process_holds(chain: Chain) -> None:
    with chain.offices[1].client() as client:
        body = {"zh": "今天系统维护", "en": "Maintenance today"}
        sent = client.post("/api/v1/mail", json={"stores": [NAMES[0]], "kind": "notice", "body": body})
        assert sent.status_code == 201, sent.text
        eventually(lambda: client.get("/api/v1/mail").json()["mail"][0]["state"] == "applied")
        with chain.stores[0].client() as board:
            assert body in board.get("/api/v1/board").json()["store"]["notices"]
        refused = {"toml": "format = 1\n[rule]\nfair_after = -5\n"}
        client.post("/api/v1/mail", json={"stores": [NAMES[0]], "kind": "settings", "body": refused}).raise_for_status()
        eventually(lambda: client.get("/api/v1/mail").json()["mail"][0]["state"] == "refused")
        assert "line 3: rule.fair_after" in client.get("/api/v1/mail").json()["mail"][0]["reason"]


def test_whoever_may_look_no_more_is_shown_nothing_more(chain: Chain) -> None:
    add_people(chain.database, 周看看=OfficeRole.VIEWER)
    with watching(chain.offices[0], "周看看") as wall:
        assert wall.client.connected
        order(chain.database, "person", "remove", "--name", "周看看")
        eventually(lambda: not wall.client.connected)


def test_every_part_is_killed_under_load_and_nothing_is_lost_or_doubled(chain: Chain) -> None:
    with load(chain, 0) as left, load(chain, 1) as right:
        _kill_office(chain, 0)
        _kill_store(chain, 0)
        _kill_redis(chain)
        _kill_postgres(chain)
        time.sleep(LOAD_S)
    assert len(left) > 20
    assert len(right) > 20
    chain.require_equal_journals()


def _kill_office(chain: Chain, n: int) -> None:
    time.sleep(LOAD_S)
    chain.offices[n].end(signal.SIGKILL)
    time.sleep(LOAD_S)
    chain.offices[n].start()


def _kill_store(chain: Chain, n: int) -> None:
    time.sleep(LOAD_S)
    port = chain.stores[n].port
    chain.stores[n].kill()
    chain.stores[n].start(port)


def _kill_redis(chain: Chain) -> None:
    time.sleep(LOAD_S)
    chain.redis.kill()
    time.sleep(LOAD_S)
    chain.redis.start()


def _kill_postgres(chain: Chain) -> None:
    time.sleep(LOAD_S)
    chain.postgres.server.kill()
    time.sleep(LOAD_S)
    chain.postgres.server.start()


def test_a_store_that_was_cut_off_for_hours_catches_up(chain: Chain) -> None:
    """Thousands of things happen meanwhile; the store works on, whatever its head office does."""
    store = chain.stores[2]
    chain.offices[0].end(signal.SIGKILL)
    port = store.port
    store.stop()
    _live_through(store.folder, 3_000)
    store.start(port)
    call_one(chain, 2, "while cut off")
    eventually(lambda: store.ask("chain-show")["trouble"] == "head_office_unreachable")
    behind = store.ask("chain-show")
    assert behind["journal"] - behind["told"] > 3_000
    chain.offices[0].start()
    chain.require_equal_journals()


def _live_through(folder: Path, lines: int) -> None:
    """So much is in the store's journal then, a second apart, as if hours had passed."""
    with closing(Store(folder)) as store:

        def write(conn: Connection) -> None:
            began = time.time() - lines
            for n in range(lines):
                events.append(conn, began + n, EventKind.NOTED, "staff:Lin", ticket=f"A{n % 999:03}", counter=4)

        store.write(write)


def test_a_revoked_store_is_told_nothing_and_comes_back_with_a_new_token(chain: Chain) -> None:
    order(chain.database, "store", "remove", "--name", NAMES[1])
    call_one(chain, 1, "nobody is told")
    eventually(lambda: chain.stores[1].ask("chain-show")["trouble"] == "unknown_chain_token")
    token = order(chain.database, "store", "token", "--name", NAMES[1])["token"]
    chain.stores[1].ask("chain-join", url=chain.offices[1].url, token=token)
    eventually(lambda: NAMES[1] in chain.wall() and not chain.wall()[NAMES[1]]["is_silent"])
    chain.require_equal_journals()


def test_nothing_that_says_who_a_customer_is_leaves_the_store(chain: Chain) -> None:
    tomorrow = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)).date().isoformat()
    with chain.stores[0].client(chain.counters[0]) as client:
        [*_, slot] = client.get("/api/v1/slots", params={"service": "plan", "date": tomorrow}).json()["slots"]
        visit = {"service": "plan", "slot_at": slot["slot_at"], "name": "欧阳娜娜", "phone": "13755550123"}
        client.post("/api/v1/appointments", json={"request_key": "visit", **visit}).raise_for_status()
    chain.require_equal_journals()
    with chain.desk.database.transaction() as conn:
        rows = conn.execute("SELECT kind, actor, data::text AS data FROM events").fetchall()
        moments = conn.execute("SELECT body::text AS data FROM moments").fetchall()
    said = " ".join(f"{row.get('actor')} {row['data']}" for row in (*rows, *moments))
    assert "5555" not in said
    assert "欧阳" not in said
    assert "Lin" not in said
    assert "appointment_booked" in {row.get("kind") for row in rows}


def test_a_wrong_address_or_token_is_said_at_once(chain: Chain) -> None:
    """The store stays where it was."""
    store, token = chain.stores[0], "x" * 43
    for url, code in (
        ("http://127.0.0.1:9", "head_office_unreachable"),
        (chain.offices[0].url, "unknown_chain_token"),
        (store.url, "no_head_office"),
        ("http://example.com", "bad_head_office_address"),
    ):
        assert refused(store, url=url, token=token) == code
    assert refused(store, url="https://127.0.0.1", token=token, authority="no certificate") == "bad_authority"
    assert store.ask("chain-show")["head_office"] == chain.offices[0].url


def refused(store: Serving, **wish: str) -> str:
    control = json.loads((store.folder / "control.json").read_text())
    with store.client(control["token"]) as client:
        return str(client.post("/api/v1/commands/chain-join", json=wish).json()["code"])
