"""When the vendor's backend is told about a link, and when its credentials are forgotten; sends nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.attempt import Attempt
from flows.link.effects import Decision, Handed, HandOff
from flows.link.events import HandedOff
from flows.link.rulebook import Rulebook
from flows.link.setup import SecretRef
from flows.link.state import Last, Link, Status, Step
from flows.link.steps import row_of
from flows.schedule.reminders import cause_of
from flows.transitions.moves import say, stay

BRINGS_CREDENTIALS = frozenset({Handed.LINKED, Handed.RELINKED})
"""What carries the credentials themselves; the others tell only that something happened."""


def news(before: Link, after: Link, rules: Rulebook) -> Handed | None:
    """Tell what the backend has to hear of a change, if anything."""
    was, now_ = before.status is Status.LINKED, after.status is Status.LINKED
    if after.status is Status.CANCELLED and before.status is not Status.CANCELLED:
        return Handed.FORGOTTEN if before.linked else None
    if before.linked and bool(before.frozen) is not bool(after.frozen):
        return Handed.SUSPENDED if after.frozen else _resumed(after)
    if after.status is Status.PAUSED:
        return Handed.PAUSED if was else None
    if not now_:
        return None
    if before.status is Status.PAUSED and before.step is Step.LINKED:
        return Handed.RESUMED
    if not was:
        is_as_before = after.setup.credentials == _old(before)
        # Nothing new, unless the backend took what is here while the set-up was open and it is to be forgotten.
        if is_as_before and (rules.keeps(after.setup.way) or not after.setup.credentials):
            return None
        return Handed.RELINKED if before.previous else Handed.LINKED
    if before.setup.credentials != after.setup.credentials and after.setup.credentials:
        return Handed.RELINKED
    if (before.open_issue is None) is not (after.open_issue is None):
        return Handed.ATTENTION if after.open_issue else Handed.RECOVERED
    is_well = before.looked_at != after.looked_at and not after.open_issue
    # What is kept from before the settings said to forget it is brought once more, and then forgotten.
    is_to_go = after.setup.credentials and not rules.keeps(after.setup.way)
    return Handed.RELINKED if is_well and is_to_go else None


def _resumed(after: Link) -> Handed:
    """Tell what brings the backend up to date once the app is let in again; what it missed is dropped."""
    if after.status is Status.PAUSED and after.step is Step.LINKED:
        return Handed.PAUSED
    return Handed.RELINKED if after.in_use.credentials else Handed.RESUMED


def _old(before: Link) -> frozenset[SecretRef]:
    return before.previous.credentials if before.previous else frozenset()


def with_news(before: Link, decision: Decision, rules: Rulebook) -> Decision:
    """Add the errand that tells the backend, where there is one."""
    if not rules.hands_off:
        return decision
    what = news(before, decision.link, rules)
    if what is None:
        return decision
    return replace(decision, effects=(*decision.effects, HandOff(what=what)))


def handed(link: Link, event: HandedOff, now: datetime, rules: Rulebook) -> Decision:
    """Note that the backend has the credentials, and forget them where they are not kept after that.

    They are handed off together. While one of them is newer than what was brought, its own errand is on its way and
    brings all of them, so none is forgotten before that.
    """
    # One that was paused meanwhile is finished as well.
    is_finished = link.step is Step.LINKED and link.status in {Status.LINKED, Status.PAUSED}
    if event.what not in BRINGS_CREDENTIALS or not is_finished or link.setup.credentials - event.refs:
        return Decision(link=link)
    link = replace(link, handed=now)
    if rules.keeps(link.setup.way) or not link.setup.credentials:
        return Decision(link=link)
    return stay(_without_handed(link), say("say.handed_off_client" if row_of(link.setup).bearer else "say.handed_off"))


def _without_handed(link: Link) -> Link:
    """Forget what was handed off; a new password that Workday is being asked about stays, with the question."""
    bare = without_secrets(link)
    candidate = link.setup.account.candidate if link.setup.account else None
    if candidate is None or bare.setup.account is None:
        return bare
    account = replace(bare.setup.account, candidate=candidate)
    bare = replace(bare, setup=replace(bare.setup, account=account))
    asked = (
        link.attempt.checking
        if link.attempt.checking and bare.secrets.issuperset(link.attempt.checking.secrets)
        else None
    )
    return replace(bare, attempt=Attempt(checking=asked))


def without_secrets(link: Link) -> Link:
    """Keep the record of a link and no credential of it; nothing signs in any more."""
    setup = link.setup
    account = replace(setup.account, secret=None, candidate=None, proved=False) if setup.account else None
    key = replace(setup.key, private=None) if setup.key else None
    return replace(link, setup=replace(setup, account=account, api=None, key=key), attempt=Attempt())


def idle(link: Link, now: datetime) -> Decision:
    """Forget the credentials of a link that nobody has moved for long; the walk goes on with a new password."""
    link = replace(without_secrets(link), last=Last(key="idle", at=now))
    cause = cause_of(link)
    # This message is the reminder of the day.
    nudged = {**link.nudged, cause: now} if cause else link.nudged
    told = say("say.idle_client" if row_of(link.setup).bearer else "say.idle")
    return stay(replace(link, nudged=nudged), told)
