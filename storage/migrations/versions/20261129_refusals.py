"""How many requests each tenant had to refuse within the hour is counted

Revision: e5c1a9d07b36, after e81c4b07d5f2
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "e5c1a9d07b36"
down_revision: str | None = "e81c4b07d5f2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "refusalrow",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_key", sa.String(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refusalrow"),
    )
    op.create_index("ix_refusalrow_tenant_key", "refusalrow", ["tenant_key"])


def downgrade() -> None:
    op.drop_table("refusalrow")
