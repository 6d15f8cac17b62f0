"""Random days at three counters: whatever staff press, in whatever order, the lobby stays whole and undo is exact."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from lobby_stage import CHEN, WANG, Stage
from newborn import new_store

from counter import choosing, desk, holding, pauses, transferring, undoing
from counter.acting import get_counter
from counter.line import can_serve, is_for
from counter.transferring import Goal
from db.counter_records import CounterState, PauseReason
from db.errors import LobbyError
from db.people_records import Staff
from db.ticket_records import HoldKind, Outcome, Place, TicketState

Dump = dict[tuple[str, Any], tuple[Any, ...]]
Step = Callable[[Connection, int, Staff, float], object]

TABLES = {"tickets": "id", "counters": "number", "quotes": "ticket_id", "appointments": "code", "legs": "id"}
AT_COUNTER = {CounterState.CALLED: TicketState.CALLED, CounterState.SERVING: TicketState.SERVING}
COUNTERS = st.sampled_from((1, 4, 5))
NUMBERS = st.integers(0, 1000)
BOOKING = "135790"
ABOUT = {
    "resume": (TicketState.ON_HOLD,),
    "step-done": (TicketState.ON_HOLD,),
    "call": (TicketState.WAITING,),
    "prioritise": (TicketState.WAITING,),
    "cancel": (TicketState.WAITING, TicketState.ON_HOLD),
    "reinstate": (TicketState.NO_SHOW, TicketState.CANCELLED),
}

Pressed = Callable[["Desks", int, str], Step]
"""What is pressed, given a random number for its details and a ticket number."""


def _plain(step: Step) -> Pressed:
    return lambda _, __, ___: step


def _named(step: Callable[..., object], *more: str) -> Pressed:
    return lambda _, __, ticket: lambda c, n, s, t: step(c, n, s, t, ticket, *more)


def _hold(_: "Desks", which: int, __: str) -> Step:
    kind = list(HoldKind)[which % len(HoldKind)]
    return lambda c, n, s, t: holding.hold(c, n, s, t, kind)


def _transfer(_: "Desks", which: int, __: str) -> Step:
    service, counter = (None, "device")[which % 2], (None, 1, 5)[which // 2 % 3]
    goal = Goal(service, counter, place=list(Place)[which // 6 % 3])
    return lambda c, n, s, t: transferring.transfer(c, n, s, t, goal)


KEYS: dict[str, Pressed] = {
    "call-next": _plain(desk.call_next),
    "finish-and-call-next": _plain(desk.finish_and_call_next),
    "start": _plain(desk.start),
    "no-show": _plain(desk.no_show),
    "return": _plain(desk.put_back),
    "finish": _plain(desk.finish),
    "wrap-up": _plain(lambda c, n, s, t: desk.finish(c, n, s, t, Outcome.REFERRED, wrap_up=True)),
    "open": _plain(desk.open_counter),
    "pause": _plain(lambda c, n, s, t: pauses.pause(c, n, s, t, PauseReason.BREAK, minutes=5)),
    "add-service": _plain(lambda c, n, s, t: transferring.add_service(c, n, s, t, "billing")),
    "hold": _hold,
    "transfer": _transfer,
    "call": _named(choosing.call, "because"),
    "prioritise": _named(choosing.prioritise, "because"),
    "cancel": _named(choosing.cancel, "because"),
    "reinstate": _named(choosing.reinstate, "because"),
    "resume": _named(holding.resume),
    "step-done": _named(holding.step_done),
    "recall": _plain(desk.recall),
    "close": _plain(desk.close_counter),
}
NOT_KEPT = {"recall", "close"}
"""What cannot be undone by itself."""
SENSIBLE: dict[CounterState, tuple[str, ...]] = {
    CounterState.READY: ("call-next", "call-next", "resume", "call", "pause", "reinstate", "prioritise", "close"),
    CounterState.CALLED: ("start", "start", "start", "recall", "no-show", "return", "transfer"),
    CounterState.SERVING: ("finish-and-call-next", "finish", "wrap-up", "hold", "hold", "transfer", "add-service"),
    CounterState.WRAP_UP: ("call-next", "open", "pause", "resume"),
    CounterState.PAUSED: ("open",),
    CounterState.CLOSED: ("open",),
}


class Desks(RuleBasedStateMachine):
    """Lin works at counter 4, Zhou at 5, the manager Mei at 1, which keeps itself for VIPs."""

    @initialize()
    def open_the_store(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.stage = Stage(new_store(Path(self.folder.name) / "store"))
        self.seats = {1: self.stage.mei, 4: self.stage.lin, 5: self.stage.zhou}
        for number, person in self.seats.items():
            self.stage.open(number, person)
        for service in ("plan", "plan", "device"):
            self.stage.issue(service)
        self.kept: dict[int, list[tuple[Dump, Dump]]] = {1: [], 4: [], 5: []}
        self.stage.book(self.stage.now + 60, code=BOOKING)

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.store.close()
            self.folder.cleanup()

    @rule(what=st.sampled_from(("plan", "device", WANG, CHEN)))
    def issue(self, what: Any) -> None:
        wish = {"service": what} if isinstance(what, str) else {"member": what}
        self.stage.issue(**wish)

    @rule()
    def check_in(self) -> None:
        with suppress(LobbyError):  # it has been used
            self.stage.check_in(code=BOOKING)

    @rule(seconds=st.sampled_from((1, 15, 31, 61)))
    def later(self, seconds: int) -> None:
        self.stage.later(seconds / 60)

    @rule(number=COUNTERS, presses=st.lists(NUMBERS, min_size=3, max_size=8))
    def work(self, number: int, presses: list[int]) -> None:
        """Some keys that make sense in the counter's state, each on a ticket that it may be about."""
        for which in presses:
            keys = SENSIBLE[self._state(number)]
            self._press(number, keys[which % len(keys)], which)

    @rule(number=COUNTERS, key=st.sampled_from(sorted(KEYS)), which=NUMBERS)
    def press_anything(self, number: int, key: str, which: int) -> None:
        self._press(number, key, which)

    @rule(number=COUNTERS)
    def undo(self, number: int) -> None:
        """What an undo changes are the rows of one action, and each is what it was before that action."""
        before = self._dump()
        if not self._try(number, undoing.undo):
            return
        was, became = self.kept[number].pop()
        now = self._dump()
        touched = _changed(was, became)
        assert touched, "something was undone that cannot be"
        assert {row: now.get(row) for row in touched} == {row: was.get(row) for row in touched}
        assert _changed(before, now) <= touched

    @invariant()
    def a_counter_and_its_ticket_agree(self) -> None:
        if not hasattr(self, "stage"):
            return
        lobby = self.stage.present().lobby
        for counter in lobby.counters:
            ticket = lobby.serving.get(counter.number)
            assert (ticket.state if ticket else None) == AT_COUNTER.get(counter.state)

    @invariant()
    def a_member_has_one_open_ticket_and_a_called_one_a_scored_quote(self) -> None:
        if not hasattr(self, "stage"):
            return
        with self.stage.store.read() as conn:
            doubled = conn.execute(
                "SELECT member_no FROM tickets WHERE member_no IS NOT NULL"
                " AND state IN ('waiting', 'called', 'serving', 'on_hold') GROUP BY 1 HAVING count(*) > 1"
            ).fetchall()
            odd = conn.execute(
                "SELECT number FROM tickets t JOIN quotes q ON q.ticket_id = t.id"
                " WHERE (first_called_at IS NULL) <> (wait_s IS NULL)"
            ).fetchall()
            bookings = conn.execute(
                "SELECT t.number FROM tickets t JOIN appointments a ON a.code = t.appointment_code"
                " WHERE t.state IN ('waiting', 'called', 'serving', 'on_hold') AND a.state <> 'checked_in'"
            ).fetchall()
        assert (doubled, odd, bookings) == ([], [], [])

    @invariant()
    def nobody_waits_for_a_counter_that_will_not_call(self) -> None:
        if not hasattr(self, "stage"):
            return
        lobby = self.stage.present().lobby
        at_work = [c for c in lobby.counters if c.state not in {CounterState.CLOSED, CounterState.PAUSED}]
        for ticket in lobby.waiting:
            able = [counter for counter in at_work if can_serve(counter, ticket)]
            assert not able or any(is_for(counter, ticket, lobby) for counter in able)

    def _press(self, number: int, key: str, which: int) -> None:
        step = KEYS[key](self, which, self._ticket_for(key, which))
        if key in NOT_KEPT or self._state(number) == CounterState.CLOSED:
            self._try(number, step)
        else:
            self._do(number, step)

    def _state(self, number: int) -> CounterState:
        with self.stage.store.read() as conn:
            return get_counter(conn, number).state

    def _ticket_for(self, key: str, which: int) -> str:
        """One that this key may be about, if there is one."""
        states = ABOUT.get(key, tuple(TicketState))
        with self.stage.store.read() as conn:
            numbers = [
                row["number"] for row in conn.execute("SELECT number, state FROM tickets") if row["state"] in states
            ]
        return numbers[which % len(numbers)] if numbers else "A999"

    def _do(self, number: int, step: Step) -> None:
        """An action that can be undone; one that is refused, or changes nothing, leaves nothing to undo."""
        before = self._dump()
        if self._try(number, step) and _changed(before, self._dump()):
            self.kept[number].append((before, self._dump()))

    def _try(self, number: int, step: Step) -> bool:
        before, lines = self._dump(), len(self.stage.journal())
        try:
            self.stage.act(step, number, self.seats[number])
        except LobbyError:
            assert (self._dump(), len(self.stage.journal())) == (before, lines)
            return False
        is_changed = self._dump() != before
        assert (len(self.stage.journal()) > lines) >= is_changed
        return True

    def _dump(self) -> Dump:
        with self.stage.store.read() as conn:
            return {
                (table, row[key]): tuple(row[column] for column in row.keys() if column != "revision")  # noqa: SIM118
                for table, key in TABLES.items()
                for row in conn.execute(f"SELECT * FROM {table}")
            }


def _changed(one: Dump, other: Dump) -> set[tuple[str, Any]]:
    return {row for row in one.keys() | other.keys() if one.get(row) != other.get(row)}


TestDesks = Desks.TestCase
TestDesks.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
