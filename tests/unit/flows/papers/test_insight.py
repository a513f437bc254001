"""The numbers are those of the links, none is made up, and no name of anybody is in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Issue, Link, Status, Step
from flows.papers.insight import EXPORT_COLUMNS, LINK_COLUMNS, Insight, Stage, bars, export_row, link_row, told
from flows.words import load_words
from tests.support.links import ACCOUNT, ENDPOINT, INVALID, NOW, RULES, a_link, report

WORDS = load_words()
HOUR = timedelta(hours=1)


def counted(*links: tuple[Link, dict[Step, datetime], int]) -> Insight:
    insight = Insight(now=NOW)
    for link, reached, passwords in links:
        insight.add(link, reached, passwords)
    return insight


def linked(minutes: int, passwords: int = 1, **changes: Any) -> tuple[Link, dict[Step, datetime], int]:  # noqa: ANN401  any field of a link
    start = NOW - timedelta(minutes=minutes)
    values: dict[str, Any] = {"step": Step.LINKED, "status": Status.LINKED, "started": start, "linked": NOW, **changes}
    reached = {Step.WELCOME: start - HOUR, Step.SERVICE_URL: start, Step.ISU: start + HOUR, Step.LINKED: NOW}
    return a_link(**values), reached, passwords


def test_without_a_link_there_is_no_data_yet() -> None:
    assert told(Insight(now=NOW), WORDS) == "There is no data yet: no link was ever started."


def test_a_link_that_nobody_has_started_has_come_nowhere() -> None:
    insight = counted((a_link(), {Step.WELCOME: NOW}, 0))
    assert not any(insight.stages.values())
    text = told(insight, WORDS)
    assert "*The one link" in text
    for line in ("From Start", "one stage to the next", "first password", "in the way", "Passwords that end"):
        assert line not in text, "what is not known is not said"
    assert "the customer's admin 1" in text or "whoever presses Start 1" in text


@pytest.mark.parametrize(
    ("step", "stages"),
    [
        (Step.SERVICE_URL, 1),
        (Step.ISU, 2),
        (Step.EXPIRY, 3),
        (Step.PERMISSIONS, 3),
        (Step.ACTIVATION, 4),
        (Step.AUTH_POLICY, 4),
        (Step.CHECK, 5),
        (Step.LINKED, 6),
    ],
)
def test_the_funnel_counts_what_lies_behind_a_link(step: Step, stages: int) -> None:
    insight = counted((a_link(step=step), {}, 0))
    assert [insight.stages[stage] for stage in Stage] == [1] * stages + [0] * (6 - stages)


def test_who_went_back_has_come_as_far_as_before() -> None:
    went_back = (a_link(step=Step.SERVICE_URL), {Step.PERMISSIONS: NOW}, 1)
    assert counted(went_back).stages[Stage.LOGIN] == 1
    assert counted((a_link(step=Step.ISU, linked=NOW), {}, 1)).stages[Stage.LINKED] == 1


def test_times_are_medians_in_units_that_people_read() -> None:
    text = told(counted(linked(180), linked(60 * 24 * 3), linked(200)), WORDS)
    assert "3 hours in the median of 3 links" in text
    assert "address after 60 minutes" in text
    assert "user and password after 2 hours" in text
    assert "4 days" in told(counted(linked(60 * 24 * 4)), WORDS)


def test_a_first_password_that_was_taken_is_a_first_try() -> None:
    text = told(counted(linked(90), linked(90), linked(90, 2), (a_link(step=Step.ISU), {}, 1)), WORDS)
    assert "67 % of 3 links" in text


def test_who_waits_for_whom_and_since_when_is_of_unfinished_links_alone() -> None:
    idle = [a_link(step=Step.GROUP, touched=NOW - timedelta(days=days)) for days in (-1, 0, 1, 2, 3, 8)]
    text = told(counted(*((link, {}, 0) for link in idle), linked(90)), WORDS)
    assert "the customer's admin 6" in text
    assert "under a day 2, 1 to 3 days 2, 3 to 7 days 1 and 7 days and more 1" in text


def test_the_causes_are_counted_where_they_stand_in_the_way() -> None:
    trouble = conclude(report(CheckKind.LOGIN, login=INVALID))
    stuck = a_link(step=Step.ISU, endpoint=ENDPOINT, account=ACCOUNT, trouble=trouble)
    gone = a_link(step=Step.ISU, trouble=trouble, status=Status.CANCELLED)
    insight = counted((stuck, {}, 1), (stuck, {}, 1), (gone, {}, 1))
    assert "`invalid_credentials` 2" in told(insight, WORDS)


def test_the_forecast_counts_passwords_that_end_from_today_on() -> None:
    def ends(days: int, **changes: Any) -> tuple[Link, dict[Step, datetime], int]:  # noqa: ANN401  any field
        set_on = (NOW + timedelta(days=days - 90)).date()
        return linked(90, expiry=Expiry(kind=ExpiryKind.POLICY, days=90, set_on=set_on), **changes)

    text = told(counted(*map(ends, (-1, 0, 30, 31, 90, 91)), ends(5, status=Status.CANCELLED)), WORDS)
    assert "2 within 30 days, 3 within 60, 4 within 90" in text


def test_the_bars_are_the_funnel() -> None:
    drawn = bars(counted(linked(90), (a_link(step=Step.ISU), {}, 0)), WORDS)
    assert [(bar.label, bar.share, bar.number) for bar in drawn][:3] == [
        ("started", 1, "2 (100 %)"),
        ("address", 1, "2 (100 %)"),
        ("user and password", 0.5, "1 (50 %)"),
    ]


def test_a_row_has_every_column_and_no_name() -> None:
    plain = link_row(a_link(customer="Acme"), NOW, RULES)
    issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    link, _, _ = linked(
        90,
        absence=True,
        endpoint=ENDPOINT,
        account=ACCOUNT,
        issue=issue,
        matrix=conclude(report(CheckKind.FULL), RULES.permissions.rows("recruiting")),
        expiry=Expiry(kind=ExpiryKind.POLICY, days=90, set_on=NOW.date()),
    )
    row = dict(zip(LINK_COLUMNS, link_row(link, NOW, RULES), strict=True))
    assert len(plain) == len(LINK_COLUMNS)
    assert (row["reason"], row["absence"], row["password_ends"]) == ("invalid_credentials", "yes", "2027-02-21")
    assert row["issue_since"] == NOW.isoformat()
    whole = " ".join((*plain, *row.values()))
    for name in ("Acme", "U0SAM", "U0ADA", ENDPOINT.tenant, ACCOUNT.user_name):
        assert name not in whole


def test_a_row_for_our_own_people_names_the_customer_and_nobody() -> None:
    row = dict(zip(EXPORT_COLUMNS, export_row(a_link(step=Step.GROUP), NOW, RULES), strict=True))
    assert (row["customer"], row["step"], row["mover"]) == ("Acme", "group", "admin")
    assert not {"U0ADA", "U0SAM", "C1"} & set(row.values())
