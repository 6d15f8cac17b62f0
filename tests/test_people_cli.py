"""Staff and devices on the command line, without a server."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from newborn import sample_store

from db import presence, staff
from db.store import Store
from lobby.program import main


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return sample_store(tmp_path / "store")


def _run(store: Path, *words: str, fails: bool = False) -> Any:
    done = CliRunner().invoke(main, [*words, "--data", str(store), "--json"])
    assert (done.exit_code != 0) == fails, done.output
    return done.output.strip() if fails else json.loads(done.output)


def test_staff_are_changed_signed_out_and_let_go(store: Path) -> None:
    _run(store, "staff", "add", "--name", "Lin", "--role", "counter", "--pin", "2468")
    _run(store, "staff", "rename", "--name", "Lin", "--to", "Lin Jing")
    _run(store, "staff", "role", "--name", "Lin Jing", "--role", "manager")
    assert _run(store, "staff", "sign-out", "--name", "Lin Jing") == {"ended": 0}
    assert _run(store, "staff", "reset-second-factor", "--name", "Lin Jing") == {"changed": False}
    _run(store, "staff", "retire", "--name", "Lin Jing")
    assert "does not work here any more" in _run(store, "staff", "retire", "--name", "Lin Jing", fails=True)
    assert "/enrol/" in _run(store, "staff", "return", "--name", "Lin Jing")["link"]
    found = {one["name"]: (one["role"], one["has_pin"]) for one in _run(store, "staff", "list")["staff"]}
    assert found["Lin Jing"] == ("manager", False)
    table = CliRunner().invoke(main, ["staff", "list", "--data", str(store)]).output
    assert "Lin Jing\tmanager\t–\t0\tFalse" in table


def test_devices_are_linked_renamed_and_revoked(store: Path) -> None:
    _run(store, "device", "add", "kiosk", "--name", "door")
    assert "/enrol/" in _run(store, "device", "link", "--name", "door")["link"]
    assert _run(store, "device", "rename", "--name", "door", "--to", "gate") == {"changed": True}
    assert _run(store, "device", "revoke", "--name", "gate", "--kind", "kiosk") == {"revoked": True}
    assert "There is no device" in _run(store, "device", "revoke", "--name", "gate", fails=True)
    assert "gate" not in [one["name"] for one in _run(store, "device", "list")["devices"]]


def test_devices_are_listed_with_when_they_were_last_seen(store: Path) -> None:
    _run(store, "device", "add", "kiosk", "--name", "door")
    _run(store, "device", "add", "api", "--name", "reader")
    with closing(Store(store)) as opened:
        opened.write(lambda conn: presence.saw(conn, [_id(conn, "door")], 1_795_000_000.0))
    lines = CliRunner().invoke(main, ["device", "list", "--data", str(store)]).output.splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    seen = {row["name"]: row["last_seen"] for row in rows}
    assert datetime.fromisoformat(seen["door"]).timestamp() // 60 == 1_795_000_000 // 60
    assert seen["reader"] == "–"


def _id(conn: sqlite3.Connection, name: str) -> int:
    return next(one.id for one in staff.devices(conn) if one.name == name)


def test_how_long_sign_ins_last_is_set(store: Path) -> None:
    assert _run(store, "sign-ins", "--idle-minutes", "30", "--managers-need-code") == {"changed": True}
    assert "cannot be unused for longer" in _run(
        store, "sign-ins", "--longest-hours", "1", "--idle-minutes", "90", fails=True
    )


@pytest.mark.parametrize(
    "words",
    [
        ("backup",),
        ("staff", "list"),
        ("settings", "export"),
        ("import", "members", __file__),
        ("backup", "--every", "2"),
    ],
)
def test_a_wrong_folder_is_said_to_be_one_and_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*words, "--data", str(tmp_path / "typo")])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"lobbyline: There is no store in the folder {tmp_path / 'typo'}.")
    assert list(tmp_path.iterdir()) == []
