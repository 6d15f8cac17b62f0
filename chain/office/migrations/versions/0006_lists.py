"""Lists of members that reach stores as files of settings do; each is kept until no store needs it any more."""

from alembic import op

revision = "0006"
down_revision = "0005"

_SCHEMA = """
ALTER TABLE rollouts ADD COLUMN kind text NOT NULL DEFAULT 'settings' CHECK (kind IN ('settings', 'members')), ADD COLUMN body jsonb;
UPDATE rollouts SET body = jsonb_build_object('toml', toml);
ALTER TABLE rollouts ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN body SET NOT NULL, DROP COLUMN toml;

CREATE TABLE lists (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rollout integer UNIQUE REFERENCES rollouts (id),
    content bytea NOT NULL, kept_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE lists ALTER COLUMN content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_SCHEMA)
