"""Owns the proof that a head office reports on a region's month of a year of 2,000 stores within two seconds.

Usage: bench/chain_reports.py [--quick] [--stores N] [--days N] [--tickets N] [--json] [--check]. Some days are made up
ticket by ticket, rolled up and written by the product's own code, then copied by SQL until every store has every day.
Only the packed facts themselves are left out, which no report reads. The bare limit is PostgreSQL adding up one column
of the same rows.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from bench.harness import Aim, Machine, finish, median, number, options, table
from chain.office import migrating
from chain.office.asking import Wish
from chain.office.database import Conn, Database
from chain.office.days import write
from chain.office.figures import By
from chain.office.months import TABLES, of_days
from chain.office.promises import read_inspection
from chain.office.reports import read_figures
from chain.office.roll_up import roll_up
from db.ticket_records import TicketClass, TicketState
from display.ticket_facts import CAUSES, CLASSES, NOBODY, POST, STATES, TICKET, UNKNOWN, Facts, pack
from lobby.tryout import LocalPostgres

SIZES = {"stores": (2000, 40), "days": (365, 35), "tickets": (500, 200)}
SAMPLES = 40
REGIONS = ("华东", "华南", "华北", "华中", "西南", "西北", "东北")
TOWNS = 6
SERVICES = ("plan", "bill", "broadband", "device", "sim", "other")
TIERS = ("diamond", "gold", "silver")
ENDS = (TicketState.COMPLETED, TicketState.NO_SHOW, TicketState.ABANDONED, TicketState.EXPIRED)
ROUNDS = 3
LIMIT_S = 2.0


def main() -> int:
    """Measure and tell."""
    given = options("A chain's year is reported on.", sizes=SIZES)
    stores, days = given.sizes["stores"], given.sizes["days"]
    machine = Machine()
    last = datetime.now(UTC).date() - timedelta(days=1)
    with _database() as database:
        begun = time.monotonic()
        taken_in_s = _sample(database, given.sizes["tickets"])
        first = last - timedelta(days=days - 1)
        _fill(database, stores, first, last)
        filled_s = time.monotonic() - begun
        sizes = _sizes(database)
        bare_s = _median(lambda: _bare(database, last))
        times = {name: _median(partial(ask, database)) for name, ask in _questions(first, last)}
    print(
        f"{stores:,} stores × {days} days × {given.sizes['tickets']} tickets, filled in {filled_s:.0f} s;"
        f" a day is taken in within {1000 * taken_in_s:.0f} ms"
    )
    table(
        "rows and their size on the disk",
        ["", "rows", "MB"],
        [[name, f"{n:,}", number(mb)] for name, (n, mb) in sizes.items()],
    )
    rows = [[name, number(took), number(took / bare_s)] for name, took in times.items()]
    table(f"bare: one sum over a region's month {number(bare_s)} s", ["", "answer s", "× bare"], rows)
    print(f"\nothers used {machine.others():.0%} of the CPUs")
    of_month = {name: took for name, took in times.items() if name.startswith("region, month")}
    slowest = max(of_month, key=lambda name: of_month[name])
    aims = [Aim(f"slowest report of a region's month ({slowest})", of_month[slowest], LIMIT_S, "s")]
    figures = {"stores": stores, "days": days, "bare_s": bare_s, "answers_s": times, "taken_in_s": taken_in_s}
    return finish(given, "chain_reports", figures, aims)


@contextmanager
def _database() -> Iterator[Database]:
    """A PostgreSQL of its own for this run; its folder is readable for the user it runs as."""
    with tempfile.TemporaryDirectory(prefix="lobbyline-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = LocalPostgres(Path(folder) / "postgres")
        _hurry(server.url())
        migrating.upgrade(server.url())
        database = Database(server.url(), 2)
        try:
            yield database
        finally:
            database.close()
            server.stop()


def _hurry(url: str) -> None:
    """Nobody needs this database after a crash, and it is filled in one go."""
    hurried = {
        "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off",
        "max_wal_size": "8GB", "checkpoint_timeout": "1h",
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as conn:
        for name, value in hurried.items():
            conn.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        conn.execute("SELECT pg_reload_conf()")


def _sample(database: Database, tickets: int) -> float:
    """Days of a store of their own, as the product writes them; how long it takes for each, in s."""
    with database.transaction() as conn:
        conn.execute("INSERT INTO stores (name, region) VALUES ('sample', 'sample')")
        of_days(conn, date(2020, 1, 1))
        of_days(conn, date(2020, 2, 1))
    took = []
    for n in range(SAMPLES):
        stored = pack(made_up(str(date(2020, 1, 1) + timedelta(days=n)), tickets, np.random.default_rng(n)))
        begun = time.monotonic()
        with database.transaction() as conn:
            write(conn, 1, stored, roll_up(stored))
        took.append(time.monotonic() - begun)
    return median(took)


def made_up(day: str, count: int, rng: np.random.Generator) -> Facts:
    """A day of so many tickets, without a past: everything by chance."""
    rows = np.zeros(count, TICKET)
    rows["number"] = [f"A{n:04}".encode() for n in range(count)]
    rows["class"] = rng.choice(len(CLASSES), count, p=[0.15, 0.1, 0.75])
    rows["service"] = rng.choice(len(SERVICES), count)
    is_guarded = rows["class"] < CLASSES.index(TicketClass.ORDINARY)
    rows["tier"] = np.where(rows["class"] == 0, rng.choice(len(TIERS), count), NOBODY)
    rows["counter"], rows["staff"] = rng.integers(1, 9, count), rng.integers(0, 8, count)
    rows["hour"] = np.clip(rng.normal(14, 3, count), 9, 19)
    rows["state"] = rng.choice([STATES.index(state) for state in ENDS], count, p=[0.9, 0.04, 0.04, 0.02])
    nine = datetime.fromisoformat(f"{day}T01:00+00:00").timestamp()
    rows["since"] = nine + np.sort(rng.uniform(0, 36000, count))
    is_called, is_served = rows["state"] <= STATES.index(ENDS[1]), rows["state"] == STATES.index(ENDS[0])
    rows["wait_s"] = np.where(is_called, np.where(is_guarded, 0.5, 1.0) * rng.lognormal(5.6, 1.0, count), np.nan)
    rows["left_s"] = np.where(rows["state"] == STATES.index(ENDS[2]), rng.lognormal(5.6, 1.0, count), np.nan)
    rows["walk_s"] = np.where(is_served, rng.uniform(5, 40, count), np.nan)
    rows["handling_s"] = np.where(is_served, rng.lognormal(5.7, 0.6, count), np.nan)
    rows["overtakes"] = np.where(rows["class"] == CLASSES.index(TicketClass.ORDINARY), rng.poisson(1, count), UNKNOWN)
    rows["limit_s"] = np.where(is_guarded, 600, np.nan)
    rows["kept"] = np.where(is_guarded, rows["wait_s"] <= 600, UNKNOWN)
    rows["on_target"] = rows["kept"]
    rows["cause"] = np.where(rows["kept"] == 0, rng.integers(0, len(CAUSES), count), UNKNOWN)
    rows["error_s"] = np.where(is_called, rng.normal(0, 90, count), np.nan)
    rows["covered"] = np.where(is_called, rng.random(count) < 0.8, UNKNOWN)
    rows["score"] = np.where(rng.random(count) < 0.15, rng.integers(1, 6, count), UNKNOWN)
    posts = np.zeros(8 * 11, POST)
    posts["counter"], posts["hour"] = np.repeat(np.arange(1, 9), 11), np.tile(np.arange(9, 20), 8)
    posts["staff"] = posts["counter"] - 1
    posts["open_s"], posts["busy_s"] = 3600, rng.uniform(1000, 3000, len(posts))
    words = {"service": SERVICES, "tier": TIERS, "staff": [str(n) for n in range(8)]}
    return Facts(day, rows, posts, words, 5, {"completed": 9, "no_show": 1})


def _fill(database: Database, stores: int, first: date, last: date) -> None:
    """Every store has every day: one of the samples, by turns."""
    with database.transaction() as conn:
        conn.execute(
            "INSERT INTO stores (name, region, timezone) SELECT '门店 ' || n,"
            " (%s::text[])[1 + n %% %s] || '/市' || (n / %s) %% %s, 'Asia/Shanghai' FROM generate_series(1, %s) AS n",
            (list(REGIONS), len(REGIONS), len(REGIONS), TOWNS, stores),
        )
    day = first
    while day <= last:
        with database.transaction() as conn:
            conn.execute("SET LOCAL statement_timeout = 0")
            of_days(conn, day.replace(day=1))
            for name in TABLES:
                _copy(conn, name, day)
        day += timedelta(days=1)
    with database.transaction() as conn:
        conn.execute("SET LOCAL statement_timeout = 0")
        for name in TABLES:
            conn.execute(f"DELETE FROM {name} WHERE day < '2020-12-31'")
        conn.execute("DELETE FROM stores WHERE name = 'sample'")
        conn.execute("ANALYZE")


def _copy(conn: Conn, name: str, day: date) -> None:
    columns = [
        row["column_name"]
        for row in conn.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name NOT IN ('store', 'day') ORDER BY ordinal_position",
            (name,),
        )
    ]
    kept = ["''::bytea" if name == "day_facts" and one in {"tickets", "posts"} else f"sample.{one}" for one in columns]
    conn.execute(
        f"INSERT INTO {name} (store, day, {', '.join(columns)}) SELECT stores.id, %(day)s, {', '.join(kept)}"
        f" FROM stores JOIN {name} AS sample ON sample.store = 1"
        " AND sample.day = date '2020-01-01' + (stores.id * 7 + %(turn)s) %% %(samples)s WHERE stores.id > 1",
        {"day": day, "turn": 11 * day.toordinal() % SAMPLES, "samples": SAMPLES},
    )


def _sizes(database: Database) -> dict[str, tuple[int, float]]:
    """Rows, and MB on the disk with indexes, by table."""
    with database.transaction() as conn:
        rows = conn.execute(
            "SELECT split_part(relname, '_20', 1) AS name, sum(reltuples)::bigint AS rows,"
            " sum(pg_total_relation_size(oid)) / 1e6 AS mb FROM pg_class"
            " WHERE relkind = 'r' AND relispartition AND reltuples > 0 GROUP BY 1 ORDER BY 3 DESC"
        )
        return {row["name"]: (row["rows"], float(row["mb"])) for row in rows}


def _bare(database: Database, last: date) -> None:
    with database.transaction() as conn:
        conn.execute(
            "SELECT sum(issued) FROM day_figures JOIN stores ON stores.id = store"
            " WHERE region LIKE %s AND day BETWEEN %s AND %s AND kind = 'all'",
            (REGIONS[0] + "%", last - timedelta(days=29), last),
        ).fetchone()


def _questions(first: date, last: date) -> Iterator[tuple[str, Any]]:
    """Reports by name, each a function of a database."""
    year = Wish(first=first, last=last)
    month = replace(year, first=max(first, last - timedelta(days=29)))
    of_region = replace(month, region=REGIONS[0])
    for by in By:
        yield f"region, month, by {by}", _figures(replace(of_region, by=by))
    yield "region, month, inspection", _inspection(replace(of_region, by=By.STORE))
    for by in (By.REGION, By.STORE, By.DAY):
        yield f"chain, month, by {by}", _figures(replace(month, by=by))
    yield "store, all days, by month", _figures(replace(year, by=By.MONTH, store="门店 7"))
    yield "region, all days, by month", _figures(replace(year, by=By.MONTH, region=REGIONS[0]))
    yield "chain, all days, by region", _figures(year)
    yield "chain, all days, inspection", _inspection(year)


def _figures(wish: Wish) -> Any:
    return lambda database: _answer(database, read_figures, wish)


def _inspection(wish: Wish) -> Any:
    return lambda database: _answer(database, read_inspection, wish)


def _answer(database: Database, read: Any, wish: Wish) -> None:
    with database.transaction() as conn:
        found = read(conn, wish)
    assert found["stores"]
    json.dumps(found)


def _median(work: Any) -> float:
    took = []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        work()
        took.append(time.monotonic() - begun)
    print(".", end="", flush=True)
    return median(took)
