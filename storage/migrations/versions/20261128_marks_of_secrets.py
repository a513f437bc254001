"""A keyed hash beside each sealed secret; one that was sealed before is known again once it is entered anew

Revision: 5d0c9b7f2e14, after e81f4a2c7b06
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5d0c9b7f2e14"
down_revision: str | None = "e81f4a2c7b06"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("secretrow", sa.Column("mark", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("secretrow") as table:
        table.drop_column("mark")
