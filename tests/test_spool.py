"""From a ticket's row to paper, with a printer that may fail on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_printer import FakePrinter, Mode
from paper import read
from printing_store import NOW, a_spool, issue, open_store, print_again

from db import events, print_jobs, tickets
from db.event_records import Event, EventKind
from db.paper_records import PrintState
from db.store import Store
from db.ticket_records import Ticket, TicketState
from printer.patience import BACK_OFF_S
from printer.spool import Outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def state(store: Store, ticket: Ticket) -> PrintState:
    with store.read() as conn:
        return print_jobs.state_of(conn, ticket.id)


def journal(store: Store) -> list[Event]:
    with store.read() as conn:
        return events.after(conn, 0)


def test_a_slip_says_what_the_rows_say(store: Store) -> None:
    with FakePrinter() as printer:
        spool = a_spool(store, printer.address)
        issue(store, "V012", tier="gold")
        spool.step(NOW)
        paper = read(printer.wait_for_jobs(1)[0])
    assert paper.qr_codes == ["https://lobby.example/t/token-V012"]
    words = paper.text.split("\n")
    assert {"人民广场营业厅", "账单", "V012", "贵宾 金卡", "前面 4 位", "2026-11-21 09:05"} <= set(words)


def test_a_raster_printer_gets_a_picture(store: Store) -> None:
    with FakePrinter() as printer:
        spool = a_spool(store, printer.address, font="raster")
        issue(store)
        spool.step(NOW)
        assert read(printer.wait_for_jobs(1)[0]).qr_codes == ["https://lobby.example/t/token-B007"]


def test_a_confirmed_slip_is_printed_and_in_the_journal(store: Store) -> None:
    with FakePrinter() as printer:
        spool = a_spool(store, printer.address)
        ticket = issue(store)
        assert spool.step(NOW)
    assert state(store, ticket) is PrintState.PRINTED
    (event,) = journal(store)
    assert (event.kind, event.ticket, event.actor) == (EventKind.PRINTED, "B007", "device:kiosk paper")
    assert event.data == {"printer": "kiosk paper", "state": "printed", "error": None, "attempts": 1}


def test_a_silent_printers_slip_is_unknown_and_not_printed_again(store: Store) -> None:
    with FakePrinter(Mode.SILENT) as printer:
        spool = a_spool(store, printer.address)
        ticket = issue(store)
        assert spool.step(NOW)
        assert not spool.step(NOW + 1000)
        assert len(printer.wait_for_jobs(1)) == 1
    assert state(store, ticket) is PrintState.UNKNOWN
    assert [event.kind for event in journal(store)] == [EventKind.PRINT_UNKNOWN]


def test_an_empty_queue_has_nothing_to_do(store: Store) -> None:
    spool = a_spool(store, "tcp://127.0.0.1:1")
    assert (spool.step(NOW), spool.next_due()) == (False, None)


def test_an_idle_or_waiting_printer_wakes_nobody(store: Store) -> None:
    wakes: list[str] = []
    with FakePrinter(Mode.REFUSES) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        spool.step(NOW)
        store.when_changed(lambda: wakes.append("woken"))
        spool.step(NOW + 1)
    assert wakes == []


def test_tries_are_further_and_further_apart(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        now, waits = NOW, []
        for _ in range(6):
            assert spool.step(now)
            due = spool.next_due()
            assert due is not None
            assert not spool.step(due - 0.1)
            waits.append(due - now)
            now = due
    assert waits == [2, 5, 15, 30, 60, 60]
    assert BACK_OFF_S[-1] == 60


def test_a_failure_is_in_the_journal_once_until_its_reason_changes(store: Store) -> None:
    with FakePrinter(Mode.PAPER_OUT) as printer:
        spool = a_spool(store, printer.address)
        ticket = issue(store)
        spool.step(NOW)
        spool.step(NOW + 10)
        printer.mode = Mode.COVER_OPEN
        spool.step(NOW + 100)
    assert state(store, ticket) is PrintState.FAILED
    assert [(event.kind, event.data["error"], event.data["attempts"]) for event in journal(store)] == [
        (EventKind.PRINT_FAILED, "The printer is out of paper. Put in a new roll.", 1),
        (EventKind.PRINT_FAILED, "The printer's cover is open. Close it.", 3),
    ]


def test_slips_come_out_in_the_order_of_issue_once_there_is_paper_again(store: Store) -> None:
    with FakePrinter(Mode.PAPER_OUT) as printer:
        spool = a_spool(store, printer.address)
        issue(store, "B001")
        spool.step(NOW)
        issue(store, "B002")
        assert not spool.step(NOW + 1)
        printer.mode = Mode.OK
        assert spool.step(NOW + 2)
        assert spool.step(NOW + 2)
        assert [read(job).lines[5].text for job in printer.wait_for_jobs(2)] == ["B001", "B002"]


def first_line_of_the_second_try(store: Store, mode: Mode) -> str:
    """Let a try fail in one way, then print; what the paper says at its top."""
    with FakePrinter(mode) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        spool.step(NOW)
        if mode is Mode.REFUSES:
            printer.switch_on()
        printer.mode = Mode.OK
        assert spool.step(NOW + 100)
        return top_of_the_last_slip(printer)


def top_of_the_last_slip(printer: FakePrinter) -> str:
    return read(printer.wait_for_jobs(1)[-1]).lines[0].text


@pytest.mark.parametrize("mode", [Mode.REFUSES, Mode.PAPER_OUT])
def test_a_slip_whose_first_try_put_out_no_paper_is_no_reprint(store: Store, mode: Mode) -> None:
    assert first_line_of_the_second_try(store, mode) == "人民广场营业厅"


@pytest.mark.parametrize("mode", [Mode.DROPS, Mode.PAPER_ENDS])
def test_a_slip_that_may_be_on_paper_already_is_marked_a_reprint(store: Store, mode: Mode) -> None:
    assert first_line_of_the_second_try(store, mode) == "重印 / Reprint"


def test_a_slip_stays_a_reprint_though_the_last_try_put_out_no_paper(store: Store) -> None:
    with FakePrinter(Mode.PAPER_ENDS) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        spool.step(NOW)
        printer.mode = Mode.PAPER_OUT
        spool.step(NOW + 100)
        printer.mode = Mode.OK
        spool.step(NOW + 200)
        printer.wait_for_jobs(2)
        assert top_of_the_last_slip(printer) == "重印 / Reprint"


def test_after_a_restart_it_is_still_known_that_a_try_put_out_no_paper(store: Store) -> None:
    with FakePrinter(Mode.PAPER_OUT) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        spool.step(NOW)
        printer.mode = Mode.OK
        a_spool(store, printer.address).step(NOW + 100)
        assert top_of_the_last_slip(printer) == "人民广场营业厅"


def test_after_a_restart_it_is_still_known_that_a_try_may_have_put_out_paper(store: Store) -> None:
    with FakePrinter(Mode.PAPER_ENDS) as printer:
        spool = a_spool(store, printer.address)
        issue(store)
        spool.step(NOW)
        printer.mode = Mode.OK
        a_spool(store, printer.address).step(NOW + 100)
        assert top_of_the_last_slip(printer) == "重印 / Reprint"


def test_a_slip_that_was_printing_when_the_server_stopped_comes_out_as_a_reprint(store: Store) -> None:
    with FakePrinter() as printer:
        spool = a_spool(store, printer.address)
        ticket = issue(store)
        store.write(lambda conn: print_jobs.claim(conn, 1, NOW))
        store.write(print_jobs.release_claimed)
        spool.step(NOW)
        assert top_of_the_last_slip(printer) == "重印 / Reprint"
    assert state(store, ticket) is PrintState.PRINTED


def test_a_second_slip_for_a_printed_ticket_is_marked_a_reprint(store: Store) -> None:
    with FakePrinter() as printer:
        spool = a_spool(store, printer.address)
        ticket = issue(store)
        spool.step(NOW)
        print_again(store, ticket)
        spool.step(NOW)
        tops = [read(job).lines[0].text for job in printer.wait_for_jobs(2)]
    assert tops == ["人民广场营业厅", "重印 / Reprint"]


def test_a_slip_of_somebody_who_no_longer_waits_is_forgotten(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as printer:
        spool = a_spool(store, printer.address)
        gone, waiting = issue(store, "B001"), issue(store, "B002")
        spool.step(NOW)
        store.write(lambda conn: tickets.end(conn, gone.id, TicketState.WAITING, TicketState.CANCELLED, NOW))
        printer.switch_on()
        assert spool.step(NOW + 2)
        assert read(printer.wait_for_jobs(1)[0]).lines[5].text == "B002"
    assert (state(store, gone), state(store, waiting)) == (PrintState.NONE, PrintState.PRINTED)


def test_the_store_can_be_read_and_written_while_a_printer_is_slow(store: Store) -> None:
    def meanwhile(work: Callable[[], Outcome]) -> Outcome:
        issue(store, "B002")
        return work()

    with FakePrinter() as printer:
        spool = a_spool(store, printer.address, off_loop=meanwhile)
        issue(store, "B001")
        assert spool.step(NOW)
    assert spool.next_due() == NOW
