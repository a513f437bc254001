"""Unfinished links are woken first, which takes an index of their own

Revision: b7e2d15f9a40, after 8e1b5c03d7a6
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7e2d15f9a40"
down_revision: str | None = "8e1b5c03d7a6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNFINISHED = sa.text("status != 'linked'")


def upgrade() -> None:
    op.create_index(
        "ix_linkrow_unfinished",
        "linkrow",
        ["wake_at", "id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def downgrade() -> None:
    op.drop_index("ix_linkrow_unfinished", "linkrow")
