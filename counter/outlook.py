"""Owns the floor's outlook: who will probably be called too late, what a change would help, how the day goes on. Pure.

All of it is played in the futures of `counter.forecast`, with the calling rule itself. It takes tenths of a second, so
it belongs in the process that computes forecasts.
"""

from collections.abc import Sequence

import numpy as np

from counter.course import Rows
from counter.forecast import FUTURES, LONGEST_S, World, horizon_s
from counter.policy import Kind
from counter.prospects import STEP_S, Effect, Expected, Prospect, Prospects, limit_at
from counter.situation import Situation
from db.ticket_records import Quote, Ticket

HOUR_S = 3600.0
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


def prospects(situation: Situation, seed: int = 1) -> Prospects:
    """What lies ahead of everybody who waits, each by themselves and their promises together."""
    waiting = list(situation.lobby.waiting)
    if not waiting:
        return Prospects()
    world = World(situation, waiting, horizon_s(situation), seed)
    called_at = world.play(np.tile([0, len(waiting)], (FUTURES, 1)))
    calls = [called_at[world.bounds[:-1] + place] for place in range(len(waiting))]
    late = np.zeros(FUTURES, bool)
    for ticket, at in zip(waiting, calls, strict=True):
        if ticket.promised_at is not None:
            late |= at > ticket.promised_at  # who left before the call is not a number, and so never late
    each = [_prospect(ticket, at, situation) for ticket, at in zip(waiting, calls, strict=True)]
    return Prospects(each, float(late.mean()))


def _prospect(ticket: Ticket, called_at: Rows, situation: Situation) -> Prospect:
    """Futures in which the customer leaves before the call break no promise."""
    stays = np.sort(called_at[~np.isnan(called_at)])
    limit = limit_at(ticket, situation.rules.fair_after_s)
    if not len(stays):
        return Prospect(ticket.id, limit, 0.0, None)
    chance = float((stays > limit).mean())
    if np.isinf(stays[int(_MIDDLE * len(stays))]):
        return Prospect(ticket.id, limit, chance, None)
    waits = np.minimum(stays - situation.now, LONGEST_S)
    ends = (float(waits[min(len(waits) - 1, int(share * len(waits)))]) for share in (_LOW, _MIDDLE, _HIGH))
    return Prospect(ticket.id, limit, chance, Quote(*ends))


def weigh(present: Situation, options: Sequence[Situation], seed: int = 1) -> list[Effect]:
    """What each option does, against the present course of things; everybody meets the same chances."""
    late, wait_s = _hour(present, seed)
    effects = []
    for option in options:
        late_then, wait_then_s = _hour(option, seed)
        effects.append(Effect(late - late_then, wait_then_s - wait_s))
    return effects


def _hour(situation: Situation, seed: int) -> tuple[float, float]:
    """Promises broken in the next hour, in the mean of all futures, and ordinary customers' mean wait in seconds."""
    world = World(situation, situation.lobby.waiting, HOUR_S, seed)
    called_at = world.play(np.stack([np.zeros(FUTURES, np.int64), np.diff(world.bounds)], axis=1))
    people = world.people
    stays = ~np.isnan(called_at)
    called_at = np.minimum(called_at, situation.now + LONGEST_S)
    late = stays & (people["kind"] != Kind.ORDINARY) & (called_at > people["due_at"])
    ordinary = stays & (people["kind"] == Kind.ORDINARY)
    waits_s = called_at[ordinary] - people["issued_at"][ordinary]
    return float(late.sum()) / FUTURES, float(waits_s.mean()) if len(waits_s) else 0.0


def course(situation: Situation, until: float, seed: int = 1) -> list[Expected]:
    """How many will wait, step by step from now on; no further than a forecast reaches."""
    until = min(until, situation.now + LONGEST_S)
    world = World(situation, situation.lobby.waiting, until - situation.now, seed)
    called_at = world.play(np.stack([np.zeros(FUTURES, np.int64), np.diff(world.bounds)], axis=1))
    people = world.people
    gone_at = np.where(np.isnan(called_at), people["leaves_at"], called_at)
    first = np.ceil(situation.now / STEP_S) * STEP_S
    moments = np.arange(first, until + 1, STEP_S)
    found = []
    for at in moments:
        there = (people["issued_at"] <= at) & (gone_at > at)
        counts = np.sort(np.add.reduceat(np.append(there, 0), world.bounds[:-1]))
        low, mid, high = (float(counts[int(share * FUTURES)]) for share in (_LOW, _MIDDLE, _HIGH))
        found.append(Expected(float(at), low, mid, high))
    return found
