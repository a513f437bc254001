"""What a message typed in the thread means; keeps no text and answers nothing itself."""

from __future__ import annotations

import re

from flows.endpoints import find_url
from flows.messages import Heard, Intent
from flows.state import Link, Person, Status, Step
from flows.troubleshooting import recognise_fault

_HELP = re.compile(r"\b(help|stuck|how do i|how can i|where (do|can|is)|what (do|should) i|hilfe|ayuda|aide)\b|\?\s*$", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"\b(pass\s?word|passwort|passwd|pwd|pw|pass\s?phrase|client\s*secret|refresh\s*token|secret|token)\b"
    r"\s*(is|ist|:|=|->|–|-)+\s*[`'\"]?(?P<value>[^\s`'\"]{6,})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s`'\"<>|]+")
_MENTION = re.compile(r"<[@#!][^>]*>")
_ADDRESS = re.compile(r"<?https?://\S+|[\w.-]+@[\w.-]+\.\w+|[\w-]+(\.[\w-]+)+(/\S*)?", re.IGNORECASE)
_LONG = 20
_PASSWORD = range(8, 65)
_CLASSES_OF_A_TOKEN = 3
_CLASSES_OF_A_PASSWORD = 4


def hear(text: str, link: Link, actor: Person, *, extra_hosts: frozenset[str] = frozenset()) -> Heard | None:
    """Understand one message, or return None when it is ordinary talk.

    A likely secret outranks everything: it is better to warn once too often than to keep one.
    """
    if looks_secret(text, link):
        return Heard(actor=actor, intent=Intent.SECRET)
    reason = recognise_fault(text)
    if reason:
        return Heard(actor=actor, intent=Intent.FAULT, reason=reason)
    if link.step is Step.SERVICE_URL and link.status is Status.ACTIVE:
        pasted = find_url(text, extra_hosts=extra_hosts)
        if pasted:
            return Heard(actor=actor, intent=Intent.URL, pasted=pasted)
    if _HELP.search(text):
        return Heard(actor=actor, intent=Intent.HELP)
    return None


def looks_secret(text: str, link: Link) -> bool:
    """Tell whether a message seems to carry a password, a client secret or a token.

    Host names, addresses, mentions and Workday's 32-digit ids do not count.
    """
    plain = _MENTION.sub(" ", text)
    named = _NAMED_SECRET.search(plain)
    if named and _classes(named["value"]) > 1:
        return True
    words = _WORD.findall(_ADDRESS.sub(" ", plain))
    user = link.account.user_name.lower() if link.account else ""
    beside_user = bool(user) and user in plain.lower()
    return any(_is_secret(word, alone=len(words) == 1 or beside_user, user=user) for word in words)


def _is_secret(word: str, *, alone: bool, user: str) -> bool:
    word = word.strip(".,;:!?()[]")
    if word.lower().split("@")[0] == user or re.fullmatch(r"[0-9a-f]{32}", word):
        return False
    classes = _classes(word)
    if len(word) >= _LONG and classes >= _CLASSES_OF_A_TOKEN and "_" not in word:
        return True
    return alone and len(word) in _PASSWORD and classes >= _CLASSES_OF_A_PASSWORD


def _classes(word: str) -> int:
    return sum(
        bool(re.search(pattern, word)) for pattern in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9_.,:;()\[\]-]")
    )
