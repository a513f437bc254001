"""How a finished link's set-up is opened again, and left as it was; proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.diagnosis.reasons import Reason
from flows.link.effects import Decision
from flows.link.setup import Setup
from flows.link.state import Issue, Last, Link, Status, Step
from flows.transitions.moves import go


def reopen(link: Link, step: Step, changed: Setup | None = None) -> Decision:
    """Do a part of the set-up anew on the same record, as `changed` has it.

    What works now is used until the new one is proved.
    """
    again = replace(
        link,
        status=Status.ACTIVE,
        setup=replace(changed or link.setup, ticked=frozenset(), policy_needed=False),
        previous=link.in_use,
        issue=None,
        snoozed_until=None,
    )
    return go(again, step)


def keep_old(link: Link, previous: Setup, now: datetime) -> Decision:
    """Leave everything as it was before the set-up was opened again."""
    account, new, issue = previous.account, link.setup.account, link.issue
    is_same = link.setup.endpoint == previous.endpoint
    if account and new and account.secret == new.secret and is_same and not new.proved:
        # It was refused meanwhile; at another address it was only never tried.
        account = replace(account, proved=False)
        issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=now, last_seen=now)
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
