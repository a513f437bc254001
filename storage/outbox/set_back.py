"""Owns what a clock that was set back leaves behind outside of links; no moment lies further ahead than it can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy
from sqlmodel import Session, col, delete

from storage import heartbeats as pulse
from storage.changes import change
from storage.form_tokens import LIFE
from storage.outbox.errands import LONGEST_WAIT
from storage.tables import (
    CLAIMABLE,
    DigestRow,
    ErrandRow,
    GateRow,
    InboxRow,
    LoginRow,
    PulseRow,
    RefusalRow,
    Row,
    TicketRow,
    table_of,
)

APART: Final = timedelta(minutes=5)
"""How far apart the clocks of two processes may be; further, and Slack's signatures look outdated to one of them."""

LONGEST_PUT_OFF: Final = LONGEST_WAIT + APART
"""How far ahead an errand may wait, as the clock of another process puts it off."""

LONGEST_REST: Final = timedelta(days=1)
"""From one digest to the next; before a weekend it is looked once more whether there is any news."""

_ERRAND: Final = table_of(ErrandRow)
# The conditions are those of an index.
_PUT_OFF: Final = (
    sqlalchemy.select(_ERRAND.c.seq).where(CLAIMABLE, _ERRAND.c.run_at > sqlalchemy.bindparam("latest")).limit(1)
)
_NEWEST: Final = sqlalchemy.select(_ERRAND.c.created_at).order_by(_ERRAND.c.seq.desc()).limit(20)
"""What was written last; more than one, as some of it may have been written since."""

_MOMENTS: Final[tuple[tuple[type[Row], str, timedelta], ...]] = (
    (ErrandRow, "created_at", APART),
    (ErrandRow, "first_try_at", APART),
    (ErrandRow, "settled_at", APART),
    (ErrandRow, "audited_at", APART),
    (ErrandRow, "run_at", LONGEST_PUT_OFF),
    (GateRow, "used_at", APART),
    (LoginRow, "at", APART),
    (RefusalRow, "at", APART),
    (InboxRow, "received_at", APART),
    (PulseRow, "at", APART),
    (DigestRow, "due_at", LONGEST_REST),
)
"""Each moment that is waited for or counted from, and how far ahead it may lie."""


def is_set_back(session: Session, now: datetime) -> bool:
    """Tell whether the last tick of any process, or what is to be done, lies further ahead than clocks may differ."""
    last = pulse.last_beat(session, pulse.TICKER)
    if last is not None and last > now + APART:
        return True
    # Between two ticks a clock can run ahead and back, and leave something nevertheless.
    newest = session.connection().execute(_NEWEST).scalars()
    if any(moment > now + APART for moment in newest):
        return True
    return session.connection().execute(_PUT_OFF, {"latest": now + LONGEST_PUT_OFF}).first() is not None


def mend(session: Session, now: datetime) -> None:
    """Bring back all moments but those of links; what the wrong time has already done stays done."""
    connection = session.connection()
    for row, name, most in _MOMENTS:
        moment = table_of(row).c[name]
        connection.execute(sqlalchemy.update(table_of(row)).where(moment > now + most).values({name: now}))
    change(session, delete(TicketRow).where(col(TicketRow.until) > now + LIFE + APART))
