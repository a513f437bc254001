"""A trail holds the first time at each step and the passwords that were taken; lines come out without people."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from flows.link.state import Step
from storage import audit_log as audit
from storage.reports.journeys import EVENT_COLUMNS, any_link, events, trails


def add(session: Session, link_id: str, at: datetime, what: str, **detail: str) -> None:
    audit.append(session, link_id, at=at, actor="U0ADA", team="T0ACME", role="admin", what=what, detail=detail)


def test_a_trail_is_the_first_time_at_each_step(session: Session, now: datetime) -> None:
    for minutes, what, detail in (
        (0, "started", {"step": "welcome"}),
        (1, "sent.isu", {"step": "isu"}),
        (2, "sent.isu.web", {"step": "isu"}),
        (3, "sent.isu", {"step": "isu", "refused": "field.cooling"}),
        (4, "pressed.back", {"step": "welcome"}),
        (5, "pressed.done", {"step": "of a newer release"}),
        (6, "operator.show", {}),
    ):
        add(session, "l1", now + timedelta(minutes=minutes), what, **detail)
    add(session, "l2", now, "started", step="welcome")
    found = trails(session, ["l1", "nothing"])
    assert set(found) == {"l1", "nothing"}
    assert found["l1"].reached == {Step.WELCOME: now, Step.ISU: now + timedelta(minutes=1)}
    assert found["l1"].passwords == 2
    assert found["nothing"].reached == {}
    assert any_link(session) is None


def test_lines_come_without_people(session: Session, now: datetime) -> None:
    add(session, "l1", now, "pressed.start", step="welcome", status="active")
    (line,) = events(session)
    assert dict(zip(EVENT_COLUMNS, line, strict=True)) == {
        "link": "l1",
        "number": "1",
        "at": now.isoformat(),
        "role": "admin",
        "what": "pressed.start",
        "step": "welcome",
        "status": "active",
        "refused": "",
    }
