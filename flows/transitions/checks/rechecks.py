"""When a link is asked again by the clock, rung by rung, and what is asked then; reads no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Retry, Stops
from flows.link.attempt import Recheck
from flows.link.effects import Decision
from flows.link.state import Link
from flows.link.steps import row_of
from flows.schedule.reminders import AWAY_RECHECKS, RECHECKS
from flows.tenant.maintenance import likely_window
from flows.transitions.moves import begin_check, stay

PATIENT = 4
"""The rung from which on a closed Workday is left alone until it usually opens again."""


def up_the_ladder(link: Link, finding: Finding, now: datetime) -> Link:
    """Put the link on the ladder of checks, or one rung up it."""
    retry = finding.reason.traits.retry
    if retry is Retry.ALWAYS or (retry is Retry.ONCE_PROVED and link.setup.is_trusted):
        return again_after(link, now)
    return replace(link, attempt=replace(link.attempt, recheck=None))


def again_after(link: Link, after: datetime) -> Link:
    """Have the clock ask again, at the first rung after a moment."""
    return replace(link, attempt=replace(link.attempt, recheck=_next_rung(link, after)))


def _next_rung(link: Link, after: datetime) -> Recheck:
    """Take the first rung after a moment, so that time spent switched off gives one check and not a burst."""
    ladder = link.attempt.recheck or Recheck(since=after, attempt=0, at=after)
    is_away = link.attempt.trouble is not None and link.attempt.trouble.reason.traits.outage
    waits = AWAY_RECHECKS if is_away else RECHECKS
    rungs = ((number, ladder.since + wait) for number, wait in enumerate(waits))
    attempt, at = next(((number, at) for number, at in rungs if at > after), (ladder.attempt + 1, after + waits[-1]))
    opens = likely_window(link.setup.environment, after) if is_away else None
    return replace(ladder, attempt=attempt, at=max(at, opens) if opens and attempt >= PATIENT else at)


def cooled(link: Link, now: datetime) -> Decision:
    """End a pause: what was entered and never sent is tried now; what Workday refused has to be entered again."""
    account, tried = link.setup.account, link.attempt.tried
    link = replace(link, cooling_until=None, attempt=replace(link.attempt, hitch=None, tries_left=None))
    if link.keeps_new:
        return try_new(link, now)
    if tried and account and link.setup.can_sign_in and not account.refused:
        return begin_check(link, tried.kind, now, by_hand=False)
    return stay(link)


def try_new(link: Link, now: datetime) -> Decision:
    """Try a new password of a finished link; whoever entered it waits for the answer, also where the clock asks."""
    account = link.setup.account
    candidate = account.candidate if account else None
    return begin_check(link, CheckKind.LOGIN, now, secrets=(candidate,) if candidate else ())


def look_again(link: Link, now: datetime) -> Decision:
    """Start the check of the present step without anybody's press; a password nobody proved is left alone."""
    kind = link.attempt.trouble.kind if link.attempt.trouble else CheckKind.PERMISSIONS
    if kind is CheckKind.REACH and link.attempt.tried:
        return begin_check(
            link, kind, now, endpoints=link.attempt.tried.endpoints, guessed=link.attempt.tried.guessed, by_hand=False
        )
    is_away = link.attempt.trouble is not None and link.attempt.trouble.reason.traits.stops is Stops.CHECK
    if kind is not CheckKind.API and not row_of(link.setup).bearer and (is_away or not link.setup.is_trusted):
        # A login that gets no answer counts as a bad one, and two of them would shut people out for half an hour.
        kind = CheckKind.REACH
    return begin_check(link, kind, now, by_hand=False)
