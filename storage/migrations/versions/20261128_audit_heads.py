"""The sealed end of each link's history; the app seals what is there at its first start with it

Revision: 8e1b5c03d7a6, after 0b7e6d19c4f5
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8e1b5c03d7a6"
down_revision: str | None = "0b7e6d19c4f5"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "headrow",
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name="pk_headrow"),
    )


def downgrade() -> None:
    op.drop_table("headrow")
