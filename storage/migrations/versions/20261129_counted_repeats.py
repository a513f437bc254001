"""What is repeated is counted in one row

Revision: 4f0a8b61d2e7, after 7be2c05d91af
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "4f0a8b61d2e7"
down_revision: str | None = "7be2c05d91af"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("inboxrow", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("inboxrow", "times")
