"""What being shut out of Slack does to a link: it stands still, and later goes on or ends; sends nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.attempt import Hitch
from flows.link.effects import US, Decision, Denial, LookUp
from flows.link.events import Event, Heard, Intent, Pressed, Submitted
from flows.link.rulebook import Rulebook
from flows.link.state import Last, Link, Status
from flows.schedule.wakeups import quarantine_ends
from flows.transitions.forms import cancelled
from flows.transitions.moves import stay

FROZEN = Denial(key="refusal.frozen")
GRACE_OVER = "grace_over"
"""The newest thing of a link that ended while the app was shut out, until it has been told."""


def froze(link: Link, now: datetime) -> Decision:
    """Let a link stand still: what was asked is asked no more, and nothing is said, as Slack would not take it."""
    if link.frozen or link.status is Status.CANCELLED:
        return Decision(link=link)
    checking = link.attempt.checking
    is_awaited = checking is not None and checking.by_hand and link.status is Status.ACTIVE
    # Without its check, the answer to one that is on its way is that of none; what came out before stands.
    attempt = replace(link.attempt, checking=None, hitch=Hitch.INTERRUPTED if is_awaited else link.attempt.hitch)
    return Decision(link=replace(link, frozen=now, attempt=attempt, revision=link.revision + 1))


def thawed(link: Link, now: datetime) -> Decision:
    """Go on where the link stood still, or show its end; whoever is let in again may be in no channel any more."""
    if has_ended_meanwhile(link):
        return stay(replace(link, last=Last(key="cancelled", at=now)))
    if link.frozen is None:
        return Decision(link=link)
    return stay(replace(link, frozen=None, touched=now, last=Last(key="thawed", at=now)), LookUp(user_id=US))


def has_ended_meanwhile(link: Link) -> bool:
    """Tell whether a link ended while the app was shut out, and nobody could be told."""
    return link.status is Status.CANCELLED and link.last is not None and link.last.key == GRACE_OVER


def still(link: Link, event: Event) -> Decision | None:
    """Refuse what people want of a link that stands still, and hear nothing but a secret; None for the rest."""
    if link.frozen is None:
        return None
    if isinstance(event, Pressed | Submitted):
        return Decision(link=link, refusal=FROZEN)
    return Decision(link=link) if isinstance(event, Heard) and event.intent is not Intent.SECRET else None


def waited(link: Link, now: datetime, rules: Rulebook) -> Decision:
    """End a link whose grace is over, and forget what was entrusted to the app."""
    ends = quarantine_ends(link, rules)
    if ends is None or ends > now:
        return Decision(link=link)
    return cancelled(replace(link, frozen=None), now, GRACE_OVER)
