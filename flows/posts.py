"""What a secret that was posted in the thread does to a link; what a message means is for `flows.hearing` to say."""

from __future__ import annotations

from dataclasses import replace

from flows.actions import MOVERS, roles_of
from flows.messages import Decision, Effect, Heard, Whisper
from flows.moves import go, stay
from flows.state import Account, ApiAccess, Link, SecretRef, Status, Step
from flows.upkeep import reopen

MOST_MARKS = 120
"""How many hashes of posted words are kept, and how many of secrets that were really ours."""

BEFORE = frozenset({Step.WELCOME, Step.SERVICE_URL})
"""Steps from which the walk comes to the user and its password anyway."""


def posted(link: Link, event: Heard) -> Decision:
    """Warn of a secret that was posted where others can read it, and drop it if it is ours.

    A finished link works on until a new one is in. What is not ours costs nobody anything: it only is not taken later.
    """
    warning = Whisper(person=event.actor, key="whisper.secret")
    link = _marked(link, event)
    if link.status is Status.CANCELLED or not event.found:
        return Decision(link=link, effects=(warning,))
    link = _kept_marked(link, event.found)
    effects: tuple[Effect, ...] = (warning,)
    if _names_password(link.account, event.found):
        shown = _password(link, event.found)
        link, effects = shown.link, (*effects, *shown.effects)
    if _names_client(link.api, event.found):
        shown = _client(link)
        link, effects = shown.link, (*effects, *shown.effects)
    return Decision(link=link, effects=effects)


def _marked(link: Link, event: Heard) -> Link:
    """Remember what was posted; who may not move the link pushes nothing out that others have posted."""
    room = len(event.marks) if roles_of(link, event.actor) & MOVERS else MOST_MARKS - len(link.burnt_marks)
    marks = (*link.burnt_marks, *event.marks[: max(room, 0)])[-MOST_MARKS:]
    own = (*link.burnt_own, *(mark for mark in event.own if mark not in link.burnt_own))[-MOST_MARKS:]
    return replace(link, burnt_marks=marks, burnt_own=own)


def _kept_marked(link: Link, found: frozenset[SecretRef]) -> Link:
    """Note what of the set-up that is done anew must not come back unseen."""
    kept = link.kept
    if kept is None:
        return link
    burnt, client = _names_password(kept.account, found), _names_client(kept.api, found)
    return replace(link, kept=replace(kept, burnt=kept.burnt or burnt, burnt_client=kept.burnt_client or client))


def _password(link: Link, found: frozenset[SecretRef]) -> Decision:
    account = link.account
    if link.step in BEFORE or account is None:
        return Decision(link=replace(link, account=None))
    if account.candidate in found:
        # It was on trial; the one before works on.
        link = replace(link, account=replace(account, candidate=None), checking=None)
    elif link.status is not Status.LINKED:
        account = replace(account, secret=None, proved=False)
        link = replace(link, account=account, checking=None, recheck=None, trouble=None, hitch=None, help=None)
    elif link.burnt:
        return Decision(link=link)
    return stay(replace(link, burnt=True))


def _client(link: Link) -> Decision:
    """Ask for another API client: a finished link is opened again at that step, with what works kept until then."""
    if link.status is Status.LINKED:
        opened = reopen(link, Step.API_CLIENT, replace(link, api=None))
        kept = replace(opened.link.kept, burnt_client=True) if opened.link.kept else None
        return replace(opened, link=replace(opened.link, burnt_client=True, kept=kept))
    link = replace(link, api=None, checking=None, recheck=None)
    if link.step is Step.API_CLIENT:
        return stay(replace(link, burnt_client=True, trouble=None, hitch=None, help=None))
    if link.step is Step.CHECK:
        moved = go(link, Step.API_CLIENT)
        return replace(moved, link=replace(moved.link, burnt_client=True))
    # The walk comes to the API client anyway.
    return Decision(link=link)


def _names_password(account: Account | None, found: frozenset[SecretRef]) -> bool:
    return account is not None and not found.isdisjoint({account.secret, account.candidate} - {None})


def _names_client(api: ApiAccess | None, found: frozenset[SecretRef]) -> bool:
    return api is not None and not found.isdisjoint({api.secret, api.refresh_token})
