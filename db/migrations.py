"""Owns the schema: an append-only list of numbered steps, each applied once, in its own transaction.

What must never break is kept here by the database itself: one number per business day, one ticket per request key,
one active ticket per counter, one waiting ticket per member, legal states only, an append-only journal.
"""

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

steps = Migrations("lobbyline")

_FIRST = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE services (
    code TEXT PRIMARY KEY, letter TEXT NOT NULL UNIQUE CHECK (length(letter) = 1), name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
    icon TEXT NOT NULL, position INTEGER NOT NULL, mean_s REAL NOT NULL CHECK (mean_s > 0), cv REAL NOT NULL CHECK (cv > 0),
    daily_cap INTEGER CHECK (daily_cap >= 0)
) STRICT;

CREATE TABLE tiers (
    code TEXT PRIMARY KEY, rank INTEGER NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
    target_s REAL NOT NULL CHECK (target_s > 0), head_start_s REAL NOT NULL CHECK (head_start_s >= 0)
) STRICT;

CREATE TABLE staff (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL CHECK (role IN ('counter', 'manager', 'admin')), pin_hash TEXT
) STRICT;

CREATE TABLE counters (
    number INTEGER PRIMARY KEY,
    vip TEXT NOT NULL CHECK (vip IN ('primary', 'backup', 'vip_first', 'never')),
    appointment TEXT NOT NULL CHECK (appointment IN ('primary', 'backup', 'never')),
    ordinary TEXT NOT NULL CHECK (ordinary IN ('primary', 'backup', 'never')),
    state TEXT NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'ready', 'called', 'serving', 'wrap_up', 'paused')),
    since REAL NOT NULL DEFAULT 0, staff_id INTEGER UNIQUE REFERENCES staff (id)
) STRICT;

CREATE TABLE counter_skills (
    counter INTEGER NOT NULL REFERENCES counters (number), service TEXT NOT NULL REFERENCES services (code), PRIMARY KEY (counter, service)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'display', 'printer', 'api')), name TEXT NOT NULL,
    token_hash TEXT UNIQUE, printer_id INTEGER REFERENCES devices (id), options TEXT NOT NULL DEFAULT '{}', UNIQUE (kind, name)
) STRICT;

CREATE TABLE enrolments (
    token_hash TEXT PRIMARY KEY, device_id INTEGER REFERENCES devices (id), staff_id INTEGER REFERENCES staff (id), used_at REAL,
    CHECK ((device_id IS NULL) <> (staff_id IS NULL))
) STRICT;

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY, staff_id INTEGER NOT NULL REFERENCES staff (id), expires_at REAL NOT NULL
) STRICT;

CREATE TABLE members (
    member_no TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL, tier TEXT NOT NULL REFERENCES tiers (code),
    valid_from TEXT NOT NULL, valid_until TEXT NOT NULL, contract_until TEXT, birthday TEXT, manager_a TEXT, manager_b TEXT,
    language TEXT NOT NULL DEFAULT 'zh', listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1))
) STRICT;
CREATE INDEX members_phone ON members (phone);

CREATE TABLE appointments (
    code TEXT PRIMARY KEY, phone TEXT NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL REFERENCES services (code), slot_at REAL NOT NULL,
    channel TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'booked'
        CHECK (state IN ('booked', 'checked_in', 'completed', 'no_show', 'cancelled'))
) STRICT;
CREATE INDEX appointments_phone ON appointments (phone);
CREATE INDEX appointments_open ON appointments (slot_at) WHERE state = 'booked';

CREATE TABLE sequences (
    business_day TEXT NOT NULL, letter TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (business_day, letter)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, token TEXT NOT NULL UNIQUE, request_key TEXT NOT NULL UNIQUE, business_day TEXT NOT NULL,
    service TEXT NOT NULL REFERENCES services (code),
    class TEXT NOT NULL CHECK (class IN ('vip', 'appointment', 'ordinary')),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN
        ('waiting', 'called', 'serving', 'on_hold', 'completed', 'no_show', 'cancelled', 'abandoned', 'expired')),
    language TEXT NOT NULL, issued_at REAL NOT NULL, tier TEXT REFERENCES tiers (code), head_start_s REAL NOT NULL DEFAULT 0,
    due_at REAL, slot_at REAL, member_no TEXT REFERENCES members (member_no), appointment_code TEXT REFERENCES appointments (code),
    note TEXT, counter INTEGER REFERENCES counters (number), first_called_at REAL, called_at REAL, started_at REAL, ended_at REAL,
    calls INTEGER NOT NULL DEFAULT 0,
    UNIQUE (business_day, number),
    CHECK (class <> 'vip' OR due_at IS NOT NULL),
    CHECK (state NOT IN ('called', 'serving') OR counter IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX one_active_ticket_per_counter ON tickets (counter) WHERE state IN ('called', 'serving');
CREATE UNIQUE INDEX one_waiting_ticket_per_member ON tickets (member_no) WHERE state = 'waiting';
CREATE INDEX tickets_open ON tickets (state) WHERE state IN ('waiting', 'called', 'serving', 'on_hold');

CREATE TABLE quotes (
    ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id), at REAL NOT NULL, people_ahead INTEGER NOT NULL, low_s REAL, mid_s REAL,
    high_s REAL, unknown TEXT, CHECK ((mid_s IS NULL) = (unknown IS NOT NULL))
) STRICT;

CREATE TABLE print_jobs (
    id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets (id), printer_id INTEGER NOT NULL REFERENCES devices (id),
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'printing', 'printed', 'failed', 'unknown')),
    attempts INTEGER NOT NULL DEFAULT 0, error TEXT, next_at REAL NOT NULL
) STRICT;
CREATE INDEX print_jobs_due ON print_jobs (printer_id, next_at) WHERE state IN ('pending', 'failed');
CREATE INDEX print_jobs_ticket ON print_jobs (ticket_id);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, ticket TEXT, counter INTEGER, actor TEXT NOT NULL,
    rule TEXT, data TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX events_calls ON events (seq) WHERE kind IN ('called', 'recalled');
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
"""

_SERVICE_GROUPS_AND_HELP_CALLS = """
ALTER TABLE services ADD COLUMN group_zh TEXT;
ALTER TABLE services ADD COLUMN group_en TEXT CHECK ((group_en IS NULL) = (group_zh IS NULL));

CREATE TABLE help_calls (
    id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL REFERENCES devices (id), at REAL NOT NULL, asked_at REAL NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1 CHECK (asked > 0), answered_at REAL, answered_by TEXT,
    CHECK ((answered_at IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_help_call_per_kiosk ON help_calls (device_id) WHERE answered_at IS NULL;
CREATE INDEX help_calls_answered ON help_calls (answered_at);
"""


@steps()
def first(db: Database) -> None:
    """Everything a lobby needs: set-up, people, tickets, paper, journal."""
    for statement in _statements(_FIRST):
        db.execute(statement)


@steps()
def learnt_service_times(db: Database) -> None:
    """What the store's own services taught: a lognormal per service, and from how many."""
    for column in ("log_mean REAL", "log_sd REAL", "known INTEGER NOT NULL DEFAULT 0"):
        db.execute(f"ALTER TABLE services ADD COLUMN {column}")


@steps()
def unprinted_slips(db: Database) -> None:
    """What the floor page asks for at every change."""
    db.execute("CREATE INDEX print_jobs_unprinted ON print_jobs (id) WHERE state IN ('pending', 'printing', 'failed')")


@steps()
def service_groups_and_help_calls(db: Database) -> None:
    """Kiosks show services in groups, and call a person; one open call per kiosk, however often it is asked for."""
    for statement in _statements(_SERVICE_GROUPS_AND_HELP_CALLS):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script (sqlite3's own `executescript` would commit the migration's transaction)."""
    statements, current = [], ""
    for part in script.split(";"):
        current += part + ";"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


def apply(conn: sqlite3.Connection) -> None:
    """Bring the database to the newest schema."""
    steps.apply(Database(conn))
