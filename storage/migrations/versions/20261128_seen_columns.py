"""What our own people sort and search links by has columns of its own

Revision: d41e7a90c5b2, after 9a6d2e84c1f7
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "d41e7a90c5b2"
down_revision: str | None = "9a6d2e84c1f7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNSEEN = sa.text("state IS NULL")
TEXTS = ("state", "turn", "owner", "customer")
DAYS = ("due", "approval")


def upgrade() -> None:
    # They are filled when the app starts: what a state is read from is for the app to know.
    with op.batch_alter_table("linkrow") as table:
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        table.add_column(sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        for name in DAYS:
            table.add_column(sa.Column(name, sa.Date(), nullable=True))
    op.create_index("ix_linkrow_team_id_turn_since_id", "linkrow", ["team_id", "turn", "since", "id"])
    op.create_index("ix_linkrow_unseen", "linkrow", ["id"], sqlite_where=UNSEEN, postgresql_where=UNSEEN)


def downgrade() -> None:
    op.drop_index("ix_linkrow_unseen", "linkrow")
    op.drop_index("ix_linkrow_team_id_turn_since_id", "linkrow")
    with op.batch_alter_table("linkrow") as table:
        for name in (*TEXTS, "since", *DAYS):
            table.drop_column(name)
