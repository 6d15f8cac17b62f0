"""Owns the day simulator: customers known beforehand meet counters under the real calling rule. Pure.

It decides nothing itself: every call is `policy.choose`, every newcomer's counter is `policy.assign`. What chance
decides (when somebody comes, how long they take, how patient they are) is in the customers before the day begins, so
the same customers meet every rule (common random numbers) and a difference between two rules is due to the rules alone.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from counter.policy import Choice, Lobby, Refusal, assign, choose
from db.records import Counter, CounterState, Rules, ServiceTime, Ticket, TicketState

ASK_AGAIN_S = 15.0
"""A counter that keeps itself free for VIPs asks again after so many seconds: what is safe changes with time alone."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who will come: the ticket they will hold, and what chance has in store for them, in seconds.

    `walk_s`: from call to start; `patience_s`: from arrival until one who still waits leaves silently, None: never.
    """

    ticket: Ticket
    service_s: float
    walk_s: float = 0.0
    patience_s: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A planned pause. Somebody being served is served to the end first; the pause keeps its length."""

    counter: int
    starts_at: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over: every customer's ticket as it ended, in order of arrival.

    `present_s` is how long counters were there for customers, all together, from the first arrival to the last end.
    """

    tickets: tuple[Ticket, ...]
    present_s: float


def simulate(
    customers: Sequence[Customer],
    counters: Iterable[Counter],
    rules: Rules,
    service_times: Mapping[str, ServiceTime],
    pauses: Iterable[Pause] = (),
) -> Day:
    """Let the customers come to these counters, all of them ready from the start, until everybody has gone.

    Somebody whom no counter can serve, and who never leaves, ends as `expired`.
    """
    course = _Course(customers, counters, rules, service_times, pauses)
    return course.run()


class _Course:
    """The course of one day: a heap of what is going to happen, and the lobby as it is now."""

    def __init__(
        self,
        customers: Sequence[Customer],
        counters: Iterable[Counter],
        rules: Rules,
        service_times: Mapping[str, ServiceTime],
        pauses: Iterable[Pause],
    ) -> None:
        self._rules, self._service_times = rules, service_times
        self._customers = {customer.ticket.id: customer for customer in customers}
        self._waiting: dict[int, Ticket] = {}
        self._serving: dict[int, Ticket] = {}
        self._ended: dict[int, Ticket] = {}
        self._last_reasons: list[str] = []
        self._pauses: dict[int, list[Pause]] = {}
        self._paused_s = 0.0
        self._now = self._starts_at = min((c.ticket.issued_at for c in customers), default=0.0)
        self._asks_again = False
        self._sequence = 0
        self._coming: list[tuple[float, int, Callable[[int], None], int]] = []
        self._counters = {c.number: replace(c, state=CounterState.READY, since=self._now) for c in counters}
        for pause in sorted(pauses, key=lambda pause: pause.starts_at):
            self._pauses.setdefault(pause.counter, []).append(pause)
            self._plan(pause.starts_at, self._pause_if_due, pause.counter)
        for number in self._pauses:
            self._move(number, CounterState.READY)
        for customer in customers:
            self._plan(customer.ticket.issued_at, self._arrive, customer.ticket.id)

    def run(self) -> Day:
        """Let everything happen, in the order of time; what happens at the same time, as it was planned."""
        coming = self._coming
        while coming and len(self._ended) < len(self._customers):
            self._now, _, happens, subject = heapq.heappop(coming)
            happens(subject)
        for ticket in self._waiting.values():
            self._ended[ticket.id] = replace(ticket, state=TicketState.EXPIRED, ended_at=self._now)
        return Day(tuple(self._ended[id_] for id_ in self._customers), self._present_s())

    def _present_s(self) -> float:
        paused_s = self._paused_s + sum(
            self._now - counter.since for counter in self._counters.values() if counter.state == CounterState.PAUSED
        )
        return len(self._counters) * (self._now - self._starts_at) - paused_s

    def _plan(self, at: float, happens: Callable[[int], None], subject: int = 0) -> None:
        self._sequence += 1
        heapq.heappush(self._coming, (at, self._sequence, happens, subject))

    def _arrive(self, ticket_id: int) -> None:
        customer = self._customers[ticket_id]
        self._waiting[ticket_id] = customer.ticket
        if customer.patience_s is not None:
            self._plan(self._now + customer.patience_s, self._give_up, ticket_id)
        idle = self._idle()
        while ticket_id in self._waiting and (counter := assign(customer.ticket, idle)) is not None:
            self._ask(counter.number)
            idle.remove(counter)

    def _give_up(self, ticket_id: int) -> None:
        ticket = self._waiting.pop(ticket_id, None)
        if ticket is not None:
            self._ended[ticket_id] = replace(ticket, state=TicketState.ABANDONED, ended_at=self._now)

    def _ask(self, number: int) -> None:
        """One idle counter asks whom to call."""
        choice = choose(self._counters[number], self._lobby(), self._now, self._rules)
        if isinstance(choice, Choice):
            self._last_reasons = [choice.reason, *self._last_reasons[: self._memory - 1]]
            self._call(number, choice.ticket)
        elif choice == Refusal.RESERVED_FOR_VIP and not self._asks_again:
            self._asks_again = True
            self._plan(self._now + ASK_AGAIN_S, self._ask_again)

    def _ask_again(self, _: int) -> None:
        self._asks_again = False
        self._ask_all()

    def _ask_all(self) -> None:
        """Every idle counter asks while somebody waits; the one freed last asks first, others have before."""
        for counter in sorted(self._idle(), key=lambda counter: -counter.since):
            if self._waiting:
                self._ask(counter.number)

    def _call(self, number: int, ticket: Ticket) -> None:
        customer = self._customers[ticket.id]
        del self._waiting[ticket.id]
        self._serving[number] = replace(
            ticket,
            state=TicketState.SERVING,
            counter=number,
            first_called_at=self._now,
            called_at=self._now,
            started_at=self._now + customer.walk_s,
            calls=1,
        )
        self._move(number, CounterState.SERVING)
        self._plan(self._now + customer.walk_s + customer.service_s, self._finish, number)

    def _finish(self, number: int) -> None:
        ticket = self._serving.pop(number)
        self._ended[ticket.id] = replace(ticket, state=TicketState.COMPLETED, ended_at=self._now)
        self._move(number, CounterState.READY)
        self._pause_if_due(number)
        self._ask_all()

    def _pause_if_due(self, number: int) -> None:
        pauses = self._pauses.get(number)
        if not pauses or self._counters[number].state != CounterState.READY or pauses[0].starts_at > self._now:
            return
        pause = pauses.pop(0)
        self._move(number, CounterState.PAUSED, returns_at=self._now + pause.length_s)
        self._plan(self._now + pause.length_s, self._come_back, number)

    def _come_back(self, number: int) -> None:
        self._paused_s += self._now - self._counters[number].since
        self._move(number, CounterState.READY)
        self._pause_if_due(number)
        self._ask_all()

    def _move(self, number: int, state: CounterState, returns_at: float | None = None) -> None:
        """Built anew rather than replaced: this happens twice a customer."""
        pauses = self._pauses.get(number)
        pauses_at = pauses[0].starts_at if pauses else None
        counter = self._counters[number]
        self._counters[number] = Counter(
            number, counter.permissions, counter.skills, state, self._now, pauses_at=pauses_at, returns_at=returns_at
        )

    def _idle(self) -> list[Counter]:
        return [counter for counter in self._counters.values() if counter.state == CounterState.READY]

    def _lobby(self) -> Lobby:
        return Lobby(
            tuple(self._waiting.values()),
            tuple(self._counters.values()),
            self._serving,
            self._service_times,
            self._last_reasons,
        )

    @property
    def _memory(self) -> int:
        """How many calls back the rule looks."""
        return max(self._rules.fair_run, self._rules.ratio)
