"""Guessing at a PIN: the place it comes from is slowed down, never the colleague, and a restart forgets nothing."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lobby_stage import MINUTE, Stage

from counter import lockout
from counter.errors import LockedOut
from counter.lockout import Lock, Place
from db.store import Store

DESK_PC, STRANGER = Place("desk-3", is_known=True), Place("192.168.1.66")


def _guess(stage: Stage, place: Place, times: int = 1, staff_id: int | None = None) -> int:
    """So many wrong PINs for Lin; how many of them were looked at before the place had to wait."""
    who = stage.lin.id if staff_id is None else staff_id
    for n in range(times):
        try:
            stage.store.write(lambda conn: lockout.count(conn, who, place, stage.now))
        except LockedOut:
            return n
        stage.store.write(lambda conn: lockout.wrong(conn, who, place, stage.now))
    return times


def _wait_s(stage: Stage, place: Place) -> int:
    with pytest.raises(LockedOut) as refused:
        stage.store.write(lambda conn: lockout.count(conn, stage.lin.id, place, stage.now))
    return int(str(refused.value.attrs["minutes"])) * 60 + int(str(refused.value.attrs["seconds"]))


def test_whoever_guesses_waits_and_the_person_at_their_own_device_does_not(stage: Stage) -> None:
    assert _guess(stage, STRANGER, 30) == 10
    assert _guess(stage, DESK_PC) == 1
    assert _guess(stage, Place("192.168.1.20")) == 1


def test_the_waits_grow_and_are_told_to_the_second(stage: Stage) -> None:
    _guess(stage, STRANGER, 10)
    stage.later(1)
    assert _wait_s(stage, STRANGER) == 4 * MINUTE
    stage.later(4)
    assert _guess(stage, STRANGER, 30) == 10
    assert _wait_s(stage, STRANGER) == 55 * MINUTE
    stage.later(55)
    assert _guess(stage, STRANGER, 30) == 10
    stage.later(5)
    assert _guess(stage, STRANGER, 30) == 10
    assert _wait_s(stage, STRANGER) == 24 * 60 * MINUTE - 65 * MINUTE


def test_guesses_from_many_addresses_leave_only_the_known_devices_open(stage: Stage) -> None:
    guesses = [_guess(stage, Place(f"10.0.0.{n}"), 10) for n in range(1, 14)]
    assert sum(guesses) == 100
    assert _guess(stage, Place("10.0.9.9")) == 0
    assert _guess(stage, DESK_PC) == 1


def test_one_address_cannot_try_a_pin_on_everybody(stage: Stage) -> None:
    assert sum(_guess(stage, STRANGER, 10, staff_id=100 + n) for n in range(30)) == 200


def test_being_let_in_forgets_the_tries_of_that_place_alone(stage: Stage) -> None:
    _guess(stage, DESK_PC, 9)
    _guess(stage, STRANGER, 10)
    stage.store.write(lambda conn: lockout.right(conn, stage.lin.id, DESK_PC, stage.now))
    assert _guess(stage, DESK_PC, 9) == 9
    assert _guess(stage, STRANGER) == 0


def test_tries_at_the_same_moment_are_all_counted(stage: Stage) -> None:
    with ThreadPoolExecutor(16) as pool:
        looked_at = sum(pool.map(lambda _: _guess(stage, STRANGER), range(40)))
    assert looked_at == 10


def test_a_restart_forgets_none(tmp_path: Path) -> None:
    before = Stage(Store(tmp_path / "store"))
    _guess(before, STRANGER, 10)
    before.store.close()
    store = Store(tmp_path / "store")
    with pytest.raises(LockedOut):
        store.write(lambda conn: lockout.count(conn, before.lin.id, STRANGER, before.now))
    store.close()


def test_managers_see_who_has_to_wait_where(stage: Stage) -> None:
    _guess(stage, STRANGER, 10)
    _guess(stage, DESK_PC, 3)

    def seen(conn: sqlite3.Connection) -> list[Lock]:
        return lockout.locks(conn, stage.now)

    assert stage.store.write(seen) == [Lock(stage.lin.id, STRANGER, 300)]
    stage.later(5)
    assert stage.store.write(seen) == []
