"""What became of a reminder, from the link and the event that ended it; claims nothing that Workday has not shown."""

from __future__ import annotations

from dataclasses import replace

from flows.link.events import Action, CheckFinished, Event, Form, Pressed, Submitted
from flows.link.setup import ExpiryKind
from flows.link.standing import has_expired
from flows.link.state import Cause, Link, Nudge, Outcome, Status
from flows.schedule.reminders import cause_of


def outcome_of(before: Link, link: Link, nudge: Nudge, event: Event) -> Outcome | None:
    """Return what became of a standing reminder once `event` has turned `before` into `link`; None while it stands.

    Whether it was answered is seen from what the event changed: a clock that was set back lies about what came first.
    """
    if link.status is Status.CANCELLED:
        return Outcome.CANCELLED
    is_answered = link.setup.expiry_at and _told(link) != _told(before)
    if nudge.cause in {Cause.PASSWORD, Cause.EXPIRY} and is_answered:
        return _answered(link, event)
    # A shut channel and an absent Workday silence reminders; they do not do what these ask for.
    cause = cause_of(replace(link, blocked=None) if link.blocked else link)
    is_asked_anew = isinstance(event, Submitted) and event.form is Form.APPROVAL
    is_same = cause is nudge.cause and not is_asked_anew
    if is_same and not (cause is Cause.STALLED and link.touched != before.touched):
        return None
    if cause is None and link.attempt.recheck:
        return None
    return _replaced(link, nudge, event)


def _told(link: Link) -> tuple[object, ...]:
    return link.setup.expiry, link.setup.expiry_at


def _answered(link: Link, event: Event) -> Outcome:
    expiry = link.setup.expiry
    if isinstance(event, CheckFinished):
        return Outcome.PROVED
    return Outcome.EXEMPTED if expiry and expiry.kind is ExpiryKind.EXEMPT else Outcome.DATED


def _replaced(link: Link, nudge: Nudge, event: Event) -> Outcome:
    if link.status is Status.PAUSED:
        return Outcome.PAUSED
    if isinstance(event, Submitted) and event.form is Form.HAND_OVER:
        return Outcome.HANDED_OVER
    if isinstance(event, Pressed | Submitted):
        is_left = isinstance(event, Pressed) and event.action is Action.KEEP_OLD
        return Outcome.REPLACED if is_left else Outcome.MOVED
    issue, attempt = link.open_issue, link.attempt
    is_well = issue is None and attempt.trouble is None and attempt.hitch is None
    if isinstance(event, CheckFinished) and is_well:
        return Outcome.PROVED
    # Before the day on which it was to end, a refused password shows no expiry.
    return Outcome.EXPIRED if nudge.cause is Cause.PASSWORD and has_expired(link) else Outcome.REPLACED
