"""Files of settings that reach chosen stores in stages."""

from alembic import op

revision = "0004"
down_revision = "0003"

_SCHEMA = """
CREATE TABLE rollouts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, toml text NOT NULL, made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(), stages integer NOT NULL CHECK (stages >= 1),
    stage integer NOT NULL DEFAULT 0 CHECK (stage BETWEEN 0 AND stages), stopped_by text
);

CREATE TABLE rollout_stores (
    rollout integer NOT NULL REFERENCES rollouts (id), store integer NOT NULL REFERENCES stores (id), stage integer NOT NULL CHECK (stage >= 1),
    preview bigint NOT NULL, applied bigint, PRIMARY KEY (rollout, store),
    FOREIGN KEY (store, preview) REFERENCES mail (store, id), FOREIGN KEY (store, applied) REFERENCES mail (store, id)
);
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
