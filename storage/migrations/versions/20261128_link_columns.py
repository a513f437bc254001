"""What is asked of many links at once has a column or an index of its own, so that no document is read for it

Revision: e81f4a2c7b06, after c7d20b64e913
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "e81f4a2c7b06"
down_revision: str | None = "c7d20b64e913"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

READ = {"sqlite": "json_extract(document, '$.{}')", "postgresql": "document::json #>> string_to_array('{}', '.')"}


def upgrade() -> None:
    with op.batch_alter_table("linkrow") as table:
        table.add_column(sa.Column("profile", sa.String(), nullable=True))
        table.add_column(sa.Column("blocked", sa.String(), nullable=True))
        table.add_column(sa.Column("erase", sa.Boolean(), nullable=False, server_default=sa.false()))
    field = READ[op.get_bind().dialect.name].format
    # The first documents were the bare value, without a schema, and had no set-up of their own.
    profile = f"COALESCE({field('value.setup.profile')}, {field('profile')}, '')"
    blocked, erase = (f"COALESCE({field(f'value.{name}')}, {field(name)})" for name in ("blocked", "erase"))
    op.execute(f"UPDATE linkrow SET profile = {profile}, blocked = {blocked}")
    # SQLite reads true as 1, PostgreSQL as the word.
    op.execute(f"UPDATE linkrow SET erase = (1 = 1) WHERE CAST({erase} AS VARCHAR) IN ('1', 'true')")
    op.drop_index("ix_linkrow_endpoint_key", "linkrow")
    op.drop_index("ix_linkrow_wake_at", "linkrow")
    with op.batch_alter_table("linkrow") as table:
        table.alter_column("profile", existing_type=sa.String(), nullable=False)
    op.create_index("ix_linkrow_team_id_endpoint_key", "linkrow", ["team_id", "endpoint_key"])
    op.create_index("ix_linkrow_wake_at_id", "linkrow", ["wake_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_linkrow_team_id_endpoint_key", "linkrow")
    op.drop_index("ix_linkrow_wake_at_id", "linkrow")
    with op.batch_alter_table("linkrow") as table:
        for name in ("profile", "blocked", "erase"):
            table.drop_column(name)
    op.create_index("ix_linkrow_endpoint_key", "linkrow", ["endpoint_key"])
    op.create_index("ix_linkrow_wake_at", "linkrow", ["wake_at"])
