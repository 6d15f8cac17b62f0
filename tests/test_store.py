"""The database room: transactions, group commit, guarded changes, and what the database itself refuses."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lobby_stage import WANG, Stage

from db import events, migrations, tickets
from db.connection import open_writer, transaction
from db.errors import ServerRunning
from db.event_records import EventKind
from db.store import Store
from db.ticket_records import TicketState


def test_a_transaction_takes_the_lock_before_it_reads(tmp_path: Path) -> None:
    first, second = open_writer(tmp_path / "a.db"), open_writer(tmp_path / "a.db")
    second.execute("PRAGMA busy_timeout = 0")
    with transaction(first), pytest.raises(sqlite3.OperationalError, match="locked"), transaction(second):
        pass
    first.close()
    second.close()


def test_a_failing_inner_step_undoes_itself_only(store: Store) -> None:
    def work(conn: sqlite3.Connection) -> None:
        events.append(conn, 1, EventKind.SETTINGS_CHANGED, "outer")
        with pytest.raises(ZeroDivisionError):
            inner(conn)

    def inner(conn: sqlite3.Connection) -> None:
        with transaction(conn):
            events.append(conn, 2, EventKind.SETTINGS_CHANGED, "inner")
            raise ZeroDivisionError

    store.write(work)
    with store.read() as conn:
        assert [event.actor for event in events.after(conn, 0)] == ["outer"]


def test_work_of_many_threads_shares_commits_and_one_failure_spoils_no_other(store: Store) -> None:
    barrier = threading.Barrier(16)

    def work(n: int) -> str:
        def step(conn: sqlite3.Connection) -> None:
            events.append(conn, n, EventKind.SETTINGS_CHANGED, f"worker {n}")
            if n % 4 == 0:
                raise ZeroDivisionError

        barrier.wait()
        try:
            store.write(step)
        except ZeroDivisionError:
            return "failed"
        return "done"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(work, range(16)))
    assert outcomes == ["failed" if n % 4 == 0 else "done" for n in range(16)]
    with store.read() as conn:
        written = sorted(event.at for event in events.after(conn, 0))
    assert written == [n for n in range(16) if n % 4]


def test_a_commit_that_fails_is_told_to_everybody_in_it_and_leaves_no_trace(store: Store) -> None:
    def promise(conn: sqlite3.Connection) -> None:
        conn.execute("PRAGMA defer_foreign_keys = ON")
        conn.execute("INSERT INTO quotes (ticket_id, at, people_ahead, unknown) VALUES (999, 0, 0, 'x')")

    with pytest.raises(sqlite3.IntegrityError):
        store.write(promise)
    store.write(lambda conn: events.append(conn, 1, EventKind.SETTINGS_CHANGED, "after"))
    with store.read() as conn:
        assert [event.actor for event in events.after(conn, 0)] == ["after"]


def test_a_reader_sees_one_moment_and_cannot_write(stage: Stage) -> None:
    with stage.store.read() as conn:
        before = events.version(conn)
        stage.issue()
        assert events.version(conn) == before
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            conn.execute("DELETE FROM quotes")


def test_a_state_change_happens_only_from_the_state_it_expects(stage: Stage) -> None:
    ticket = stage.issue().ticket

    def change(conn: sqlite3.Connection) -> list[bool]:
        return [
            tickets.start(conn, ticket.id, stage.now),
            tickets.call(conn, ticket.id, 2, stage.now),
            tickets.call(conn, ticket.id, 3, stage.now),
            tickets.recall(conn, ticket.id, stage.now),
            tickets.end(conn, ticket.id, TicketState.WAITING, TicketState.CANCELLED, stage.now),
            tickets.put_back(conn, ticket.id),
            tickets.recall(conn, ticket.id, stage.now),
        ]

    assert stage.store.write(change) == [False, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE tickets SET number = 'A001' WHERE number = 'A002'", "UNIQUE"),
        ("UPDATE tickets SET request_key = 'key-1' WHERE number = 'A002'", "UNIQUE"),
        ("UPDATE tickets SET state = 'called', counter = 2 WHERE number IN ('A001', 'A002')", "UNIQUE"),
        ("UPDATE tickets SET member_no = 'V07000001' WHERE number IN ('A001', 'A002')", "UNIQUE"),
        ("UPDATE tickets SET state = 'lost'", "CHECK"),
        ("UPDATE tickets SET state = 'called'", "CHECK"),
        ("UPDATE counters SET state = 'asleep'", "CHECK"),
        ("UPDATE events SET actor = 'somebody else'", "journal"),
        ("DELETE FROM events", "journal"),
        ("INSERT INTO print_jobs (ticket_id, printer_id, next_at) VALUES (1, 999, 0)", "FOREIGN KEY"),
    ],
)
def test_the_database_itself_refuses_what_must_never_be(stage: Stage, statement: str, rule: str) -> None:
    assert WANG.member_no == "V07000001"
    stage.issue()
    stage.issue()
    with pytest.raises(sqlite3.IntegrityError, match=rule):
        stage.store.write(lambda conn: conn.execute(statement).rowcount)


def test_two_processes_cannot_open_one_store(store: Store) -> None:
    with pytest.raises(ServerRunning):
        Store(store.folder)


def test_migrations_are_applied_once(tmp_path: Path) -> None:
    conn = open_writer(tmp_path / "a.db")
    migrations.apply(conn)
    migrations.apply(conn)
    names = [row["name"] for row in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    conn.close()
    assert names == [
        "first",
        "learnt_service_times",
        "unprinted_slips",
        "forecasts_and_scores",
        "entitlements_and_managers",
        "places_and_ratings_of_holders",
        "booking",
        "churned_members",
        "service_groups_and_help_calls",
        "slip_templates",
        "facts_of_past_days",
        "pictures",
        "printers_and_agents",
        "staff_actions",
        "action_requests_of_counters",
        "alerts",
        "changes_of_settings",
        "hours_services_and_counters_of_a_store",
        "staff_and_devices",
        "phones_at_rest_and_retention",
        "read_all_day",
        "steps_from_the_floor",
        "chain_of_stores",
        "booked_elsewhere",
    ]
