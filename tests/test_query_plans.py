"""No question that is asked all day reads a table whose rows pile up over the years from end to end."""

import re
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest
from lobby_stage import CHEN, Stage

from chain import moment
from counter import desk, duty_screen, screen
from counter.present import load_with_calls
from db import chain, events, remote_tickets, tickets
from db.store import Store
from display import alert_book, screens
from kiosk import sharing

GROWS = frozenset(
    [
        "acts",
        "action_requests",
        "alerts",
        "appointments",
        "chain_mail",
        "chain_visits",
        "day_facts",
        "events",
        "help_calls",
        "legs",
        "members",
        "pages",
        "perk_uses",
        "print_jobs",
        "proxies",
        "quotes",
        "ratings",
        "remote_tickets",
        "sessions",
        "staff_pages",
        "steps",
        "ticket_notes",
        "tickets",
        "undone_events",
        "webhook_deliveries",
    ]
)
SMALL = frozenset(
    [
        "acts_open",
        "alerts_open",
        "appointments_open",
        "chain_mail_untold",
        "chain_visits_open",
        "events_calls",
        "one_active_ticket_per_counter",
        "one_open_help_call_per_kiosk",
        "pages_open",
        "print_jobs_due",
        "print_jobs_unprinted",
        "proxies_open",
        "remote_tickets_kept",
        "tickets_held",
        "tickets_open",
        "tickets_waiting",
    ]
)
"""Indexes of only what is open now, and the one of calls, which is read from its newest end."""

_SCAN = re.compile(r"^SCAN (?:TABLE )?(\w+)(?: AS \w+)?(?: USING (?:COVERING )?INDEX (\w+))?")

_ALIAS = re.compile(r"(?:FROM|JOIN) (\w+) (?:AS )?([a-z])\b")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    store = Store(tmp_path)
    yield Stage(store)
    store.close()


def _scanned(conn: Connection, statement: str) -> list[str]:
    """What a statement reads from end to end that piles up."""
    plan = [row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
    named = {alias: table for table, alias in _ALIAS.findall(statement)}
    found = [_SCAN.match(line) for line in plan]
    return [one.string for one in found if one and named.get(one[1], one[1]) in GROWS and one[2] not in SMALL]


def _everything(conn: Connection, stage: Stage) -> None:
    present = load_with_calls(conn, stage.now)
    for number in (1, 2):
        screen.read(conn, number, present)
    screens.read_board(conn, present)
    screens.read_floor(conn, present)
    duty_screen.read(conn, stage.lin.id, present)
    screens.ticket_view(conn, "none" if not present.lobby.waiting else present.lobby.waiting[0].token, present)
    events.after(conn, present.version - 5)
    alert_book.look(conn, present, [])


def test_numbers_calls_and_screens_read_no_more_after_a_year_than_after_a_day(stage: Stage) -> None:
    asked: set[str] = set()
    day = (
        lambda conn: desk.open_counter(conn, 1, stage.lin, stage.now),
        lambda conn: desk.call_next(conn, 1, stage.lin, stage.now),
        lambda conn: desk.recall(conn, 1, stage.lin, stage.now + 30),
        lambda conn: desk.start(conn, 1, stage.lin, stage.now),
        lambda conn: desk.finish_and_call_next(conn, 1, stage.lin, stage.now),
        lambda conn: desk.put_back(conn, 1, stage.lin, stage.now),
    )

    def traced(conn: Connection, step: object) -> None:
        conn.set_trace_callback(asked.add)
        step(conn)  # type: ignore[operator]
        _everything(conn, stage)
        conn.set_trace_callback(None)

    for step in day:
        stage.issue(member=CHEN)
        stage.issue()
        stage.store.write(lambda conn, step=step: traced(conn, step))  # type: ignore[misc]
    stage.store.write(lambda conn: conn.set_trace_callback(asked.add))
    stage.issue(member=CHEN)
    stage.store.write(lambda conn: conn.set_trace_callback(None))
    assert _that_grow(stage, asked, at_least=40) == {}
    with stage.store.read() as conn:
        assert _scanned(conn, f"SELECT {tickets.COLUMNS} FROM tickets WHERE note = 'x'") == ["SCAN tickets"]


def test_what_a_head_office_is_told_all_day_is_found_as_fast_after_a_year(stage: Stage) -> None:
    asked: set[str] = set()

    def tell(conn: Connection) -> None:
        newest = events.version(conn)
        events.after(conn, newest - 5, 200)
        moment.read(conn, stage.now)
        chain.untold_mail(conn)
        chain.mail_done(conn, 7)
        remote_tickets.open_visits(conn)
        remote_tickets.overdue(conn, stage.now)
        remote_tickets.kept_count(conn)
        tickets.open_of_appointment(conn, "123456")
        for day in sharing.days(conn, stage.now)[:1]:
            sharing.lacking(conn, day, stage.now)
            sharing.tell(conn, day, stage.now)

    def traced(conn: Connection) -> None:
        conn.set_trace_callback(asked.add)
        tell(conn)
        conn.set_trace_callback(None)

    stage.issue(member=CHEN)
    stage.store.write(traced)
    assert _that_grow(stage, asked, at_least=12) == {}


def _that_grow(stage: Stage, asked: set[str], at_least: int) -> dict[str, list[str]]:
    """The statements among these that read from end to end what piles up."""
    questions = {one for one in asked if one.lstrip().startswith(("SELECT", "UPDATE", "INSERT", "DELETE", "WITH"))}
    assert len(questions) > at_least
    with stage.store.read() as conn:
        return {one: found for one in questions if (found := _scanned(conn, one))}
