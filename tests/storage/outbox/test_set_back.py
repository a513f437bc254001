"""Nothing that a clock has stored while it ran a year ahead waits for that year, or counts for as long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from flows.link.effects import Say, TellStaff
from flows.link.events import Form
from flows.link.state import Link, Step
from storage import deduplication as inbox
from storage import form_tokens as tickets
from storage import heartbeats as pulse
from storage import links as store
from storage.form_tokens import Ticket
from storage.limits import login_attempts as logins
from storage.outbox import claims, errands, recovery, set_back
from storage.reports import digests
from storage.reports.digests import Reader
from storage.tables import InboxRow, PulseRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def link(session: Session, now: datetime, make_link: Callable[..., Link]) -> Link:
    made = make_link()
    store.create(session, made, (), wake_at=None, now=now)
    return made


def set_back_at(session: Session, now: datetime) -> None:
    pulse.beat(session, pulse.TICKER, now + YEAR)
    assert set_back.is_set_back(session, now)
    set_back.mend(session, now)
    assert not set_back.is_set_back(session, now)


def test_only_a_clock_that_was_set_back_is_noticed(session: Session, now: datetime) -> None:
    assert not set_back.is_set_back(session, now), "nobody has ticked yet"
    for apart in (-YEAR, timedelta(), timedelta(minutes=4)):
        pulse.beat(session, pulse.TICKER, now + apart)
        assert not set_back.is_set_back(session, now)


def test_a_clock_that_ran_ahead_between_two_ticks_is_noticed_by_what_it_left(
    session: Session, now: datetime, link: Link
) -> None:
    pulse.beat(session, pulse.TICKER, now)
    errands.enqueue(session, link.id, (Say(key="say.paused"),), now)
    (one,) = claims.claim(session, now=now, lease=MINUTE, free=dict.fromkeys(claims.Hands, 1))
    by_another = now + set_back.APART + errands.LONGEST_WAIT
    errands.retry(session, one, run_at=by_another, error="http_503")
    assert not set_back.is_set_back(session, now), "clocks may differ"
    errands.enqueue(session, link.id, (TellStaff(key="staff.thawed"),), now + YEAR)
    assert set_back.is_set_back(session, now)


def test_errands_leases_and_audits_do_not_wait_for_it(session: Session, now: datetime, link: Link) -> None:
    later = now + YEAR
    errands.enqueue(session, link.id, (Say(key="say.paused"), TellStaff(key="staff.thawed")), later)
    first, second = claims.claim(session, now=later, lease=MINUTE, free=dict.fromkeys(claims.Hands, 2))
    errands.retry(session, first, run_at=later + MINUTE, error="http_503", doubtful=True)
    assert not claims.claim(session, now=now, lease=MINUTE, free=dict.fromkeys(claims.Hands, 2))
    set_back_at(session, now)
    again = claims.claim(session, now=now, lease=MINUTE, free=dict.fromkeys(claims.Hands, 2))
    assert {one.id for one in again} == {first.id, second.id}
    for one in again:
        errands.finish(session, one, now=later, channel_id="C1", ts="1.1")
    set_back_at(session, now)
    assert {sent.sent_at for sent in recovery.to_audit(session, limit=9)} == {now}


def test_a_pause_in_its_right_length_stays(session: Session, now: datetime, link: Link) -> None:
    errands.enqueue(session, link.id, (Say(key="say.paused"),), now)
    (one,) = claims.claim(session, now=now, lease=MINUTE, free=dict.fromkeys(claims.Hands, 1))
    errands.retry(session, one, run_at=now + 30 * MINUTE, error="ratelimited")
    set_back_at(session, now)
    assert not claims.claim(session, now=now + 29 * MINUTE, lease=MINUTE, free=dict.fromkeys(claims.Hands, 1))
    assert claims.claim(session, now=now + 30 * MINUTE, lease=MINUTE, free=dict.fromkeys(claims.Hands, 1))


def test_the_cap_on_logins_lasts_half_an_hour_and_no_year(session: Session, now: datetime) -> None:
    for number in range(2):
        logins.reserve(session, account_key="isu", now=now + YEAR, once=f"{number}")
    set_back_at(session, now)
    assert logins.reserve(session, account_key="isu", now=now, once="third") == now + logins.WINDOW


def test_the_digest_of_the_next_day_is_written(session: Session, now: datetime) -> None:
    readers, day = [Reader(who=who, zone="") for who in ("U0KIM", "U0SAM")], timedelta(days=1)
    for reader, ahead in zip(readers, (YEAR, 2 * day), strict=True):
        digests.join(session, reader, now + ahead)
    set_back_at(session, now)
    assert digests.due(session, now + day, channel=False) == readers
    assert {row.at for row in session.exec(select(PulseRow))} == {now}


def test_leave_to_send_a_form_ends_and_what_was_taken_in_is_forgotten(
    session: Session, now: datetime, link: Link
) -> None:
    later = now + YEAR
    ticket = Ticket(link_id=link.id, form=Form.ISU, step=Step.ISU, person=link.owner, until=later + tickets.LIFE)
    token = tickets.issue(session, ticket, later)
    inbox.first_time(session, "message", later)
    set_back_at(session, now)
    assert tickets.read(session, token, now) is None
    assert [row.received_at for row in session.exec(select(InboxRow))] == [now]
    assert not inbox.first_time(session, "message", now)
