"""Opens the database for a verb of the command, and writes into the history what was done by it; does no verb."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from bot.clock import clock_of
from bot.config.settings import Settings
from storage import audit_log as audit
from storage import links as store
from storage.credentials.audit_key import arm
from storage.database.transactions import Database

Say = Callable[[str], None]
"""Prints a line of the answer."""

APP = "app"
"""The history of what was done to all links at once."""


class Deed(StrEnum):
    """What an operator has done; the words for each are `past.operator.<deed>`, with `_` for `-`."""

    EXPORT = "export"
    AUDIT_EXPORT = "audit-export"
    SHEET = "sheet"
    SHOW = "show"
    DOCTOR = "doctor"
    FORGET = "forget"
    ROTATE_KEYS = "rotate-keys"
    RESTORE = "restore"


def note(session: Session, link_id: str, what: Deed, now: datetime) -> None:
    """Add a line about one link, or about all of them under `APP`; the account on this machine is who did it."""
    if link_id != APP:
        store.lock(session, link_id)
    try:
        who = getpass.getuser()
    except (OSError, KeyError):
        who = "unknown"
    audit.append(session, link_id, at=now, actor=who, team="", role="operator", what=f"operator.{what}", detail={})


def now_of(settings: Settings) -> datetime:
    """Return the moment it is."""
    return clock_of(settings.clock_file)()


@contextlib.contextmanager
def recorded(settings: Settings) -> Iterator[Database]:
    """Open the database with the key of the audit, so that what is done through it is sealed."""
    with contextlib.closing(Database(settings.database_url)) as database:
        arm(database, settings.key_ring, now_of(settings))
        yield database
