"""Owns the forecast: how long those who wait and those who come now will wait, and what a change would do. Pure.

From the present state a hundred futures are played with the calling rule itself: services in progress end by their
lognormal given how long they have taken, people come by the habits of past days and leave silently, counters pause as
planned. What is told is the middle of the futures and the range that holds four of five of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil, inf
from statistics import NormalDist

import numpy as np

from counter import compiled, line
from counter.calibration import COVERAGE, NONE, Correction
from counter.chances import survival
from counter.course import PAUSE, PERSON, POST, Rows
from counter.habits import HALF_HOUR_S, HALF_HOURS, Stream
from counter.scenario import ticket_of
from counter.situation import Situation
from db.counter_records import CounterState
from db.ticket_records import Forecast, Quote, Ticket, TicketClass

FUTURES = 100
LONGEST_S = 4 * 3600.0
"""Nobody is told a longer wait."""
LEAST_S = 15 * 60.0
PUNCTUALITY_S = (-240.0, 240.0)
NO_SHOWS = 0.08
"""Appointments check in four minutes early, give or take four; one in twelve never comes."""
GHOST = -1
"""The id of somebody who might come now: they take no time at a counter and so delay nobody."""

SMALLEST = 1e-12
_TAIL = (1 - COVERAGE) / 2
_NORMAL = NormalDist()


def foresee(situation: Situation, corrections: Mapping[TicketClass, Correction], seed: int = 1) -> Forecast:
    """What everybody who waits, and anybody who would come now, is told."""
    ordinary, guarded = _streams(situation)
    waiting = list(situation.lobby.waiting)
    ghosts = [ghost(stream, situation) for stream in ordinary]
    place = len(waiting) + len(ghosts)
    world = World(situation, [*waiting, *ghosts, _absent(situation)], horizon_s(situation), seed)
    quotes = world.quotes(0, place)
    plain = dict(zip(ordinary, quotes[len(waiting) :], strict=True))
    for stream in guarded:
        world.put(place, ghost(stream, situation))
        [plain[stream]] = world.quotes(place, place + 1)
    tickets = {
        ticket.id: corrections.get(ticket.ticket_class, NONE).apply(quote)
        for ticket, quote in zip(waiting, quotes, strict=False)
        if quote is not None
    }
    known = {stream: quote for stream, quote in plain.items() if quote is not None}
    told = {stream: corrections.get(stream[0], NONE).apply(quote) for stream, quote in known.items()}
    return Forecast(situation.now, tickets, told, known)


def _streams(situation: Situation) -> tuple[list[Stream], list[Stream]]:
    """Whom to foresee among newcomers: ordinary ones, who hinder no promise and are asked together, and the guarded."""
    ordinary: list[Stream] = [(TicketClass.ORDINARY, None, service) for service in situation.times]
    guarded: list[Stream] = [(TicketClass.VIP, tier.code, code) for tier in situation.tiers for code in situation.times]
    guarded += [(TicketClass.APPOINTMENT, None, service) for service in situation.times]
    return ordinary, guarded


def _absent(situation: Situation) -> Ticket:
    """A ghost that has not come yet."""
    return replace(ghost((TicketClass.ORDINARY, None, next(iter(situation.times))), situation), issued_at=inf)


def ghost(stream: Stream, situation: Situation) -> Ticket:
    """Somebody of this class, tier and service who would come now; an appointment's slot is now."""
    kind, tier_code, service = stream
    tier = next((tier for tier in situation.tiers if tier.code == tier_code), None)
    now = situation.now
    return replace(ticket_of(kind, service, now, situation.rules, tier=tier, slot_at=now), id=GHOST)


class World:
    """A hundred futures of one situation: who comes and how long everybody takes is drawn once, then played.

    `watched` have the first rows of every future, in this order; ghosts among them take no time and never leave.
    """

    def __init__(
        self,
        situation: Situation,
        watched: Sequence[Ticket],
        ahead_s: float,
        seed: int,
        machine: Callable[..., Rows] = compiled.play,
    ) -> None:
        self._machine = machine
        random = np.random.default_rng(seed)
        self._situation = situation
        coming, of_future = _newcomers(situation, min(situation.now + ahead_s, situation.closes_at), random)
        people = np.concatenate([np.tile(_rows(watched, situation), FUTURES), coming])
        futures = np.concatenate([np.repeat(np.arange(FUTURES), len(watched)), of_future])
        _draw_chances(people, situation, random)
        order = np.argsort(futures, kind="stable")
        self.people = people[order]
        self.bounds = np.searchsorted(futures[order], np.arange(FUTURES + 1))
        self.people["id"] = np.arange(len(people)) - np.repeat(self.bounds[:-1], np.diff(self.bounds))
        self._posts = _posts(situation, random)
        self._pauses = _pauses(situation)

    def put(self, place: int, ghost: Ticket) -> None:
        """Put another ghost at a place among the watched of every future."""
        rows = self.bounds[:-1] + place
        [row] = _rows([ghost], self._situation)
        for name in ("due_at", "issued_at", "kind", "service", "slot_at", "head_start_s"):
            self.people[name][rows] = row[name]

    def quotes(self, first: int, last: int) -> list[Quote | None]:
        """The waits of the watched from place `first` to `last`; None for who is hardly ever called."""
        called_at = self.play(np.tile([first, last], (FUTURES, 1)))
        return [_quote(called_at[self.bounds[:-1] + place] - self._situation.now) for place in range(first, last)]

    def play(self, spans: Rows) -> Rows:
        """When everybody is called; each future is played until the people of its span (rows from, to) are."""
        lobby = self._situation.lobby.in_numbers
        called_at: Rows = self._machine(
            self.people,
            self.bounds,
            self._posts,
            self._pauses,
            np.array(lobby.paces),
            lobby.known,
            np.array(lobby.steps, np.int64),
            line.terms(self._situation.rules),
            self._situation.now,
            self._situation.now + LONGEST_S,
            spans,
        )
        return called_at


def horizon_s(situation: Situation) -> float:
    """For how long newcomers matter: half as long again as it takes to serve everybody who is here, and a while."""
    lobby = situation.lobby
    at_work = sum(counter.state != CounterState.CLOSED for counter in lobby.counters)
    here = [*lobby.waiting, *lobby.serving.values()]
    work_s = sum(situation.times[ticket.service].mean_s for ticket in here)
    return min(LONGEST_S, LEAST_S + 1.5 * work_s / max(1, at_work))


def _rows(tickets: Sequence[Ticket], situation: Situation) -> Rows:
    """What chance decides is still open, except for ghosts."""
    return np.array(
        [(*line.waiting(ticket, situation.lobby.services), 0.0, 0.0, inf) for ticket in tickets], dtype=PERSON
    )


def _draw_chances(people: Rows, situation: Situation, random: np.random.Generator) -> None:
    """How long everybody takes, with the gap before the next call, and when they give up.

    The patience of who waits already starts anew: an exponential has no memory.
    """
    means, spreads = np.array([(time.log_mean, time.log_sd) for time in situation.times.values()]).T
    real = people["id"] != GHOST
    service, size = people["service"], len(people)
    people["service_s"] = np.exp(means[service] + spreads[service] * random.standard_normal(size)) * real
    people["walk_s"] = (situation.habits.walk_s + situation.habits.gap_s) * real
    if situation.habits.leaving > 0:
        patience_s = random.exponential(1 / situation.habits.leaving, size)
        people["leaves_at"] = np.where(real, np.maximum(people["issued_at"], situation.now) + patience_s, inf)


def _newcomers(situation: Situation, until: float, random: np.random.Generator) -> tuple[Rows, Rows]:
    """Who comes between now and `until`, of all futures together, and to which future each belongs."""
    walk_ins, futures = _walk_ins(situation, until, random)
    booked, booked_futures = _booked(situation, until, random)
    return np.concatenate([walk_ins, booked]), np.concatenate([futures, booked_futures])


def _walk_ins(situation: Situation, until: float, random: np.random.Generator) -> tuple[Rows, Rows]:
    """A Poisson number per stream and half hour, evenly spread over it; appointments come by their bookings instead."""
    streams = [stream for stream in situation.habits.arrivals if stream[0] != TicketClass.APPOINTMENT]
    first = int((situation.now - situation.day_start) // HALF_HOUR_S)
    last = int((until - situation.day_start) // HALF_HOUR_S)
    if not streams or until <= situation.now:
        return np.zeros(0, PERSON), np.zeros(0, np.int64)
    halves = np.arange(first, last + 1)
    starts = np.maximum(situation.now, situation.day_start + halves * HALF_HOUR_S)
    lengths = np.minimum(until, situation.day_start + (halves + 1) * HALF_HOUR_S) - starts
    rates = np.array([situation.habits.arrivals[stream] for stream in streams])[:, halves % HALF_HOURS]
    counts = random.poisson(rates * lengths, (FUTURES, *rates.shape))
    futures, of_stream, half = np.unravel_index(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape)
    people = _rows([ghost(stream, situation) for stream in streams], situation)[of_stream]
    people["id"] = 0
    came_after = starts[half] + lengths[half] * random.random(len(people)) - situation.now
    people["issued_at"] += came_after
    people["due_at"] += came_after
    return people, futures


def _booked(situation: Situation, until: float, random: np.random.Generator) -> tuple[Rows, Rows]:
    """Those with a booking whose check-in lies ahead; one that is overdue may come any minute."""
    bookings = [(at, service) for at, service in situation.bookings if at + PUNCTUALITY_S[0] < until]
    if not bookings:
        return np.zeros(0, PERSON), np.zeros(0, np.int64)
    comes = random.random((FUTURES, len(bookings))) >= NO_SHOWS
    futures, which = np.nonzero(comes)
    slot_at = np.array([at for at, _ in bookings])[which]
    came_at = slot_at + random.normal(*PUNCTUALITY_S, len(which))
    came_at = np.maximum(came_at, situation.now + random.exponential(PUNCTUALITY_S[1], len(which)))
    streams = [(TicketClass.APPOINTMENT, None, service) for _, service in bookings]
    people = _rows([ghost(stream, situation) for stream in streams], situation)[which]
    people["id"] = 0
    people["issued_at"], people["slot_at"] = came_at, slot_at
    people["due_at"] = np.maximum(came_at, slot_at) + situation.rules.appointment_grace_s
    return people, futures


def _posts(situation: Situation, random: np.random.Generator) -> Rows:
    """The counters in every future: they differ in when the present services end."""
    lobby = situation.lobby
    posts = np.zeros((FUTURES, len(lobby.counters)), POST)
    for place, counter in enumerate(lobby.counters):
        ticket = lobby.serving.get(counter.number)
        post = line.post(counter, ticket, lobby.services)
        posts[:, place] = (
            *post.may,
            post.skills,
            post.stand,
            post.since,
            post.returns_at,
            post.service,
            post.started_at,
            inf,
        )
        if ticket is not None:
            posts["ends_at"][:, place] = _ends(ticket, situation, random.random(FUTURES))
    return posts


def _ends(ticket: Ticket, situation: Situation, chances: Rows) -> Rows:
    """When the counter calls again: a gap after the service, a lognormal given how long it has taken; one who is still
    walking up begins it yet.
    """
    time = situation.times[ticket.service]
    if ticket.started_at is None:
        called_at = situation.now if ticket.called_at is None else ticket.called_at
        started_at, running = max(situation.now, called_at + situation.habits.walk_s), 1.0
    else:
        started_at, running = ticket.started_at, survival(situation.now - ticket.started_at, time.log_mean, time.log_sd)
    left = [max(SMALLEST, running * (1 - chance)) for chance in chances]
    return (
        started_at
        + situation.habits.gap_s
        + np.exp([time.log_mean - time.log_sd * _NORMAL.inv_cdf(share) for share in left])
    )


def _pauses(situation: Situation) -> Rows:
    places = {counter.number: place for place, counter in enumerate(situation.lobby.counters)}
    return np.array([(places[number], starts_at, length_s) for number, starts_at, length_s in situation.pauses], PAUSE)


def _quote(waits_s: Rows) -> Quote | None:
    """Of those futures in which the customer stays; None if in half of them nobody calls."""
    known = np.sort(waits_s[~np.isnan(waits_s)])
    if not len(known) or known[len(known) // 2] == inf:
        return None
    low, high = known[int(_TAIL * len(known))], known[ceil((1 - _TAIL) * len(known)) - 1]
    return Quote(float(low), float(known[len(known) // 2]), float(min(high, LONGEST_S)))
