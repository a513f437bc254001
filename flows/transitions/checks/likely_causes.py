"""What may lie behind a refusal, in the order of what is known of the link; changes nothing but what its card names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.diagnosis.causes import Hypothesis
from flows.diagnosis.findings import Finding, merged
from flows.diagnosis.observations import CheckKind, Deep
from flows.diagnosis.permission_causes import infer
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_causes import credentials_causes, credentials_facts
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.effects import Decision
from flows.link.events import CheckFinished
from flows.link.rulebook import Rulebook
from flows.link.standing import reason_of
from flows.link.state import Link
from flows.link.walk import asked_of
from flows.transitions.moves import redraw, say

MOST_LIKELY = 4
"""How many causes a card names; more would be guessing aloud."""


def behind_sign_on(
    link: Link, reason: Reason, deep: Deep | None, now: datetime, pasted: SignOnCause | None = None
) -> tuple[Hypothesis, ...]:
    """Put what may be behind a refused sign-on in order; empty for any other reason."""
    account, endpoint = link.setup.account, link.setup.endpoint
    if reason is not Reason.INVALID_CREDENTIALS or account is None or endpoint is None:
        return ()
    facts = credentials_facts(
        account.user_name,
        endpoint,
        deep.token_works if deep else None,
        account.worked_at,
        link.setup.expiry.due if link.setup.expiry else None,
        now,
        link.setup.environment,
    )
    return credentials_causes(facts, deep=deep, pasted=pasted)


def explained(link: Link, sign_on: SignOnCause, now: datetime) -> Decision:
    """Take what a pasted line of Workday's sign-on report says: the card then names that cause first."""
    if reason_of(link) is Reason.INVALID_CREDENTIALS:
        likely = behind_sign_on(link, Reason.INVALID_CREDENTIALS, None, now, sign_on)
        link = replace(link, attempt=replace(link.attempt, likely=likely, help=None))
    shown = redraw(link)
    return replace(shown, effects=(say(f"signon.{sign_on}"), *shown.effects))


def behind_permissions(link: Link, event: CheckFinished, finding: Finding, rules: Rulebook) -> tuple[Hypothesis, ...]:
    """Work out what lies behind refused permissions; an API check speaks of REST only, over the last matrix."""
    api = finding if finding.kind is CheckKind.API else None
    whole = merged(link.setup.matrix, finding) if api else finding
    return infer(
        whole,
        asked_of(link, rules.permissions),
        before=None if api else link.setup.matrix,
        api=api,
        login_proved=link.setup.is_trusted,
        environment=link.setup.environment,
        user=link.setup.account.user_name if link.setup.account else "",
        deep=event.report.deep,
    )[:MOST_LIKELY]
