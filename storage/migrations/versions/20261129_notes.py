"""Our own people keep notes about a link, apart from it

Revision: c93d5e17a0b4, after 4f0a8b61d2e7
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "c93d5e17a0b4"
down_revision: str | None = "4f0a8b61d2e7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "noterow",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["linkrow.id"], name="fk_noterow_link_id_linkrow"),
        sa.PrimaryKeyConstraint("number", name="pk_noterow"),
    )
    op.create_index("ix_noterow_link_id", "noterow", ["link_id"])


def downgrade() -> None:
    op.drop_table("noterow")
