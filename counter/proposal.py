"""Owns a change that is only thought of: counters opened, closed or paused, settings set; applied to a moment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from counter.amendment import RuleBook, amended
from counter.errors import NothingProposed, UnknownCounter
from counter.line import Lobby
from counter.service_times import cautious, prior
from counter.situation import Situation
from db.counter_records import Counter, CounterState
from db.setting_records import Rules


@dataclass(frozen=True, slots=True)
class Proposal:
    """What might be done now. `pauses`: seconds by counter; `settings`: values by field, as `counter.amendment` has it.

    A counter that closes or pauses first serves whom it has.
    """

    opens: Sequence[int] = ()
    closes: Sequence[int] = ()
    pauses: Mapping[int, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def changed(situation: Situation, book: RuleBook, proposal: Proposal) -> Situation:
    """The situation as it would be. `book`: the settings as they are.

    Raises `NothingProposed`, `UnknownCounter` and `UnsoundSettings`.
    """
    if not (proposal.opens or proposal.closes or proposal.pauses or proposal.settings):
        raise NothingProposed
    known = {counter.number for counter in situation.lobby.counters}
    for number in (*proposal.opens, *proposal.closes, *proposal.pauses):
        if number not in known:
            raise UnknownCounter(counter=number)
    after = amended(book, proposal.settings, replace(book, rules=Rules()))
    times = {code: service.learnt or prior(service) for code, service in after.services.items()}
    lobby = situation.lobby
    return replace(
        situation,
        rules=after.rules,
        times=times,
        pauses=[*situation.pauses, *_pauses(situation, proposal)],
        lobby=Lobby(
            waiting=lobby.waiting,
            counters=[_counter(counter, after, proposal, situation) for counter in lobby.counters],
            serving=lobby.serving,
            service_times={code: cautious(time, after.rules) for code, time in times.items()},
            last_reasons=lobby.last_reasons,
        ),
    )


def _counter(counter: Counter, book: RuleBook, proposal: Proposal, situation: Situation) -> Counter:
    work = book.counters[counter.number]
    counter = replace(counter, permissions=work.permissions, skills=work.skills)
    is_idle = counter.number not in situation.lobby.serving
    if counter.number in proposal.closes and is_idle:
        return replace(counter, state=CounterState.CLOSED)
    if counter.number in proposal.pauses and is_idle:
        returns_at = situation.now + proposal.pauses[counter.number]
        return replace(counter, state=CounterState.PAUSED, since=situation.now, returns_at=returns_at)
    if counter.number in proposal.opens and counter.state in {CounterState.CLOSED, CounterState.PAUSED}:
        return replace(counter, state=CounterState.READY, since=situation.now, returns_at=None)
    return counter


def _pauses(situation: Situation, proposal: Proposal) -> list[tuple[int, float, float]]:
    """Of counters that serve somebody: afterwards they pause, or are gone for good."""
    spans = {**proposal.pauses, **dict.fromkeys(proposal.closes, inf)}
    return [
        (number, situation.now, length_s) for number, length_s in spans.items() if number in situation.lobby.serving
    ]
