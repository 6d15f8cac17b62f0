"""Owns what the floor manager does at once: open a counter for somebody, end a pause, lend a permission for an hour,
put a notice up, stop giving numbers, close the day, page somebody, decide about one number; and undoing it.

Each is one step in the caller's transaction, journalled with who did it. What is temporary ends by itself: `expire`
puts back what was there, unless somebody has changed it since. What is done for good can be undone for `UNDO_S`.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from counter import acting, desk, learning
from counter.amendment import amended
from counter.desk_errors import CounterBusy
from counter.transferring import Goal
from db import acts, calendar, counters, events, settings, staff, tickets
from db.alarm_records import Act, ActKind
from db.counter_records import PauseReason, Permission
from db.errors import NotFound, UnknownService
from db.event_records import EventKind
from db.people_records import Staff
from db.setting_records import Rules
from db.ticket_records import Place, TicketClass
from db.words import Names
from display import ticket_acts
from display.errors import ActOver, IncompleteAct, NothingToEnd, StaffGone
from display.floor_view import UNDO_S

PAGE_SHOWN_S = 15 * 60.0
LONGEST_S = 12 * 3600

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done. `length_s`: for how long; a permission without it stays, a notice lasts to the day's end.

    `ticket`: a number of today; `reason`: why it is treated otherwise than the others.
    """

    kind: ActKind
    counter: int | None = None
    staff: int | None = None
    ticket_class: TicketClass | None = None
    permission: Permission | None = None
    service: str | None = None
    text: Names | None = None
    length_s: int | None = None
    ticket: str | None = None
    place: Place | None = None
    reason: str | None = None


Data = dict[str, Any]
_Does = Callable[[sqlite3.Connection, Wish, Staff, float], Data]
_Undoes = Callable[[sqlite3.Connection, Mapping[str, Any], Staff | None, float], None]


def do(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Act:
    """Do it. Raises `IncompleteAct` for a wish that lacks what its kind needs, and what the step itself refuses."""
    return _keep(conn, wish, _DO[wish.kind](conn, wish, by, now), by.actor, now)


def put_up(conn: sqlite3.Connection, text: Names, length_s: int | None, actor: str, now: float) -> Act:
    """A notice of somebody who is not here: for so long, or to the day's end."""
    wish = Wish(ActKind.NOTICE, text=text, length_s=length_s)
    return _keep(conn, wish, _said(text), actor, now)


def _keep(conn: sqlite3.Connection, wish: Wish, data: Data, actor: str, now: float) -> Act:
    expires_at = _expires_at(conn, wish, now)
    act_id = acts.add(conn, wish.kind, now, actor, data, expires_at)
    events.append(conn, now, EventKind.FLOOR_ACTED, actor, counter=wish.counter, act=act_id, what=wish.kind, done=data)
    return Act(act_id, wish.kind, now, actor, data, expires_at)


def undo(conn: sqlite3.Connection, act_id: int, by: Staff, now: float) -> Act:
    """Take it back. Raises `NotFound`, `NothingToEnd` once it has ended, `ActOver` when it is too late."""
    act = acts.by_id(conn, act_id)
    if act is None:
        raise NotFound
    if act.ended_at is not None:
        raise NothingToEnd
    if act.expires_at is None and now - act.at > UNDO_S:
        raise ActOver
    _end(conn, act, by, now)
    return replace(act, ended_at=now)


def expire(conn: sqlite3.Connection, now: float) -> None:
    """End what should have ended by itself."""
    for act in acts.expired(conn, now):
        _end(conn, act, None, now)


def acknowledge(conn: sqlite3.Connection, page_id: int, person: Staff, now: float) -> None:
    """Whoever was paged is coming; again changes nothing. Raises `NotFound`."""
    page = acts.page_by_id(conn, page_id)
    if page is None or page.staff_id != person.id:
        raise NotFound
    if acts.acknowledge(conn, page_id, person.id, now):
        events.append(
            conn,
            now,
            EventKind.STAFF_PAGE_ACKNOWLEDGED,
            person.actor,
            counter=page.counter,
            waited_s=round(now - page.at),
        )


def _end(conn: sqlite3.Connection, act: Act, by: Staff | None, now: float) -> None:
    _UNDO[act.kind](conn, cast(Mapping[str, Any], act.data), by, now)
    acts.end(conn, act.id, now)
    actor = by.actor if by else "system"
    events.append(conn, now, EventKind.FLOOR_ACT_ENDED, actor, act=act.id, what=act.kind)


def _expires_at(conn: sqlite3.Connection, wish: Wish, now: float) -> float | None:
    store = settings.load(conn)
    tomorrow = date.fromisoformat(calendar.business_day(now, store)) + timedelta(days=1)
    turn = calendar.start_of(tomorrow.isoformat(), store)
    if wish.kind in {ActKind.STOP_ISSUING, ActKind.CLOSE_DAY}:
        return turn
    if wish.kind == ActKind.NOTICE:
        return min(turn, now + wish.length_s) if wish.length_s else turn
    return now + wish.length_s if wish.kind == ActKind.PERMIT and wish.length_s else None


def _open_counter(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    """The counter is ready for somebody who is on the way to it: they are told."""
    number, person = _needed(wish.counter), _person(conn, wish)
    desk.open_counter(conn, number, person, now)
    page = _page_for(conn, person, number, by, now)
    return {"counter": number, "staff": person.id, "name": person.name, "page": page}


def _close_again(conn: sqlite3.Connection, data: Mapping[str, Any], by: Staff | None, now: float) -> None:
    counter = acting.get_counter(conn, data["counter"])
    if counter.staff_id == data["staff"] and by is not None:
        desk.close_counter(conn, counter.number, by, now)
    acts.withdraw(conn, data["page"])


def _end_pause(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    counter = acting.get_counter(conn, _needed(wish.counter))
    if not counters.come_back(conn, counter.number, now):
        raise NothingToEnd
    events.append(conn, now, EventKind.COUNTER_BACK, by.actor, counter=counter.number)
    person = staff.staff_by_id(conn, counter.staff_id) if counter.staff_id else None
    page = _page_for(conn, person, counter.number, by, now) if person else None
    pause = {"reason": counter.pause_reason, "text": counter.pause_text, "returns_at": counter.returns_at}
    return {"counter": counter.number, "since": counter.since, **pause, "page": page}


def _pause_again(conn: sqlite3.Connection, data: Mapping[str, Any], by: Staff | None, now: float) -> None:
    reason, text = PauseReason(data["reason"]), data["text"]
    if not counters.pause(conn, data["counter"], reason, text, data["returns_at"], data["since"]):
        raise CounterBusy(counter=data["counter"], number="")
    actor = by.actor if by else "system"
    events.append(conn, now, EventKind.COUNTER_PAUSED, actor, counter=data["counter"], reason=reason, text=text)
    if data["page"] is not None:
        acts.withdraw(conn, data["page"])


def _permit(conn: sqlite3.Connection, wish: Wish, _: Staff, __: float) -> Data:
    """Raises `UnsoundSettings` where a kind of customer would find no counter any more."""
    number, kind, permission = _needed(wish.counter), _needed(wish.ticket_class), _needed(wish.permission)
    counter = acting.get_counter(conn, number)
    before = counter.permissions[kind]
    if before == permission:
        raise NothingToEnd
    _set_permission(conn, number, kind, permission)
    return {"counter": number, "class": kind, "before": before, "permission": permission}


def _permit_again(conn: sqlite3.Connection, data: Mapping[str, Any], _: Staff | None, __: float) -> None:
    number, kind = data["counter"], TicketClass(data["class"])
    counter = counters.get(conn, number)
    if counter is not None and counter.permissions[kind] == data["permission"]:
        _set_permission(conn, number, kind, Permission(data["before"]))


def _set_permission(conn: sqlite3.Connection, number: int, kind: TicketClass, permission: Permission) -> None:
    book = learning.rule_book(conn)
    after = amended(book, {f"counters.{number}.{kind}": str(permission)}, replace(book, rules=Rules()))
    counters.set_work(conn, after.counters[number])


def _notice(_: sqlite3.Connection, wish: Wish, __: Staff, ___: float) -> Data:
    return _said(_needed(wish.text))


def _said(text: Names) -> Data:
    return {"zh": text.zh, "en": text.en}


def _stop_issuing(conn: sqlite3.Connection, wish: Wish, _: Staff, now: float) -> Data:
    """A service's cap becomes what it has given already; without a service every one's, single stops included.

    Raises `NothingToEnd` for a service that is stopped.
    """
    services = settings.services(conn)
    if wish.service is not None and wish.service not in services:
        raise UnknownService(service=wish.service, known=", ".join(services))
    issued = tickets.issued_count(conn, calendar.business_day(now, settings.load(conn)))
    stops = [act for act in acts.running(conn, now) if act.kind in {ActKind.STOP_ISSUING, ActKind.CLOSE_DAY}]
    before = {code: cap for act in stops for code, (cap, _) in cast(Data, act.data["caps"]).items()}
    codes = [wish.service] if wish.service else list(services)
    if before.keys() >= set(codes):
        raise NothingToEnd
    for act in stops if wish.service is None else ():
        acts.end(conn, act.id, now)
    caps = {}
    for code in codes:
        caps[code] = [before.get(code, services[code].daily_cap), issued.get(code, 0)]
        settings.set_daily_cap(conn, code, issued.get(code, 0))
    return {"service": wish.service, "caps": caps}


def _issue_again(conn: sqlite3.Connection, data: Mapping[str, Any], _: Staff | None, __: float) -> None:
    services = settings.services(conn)
    for code, (before, stopped_at) in data["caps"].items():
        if code in services and services[code].daily_cap == stopped_at:
            settings.set_daily_cap(conn, code, before)


def _page(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    person = _person(conn, wish)
    return {"staff": person.id, "name": person.name, "page": _page_for(conn, person, wish.counter, by, now)}


def _unpage(conn: sqlite3.Connection, data: Mapping[str, Any], _: Staff | None, __: float) -> None:
    acts.withdraw(conn, data["page"])


def _place_ticket(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    return ticket_acts.place(conn, _needed(wish.ticket), _needed(wish.place), _needed(wish.reason), by, now)


def _move_ticket(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    goal = Goal(service=wish.service, counter=wish.counter)
    return ticket_acts.move(conn, _needed(wish.ticket), goal, _needed(wish.reason), by, now)


def _cancel_ticket(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    return ticket_acts.cancel(conn, _needed(wish.ticket), _needed(wish.reason), by, now)


def _reinstate_ticket(conn: sqlite3.Connection, wish: Wish, by: Staff, now: float) -> Data:
    return ticket_acts.reinstate(conn, _needed(wish.ticket), _needed(wish.reason), by, now)


def _take_ticket_back(conn: sqlite3.Connection, data: Mapping[str, Any], by: Staff | None, now: float) -> None:
    ticket_acts.take_back(conn, data["step"], by.actor if by else acting.SYSTEM, now)


def _nothing_to_put_back(*_: object) -> None:
    """A notice that has ended is no longer among those that run."""


def _page_for(conn: sqlite3.Connection, person: Staff, counter: int | None, by: Staff, now: float) -> int:
    page_id = acts.page(conn, person.id, counter, by.name, now)
    events.append(conn, now, EventKind.STAFF_PAGED, by.actor, counter=counter, name=person.name)
    return page_id


def _person(conn: sqlite3.Connection, wish: Wish) -> Staff:
    person = staff.staff_by_id(conn, _needed(wish.staff))
    if person is None:
        raise StaffGone
    return person


def _needed(value: T | None) -> T:
    """Raises `IncompleteAct` where a wish lacks what its kind needs."""
    if value is None:
        raise IncompleteAct
    return value


_DO: dict[ActKind, _Does] = {
    ActKind.OPEN_COUNTER: _open_counter,
    ActKind.END_PAUSE: _end_pause,
    ActKind.PERMIT: _permit,
    ActKind.NOTICE: _notice,
    ActKind.STOP_ISSUING: _stop_issuing,
    ActKind.CLOSE_DAY: _stop_issuing,
    ActKind.PAGE: _page,
    ActKind.PLACE_TICKET: _place_ticket,
    ActKind.MOVE_TICKET: _move_ticket,
    ActKind.CANCEL_TICKET: _cancel_ticket,
    ActKind.REINSTATE_TICKET: _reinstate_ticket,
}
_UNDO: dict[ActKind, _Undoes] = {
    ActKind.OPEN_COUNTER: _close_again,
    ActKind.END_PAUSE: _pause_again,
    ActKind.PERMIT: _permit_again,
    ActKind.NOTICE: _nothing_to_put_back,
    ActKind.STOP_ISSUING: _issue_again,
    ActKind.CLOSE_DAY: _issue_again,
    ActKind.PAGE: _unpage,
    ActKind.PLACE_TICKET: _take_ticket_back,
    ActKind.MOVE_TICKET: _take_ticket_back,
    ActKind.CANCEL_TICKET: _take_ticket_back,
    ActKind.REINSTATE_TICKET: _take_ticket_back,
}
