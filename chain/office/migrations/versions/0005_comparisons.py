"""What stores have set otherwise than one of them."""

from alembic import op

revision = "0005"
down_revision = "0004"

_SCHEMA = """
CREATE TABLE comparisons (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reference integer NOT NULL REFERENCES stores (id), asked bigint NOT NULL,
    made_by text NOT NULL, made_at timestamptz NOT NULL DEFAULT now(), toml text,
    UNIQUE (reference, asked), FOREIGN KEY (reference, asked) REFERENCES mail (store, id)
);

CREATE TABLE comparison_stores (
    comparison integer NOT NULL REFERENCES comparisons (id), store integer NOT NULL REFERENCES stores (id), asked bigint,
    PRIMARY KEY (comparison, store), UNIQUE (store, asked), FOREIGN KEY (store, asked) REFERENCES mail (store, id)
);
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
