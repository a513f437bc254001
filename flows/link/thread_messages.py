"""What a message typed in the thread means; keeps no text and answers nothing itself."""

from __future__ import annotations

import re

from flows.diagnosis.pasted_errors import recognise_fault
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import read_sign_on
from flows.link.events import Heard, Intent
from flows.link.secrets.text import looks_secret
from flows.link.state import Link, Person, Status, Step
from flows.tenant.service_url import find_url

_HELP = re.compile(
    r"\b(help|stuck|how do i|how can i|where (do|can|is)|what (do|should) i|can('|no)?t (find|see)|hilfe|ayuda|aide)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\b(?:errors?|fault|exception|fail(?:ed|s|ure)?|denied|invalid|not (?:allowed|authorized)|fehler|erreur|fallo)\b"
    r"|\b(?:workday|permission|polic(?:y|ies)|group|isu|task|activat\w+|token|client|tenant|scope|domain|step)\b.*\?",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 4_000


def hear(
    text: str,
    link: Link,
    actor: Person,
    *,
    has_picture: bool = False,
    extra_hosts: frozenset[str] = frozenset(),
) -> Heard | None:
    """Understand one message with the captions of its pictures, or return None when it is ordinary talk.

    A likely secret outranks everything, wherever it stands. What the link's
    admin asks and nothing here answers is handed on as a question. Of a very long message only the beginning
    counts for the rest.
    """
    if looks_secret(text, user=link.setup.account.user_name if link.setup.account else ""):
        return Heard(actor=actor, intent=Intent.SECRET)
    text = text[:_LONGEST]
    reason = recognise_fault(text)
    if reason:
        return Heard(actor=actor, intent=Intent.FAULT, reason=reason)
    if link.attempt.trouble and link.attempt.trouble.reason is Reason.INVALID_CREDENTIALS and link.setup.account:
        tenant = link.setup.endpoint.tenant if link.setup.endpoint else ""
        sign_on = read_sign_on(text, tenant=tenant, user=link.setup.account.user_name)
        if sign_on:
            return Heard(actor=actor, intent=Intent.SIGN_ON, sign_on=sign_on)
    if link.step is Step.SERVICE_URL and link.status is Status.ACTIVE:
        pasted = find_url(text, extra_hosts=extra_hosts)
        if pasted:
            return Heard(actor=actor, intent=Intent.URL, pasted=pasted)
    if _HELP.search(text):
        return Heard(actor=actor, intent=Intent.HELP)
    is_admin = link.admin is not None and link.admin.is_same(actor)
    if is_admin and link.status is Status.ACTIVE and (has_picture or _QUESTION.search(text)):
        return Heard(actor=actor, intent=Intent.QUESTION)
    return None
