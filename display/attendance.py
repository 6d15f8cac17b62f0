"""Owns what the journal tells of a day's counters: when each was open, paused and busy, by whom and with whom. Pure.

Kinds of events it does not know change nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Span = tuple[float, float]
"""From when to when."""

_ENDS = frozenset({"completed", "no_show", "returned", "expired", "held", "transferred", "abandoned"})
_OF_COUNTERS = frozenset({"counter_opened", "counter_closed", "counter_paused", "counter_back", "wrap_up_ended"})


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the journal as this module reads it; `staff` is the acting person's name, empty for others."""

    at: float
    kind: str
    ticket: str | None
    counter: int | None
    staff: str


@dataclass(slots=True)
class Stay:
    """One ticket at one counter, from its call on; `ended_at` is the end of the day for one that never ended.

    `freed_at`: when the wrap-up after it was over.
    """

    ticket: str
    counter: int
    staff: str
    called_at: float
    ended_at: float
    started_at: float | None = None
    freed_at: float | None = None

    @property
    def span(self) -> Span:
        """How long the counter was taken up."""
        return self.called_at, self.ended_at if self.freed_at is None else self.freed_at

    @property
    def walk_s(self) -> float | None:
        """From the call to the start; None if nobody came."""
        return None if self.started_at is None else self.started_at - self.called_at

    @property
    def handling_s(self) -> float | None:
        """From the start to the end; None if nobody came."""
        return None if self.started_at is None else self.ended_at - self.started_at


@dataclass(slots=True)
class Shift:
    """One person at one counter, with the pauses in between."""

    counter: int
    staff: str
    opens: float
    closes: float
    pauses: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attendance:
    """A day at the counters, each in the order of time."""

    shifts: Sequence[Shift]
    stays: Sequence[Stay]


def attendance(journal: Iterable[Line], day_ends: float) -> Attendance:
    """Read a business day's journal. What is still open at its end lasts until then: the day's close comes after it."""
    reader = _Reader(day_ends)
    for line in journal:
        reader.read(line)
    return Attendance(reader.shifts, reader.stays)


class _Reader:
    """Follows the journal and knows, at each moment, who is where."""

    def __init__(self, day_ends: float) -> None:
        self._day_ends = day_ends
        self.shifts: list[Shift] = []
        self.stays: list[Stay] = []
        self._open: dict[int, Shift] = {}
        self._paused: dict[int, float] = {}
        self._at: dict[str, Stay] = {}

    def read(self, line: Line) -> None:
        if line.kind in _OF_COUNTERS and line.counter is not None:
            self._follow_counter(line, line.counter)
        elif line.ticket is not None:
            self._follow_ticket(line, line.ticket)

    def _follow_counter(self, line: Line, counter: int) -> None:
        if line.kind == "counter_opened":
            self._close(counter, line.at)
            self._open[counter] = Shift(counter, line.staff, line.at, self._day_ends)
            self.shifts.append(self._open[counter])
        elif line.kind == "counter_closed":
            self._close(counter, line.at)
        elif line.kind == "counter_paused":
            self._pause(counter, line.at)
        elif line.kind == "counter_back":
            self._be_back(counter, line.at)
        else:
            self._end_wrap_up(counter, line.at)

    def _follow_ticket(self, line: Line, ticket: str) -> None:
        if line.kind == "called" and line.counter is not None:
            self._leave(ticket, line.at)
            self._be_back(line.counter, line.at)
            self._at[ticket] = Stay(ticket, line.counter, line.staff, line.at, self._day_ends)
            self.stays.append(self._at[ticket])
        elif line.kind == "started" and ticket in self._at:
            self._at[ticket].started_at = line.at
        elif line.kind in _ENDS:
            self._leave(ticket, line.at)

    def _leave(self, ticket: str, at: float) -> None:
        stay = self._at.pop(ticket, None)
        if stay is not None:
            stay.ended_at = at

    def _end_wrap_up(self, counter: int, at: float) -> None:
        for stay in reversed(self.stays):
            if stay.counter == counter:
                stay.freed_at = max(at, stay.ended_at) if stay.ended_at < self._day_ends else None
                return

    def _close(self, counter: int, at: float) -> None:
        self._be_back(counter, at)
        shift = self._open.pop(counter, None)
        if shift is not None:
            shift.closes = at

    def _pause(self, counter: int, at: float) -> None:
        shift = self._open.get(counter)
        if shift is not None and counter not in self._paused:
            self._paused[counter] = at
            shift.pauses.append((at, self._day_ends))

    def _be_back(self, counter: int, at: float) -> None:
        began = self._paused.pop(counter, None)
        if began is not None:
            self._open[counter].pauses[-1] = (began, at)


def within(spans: Iterable[Span], begins: float, ends: float) -> float:
    """How many seconds of a window these spans cover; spans that overlap count each."""
    return sum(max(0.0, min(end, ends) - max(start, begins)) for start, end in spans)
