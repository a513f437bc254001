"""What becomes of a check that brought no answer: held back, refused by our own budget, broken off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.attempt import Attempt, Checking, Hitch
from flows.link.effects import Decision, TellStaff
from flows.link.events import CheckBroken, CheckHeld, CheckRefused
from flows.link.state import Link, Status
from flows.transitions.checks.rechecks import again_after
from flows.transitions.health import look_soon, not_looked
from flows.transitions.moves import say, stay


def refused(link: Link, event: CheckRefused) -> Decision:
    """Pause the tries so that Workday does not lock the user."""
    if link.attempt.checking is None or link.attempt.checking.id != event.check_id:
        return Decision(link=link)
    return _unanswered(replace(link, cooling_until=event.until), link.attempt.checking, Hitch.COOLING, event.until)


def held(link: Link, event: CheckHeld, now: datetime) -> Decision:
    """Wait for our own people before anybody signs in with a user that another link has proved."""
    if link.attempt.checking is None or link.attempt.checking.id != event.check_id:
        return Decision(link=link)
    decision = _unanswered(link, link.attempt.checking, Hitch.OWNED, now)
    return replace(decision, effects=(*decision.effects, TellStaff(key="staff.owned")))


def broken(link: Link, event: CheckBroken, now: datetime) -> Decision:
    """Give the button back after a check whose answer was lost."""
    if link.attempt.checking is None or link.attempt.checking.id != event.check_id:
        return Decision(link=link)
    return _unanswered(link, link.attempt.checking, Hitch.INTERRUPTED, now)


def _unanswered(link: Link, checking: Checking, hitch: Hitch, after: datetime) -> Decision:
    """End a check without an answer: the clock tries again after `after`, a person is told."""
    is_quiet = link.is_asked_quietly
    link = replace(link, attempt=replace(link.attempt, checking=None))
    if is_quiet:
        return not_looked(link, after)
    link = replace(link, asked_at=after)
    # What was promised is kept, also when a person asked in between.
    link = again_after(link, after) if link.attempt.recheck else link
    if link.attempt.recheck and not checking.by_hand:
        return stay(link)
    if link.status is Status.LINKED:
        return _told_of_new(link, hitch, after)
    return stay(replace(link, attempt=replace(link.attempt, hitch=hitch)))


def _told_of_new(link: Link, hitch: Hitch, after: datetime) -> Decision:
    """Say of a finished link that a new password, or the one in use, is tried later; what is not is entered again."""
    if link.keeps_new and hitch is Hitch.COOLING:
        return stay(link, say("hitch.cooling_new"))
    if link.keeps_new:
        return stay(without_candidate(link), say(f"hitch.{hitch}_new"))
    if hitch is Hitch.COOLING and link.setup.is_trusted:
        return stay(look_soon(link, after), say("hitch.spared"))
    return stay(link, say(f"hitch.{hitch}"))


def without_candidate(link: Link) -> Link:
    """Go on with the old password; the new one has to be entered again."""
    account = replace(link.setup.account, candidate=None) if link.setup.account else None
    return replace(link, setup=replace(link.setup, account=account), attempt=Attempt())
