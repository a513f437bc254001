"""When the vendor's backend is told about a link, and when its credentials are forgotten; sends nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.events import Decision, Handed, HandedOff, HandOff
from flows.link.state import Issue, Last, Link, SecretRef, Status, credentials_of
from flows.schedule.reminders import Rulebook, cause_of
from flows.transitions.moves import say, stay

BRINGS_CREDENTIALS = frozenset({Handed.LINKED, Handed.RELINKED})
"""What carries the credentials themselves; the others tell only that something happened."""


def news(before: Link, after: Link, rules: Rulebook) -> Handed | None:
    """Tell what the backend has to hear of a change, if anything."""
    was, now_ = before.status is Status.LINKED, after.status is Status.LINKED
    if after.status is Status.CANCELLED and before.status is not Status.CANCELLED:
        return Handed.FORGOTTEN if before.linked else None
    if not now_:
        return None
    if not was:
        is_as_before = credentials_of(after) == _old(before)
        # Nothing new, unless the backend took what is here while the set-up was open and it is to be forgotten.
        if is_as_before and (rules.keeps_secrets or not credentials_of(after)):
            return None
        return Handed.RELINKED if before.kept else Handed.LINKED
    if credentials_of(before) != credentials_of(after) and credentials_of(after):
        return Handed.RELINKED
    if _is_open(before.issue) != _is_open(after.issue):
        return Handed.ATTENTION if _is_open(after.issue) else Handed.RECOVERED
    return None


def _is_open(issue: Issue | None) -> bool:
    return issue is not None and issue.resolved is None


def _old(before: Link) -> frozenset[SecretRef]:
    return credentials_of(before.kept) if before.kept else frozenset()


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
    if event.what not in BRINGS_CREDENTIALS or link.status is not Status.LINKED or credentials_of(link) - event.refs:
        return Decision(link=link)
    link = replace(link, handed=now)
    if rules.keeps_secrets or not credentials_of(link):
        return Decision(link=link)
    return stay(_without_handed(link), say("say.handed_off"))


def _without_handed(link: Link) -> Link:
    """Forget what was handed off; a new password that Workday is being asked about stays, with the question."""
    bare = without_secrets(link)
    candidate = link.account.candidate if link.account else None
    if candidate is None or bare.account is None:
        return bare
    bare = replace(bare, account=replace(bare.account, candidate=candidate))
    asked = link.checking if link.checking and bare.secrets.issuperset(link.checking.secrets) else None
    return replace(bare, checking=asked)


def without_secrets(link: Link) -> Link:
    """Keep the record of a link and no credential of it; nothing signs in any more."""
    account = replace(link.account, secret=None, candidate=None, proved=False) if link.account else None
    return replace(link, account=account, api=None, checking=None, recheck=None)


def idle(link: Link, now: datetime) -> Decision:
    """Forget the credentials of a link that nobody has moved for long; the walk goes on with a new password."""
    link = replace(without_secrets(link), last=Last(key="idle", at=now), trouble=None, hitch=None)
    cause = cause_of(link)
    # This message is the reminder of the day.
    nudged = {**link.nudged, cause: now} if cause else link.nudged
    return stay(replace(link, nudged=nudged), say("say.idle"))


def uninstalled(link: Link, now: datetime) -> Decision:
    """Forget everything that was entrusted to the app; nothing can be said about it any more."""
    gone = replace(without_secrets(link), status=Status.CANCELLED, kept=None, last=Last(key="cancelled", at=now))
    return Decision(link=gone)
