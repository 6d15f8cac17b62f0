"""A store that an earlier release has written: it is brought up with every row as it was, and the lobby goes on."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lobby_stage import CHEN, TEN, WANG, Stage
from sqlite_utils import Database

from counter import desk
from db import migrations, phones
from db.people_records import Role, Staff
from db.store import FILE, Store
from lobby import keeping

STEPS = [step.name for step in migrations.steps.pending(Database(memory=True))]
OWN_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlite_migrations'"
)
Rows = dict[str, set[tuple[object, ...]]]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of today after a morning: people in every state, a booking, cards, a journal."""
    store = Store(tmp_path_factory.mktemp("today"))
    stage = Stage(store)
    stage.book(TEN + 900)
    stage.open(1, stage.lin)
    stage.open(5, stage.zhou)
    stage.issue(member=WANG)
    stage.call(1, stage.lin)
    stage.serve(1, stage.lin, 4)
    for service in ("plan", "billing", "plan", "other"):
        stage.issue(service)
        stage.later(1)
    stage.issue(member=CHEN)
    stage.check_in(code="123456")
    stage.call(1, stage.lin)
    stage.act(desk.start, 1, stage.lin)
    stage.call(5, stage.zhou)
    stage.miss(5, stage.zhou)
    stage.call(5, stage.zhou)
    store.close()
    return store.path


def _columns(conn: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in conn.execute(f"PRAGMA table_info({table})")]


def _as_written_by(step: str, lived_in: Path, folder: Path) -> Path:
    """The same store as the release whose last step this was would hold it: its tables, its columns."""
    following = STEPS[STEPS.index(step) + 1 :]
    shutil.copytree(lived_in.parent / "keys", folder / "keys")
    with closing(_hasty(folder / FILE)) as conn:
        stop = following[0] if following else None
        migrations.steps.apply(Database(conn), stop_before=stop)
        later_settings = _settings_of_steps(None) - (_settings_of_steps(stop) if step != STEPS[0] else set())
        conn.execute("ATTACH ? AS today", (str(lived_in),))
        for [table] in conn.execute(OWN_TABLES).fetchall():
            today = {name: _said_by(name, table, conn, "today.") for name in _columns(conn, table)}
            told = {name: said for name, said in today.items() if said is not None}
            conn.execute(f"DELETE FROM {table}")
            conn.execute(
                f"INSERT INTO {table} ({', '.join(told)}) SELECT {', '.join(told.values())} FROM today.{table}"
            )
        conn.executemany("DELETE FROM settings WHERE key = ?", [(key,) for key in later_settings])
        assert conn.execute("PRAGMA foreign_key_check").fetchone() is None
    return folder / FILE


def _hasty(path: Path | str) -> sqlite3.Connection:
    """Without waiting for the disk, for what is only the test's own."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA synchronous = OFF")
    phones.attach(conn, Path(path).parent, may_create=False)
    return conn


def _settings_of_steps(last: str | None) -> set[str]:
    """What the steps before `last`, or all, put among the settings of a store that has some."""
    with closing(_hasty(":memory:")) as conn:
        migrations.steps.apply(Database(conn), stop_before=STEPS[1])
        conn.execute("INSERT INTO settings VALUES ('any', '1')")
        migrations.steps.apply(Database(conn), stop_before=last)
        return {row["key"] for row in conn.execute("SELECT key FROM settings")} - {"any"}


def _said_by(name: str, table: str, conn: sqlite3.Connection, schema: str = "") -> str | None:
    """What tells a column in a table that may be of another release: a phone's number was in clear once."""
    if name in {row["name"] for row in conn.execute(f"PRAGMA {schema}table_info({table})")}:
        return name
    return "open_phone(phone_sealed)" if name == "phone" else None


def _rows(path: Path, columns: dict[str, list[str]] | None = None) -> tuple[Rows, dict[str, list[str]]]:
    """Every row of every table, of the given columns only."""
    with closing(_hasty(path)) as conn:
        known = columns or {name: _columns(conn, name) for [name] in conn.execute(OWN_TABLES).fetchall()}
        return {name: set(_all(conn, name, of)) for name, of in known.items()}, known


def _all(conn: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    told = ", ".join(str(_said_by(name, table, conn)) for name in columns)
    yield from (tuple(row) for row in conn.execute(f"SELECT {told} FROM {table}"))


@pytest.mark.parametrize("step", STEPS)
def test_a_store_of_any_release_is_brought_up_whole_and_goes_on(step: str, lived_in: Path, tmp_path: Path) -> None:
    path = _as_written_by(step, lived_in, tmp_path)
    before, columns = _rows(path)
    assert len(before["tickets"]) == 7
    keeping.require_sound(tmp_path)
    store = Store(tmp_path)
    store.close()
    after, _ = _rows(path, columns)
    assert [name for name, rows in before.items() if rows - after[name]] == []
    assert len(after["tickets"]) == 7
    keeping.require_sound(tmp_path)
    store = Store(tmp_path)
    stage = _back(store)
    assert not stage.issue(key="key-2").created
    assert stage.issue(key="new").created
    stage.act(desk.recall, 5, stage.zhou)
    stage.later(2)
    stage.act(desk.no_show, 5, stage.zhou)
    assert stage.call(5, stage.zhou)[0]
    assert [event.seq for event in stage.journal()] == list(range(1, len(stage.journal()) + 1))
    store.close()


def _back(store: Store) -> Stage:
    """The same cast in the same store, ten minutes later."""
    stage = object.__new__(Stage)
    stage.store, stage.now = store, TEN + 1800
    with store.read() as conn:
        rows = {row["name"]: row for row in conn.execute("SELECT * FROM staff")}
    stage.zhou = Staff(rows["Zhou"]["id"], "Zhou", Role(rows["Zhou"]["role"]))
    return stage
