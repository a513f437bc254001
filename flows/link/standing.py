"""Where a link stands as people see it: one reading of its state, on which every message about it rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from flows.diagnosis.reasons import Owner, Reason, Stops
from flows.link.attempt import Hitch
from flows.link.state import Link, Status, Step
from flows.link.steps import is_before
from flows.tenant.service_url import Endpoint, Environment


class State(StrEnum):
    """What a card shows; `STEP` is the plain step, `LINKED` a finished link with nothing to do."""

    STEP = "step"
    CHECKING = "checking"
    BURNT = "burnt"
    FORGOTTEN = "forgotten"
    HITCH = "hitch"
    TROUBLE = "trouble"
    OFFER = "offer"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ISSUE = "issue"
    LINKED = "linked"


class Mover(StrEnum):
    """Whose move it is: of the named admin, of anybody who manages Workday there, of our owner, or of nobody."""

    ADMIN = "admin"
    ANYBODY = "anybody"
    OWNER = "owner"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state, whose move it is, the word for what that move is, and since when it is so.

    `reason` is what Workday's answer came to, `blocked` Slack's error where nothing can be posted about the link.
    """

    state: State
    mover: Mover
    waits: str
    since: datetime
    reason: Reason | None = None
    blocked: str | None = None

    @property
    def is_away(self) -> bool:
        """Tell whether Workday is not there, so that nobody is to blame and nobody can do anything."""
        return self.reason is not None and self.reason.traits.owner is Owner.NOBODY


def state_of(link: Link) -> State:
    """Read what the card of a link shows."""
    attempt, setup = link.attempt, link.setup
    if link.status in _CLOSED:
        return _CLOSED[link.status]
    if attempt.checking and not link.is_asked_quietly:
        return State.CHECKING
    if setup.burnt:
        return State.BURNT
    if link.status is Status.LINKED:
        return State.ISSUE if link.open_issue else State.LINKED
    is_lost = setup.key is not None and setup.key.private is None
    if is_lost or (setup.account and not setup.can_sign_in and not is_before(setup, link.step)):
        return State.FORGOTTEN
    present = ((attempt.hitch, State.HITCH), (attempt.trouble, State.TROUBLE), (attempt.offer, State.OFFER))
    return next((state for is_so, state in present if is_so), State.STEP)


_CLOSED = {Status.CANCELLED: State.CANCELLED, Status.PAUSED: State.PAUSED}


def standing(link: Link, now: datetime) -> Standing:
    """Read where a link stands."""
    state = state_of(link)
    found = Standing(
        state=state,
        mover=_MOVERS.get(state, Mover.ADMIN),
        waits=state.value,
        since=_since(link, state),
        blocked=link.blocked,
    )
    match state:
        case State.STEP:
            found = replace(found, waits="start" if link.step is Step.WELCOME else link.step.value)
        case State.PAUSED if link.approval:
            found = replace(found, waits="approval")
        case State.PAUSED if link.paused_until and not (link.doer and not link.doer.present):
            found = replace(found, mover=Mover.NOBODY, waits="paused_until")
        case State.ISSUE | State.LINKED if link.keeps_new and link.cooling_until and now < link.cooling_until:
            found = replace(found, mover=Mover.NOBODY, waits="kept_new", reason=reason_of(link))
        case State.TROUBLE | State.ISSUE:
            found = _reasoned(link, found)
        case State.HITCH if link.attempt.hitch is Hitch.COOLING and link.cooling_until and now < link.cooling_until:
            found = replace(found, mover=Mover.NOBODY, waits="spared" if link.setup.is_trusted else "cooling")
        case State.HITCH if link.attempt.hitch is Hitch.OWNED:
            found = replace(found, mover=Mover.OWNER, waits="hitch_owned")
        case State.HITCH:
            found = replace(found, waits=f"hitch_{link.attempt.hitch}")
        case _:
            pass
    return _addressed(link, found)


_MOVERS: dict[State, Mover] = dict.fromkeys((State.CANCELLED, State.CHECKING, State.LINKED), Mover.NOBODY)
"""Whose move a state is, where it is not the admin's."""


def _since(link: Link, state: State) -> datetime:
    """Tell since when a link stands as it does."""
    attempt, issue = link.attempt, link.open_issue
    match state:
        case State.CHECKING if attempt.checking:
            return attempt.checking.since
        case State.ISSUE if issue:
            return issue.first_seen
        case State.LINKED if link.linked:
            return link.linked
        case State.PAUSED | State.CANCELLED if link.last:
            return link.last.at
        case _:
            return link.touched


def _reasoned(link: Link, found: Standing) -> Standing:
    reason = reason_of(link)
    owner = reason.traits.owner if reason else Owner.NOBODY
    mover, waits = {
        Owner.ADMIN: (Mover.ADMIN, f"mend_{reason.traits.field}" if reason else ""),
        Owner.US: (Mover.OWNER, "between" if reason and reason.traits.stops is Stops.CHECK else "ours"),
        Owner.NOBODY: (Mover.NOBODY, "away_long" if link.open_issue and link.open_issue.is_long_away else "away"),
    }[owner]
    return replace(found, mover=mover, waits="expired" if has_expired(link) else waits, reason=reason)


def reason_of(link: Link) -> Reason | None:
    """Return what Workday's answer came to, where that is what a link waits for."""
    issue, trouble = link.open_issue, link.attempt.trouble
    if link.status is Status.LINKED:
        return issue.reason if issue else None
    return trouble.reason if trouble else None


def _addressed(link: Link, found: Standing) -> Standing:
    """Turn a move of the admin's over to others where there is no admin, or none any more."""
    if found.mover is not Mover.ADMIN or (link.doer and link.doer.present):
        return found
    if link.admin:
        return replace(found, mover=Mover.OWNER, waits="gone")
    is_open = found.state is State.STEP and link.step is Step.WELCOME
    return replace(found, mover=Mover.ANYBODY, waits="admin") if is_open else replace(found, mover=Mover.OWNER)


def is_of_other_environment(link: Link, endpoint: Endpoint) -> bool:
    """Tell whether an address belongs to another kind of environment than our own people chose for the link."""
    kinds = {link.setup.environment, endpoint.environment} - {Environment.UNKNOWN}
    return len(kinds) > 1


def has_expired(link: Link) -> bool:
    """Tell whether Workday refuses a finished link's password, and did not before the day on which it was to end."""
    issue, expiry = link.open_issue, link.setup.expiry
    is_refused = issue is not None and issue.reason is Reason.INVALID_CREDENTIALS
    return bool(issue and is_refused and expiry and expiry.due and expiry.due <= issue.first_seen.date())
