"""A day with people who can be recognised, over a real server: where their names and numbers end up, where never."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from agents import Agenting
from fake_printer import FakePrinter
from serving import Serving

WAIT_S = 20.0
NAMES = ("司马测试员", "欧阳测试员")
PHONES = ("13911223344", "13922334455", "13933445566")
TAILS = tuple(phone[3:] for phone in PHONES)
CARDS = ("V99887766", "V99887755")
WORDS = ("秘密备注甲", "秘密评价乙", "秘密原因丙", "秘密许可丁")


@dataclass
class Day:
    """What the day left behind: what each kind of screen was sent, the logs, the folders."""

    store: Path
    agent: Path
    log: str = ""
    paper: bytes = b""
    sent: dict[str, list[str]] = field(default_factory=dict)


class _Screen:
    """A screen as a program, which writes down every word it is sent."""

    def __init__(self, url: str, kept: list[str], auth: str | None = None, **what: object) -> None:
        self._news = threading.Condition()
        self._kept = kept
        self.client = socketio.Client(reconnection=False, handle_sigint=False)
        for name in ("snapshot", "called", "refused"):
            self.client.on(name, self._keep)
        self.client.connect(url, auth={"token": auth} if auth else None, transports=["websocket"])
        self.client.emit("watch", what)
        self.until("version")

    def _keep(self, data: object) -> None:
        with self._news:
            self._kept.append(json.dumps(data, ensure_ascii=False))
            self._news.notify_all()

    def until(self, words: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: any(words in said for said in self._kept), WAIT_S), self._kept[-1:]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("busy")
    left = Day(folder / "store", folder / "agent")
    with FakePrinter() as printer, Serving(left.store) as server:
        _people(server, folder)
        token = server.ask("printer-add", name="P", address="agent+usb://")["token"]
        with Agenting(server.url, token, left.agent, printer.address) as agent:
            agent.wait_until("connected")
            _live(server, left)
            printer.wait_for_jobs(2)
            server.ask("backup")
            left.log = "\n".join([*server.log, *agent.log])
        left.paper = b"".join(bytes(job) for job in printer.jobs)
    return left


def _people(server: Serving, folder: Path) -> None:
    """Two VIPs, as the office sends them."""
    heading = "member_no,name,phone,tier,valid_from,valid_until,birthday"
    people = zip(CARDS, NAMES, PHONES[:2], strict=True)
    lines = [f"{card},{name},{phone},gold,2020-01-01,2099-12-31,1988-08-08" for card, name, phone in people]
    (folder / "members.csv").write_text("\n".join([heading, *lines]))
    server.command("import", "members", str(folder / "members.csv"))


def _live(server: Serving, left: Day) -> None:
    kiosk = server.ask("device-add", kind="kiosk", name="door", printer="P")["token"]
    hotline = server.ask("device-add", kind="api", name="hotline")["token"]
    lin = server.sign_in("Lin", counter=4)
    server.sign_in("Mei", "manager")
    mei = server.session("Mei")
    kept: dict[str, list[str]] = {name: [] for name in ("kiosk", "display", "phone", "http")}
    screens = [
        _Screen(server.url, kept["kiosk"], kiosk, screen="kiosk"),
        _Screen(server.url, kept["display"], screen="display"),
    ]
    with (
        server.client(kiosk) as at_kiosk,
        server.client(lin) as desk,
        server.client(mei) as floor,
        server.client(hotline) as line,
    ):
        wish = {"request_key": "w1", "service": "plan", "phone": PHONES[0]}
        ticket = _ok(at_kiosk.post("/api/v1/tickets", json=wish))
        screens.append(_Screen(server.url, kept["phone"], screen="ticket", token=ticket["token"]))
        _book(line)
        typed = {"request_key": "w2", "service": "plan", "member_no": CARDS[1]}
        second = _ok(at_kiosk.post("/api/v1/tickets", json=typed))
        reason = {"ticket": second["number"], "reason": WORDS[2]}
        _ok(floor.post("/api/v1/counters/4/prioritise", json=reason))
        assert at_kiosk.post("/api/v1/check-ins", json={"request_key": "w3", "phone": PHONES[2]}).is_client_error
        assert at_kiosk.post("/api/v1/tickets", json={**wish, "request_key": "w4", "phone": "139"}).is_client_error
        for _ in (ticket, second):
            _ok(desk.post("/api/v1/counters/4/call-next", json={}))
            _ok(desk.post("/api/v1/counters/4/start", json={}))
            _ok(desk.post("/api/v1/counters/4/note", json={"text": WORDS[0]}))
            assert _ok(desk.post("/api/v1/counters/4/reveal", json={}))["phone"] in PHONES
            _ok(desk.post("/api/v1/counters/4/finish", json={}))
        _ok(at_kiosk.post(f"/api/v1/tickets/{ticket['token']}/rate", json={"score": 5, "comment": WORDS[1]}))
        _ok(at_kiosk.get(f"/api/v1/tickets/{second['token']}"))
        kept["http"].append(at_kiosk.get("/api/v1/board").text)
        kept["http"].append(json.dumps(second, ensure_ascii=False))
        screens[1].until(second["number"])
        screens[2].until("completed")
    for screen in screens:
        screen.client.disconnect()
    left.sent = kept


def _book(line: httpx.Client) -> None:
    """The hotline books a visit for somebody whose tier needs a permission, and gets the list of whom to call."""
    tomorrow = str((datetime.now().astimezone() + timedelta(days=1)).date())
    slots = _ok(line.get("/api/v1/slots", params={"service": "plan", "date": tomorrow}))["slots"]
    at = next(slot["slot_at"] for slot in slots if slot["free"] and not slot["refusal"])
    wish = {"service": "plan", "slot_at": at, "phone": PHONES[1], "name": NAMES[1], "permission": WORDS[3]}
    booked = _ok(line.post("/api/v1/appointments", json=wish))
    assert booked["phone"] == "139 ···· 4455"
    _ok(line.get("/api/v1/appointments", params={"find": PHONES[1]}))
    _ok(line.post("/api/v1/reminders", json={"date": tomorrow}))


def _ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def _found(text: str | bytes, words: tuple[str, ...]) -> list[str]:
    whole = text.encode() if isinstance(text, str) else text
    return [word for word in words if word.encode() in whole]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def test_the_day_was_lived(day: Day) -> None:
    """Else nothing would be proved by what is absent."""
    with sqlite3.connect(max((day.store / "backups").glob("*.db"))) as conn:
        held = "\n".join(conn.iterdump())
    conn.close()
    assert _found(held, (*NAMES[:2], *CARDS, *WORDS)) == [*NAMES[:2], *CARDS, *WORDS]
    assert held.count("'phone_revealed'") == 3
    assert all(day.sent.values())
    assert len(day.paper) > 100
    assert {name for name, _ in _files(day.agent)} & {"spool.db", "outbox.db", "agent.db"}


@pytest.mark.parametrize("screen", ["kiosk", "display", "phone", "http"])
def test_nobody_is_named_on_a_screen_that_others_see(day: Day, screen: str) -> None:
    own_words = (WORDS[1],) if screen == "phone" else ()  # the holder's own rating
    unwanted = tuple(word for word in (*NAMES, *PHONES, *TAILS, *CARDS, *WORDS) if word not in own_words)
    assert _found("\n".join(day.sent[screen]), unwanted) == []


def test_logs_paper_and_the_print_agent_know_nobody(day: Day) -> None:
    unwanted = (*NAMES, *PHONES, *TAILS, *CARDS, *WORDS)
    assert _found(day.log, unwanted) == []
    assert _found(day.paper, unwanted) == []
    assert {name: found for name, held in _files(day.agent) if (found := _found(held, unwanted))} == {}


def test_no_number_stands_in_any_file_of_the_store(day: Day) -> None:
    held = dict(_files(day.store))
    assert {"lobbyline.db", "keys/store.key"} <= set(held)
    assert any(name.startswith("backups/") for name in held)
    assert not any(name.startswith("imports/") for name in held)
    assert {name: found for name, one in held.items() if (found := _found(one, (*PHONES, *TAILS)))} == {}


def test_the_journal_names_no_customer(day: Day) -> None:
    with sqlite3.connect(day.store / "lobbyline.db") as conn:
        lines = "\n".join(str(row) for row in conn.execute("SELECT * FROM events"))
    conn.close()
    but_reasons = (*NAMES, *PHONES, *CARDS, WORDS[0], WORDS[1], WORDS[3])
    assert _found(lines, but_reasons) == []
