"""What stores tell of their past days, and the figures rolled up from it."""

from alembic import op

revision = "0002"
down_revision = "0001"

_SCHEMA = """
CREATE TABLE day_facts (
    store integer NOT NULL REFERENCES stores (id), day date NOT NULL, form integer NOT NULL,
    tickets bytea NOT NULL, posts bytea NOT NULL, about text NOT NULL, told_at timestamptz NOT NULL DEFAULT now(),
    booked integer NOT NULL, completed integer NOT NULL, no_show integer NOT NULL, cancelled integer NOT NULL,
    PRIMARY KEY (store, day)
) PARTITION BY RANGE (day);

CREATE INDEX day_facts_by_day ON day_facts (day);

CREATE TABLE day_figures (
    store integer NOT NULL, day date NOT NULL, kind text NOT NULL, key text NOT NULL,
    issued integer NOT NULL, served integer NOT NULL, no_show integer NOT NULL, abandoned integer NOT NULL, expired integer NOT NULL,
    called integer NOT NULL, wait_s double precision NOT NULL, left_s double precision NOT NULL,
    walks integer NOT NULL, walk_s double precision NOT NULL,
    handled integer NOT NULL, handling_s double precision NOT NULL, work_s double precision NOT NULL,
    vip_kept integer NOT NULL, vip_missed integer NOT NULL, appointment_kept integer NOT NULL, appointment_missed integer NOT NULL,
    overtaken integer NOT NULL, overtakes integer NOT NULL, overtakes_max integer NOT NULL, longest_run integer NOT NULL,
    quotes integer NOT NULL, error_s double precision NOT NULL, bias_s double precision NOT NULL, covered integer NOT NULL,
    ratings integer NOT NULL, score integer NOT NULL,
    open_s double precision NOT NULL, paused_s double precision NOT NULL, busy_s double precision NOT NULL, hours integer NOT NULL,
    waits bytea NOT NULL, cells bytea NOT NULL,
    PRIMARY KEY (store, day, kind, key)
) PARTITION BY RANGE (day);

CREATE TABLE promise_figures (
    store integer NOT NULL, day date NOT NULL, class text NOT NULL, tier text NOT NULL,
    came integer NOT NULL, kept integer NOT NULL, missed integer NOT NULL, targets integer NOT NULL, on_target integer NOT NULL,
    called integer NOT NULL, wait_s double precision NOT NULL, wait_max_s double precision NOT NULL,
    stepped_back integer NOT NULL, no_counter integer NOT NULL, called_late integer NOT NULL, reserved integer NOT NULL,
    others_first integer NOT NULL, paused integer NOT NULL, demand integer NOT NULL,
    PRIMARY KEY (store, day, class, tier)
) PARTITION BY RANGE (day);

CREATE TABLE misses (
    store integer NOT NULL, day date NOT NULL, number text NOT NULL, class text NOT NULL, tier text, service text NOT NULL,
    since double precision NOT NULL, limit_s integer NOT NULL, waited_s integer, counter integer, state text NOT NULL, cause text NOT NULL,
    PRIMARY KEY (store, day, number)
) PARTITION BY RANGE (day);

CREATE TABLE words (kind text NOT NULL, code text NOT NULL, zh text NOT NULL, en text NOT NULL, PRIMARY KEY (kind, code));
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
