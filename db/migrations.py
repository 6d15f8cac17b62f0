"""Owns the schema: an append-only list of numbered steps, each applied once, in its own transaction.

What must never break is kept here by the database itself: one number per business day, one ticket per request key,
one active ticket per counter, one waiting ticket per member, legal states only, an append-only journal.
"""

import json
import sqlite3
from typing import Any

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
def forecasts_and_scores(db: Database) -> None:
    """What is foreseen now, and what became of each quote: the wait, beside the plain forecast it was made from."""
    db.execute(
        "CREATE TABLE forecasts (id INTEGER PRIMARY KEY CHECK (id = 1), at REAL NOT NULL, foreseen TEXT NOT NULL) STRICT"
    )
    for column in ("wait_s REAL", "plain_low_s REAL", "plain_mid_s REAL", "plain_high_s REAL"):
        db.execute(f"ALTER TABLE quotes ADD COLUMN {column}")
    db.execute("CREATE INDEX quotes_scored ON quotes (at) WHERE wait_s IS NOT NULL AND mid_s IS NOT NULL")


_ENTITLEMENTS = """
ALTER TABLE tiers ADD COLUMN may_proxy INTEGER NOT NULL DEFAULT 0 CHECK (may_proxy IN (0, 1));
ALTER TABLE tiers ADD COLUMN target_reason TEXT;
INSERT INTO settings (key, value) SELECT 'page_after_s', '120' WHERE EXISTS (SELECT 1 FROM settings);
UPDATE tiers SET may_proxy = 1 WHERE code IN ('gold', 'diamond');
ALTER TABLE staff ADD COLUMN manager_code TEXT;
ALTER TABLE staff ADD COLUMN on_duty_since REAL CHECK (on_duty_since IS NULL OR manager_code IS NOT NULL);
CREATE UNIQUE INDEX staff_manager_code ON staff (manager_code);

CREATE TABLE perks (
    code TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL, position INTEGER NOT NULL
) STRICT;

CREATE TABLE perk_quotas (
    perk TEXT NOT NULL REFERENCES perks (code), tier TEXT NOT NULL REFERENCES tiers (code), times INTEGER NOT NULL CHECK (times > 0),
    period TEXT NOT NULL CHECK (period IN ('month', 'year')), PRIMARY KEY (perk, tier)
) STRICT, WITHOUT ROWID;

CREATE TABLE perk_uses (
    id INTEGER PRIMARY KEY, request_key TEXT NOT NULL UNIQUE, member_no TEXT NOT NULL REFERENCES members (member_no),
    perk TEXT NOT NULL REFERENCES perks (code), quota INTEGER NOT NULL, span TEXT NOT NULL, used_on TEXT NOT NULL, used_at REAL NOT NULL,
    staff_id INTEGER NOT NULL REFERENCES staff (id), ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    counter INTEGER NOT NULL REFERENCES counters (number), undone_at REAL, undone_by INTEGER REFERENCES staff (id),
    CHECK ((undone_at IS NULL) = (undone_by IS NULL)), CHECK (used_on LIKE span || '-%')
) STRICT;
CREATE INDEX perk_uses_of_member ON perk_uses (member_no, perk, used_on);
CREATE TRIGGER perk_never_below_zero BEFORE INSERT ON perk_uses WHEN NEW.quota <= (
    SELECT count(*) FROM perk_uses u WHERE u.member_no = NEW.member_no AND u.perk = NEW.perk AND u.undone_at IS NULL
        AND u.used_on LIKE NEW.span || '-%')
    BEGIN SELECT RAISE(ABORT, 'nothing is left of this perk'); END;
CREATE TRIGGER perk_undone_for_good BEFORE UPDATE ON perk_uses WHEN OLD.undone_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'this use is undone already'); END;
CREATE TRIGGER perk_uses_never_go BEFORE DELETE ON perk_uses BEGIN SELECT RAISE(ABORT, 'the history of perks only grows'); END;

CREATE TABLE pages (
    id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL UNIQUE REFERENCES tickets (id), member_no TEXT NOT NULL REFERENCES members (member_no),
    stage TEXT NOT NULL CHECK (stage IN ('a', 'b', 'floor')), staff_id INTEGER REFERENCES staff (id), paged_at REAL NOT NULL,
    acknowledged_at REAL, acknowledged_by INTEGER REFERENCES staff (id),
    CHECK ((stage = 'floor') = (staff_id IS NULL)), CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE INDEX pages_open ON pages (paged_at) WHERE acknowledged_at IS NULL;

CREATE TABLE proxies (
    ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id), member_no TEXT NOT NULL REFERENCES members (member_no),
    staff_id INTEGER NOT NULL REFERENCES staff (id), answered_at REAL, answered_by INTEGER REFERENCES staff (id),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE INDEX proxies_open ON proxies (ticket_id) WHERE answered_at IS NULL;
"""


@steps()
def entitlements_and_managers(db: Database) -> None:
    """What each tier is entitled to, which perks were used, account managers on duty, their pages, proxy handling."""
    for statement in _statements(_ENTITLEMENTS):
        db.execute(statement)


@steps()
def places_and_ratings_of_holders(db: Database) -> None:
    """What customers do on their phones: let others pass, which only ever moves a place back; say how it was."""
    db.execute("ALTER TABLE tickets ADD COLUMN moved_to REAL CHECK (moved_to >= issued_at)")
    db.execute("ALTER TABLE tickets ADD COLUMN passes INTEGER NOT NULL DEFAULT 0 CHECK (passes BETWEEN 0 AND 3)")
    db.execute(
        "CREATE TABLE ratings (ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id),"
        " score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5), comment TEXT NOT NULL CHECK (length(comment) <= 300),"
        " at REAL NOT NULL) STRICT"
    )


_BOOKING = """
ALTER TABLE appointments ADD COLUMN length_s REAL NOT NULL DEFAULT 900 CHECK (length_s > 0);
ALTER TABLE appointments ADD COLUMN language TEXT NOT NULL DEFAULT 'zh';
ALTER TABLE appointments ADD COLUMN booked_at REAL;
ALTER TABLE appointments ADD COLUMN booked_by TEXT;
ALTER TABLE appointments ADD COLUMN reminded_at REAL;
ALTER TABLE appointments ADD COLUMN reminded_by TEXT CHECK ((reminded_at IS NULL) = (reminded_by IS NULL));
ALTER TABLE appointments ADD COLUMN places INTEGER;
ALTER TABLE appointments ADD COLUMN place INTEGER CHECK ((place IS NULL) = (places IS NULL) AND place BETWEEN 1 AND places);
ALTER TABLE appointments ADD COLUMN request_key TEXT;
CREATE UNIQUE INDEX one_booking_per_place ON appointments (service, slot_at, place) WHERE state IN ('booked', 'checked_in');
CREATE UNIQUE INDEX one_booking_per_request ON appointments (request_key);
CREATE INDEX appointments_by_slot ON appointments (slot_at);
CREATE INDEX tickets_of_appointments ON tickets (appointment_code) WHERE appointment_code IS NOT NULL;
CREATE TRIGGER one_visit_at_a_time_new BEFORE INSERT ON appointments WHEN NEW.state IN ('booked', 'checked_in')
BEGIN
    SELECT RAISE(ABORT, 'one phone, one visit at a time') FROM appointments a
    WHERE a.phone = NEW.phone AND a.code <> NEW.code AND a.state IN ('booked', 'checked_in')
        AND a.slot_at < NEW.slot_at + NEW.length_s AND a.slot_at + a.length_s > NEW.slot_at;
END;
CREATE TRIGGER one_visit_at_a_time BEFORE UPDATE OF phone, slot_at, length_s, state ON appointments
WHEN NEW.state IN ('booked', 'checked_in')
    AND (NEW.phone <> OLD.phone OR NEW.slot_at <> OLD.slot_at OR NEW.length_s <> OLD.length_s
        OR OLD.state NOT IN ('booked', 'checked_in'))
BEGIN
    SELECT RAISE(ABORT, 'one phone, one visit at a time') FROM appointments a
    WHERE a.phone = NEW.phone AND a.code <> NEW.code AND a.state IN ('booked', 'checked_in')
        AND a.slot_at < NEW.slot_at + NEW.length_s AND a.slot_at + a.length_s > NEW.slot_at;
END;
"""


@steps()
def booking(db: Database) -> None:
    """Visits are booked here: a place of the slot each, one visit of a phone at a time, who booked and who reminded."""
    for statement in _statements(_BOOKING):
        db.execute(statement)


@steps()
def churned_members(db: Database) -> None:
    """Whose card is void because they left the network; and the newest import is found without walking the journal."""
    db.execute("ALTER TABLE members ADD COLUMN churned INTEGER NOT NULL DEFAULT 0 CHECK (churned IN (0, 1))")
    db.execute(
        "CREATE INDEX events_imports ON events (kind, seq) WHERE kind IN ('members_imported', 'appointments_imported')"
    )


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
def service_groups_and_help_calls(db: Database) -> None:
    """Kiosks show services in groups, and call a person; one open call per kiosk, however often it is asked for."""
    for statement in _statements(_SERVICE_GROUPS_AND_HELP_CALLS):
        db.execute(statement)


_SLIP_TEMPLATES = """
CREATE TABLE slip_templates (
    language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
    ticket_class TEXT NOT NULL CHECK (ticket_class IN ('vip', 'appointment', 'ordinary')),
    text TEXT NOT NULL, PRIMARY KEY (language, ticket_class)
) STRICT;
CREATE TABLE slip_texts (
    name TEXT PRIMARY KEY CHECK (name IN ('where_to_go', 'public_rule')), zh TEXT NOT NULL, en TEXT NOT NULL
) STRICT;
CREATE TABLE slip_logo (id INTEGER PRIMARY KEY CHECK (id = 1), png BLOB NOT NULL) STRICT;
"""


@steps()
def slip_templates(db: Database) -> None:
    """A store designs its slips: a template per language and class, lines of its own, a logo. No row: the usual."""
    for statement in _statements(_SLIP_TEMPLATES):
        db.execute(statement)


@steps()
def facts_of_past_days(db: Database) -> None:
    """What reports need of each past day, ready to be counted; and what was computed of days to come or past ones."""
    db.execute(
        "CREATE TABLE day_facts (business_day TEXT PRIMARY KEY, form INTEGER NOT NULL, tickets BLOB NOT NULL,"
        " posts BLOB NOT NULL, about TEXT NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE studies (kind TEXT NOT NULL, subject TEXT NOT NULL, made_at REAL NOT NULL, basis TEXT NOT NULL,"
        " found TEXT NOT NULL, PRIMARY KEY (kind, subject)) STRICT"
    )


@steps()
def pictures(db: Database) -> None:
    """Pictures that belong to the store, such as its logo, are backed up with it."""
    db.execute(
        "CREATE TABLE pictures (name TEXT PRIMARY KEY, digest TEXT NOT NULL, png BLOB NOT NULL CHECK (length(png) > 0)) STRICT"
    )


_PRINTERS_AND_AGENTS = """
ALTER TABLE devices ADD COLUMN removed_at REAL;
ALTER TABLE print_jobs ADD COLUMN paper_out INTEGER NOT NULL DEFAULT 0 CHECK (paper_out IN (0, 1));
ALTER TABLE print_jobs ADD COLUMN home_id INTEGER REFERENCES devices (id);
ALTER TABLE print_jobs ADD COLUMN handed_at REAL;
UPDATE print_jobs SET paper_out = 1 WHERE attempts > 0;
CREATE INDEX print_jobs_of_printer ON print_jobs (printer_id, id);

CREATE TABLE printer_conditions (
    printer_id INTEGER PRIMARY KEY REFERENCES devices (id), at REAL NOT NULL, fault TEXT, error TEXT,
    answers INTEGER CHECK (answers IN (0, 1)), marks_end INTEGER CHECK (marks_end IN (0, 1)),
    paper_low INTEGER CHECK (paper_low IN (0, 1))
) STRICT;
"""


@steps()
def printers_and_agents(db: Database) -> None:
    """What each printer last told of itself; which slips may be on paper, were moved, lie with a print agent."""
    for statement in _statements(_PRINTERS_AND_AGENTS):
        db.execute(statement)


_STAFF_ACTIONS = """
ALTER TABLE tickets ADD COLUMN placed_at REAL;
ALTER TABLE tickets ADD COLUMN queued_at REAL CHECK (queued_at >= issued_at);
ALTER TABLE tickets ADD COLUMN leg_due_at REAL
    CHECK ((leg_due_at IS NULL OR queued_at IS NOT NULL) AND (class <> 'vip' OR queued_at IS NULL OR leg_due_at IS NOT NULL));
ALTER TABLE tickets ADD COLUMN to_counter INTEGER REFERENCES counters (number);
ALTER TABLE tickets ADD COLUMN to_staff INTEGER REFERENCES staff (id) CHECK (to_staff IS NULL OR to_counter IS NULL);
ALTER TABLE tickets ADD COLUMN held_at REAL;
ALTER TABLE tickets ADD COLUMN step_done_at REAL;
ALTER TABLE tickets ADD COLUMN call_began_at REAL;
ALTER TABLE tickets ADD COLUMN recalls INTEGER NOT NULL DEFAULT 0 CHECK (recalls >= 0);
ALTER TABLE tickets ADD COLUMN served_s REAL NOT NULL DEFAULT 0 CHECK (served_s >= 0);
ALTER TABLE tickets ADD COLUMN wrap_up_s REAL CHECK (wrap_up_s >= 0);
ALTER TABLE tickets ADD COLUMN staff_id INTEGER REFERENCES staff (id);
ALTER TABLE tickets ADD COLUMN hold_kind TEXT CHECK (hold_kind IN ('same_counter', 'any_counter', 'step')
    AND (state = 'on_hold') = (hold_kind IS NOT NULL) AND (hold_kind IS NULL OR (held_at IS NOT NULL AND counter IS NOT NULL)));
ALTER TABLE tickets ADD COLUMN outcome TEXT CHECK (outcome IN ('done', 'not_solved', 'referred') AND (outcome IS NULL OR state = 'completed'));
CREATE INDEX tickets_missed ON tickets (business_day, ended_at) WHERE state = 'no_show';
CREATE INDEX tickets_of_member ON tickets (member_no, business_day) WHERE member_no IS NOT NULL;

ALTER TABLE counters ADD COLUMN returns_at REAL;
ALTER TABLE counters ADD COLUMN pause_reason TEXT CHECK (pause_reason IN ('lunch', 'break', 'training', 'meeting', 'other')
    AND (state = 'paused') = (pause_reason IS NOT NULL));
ALTER TABLE counters ADD COLUMN pause_text TEXT CHECK (state = 'paused' OR (returns_at IS NULL AND pause_text IS NULL));

CREATE TABLE legs (
    id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets (id), service TEXT NOT NULL REFERENCES services (code),
    queued_at REAL NOT NULL, called_at REAL, started_at REAL, ended_at REAL NOT NULL, served_s REAL NOT NULL DEFAULT 0,
    counter INTEGER NOT NULL REFERENCES counters (number), staff_id INTEGER REFERENCES staff (id),
    how TEXT NOT NULL CHECK (how IN ('transferred', 'service_added'))
) STRICT;
CREATE INDEX legs_of_ticket ON legs (ticket_id);

CREATE TABLE ticket_notes (
    id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets (id), at REAL NOT NULL,
    staff_id INTEGER NOT NULL REFERENCES staff (id), text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 200)
) STRICT;
CREATE INDEX notes_of_ticket ON ticket_notes (ticket_id);

CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT, counter INTEGER NOT NULL REFERENCES counters (number), action TEXT NOT NULL, ticket TEXT, at REAL NOT NULL,
    first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, changes TEXT NOT NULL
) STRICT;
CREATE INDEX steps_of_counter ON steps (counter, id);

CREATE TABLE undone_events (
    seq INTEGER PRIMARY KEY REFERENCES events (seq), counter INTEGER NOT NULL REFERENCES counters (number), at REAL NOT NULL
) STRICT;
CREATE INDEX undone_at_counter ON undone_events (counter, at);
"""


@steps()
def staff_actions(db: Database) -> None:
    """Hold, transfer, pause, undo and notes: a visit's earlier legs, what may still be undone, and what was."""
    for statement in _statements(_STAFF_ACTIONS):
        db.execute(statement)


_ACTION_REQUESTS = """
CREATE TABLE action_requests (
    counter INTEGER NOT NULL REFERENCES counters (number), request_key TEXT NOT NULL, action TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (counter, request_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_requests_by_time ON action_requests (at);
"""


@steps()
def action_requests_of_counters(db: Database) -> None:
    """A counter's action that is sent again after a cut line is known by its key."""
    for statement in _statements(_ACTION_REQUESTS):
        db.execute(statement)


_ALERTS = """
CREATE TABLE alert_rules (
    kind TEXT PRIMARY KEY, threshold REAL NOT NULL CHECK (threshold >= 0), clear_at REAL NOT NULL CHECK (clear_at BETWEEN 0 AND threshold),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)), seen_by TEXT NOT NULL CHECK (seen_by IN ('staff', 'floor')),
    sound INTEGER NOT NULL CHECK (sound IN (0, 1)), webhook INTEGER NOT NULL CHECK (webhook IN (0, 1))
) STRICT;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, cause TEXT NOT NULL, said TEXT NOT NULL, began_at REAL NOT NULL, calm_since REAL,
    seen_at REAL CHECK (seen_at >= began_at), seen_by TEXT, snoozed_until REAL, ended_at REAL CHECK (ended_at >= began_at),
    CHECK ((seen_at IS NULL) = (seen_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_alert_per_cause ON alerts (kind, cause) WHERE ended_at IS NULL;
CREATE INDEX alerts_by_beginning ON alerts (began_at);
CREATE TRIGGER alerts_end_for_good BEFORE UPDATE ON alerts WHEN OLD.ended_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'this alert has ended'); END;

CREATE TABLE webhooks (id INTEGER PRIMARY KEY CHECK (id = 1), url TEXT NOT NULL, secret TEXT NOT NULL) STRICT;

CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL REFERENCES alerts (id), step TEXT NOT NULL CHECK (step IN ('raised', 'seen', 'ended')),
    body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, error TEXT, UNIQUE (alert_id, step)
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'pending';

CREATE TABLE acts (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at REAL NOT NULL, by TEXT NOT NULL, data TEXT NOT NULL, expires_at REAL CHECK (expires_at > at),
    ended_at REAL CHECK (ended_at >= at)
) STRICT;
CREATE INDEX acts_running ON acts (expires_at) WHERE ended_at IS NULL;

CREATE TABLE staff_pages (
    id INTEGER PRIMARY KEY, staff_id INTEGER NOT NULL REFERENCES staff (id), counter INTEGER REFERENCES counters (number), at REAL NOT NULL,
    by TEXT NOT NULL, acknowledged_at REAL CHECK (acknowledged_at >= at)
) STRICT;
CREATE INDEX staff_pages_by_time ON staff_pages (at);

CREATE TABLE outlooks (question TEXT PRIMARY KEY, at REAL NOT NULL, seen TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE presence (device_id INTEGER PRIMARY KEY REFERENCES devices (id), seen_at REAL NOT NULL) STRICT;
"""


@steps()
def alerts(db: Database) -> None:
    """Alerts with one open one per cause, where they are sent, what the floor manager did, and what is foreseen."""
    for statement in _statements(_ALERTS):
        db.execute(statement)


_CHANGES_OF_SETTINGS = """
CREATE TABLE settings_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL UNIQUE REFERENCES events (seq),
    needs TEXT NOT NULL CHECK (needs IN ('counter', 'manager', 'admin')), changes TEXT NOT NULL CHECK (json_valid(changes)),
    undoes INTEGER UNIQUE REFERENCES settings_changes (id) CHECK (undoes < id)
) STRICT;
CREATE TRIGGER settings_changes_never_change BEFORE UPDATE ON settings_changes
    BEGIN SELECT RAISE(ABORT, 'what was changed stays as it was written'); END;
"""


@steps()
def changes_of_settings(db: Database) -> None:
    """What every change of settings was before and after it, each undone at most once."""
    for statement in _statements(_CHANGES_OF_SETTINGS):
        db.execute(statement)


@steps()
def hours_services_and_counters_of_a_store(db: Database) -> None:
    """A day may be open in several spans; a service may say more, stay off the kiosk, or retire, as a counter may."""
    stored = db.execute("SELECT value FROM settings WHERE key = 'hours'").fetchone()
    if stored is not None:
        days = [[day] if day else [] for day in json.loads(stored[0])]
        db.execute("UPDATE settings SET value = ? WHERE key = 'hours'", (json.dumps(days),))
    db.execute("ALTER TABLE services ADD COLUMN hint_zh TEXT")
    db.execute("ALTER TABLE services ADD COLUMN hint_en TEXT CHECK ((hint_en IS NULL) = (hint_zh IS NULL))")
    db.execute("ALTER TABLE services ADD COLUMN shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1))")
    db.execute("ALTER TABLE services ADD COLUMN retired_at REAL")
    db.execute("ALTER TABLE counters ADD COLUMN retired_at REAL CHECK (retired_at IS NULL OR state = 'closed')")
    for column in ("name_zh", "name_en", "where_zh", "where_en"):
        db.execute(f"ALTER TABLE counters ADD COLUMN {column} TEXT")


_STAFF_AND_DEVICES = """
ALTER TABLE staff ADD COLUMN retired_at REAL CHECK (retired_at IS NULL OR pin_hash IS NULL);
ALTER TABLE staff ADD COLUMN signed_in_at REAL;
CREATE TRIGGER the_last_administrator_stays BEFORE UPDATE OF role, retired_at ON staff
    WHEN OLD.role = 'admin' AND OLD.retired_at IS NULL AND (NEW.role <> 'admin' OR NEW.retired_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM staff WHERE role = 'admin' AND retired_at IS NULL AND id <> OLD.id)
    BEGIN SELECT RAISE(ABORT, 'a store has an administrator'); END;

ALTER TABLE sessions ADD COLUMN idle_s REAL NOT NULL DEFAULT 50400 CHECK (idle_s > 0);
ALTER TABLE sessions ADD COLUMN idle_until REAL NOT NULL DEFAULT 0;
UPDATE sessions SET idle_until = expires_at;
CREATE INDEX sessions_of_staff ON sessions (staff_id);

CREATE TABLE sign_in_tries (key TEXT PRIMARY KEY, tries INTEGER NOT NULL CHECK (tries > 0), ends_at REAL NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE second_factors (
    staff_id INTEGER PRIMARY KEY REFERENCES staff (id), secret BLOB NOT NULL, confirmed_at REAL, last_step INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE recovery_codes (
    staff_id INTEGER NOT NULL REFERENCES second_factors (staff_id) ON DELETE CASCADE, code_hash TEXT NOT NULL, used_at REAL,
    PRIMARY KEY (staff_id, code_hash)
) STRICT, WITHOUT ROWID;

ALTER TABLE presence ADD COLUMN page TEXT;
ALTER TABLE presence ADD COLUMN address TEXT;
"""


@steps()
def staff_and_devices(db: Database) -> None:
    """Staff who leave, sign-ins that end when unused, tries at a PIN, second factors, and where a device was seen."""
    for statement in _statements(_STAFF_AND_DEVICES):
        db.execute(statement)


_PHONES_AT_REST = """
DROP TRIGGER one_visit_at_a_time_new;
DROP TRIGGER one_visit_at_a_time;
DROP INDEX members_phone;
DROP INDEX appointments_phone;
ALTER TABLE members ADD COLUMN phone_hash BLOB;
ALTER TABLE members ADD COLUMN phone_sealed BLOB CHECK ((phone_sealed IS NULL) = (phone_hash IS NULL));
ALTER TABLE members ADD COLUMN gone_at REAL;
ALTER TABLE appointments ADD COLUMN phone_hash BLOB;
ALTER TABLE appointments ADD COLUMN phone_tail BLOB;
ALTER TABLE appointments ADD COLUMN phone_sealed BLOB
    CHECK ((phone_sealed IS NULL) = (phone_hash IS NULL) AND (phone_sealed IS NULL) = (phone_tail IS NULL));
ALTER TABLE appointments ADD COLUMN permission TEXT;
UPDATE members SET phone_hash = hash_phone(phone), phone_sealed = seal_phone(phone);
UPDATE appointments SET phone_hash = hash_phone(phone), phone_tail = hash_phone_tail(phone), phone_sealed = seal_phone(phone);
ALTER TABLE members DROP COLUMN phone;
ALTER TABLE appointments DROP COLUMN phone;
CREATE INDEX members_by_phone ON members (phone_hash);
CREATE INDEX members_gone ON members (gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX appointments_by_phone ON appointments (phone_hash);
CREATE TRIGGER one_visit_at_a_time_new BEFORE INSERT ON appointments WHEN NEW.state IN ('booked', 'checked_in')
BEGIN
    SELECT RAISE(ABORT, 'one phone, one visit at a time') FROM appointments a
    WHERE a.phone_hash = NEW.phone_hash AND a.code <> NEW.code AND a.state IN ('booked', 'checked_in')
        AND a.slot_at < NEW.slot_at + NEW.length_s AND a.slot_at + a.length_s > NEW.slot_at;
END;
CREATE TRIGGER one_visit_at_a_time BEFORE UPDATE OF phone_hash, slot_at, length_s, state ON appointments
WHEN NEW.state IN ('booked', 'checked_in')
    AND (NEW.phone_hash IS NOT OLD.phone_hash OR NEW.slot_at <> OLD.slot_at OR NEW.length_s <> OLD.length_s
        OR OLD.state NOT IN ('booked', 'checked_in'))
BEGIN
    SELECT RAISE(ABORT, 'one phone, one visit at a time') FROM appointments a
    WHERE a.phone_hash = NEW.phone_hash AND a.code <> NEW.code AND a.state IN ('booked', 'checked_in')
        AND a.slot_at < NEW.slot_at + NEW.length_s AND a.slot_at + a.length_s > NEW.slot_at;
END;

DROP TRIGGER events_never_change;
UPDATE appointments SET permission = said.words FROM (
    SELECT json_extract(data, '$.code') AS code, json_extract(data, '$.permission') AS words FROM events WHERE kind = 'appointment_booked'
) AS said WHERE said.code = appointments.code AND said.words IS NOT NULL;
UPDATE events SET data = json_set(data, '$.permission', json('true'))
WHERE kind = 'appointment_booked' AND json_extract(data, '$.permission') IS NOT NULL;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
WHEN NEW.seq <> OLD.seq OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind OR NEW.ticket IS NOT OLD.ticket OR NEW.counter IS NOT OLD.counter
    OR NEW.actor <> OLD.actor OR NEW.rule IS NOT OLD.rule OR OLD.kind NOT IN ('called', 'cancelled', 'abandoned', 'prioritised', 'reinstated')
    OR NEW.data <> json_replace(OLD.data, '$.chosen', '', '$.reason', '')
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE INDEX events_with_words ON events (at) WHERE kind IN ('called', 'cancelled', 'abandoned', 'prioritised', 'reinstated')
    AND coalesce(json_extract(data, '$.chosen'), json_extract(data, '$.reason'), '') <> '';

DROP TRIGGER perk_undone_for_good;
CREATE TRIGGER perk_undone_for_good
BEFORE UPDATE OF id, request_key, perk, quota, span, used_on, used_at, staff_id, ticket_id, counter, undone_at, undone_by ON perk_uses
WHEN OLD.undone_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'this use is undone already'); END;

CREATE TABLE upkeep (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO upkeep (name, value) SELECT 'clear_text_left', 'yes' WHERE EXISTS (SELECT 1 FROM members) OR EXISTS (SELECT 1 FROM appointments);
"""


@steps()
def phones_at_rest_and_retention(db: Database) -> None:
    """Phones are sealed, and hashed to be found; the journal holds no words about customers for good; data can be let go.

    The journal still only grows, but the words that staff typed may be emptied, and nothing else: its trigger says so.
    """
    for statement in _statements(_PHONES_AT_REST):
        db.execute(statement)


_READ_ALL_DAY = """
ALTER TABLE tickets ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE tickets SET revision = random() WHERE state = 'waiting';
CREATE TRIGGER a_new_ticket_is_a_revision AFTER INSERT ON tickets
    BEGIN UPDATE tickets SET revision = random() WHERE id = NEW.id; END;
CREATE TRIGGER a_changed_ticket_is_a_revision AFTER UPDATE ON tickets WHEN NEW.revision = OLD.revision
    BEGIN UPDATE tickets SET revision = random() WHERE id = NEW.id; END;
CREATE INDEX tickets_waiting ON tickets (id, revision) WHERE state = 'waiting';
CREATE INDEX tickets_held ON tickets (held_at, id) WHERE state = 'on_hold';
CREATE INDEX alerts_open ON alerts (id) WHERE ended_at IS NULL;
CREATE INDEX acts_open ON acts (id) WHERE ended_at IS NULL;
"""


@steps()
def read_all_day(db: Database) -> None:
    """What a ticket's row says has a number, never used again: who has read it need not read it anew. What is open is
    found without what is over.
    """
    for statement in _statements(_READ_ALL_DAY):
        db.execute(statement)


_STEPS_FROM_THE_FLOOR = """
CREATE TABLE steps_of_staff (
    id INTEGER PRIMARY KEY AUTOINCREMENT, counter INTEGER REFERENCES counters (number), action TEXT NOT NULL, ticket TEXT, at REAL NOT NULL,
    first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, changes TEXT NOT NULL
) STRICT;
INSERT INTO steps_of_staff SELECT id, counter, action, ticket, at, first_seq, last_seq, changes FROM steps;
DROP TABLE steps;
ALTER TABLE steps_of_staff RENAME TO steps;
CREATE INDEX steps_of_counter ON steps (counter, id);

CREATE TABLE undone_lines (
    seq INTEGER PRIMARY KEY REFERENCES events (seq), counter INTEGER REFERENCES counters (number), at REAL NOT NULL
) STRICT;
INSERT INTO undone_lines SELECT seq, counter, at FROM undone_events;
DROP TABLE undone_events;
ALTER TABLE undone_lines RENAME TO undone_events;
CREATE INDEX undone_at_counter ON undone_events (counter, at);

DROP TRIGGER events_never_change;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
WHEN NEW.seq <> OLD.seq OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind OR NEW.ticket IS NOT OLD.ticket OR NEW.counter IS NOT OLD.counter
    OR NEW.actor <> OLD.actor OR NEW.rule IS NOT OLD.rule
    OR OLD.kind NOT IN ('called', 'cancelled', 'abandoned', 'prioritised', 'placed', 'transferred', 'reinstated')
    OR NEW.data <> json_replace(OLD.data, '$.chosen', '', '$.reason', '')
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
DROP INDEX events_with_words;
CREATE INDEX events_with_words ON events (at)
    WHERE kind IN ('called', 'cancelled', 'abandoned', 'prioritised', 'placed', 'transferred', 'reinstated')
    AND coalesce(json_extract(data, '$.chosen'), json_extract(data, '$.reason'), '') <> '';
"""


@steps()
def steps_from_the_floor(db: Database) -> None:
    """What the floor manager does to a number is undone like what a counter does, at no counter; why a number was placed
    or moved can be emptied from the journal.
    """
    for statement in _statements(_STEPS_FROM_THE_FLOOR):
        db.execute(statement)


_CHAIN = """
CREATE TABLE chain_link (
    id INTEGER PRIMARY KEY CHECK (id = 1), url TEXT NOT NULL, token TEXT NOT NULL, authority TEXT, staff_names INTEGER NOT NULL CHECK (staff_names IN (0, 1)),
    joined_at REAL NOT NULL, incarnation INTEGER NOT NULL DEFAULT 0, acked INTEGER NOT NULL DEFAULT 0, told_at REAL, trouble TEXT
) STRICT;

CREATE TABLE chain_mail (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('applied', 'refused')), answer TEXT NOT NULL,
    at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;
CREATE INDEX chain_mail_untold ON chain_mail (id) WHERE told = 0;
"""


@steps()
def chain_of_stores(db: Database) -> None:
    """The link of a store that belongs to a chain, and what the head office asked of it: each thing once."""
    for statement in _statements(_CHAIN):
        db.execute(statement)


_BOOKED_ELSEWHERE = """
CREATE TABLE chain_places (
    slot_at REAL NOT NULL, services TEXT NOT NULL, length_s REAL NOT NULL CHECK (length_s > 0),
    granted INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0), returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (slot_at, services), CHECK (used + returned <= granted)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote_tickets (
    code TEXT PRIMARY KEY, service TEXT NOT NULL REFERENCES services (code), language TEXT NOT NULL, taken_at REAL NOT NULL, expires_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'checked_in', 'expired', 'given_back')),
    ticket_id INTEGER REFERENCES tickets (id), CHECK (expires_at >= taken_at), CHECK ((state = 'checked_in') = (ticket_id IS NOT NULL))
) STRICT;
CREATE INDEX remote_tickets_kept ON remote_tickets (expires_at) WHERE state = 'kept';

CREATE TABLE chain_visits (
    ref INTEGER PRIMARY KEY, appointment TEXT UNIQUE REFERENCES appointments (code), remote TEXT UNIQUE REFERENCES remote_tickets (code),
    told TEXT, is_over INTEGER NOT NULL DEFAULT 0 CHECK (is_over IN (0, 1)), CHECK ((appointment IS NULL) <> (remote IS NULL))
) STRICT;
CREATE INDEX chain_visits_open ON chain_visits (ref) WHERE is_over = 0;
"""


@steps()
def booked_elsewhere(db: Database) -> None:
    """Places of slots that are held for the head office, visits that were booked there, and places kept in line."""
    for statement in _statements(_BOOKED_ELSEWHERE):
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


def pending(conn: sqlite3.Connection) -> list[str]:
    """The steps that this program knows and the database has not seen yet."""
    return [step.name for step in steps.pending(Database(conn))]


def unknown(conn: sqlite3.Connection) -> list[str]:
    """The steps that a newer program has applied to this database, and this one does not know."""
    known = {step.name for step in _every_step()}
    return [step.name for step in steps.applied(Database(conn)) if step.name not in known]


def _every_step() -> list[Any]:
    return steps.pending(Database(memory=True))
