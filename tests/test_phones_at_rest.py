"""Phone numbers at rest: unreadable without the key, found by it, brought over from an old store, and a lost key."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from lobby_stage import MINUTE, TEN, WANG, Stage
from sqlite_utils import Database

from counter import desk, notes
from counter.desk_errors import PhoneUnknown
from db import appointments, keys, members, migrations, phones
from db.connection import open_reader, open_writer
from db.store import FILE, Store
from kiosk.errors import UnknownMember
from kiosk.identify import recognise
from lobby.sample import create_if_new

ZHAO, OLD_PHONE = "13512345678", "13987654321"
SEALING = "phones_at_rest_and_retention"


def _bytes_of(folder: Path) -> bytes:
    """Everything that lies in a store's folder but the key."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def _assert_nowhere(folder: Path, numbers: Iterable[str]) -> None:
    held = _bytes_of(folder)
    for number in numbers:
        assert number.encode() not in held, number
        assert number[3:].encode() not in held, number


def test_no_number_stands_in_the_files_and_all_are_found_and_shown(stage: Stage) -> None:
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    _assert_nowhere(stage.store.folder, [ZHAO, WANG.phone])
    with stage.store.read() as conn:
        assert members.by_phone(conn, WANG.phone) == WANG
        [booked] = appointments.of_phone(conn, ZHAO)
        assert booked.phone == ZHAO
        assert appointments.of_phone_ending(conn, "345678", TEN) == [booked]
        assert appointments.of_phone_ending(conn, "945678", TEN) == []
        sealed = [bytes(row[0]) for row in conn.execute("SELECT phone_sealed FROM members")]
    assert len(set(sealed)) == len(sealed) == 3


def test_one_number_is_sealed_differently_each_time_and_opened_by_its_key_alone() -> None:
    vault, other = phones.Vault(b"k" * 32), phones.Vault(b"o" * 32)
    first, second = vault.seal(ZHAO), vault.seal(ZHAO)
    assert first != second
    assert vault.open(first) == vault.open(second) == ZHAO
    assert other.open(first) == ""
    assert vault.open(first[:-1] + bytes([first[-1] ^ 1])) == ""
    assert vault.hash(ZHAO) != other.hash(ZHAO)


def _old_store(folder: Path) -> Path:
    """A store as the program before kept it, with a number in a row, one in a free page, and words in the journal."""
    path = folder / FILE
    folder.mkdir()
    conn = open_writer(path)
    conn.execute("PRAGMA secure_delete = OFF")
    migrations.steps.apply(Database(conn), stop_before=SEALING)
    create_if_new(conn, TEN)
    insert = (
        "INSERT INTO members (member_no, name, phone, tier, valid_from, valid_until)"
        " VALUES (?, '王秀英', ?, 'gold', '2026-09-01', '2027-08-31')"
    )
    conn.execute(insert, (WANG.member_no, WANG.phone))
    conn.executemany(insert, [(f"X{n}", OLD_PHONE) for n in range(500)])
    conn.execute("DELETE FROM members WHERE member_no LIKE 'X%'")
    conn.execute(
        "INSERT INTO appointments (code, phone, name, service, slot_at, channel, state)"
        " VALUES ('123456', ?, '赵敏', 'plan', ?, 'web', 'booked')",
        (ZHAO, TEN + 30 * MINUTE),
    )
    conn.execute(
        "INSERT INTO events (at, kind, actor, data) VALUES (?, 'appointment_booked', 'device:hotline', ?)",
        (TEN, json.dumps({"code": "123456", "permission": f"赵敏 asked from {OLD_PHONE}"}, ensure_ascii=False)),
    )
    conn.close()
    return path


def test_an_old_store_comes_over_whole_and_leaves_nothing_in_clear(tmp_path: Path) -> None:
    path = _old_store(tmp_path / "store")
    assert OLD_PHONE.encode() in path.read_bytes()
    store = Store(tmp_path / "store")
    with store.read() as conn:
        assert members.by_phone(conn, WANG.phone) is not None
        [booked] = appointments.of_phone(conn, ZHAO)
        assert (booked.code, booked.phone) == ("123456", ZHAO)
        assert booked.permission == f"赵敏 asked from {OLD_PHONE}"  # of this booking, and gone with it
        [data] = conn.execute("SELECT data FROM events WHERE kind = 'appointment_booked'").fetchone()
        assert json.loads(data) == {"code": "123456", "permission": True}
        assert conn.execute("SELECT * FROM upkeep").fetchall() == []
        checked = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    assert checked == "ok"
    store.write(lambda conn: conn.execute("UPDATE appointments SET permission = NULL").rowcount)
    store.forget_deleted()
    _assert_nowhere(tmp_path / "store", [WANG.phone, ZHAO, OLD_PHONE])
    store.close()


def test_the_old_text_goes_also_where_the_power_failed_right_after_the_sealing(tmp_path: Path) -> None:
    path = _old_store(tmp_path / "store")
    conn = open_writer(path)
    migrations.apply(conn)  # and now, before the file was cleaned, the power fails
    conn.close()
    assert OLD_PHONE.encode() in path.read_bytes()
    Store(tmp_path / "store").close()
    _assert_nowhere(tmp_path / "store", [WANG.phone])
    assert path.read_bytes().count(OLD_PHONE.encode()) == 1  # the booking's own words


def test_with_a_lost_key_the_store_goes_on_without_the_numbers_and_a_new_list_brings_them_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    stage = Stage(store)
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    store.close()
    kept = keys.path_in(store.folder).read_bytes()
    keys.path_in(store.folder).unlink()

    store = Store(tmp_path / "store")
    stage.store = store
    with store.read() as conn:
        assert phones.unreadable(conn) == 4
        known = members.by_number(conn, WANG.member_no)
        assert known is not None
        assert (known.name, known.phone) == (WANG.name, "")
        with pytest.raises(UnknownMember):
            recognise(conn, date(2026, 11, 21), phone=WANG.phone, member_no=None)
    ticket = stage.issue(member=WANG).ticket
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    assert stage.at(4).number == ticket.number
    with pytest.raises(PhoneUnknown):
        stage.act(notes.reveal, 4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    store.write(lambda conn: members.put(conn, [WANG]))
    with store.read() as conn:
        assert members.by_phone(conn, WANG.phone) == WANG
        assert phones.unreadable(conn) == 3
    store.close()

    keys.path_in(store.folder).write_bytes(kept)  # the old key is found again
    store = Store(tmp_path / "store")
    with store.read() as conn:
        assert appointments.of_phone(conn, ZHAO)[0].phone == ZHAO
        assert phones.unreadable(conn) == 1
    store.close()


def test_a_damaged_key_is_put_aside_and_a_new_one_made(tmp_path: Path) -> None:
    Store(tmp_path).close()
    keys.path_in(tmp_path).write_bytes(b"half a k")
    Store(tmp_path).close()
    assert (tmp_path / "keys" / "store.damaged").read_bytes() == b"half a k"
    assert len(keys.path_in(tmp_path).read_bytes()) == 32


def test_a_file_that_was_carried_away_without_its_key_tells_no_number_and_makes_no_key(stage: Stage) -> None:
    stolen = stage.store.folder.parent / "stolen"
    stolen.mkdir()
    with sqlite3.connect(stolen / FILE) as copy, stage.store.read() as conn:
        conn.backup(copy)
    copy.close()
    with open_reader(stolen / FILE) as conn:
        assert {member.phone for member in members.everyone(conn).values()} == {""}
        assert members.by_phone(conn, WANG.phone) is None
    conn.close()
    assert [path.name for path in stolen.iterdir() if path.is_dir()] == []
