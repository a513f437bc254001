"""When a link wants to be woken, and whether Workday is asked before somebody is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking
from flows.link.state import Status, Step
from flows.schedule.wakeups import FRESH, cooled_at, wants_asking
from tests.support.links import ACCOUNT, ENDPOINT, NOW, a_link, changed

ACTIVATING = a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT)
REFUSED = a_link(
    step=Step.ISU,
    endpoint=ENDPOINT,
    account=replace(ACCOUNT, proved=False, refused=True),
    tries_left=0,
    cooling_until=NOW,
)


@pytest.mark.parametrize(
    ("changes", "wants"),
    [
        ({}, True),
        ({"step": Step.LINKED, "status": Status.LINKED}, True),
        ({"step": Step.GROUP}, False),
        ({"status": Status.PAUSED}, False),
        ({"asked_at": NOW - FRESH}, True),
        ({"asked_at": NOW - FRESH + timedelta(seconds=1)}, False),
        ({"checking": Checking(id="c1", kind=CheckKind.PERMISSIONS, since=NOW, endpoints=(ENDPOINT,))}, False),
        ({"endpoint": None}, False),
        ({"account": None}, False),
    ],
)
def test_workday_is_asked_before_somebody_is_reminded_where_it_can_tell(
    changes: dict[str, Any], *, wants: bool
) -> None:
    assert wants_asking(changed(ACTIVATING, **changes), NOW) is wants


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, NOW),
        ({"tries_left": 1}, None),
        ({"account": ACCOUNT}, None),
        ({"status": Status.LINKED, "step": Step.LINKED}, NOW),
        ({"status": Status.PAUSED}, None),
    ],
)
def test_a_card_that_says_when_the_pause_ends_is_drawn_anew_then(changes: dict[str, Any], until: object) -> None:
    assert cooled_at(changed(REFUSED, **changes)) == until
