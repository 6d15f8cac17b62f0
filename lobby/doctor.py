"""Owns looking a store over for a technician: everything it needs, in words, and what to do where something is wrong.

It only reads, so it works beside a running server and with none.
"""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from db import backups, keys, migrations, phones, settings
from db.connection import open_reader
from db.disk import CannotWrite
from db.errors import NewerDatabase, UnsoundDatabase
from db.store import FILE
from db.words import Message
from lobby import keeping, onlookers, rule_settings
from lobby.certificate import trust

MUCH_ROOM_MB = 2_000
LEAST_ROOM_MB = 200
LATE_PAPER_S = 600.0
AHEAD_S = 120.0
HOUR_S = 3600


class State(StrEnum):
    """How something is: `warn` can wait until the evening, `fail` cannot."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """How something is, and the way out if it is not well."""

    state: State
    said: Message
    remedy: Message | None = None


def examine(folder: Path) -> list[Finding]:
    """Look at everything, the most basic first; what cannot be looked at without something else is left out."""
    basics = [_folder(folder), _room(folder), _server(folder), _database(folder)]
    if any(found.state == State.FAIL for found in (basics[0], basics[-1])):
        return [*basics, _backups(folder, keeping.BackupSet())]
    with closing(open_reader(folder / FILE)) as conn:
        return [
            *basics,
            _backups(folder, keeping.wishes(conn)),
            *_second(folder, keeping.wishes(conn)),
            *(Finding(State.WARN, *warning) for warning in onlookers.told(folder)),
            *_phones(folder, conn),
            _clock(conn),
            *_rule(conn),
            _staff(conn),
            _paper(conn),
        ]


def _folder(folder: Path) -> Finding:
    if not (folder / FILE).exists():
        said = Message("no_store", "There is no store in the folder {folder}.", {"folder": folder})
        return Finding(State.FAIL, said, Message("name_folder", "Give the store's folder with --data."))
    why = keeping.why_not_writable(folder)
    if why is None:
        return Finding(State.OK, Message("folder", "The store is in {folder}.", {"folder": folder}))
    said = Message("folder", "The folder {folder} cannot be written to: {why}.", {"folder": folder, "why": why})
    return Finding(State.FAIL, said, Message("own_folder", "Give the folder to the user who runs the server."))


def _room(folder: Path) -> Finding:
    free_mb = shutil.disk_usage(folder if folder.is_dir() else Path()).free // 1_000_000
    said = Message("disk", "{free_mb} MB are free on the disk.", {"free_mb": free_mb})
    if free_mb >= MUCH_ROOM_MB:
        return Finding(State.OK, said)
    remedy = Message("make_room", "Make room: on a full disk no number can be issued.")
    return Finding(State.FAIL if free_mb < LEAST_ROOM_MB else State.WARN, said, remedy)


def _server(folder: Path) -> Finding:
    try:
        control = json.loads((folder / "control.json").read_text())
    except (OSError, ValueError):
        said = Message("no_server", "No server is running on this store.")
        return Finding(State.WARN, said, Message("start_server", "Start it with: lobbyline serve"))
    url = control["url"]
    try:
        trusted = trust(control.get("certificate"))
        httpx.get(f"{url}/healthz", timeout=5, trust_env=False, verify=trusted).raise_for_status()
    except httpx.HTTPError as error:
        said = Message("server", "The server at {url} does not answer as it should: {why}.", {"url": url, "why": error})
        return Finding(State.FAIL, said, Message("restart_server", "Look at its log, stop it and start it again."))
    return Finding(State.OK, Message("server", "The server answers at {url}.", {"url": url}))


def _database(folder: Path) -> Finding:
    try:
        backups.check(folder / FILE)
    except CannotWrite as fault:
        return Finding(State.FAIL, Message(fault.code, fault.text, fault.attrs))
    except NewerDatabase as newer:
        return Finding(State.FAIL, Message(newer.code, newer.text, newer.attrs))
    except UnsoundDatabase as unsound:
        return _unusable(folder, unsound)
    size_mb = (folder / FILE).stat().st_size // 1_000_000
    return Finding(State.OK, Message("database", "The database is sound ({size_mb} MB).", {"size_mb": size_mb}))


def _unusable(folder: Path, unsound: UnsoundDatabase) -> Finding:
    said = Message("database", "The database cannot be used: {why}.", {"why": unsound.attrs["why"]})
    newest = keeping.newest_sound(folder)
    if newest is None:
        remedy = Message("ask_for_help", "Change nothing there and ask for help: the folder has no sound backup.")
        return Finding(State.FAIL, said, remedy)
    command = {"command": keeping.restore_command(folder, newest)}
    return Finding(State.FAIL, said, Message("restore", "Stop the server and run: {command}", command))


def _backups(folder: Path, wanted: keeping.BackupSet) -> Finding:
    remedy = Message("back_up", "Make one with: lobbyline backup")
    newest = keeping.newest_sound(folder)
    if newest is None:
        return Finding(State.WARN, Message("no_backup", "There is no sound backup."), remedy)
    age_h = max(0, round((time.time() - backups.made_at(newest)) / HOUR_S))
    values: dict[str, object] = {"age_h": age_h, "file": newest}
    said = Message("backup", "The newest backup is {age_h} hours old and sound: {file}", values)
    is_late = age_h > 2 * wanted.hours
    return Finding(State.WARN, said, remedy) if is_late else Finding(State.OK, said)


def _second(folder: Path, wanted: keeping.BackupSet) -> Iterator[Finding]:
    """What is wrong with the second folder for backups, if there is to be one."""
    if not wanted.second:
        return
    second, remedy = Path(wanted.second), Message("set_second", "Put its disk back, or set another folder.")
    why, newest = keeping.why_not_writable(second), keeping.newest_sound(folder)
    values = {"second": second, "why": why}
    if why:
        said = Message("second_folder", "The second folder for backups, {second}, cannot be written to: {why}.", values)
        yield Finding(State.WARN, said, remedy)
        return
    if second.stat().st_dev == folder.stat().st_dev:
        said = Message("same_disk", "The second folder for backups, {second}, is on the store's own disk.", values)
        yield Finding(State.WARN, said, remedy)
    if newest and backups.made_at(newest) > max(map(backups.made_at, backups.in_folder(second)), default=0.0):
        said = Message("second_behind", "The newest backup is not in the second folder, {second}.", values)
        yield Finding(State.WARN, said, Message("back_up", "Make one with: lobbyline backup"))


def _phones(folder: Path, conn: sqlite3.Connection) -> Iterator[Finding]:
    """A store whose database is of before the sealing has none of these columns yet; the server's start brings them."""
    if migrations.pending(conn):
        return
    unknown = phones.unreadable(conn)
    if unknown:
        said = Message(
            "phones_unknown", "{n} phone numbers cannot be read: they were sealed with another key.", {"n": unknown}
        )
        remedy = Message(
            "put_key_back",
            "Stop the server and put the old file back to {file}; or import the list of members again.",
            {"file": keys.path_in(folder)},
        )
        yield Finding(State.WARN, said, remedy)
    clear = [path.name for path in backups.in_folder(folder / backups.FOLDER) if backups.has_clear_phones(path)]
    if clear:
        values: dict[str, object] = {"n": len(clear), "last": clear[-1]}
        said = Message(
            "clear_backups", "{n} backups of before an update hold phone numbers in clear, up to {last}.", values
        )
        yield Finding(State.WARN, said, Message("delete_clear", "Delete them once you trust a newer one."))


def _clock(conn: sqlite3.Connection) -> Finding:
    [newest] = conn.execute("SELECT max(at) FROM events").fetchone()
    ahead_s = (newest or 0.0) - time.time()
    if ahead_s <= AHEAD_S:
        return Finding(State.OK, Message("clock", "It is {now}.", {"now": time.strftime("%Y-%m-%d %H:%M:%S %z")}))
    values = {"minutes": round(ahead_s / 60)}
    said = Message("clock_behind", "The journal is {minutes} minutes ahead of this machine's clock.", values)
    return Finding(State.WARN, said, Message("set_clock", "Set the machine's clock right."))


def _rule(conn: sqlite3.Connection) -> Iterator[Finding]:
    for fault in rule_settings.faults(conn):
        said = Message(fault.code, fault.text, fault.attrs)
        yield Finding(State.WARN, said, Message("set_anew", "Set it anew on the page of the calling rule."))
    if not settings.load(conn).hours:
        said = Message("no_hours", "No opening hours are set: numbers are given at night too.")
        yield Finding(State.WARN, said, Message("set_hours", "Set them on the settings page."))


def _staff(conn: sqlite3.Connection) -> Finding:
    query = "SELECT count(*) FROM staff WHERE role IN ('manager', 'admin') AND pin_hash IS NOT NULL"
    [managers] = conn.execute(query).fetchone()
    if managers:
        return Finding(State.OK, Message("staff", "Managers who can sign in: {managers}.", {"managers": managers}))
    remedy = Message("open_link", "Open the manager's link that the server prints when it starts.")
    return Finding(State.WARN, Message("no_manager", "No manager has set a PIN yet."), remedy)


def _paper(conn: sqlite3.Connection) -> Finding:
    [late] = conn.execute(
        "SELECT count(*) FROM print_jobs j JOIN tickets t ON t.id = j.ticket_id"
        " WHERE j.state IN ('pending', 'failed') AND t.state = 'waiting' AND t.issued_at < ?",
        (time.time() - LATE_PAPER_S,),
    ).fetchone()
    if not late:
        return Finding(State.OK, Message("paper", "No slip waits for a printer."))
    said = Message("late_paper", "Slips that wait for a printer for more than ten minutes: {late}.", {"late": late})
    return Finding(State.WARN, said, Message("see_printers", "Look at the printers on the floor page."))
