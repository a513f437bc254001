"""Leave to send one form from a web page

Revision: a41c7e9d2f58, after 5d3f0b6c2a17
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "a41c7e9d2f58"
down_revision: str | None = "5d3f0b6c2a17"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ticketrow",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["linkrow.id"], name=op.f("fk_ticketrow_link_id_linkrow")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ticketrow")),
    )
    op.create_index(op.f("ix_ticketrow_link_id"), "ticketrow", ["link_id"])
    op.create_index(op.f("ix_ticketrow_until"), "ticketrow", ["until"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ticketrow_until"), table_name="ticketrow")
    op.drop_index(op.f("ix_ticketrow_link_id"), table_name="ticketrow")
    op.drop_table("ticketrow")
