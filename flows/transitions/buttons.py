"""What each press of a button does to a link; who may press what is in `flows.link.access.reading`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from flows.diagnosis.observations import CheckKind
from flows.link.access.reading import is_answered_once, refusal
from flows.link.access.rows import UNTICK, check_of
from flows.link.attempt import Attempt, Topic
from flows.link.effects import Decision, Denial, SendCertificate, SendSheet, TellStaff
from flows.link.events import Action, Pressed
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind, Setup
from flows.link.state import Last, Link, Person, Status, Step
from flows.link.steps import PROVING, STEPS
from flows.link.walk import asked, offered, preceding
from flows.permissions import Way
from flows.replacing import replace
from flows.transitions import settings
from flows.transitions.checks.rechecks import cooled
from flows.transitions.moves import (
    answer_expiry,
    begin_check,
    go,
    go_on,
    is_cooling,
    redraw,
    repost,
    resume,
    say,
    stay,
    taken,
    use_endpoint,
)
from flows.transitions.people import told_owner, with_new_owner
from flows.transitions.relink import keep_old, signed_in_by
from flows.transitions.settings import STALE

MOVES_NOTHING = frozenset(
    {
        Action.OPEN_FORM,
        Action.HAND_OVER,
        Action.CANCEL,
        Action.APPROVAL,
        Action.COMING,
        Action.TAKE,
        Action.EVIDENCE,
        Action.PICTURES,
        Action.SHEET,
        Action.CERTIFICATE,
        Action.SNOOZE,
        Action.ASK_WRITES,
        Action.WEB_ONLY,
        Action.LANGUAGE,
        Action.MUTE,
        Action.UNMUTE,
        Action.NOTE,
        Action.MOVE,
    }
)
"""Presses that only open a modal, set something, or ask for silence: a stalled link stays stalled."""

FAR_BACK = frozenset({Step.SERVICE_URL}) | PROVING
"""Steps to which one can go back from any later one."""

SHEET_AGAIN = timedelta(minutes=1)
"""Within this, a second wish for the sheet is the same wish."""


def pressed(link: Link, event: Pressed, now: datetime, rules: Rulebook) -> Decision:
    """Carry out one press, if this person may do this now."""
    refused = refusal(link, event)
    if refused:
        return Decision(link=link, refusal=refused)
    if event.action not in MOVES_NOTHING:
        link = replace(link, touched=now)
    if is_answered_once(event.action):
        link = replace(link, answered={**link.answered, event.action.value: link.revision})
    match event.action:
        case Action.START:
            return _started(link, event, rules, now)
        case (
            Action.OPEN_FORM
            | Action.APPROVAL
            | Action.HAND_OVER
            | Action.CANCEL
            | Action.EVIDENCE
            | Action.PICTURES
            | Action.NOTE
            | Action.MOVE
        ):
            return Decision(link=link)
        case Action.DONE | Action.EXPIRY_UNKNOWN:
            return _done(link, event.action, rules, now)
        case Action.EXEMPT:
            return _proved_by(answer_expiry(link, Expiry(kind=ExpiryKind.EXEMPT), rules, now), now)
        case Action.ALLOW_LOGIN:
            return _allowed(link, now)
        case Action.LOOK if is_cooling(link, now):
            return Decision(link=link, refusal=Denial(key="issue.kept_new" if link.keeps_new else "refusal.cooling"))
        case Action.LOOK:
            return _looked_at(link, now)
        case Action.KEEP_OLD:
            return _kept(link, link.previous, event.actor, now) if link.previous else Decision(link=link, refusal=STALE)
        case Action.BACK:
            far = next((step for step in FAR_BACK if step == event.value), None)
            return go(link, far or preceding(link, rules.permissions), fresh_card=False)
        case Action.HELP:
            return _helped(link, event.value)
        case Action.CLOSE_HELP:
            return stay(replace(link, attempt=replace(link.attempt, help=None)))
        case Action.CALL_STAFF if link.owner.is_same(event.actor) and link.owner.present:
            return Decision(link=link, refusal=Denial(key="refusal.own_call"))
        case Action.CALL_STAFF if link.called:
            return Decision(link=link, refusal=Denial(key="refusal.called"))
        case Action.CALL_STAFF:
            return stay(replace(link, called=now), say("say.call_staff"), TellStaff(key="staff.called"))
        case Action.COMING:
            return Decision(link=replace(link, called=None), effects=(say("say.coming", person=event.actor.user_id),))
        case Action.TAKE if link.owner.present:
            return Decision(link=link, refusal=Denial(key="refusal.taken"))
        case Action.TAKE:
            return stay(with_new_owner(link, event.actor), TellStaff(key="staff.taken"))
        case Action.PAUSE:
            return settings.paused(link, event, now)
        case Action.PAUSE_UNTIL:
            return settings.paused_until(link, event)
        case Action.RESUME:
            return resume(link, now)
        case Action.CONTINUE:
            return repost(link)
        case Action.RESTART:
            return go(_undone(link), link.step)
        case Action.CHECK:
            return _check(link, now)
        case Action.TICK:
            return _ticked(link, event.value, rules)
        case Action.USE_OFFER:
            return _use_offer(link, rules, now)
        case Action.REFUSE_OFFER:
            return stay(replace(link, attempt=replace(link.attempt, offer=None)))
        case Action.POLICY_LATER:
            return _policy_later(link, rules, now)
        case Action.SHEET if link.sheet_at and now - link.sheet_at < SHEET_AGAIN:
            return Decision(link=link, refusal=Denial(key="refusal.sheet"))
        case Action.NEW_KEY:
            return stay(_undone(link))
        case Action.CERTIFICATE:
            return Decision(link=link, effects=(SendCertificate(),))
        case Action.SHEET:
            return Decision(link=replace(link, sheet_at=now), effects=(SendSheet(),))
        case Action.EMPTY_IS_RIGHT:
            setup = replace(link.setup, empty_is_right=True)
            return go_on(replace(link, setup=setup, attempt=Attempt()), rules, now)
        case Action.ASK_WRITES:
            return settings.writes(link, event)
        case Action.WEB_ONLY:
            return settings.web_only(link, event)
        case Action.LANGUAGE:
            return settings.language(link, event, rules)
        case Action.SNOOZE:
            return settings.snoozed(link, event, now, rules)
        case Action.MUTE | Action.UNMUTE:
            return settings.muted(link, event, now, rules)
        case _:
            assert_never(event.action)


def _started(link: Link, event: Pressed, rules: Rulebook, now: datetime) -> Decision:
    """Begin, in the way to sign in that was chosen."""
    if event.value and event.value not in offered(link, rules.permissions):
        return Decision(link=link, refusal=STALE)
    known, link = taken(link, event.actor)
    link = signed_in_by(link, Way(event.value) if event.value else offered(link, rules.permissions)[0])
    started = Last(key="started", at=now, names={"person": event.actor.user_id})
    return go(replace(link, last=started, started=link.started or now), Step.SERVICE_URL, *known)


def _proved_by(answered: Decision, now: datetime) -> Decision:
    """Look at once whether a finished link works, as its admin says."""
    link = answered.link
    if link.status is not Status.LINKED or is_cooling(link, now) or not link.setup.can_sign_in:
        return answered
    return _looked_at(link, now)


def _looked_at(link: Link, now: datetime) -> Decision:
    """Ask everything about a finished link; a new password that waits is tried first."""
    return cooled(link, now) if link.keeps_new else begin_check(link, CheckKind.FULL, now)


def _ticked(link: Link, value: str, rules: Rulebook) -> Decision:
    """Tick the named permissions off, or take their ticks back; those that are asked no more are passed over."""
    known = {permission.id for permission in asked(link.setup, rules.permissions)}
    rows = known.intersection(value.removeprefix(UNTICK).split(","))
    ticked = link.setup.ticked - rows if value.startswith(UNTICK) else link.setup.ticked | rows
    if ticked == link.setup.ticked:
        return Decision(link=link, refusal=STALE)
    return redraw(replace(link, setup=replace(link.setup, ticked=ticked)))


def _done(link: Link, action: Action, rules: Rulebook, now: datetime) -> Decision:
    """Go on from a step that a person confirms."""
    if action is Action.EXPIRY_UNKNOWN:
        link = replace(link, setup=replace(link.setup, expiry=Expiry(kind=ExpiryKind.UNKNOWN)))
    return go_on(replace(link, last=Last(key="step", at=now, names={"step": link.step.value})), rules, now)


def _helped(link: Link, value: str) -> Decision:
    topic = Topic(value) if value in set(Topic) else Topic.STUCK
    if topic is Topic.STUCK and not STEPS[link.step].topics:
        return Decision(link=link, refusal=STALE)
    return stay(replace(link, attempt=replace(link.attempt, help=topic)))


def _undone(link: Link) -> Link:
    match link.step:
        case Step.ISU:
            return replace(link, setup=replace(link.setup, account=None))
        case Step.API_CLIENT | Step.TOKEN_CLIENT:
            return replace(link, setup=replace(link.setup, api=None))
        case Step.KEY_CLIENT:
            return replace(link, setup=replace(link.setup, key=None, expiry=None))
        case Step.PERMISSIONS:
            return replace(link, setup=replace(link.setup, ticked=frozenset()))
        case _:
            return link


def _kept(link: Link, previous: Setup, actor: Person, now: datetime) -> Decision:
    decision = keep_old(link, previous, now)
    return replace(decision, effects=(*decision.effects, *told_owner(link, actor, "staff.kept")))


def _use_offer(link: Link, rules: Rulebook, now: datetime) -> Decision:
    return (
        use_endpoint(link, link.attempt.offer, rules, now) if link.attempt.offer else Decision(link=link, refusal=STALE)
    )


def _policy_later(link: Link, rules: Rulebook, now: datetime) -> Decision:
    link = replace(link, setup=replace(link.setup, policy_needed=True))
    match link.step:
        case Step.ISU:
            return go_on(link, rules, now)
        case Step.ACTIVATION | Step.API_CLIENT | Step.CHECK:
            return go(link, Step.AUTH_POLICY)
        case _:
            # The policy has a step of its own, and that is still to come or here.
            return stay(replace(link, attempt=Attempt()))


def _allowed(link: Link, now: datetime) -> Decision:
    """Make the sign-in that waited for our own people."""
    account = replace(link.setup.account, allowed=True) if link.setup.account else None
    return _check(replace(link, setup=replace(link.setup, account=account)), now)


def _check(link: Link, now: datetime) -> Decision:
    kind = check_of(link) or CheckKind.LOGIN
    if kind is CheckKind.REACH and link.attempt.tried:
        return begin_check(link, kind, now, endpoints=link.attempt.tried.endpoints, guessed=link.attempt.tried.guessed)
    if kind is not CheckKind.API and is_cooling(link, now):
        return Decision(link=link, refusal=Denial(key="refusal.cooling"))
    if link.step is Step.ACTIVATION and link.setup.policy_needed and link.setup.account and not link.setup.is_trusted:
        return go(link, Step.AUTH_POLICY)
    return begin_check(link, kind, now)
