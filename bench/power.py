"""Owns cutting the power: what lies on the disk at a random moment has to open, be sound, and hold what was answered.

A writer in a process of its own issues tickets and tells each number only when it is durable. It is stopped in the
middle of whatever it does (SIGSTOP), its database and WAL are copied, and it goes on. The copy is of one moment,
without the file of shared memory, as after a power cut that loses nothing of what was written. What was not yet synced
may be lost too: so the WAL of a copy, never checkpointed, is cut at any byte or its last page is torn, and then has to
hold a prefix of the journal.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import store_folder
from db.connection import open_writer
from db.store import FILE, Store
from kiosk import issuing
from lobby import sample

PAGE = 4096
WARM_S, LONGEST_PAUSE_S = 0.2, 0.06
AFTER_A_CUT = ("", "-wal")
TEN = 1_795_000_000.0


@dataclass
class Cuts:
    """Copies that were opened: of a moment, with a WAL cut short, with a torn page; how many had to be recovered."""

    moments: int = 0
    cut_short: int = 0
    torn: int = 0
    recovered: int = 0
    faults: list[str] = field(default_factory=list)


def cut(moments: int, seed: int) -> Cuts:
    """As many copies of a moment, and twice as many with a damaged WAL."""
    dice, cuts = random.Random(seed), Cuts()
    with store_folder() as folder:
        _cut_moments(folder, moments, dice, cuts)
        _damage_wal(folder, moments, dice, cuts)
    return cuts


def _cut_moments(folder: Path, moments: int, dice: random.Random, cuts: Cuts) -> None:
    store = folder / "moments"
    words = [sys.executable, "-m", "bench.power", str(store)]
    root = Path(__file__).parents[1]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=root) as writer:
        assert writer.stdout is not None
        os.set_blocking(writer.stdout.fileno(), False)
        while not (store / FILE).exists():
            time.sleep(WARM_S)
        time.sleep(WARM_S)
        told = ""
        for n in range(moments):
            time.sleep(dice.uniform(0, LONGEST_PAUSE_S))
            writer.send_signal(signal.SIGSTOP)
            told += (writer.stdout.read() or b"").decode()
            copy = _copy(store, folder / f"moment-{n}")
            writer.send_signal(signal.SIGCONT)
            cuts.moments += 1
            cuts.faults += _faults(copy, told.rpartition("\n")[0].split(), cuts)
        writer.kill()


def _damage_wal(folder: Path, times: int, dice: random.Random, cuts: Cuts) -> None:
    source = folder / "source"
    store = Store(source)
    store.write(lambda conn: sample.create_if_new(conn, TEN))
    store.write(lambda conn: conn.execute("PRAGMA wal_autocheckpoint = 0").fetchone())
    numbers = [_issue(store, n) for n in range(150)]
    whole = _copy(source, folder / "whole")
    store.close()
    size = (whole / f"{FILE}-wal").stat().st_size
    for n in range(times):
        for torn in (False, True):
            damaged = folder / f"damaged-{n}-{torn}"
            shutil.copytree(whole, damaged)
            at = dice.randrange(size)
            _spoil(damaged / f"{FILE}-wal", at, dice.randbytes(PAGE) if torn else b"")
            cuts.torn += torn
            cuts.cut_short += not torn
            cuts.faults += _no_prefix(damaged, numbers)
            shutil.rmtree(damaged)


def _spoil(wal: Path, at: int, rubbish: bytes) -> None:
    """Nothing after a byte of the file, or rubbish: a page that was on its way when the power went."""
    with wal.open("r+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(rubbish)


def _copy(store: Path, to: Path) -> Path:
    to.mkdir()
    for end in AFTER_A_CUT:
        with_end = store / f"{FILE}{end}"
        if with_end.exists():
            shutil.copyfile(with_end, to / with_end.name)
    return to


def _faults(copy: Path, told: list[str], cuts: Cuts) -> Iterator[str]:
    wal = copy / f"{FILE}-wal"
    cuts.recovered += wal.exists() and wal.stat().st_size > 0
    try:
        held = _numbers(copy)
    except sqlite3.Error as error:
        yield f"{copy.name}: {error}"
        return
    finally:
        shutil.rmtree(copy)
    if held[: len(told)] != told:
        yield f"{copy.name}: of {len(told)} numbers that were told it holds {len(held)}"


def _no_prefix(copy: Path, numbers: list[str]) -> Iterator[str]:
    try:
        held = _numbers(copy)
    except sqlite3.Error as error:
        if "no such table" not in str(error):  # cut before the store was set up: it is as if it had never been
            yield f"{copy.name}: {error}"
        return
    if held != numbers[: len(held)]:
        yield f"{copy.name}: {len(held)} numbers that are no beginning of what was given"


def _numbers(copy: Path) -> list[str]:
    """Open what is left as the server would, look through all of it, read the numbers in it. Raises `sqlite3.Error`."""
    with closing(open_writer(copy / FILE)) as conn:
        [sound] = conn.execute("PRAGMA integrity_check(1)").fetchone()
        if sound != "ok" or conn.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.DatabaseError(sound)
        issued = [row[0] for row in conn.execute("SELECT ticket FROM events WHERE kind = 'issued' ORDER BY seq")]
        held = [row[0] for row in conn.execute("SELECT number FROM tickets ORDER BY id")]
        [lines, newest] = conn.execute("SELECT count(*), coalesce(max(seq), 0) FROM events").fetchone()
    if issued != held or lines != newest:
        raise sqlite3.DatabaseError("journal and tickets differ")
    return held


def _issue(store: Store, n: int) -> str:
    wish = issuing.Wish(f"key-{n}", "plan")
    number = store.write(lambda conn: issuing.issue(conn, wish, None, "device:kiosk", TEN)).ticket.number
    cancel = "UPDATE tickets SET state = 'cancelled', ended_at = ? WHERE number = ?"
    store.write(lambda conn: conn.execute(cancel, (TEN, number)).rowcount)
    return number


def _write_for_ever(folder: Path) -> None:
    """The writer's process: every number on its standard output is on the disk."""
    store = Store(folder)
    store.write(lambda conn: sample.create_if_new(conn, TEN))
    n = 0
    while True:
        os.write(1, f"{_issue(store, n)}\n".encode())
        n += 1


if __name__ == "__main__":
    _write_for_ever(Path(sys.argv[1]))
