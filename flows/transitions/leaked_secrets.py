"""What a secret that was posted in the thread does to a link; reads no message itself."""

from __future__ import annotations

from dataclasses import replace

from flows.link.access.reading import roles_of
from flows.link.access.rows import MOVERS
from flows.link.attempt import Attempt
from flows.link.effects import Decision, Effect, Whisper
from flows.link.events import Heard
from flows.link.rulebook import Rulebook
from flows.link.setup import SecretRef, Setup
from flows.link.state import Link, Status, Step
from flows.link.steps import BEFORE_ISU, is_before, row_of
from flows.link.walk import needs_api
from flows.permissions import Way
from flows.transitions.moves import go, stay
from flows.transitions.relink import of_way, reopen

MOST_MARKS = 120
"""How many hashes of posted words are kept, and how many of secrets that were really ours."""


def posted(link: Link, event: Heard, rules: Rulebook) -> Decision:
    """Warn of a secret that was posted where others can read it, and drop it if it is ours.

    A finished link works on until a new one is in. What is not ours costs nobody anything: it only is not taken later.
    """
    link = _marked(link, event)
    effects: tuple[Effect, ...] = () if event.told else (_warning(link, event),)
    if link.status is Status.CANCELLED or not event.found:
        return Decision(link=link, effects=effects)
    for ours, drop in (
        (link.previous and _names(link.previous, event.found), _previous),
        (_names_password(link.setup, event.found), _password),
        (_names_client(link.setup, event.found), _client),
    ):
        shown = drop(link, event.found, rules) if ours else Decision(link=link)
        link, effects = shown.link, (*effects, *shown.effects)
    return Decision(link=link, effects=effects)


def _warning(link: Link, event: Heard) -> Whisper:
    """Warn where it stands whoever can take it away; for an app, those who look after the link."""
    if event.by_app:
        return Whisper(person=link.doer or link.owner, key="whisper.secret_of_app", where=event.where)
    if event.elsewhere:
        return Whisper(person=event.actor, key="whisper.secret_elsewhere", where=event.where)
    if link.status is Status.CANCELLED:
        return Whisper(person=event.actor, key="whisper.secret_ended", where=event.where)
    # Where a key signs in nobody has a secret to enter.
    key = "whisper.secret_key" if link.setup.way is Way.KEY else "whisper.secret"
    return Whisper(person=event.actor, key=key, where=event.where)


def _marked(link: Link, event: Heard) -> Link:
    """Remember what was posted; who may not move the link pushes nothing out that others have posted."""
    room = len(event.marks) if roles_of(link, event.actor) & MOVERS else MOST_MARKS - len(link.burnt_marks)
    marks = (*link.burnt_marks, *event.marks[: max(room, 0)])[-MOST_MARKS:]
    own = (*link.burnt_own, *(mark for mark in event.own if mark not in link.burnt_own))[-MOST_MARKS:]
    return replace(link, burnt_marks=marks, burnt_own=own)


def _previous(link: Link, found: frozenset[SecretRef], _rules: Rulebook) -> Decision:
    """Note what of the set-up that is kept while another is made must not come back unseen."""
    previous = link.previous and replace(
        link.previous,
        burnt=link.previous.burnt or _names_password(link.previous, found),
        burnt_client=link.previous.burnt_client or _names_client(link.previous, found),
    )
    return stay(replace(link, previous=previous))


def _password(link: Link, found: frozenset[SecretRef], _rules: Rulebook) -> Decision:
    setup, account = link.setup, link.setup.account
    if link.step in BEFORE_ISU or account is None:
        return Decision(link=replace(link, setup=replace(setup, account=None)))
    if account.candidate in found:
        # It was on trial; the one before works on.
        account = replace(account, candidate=None)
    elif link.step is not Step.LINKED:
        account = replace(account, secret=None, proved=False)
    elif setup.burnt:
        return Decision(link=link)
    setup = replace(setup, account=account, burnt=True)
    is_used = account is link.setup.account
    return stay(replace(link, setup=setup, attempt=link.attempt if is_used else Attempt()))


def _client(link: Link, _found: frozenset[SecretRef], rules: Rulebook) -> Decision:
    """Ask for another API client: a finished link is opened again at that step, with what works kept until then."""
    setup, attempt = link.setup, link.attempt
    if row_of(setup).bearer:
        return _own_client(link)
    if link.step is Step.LINKED and needs_api(link, rules.permissions):
        # A password on trial has to be entered again; the one before works on.
        account = replace(setup.account, candidate=None) if setup.account else None
        setup = replace(setup, account=account, burnt_client=True)
        return reopen(replace(link, setup=setup), Step.API_CLIENT, replace(setup, api=None))
    is_asked_for = link.step in {Step.API_CLIENT, Step.CHECK}
    setup = replace(setup, api=None, burnt_client=is_asked_for or setup.burnt_client)
    # Elsewhere the walk comes to the API client anyway, if it needs one; what is shown there speaks of other things.
    link = replace(link, setup=setup, attempt=Attempt() if is_asked_for else replace(attempt, checking=None))
    return go(link, Step.API_CLIENT) if link.step is Step.CHECK else stay(link)


def _own_client(link: Link) -> Decision:
    """Give up what an access token was asked for with: another key is made, or another client is asked for."""
    fresh, proves = of_way(link.setup, link.setup.way), row_of(link.setup).proves
    if link.step is Step.LINKED:
        return reopen(replace(link, setup=replace(link.setup, burnt_client=True)), proves, fresh)
    given_up = replace(link, setup=fresh, attempt=Attempt())
    if link.step is proves or is_before(link.setup, link.step):
        return stay(given_up)
    return go(given_up, proves)


def _names(setup: Setup, found: frozenset[SecretRef]) -> bool:
    return _names_password(setup, found) or _names_client(setup, found)


def _names_password(setup: Setup, found: frozenset[SecretRef]) -> bool:
    account = setup.account
    return account is not None and not found.isdisjoint({account.secret, account.candidate} - {None})


def _names_client(setup: Setup, found: frozenset[SecretRef]) -> bool:
    tokens = {setup.api.secret, setup.api.refresh_token} if setup.api else set[SecretRef]()
    private = {setup.key.private} - {None} if setup.key else set[SecretRef | None]()
    return not found.isdisjoint(tokens | private)
