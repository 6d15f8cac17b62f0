"""Staff print a slip again for a customer."""

import pytest
from fake_printer import FakePrinter
from lobby_stage import Stage
from paper import read
from printing_store import add, named, spool
from unlucky import REPRINT, number_of

from db.event_records import EventKind
from db.ticket_records import TicketState
from kiosk.errors import NoPrinter, TicketOver
from kiosk.reprinting import reprint


def test_staff_print_a_slip_again_once_however_often_they_press(stage: Stage) -> None:
    def again(name: str | None = None) -> str:
        return stage.store.write(lambda conn: reprint(conn, ticket.token, name, stage.lin, stage.now))

    ticket = stage.issue().ticket
    with pytest.raises(NoPrinter):
        again()
    with FakePrinter() as own, FakePrinter() as other:
        door = add(stage.store, "door", own)
        add(stage.store, "desk", other)
        assert [again(), again()] == ["door", "door"]
        working = spool(stage.store, door)
        assert [working.step(stage.now), working.step(stage.now)] == [True, False]
        assert again() == "door"
        assert again("desk") == "desk"
        working.step(stage.now)
        assert [number_of(job)[1] for job in own.wait_for_jobs(2)] == [False, True]
        spool(stage.store, named(stage.store, "desk")).step(stage.now)
        assert REPRINT in [line.text for line in read(other.wait_for_jobs(1)[0]).lines]
    asked = [event for event in stage.journal() if event.kind == EventKind.REPRINT_ASKED]
    assert [(event.actor, event.data["printer"]) for event in asked] == [
        ("staff:Lin", "door"), ("staff:Lin", "door"), ("staff:Lin", "desk"),
    ]  # fmt: skip


def test_a_slip_of_somebody_who_is_gone_is_not_printed_again(stage: Stage) -> None:
    ticket = stage.issue().ticket
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    assert stage.ticket(ticket.token).state is TicketState.NO_SHOW
    with pytest.raises(TicketOver):
        stage.store.write(lambda conn: reprint(conn, ticket.token, None, stage.lin, stage.now))
