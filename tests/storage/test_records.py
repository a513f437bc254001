from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, delete, update

from storage import audit, inbox, pulse
from storage.audit import Flaw, Problem
from storage.tables import AuditRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.state import Link
    from storage.database import Database


def note(session: Session, link_id: str, at: datetime, what: str = "pressed", **detail: Any) -> None:  # noqa: ANN401
    audit.append(session, link_id, at=at, actor="U1", team="T1", role="admin", what=what, detail=detail)


def test_history_is_read_as_it_was_written(session: Session, now: datetime) -> None:
    note(session, "a", now, "start", customer="Acmé", fields=["url", 1, None, True])
    note(session, "b", now)
    note(session, "a", now, "done")
    first, second = audit.read(session, "a")
    assert (first.number, first.at, first.actor, first.team, first.role) == (1, now, "U1", "T1", "admin")
    assert first.detail == {"customer": "Acmé", "fields": ["url", 1, None, True]}
    assert (second.number, second.what, second.detail) == (2, "done", {})
    assert audit.verify(session) == []


@pytest.mark.parametrize("column", ["at", "actor", "team", "role", "what", "detail", "digest"])
def test_a_changed_line_is_noticed(
    session: Session, now: datetime, minutes: Callable[[float], datetime], column: str
) -> None:
    for link_id in ("a", "b"):
        for number in range(3):
            note(session, link_id, now, f"step {number}")
    value = minutes(1) if column == "at" else '{"x":1}'
    line = (col(AuditRow.link_id) == "a", col(AuditRow.number) == 2)
    session.exec(update(AuditRow).where(*line).values({column: value}))
    assert audit.verify(session)[0] == Problem(link_id="a", number=2, flaw=Flaw.CHANGED)
    assert {problem.link_id for problem in audit.verify(session)} == {"a"}


@pytest.mark.parametrize("number", [1, 2])
def test_a_removed_line_is_noticed(session: Session, now: datetime, number: int) -> None:
    for _ in range(3):
        note(session, "a", now)
    session.exec(delete(AuditRow).where(col(AuditRow.number) == number))
    assert audit.verify(session) == [Problem(link_id="a", number=number + 1, flaw=Flaw.GAP)]


def test_lines_added_at_once_form_one_chain(database: Database, stored_link: Link, now: datetime) -> None:
    with ThreadPoolExecutor(5) as people:
        list(people.map(lambda _: database.run_sync(lambda session: note(session, stored_link.id, now)), range(10)))
    lines = database.run_sync(lambda session: audit.read(session, stored_link.id))
    assert [line.number for line in lines] == list(range(1, 11))
    assert database.run_sync(audit.verify) == []


def test_a_secret_cannot_be_noted(session: Session, now: datetime) -> None:
    with pytest.raises(TypeError) as caught:
        note(session, "a", now, password=cast("Any", SecretStr("canary")))
    assert "canary" not in str(caught.value)


def test_a_delivery_counts_once(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    assert inbox.first_time(session, "Ev1", now)
    assert not inbox.first_time(session, "Ev1", minutes(5))
    assert inbox.first_time(session, "Ev2", minutes(5))
    assert inbox.prune(session, minutes(5)) == 1
    assert inbox.first_time(session, "Ev1", minutes(5))


def test_a_delivery_repeated_at_once_counts_once(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as replicas:
        take = lambda _: database.run_sync(lambda session: inbox.first_time(session, "Ev1", now))  # noqa: E731
        assert sum(replicas.map(take, range(24))) == 1


def test_a_delivery_whose_turn_failed_is_new_again(database: Database, now: datetime) -> None:
    def fail(session: Session) -> None:
        assert inbox.first_time(session, "Ev1", now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run_sync(fail)
    assert database.run_sync(lambda session: inbox.first_time(session, "Ev1", now))


def test_pulse(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    assert pulse.last_beat(session, "ticker") is None
    pulse.beat(session, "ticker", now)
    pulse.beat(session, "ticker", minutes(1))
    assert pulse.last_beat(session, "ticker") == minutes(1)


def test_a_turn_is_taken_once_by_whoever_comes_first(
    session: Session, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    assert not pulse.take_turn(session, "digest", now, since=now), "the first time only sets the mark"
    assert not pulse.take_turn(session, "digest", minutes(1), since=now)
    assert pulse.take_turn(session, "digest", minutes(3), since=minutes(2))
    assert not pulse.take_turn(session, "digest", minutes(4), since=minutes(2))
