"""A trail holds the first time at each step and the passwords that were taken; lines come out without people."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from flows.link.state import Status, Step
from storage import audit_log as audit
from storage import links as store
from storage.reports.journeys import EVENT_COLUMNS, any_link, events, newest_linked, teams_linked, trails
from tests.support.links import a_link


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
    assert any_link(session, "T0OURS") is None


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


def test_the_newest_finished_links_are_those_begun_last(session: Session, now: datetime) -> None:
    for number, status in enumerate((Status.LINKED, Status.LINKED, Status.ACTIVE, Status.LINKED)):
        link = a_link(id=f"l{number}", customer=f"C{number}", status=status, step=Step.LINKED)
        store.create(session, link, (), wake_at=None, now=now + timedelta(days=number))
    theirs = a_link(id="l4", team_id="T0ELSE", status=Status.LINKED, step=Step.LINKED)
    store.create(session, theirs, (), wake_at=None, now=now + timedelta(days=9))
    assert newest_linked(session, "T0OURS", 2) == ["l3", "l1"], "another team's are none of ours"
    assert set(teams_linked(session)) == {"T0OURS", "T0ELSE"}
    assert any_link(session, "T0OURS")
    assert any_link(session, "T0NONE") is None
