"""Secrets of the app's own; the length of a wrapped data key stands before it, as a key service makes longer ones

Revision: c7d20b64e913, after a41c7e9d2f58
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c7d20b64e913"
down_revision: str | None = "a41c7e9d2f58"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LOCAL = 60

secrets = sa.table("secretrow", sa.column("id", sa.String()), sa.column("sealed", sa.LargeBinary()))


def upgrade() -> None:
    _change(_with_length)
    with op.batch_alter_table("secretrow") as table:
        table.alter_column("link_id", existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM secretrow WHERE link_id IS NULL")
    _change(_without_length)
    with op.batch_alter_table("secretrow") as table:
        table.alter_column("link_id", existing_type=sa.String(), nullable=False)


def _change(change: Callable[[bytes], bytes]) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(secrets.c.id, secrets.c.sealed)).all()
    for row in rows:
        connection.execute(secrets.update().where(secrets.c.id == row.id).values(sealed=change(bytes(row.sealed))))


def _with_length(sealed: bytes) -> bytes:
    end = 2 + sealed[1]
    return b"\x02" + sealed[1:end] + LOCAL.to_bytes(2) + sealed[end:]


def _without_length(sealed: bytes) -> bytes:
    end = 2 + sealed[1]
    if int.from_bytes(sealed[end : end + 2]) != LOCAL:
        raise RuntimeError("a key service wraps some secrets; put a key of your own first and run rotate-keys")
    return b"\x01" + sealed[1:end] + sealed[end + 2 :]
