"""Which links our own people should look at today, and when they hear of it; writes and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flows.link.rulebook import Rulebook
from flows.link.standing import State, standing
from flows.link.state import Link, Person, Status
from flows.schedule.office_hours import into_hours, zone_of
from flows.schedule.reminders import days_left

SLOW = timedelta(days=1)
UNLOOKED = timedelta(days=2)
"""Since the last look at a finished link that saw anything: the daily ones have failed for a day."""

SOON = 14
"""Days before a password ends from which on it is worth a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """One line of the digest: a link and the word that says what about it."""

    link: Link
    key: str


def worries(links: Iterable[Link], now: datetime, rules: Rulebook) -> tuple[Worry, ...]:
    """List what needs somebody, the most urgent first; healthy links stay unsaid."""
    found = [Worry(link=link, key=key) for link in links if (key := _worry(link, now, rules))]
    order = ("called", "broken", "blocked", "ownerless", "gone", "unlooked", "password", "refused", "stalled")
    return tuple(sorted(found, key=lambda one: (order.index(one.key), one.link.touched)))


def _worry(link: Link, now: datetime, rules: Rulebook) -> str:
    if link.called:
        return "called"
    if link.status in {Status.CANCELLED, Status.PAUSED}:
        return ""
    if link.open_issue:
        return "broken"
    if link.blocked:
        return "blocked"
    if not link.owner.present:
        return "ownerless"
    if link.doer and not link.doer.present:
        return "gone"
    if link.status is Status.LINKED:
        if link.looked_at and now - link.looked_at >= UNLOOKED:
            return "unlooked"
        left = days_left(link, now, rules)
        return "password" if left is not None and left <= SOON else ""
    if now - link.touched < SLOW:
        return ""
    found = standing(link, now)
    return "refused" if found.state is State.TROUBLE and not found.is_away else "stalled"


def owners(found: Iterable[Worry]) -> dict[str, str]:
    """Tell by user id who owns what needs somebody, each with one of their own links."""
    return {one.link.owner.user_id: one.link.id for one in found}


def owned(links: Iterable[Link], user_id: str) -> list[Link]:
    """Keep the links that one person owns."""
    return [link for link in links if link.owner.user_id == user_id]


def todays_opening(now: datetime, rules: Rulebook) -> datetime | None:
    """Give the moment from which on today's digest is due, in our own calendar; None on a day of rest."""
    us = Person(user_id="", zone=rules.zone)
    local = now.astimezone(zone_of(us, rules))
    midnight = datetime.combine(local.date(), time.min, tzinfo=local.tzinfo)
    opens = into_hours(midnight, us, rules)
    return opens if opens.astimezone(local.tzinfo).date() == local.date() else None
