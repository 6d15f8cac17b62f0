"""A place kept in line from afar: who stands before it, what checking in gives, and how it ends."""

from typing import Any

import pytest
from lobby_stage import MINUTE, Stage

from db import calendar, forecasts, remote_tickets, settings
from db.event_records import EventKind
from db.remote_tickets import RemoteState, RemoteTicket
from db.setting_records import ServiceTime
from db.ticket_records import Forecast, Quote, Ticket, TicketClass
from kiosk import booking, remote
from kiosk.errors import RemoteExpired, RemoteOver, TooManyKept, UnknownAppointment, WaitUnknown

Newcomers = dict[tuple[TicketClass, str | None, str], Quote]
QUOTE = Quote(10 * MINUTE, 15 * MINUTE, 20 * MINUTE)


def _foresee(stage: Stage) -> None:
    """Somebody who came now would wait ten to twenty minutes."""

    def teach(conn: Any) -> None:
        for code in settings.services(conn):
            settings.learn(conn, code, ServiceTime(6.35, 0.3, known=50))
        told: Newcomers = {(TicketClass.ORDINARY, None, code): QUOTE for code in settings.services(conn)}
        forecasts.save(conn, Forecast(at=stage.now, newcomers=told))

    stage.store.write(teach)


@pytest.fixture
def open_stage(stage: Stage) -> Stage:
    stage.open(1, stage.lin)
    _foresee(stage)
    return stage


def _keep(stage: Stage, code: str = "654321", service: str = "plan", walk_s: float = 600) -> RemoteTicket:
    wished = RemoteTicket(code, service, "zh", stage.now, stage.now)
    return stage.store.write(lambda conn: remote.keep(conn, wished, walk_s, "head office", stage.now))


def _ahead(stage: Stage, kept: RemoteTicket) -> int:
    return remote.standing(kept, stage.present()).ahead


def _line(stage: Stage) -> list[Ticket]:
    return list(stage.present().line)


def test_nobody_absent_stands_in_line(open_stage: Stage) -> None:
    kept = _keep(open_stage)
    assert _line(open_stage) == []
    assert kept.expires_at == open_stage.now + QUOTE.high_s + remote.MARGIN_S
    assert open_stage.journal()[-1].kind == EventKind.REMOTE_KEPT


def test_who_checks_in_stands_where_they_would_have_stood(open_stage: Stage) -> None:
    before = open_stage.issue().ticket
    open_stage.later(1)
    kept = _keep(open_stage)
    open_stage.later(1)
    after = open_stage.issue().ticket
    assert _ahead(open_stage, kept) == 1
    open_stage.later(5)
    issued = open_stage.check_in(code=kept.code)
    assert [ticket.id for ticket in _line(open_stage)] == [before.id, issued.ticket.id, after.id]
    assert (issued.ticket.issued_at, issued.ticket.order_at) == (open_stage.now, kept.taken_at)
    assert open_stage.check_in(code=kept.code).ticket.id == issued.ticket.id


def test_who_comes_after_everybody_was_called_is_next(open_stage: Stage) -> None:
    open_stage.issue()
    kept = _keep(open_stage)
    open_stage.call(1, open_stage.lin)
    assert _ahead(open_stage, kept) == 0
    open_stage.later(3)
    open_stage.issue()
    assert open_stage.check_in(code=kept.code).lobby.line[0].order_at == kept.taken_at


def test_a_place_is_kept_as_long_as_said(open_stage: Stage) -> None:
    kept = _keep(open_stage)
    open_stage.now = kept.expires_at + 1
    with pytest.raises(RemoteExpired):
        open_stage.check_in(code=kept.code)
    assert open_stage.store.write(lambda conn: remote.expire(conn, open_stage.now)) == 1
    with open_stage.store.read() as conn:
        found = remote_tickets.by_code(conn, kept.code)
    assert found is not None
    assert found.state == RemoteState.EXPIRED
    assert open_stage.store.write(lambda conn: remote.expire(conn, open_stage.now)) == 0


def test_a_place_given_back_is_nobodys(open_stage: Stage) -> None:
    kept = _keep(open_stage)
    for _ in range(2):
        open_stage.store.write(lambda conn: remote.give_back(conn, kept.code, "head office", open_stage.now))
    with pytest.raises(RemoteOver):
        open_stage.check_in(code=kept.code)


def test_a_place_that_was_used_is_not_given_back(open_stage: Stage) -> None:
    kept = _keep(open_stage)
    open_stage.check_in(code=kept.code)
    with pytest.raises(RemoteOver):
        open_stage.store.write(lambda conn: remote.give_back(conn, kept.code, "head office", open_stage.now))


def test_without_a_forecast_no_place_is_kept(stage: Stage) -> None:
    stage.open(1, stage.lin)
    with pytest.raises(WaitUnknown):
        _keep(stage)


def test_no_more_places_than_the_lobby_can_take(open_stage: Stage) -> None:
    for n in range(remote.MOST_KEPT):
        _keep(open_stage, str(200_000 + n))
    with pytest.raises(TooManyKept):
        _keep(open_stage)


def test_a_kept_place_ends_with_the_day(open_stage: Stage) -> None:
    with open_stage.store.read() as conn:
        day_ends = calendar.day_start(open_stage.now, settings.load(conn)) + calendar.DAY_S
    open_stage.now = day_ends - 5 * MINUTE
    _foresee(open_stage)
    assert _keep(open_stage).expires_at == day_ends


def test_a_code_is_given_once(open_stage: Stage) -> None:
    open_stage.book(open_stage.now + 3600, code="123456")
    kept = _keep(open_stage)
    with open_stage.store.read() as conn:
        assert booking.free_code(conn, "111111") == "111111"
        assert booking.free_code(conn, "123456") != "123456"
        assert booking.free_code(conn, kept.code) != kept.code


def test_an_unknown_code_is_no_place(open_stage: Stage) -> None:
    with pytest.raises(UnknownAppointment):
        open_stage.check_in(code="999999")
