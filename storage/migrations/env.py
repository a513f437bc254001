"""Hands Alembic the connection that `storage.migrate` opened; it reads no address and no file of its own."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from storage.tables import Row


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write plain strings as such, so that a migration does not depend on a library's own type for them."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


for table in Row.metadata.tables.values():
    for index in table.indexes:
        # Said of the tables themselves, every process would load all of a database that most of them have not.
        if "sqlite_where" in index.dialect_kwargs:
            index.dialect_kwargs["postgresql_where"] = index.dialect_kwargs["sqlite_where"]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
