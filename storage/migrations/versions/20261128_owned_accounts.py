"""A link says which Workday account it has proved; one that was proved before says so after its next check

Revision: 0b7e6d19c4f5, after 5d0c9b7f2e14
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0b7e6d19c4f5"
down_revision: str | None = "5d0c9b7f2e14"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("linkrow", sa.Column("account_key", sa.String(), nullable=True))
    op.create_index("ix_linkrow_account_key", "linkrow", ["account_key"])


def downgrade() -> None:
    op.drop_index("ix_linkrow_account_key", "linkrow")
    with op.batch_alter_table("linkrow") as table:
        table.drop_column("account_key")
