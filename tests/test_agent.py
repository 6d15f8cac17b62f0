"""A printer at another computer: its print agent, whatever is cut or killed between it and the server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from agents import Agenting
from cable import Cable
from fake_printer import FakePrinter, Mode
from paper import read
from serving import Serving

REPRINT = "重印 / Reprint"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as printer:
        yield printer


class Kiosk:
    """A kiosk with a printer of its own, at its own print agent."""

    def __init__(self, server: Serving, name: str) -> None:
        self._server = server
        self._keys = 0
        self.name = name
        self.printer_token = server.ask("printer-add", name=name, address="agent+usb://")["token"]
        self._token = server.ask("device-add", kind="kiosk", name=name, printer=name)["token"]

    def issue(self) -> Any:
        """Somebody touches a service."""
        self._keys += 1
        wish = {"request_key": f"{self.name}-{self._keys}", "service": "plan"}
        with self._server.client(self._token) as client:
            answer = client.post("/api/v1/tickets", json=wish)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def paper(self, ticket: Any) -> str:
        """What the server knows of a ticket's paper; also while it is down."""
        try:
            with self._server.client(self._token) as client:
                return str(client.get(f"/api/v1/tickets/{ticket['token']}").json()["print"])
        except httpx.TransportError:
            return "no server"


@pytest.fixture
def kiosk(server: Serving, request: pytest.FixtureRequest) -> Kiosk:
    return Kiosk(server, str(request.node.name)[5:40])


def until(is_so: Callable[[], bool], timeout: float = 25.0) -> None:
    end = monotonic() + timeout
    while not is_so():
        assert monotonic() < end, "it never came true"
        sleep(0.05)


def numbers(printer: FakePrinter) -> list[tuple[str, bool]]:
    """The numbers on paper in order, each with whether it says that it is a reprint."""
    found = []
    for job in list(printer.jobs):
        lines = [line.text for line in read(job).lines]
        found.append((next(text for text in lines if text[1:].isdecimal() and len(text) == 4), REPRINT in lines))
    return found


def test_slips_come_out_at_the_kiosks_own_printer_and_the_server_knows(
    server: Serving, kiosk: Kiosk, printer: FakePrinter, tmp_path: Path
) -> None:
    with Agenting(server.url, kiosk.printer_token, tmp_path, printer.address) as agent:
        agent.wait_until(f"connected as {kiosk.name}")
        tickets = [kiosk.issue() for _ in range(3)]
        until(lambda: all(kiosk.paper(ticket) == "printed" for ticket in tickets))
        assert numbers(printer) == [(ticket["number"], False) for ticket in tickets]
        assert server.ask("printer-test", name=kiosk.name)["state"] == "printed"
        printer.mode = Mode.COVER_OPEN
        failed = kiosk.issue()
        until(lambda: kiosk.paper(failed) == "failed")
        (listed,) = [one for one in server.ask("printer-list")["printers"] if one["name"] == kiosk.name]
        assert listed["fault"] == "printer_cover_open"
        printer.mode = Mode.OK
        until(lambda: kiosk.paper(failed) == "printed")
        assert numbers(printer)[-1] == (failed["number"], False)


def test_a_cut_cable_neither_loses_nor_doubles_a_slip(
    server: Serving, kiosk: Kiosk, printer: FakePrinter, tmp_path: Path
) -> None:
    with Cable(server.port) as cable, Agenting(cable.url, kiosk.printer_token, tmp_path, printer.address) as agent:
        agent.wait_until("connected")
        printer.mode = Mode.PAPER_OUT
        before = kiosk.issue()
        until(lambda: kiosk.paper(before) == "failed")  # it is on the agent's disk
        cable.cut()
        agent.wait_until("connection lost")
        printer.mode = Mode.OK
        printer.wait_for_jobs(1, timeout=20)  # printed without the server
        meanwhile = kiosk.issue()
        cable.mend()
        agent.wait_until("connected as", times=2)
        until(lambda: [kiosk.paper(before), kiosk.paper(meanwhile)] == ["printed", "printed"])
    assert numbers(printer) == [(before["number"], False), (meanwhile["number"], False)]


def test_pulled_plugs_lose_no_slip_and_mark_what_may_be_doubled(tmp_path: Path, printer: FakePrinter) -> None:
    with Serving(tmp_path / "store") as server, Cable(server.port) as cable:
        kiosk = Kiosk(server, "K2")
        agent = Agenting(cable.url, kiosk.printer_token, tmp_path / "agent", printer.address)
        agent.start()
        agent.wait_until("connected")
        printer.mode = Mode.STALLS  # the slip is taken, the agent waits for an answer: its plug is pulled now
        first = kiosk.issue()
        until(lambda: printer.queries > 6)
        agent.kill()
        printer.mode = Mode.OK
        second = kiosk.issue()
        server.kill()
        server.start()
        cable.plug(server.port)
        agent.start()
        until(lambda: [kiosk.paper(first), kiosk.paper(second)] == ["printed", "printed"], timeout=40)
        third = kiosk.issue()
        until(lambda: kiosk.paper(third) == "printed")
        agent.kill()
    on_paper = numbers(printer)
    assert {number for number, _ in on_paper} == {first["number"], second["number"], third["number"]}
    seen = set()
    for number, is_reprint in on_paper:
        assert is_reprint or number not in seen, "a double that does not say so"
        seen.add(number)
    assert (first["number"], True) in on_paper
    assert (third["number"], False) in on_paper


def test_without_an_agent_the_kiosk_says_so_and_the_fallback_prints(
    server: Serving, kiosk: Kiosk, printer: FakePrinter
) -> None:
    server.ask("printer-add", name="Desk", address=printer.address)
    server.ask("printer-set", name=kiosk.name, fallback="Desk")
    ticket = kiosk.issue()
    until(lambda: kiosk.paper(ticket) == "printed")
    assert numbers(printer) == [(ticket["number"], False)]
    server.ask("printer-remove", name="Desk")


def test_an_agent_whose_token_nobody_knows_ends_with_one_clear_line(server: Serving, tmp_path: Path) -> None:
    agent = Agenting(server.url, "wrong", tmp_path, "tcp://127.0.0.1:9")
    agent.start()
    assert agent.ended() == 1
    assert any("does not take this token" in line for line in agent.log)
