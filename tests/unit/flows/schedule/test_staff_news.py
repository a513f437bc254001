"""Our own people hear once of what matters: linked, failing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.diagnosis.reasons import Reason
from flows.link.effects import Decision, TellStaff
from flows.link.state import Issue, Last, Link, Status, Step
from flows.schedule.staff_news import is_outdated, with_staff_news
from tests.support.links import ACCOUNT, ADA, ENDPOINT, NOW, a_link

LINKED = a_link(step=Step.LINKED, status=Status.LINKED, linked=NOW, endpoint=ENDPOINT, account=ACCOUNT)
WALKING = a_link(step=Step.CHECK)


def issue(reason: Reason) -> Issue:
    return Issue(reason=reason, first_seen=NOW, last_seen=NOW)


def said(key: str) -> Link:
    return replace(LINKED, last=Last(key=key, at=NOW))


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        (WALKING, said("linked"), ["staff.linked"]),
        (WALKING, said("relinked"), ["staff.relinked"]),
        (WALKING, said("kept"), []),
        (WALKING, LINKED, []),
        (said("linked"), said("linked"), []),
        (replace(said("resumed"), status=Status.PAUSED), said("resumed"), []),
        (LINKED, replace(LINKED, issue=issue(Reason.INVALID_CREDENTIALS)), ["staff.failing"]),
        (LINKED, replace(said("kept"), issue=issue(Reason.INVALID_CREDENTIALS)), []),
        (said("kept"), replace(said("kept"), issue=issue(Reason.INVALID_CREDENTIALS)), ["staff.failing"]),
        (LINKED, replace(LINKED, issue=issue(Reason.NOT_ANSWERING)), []),
        (LINKED, replace(LINKED, issue=issue(Reason.UNKNOWN)), []),
        (
            replace(LINKED, issue=issue(Reason.INVALID_CREDENTIALS)),
            replace(LINKED, issue=issue(Reason.PERMISSIONS_MISSING)),
            ["staff.failing"],
        ),
        (
            replace(LINKED, issue=issue(Reason.INVALID_CREDENTIALS)),
            replace(LINKED, issue=replace(issue(Reason.INVALID_CREDENTIALS), last_seen=NOW + timedelta(days=2))),
            [],
        ),
    ],
)
def test_a_change_is_told_once(before: Link, after: Link, keys: list[str]) -> None:
    decision = with_staff_news(before, Decision(link=after))
    assert [effect.key for effect in decision.effects if isinstance(effect, TellStaff)] == keys
    assert with_staff_news(after, Decision(link=after)).effects == ()


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("staff.frozen", {"frozen": NOW}),
        ("staff.gone", {"admin": replace(ADA, present=False)}),
        ("staff.called", {"called": NOW}),
        ("staff.undeliverable", {"blocked": "not_in_channel"}),
    ],
)
def test_a_notice_that_waited_is_told_only_while_it_is_so(key: str, changes: dict[str, Any]) -> None:
    told = TellStaff(key=key)
    assert is_outdated(WALKING, told)
    assert not is_outdated(a_link(step=Step.CHECK, **changes), told)
    assert not is_outdated(WALKING, TellStaff(key="staff.linked"))
