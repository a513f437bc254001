"""When a link wants to be woken: for a check, a reminder, or to forget what it holds; pure functions of its state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flows.diagnosis.reasons import Retry
from flows.link.attempt import Hitch
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Status, Step
from flows.schedule.office_hours import hours_of, opening, waiting_on
from flows.schedule.reminders import next_due, turns_at
from flows.tenant.maintenance import likely_window, next_change

FRESH = timedelta(hours=1)
"""A reminder rests on an answer of Workday's that is no older than this."""

HEALTH_EVERY = timedelta(days=1)
HEALTH_WHILE_AWAY = timedelta(hours=1)


def is_recheck_on(link: Link) -> bool:
    """Tell whether the link asks Workday again by itself, as soon as its moment has come."""
    return (
        link.attempt.recheck is not None
        and link.status is Status.ACTIVE
        and not link.attempt.checking
        and not link.blocked
    )


def next_health(link: Link) -> datetime | None:
    """Tell when a finished link is quietly looked at again: daily, at an hour of its own.

    The first look after a sandbox was copied or a release came in comes at once, none within the hours of the week in
    which such tenants are down. While Workday is away it is hourly.
    A look that brought no answer is made again within minutes. A password that Workday has refused is never tried by
    the clock.
    """
    if link.status is not Status.LINKED or link.blocked or link.attempt.checking or not can_ask(link):
        return None
    if link.attempt.recheck:
        return link.attempt.recheck.at
    last = link.asked_at or link.linked or link.touched
    if link.open_issue and link.open_issue.reason.traits.retry is Retry.ALWAYS:
        return last + HEALTH_WHILE_AWAY
    jitter = timedelta(seconds=int.from_bytes(sha256(link.id.encode()).digest()[:4], "big") % 86_400)
    today = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + jitter
    daily = next(
        day for day in (today, today + HEALTH_EVERY, today + 2 * HEALTH_EVERY) if day > last + HEALTH_EVERY / 2
    )
    changed = next_change(link.setup.environment, last)
    due = min(daily, changed + jitter / 48) if changed else daily
    reopens = likely_window(link.setup.environment, due)
    return reopens + jitter / 48 if reopens else due


def can_ask(link: Link) -> bool:
    """Tell whether the clock may ask Workday with this link's password: only when it was accepted last time."""
    return link.setup.can_sign_in and link.setup.is_trusted and not link.keeps_new


def wants_asking(link: Link, now: datetime) -> bool:
    """Tell whether Workday is to be asked before somebody is reminded of something that it could deny."""
    is_checkable = link.status is Status.LINKED or (
        link.status is Status.ACTIVE and link.step in {Step.ACTIVATION, Step.AUTH_POLICY, Step.CHECK}
    )
    is_fresh = link.asked_at is not None and now - link.asked_at < FRESH
    return (
        is_checkable
        and not is_fresh
        and not link.attempt.checking
        and can_ask(link)
        and link.setup.endpoint is not None
    )


def idle_at(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the credentials of an unfinished link are forgotten, because nobody moves it any more."""
    if (
        link.status not in {Status.ACTIVE, Status.PAUSED}
        or link.step is Step.LINKED
        or link.previous
        or not link.secrets
    ):
        return None
    return link.touched + timedelta(days=rules.idle_days)


def quarantine_ends(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when a link that stands still is given up."""
    return link.frozen + timedelta(days=rules.quarantine_days) if link.frozen else None


def cooled_at(link: Link) -> datetime | None:
    """Tell when the pause after refused logins ends, while somebody waits for it, or a card says so."""
    if link.attempt.checking or link.blocked:
        return None
    if link.keeps_new and link.status is Status.LINKED:
        return link.cooling_until or link.touched
    is_refused = link.setup.account is not None and link.setup.account.refused
    is_spent = is_refused and link.attempt.tries_left == 0 and link.status in {Status.ACTIVE, Status.LINKED}
    waits = link.attempt.hitch is Hitch.COOLING and link.status is Status.ACTIVE
    return link.cooling_until if waits or is_spent else None


def resumes_at(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when a link that was paused until a day goes on by itself: as that day opens for whoever it waits for."""
    if link.status is not Status.PAUSED or link.paused_until is None or link.blocked:
        return None
    return opening(link.paused_until, hours_of(waiting_on(link), rules))


def next_wake(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the link wants to be woken: its next quiet look, or what comes first of all else."""
    health = None if link.frozen else next_health(link)
    return min((moment for moment in (health, next_move(link, rules)) if moment), default=None)


def next_move(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the link wants to be woken for more than a quiet look: its next check or reminder, or to forget.

    One that stands still waits for nothing but its end.
    """
    if link.frozen:
        return quarantine_ends(link, rules)
    idle = None if link.blocked or link.attempt.checking else idle_at(link, rules)
    again = link.attempt.recheck.at if link.attempt.recheck and is_recheck_on(link) else None
    due = next_due(link, rules)
    moments = (cooled_at(link), resumes_at(link, rules), idle, again, due and due.at, turns_at(link, rules))
    return min((moment for moment in moments if moment), default=None)
