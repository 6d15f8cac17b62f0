"""Random days at three counters: whatever staff press, in whatever order, the lobby stays whole and undo is exact."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lobby_stage import CHEN, WANG, Stage

from counter import choosing, desk, holding, pauses, transferring, undoing
from counter.line import can_serve, is_for
from counter.transferring import Goal
from db.errors import LobbyError
from db.records import CounterState, HoldKind, Outcome, PauseReason, Place, Staff, TicketState
from db.store import Store

Dump = dict[tuple[str, Any], tuple[Any, ...]]
Step = Callable[[Connection, int, Staff, float], object]

TABLES = {"tickets": "id", "counters": "number", "quotes": "ticket_id", "appointments": "code", "legs": "id"}
AT_COUNTER = {CounterState.CALLED: TicketState.CALLED, CounterState.SERVING: TicketState.SERVING}
COUNTERS = st.sampled_from((1, 4, 5))
NUMBERS = st.integers(0, 30)
BOOKING = "135790"

PLAIN: dict[str, Step] = {
    "call-next": desk.call_next,
    "finish-and-call-next": desk.finish_and_call_next,
    "start": desk.start,
    "no-show": desk.no_show,
    "return": desk.put_back,
    "finish": desk.finish,
    "wrap-up": lambda c, n, s, t: desk.finish(c, n, s, t, Outcome.REFERRED, wrap_up=True),
    "open": desk.open_counter,
    "pause": lambda c, n, s, t: pauses.pause(c, n, s, t, PauseReason.BREAK, minutes=5),
    "add-service": lambda c, n, s, t: transferring.add_service(c, n, s, t, "billing"),
}


class Desks(RuleBasedStateMachine):
    """Lin works at counter 4, Zhou at 5, the manager Mei at 1, which keeps itself for VIPs."""

    @initialize()
    def open_the_store(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.stage = Stage(Store(Path(self.folder.name) / "store"))
        self.seats = {1: self.stage.mei, 4: self.stage.lin, 5: self.stage.zhou}
        for number, person in self.seats.items():
            self.stage.open(number, person)
        self.numbers: list[str] = []
        self.kept: dict[int, list[tuple[Dump, Dump]]] = {1: [], 4: [], 5: []}
        self.stage.book(self.stage.now + 60, code=BOOKING)

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.store.close()
            self.folder.cleanup()

    @rule(what=st.sampled_from(("plan", "device", WANG, CHEN)))
    def issue(self, what: Any) -> None:
        wish = {"service": what} if isinstance(what, str) else {"member": what}
        self.numbers.append(self.stage.issue(**wish).ticket.number)

    @rule()
    def check_in(self) -> None:
        with suppress(LobbyError):  # it has been used
            self.numbers.append(self.stage.check_in(code=BOOKING).ticket.number)

    @rule(seconds=st.sampled_from((1, 15, 31, 70)))
    def later(self, seconds: int) -> None:
        self.stage.later(seconds / 60)

    @rule(number=COUNTERS, action=st.sampled_from(sorted(PLAIN)))
    def press(self, number: int, action: str) -> None:
        self._do(number, PLAIN[action])

    @rule(number=COUNTERS, kind=st.sampled_from(HoldKind))
    def hold(self, number: int, kind: HoldKind) -> None:
        self._do(number, lambda c, n, s, t: holding.hold(c, n, s, t, kind))

    @rule(
        number=COUNTERS,
        goal=st.builds(
            Goal, st.sampled_from((None, "device")), st.sampled_from((None, 1, 5)), place=st.sampled_from(Place)
        ),
    )
    def transfer(self, number: int, goal: Goal) -> None:
        self._do(number, lambda c, n, s, t: transferring.transfer(c, n, s, t, goal))

    @precondition(lambda self: self.numbers)
    @rule(
        number=COUNTERS,
        which=NUMBERS,
        action=st.sampled_from((choosing.call, choosing.prioritise, choosing.cancel, choosing.reinstate)),
    )
    def choose(self, number: int, which: int, action: Callable[..., object]) -> None:
        self._do(number, lambda c, n, s, t: action(c, n, s, t, self._number(which), "because"))

    @precondition(lambda self: self.numbers)
    @rule(number=COUNTERS, which=NUMBERS, action=st.sampled_from((holding.resume, holding.step_done)))
    def go_on(self, number: int, which: int, action: Callable[..., object]) -> None:
        self._do(number, lambda c, n, s, t: action(c, n, s, t, self._number(which)))

    @rule(number=COUNTERS)
    def recall(self, number: int) -> None:
        self._try(number, desk.recall)

    @rule(number=COUNTERS)
    def close_and_open(self, number: int) -> None:
        self._try(number, desk.close_counter)
        self._try(number, desk.open_counter)

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

    def _number(self, which: int) -> str:
        return self.numbers[which % len(self.numbers)]

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
                (table, row[key]): tuple(row)
                for table, key in TABLES.items()
                for row in conn.execute(f"SELECT * FROM {table}")
            }


def _changed(one: Dump, other: Dump) -> set[tuple[str, Any]]:
    return {row for row in one.keys() | other.keys() if one.get(row) != other.get(row)}


TestDesks = Desks.TestCase
TestDesks.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
