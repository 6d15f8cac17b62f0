"""What the public books: places that stores hold, visits, and what takes a place."""

from alembic import op

revision = "0003"
down_revision = "0002"

_SCHEMA = """
CREATE TABLE places (
    store integer NOT NULL REFERENCES stores (id), slot_at double precision NOT NULL, services text NOT NULL,
    length_s double precision NOT NULL, until double precision NOT NULL,
    granted bigint NOT NULL, booked bigint NOT NULL DEFAULT 0 CHECK (booked >= 0), returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (store, slot_at, services), CONSTRAINT no_more_than_granted CHECK (booked + returned <= granted)
);

CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token text NOT NULL UNIQUE, request_key text NOT NULL UNIQUE,
    store integer NOT NULL REFERENCES stores (id), kind text NOT NULL CHECK (kind IN ('booking', 'remote')), code text NOT NULL,
    service text NOT NULL, slot_at double precision, language text NOT NULL, phone text NOT NULL DEFAULT '', walk_s integer,
    state text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'refused', 'booked', 'kept', 'checked_in', 'called', 'completed', 'no_show', 'cancelled', 'expired')),
    made_at timestamptz NOT NULL DEFAULT now(), told_at timestamptz, told jsonb, change text CHECK (change IN ('move', 'cancel')), refusal jsonb,
    CHECK ((kind = 'booking') = (slot_at IS NOT NULL))
);
CREATE INDEX visits_made ON visits (made_at);

CREATE TABLE claims (
    store integer NOT NULL, mail bigint NOT NULL, visit bigint NOT NULL REFERENCES visits (id), slot_at double precision, services text, service text,
    PRIMARY KEY (store, mail), FOREIGN KEY (store, mail) REFERENCES mail (store, id),
    FOREIGN KEY (store, slot_at, services) REFERENCES places (store, slot_at, services)
);
CREATE INDEX claims_of_visits ON claims (visit);
CREATE INDEX claims_on_places ON claims (store, slot_at, services);
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
