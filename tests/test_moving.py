"""A store moves to another machine: with its key whole, without it in words; a backup has the key only if asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lobby_stage import MINUTE, TEN, WANG, Stage

from counter.web import Context
from db import backups, keys, members
from db.store import Store
from lobby import commands, keeping
from lobby.doctor import State, examine


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Stage]:
    store = Store(tmp_path / "old")
    stage = Stage(store)
    stage.book(TEN + 30 * MINUTE)
    yield stage
    store.close()


def _backup(stage: Stage, *, with_key: bool) -> Path:
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    return Path(commands.run(context, "backup", {"with_key": with_key}, "command")["file"])


def _known(folder: Path) -> str:
    store = Store(folder)
    with store.read() as conn:
        member = members.by_number(conn, WANG.member_no)
    store.close()
    assert member is not None
    return member.phone


def _codes(folder: Path) -> dict[str, State]:
    return {found.said.code: found.state for found in examine(folder)}


def test_a_backup_alone_has_no_key_and_the_new_store_says_what_it_cannot_read(old: Stage, tmp_path: Path) -> None:
    copy = _backup(old, with_key=False)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    assert keys.path_in(old.store.folder).read_bytes() not in copy.read_bytes()
    new = tmp_path / "new"
    assert keeping.restore(new, copy, TEN)["phones_unknown"] == 4
    assert _known(new) == ""
    assert _codes(new)["phones_unknown"] == State.WARN
    outcome = keeping.restore(new, copy, TEN + 1, keys.path_in(old.store.folder))  # and then the key is brought along
    assert outcome["phones_unknown"] == 0
    assert (Path(outcome["aside"]) / "store.key").stat().st_size == 32
    assert _known(new) == WANG.phone
    assert "phones_unknown" not in _codes(new)


def test_a_backup_made_with_its_key_is_taken_over_whole(old: Stage, tmp_path: Path) -> None:
    copy = _backup(old, with_key=True)
    assert backups.key_of(copy).stat().st_mode & 0o077 == 0
    assert keeping.restore(tmp_path / "new", copy, TEN)["phones_unknown"] == 0
    assert _known(tmp_path / "new") == WANG.phone
    assert keys.path_in(tmp_path / "new").stat().st_mode & 0o077 == 0


def test_what_is_no_key_is_refused_before_anything_is_changed(old: Stage, tmp_path: Path) -> None:
    copy = _backup(old, with_key=False)
    (tmp_path / "notes.txt").write_text("not a key")
    with pytest.raises(keeping.UnusableKey):
        keeping.restore(tmp_path / "new", copy, TEN, tmp_path / "notes.txt")
    assert not (tmp_path / "new").exists()
