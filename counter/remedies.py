"""Owns which changes are worth weighing when promises are at risk: few, and such as can be made at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counter.line import serves
from counter.proposal import Proposal
from db.alarm_records import ActKind
from db.counter_records import Counter, CounterState, Permission
from db.people_records import Staff
from db.ticket_records import Ticket, TicketClass

MOST_OF_A_KIND = 2
"""Each kind of change is weighed for at most so many counters, so that the computing stays bounded."""
PERMIT_S = 3600


@dataclass(frozen=True, slots=True)
class Option:
    """A change to weigh. `staff`: who could sit down at an opened counter, the first is proposed; `before`: the
    permission that a counter has now.
    """

    kind: ActKind
    counter: int
    staff: Sequence[Staff] = ()
    ticket_class: TicketClass | None = None
    permission: Permission | None = None
    before: Permission | None = None

    @property
    def proposal(self) -> Proposal:
        """The change as the what-if knows it."""
        if self.ticket_class is None:
            return Proposal(opens=[self.counter])
        return Proposal(settings={f"counters.{self.counter}.{self.ticket_class}": str(self.permission)})

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they are kept and sent."""
        return {
            "kind": self.kind,
            "counter": self.counter,
            "staff": [{"id": person.id, "name": person.name} for person in self.staff],
            "class": self.ticket_class,
            "permission": self.permission,
            "before": self.before,
            "length_s": PERMIT_S if self.ticket_class else None,
        }


def options(counters: Sequence[Counter], at_risk: Sequence[Ticket], free: Sequence[Staff]) -> list[Option]:
    """What could be done for those at risk. An opened counter needs a person: without free staff none is proposed."""
    kinds = {(ticket.ticket_class, ticket.service) for ticket in at_risk}
    able = [counter for counter in counters if any(serves(counter, *kind) for kind in kinds)]
    skilled = sorted(able, key=lambda counter: (-len(counter.skills), counter.number))
    closed = _unlike([c for c in skilled if c.state == CounterState.CLOSED])[:MOST_OF_A_KIND]
    paused = [c for c in skilled if c.state == CounterState.PAUSED][:MOST_OF_A_KIND]
    found = [Option(ActKind.OPEN_COUNTER, c.number, free) for c in closed if free]
    found += [Option(ActKind.END_PAUSE, c.number) for c in paused]
    at_work = [c for c in counters if c.state not in {CounterState.CLOSED, CounterState.PAUSED}]
    for kind in sorted({ticket_class for ticket_class, _ in kinds}):
        found += _permits(at_work, kind, {service for of_kind, service in kinds if of_kind == kind})
    return found


def _unlike(counters: Sequence[Counter]) -> list[Counter]:
    """One of those that may and can do the same: opening another of them would help as much."""
    found: dict[object, Counter] = {}
    for counter in counters:
        found.setdefault((tuple(sorted(counter.permissions.items())), counter.skills), counter)
    return list(found.values())


def _permits(at_work: Sequence[Counter], kind: TicketClass, services: set[str]) -> list[Option]:
    """Counters that hold back from these customers and need not, for an hour."""
    if kind == TicketClass.ORDINARY:
        lenders = [c for c in at_work if c.permissions[TicketClass.VIP] == Permission.VIP_FIRST and c.skills & services]
        lending = [_permit(c, TicketClass.VIP) for c in lenders[:MOST_OF_A_KIND]]
    else:
        lending = []
    reserved = [
        c for c in at_work if c.permissions[kind] in {Permission.NEVER, Permission.BACKUP} and c.skills & services
    ]
    return lending + [_permit(c, kind) for c in reserved[:MOST_OF_A_KIND]]


def _permit(counter: Counter, kind: TicketClass) -> Option:
    return Option(
        ActKind.PERMIT,
        counter.number,
        ticket_class=kind,
        permission=Permission.PRIMARY,
        before=counter.permissions[kind],
    )
