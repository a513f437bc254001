"""Writes into the history what whoever operates the app has done to a link by command."""

from __future__ import annotations

import getpass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from storage import audit_log as audit
from storage import links as store

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
