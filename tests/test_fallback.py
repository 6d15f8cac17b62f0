"""A printer in trouble: its fallback prints, an idle one is asked, the roll's end is known in time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_printer import FakePrinter, Mode
from paper import read
from printing_store import NOW, add, issue, named, open_store, spool
from unlucky import number_of

from counter import paper
from db import events, print_jobs, settings
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import Device
from db.store import Store
from db.ticket_records import Ticket


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def ticket_at(store: Store, device: Device, number: str) -> Ticket:
    """A ticket whose slip is to come out at a printer (`issue` prints at the first and only one)."""
    ticket = issue(store, number)
    with store.read() as conn:
        job = print_jobs.last_of(conn, ticket.id)
    assert job is not None
    assert job.printer_id == device.id
    return ticket


def state(store: Store, ticket: Ticket) -> PrintState:
    with store.read() as conn:
        return print_jobs.state_of(conn, ticket.id)


def kinds(store: Store) -> list[EventKind]:
    with store.read() as conn:
        return [event.kind for event in events.after(conn, 0)]


def panel(store: Store) -> dict[str, dict[str, object]]:
    with store.read() as conn:
        return {row["name"]: row for row in paper.panel(conn, settings.load(conn), NOW)}


def test_a_slip_whose_printer_fails_comes_out_unmarked_at_the_fallback(store: Store) -> None:
    with FakePrinter(Mode.COVER_OPEN) as own, FakePrinter() as other:
        door = add(store, "door", own, fallback="desk")
        ticket = ticket_at(store, door, "B007")
        desk_printer = add(store, "desk", other)
        spool(store, door).step(NOW)
        assert spool(store, desk_printer).step(NOW)
        assert number_of(other.wait_for_jobs(1)[0]) == ("B007", False)
    assert state(store, ticket) is PrintState.PRINTED
    assert kinds(store) == [EventKind.PRINT_FAILED, EventKind.PRINT_MOVED, EventKind.PRINTED]


def test_a_slip_that_may_be_on_paper_is_marked_at_the_fallback_too(store: Store) -> None:
    with FakePrinter(Mode.PAPER_ENDS) as own, FakePrinter() as other:
        door = add(store, "door", own, fallback="desk")
        ticket_at(store, door, "B007")
        desk_printer = add(store, "desk", other)
        spool(store, door).step(NOW)
        spool(store, desk_printer).step(NOW)
        assert number_of(other.wait_for_jobs(1)[0]) == ("B007", True)


def test_where_the_fallback_fails_too_the_slip_goes_home_and_is_tried_there(store: Store) -> None:
    with FakePrinter(Mode.COVER_OPEN) as own, FakePrinter(Mode.PAPER_OUT) as other:
        door = add(store, "door", own, fallback="desk")
        ticket = ticket_at(store, door, "B007")
        desk_printer = add(store, "desk", other)
        at_door, at_desk = spool(store, door), spool(store, desk_printer)
        assert at_door.step(NOW)
        assert at_desk.step(NOW)
        own.mode = Mode.OK
        assert not at_desk.step(NOW + 60)
        assert at_door.step(NOW + 60)
        assert number_of(own.wait_for_jobs(1)[0]) == ("B007", False)
    assert state(store, ticket) is PrintState.PRINTED


def test_a_fallback_known_to_be_in_trouble_is_not_used(store: Store) -> None:
    with FakePrinter(Mode.COVER_OPEN) as own, FakePrinter(Mode.PAPER_OUT) as other:
        door = add(store, "door", own, fallback="desk")
        ticket = ticket_at(store, door, "B007")
        spool(store, add(store, "desk", other)).look(NOW)
        spool(store, door).step(NOW)
        assert spool(store, named(store, "desk")).next_due() is None
    assert state(store, ticket) is PrintState.FAILED


def test_a_stalled_printer_holds_up_nobody_elses_slips(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as own, FakePrinter() as other:
        ticket_at(store, add(store, "door", own), "B001")
        desk_printer = add(store, "desk", other)
        spool(store, named(store, "door")).step(NOW)
        second = issue_at(store, desk_printer, "B002")
        assert spool(store, desk_printer).step(NOW)
        assert number_of(other.wait_for_jobs(1)[0]) == ("B002", False)
    assert state(store, second) is PrintState.PRINTED


def issue_at(store: Store, device: Device, number: str) -> Ticket:
    """A ticket with one job at this printer."""
    store.write(lambda conn: conn.execute("UPDATE devices SET removed_at = 1 WHERE id <> ?", (device.id,)))
    try:
        return issue(store, number)
    finally:
        store.write(lambda conn: conn.execute("UPDATE devices SET removed_at = NULL"))


def test_an_idle_printers_fault_and_low_roll_are_known_before_a_slip_needs_it(store: Store) -> None:
    with FakePrinter(Mode.PAPER_OUT) as own:
        door = add(store, "door", own)
        looking = spool(store, door)
        assert looking.look(NOW)
        assert not looking.look(NOW + 1)
        assert panel(store)["door"]["error"] == {
            "code": "printer_failed", "text": "The printer is out of paper. Put in a new roll.", "values": {},
        }  # fmt: skip
        own.mode = Mode.PAPER_LOW
        assert looking.look(NOW + 10)
        assert looking.look(NOW + 60)
    assert (panel(store)["door"]["state"], panel(store)["door"]["paper_low"]) == ("ok", True)
    assert kinds(store) == [EventKind.PRINTER_STATUS, EventKind.PRINTER_STATUS]


def test_a_printer_that_works_again_prints_what_waits_without_its_back_off(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as own:
        door = add(store, "door", own)
        ticket_at(store, door, "B007")
        working = spool(store, door)
        now = NOW
        for _ in range(4):
            due = working.next_due()
            assert due is not None
            now = due
            working.step(now)
        own.switch_on()
        assert not working.step(now + 10)  # the next try would be in half a minute
        assert working.look(now + 10)
        assert working.step(now + 10)
        assert number_of(own.wait_for_jobs(1)[0]) == ("B007", False)


def test_a_printer_that_used_to_answer_and_is_silent_now_is_a_fault_after_a_restart_too(store: Store) -> None:
    with FakePrinter() as own:
        door = add(store, "door", own)
        spool(store, door).look(NOW)
        own.mode = Mode.SILENT
        ticket = ticket_at(store, door, "B007")
        spool(store, door).step(NOW + 1)
        assert own.jobs == []
    assert state(store, ticket) is PrintState.FAILED


def test_several_copies_are_one_job(store: Store) -> None:
    with FakePrinter() as own:
        door = add(store, "door", own, copies="2")
        ticket_at(store, door, "B007")
        spool(store, door).step(NOW)
        assert [line.text.strip() for line in read(own.wait_for_jobs(1)[0]).lines].count("B007") == 2
