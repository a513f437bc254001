"""Counts transactions, SQL statements and time of what runs in this process; knows nothing of what is counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, event

REST_SECONDS = 0.3


@dataclass(slots=True)
class Counts:
    """What one piece of work has cost; statements are those the driver is given, without BEGIN."""

    transactions: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0

    async def rest(self) -> None:
        """Wait until nothing has been committed for a while; to ask the database would be counted."""
        seen = -1
        while seen != self.transactions:
            seen = self.transactions
            await asyncio.sleep(REST_SECONDS)


@contextmanager
def counted(counts: Counts) -> Iterator[None]:
    """Count what every database engine of this process does meanwhile."""

    def commit(_: Connection) -> None:
        counts.transactions += 1

    def statement(_c: Connection, _u: object, text: str, _p: object, _x: object, _m: bool) -> None:  # noqa: FBT001
        if not text.startswith("BEGIN"):
            counts.statements[" ".join(text.split())] += 1

    event.listen(Engine, "commit", commit)
    event.listen(Engine, "before_cursor_execute", statement)
    cpu = time.process_time()
    try:
        yield
    finally:
        counts.cpu = time.process_time() - cpu
        event.remove(Engine, "commit", commit)
        event.remove(Engine, "before_cursor_execute", statement)
