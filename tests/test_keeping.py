"""Backups: made beside a working store, checked, rotated, put back; damage is found and said with the way out."""

import json
import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lobby_stage import Stage
from serving import Serving

from db import backups, disk, tickets
from db.errors import ServerRunning, UnsoundDatabase
from db.store import FILE, Store
from lobby import keeping
from lobby.doctor import State, examine
from lobby.errors import DamagedStore, NewerStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _damage(path: Path) -> None:
    """Garbage in the middle of a database, as a dying disk leaves it."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xa5" * 8192)


def test_a_backup_is_of_one_moment_and_the_store_works_on_meanwhile(stage: Stage) -> None:
    issued = stage.issue().ticket
    made = backups.make(stage.store.path, stage.store.folder / "backups", NOON.timestamp())
    stage.issue()
    assert (made.path.name, made.tickets) == ("lobbyline-20261121-120000.db", 1)
    assert made.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]
    with sqlite3.connect(made.path) as conn:
        conn.row_factory = sqlite3.Row
        kept = tickets.by_token(conn, issued.token)
    conn.close()
    assert kept is not None
    assert kept.number == issued.number


def test_a_backup_put_back_is_the_store_again_and_what_was_there_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage = Stage(store)
    first = stage.issue().ticket
    made = backups.make(store.path, tmp_path / "backups", NOON.timestamp())
    lost = stage.issue().ticket
    with pytest.raises(ServerRunning):
        keeping.restore(tmp_path, made.path, stage.now)
    store.close()
    outcome = keeping.restore(tmp_path, made.path, stage.now)
    assert outcome["tickets"] == 1
    restored = Store(tmp_path)
    with restored.read() as conn:
        assert tickets.by_token(conn, first.token) is not None
        assert tickets.by_token(conn, lost.token) is None
    restored.close()
    with sqlite3.connect(Path(outcome["aside"]) / FILE) as conn:
        assert conn.execute("SELECT count(*) FROM tickets").fetchone() == (2,)
    conn.close()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_damage, "malformed|ok|Tree|btree|row|page"),
        (
            lambda path: path.write_bytes(b"not a database at all, but long enough to look like a file" * 40),
            "not a database",
        ),
        (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 3]), "malformed|size|Tree|page"),
        (lambda path: path.unlink(), "unable to open"),
    ],
)
def test_what_is_not_sound_is_not_put_back_and_changes_nothing(
    tmp_path: Path, spoil: Callable[[Path], object], why: str
) -> None:
    store = Store(tmp_path)
    Stage(store).issue()
    made = backups.make(store.path, tmp_path / "backups", NOON.timestamp())
    store.close()
    spoil(made.path)
    before = store.path.read_bytes()
    with pytest.raises(UnsoundDatabase, match=why):
        keeping.restore(tmp_path, made.path, NOON.timestamp())
    assert store.path.read_bytes() == before


def test_a_database_of_something_else_or_of_a_newer_program_is_refused(tmp_path: Path, stage: Stage) -> None:
    with sqlite3.connect(tmp_path / "other.db") as conn:
        conn.execute("CREATE TABLE notes (text TEXT)")
    conn.close()
    with pytest.raises(UnsoundDatabase, match="not a store"):
        backups.check(tmp_path / "other.db")
    step = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lobbyline', 'of_next_year', '')"
    stage.store.write(lambda conn: conn.execute(step))
    with pytest.raises(UnsoundDatabase, match=r"newer version .*of_next_year"):
        backups.check(stage.store.path)


def test_two_days_are_kept_whole_a_month_by_day_and_the_rest_by_month() -> None:
    made = [NOON - timedelta(hours=6 * n) for n in range(4 * 400)]
    kept = backups.to_keep(
        [Path(f"{at:lobbyline-%Y%m%d-%H%M%S.db}") for at in made], NOON.timestamp(), timedelta(days=500)
    )
    names = sorted(path.name for path in kept)
    assert names[-9:] == [f"{at:lobbyline-%Y%m%d-%H%M%S.db}" for at in reversed(made[:9])]
    assert len([name for name in names if name < f"{NOON - timedelta(days=2):lobbyline-%Y%m%d-%H%M%S}"]) == 29 + 12
    assert names[0] == "lobbyline-20251031-180000.db"


def test_a_damaged_store_is_not_served_and_the_command_that_mends_it_is_said(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "store")
    with serving:
        kiosk = serving.device("kiosk", "door")["token"]
        with serving.client(kiosk) as client:
            for n in range(60):
                client.post("/api/v1/tickets", json={"request_key": f"k{n}", "service": "plan"})
        made = serving.command("backup")
        assert made["tickets"] == 60
        assert "stop" in serving.command("restore", made["file"], fails=True).lower()
    _damage(serving.folder / FILE)
    with pytest.raises(DamagedStore) as said:
        keeping.require_sound(serving.folder)
    newest = keeping.newest_sound(serving.folder)
    assert str(newest) in str(said.value)
    [damaged] = [found for found in examine(serving.folder) if found.state == State.FAIL]
    assert str(newest) in str(damaged.remedy and damaged.remedy.values["command"])
    assert serving.command("restore", made["file"])["tickets"] == 60
    with serving, serving.client(kiosk) as client:
        again = client.post("/api/v1/tickets", json={"request_key": "k59", "service": "plan"})
        assert (again.status_code, again.json()["number"]) == (200, "A060")


def test_the_doctor_finds_a_healthy_store_healthy_and_says_what_is_left_to_do(tmp_path: Path) -> None:
    with Serving(tmp_path / "store") as serving:
        serving.staff("Mei", "manager")
        serving.command("backup", "--second", str(tmp_path / "stick"))
        serving.command("backup")
        assert len(backups.in_folder(tmp_path / "stick")) == 1
        found = serving.command("doctor", "--lang", "zh")["findings"]
        assert {one["code"]: one["state"] for one in found} == {
            "folder": "ok", "disk": "ok", "server": "ok", "database": "ok", "backup": "ok", "clock": "ok",
            "same_disk": "warn", "no_hours": "warn", "staff": "ok", "paper": "ok",
        }  # fmt: skip
        assert next(one for one in found if one["code"] == "no_hours")["remedy"] == "请在设置页面填写。"
        assert "full path" in serving.command("backup", "--second", "stick", fails=True)


@contextmanager
def _no_room() -> Iterator[None]:
    """The kernel refuses every byte, and the file system says that it is full."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "free_bytes", lambda _: 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_a_full_disk_is_not_taken_for_a_damaged_store(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Stage(store).issue()
    made = backups.make(store.path, tmp_path / "backups", NOON.timestamp())
    store.close()
    with _no_room():
        with pytest.raises(disk.DiskFull):
            keeping.require_sound(tmp_path)
        [full] = [found for found in examine(tmp_path) if found.said.code == "disk_full"]
        with pytest.raises((disk.CannotWrite, sqlite3.Error)):
            keeping.restore(tmp_path, made.path, NOON.timestamp())
    assert (full.state, full.remedy) == (State.FAIL, None)
    assert not list(tmp_path.glob("*.restored"))
    keeping.require_sound(tmp_path)


def test_a_store_whose_database_is_gone_is_not_begun_anew_beside_its_backups(tmp_path: Path) -> None:
    keeping.require_sound(tmp_path)
    store = Store(tmp_path)
    Stage(store).issue()
    made = backups.make(store.path, tmp_path / backups.FOLDER, NOON.timestamp())
    store.close()
    store.path.unlink()
    with pytest.raises(DamagedStore, match=made.path.name):
        keeping.require_sound(tmp_path)
    keeping.restore(tmp_path, made.path, NOON.timestamp())
    keeping.require_sound(tmp_path)


def test_a_store_of_a_newer_version_wants_that_version_and_no_old_backup(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Stage(store).issue()
    backups.make(store.path, tmp_path / backups.FOLDER, NOON.timestamp())
    step = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lobbyline', 'of_next_year', '')"
    store.write(lambda conn: conn.execute(step))
    store.close()
    with pytest.raises(NewerStore, match=r"of_next_year.*install that version"):
        keeping.require_sound(tmp_path)
    [newer] = [found for found in examine(tmp_path) if found.said.code == "newer_database"]
    assert (newer.state, newer.remedy) == (State.FAIL, None)


def test_backups_that_are_made_at_once_are_all_sound(stage: Stage) -> None:
    stage.issue()
    folder = stage.store.folder / backups.FOLDER
    with ThreadPoolExecutor(5) as threads:
        made = list(threads.map(lambda n: backups.make(stage.store.path, folder, NOON.timestamp() + n % 2), range(10)))
    assert {one.tickets for one in made} == {1}
    assert sorted(folder.iterdir()) == sorted({one.path for one in made})


def test_a_second_folder_that_is_gone_holds_nothing_up_is_said_and_is_not_made_anew(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with Serving(tmp_path / "store") as serving:
        serving.command("backup", "--second", str(stick))
        assert "second_failed" not in serving.command("backup")
        stick.rename(tmp_path / "pulled out")
        time.sleep(1)  # names of copies tell seconds
        made = serving.command("backup")
        assert "No such file" in made["second_failed"]
        assert Path(made["file"]).exists()
        [said] = [one for one in serving.command("doctor")["findings"] if one["code"] == "second_folder"]
        assert said["state"] == "warn"
        assert not stick.exists()
        (tmp_path / "pulled out").rename(stick)
        assert [one["code"] for one in serving.command("doctor")["findings"] if "second" in one["code"]] == [
            "second_behind"
        ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can write into everybody's folders")
def test_what_the_administrator_writes_into_somebodys_store_is_theirs(tmp_path: Path) -> None:
    somebody = 4242
    store = Store(tmp_path)
    Stage(store).issue()
    made = backups.make(store.path, tmp_path / backups.FOLDER, NOON.timestamp())
    store.close()
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, somebody, somebody)
    keeping.restore(tmp_path, made.path, NOON.timestamp())
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {somebody}


def test_a_folder_without_a_store_is_said_so(tmp_path: Path) -> None:
    found = examine(tmp_path)
    assert (found[0].state, found[0].said.code) == (State.FAIL, "no_store")
    assert not (tmp_path / FILE).exists()


def test_a_server_makes_its_first_backup_by_itself(tmp_path: Path) -> None:
    with Serving(tmp_path / "store") as serving:
        deadline = time.monotonic() + 10
        while not backups.in_folder(serving.folder / backups.FOLDER):
            assert time.monotonic() < deadline, serving.log
            time.sleep(0.1)
        control = json.loads((serving.folder / "control.json").read_text())
        assert control["url"] == serving.url
