"""What a message typed in the thread means; keeps no text and answers nothing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.diagnosis.pasted_errors import recognise_fault
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import is_cell, is_report, read_sign_on
from flows.link.access.reading import roles_of
from flows.link.access.rows import HEARS, OWN
from flows.link.card_names import without_names
from flows.link.events import Heard, Intent
from flows.link.secrets import is_elsewhere, looks_secret
from flows.link.standing import reason_of
from flows.link.state import Link, Person, Status, Step
from flows.talk.common_questions import common_question
from flows.talk.hearsay import is_denied, is_hearsay
from flows.talk.small_talk import asks_for_help, asks_us
from flows.tenant.service_url import Pasted, PasteKind, find_url

_SPOKEN_OF = frozenset({PasteKind.FOREIGN, PasteKind.COMMUNITY})
"""Addresses that people only speak of in a thread; in the form they are explained."""
_WORKDAY_PAGE = re.compile(r"workday\.com/\S*/d/(?:task|inst)/")
_ADDRESS_BEGINS = re.compile(r"<?(?:https?://|[\w-]+(?:\.[\w-]+)*\.(?:my)?workday\b)", re.IGNORECASE)
_NOT_WANTED = re.compile(
    r"\b(?:do(?:n.?t| not)|never|not to|nicht|ne pas|no)\s(?:use|take|touch|connect|link|try|nehmen|benutzen|verwenden"
    r"|utiliser|uses|utilice)(?: (?:it|this|that)(?: one)?)?\W*$"
    r"|\b(?:not (?:now|yet)|noch nicht|nicht jetzt|pas encore|todav[ií]a no|nog niet|ainda não)\W*$"
    r"|\b(?:that|this|it)(?:.s| is) (?:the |an? )?(?:wrong|old)(?: one| url| address)?\W*$",
    re.IGNORECASE,
)
"""Behind an address, this says that it is not the one."""
_BLOCKED = re.compile(
    r"proxy authentication|\bblocked\b|\b(?:web|url|content) ?filter"
    r"|(?:permission|allowed|permitted) to (?:visit|access)"
    r"|access (?:to (?:this|the) (?:web)?site )?(?:is |has been )?denied",
    re.IGNORECASE,
)
"""What stands between people and a page says so; the address in it is the page's, and nobody's answer."""
_TRIED = re.compile(r"\b(?:GET|POST|PUT)\s|(?i:\b(?:curl|wget)\s|\w*(?:error|exception)\b)")
"""Somebody tells what a program asked or was told; the address in it is that program's."""
_QUOTED = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
"""What is quoted is somebody else's words, where anything else is said."""
_LONGEST = 4_000
"""Characters among which a fault stands, at the end of a log too."""
_LONGEST_TALK = 1_500
"""Whoever talks says in fewer what is wanted."""


def hear(
    text: str,
    link: Link,
    actor: Person,
    *,
    files: Sequence[str] = (),
    has_picture: bool = False,
    extra_hosts: frozenset[str] = frozenset(),
    policies: frozenset[str] = frozenset(),
) -> Heard | None:
    """Understand one message with the captions of its pictures, or return None when it is ordinary talk.

    `files` are the names of what lies beside it, `policies` those that the vendor's permissions are for. A likely
    secret outranks everything, wherever it stands; of a very long message only the beginning counts for the rest, and
    what it quotes says nothing. What the customer's people ask and nothing here answers is handed on as a question.
    """
    if looks_secret(text, user=link.setup.account.user_name if link.setup.account else ""):
        return Heard(actor=actor, intent=Intent.SECRET)
    if is_elsewhere(text, files):
        return Heard(actor=actor, intent=Intent.SECRET, elsewhere=True)
    text = text[:_LONGEST]
    reason = recognise_fault(text)
    if reason:
        return Heard(actor=actor, intent=Intent.FAULT, reason=reason)
    if reason_of(link) is Reason.INVALID_CREDENTIALS and link.setup.account:
        tenant = link.setup.endpoint.tenant if link.setup.endpoint else ""
        sign_on = read_sign_on(text, tenant=tenant, user=link.setup.account.user_name)
        if sign_on:
            return Heard(actor=actor, intent=Intent.SIGN_ON, sign_on=sign_on)
        if is_report(text):
            return None
    elif is_cell(text):
        return None
    pasted = find_url(text, extra_hosts=extra_hosts)
    if pasted and _is_mentioned(pasted, text):
        pasted = None
    if pasted and asks_for_address(link):
        return Heard(actor=actor, intent=Intent.URL, pasted=pasted)
    text = _QUOTED.sub("", text).strip()[:_LONGEST_TALK] or text[:_LONGEST_TALK]
    if question := common_question(text):
        return Heard(actor=actor, intent=Intent.QUESTION, question=question)
    if asks_for_help(text):
        return Heard(actor=actor, intent=Intent.HELP)
    if pasted and _is_news(pasted, link) and not _TRIED.search(text):
        return Heard(actor=actor, intent=Intent.URL, pasted=pasted)
    is_admin = any(one.is_same(actor) for one in (link.admin, link.doer) if one)
    if (is_admin and has_picture) or (_may_ask(link, actor, text) and asks_us(without_names(text, policies))):
        return Heard(actor=actor, intent=Intent.QUESTION)
    return None


def asks_for_address(link: Link) -> bool:
    """Tell whether an address typed now is taken."""
    return link.step is Step.SERVICE_URL and link.status is Status.ACTIVE


def get_ready(policies: frozenset[str] = frozenset()) -> None:
    """Make what messages are read with, so that the first one does not wait for it: it takes half a second."""
    said = "Nobody?"  # All that there is to look for is looked for in it, and not found.
    looks_secret(said)
    recognise_fault(said)
    read_sign_on(said)
    common_question(said)
    asks_for_help(said)
    asks_us(without_names(said, policies))


def _may_ask(link: Link, actor: Person, text: str) -> bool:
    """Tell whether a question without a topic may be for us: the admin's, or another's that is put to nobody else."""
    roles = roles_of(link, actor)
    if roles & OWN:
        return True
    return bool(HEARS[Intent.QUESTION] & roles) and link.status is not Status.CANCELLED and "<@" not in text


def _is_news(pasted: Pasted, link: Link) -> bool:
    """Tell whether an address that nobody asked for leads to a place that is not the link's."""
    return pasted.is_elsewhere(link.setup.endpoint) if link.setup.endpoint else bool(pasted.candidates)


def _is_mentioned(pasted: Pasted, text: str) -> bool:
    """Tell whether an address is only spoken of: a page to read, a task to open, one that is denied or another's."""
    at = _ADDRESS_BEGINS.search(text)
    is_page = pasted.kind is PasteKind.BROWSER and _WORKDAY_PAGE.search(text) is not None
    is_refused = bool(at and is_denied(text, at.start())) or _NOT_WANTED.search(text) is not None
    is_blocked = not pasted.tenant and _BLOCKED.search(text) is not None
    return pasted.kind in _SPOKEN_OF or is_page or is_blocked or is_hearsay(text) or is_refused
