"""How a store's past days reach its head office: one at a time, after all news, again only where they are missing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from chain_stage import Cable, Office, session, tell_all
from lobby_stage import TEN, Stage
from newborn import new_store

from bench.chain_year import made_up
from chain import days
from chain.dial import Refused
from chain.errors import UnreachableHeadOffice
from chain.protocol import LARGEST_FACTS
from db import chain, day_facts
from display.ticket_facts import FORM, pack

FIRST = date(2026, 3, 30)
TICKETS = 40


@pytest.fixture
def cable(office: Office) -> Cable:
    return Cable(office)


@pytest.fixture
def joined(cable: Cable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A store with three past days that belongs to the chain; nothing rests between two days."""
    monkeypatch.setattr(days, "GAP_S", 0.0)
    stage = Stage(new_store(tmp_path / "store"))
    token = cable.office.add_store()
    stage.store.write(lambda conn: chain.join(conn, "http://127.0.0.1", token, None, TEN, staff_names=False))
    for n in range(3):
        keep(stage, n)
    yield stage
    stage.store.close()


def keep(stage: Stage, n: int, tickets: int = TICKETS) -> None:
    facts = pack(made_up(str(FIRST + timedelta(days=n)), tickets, np.random.default_rng(n)))
    stage.store.write(lambda conn: day_facts.save(conn, facts))


def here(cable: Cable) -> list[tuple[str, int]]:
    """The days that are at the head office, with how many customers they count."""
    with cable.office.database.transaction() as conn:
        rows = conn.execute(
            "SELECT day::text AS day, day_figures.issued FROM day_facts JOIN day_figures USING (store, day)"
            " WHERE kind = 'all' ORDER BY day"
        )
        return [(row["day"], row["issued"]) for row in rows]


def told(cable: Cable) -> list[str]:
    """The days that went over the line, in order."""
    return [sent["day"] for _, event, sent in cable.sent if event == "facts"]


ALL = [(str(FIRST + timedelta(days=n)), TICKETS) for n in range(3)]


def test_days_come_one_at_a_time_after_all_news(joined: Stage, cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chain.session.AT_ONCE", 1)
    monkeypatch.setattr("chain.session.CATCH_UP_REST_S", 0.0)
    for _ in range(3):
        joined.issue()
    opened = session(joined.store, cable, lambda: joined.now)
    opened._signals.news.set = lambda: None  # type: ignore[method-assign]
    monkeypatch.setattr(opened, "_patience_s", lambda: 0.0)
    with joined.store.read() as conn:
        newest = conn.execute("SELECT max(seq) FROM events").fetchone()[0]
    for _ in range(newest + 3):
        opened.go_on()
    questions = [event for _, event, sent in cable.sent if event == "facts" or (event == "push" and sent["lines"])]
    assert questions == ["push"] * newest + ["facts"] * 3
    assert here(cable) == ALL
    assert told(cable) == [day for day, _ in ALL]


def test_a_day_whose_answer_is_lost_is_here_once(joined: Stage, cable: Cable) -> None:
    opened = session(joined.store, cable, lambda: joined.now)
    tell_all(opened)
    opened._days.tell()
    cable.lose_answer = True
    with pytest.raises(UnreachableHeadOffice):
        opened._days.tell()
    again = session(joined.store, cable, lambda: joined.now)
    for _ in range(4):
        again._days.tell()
    assert here(cable) == ALL
    assert told(cable) == [day for day, _ in ALL], "the head office said that it has the second day"


def test_a_day_that_the_head_office_lost_is_told_again(joined: Stage, cable: Cable) -> None:
    opened = session(joined.store, cable, lambda: joined.now)
    for _ in range(3):
        opened._days.tell()
    with cable.office.database.transaction() as conn:
        conn.execute("DELETE FROM day_facts WHERE day = %s", (ALL[1][0],))
        conn.execute("UPDATE day_facts SET form = form - 1 WHERE day = %s", (ALL[2][0],))
    again = session(joined.store, cable, lambda: joined.now)
    for _ in range(3):
        again._days.tell()
    assert here(cable) == ALL
    assert told(cable)[3:] == [ALL[1][0], ALL[2][0]]


def test_between_two_days_the_line_rests_and_then_it_looks_for_new_ones(
    joined: Stage, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "GAP_S", 0.25)
    opened = session(joined.store, cable, lambda: joined.now)
    opened._days.tell()
    assert 0 < opened._days.due_in_s() <= 0.25
    opened._days.tell()
    assert len(told(cable)) == 1
    for _ in range(3):
        opened._days._due_at = 0.0
        opened._days.tell()
    assert days.LOOK_EVERY_S - 1 < opened._days.due_in_s() <= days.LOOK_EVERY_S
    keep(joined, 3)
    opened._days._due_at = 0.0
    opened._days.tell()
    assert len(here(cable)) == 4


def test_what_the_head_office_cannot_read_is_left_for_an_hour_while_news_go_on(
    joined: Stage, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chain.office.roll_up.FORM", FORM + 1)
    opened = session(joined.store, cable, lambda: joined.now)
    opened._days.tell()
    assert opened._days.due_in_s() > days.REST_S - 1
    joined.issue()
    tell_all(opened)
    assert here(cable) == []


def test_another_refusal_ends_the_line_as_it_does_for_news(joined: Stage, cable: Cable) -> None:
    older = session(joined.store, cable, lambda: joined.now)
    session(joined.store, cable, lambda: joined.now)
    with pytest.raises(Refused, match="taken over"):
        older._days.tell()
    assert here(cable) == []


def test_a_busy_head_office_is_asked_again_later(joined: Stage, cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chain.office.desk.BUSY_REST_S", 0.01)
    opened = session(joined.store, cable, lambda: joined.now)
    with cable.office.desk._days_turn:
        opened._days.tell()
    assert opened._days.due_in_s() > 5
    assert here(cable) == []
    opened._days._due_at = 0.0
    opened._days.tell()
    assert here(cable) == ALL[:1]


def test_a_day_too_long_for_the_line_is_passed_over(
    joined: Stage, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(joined, 0, 400)
    monkeypatch.setattr(days, "LARGEST_FACTS", 9000)
    opened = session(joined.store, cable, lambda: joined.now)
    for _ in range(4):
        opened._days.tell()
    assert here(cable) == ALL[1:]
    assert LARGEST_FACTS > 100_000
