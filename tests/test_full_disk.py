"""A disk that takes nothing more: what was answered stays, reading goes on, all are told, and it resumes by itself."""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog
from lobby_stage import Stage

from counter import views
from db import disk, events
from db.disk import CannotWrite, DiskFull, DiskReadOnly
from db.event_records import EventKind
from db.store import Store
from lobby import logs
from lobby.disk_watch import DiskWatch


@contextmanager
def _full_disk(store: Store) -> Iterator[None]:
    """No page more: SQLite then fails as it does without room."""

    def limit(pages: int) -> None:
        store.write(lambda conn: conn.execute(f"PRAGMA max_page_count = {pages}").fetchone())

    with store.read() as conn:
        [present] = conn.execute("PRAGMA page_count").fetchone()
    limit(present)
    yield
    limit(2**30)


def _fill(stage: Stage) -> list[str]:
    """Numbers are taken until the disk is full."""
    given: list[str] = []
    with suppress(DiskFull):
        while len(given) < 2000:
            given.append(stage.issue(key=f"filling-{len(given)}").ticket.token)
    assert isinstance(stage.store.trouble, DiskFull)
    return given


def test_a_full_disk_refuses_in_words_loses_nothing_and_goes_on_when_there_is_room(stage: Stage) -> None:
    with _full_disk(stage.store):
        given = _fill(stage)
        version = stage.present().version
        with pytest.raises(DiskFull, match=r"full.*goes on by itself"):
            stage.issue(key=f"filling-{len(given)}")
        assert stage.present().version == version
    stage.store.try_to_write()
    assert not stage.store.trouble
    assert not stage.issue(key=f"filling-{len(given) - 1}").created
    assert stage.issue(key=f"filling-{len(given)}").created
    assert [event.seq for event in stage.journal()] == list(range(1, len(stage.journal()) + 1))


def _a_lot(conn: sqlite3.Connection) -> None:
    for n in range(500):
        events.append(conn, n, EventKind.SETTINGS_CHANGED, "x" * 200)


def test_of_work_that_shares_a_commit_with_one_that_finds_the_disk_full_nothing_is_half_done(store: Store) -> None:
    def small(conn: sqlite3.Connection) -> None:
        events.append(conn, 1, EventKind.SETTINGS_CHANGED, "small")

    def run(work: object) -> str:
        try:
            store.write(work)  # type: ignore[arg-type]
        except CannotWrite:
            return "refused"
        return "done"

    with _full_disk(store):
        begun, go_on = threading.Event(), threading.Event()

        def slow(_: sqlite3.Connection) -> None:
            begun.set()
            go_on.wait(5)

        with ThreadPoolExecutor(6) as pool:
            first = pool.submit(run, slow)
            begun.wait(5)
            later = [pool.submit(run, work) for work in (small, _a_lot, small, small)]
            while len(store._writer._jobs) < len(later):
                pass
            go_on.set()
            outcomes = [future.result() for future in later]
        assert first.result() == "done"
        with store.read() as conn:
            written = len(events.after(conn, 0))
    assert written == outcomes.count("done")


@pytest.mark.parametrize(
    ("code", "read_only", "free", "fault"),
    [
        (sqlite3.SQLITE_FULL, False, 10**9, DiskFull),
        (sqlite3.SQLITE_IOERR_FSYNC, False, 0, DiskFull),
        (sqlite3.SQLITE_IOERR_WRITE, True, 10**9, DiskReadOnly),
        (sqlite3.SQLITE_READONLY_DBMOVED, False, 10**9, DiskReadOnly),
        (sqlite3.SQLITE_IOERR_WRITE, False, 10**9, CannotWrite),
        (sqlite3.SQLITE_LOCKED, False, 0, None),
    ],
)
def test_each_fault_of_a_disk_is_called_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, read_only: bool, free: int, fault: type | None
) -> None:
    monkeypatch.setattr(disk, "is_read_only", lambda _: read_only)
    monkeypatch.setattr(disk, "free_bytes", lambda _: free)
    error = sqlite3.OperationalError("failed")
    error.sqlite_errorcode = code
    found = disk.fault_of(error, tmp_path)
    assert (found and type(found)) == fault
    assert json.dumps(views.message(found))  # else no screen is told anything at all


def test_a_folder_that_cannot_be_written_to_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DiskReadOnly, match=str(tmp_path)):
        Store(tmp_path)


def test_everybody_is_told_of_a_full_disk_at_once_of_a_low_one_before_and_that_it_is_over(
    monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    told: list[list[str | None]] = []
    frame: dict[str, Any] = {}

    def tell() -> None:
        told.append([said and said["code"] for said in (frame["trouble"], frame["disk_low"])])

    watch = DiskWatch(stage.store, frame, tell)
    free = {"mb": 5_000}
    monkeypatch.setattr(disk, "free_bytes", lambda _: free["mb"] * 1_000_000)
    watch.look()
    assert told == []
    free["mb"] = 57
    watch.look()
    assert told == [[None, "disk_low"]]
    assert frame["disk_low"]["values"] == {"free_mb": 60}
    with _full_disk(stage.store):
        _fill(stage)
        assert told[-1] == ["disk_full", "disk_low"]
    free["mb"] = 900
    watch.look()
    assert told[-1] == [None, None]
    assert len(told) == 4


@contextmanager
def _log_without_room(folder: Path) -> Iterator[logging.Logger]:
    """A log whose file takes no byte, as on a full disk."""
    root = logging.getLogger()
    before = root.handlers[:]
    (folder / logs.FILE).symlink_to("/dev/full")
    logs.keep(folder)
    yield logging.getLogger("lobbyline.test")
    for handler in root.handlers:
        with suppress(OSError):
            handler.close()
    root.handlers[:] = before


def test_a_log_without_room_goes_on_in_words_and_says_nothing_of_itself_and_no_values(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def look_up(phone: str) -> None:
        raise ValueError(len(phone))

    structlog.contextvars.clear_contextvars()  # a request of another test may have left its id
    with _log_without_room(tmp_path) as log:
        log.info("a line for the file alone")
        log.error("the disk is full")
        try:
            look_up("1380013" + "6620")
        except ValueError:
            log.exception("it did not work")
    first, second, *where = [line.partition("] ")[2] or line for line in capfd.readouterr().err.splitlines()]
    assert (first, second) == ("the disk is full [lobbyline.test]", "it did not work [lobbyline.test]")
    assert "look_up" in "".join(where)
    assert "13800136620" not in "".join(where)
