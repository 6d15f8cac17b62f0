"""Owns the proof that who waits is always read as the rows have it, though unchanged rows are not read again."""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest
from lobby_stage import MINUTE, Stage

from counter import views
from db import tickets
from db.connection import transaction
from db.store import Store
from db.ticket_records import Ticket
from db.waiting import waiting


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    store = Store(tmp_path)
    yield Stage(store)
    store.close()


def _anew(conn: Connection) -> list[Ticket]:
    rows = conn.execute(f"SELECT {tickets.COLUMNS} FROM tickets WHERE state = 'waiting' ORDER BY id")
    return [tickets.of_row(tuple(row)) for row in rows]


def test_whoever_comes_goes_or_moves_is_read_as_the_rows_have_it(stage: Stage) -> None:
    first, second, third = (stage.issue().ticket for _ in range(3))
    steps = (
        lambda _: None,
        lambda conn: tickets.move_back(conn, first.id, 0, stage.now + MINUTE),
        lambda conn: tickets.call(conn, second.id, 3, stage.now),
        lambda conn: tickets.put_back(conn, second.id),
        lambda conn: conn.execute("UPDATE tickets SET service = 'device' WHERE id = ?", (third.id,)),
        lambda conn: conn.execute("UPDATE tickets SET note = 'x'"),
    )
    for step in steps:
        stage.store.write(step)
        stage.issue()
        with stage.store.read() as conn:
            assert list(waiting(conn)) == _anew(conn)


def test_who_read_before_a_change_and_who_after_it_each_see_their_own_moment(stage: Stage) -> None:
    ticket = stage.issue().ticket
    with stage.store.read() as before:
        seen = waiting(before)
        stage.store.write(lambda conn: tickets.move_back(conn, ticket.id, 0, stage.now + MINUTE))
        with stage.store.read() as after:
            assert [one.passes for one in waiting(after)] == [1]
        assert waiting(before) == seen


def test_what_was_read_of_a_change_that_was_rolled_back_is_forgotten(stage: Stage) -> None:
    ticket = stage.issue().ticket

    def half_done(conn: Connection) -> None:
        with transaction(conn):
            tickets.move_back(conn, ticket.id, 0, stage.now + MINUTE)
            assert waiting(conn)[0].moved_to == stage.now + MINUTE
            raise KeyError

    with pytest.raises(KeyError):
        stage.store.write(half_done)
    stage.store.write(lambda conn: tickets.move_back(conn, ticket.id, 0, stage.now + 2 * MINUTE))
    with stage.store.read() as conn:
        assert [one.moved_to for one in waiting(conn)] == [stage.now + 2 * MINUTE]


def test_records_of_a_long_day_do_not_pile_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[int, int], Ticket] = {}
    monkeypatch.setattr("db.waiting._SPARE", 3)
    monkeypatch.setattr("db.waiting._known", kept)
    for _ in range(20):
        ticket = stage.issue().ticket
        stage.store.write(lambda conn, of=ticket.id: tickets.call(conn, of, 1, stage.now))  # type: ignore[misc]
        stage.store.write(
            lambda conn, of=ticket.id: conn.execute("UPDATE tickets SET state = 'completed' WHERE id = ?", (of,))  # type: ignore[misc]
        )
    assert len(kept) <= 5


def test_a_service_with_a_new_name_is_called_so_on_every_row_of_the_staffs_screens(stage: Stage) -> None:
    stage.issue("plan")

    def named() -> list[str]:
        present = stage.present()
        return [row["service_name"]["en"] for row in views.waiting(present.line, present)]

    before = named()
    stage.store.write(lambda conn: conn.execute("UPDATE services SET name_en = 'Contracts' WHERE code = 'plan'"))
    assert (before, named()) == (["Plans & SIM cards"], ["Contracts"])
