"""Errands remember that they may have been sent; notices to staff get a lane of their own

Revision: 19cbc28ce6cb, after 874de937bb9c
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "19cbc28ce6cb"
down_revision: str | None = "874de937bb9c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_errandrow_audit"


def upgrade() -> None:
    op.drop_index(INDEX, "errandrow")
    op.add_column("errandrow", sa.Column("doubtful", sa.Boolean(), server_default=sa.false(), nullable=False))
    # Until now every second try counted as doubtful, and which of them really were is not known.
    op.execute("UPDATE errandrow SET doubtful = true WHERE tries > 1")
    op.execute("UPDATE errandrow SET lane = 'staff' WHERE kind = 'TellStaff'")
    unaudited = sa.text("audited_at IS NULL AND doubtful")
    op.create_index(INDEX, "errandrow", ["settled_at"], sqlite_where=unaudited, postgresql_where=unaudited)


def downgrade() -> None:
    op.drop_index(INDEX, "errandrow")
    op.execute("UPDATE errandrow SET lane = 'slack' WHERE lane = 'staff'")
    op.execute("ALTER TABLE errandrow DROP COLUMN doubtful")
    unaudited = sa.text("audited_at IS NULL AND tries > 1")
    op.create_index(INDEX, "errandrow", ["settled_at"], sqlite_where=unaudited, postgresql_where=unaudited)
