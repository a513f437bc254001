"""Secrets of the app's own; what older releases sealed opens as it is

Revision: c7d20b64e913, after a41c7e9d2f58
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c7d20b64e913"
down_revision: str | None = "a41c7e9d2f58"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LOCAL = 60

secrets = sa.table("secretrow", sa.column("id", sa.String()), sa.column("sealed", sa.LargeBinary()))


def upgrade() -> None:
    with op.batch_alter_table("secretrow") as table:
        table.alter_column("link_id", existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM secretrow WHERE link_id IS NULL")
    connection = op.get_bind()
    for row in connection.execute(sa.select(secrets.c.id, secrets.c.sealed)).all():
        older = _without_length(bytes(row.sealed))
        connection.execute(secrets.update().where(secrets.c.id == row.id).values(sealed=older))
    with op.batch_alter_table("secretrow") as table:
        table.alter_column("link_id", existing_type=sa.String(), nullable=False)


def _without_length(sealed: bytes) -> bytes:
    end = 2 + sealed[1]
    if sealed[:1] == b"\x01":
        return sealed
    if int.from_bytes(sealed[end : end + 2]) != LOCAL:
        raise RuntimeError("a key service wraps some secrets; put a key of your own first and run rotate-keys")
    return b"\x01" + sealed[1:end] + sealed[end + 2 :]
