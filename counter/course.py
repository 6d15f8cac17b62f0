"""Owns the course of simulated time: people known beforehand meet counters under the calling rule. Pure, numbers only.

It decides nothing itself: every call is `policy.choose`, every newcomer's counter is `policy.assign`. What chance
decides (when somebody comes, how long they take, how patient they are) stands in the people's rows before time begins.
`counter.compiled` turns it into machine code; it runs uncompiled just as well, some thirty times slower. A function
that writes into an array has no list comprehension: together they make numba drop the write as dead code.
"""

import heapq
from enum import IntEnum
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np

from counter.policy import NOBODY, Lobby, Pace, Post, Stand, Step, Terms, Waiting, assign, choose

ASK_AGAIN_S = 15.0
"""A counter that keeps itself free for VIPs asks again after so many seconds: what is safe changes with time alone."""

PERSON = np.dtype(
    [
        ("due_at", "f8"),
        ("issued_at", "f8"),
        ("id", "i8"),
        ("kind", "i8"),
        ("service", "i8"),
        ("slot_at", "f8"),
        ("head_start_s", "f8"),
        ("service_s", "f8"),
        ("walk_s", "f8"),
        ("leaves_at", "f8"),
    ]
)
"""A `Waiting` whose id is its row, and what chance has in store: `walk_s` lies between call and start, `leaves_at` is
when one who still waits leaves silently (endless: never)."""

POST = np.dtype(
    [
        ("vip", "i8"),
        ("appointment", "i8"),
        ("ordinary", "i8"),
        ("skills", "i8"),
        ("stand", "i8"),
        ("since", "f8"),
        ("returns_at", "f8"),
        ("service", "i8"),
        ("started_at", "f8"),
        ("ends_at", "f8"),
    ]
)
"""A `Post` whose number is its row, and when its present service ends."""

PAUSE = np.dtype([("post", "i8"), ("starts_at", "f8"), ("length_s", "f8")])

Rows = np.ndarray[Any, np.dtype[Any]]


Planned = tuple[float, int, float, int]
"""A pause to come: when, of which post, how long, and its row."""


class What(IntEnum):
    """What may happen next; at the same moment in this order."""

    FINISH = 0
    COME_BACK = 1
    PAUSE = 2
    ARRIVE = 3
    LEAVE = 4
    ASK_AGAIN = 5


class Told(IntEnum):
    """The places of `Course.tally`."""

    WATCHED_FROM = 0
    WATCHED_TO = 1
    UNSETTLED = 2
    ASKS_AGAIN = 3


TOLD = len(Told)


class Course(NamedTuple):
    """The lobby as it is now and what is going to happen: a heap of (when, what, to which row)."""

    coming: list[tuple[float, int, int]]
    lobby: Lobby
    terms: Terms
    people: Rows
    pauses: list[Planned]
    called_at: Rows
    ended_at: Rows
    at_post: Rows
    paused_at: Rows
    tally: Rows


def run(
    people: Rows,
    posts: Rows,
    pauses: Rows,
    paces: Rows,
    known: int,
    steps: Rows,
    terms: Terms,
    now: float,
    until: float,
    watched: tuple[int, int],
) -> tuple[Rows, Rows, Rows, Rows]:
    """Let time go on from `now` until the people of rows `watched` (from, to) are called or have left, or else `until`.

    People whose issue lies before `now` wait already. Returns per person when they were called (NaN: never), when they
    ended or left (NaN: they still wait) and at which row of `posts` (−1: none), and when each of `pauses` really began
    (NaN: it did not).
    """
    planned = _planned(pauses)
    lobby = _lobby(people, posts, planned, paces, known, steps, now)
    course = _course(lobby, people, planned, terms, now)
    course.tally[Told.WATCHED_FROM.value], course.tally[Told.WATCHED_TO.value] = watched
    course.tally[Told.UNSETTLED.value] = watched[1] - watched[0]
    _plan_what_is_under_way(course, posts, now)
    _ask_all(course, now)
    while course.tally[Told.UNSETTLED.value] > 0 and course.coming and course.coming[0][0] <= until:
        now, what, subject = heapq.heappop(course.coming)
        _happen(course, what, subject, now)
    return course.called_at, course.ended_at, course.at_post, course.paused_at


def play(
    people: Rows,
    bounds: Rows,
    posts: Rows,
    pauses: Rows,
    paces: Rows,
    known: int,
    steps: Rows,
    terms: Terms,
    now: float,
    until: float,
    watched: Rows,
) -> Rows:
    """Many futures of one moment: future f has the people of rows `bounds[f]` to `bounds[f + 1]` and posts `posts[f]`.

    Returns for every person when they were called: NaN for who left before, endless for who was not called by `until`
    or when the `watched` of their future (rows from, to within it) had been.
    """
    called_at = np.full(len(people), inf)
    for future in range(len(posts)):
        first, last = bounds[future], bounds[future + 1]
        span = (watched[future, 0], watched[future, 1])
        called, ended, _, _ = run(
            people[first:last], posts[future], pauses, paces, known, steps, terms, now, until, span
        )
        for row in range(last - first):
            if not np.isnan(called[row]):
                called_at[first + row] = called[row]
            elif not np.isnan(ended[row]):
                called_at[first + row] = nan
    return called_at


def _planned(pauses: Rows) -> list[Planned]:
    return sorted([(pauses[row].starts_at, pauses[row].post, pauses[row].length_s, row) for row in range(len(pauses))])


def _lobby(
    people: Rows, posts: Rows, planned: list[Planned], paces: Rows, known: int, steps: Rows, now: float
) -> Lobby:
    return Lobby(
        [_waiting(person) for person in people if person.issued_at < now],
        [_post(row, posts[row], planned) for row in range(len(posts))],
        [Pace(pace[0], pace[1]) for pace in paces],
        known,
        list(steps),
    )


def _course(lobby: Lobby, people: Rows, planned: list[Planned], terms: Terms, now: float) -> Course:
    size = len(people)
    return Course(
        [(people[row].issued_at, What.ARRIVE.value, row) for row in range(size) if people[row].issued_at >= now],
        lobby,
        terms,
        people,
        planned,
        np.full(size, nan),
        np.full(size, nan),
        np.full(size, NOBODY),
        np.full(len(planned), nan),
        np.zeros(TOLD),
    )


def _plan_what_is_under_way(course: Course, posts: Rows, now: float) -> None:
    heapq.heapify(course.coming)
    for waiting in course.lobby.waiting:
        if course.people[waiting.id].leaves_at < inf:
            _plan(course, max(now, course.people[waiting.id].leaves_at), What.LEAVE.value, waiting.id)
    for pause in course.pauses:
        _plan(course, max(now, pause[0]), What.PAUSE.value, pause[1])
    for row in range(len(posts)):
        if posts[row].stand == Stand.BUSY:
            _plan(course, max(now, posts[row].ends_at), What.FINISH.value, row)
        elif posts[row].stand == Stand.PAUSED and posts[row].returns_at < inf:
            _plan(course, max(now, posts[row].returns_at), What.COME_BACK.value, row)


def _happen(course: Course, what: int, subject: int, now: float) -> None:
    if what == What.FINISH:
        _finish(course, subject, now)
    elif what == What.ARRIVE:
        _arrive(course, subject, now)
    elif what == What.LEAVE:
        _leave(course, subject, now)
    elif what == What.PAUSE:
        _pause_if_due(course, subject, now)
    elif what == What.COME_BACK:
        _come_back(course, subject, now)
    else:
        course.tally[Told.ASKS_AGAIN.value] = 0
        _ask_all(course, now)


def _plan(course: Course, at: float, what: int, subject: int) -> None:
    heapq.heappush(course.coming, (at, what, subject))


def _arrive(course: Course, row: int, now: float) -> None:
    waiting = _waiting(course.people[row])
    course.lobby.waiting.append(waiting)
    if course.people[row].leaves_at < inf:
        _plan(course, course.people[row].leaves_at, What.LEAVE.value, row)
    idle = [post for post in course.lobby.posts if post.stand == Stand.FREE]
    while _place(course, row) != NOBODY:
        number = assign(waiting, idle)
        if number == NOBODY:
            return
        _ask(course, number, now)
        idle = [post for post in idle if post.number != number]


def _leave(course: Course, row: int, now: float) -> None:
    place = _place(course, row)
    if place != NOBODY:
        course.lobby.waiting.pop(place)
        course.ended_at[row] = now
        _settle(course, row)


def _ask(course: Course, number: int, now: float) -> None:
    """One idle counter asks whom to call."""
    choice = choose(course.lobby.posts[number], course.lobby, now, course.terms)
    if choice.ticket != NOBODY:
        course.lobby.steps.append(choice.step.value)
        _call(course, number, choice.ticket, now)
    elif choice.step == Step.RESERVED_FOR_VIP and course.tally[Told.ASKS_AGAIN.value] == 0:
        course.tally[Told.ASKS_AGAIN.value] = 1
        _plan(course, now + ASK_AGAIN_S, What.ASK_AGAIN.value, 0)


def _ask_all(course: Course, now: float) -> None:
    """Every idle counter asks while somebody waits; the one freed last asks first, others have before."""
    asked = (-inf, NOBODY)
    while course.lobby.waiting:
        next_one = (inf, NOBODY)
        for post in course.lobby.posts:
            key = (-post.since, post.number)
            if post.stand == Stand.FREE and asked < key < next_one:
                next_one = key
        if next_one[1] == NOBODY:
            return
        asked = next_one
        _ask(course, asked[1], now)


def _call(course: Course, number: int, row: int, now: float) -> None:
    person = course.people[row]
    course.lobby.waiting.pop(_place(course, row))
    starts_at = now + person.walk_s
    course.called_at[row] = now
    course.ended_at[row] = starts_at + person.service_s
    course.at_post[row] = number
    _move(course, number, Stand.BUSY.value, now, inf, person.service, starts_at)
    _plan(course, starts_at + person.service_s, What.FINISH.value, number)
    _settle(course, row)


def _finish(course: Course, number: int, now: float) -> None:
    _move(course, number, Stand.FREE.value, now, inf, 0, inf)
    _pause_if_due(course, number, now)
    _ask_all(course, now)


def _pause_if_due(course: Course, number: int, now: float) -> None:
    if course.lobby.posts[number].stand != Stand.FREE:
        return
    for place in range(len(course.pauses)):
        starts_at, post, length_s, row = course.pauses[place]
        if post == number and starts_at <= now:
            course.pauses.pop(place)
            course.paused_at[row] = now
            _move(course, number, Stand.PAUSED.value, now, now + length_s, 0, inf)
            _plan(course, now + length_s, What.COME_BACK.value, number)
            return


def _come_back(course: Course, number: int, now: float) -> None:
    _move(course, number, Stand.FREE.value, now, inf, 0, inf)
    _pause_if_due(course, number, now)
    _ask_all(course, now)


def _move(
    course: Course, number: int, stand: int, now: float, returns_at: float, service: int, started_at: float
) -> None:
    post = course.lobby.posts[number]
    pauses_at = _next_pause(course.pauses, number)
    course.lobby.posts[number] = Post(
        number, post.may, post.skills, stand, now, pauses_at, returns_at, service, started_at
    )


def _settle(course: Course, row: int) -> None:
    if course.tally[Told.WATCHED_FROM.value] <= row < course.tally[Told.WATCHED_TO.value]:
        course.tally[Told.UNSETTLED.value] -= 1


def _place(course: Course, row: int) -> int:
    """Where in line somebody stands, NOBODY if they do not wait."""
    for place in range(len(course.lobby.waiting)):
        if course.lobby.waiting[place].id == row:
            return place
    return NOBODY


def _waiting(person: Any) -> Waiting:
    return Waiting(
        person.due_at,
        person.issued_at,
        person.id,
        person.kind,
        person.service,
        person.slot_at,
        person.head_start_s,
    )


def _next_pause(planned: list[Planned], number: int) -> float:
    """When the first of a counter's pauses is to begin; endless without one. They are sorted by their beginning."""
    for starts_at, post, _, _ in planned:
        if post == number:
            return starts_at
    return inf


def _post(row: int, post: Any, planned: list[Planned]) -> Post:
    pauses_at = _next_pause(planned, row)
    may = (post.vip, post.appointment, post.ordinary)
    return Post(
        row, may, post.skills, post.stand, post.since, pauses_at, post.returns_at, post.service, post.started_at
    )
