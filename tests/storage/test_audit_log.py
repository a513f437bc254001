"""The history of a link: whatever is done to a line afterwards is noticed, and the line is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, delete, update

from storage import audit_log as audit
from storage import links as store
from storage.audit_log import Entry, Flaw, Problem
from storage.tables import AuditRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.link.state import Link
    from storage.database.transactions import Database

LINE = (col(AuditRow.link_id) == "a", col(AuditRow.number) == 2)


def note(session: Session, link_id: str, at: datetime, what: str = "pressed", **detail: Any) -> None:  # noqa: ANN401
    audit.append(session, link_id, at=at, actor="U1", team="T1", role="admin", what=what, detail=detail)


def three_lines_each(session: Session, at: datetime) -> None:
    for link_id in ("a", "b"):
        for number in range(3):
            note(session, link_id, at, f"step {number}")


def flaws(session: Session, known: dict[tuple[str, int], str] | None = None) -> list[tuple[str, int, Flaw]]:
    found = audit.verify(session, known or {}).problems
    return [(problem.link_id, problem.number, problem.flaw) for problem in found]


def test_history_is_read_as_it_was_written(session: Session, now: datetime) -> None:
    note(session, "a", now, "start", customer="Acmé", fields=["url", 1, None, True])
    note(session, "b", now)
    note(session, "a", now, "done")
    first, second = audit.read(session, "a")
    assert (first.number, first.at, first.actor, first.team, first.role) == (1, now, "U1", "T1", "admin")
    assert first.detail == {"customer": "Acmé", "fields": ["url", 1, None, True]}
    assert (second.number, second.what, second.detail) == (2, "done", {})
    assert [(line.link_id, line.number) for line in audit.read(session)] == [("a", 1), ("a", 2), ("b", 1)]
    assert audit.verify(session) == audit.Verdict(lines=3, problems=())


CHANGES: dict[str, tuple[object, list[tuple[str, int, Flaw]]]] = {
    "link_id": ("c", [("a", 3, Flaw.GAP), ("c", 2, Flaw.GAP)]),
    "number": (9, [("a", 3, Flaw.GAP), ("a", 9, Flaw.GAP)]),
    "at": (None, [("a", 2, Flaw.CHANGED)]),
    "actor": ("U2", [("a", 2, Flaw.CHANGED)]),
    "team": ("T2", [("a", 2, Flaw.CHANGED)]),
    "role": ("staff", [("a", 2, Flaw.CHANGED)]),
    "what": ("step 1 ", [("a", 2, Flaw.CHANGED)]),
    "detail": ('{"x":1}', [("a", 2, Flaw.CHANGED)]),
    "digest": ("0" * 64, [("a", 2, Flaw.CHANGED), ("a", 3, Flaw.CHANGED)]),
}


def test_every_column_is_tampered_with() -> None:
    assert set(CHANGES) == set(AuditRow.model_fields) == {field.name for field in fields(Entry)}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_line_is_noticed(
    session: Session, now: datetime, minutes: Callable[[float], datetime], column: str
) -> None:
    three_lines_each(session, now)
    value, expected = CHANGES[column]
    session.exec(update(AuditRow).where(*LINE).values({column: value or minutes(1 / 60_000_000)}))
    assert flaws(session) == expected


@pytest.mark.parametrize("number", [1, 2])
def test_a_removed_line_is_noticed(session: Session, now: datetime, number: int) -> None:
    three_lines_each(session, now)
    session.exec(delete(AuditRow).where(col(AuditRow.link_id) == "a", col(AuditRow.number) == number))
    assert flaws(session) == [("a", number + 1, Flaw.GAP)]


def test_a_removed_line_is_noticed_although_the_rest_moved_up(session: Session, now: datetime) -> None:
    three_lines_each(session, now)
    session.exec(delete(AuditRow).where(*LINE))
    session.exec(update(AuditRow).where(col(AuditRow.link_id) == "a", col(AuditRow.number) == 3).values(number=2))
    assert flaws(session) == [("a", 2, Flaw.CHANGED)]


def test_lines_in_another_order_are_noticed(session: Session, now: datetime) -> None:
    three_lines_each(session, now)
    for old, new in ((2, 9), (3, 2), (9, 3)):
        session.exec(
            update(AuditRow).where(col(AuditRow.link_id) == "a", col(AuditRow.number) == old).values(number=new)
        )
    assert flaws(session) == [("a", 2, Flaw.CHANGED), ("a", 3, Flaw.CHANGED)]


@pytest.mark.parametrize("number", [0, 4])
def test_an_inserted_line_is_noticed(session: Session, now: datetime, number: int) -> None:
    three_lines_each(session, now)
    own = AuditRow(
        link_id="a", number=number, at=now, actor="", team="", role="", what="x", detail="{}", digest="0" * 64
    )
    session.add(own)
    session.flush()
    assert ("a", number) in [(link, at) for link, at, _ in flaws(session)]


def test_a_line_of_another_link_does_not_fit(session: Session, now: datetime) -> None:
    note(session, "a", now)
    note(session, "b", now)
    session.exec(update(AuditRow).where(col(AuditRow.link_id) == "b").values(link_id="c"))
    assert flaws(session) == [("c", 1, Flaw.CHANGED)]


def test_an_export_kept_elsewhere_shows_a_cut_and_a_chain_made_anew(session: Session, now: datetime) -> None:
    three_lines_each(session, now)
    known = {(line.link_id, line.number): line.digest for line in audit.read(session)}
    assert flaws(session, known) == []
    session.exec(delete(AuditRow).where(col(AuditRow.number) == 3))
    assert flaws(session) == []
    assert flaws(session, known) == [("a", 3, Flaw.CUT), ("b", 3, Flaw.CUT)]
    session.exec(delete(AuditRow).where(col(AuditRow.link_id) == "a"))
    note(session, "a", now, "something else")
    assert flaws(session) == []
    assert flaws(session, known) == [
        ("a", 1, Flaw.REWRITTEN),
        ("a", 2, Flaw.CUT),
        ("a", 3, Flaw.CUT),
        ("b", 3, Flaw.CUT),
    ]


def test_lines_added_at_once_form_one_chain(database: Database, stored_link: Link, now: datetime) -> None:
    def press(session: Session) -> None:
        assert store.lock(session, stored_link.id)
        note(session, stored_link.id, now)

    with ThreadPoolExecutor(5) as people:
        list(people.map(lambda _: database.run_sync(press), range(10)))
    lines = database.run_sync(lambda session: audit.read(session, stored_link.id))
    assert [line.number for line in lines] == list(range(1, 11))
    assert database.run_sync(audit.verify).problems == ()


def test_a_secret_cannot_be_noted(session: Session, now: datetime) -> None:
    with pytest.raises(TypeError) as caught:
        note(session, "a", now, password=cast("Any", SecretStr("canary")))
    assert "canary" not in str(caught.value)


def test_problems_name_their_line(session: Session, now: datetime) -> None:
    three_lines_each(session, now)
    session.exec(update(AuditRow).where(*LINE).values(what="x"))
    assert audit.verify(session).problems == (Problem(link_id="a", number=2, flaw=Flaw.CHANGED),)
