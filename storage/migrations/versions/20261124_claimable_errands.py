"""The index by time holds only what can be claimed, so that no plan takes it for the one by lane

Revision: 5d3f0b6c2a17, after 19cbc28ce6cb
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5d3f0b6c2a17"
down_revision: str | None = "19cbc28ce6cb"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_errandrow_run_at"


def upgrade() -> None:
    _replace("settled_at IS NULL AND state != 'held'")


def downgrade() -> None:
    _replace("settled_at IS NULL")


def _replace(condition: str) -> None:
    op.drop_index(INDEX, "errandrow")
    where = sa.text(condition)
    op.create_index(INDEX, "errandrow", ["run_at", "seq"], sqlite_where=where, postgresql_where=where)
