"""Which links our own people should look at, what of it is news, and when they hear of it; writes and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from flows.diagnosis.reasons import Owner
from flows.link.rulebook import Rulebook
from flows.link.standing import State, standing
from flows.link.state import Link, Person, Status
from flows.link.steps import row_of
from flows.schedule.office_hours import hours_of, into_hours, next_day, zone_of
from flows.schedule.reminders import ENDING, days_left

SLOW = timedelta(days=1)
UNLOOKED = timedelta(days=2)
"""Since the last look at a finished link that saw anything: the daily ones have failed for a day."""

SOON = 14
"""Days before a password ends from which on it is worth a line."""

AGES = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 28))
"""A worry that has become as old as one of these is worth another line."""

DAYS_LEFT = (SOON, 7, 3, 1, 0, -1, -7)
"""So is a password with as many days left, or that was to end as many days ago."""

ENDS = frozenset(cause.value for cause in ENDING)
ORDER = (
    "called",
    "broken",
    "blocked",
    "ownerless",
    "gone",
    "unlooked",
    "password",
    "certificate",
    "refused",
    "stalled",
)
"""Every worry, the most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """What about a link needs somebody: the word for it, since when, and what else would make a line of it news."""

    link: Link
    key: str
    since: datetime
    why: str = ""

    @property
    def rank(self) -> tuple[int, datetime]:
        """By what worries are sorted: the most urgent first, and of those the one that has rested longest."""
        return ORDER.index(self.key), self.link.touched

    @property
    def topic(self) -> str:
        """What a mute holds for: the same worry since the same moment, however old it becomes."""
        return f"{self.key} {self.link.step} {self.since.isoformat()}"

    @property
    def mark(self) -> str:
        """What is told once: the worry, its reason, and how old it has become."""
        return f"{self.topic} {self.why}"

    @property
    def is_muted(self) -> bool:
        """Tell whether our own people want to hear no more of it."""
        return self.link.muted == self.topic


def unasked(link: Link) -> Link:
    """Return a link as it stands for our own people while the clock asks Workday."""
    checking = link.attempt.checking
    if checking is None or checking.by_hand:
        return link
    return replace(link, attempt=replace(link.attempt, checking=None))


def worries(links: Iterable[Link], now: datetime, rules: Rulebook) -> tuple[Worry, ...]:
    """List what needs somebody, the most urgent first; healthy and muted links stay unsaid."""
    found = (worry_of(link, now, rules) for link in links)
    heard = [one for one in found if one and not one.is_muted]
    return tuple(sorted(heard, key=lambda one: one.rank))


def worry_of(link: Link, now: datetime, rules: Rulebook) -> Worry | None:
    """Tell what about a link needs somebody; None while it is healthy.

    That the clock is asking Workday at the moment changes nothing: until the answer is there it is as it was before.
    """
    link = unasked(link)
    key = _key(link, now, rules)
    if not key:
        return None
    since = _since(link, key)
    left = days_left(link, now, rules)
    if key in ENDS and left is not None:
        rung = sum(left <= days for days in DAYS_LEFT)
    else:
        rung = sum(now - since >= age for age in AGES)
    reason = standing(link, now).reason
    return Worry(link=link, key=key, since=since, why=f"{link.blocked or reason or ''} {rung}")


def _key(link: Link, now: datetime, rules: Rulebook) -> str:
    if link.called:
        return "called"
    if link.status in {Status.CANCELLED, Status.PAUSED}:
        return ""
    issue = link.open_issue
    # A Workday that is away comes back by itself, and nobody needs to do anything about the first day of it.
    if issue and (issue.reason.traits.owner is not Owner.NOBODY or now - issue.first_seen >= SLOW):
        return "broken"
    if link.blocked:
        return "blocked"
    if not link.owner.present:
        return "ownerless"
    if link.doer and not link.doer.present:
        return "gone"
    if link.status is Status.LINKED:
        # While the app itself was off nothing was tried.
        tried = link.looked_at and link.asked_at and link.asked_at != link.looked_at
        if link.setup.can_sign_in and tried and link.looked_at and now - link.looked_at >= UNLOOKED:
            return "unlooked"
        left = days_left(link, now, rules)
        return row_of(link.setup).reminder.value if left is not None and left <= SOON else ""
    if now - link.touched < SLOW:
        return ""
    found = standing(link, now)
    return "refused" if found.state is State.TROUBLE and not found.is_away else "stalled"


def _since(link: Link, key: str) -> datetime:
    """Tell since when a worry is there; of one that has no moment of its own, when the link last moved."""
    moments = {
        "called": link.called,
        "broken": link.open_issue.first_seen if link.open_issue else None,
        "unlooked": link.looked_at,
        "password": link.setup.expiry_at,
        "certificate": link.setup.expiry_at,
    }
    return moments.get(key) or link.touched


def unmuted(link: Link, now: datetime, rules: Rulebook) -> Link:
    """Let a mute end with what it was meant for."""
    if not link.muted:
        return link
    found = worry_of(link, now, rules)
    return link if found and found.is_muted else replace(link, muted="")


def todays_opening(now: datetime, rules: Rulebook, zone: str = "") -> datetime | None:
    """Return the moment from which on today's digest is due in a zone, else in our own; None on a day of rest."""
    reader = _reader(zone, rules)
    local = now.astimezone(zone_of(reader, rules))
    midnight = datetime.combine(local.date(), time.min, tzinfo=local.tzinfo)
    opens = into_hours(midnight, reader, rules)
    return opens if opens.astimezone(local.tzinfo).date() == local.date() else None


def next_opening(now: datetime, rules: Rulebook, zone: str = "") -> datetime:
    """Return the moment from which on the digest of the next working day is due."""
    return next_day(now, hours_of(_reader(zone, rules), rules))


def _reader(zone: str, rules: Rulebook) -> Person:
    return Person(user_id="", zone=zone or rules.zone)
