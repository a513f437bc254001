"""What a secret that was posted in the thread does to a link; reads no message itself."""

from __future__ import annotations

from dataclasses import replace

from flows.link.access import MOVERS, roles_of
from flows.link.events import Decision, Effect, Heard, Whisper
from flows.link.state import Account, ApiAccess, Kept, Link, SecretRef, Status, Step
from flows.link.steps import BEFORE_ISU, needs_api
from flows.schedule.reminders import Rulebook
from flows.transitions.health import reopen
from flows.transitions.moves import go, stay

MOST_MARKS = 120
"""How many hashes of posted words are kept, and how many of secrets that were really ours."""


def posted(link: Link, event: Heard, rules: Rulebook) -> Decision:
    """Warn of a secret that was posted where others can read it, and drop it if it is ours.

    A finished link works on until a new one is in. What is not ours costs nobody anything: it only is not taken later.
    """
    warning = Whisper(person=event.actor, key="whisper.secret")
    link = _marked(link, event)
    if link.status is Status.CANCELLED or not event.found:
        return Decision(link=link, effects=(warning,))
    effects: tuple[Effect, ...] = (warning,)
    for ours, drop in (
        (_names_kept(link.kept, event.found), _kept),
        (_names_password(link.account, event.found), _password),
        (_names_client(link.api, event.found), _client),
    ):
        shown = drop(link, event.found, rules) if ours else Decision(link=link)
        link, effects = shown.link, (*effects, *shown.effects)
    return Decision(link=link, effects=effects)


def _marked(link: Link, event: Heard) -> Link:
    """Remember what was posted; who may not move the link pushes nothing out that others have posted."""
    room = len(event.marks) if roles_of(link, event.actor) & MOVERS else MOST_MARKS - len(link.burnt_marks)
    marks = (*link.burnt_marks, *event.marks[: max(room, 0)])[-MOST_MARKS:]
    own = (*link.burnt_own, *(mark for mark in event.own if mark not in link.burnt_own))[-MOST_MARKS:]
    return replace(link, burnt_marks=marks, burnt_own=own)


def _kept(link: Link, found: frozenset[SecretRef], _rules: Rulebook) -> Decision:
    """Note what of the set-up that is kept while another is made must not come back unseen."""
    kept = link.kept and replace(
        link.kept,
        burnt=link.kept.burnt or _names_password(link.kept.account, found),
        burnt_client=link.kept.burnt_client or _names_client(link.kept.api, found),
    )
    return stay(replace(link, kept=kept))


def _password(link: Link, found: frozenset[SecretRef], _rules: Rulebook) -> Decision:
    account = link.account
    if link.step in BEFORE_ISU or account is None:
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


def _client(link: Link, _found: frozenset[SecretRef], rules: Rulebook) -> Decision:
    """Ask for another API client: a finished link is opened again at that step, with what works kept until then."""
    if link.status is Status.LINKED and needs_api(link, rules.permissions):
        # A password on trial has to be entered again; the one before works on.
        account = replace(link.account, candidate=None) if link.account else None
        opened = reopen(replace(link, account=account), Step.API_CLIENT, replace(link, account=account, api=None))
        kept = replace(opened.link.kept, burnt_client=True) if opened.link.kept else None
        return replace(opened, link=replace(opened.link, burnt_client=True, kept=kept))
    link = replace(link, api=None, checking=None, recheck=None)
    if link.step is Step.API_CLIENT:
        return stay(replace(link, burnt_client=True, trouble=None, hitch=None, help=None))
    if link.step is Step.CHECK:
        moved = go(link, Step.API_CLIENT)
        return replace(moved, link=replace(moved.link, burnt_client=True))
    # The walk comes to the API client anyway, if it needs one.
    return stay(link)


def _names_kept(kept: Kept | None, found: frozenset[SecretRef]) -> bool:
    return kept is not None and (_names_password(kept.account, found) or _names_client(kept.api, found))


def _names_password(account: Account | None, found: frozenset[SecretRef]) -> bool:
    return account is not None and not found.isdisjoint({account.secret, account.candidate} - {None})


def _names_client(api: ApiAccess | None, found: frozenset[SecretRef]) -> bool:
    return api is not None and not found.isdisjoint({api.secret, api.refresh_token})
