"""A database that the disk has damaged: found before it is served, with the way out, or harmless; never a trace."""

import random
from pathlib import Path

import pytest
from lobby_stage import Stage

from db import backups
from db.store import FILE, Store
from lobby import keeping
from lobby.errors import DamagedStore

FLIPS = 24
HEADER, PAGE = 100, 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some hundred rows, and its backup."""
    store = Store(tmp_path_factory.mktemp("sound") / "store")
    stage = Stage(store)
    for _ in range(40):
        stage.issue()
    backups.make(store.path, store.folder / backups.FOLDER, stage.now)
    store.close()
    return store.folder


def _places(region: str, size: int, dice: random.Random) -> int:
    """Where a byte is hit: in the header, at the head of a page, or anywhere."""
    if region == "header":
        return dice.randrange(HEADER)
    if region == "page heads":
        return dice.randrange(size // PAGE) * PAGE + dice.randrange(16)
    return dice.randrange(size)


@pytest.mark.parametrize("region", ["header", "page heads", "anywhere"])
def test_a_flipped_byte_is_said_with_the_command_or_does_no_harm(region: str, sound: Path, tmp_path: Path) -> None:
    dice, whole = random.Random(region), (sound / FILE).read_bytes()
    (tmp_path / backups.FOLDER).symlink_to(sound / backups.FOLDER)
    found = 0
    for _ in range(FLIPS):
        place = _places(region, len(whole), dice)
        damaged = bytearray(whole)
        damaged[place] ^= dice.randrange(1, 256)
        for end in ("-wal", "-shm"):
            (tmp_path / f"{FILE}{end}").unlink(missing_ok=True)
        (tmp_path / FILE).write_bytes(damaged)
        refusal = _refusal(tmp_path)
        if refusal is None:
            _lives_on(tmp_path)
        else:
            found += 1
            assert f"lobbyline restore {keeping.newest_sound(tmp_path)}" in refusal
    assert found or region != "page heads"


def _refusal(folder: Path) -> str | None:
    try:
        keeping.require_sound(folder)
    except DamagedStore as refused:
        return str(refused)
    return None


def _lives_on(folder: Path) -> None:
    """What the check lets pass can be served: every row is read and more are written."""
    store = Store(folder)
    try:
        with store.read() as conn:
            tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in tables:
                conn.execute(f"SELECT * FROM [{name}]").fetchall()
        store.write(lambda conn: conn.execute("UPDATE tickets SET note = 'x'").rowcount)
    finally:
        store.close()
