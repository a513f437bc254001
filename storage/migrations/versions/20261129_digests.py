"""Each of our own people has a digest in their own zone, and what it said is remembered

Revision: 7be2c05d91af, after d41e7a90c5b2
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "7be2c05d91af"
down_revision: str | None = "d41e7a90c5b2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "digestrow",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_digestrow"),
    )
    op.create_table(
        "toldrow",
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["linkrow.id"], name="fk_toldrow_link_id_linkrow"),
        sa.PrimaryKeyConstraint("link_id", name="pk_toldrow"),
    )
    op.create_index("ix_toldrow_who", "toldrow", ["who"])
    op.create_index("ix_toldrow_at", "toldrow", ["at"])
    op.create_index("ix_linkrow_owner_id", "linkrow", ["owner", "id"])
    # The one digest of all for everybody is none any more.
    op.execute(sa.text("DELETE FROM pulserow WHERE name = 'digest'"))


def downgrade() -> None:
    op.drop_index("ix_linkrow_owner_id", "linkrow")
    op.drop_table("toldrow")
    op.drop_table("digestrow")
