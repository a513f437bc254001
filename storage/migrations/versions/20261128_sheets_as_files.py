"""The list for an approval is an errand of its own, so that one that waits is sent as files

Revision: 9a6d2e84c1f7, after 3c9f07b1d6e8
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "9a6d2e84c1f7"
down_revision: str | None = "3c9f07b1d6e8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SAID = '{"key":"say.sheet","names":{},"broadcast":false}'


def upgrade() -> None:
    op.get_bind().execute(
        sa.text("UPDATE errandrow SET kind = 'SendSheet', payload = '{}' WHERE kind = 'Say' AND payload LIKE :said"),
        {"said": '%"key":"say.sheet"%'},
    )


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("UPDATE errandrow SET kind = 'Say', payload = :said WHERE kind = 'SendSheet'"), {"said": SAID}
    )
