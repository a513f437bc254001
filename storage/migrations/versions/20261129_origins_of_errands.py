"""An errand knows the request that it comes from

Revision: d2a7f46b9c13, after c93d5e17a0b4
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "d2a7f46b9c13"
down_revision: str | None = "c93d5e17a0b4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("errandrow", sa.Column("origin", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("errandrow", "origin")
