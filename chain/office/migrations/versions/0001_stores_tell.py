"""Stores, what they told, and what they are asked."""

from alembic import op

revision = "0001"
down_revision = None

_SCHEMA = """
CREATE TABLE stores (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, region text NOT NULL DEFAULT '',
    token_hash bytea UNIQUE, added_at timestamptz NOT NULL DEFAULT now(),
    standing text NOT NULL DEFAULT 'expected' CHECK (standing IN ('expected', 'joined', 'parted', 'left')),
    line text, incarnation integer NOT NULL DEFAULT 1 CHECK (incarnation >= 1), since bigint NOT NULL DEFAULT 0,
    acked bigint NOT NULL DEFAULT 0, common bigint, newest bigint NOT NULL DEFAULT 0, heard_at timestamptz,
    name_zh text NOT NULL DEFAULT '', name_en text NOT NULL DEFAULT '', timezone text NOT NULL DEFAULT '', program text NOT NULL DEFAULT '',
    last_mail bigint NOT NULL DEFAULT 0,
    CHECK (acked >= since), CHECK ((standing = 'parted') = (common IS NOT NULL)), CHECK (standing <> 'left' OR token_hash IS NULL)
);

CREATE TABLE incarnations (
    store integer NOT NULL REFERENCES stores (id), incarnation integer NOT NULL, since bigint NOT NULL, ended_at bigint,
    accepted_by text NOT NULL, accepted_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (store, incarnation)
);

CREATE TABLE events (
    store integer NOT NULL, incarnation integer NOT NULL, seq bigint NOT NULL, at double precision NOT NULL,
    kind text NOT NULL, ticket text, counter integer, actor text NOT NULL, rule text, data jsonb NOT NULL,
    PRIMARY KEY (store, incarnation, seq, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_other PARTITION OF events DEFAULT;

CREATE TABLE moments (
    store integer PRIMARY KEY REFERENCES stores (id), seq bigint NOT NULL, told_at timestamptz NOT NULL, body jsonb NOT NULL
);
CREATE INDEX moments_told ON moments (told_at);

CREATE TABLE mail (
    store integer NOT NULL REFERENCES stores (id), id bigint NOT NULL, kind text NOT NULL, body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applied', 'refused')),
    sent_at timestamptz NOT NULL DEFAULT now(), sent_by text NOT NULL, seq bigint, code text, reason text, result jsonb, answered_at timestamptz,
    PRIMARY KEY (store, id), CHECK ((state = 'pending') = (answered_at IS NULL))
);
CREATE INDEX mail_pending ON mail (store, id) WHERE state = 'pending';

CREATE TABLE people (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')), password_hash text NOT NULL, sign_ins integer NOT NULL DEFAULT 1
);

CREATE TABLE secrets (name text PRIMARY KEY, value text NOT NULL);
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
