"""The end of each history is sealed: to cut it or to make it anew shows without an export, and without its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, delete, select, update

from storage import audit_log as audit
from storage.audit_log import Flaw
from storage.credentials import audit_key
from storage.credentials.keyring import KeyRing, new_key
from storage.tables import AuditRow, HeadRow, SecretRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link
    from storage.database.transactions import Database

RING = KeyRing.parse(new_key("k1"))


def note(session: Session, link_id: str, at: datetime, what: str = "pressed") -> None:
    audit.append(session, link_id, at=at, actor="U1", team="T1", role="admin", what=what, detail={})


def three(session: Session, link_id: str, at: datetime, what: str = "step") -> None:
    for number in range(3):
        note(session, link_id, at, f"{what} {number}")


def flaws(database: Database) -> list[tuple[str, int, Flaw]]:
    found = database.run_sync(audit.verify).problems
    return [(problem.link_id, problem.number, problem.flaw) for problem in found]


@pytest.fixture
def armed(database: Database, now: datetime) -> Database:
    """A database with the histories of two links, the first of an older release."""
    database.run_sync(lambda session: three(session, "a", now))
    audit_key.arm(database, RING, now)
    database.run_sync(lambda session: three(session, "b", now))
    return database


def test_what_the_app_wrote_holds(armed: Database, now: datetime) -> None:
    assert flaws(armed) == []
    audit_key.arm(armed, RING, now)
    armed.run_sync(lambda session: three(session, "a", now))
    assert flaws(armed) == []


@pytest.mark.parametrize("link_id", ["a", "b"])
def test_a_cut_end_is_found_without_an_export(armed: Database, link_id: str) -> None:
    cut = delete(AuditRow).where(col(AuditRow.link_id) == link_id, col(AuditRow.number) == 3)
    armed.run_sync(lambda session: session.exec(cut))
    assert flaws(armed) == [(link_id, 3, Flaw.LOST)]


def test_all_lines_of_a_link_gone_are_found(armed: Database, stored_link: Link, now: datetime) -> None:
    armed.run_sync(lambda session: note(session, stored_link.id, now))
    assert flaws(armed) == []
    armed.run_sync(lambda session: session.exec(delete(AuditRow)))
    assert flaws(armed) == [("a", 3, Flaw.LOST), ("b", 3, Flaw.LOST), (stored_link.id, 1, Flaw.LOST)]
    armed.run_sync(lambda session: session.exec(delete(HeadRow)))
    assert flaws(armed) == [(stored_link.id, 1, Flaw.LOST)], "what still runs cannot have no history"


def test_a_chain_made_anew_is_found(armed: Database, now: datetime) -> None:
    def rewrite(session: Session) -> None:
        session.info.clear()  # whoever has the database alone has no key
        session.exec(delete(AuditRow).where(col(AuditRow.link_id) == "b"))
        three(session, "b", now, "another step")

    armed.run_sync(rewrite)
    assert flaws(armed) == [("b", 3, Flaw.REWRITTEN)]

    def forge(session: Session) -> None:
        digest = session.exec(select(AuditRow.digest).where(AuditRow.link_id == "b", AuditRow.number == 3)).one()
        session.exec(update(HeadRow).where(col(HeadRow.link_id) == "b").values(digest=digest))

    armed.run_sync(forge)
    assert flaws(armed) == [("b", 3, Flaw.FORGED)]


def test_a_line_added_by_hand_is_found(armed: Database, now: datetime) -> None:
    def add(session: Session) -> None:
        session.info.clear()
        note(session, "b", now)
        note(session, "c", now)

    armed.run_sync(add)
    assert flaws(armed) == [("b", 4, Flaw.ADDED), ("c", 1, Flaw.ADDED)]


def test_a_head_that_is_kept_elsewhere_holds_for_the_lines_before_it(
    armed: Database, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    kept = armed.run_sync(audit.head)
    assert (kept.links, kept.lines) == (2, 6)
    armed.run_sync(lambda session: note(session, "a", minutes(5)))
    assert armed.run_sync(lambda session: audit.head(session, now)) == kept
    assert armed.run_sync(audit.head) != kept
    armed.run_sync(lambda session: session.exec(delete(AuditRow).where(col(AuditRow.number) >= 3)))
    armed.run_sync(lambda session: session.exec(delete(HeadRow)))
    armed.run_sync(lambda session: session.exec(delete(SecretRow)))
    audit_key.arm(armed, RING, now)
    assert flaws(armed) == [], "whoever has the database can begin everything anew,"
    assert armed.run_sync(lambda session: audit.head(session, now)) != kept, "but not make the head that was told"
