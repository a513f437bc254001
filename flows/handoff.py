"""When the vendor's backend is told about a link, and when its credentials are forgotten; sends nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.messages import Decision, Handed, HandedOff, HandOff
from flows.moves import say, stay
from flows.reminders import Rulebook, cause_of
from flows.state import Issue, Last, Link, SecretRef, Status

BRINGS_CREDENTIALS = frozenset({Handed.LINKED, Handed.RELINKED})
"""What carries the credentials themselves; the others tell only that something happened."""


def news(before: Link, after: Link) -> Handed | None:
    """Tell what the backend has to hear of a change, if anything."""
    was, now_ = before.status is Status.LINKED, after.status is Status.LINKED
    if after.status is Status.CANCELLED and before.status is not Status.CANCELLED:
        return Handed.FORGOTTEN if before.linked else None
    if not now_:
        return None
    if not was:
        # Whoever left everything as it was has nothing new to tell.
        return (Handed.RELINKED if before.kept else Handed.LINKED) if _credentials(after) != _old(before) else None
    if _credentials(before) != _credentials(after) and _credentials(after):
        return Handed.RELINKED
    if _is_open(before.issue) != _is_open(after.issue):
        return Handed.ATTENTION if _is_open(after.issue) else Handed.RECOVERED
    return None


def _is_back(before: Link, after: Link) -> bool:
    """Tell whether a link that was being set up anew works as before, with credentials that are still here."""
    has_returned = before.status is not Status.LINKED and after.status is Status.LINKED
    return has_returned and bool(_credentials(after))


def _is_open(issue: Issue | None) -> bool:
    return issue is not None and issue.resolved is None


def _credentials(link: Link) -> frozenset[SecretRef]:
    account = {link.account.secret} if link.account and link.account.secret else set[SecretRef | None]()
    api = {link.api.secret, link.api.refresh_token} if link.api else set[SecretRef]()
    return frozenset(ref for ref in account | api if ref)


def _old(before: Link) -> frozenset[SecretRef]:
    kept = before.kept
    return _credentials(replace(before, account=kept.account, api=kept.api)) if kept else frozenset()


def with_news(before: Link, decision: Decision, rules: Rulebook) -> Decision:
    """Add the errand that tells the backend, where there is one."""
    if not rules.hands_off:
        return decision
    what = news(before, decision.link)
    if what is None and not rules.keeps_secrets and _is_back(before, decision.link):
        # What the backend took while the set-up was open has been forgotten nowhere.
        what = Handed.RELINKED
    if what is None:
        return decision
    return replace(decision, effects=(*decision.effects, HandOff(what=what)))


def handed(link: Link, event: HandedOff, now: datetime, rules: Rulebook) -> Decision:
    """Note that the backend has the credentials, and forget them where they are not kept after that.

    They are handed off together. While one of them is newer than what was brought, its own errand is on its way and
    brings all of them, so none is forgotten before that.
    """
    if event.what not in BRINGS_CREDENTIALS or link.status is not Status.LINKED or _credentials(link) - event.refs:
        return Decision(link=link)
    link = replace(link, handed=now)
    if rules.keeps_secrets or not _credentials(link):
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
