"""How a set-up is opened again and left as it was, and how its way to sign in is changed; proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt
from flows.link.effects import Decision, Denial, MakeKey
from flows.link.events import Form, KeyMade, Submitted
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, KeyPair, Setup
from flows.link.state import Issue, Last, Link, Status, Step
from flows.link.steps import STEPS, refuses, row_of
from flows.link.walk import wants_key
from flows.permissions import Way
from flows.transitions.moves import begin_check, go, stay

LIVE = frozenset({Status.ACTIVE, Status.PAUSED})


def reopen(link: Link, step: Step, changed: Setup | None = None) -> Decision:
    """Do a part of the set-up anew on the same record, as `changed` has it.

    What works now is used until the new one is proved, and what is wrong with it stays known until then. A new
    password that has not been tried yet goes over to what is set up anew.
    """
    before, setup = link.in_use, changed or link.setup
    if link.keeps_new and before.account:
        before = replace(before, account=replace(before.account, candidate=None))
    if setup.account and setup.account.candidate:
        account = replace(setup.account, secret=setup.account.candidate, candidate=None, proved=False, refused=False)
        setup = replace(setup, account=account)
    again = replace(
        link,
        status=Status.ACTIVE,
        setup=replace(setup, ticked=frozenset(), policy_needed=False),
        previous=before,
        # What was last seen of the trouble is about a set-up that this card is no longer about.
        last=None if link.issue else link.last,
        snoozed_until=None,
    )
    return go(again, step)


def keep_old(link: Link, previous: Setup, now: datetime) -> Decision:
    """Leave everything as it was before the set-up was opened again."""
    account, new, issue = previous.account, link.setup.account, link.issue
    is_same = link.setup.endpoint == previous.endpoint
    is_kept = link.setup.way is previous.way and link.setup.signs_in_with == previous.signs_in_with
    # What was forgotten, as the backend has it, is asked about no more: nobody refused it.
    is_tried = account is not None and new is not None and is_kept and is_same and previous.can_sign_in
    if account and is_tried and new and new.proved:
        account = replace(account, proved=True, refused=False, worked_at=new.worked_at)
        issue = replace(issue, resolved=now) if issue and refuses(previous, issue.reason) else issue
    elif account and is_tried:
        # It was refused meanwhile; at another address it was only never tried.
        by_token = link.attempt.trouble.reason if link.attempt.trouble else Reason.BEARER_REFUSED
        reason = Reason.INVALID_CREDENTIALS if previous.way is Way.PASSWORD else by_token
        was_so = issue is not None and not issue.resolved and (issue.reason is reason or not account.proved)
        issue = issue if was_so else Issue(reason=reason, first_seen=now, last_seen=now)
        account = replace(account, proved=False)
    link = replace(
        link,
        status=Status.LINKED,
        issue=issue,
        setup=replace(previous, account=account),
        previous=None,
        snoozed_until=None,
        last=Last(key="kept", at=now),
    )
    return go(link, Step.LINKED)


def signed_in_by(link: Link, way: Way) -> Link:
    """Choose how the user signs in; what was entered for another way is given up."""
    return link if link.setup.way is way else replace(link, setup=of_way(link.setup, way))


def of_way(setup: Setup, way: Way) -> Setup:
    """Return a set-up that signs in some other way, or with another key; what it needs for that is still to come."""
    account = replace(setup.account, secret=None, candidate=None, proved=False) if setup.account else None
    return replace(setup, way=way, account=account, api=None, key=None, expiry=None, expiry_at=None)


def with_key(before: Link, decision: Decision) -> Decision:
    """Add the errand that makes a key pair, where one is newly wanted."""
    link = decision.link
    if link.status not in LIVE or not wants_key(link) or wants_key(before):
        return decision
    return replace(decision, effects=(*decision.effects, MakeKey()))


def made(link: Link, event: KeyMade, now: datetime) -> Decision:
    """Take a key pair that was asked for; one that nobody waits for any more is dropped."""
    if link.status not in LIVE or not wants_key(link):
        return Decision(link=link)
    key = KeyPair(certificate=event.certificate, private=event.private)
    expiry = Expiry(kind=ExpiryKind.POLICY, days=event.days, set_on=event.made)
    return stay(replace(link, setup=replace(link.setup, key=key, expiry=expiry, expiry_at=now)))


def client_entered(link: Link, event: Submitted, now: datetime) -> Decision:
    """Try the API client that signs the user in; in a pause it is kept, and tried when that is over."""
    setup, client_id, user = link.setup, event.values["client_id"], event.values["user"]
    if event.form is not row_of(setup).form:
        return Decision(link=link, refusal=Denial(key="refusal.stale"))
    account = Account(user_name=user, secret=None)
    if setup.account and setup.account.user_name == user:
        account = replace(account, owned=setup.account.owned, allowed=setup.account.allowed)
    setup = replace(setup, account=account, matrix=None, burnt_client=False)
    if event.form is Form.TOKEN_CLIENT:
        secret, token = event.secrets["client_secret"], event.secrets["refresh_token"]
        setup = replace(setup, api=ApiAccess(client_id=client_id, secret=secret, refresh_token=token))
    setup = replace(setup, key=replace(setup.key, client_id=client_id) if setup.key else None)
    link = replace(link, setup=setup, attempt=Attempt(), cooling_until=None)
    kind = STEPS[link.step].check or CheckKind.LOGIN
    return begin_check(link, CheckKind.LOGIN if kind in {CheckKind.REACH, CheckKind.API} else kind, now)
