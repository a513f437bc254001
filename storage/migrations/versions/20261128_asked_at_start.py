"""What is asked at every start, the profiles in use and the blocked links, has indexes

Revision: 3c9f07b1d6e8, after b7e2d15f9a40
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3c9f07b1d6e8"
down_revision: str | None = "b7e2d15f9a40"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BLOCKED = sa.text("blocked IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_linkrow_profile", "linkrow", ["profile"])
    op.create_index("ix_linkrow_blocked", "linkrow", ["blocked"], sqlite_where=BLOCKED, postgresql_where=BLOCKED)


def downgrade() -> None:
    op.drop_index("ix_linkrow_blocked", "linkrow")
    op.drop_index("ix_linkrow_profile", "linkrow")
