"""What a message typed in the thread means; keeps no text and answers nothing itself."""

from __future__ import annotations

import re
from html import unescape

from flows.diagnosis.pasted_errors import recognise_fault
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import read_sign_on
from flows.link.events import Heard, Intent
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
_MARKUP = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:)[^>]*>|:[a-z0-9_+'-]+:")
_ADDRESS = re.compile(r"https?://\S+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w@])", re.IGNORECASE)
_WORD = re.compile(r"[^\s`'\"|]+")
_NAMED = re.compile(
    r"(?<![\w/])(?:new\s+)?(?P<name>pass(?:word|wort|wd|\s?phrase|code)?|pwd?|kennwort|contraseña|mot\s+de\s+passe"
    r"|(?:client|api)[\s_]*secret|(?:refresh|access)[\s_]*token|secret|token|credentials?)\b"
    r"(?P<link>(?:\s*(?:[:=\u2013]|[-=]>)|\s+(?:is|ist|was|now|jetzt|to|for|the|isu|user|set|auf|lautet|will|be)\b)*)"
    r"\s*[`'\"*_(]*(?P<value>[^\s`'\"]{6,})",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_./:,;@+&*#()\[\]\\]+")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LIKE_A_WORD = re.compile(
    r"[A-Z]*[a-zß-ÿ]+(?:[A-Z]+[a-zß-ÿ]+)*\d{0,4}(?:[A-Z][a-z]{2,})?[A-Z]{0,2}"  # getWorkers44, iPhone15Pro, TypeII
    r"|[A-ZÀ-Þ]+[a-z]?\d*|[A-Z\d]{1,8}|[a-z]{1,3}\d+|\d+[A-Za-z]{0,4}"  # DE8937, FY26Q4, rc1, 3rd
    r"|[0-9a-f]{7,12}"  # ends of ids
)
_PROTOCOLS = frozenset({"oauth2", "saml2", "sha256", "base64", "aes256"})
_SIGN = re.compile(r"[^\w&+.-]")
_USER_AT_TENANT = re.compile(r"[\w.-]+@[\w-]*[A-Za-z][\w-]*")
_STRONG = frozenset("!#$%^*?=~<>{}")
_PASSWORD = range(8, 65)
_LONGEST_PLAIN_PART = 5
_TOKEN = 20
_RUNS_OF_DIGITS = 3
_NAMED_PASSWORD = 8
_AROUND = ".,;:!?()[]*_~\"'`"
_SHORTEST_POSTED = 6
_MOST_POSTED = 40
_LONGEST = 4_000
_SHORTEST_SECRET = 6
"""Shorter ones stand in ordinary words by chance."""

_LINK = re.compile(r"<(?:https?://|mailto:|tel:)([^|>]*)(?:\|([^>]*))?>")


def hear(
    text: str,
    link: Link,
    actor: Person,
    *,
    has_picture: bool = False,
    extra_hosts: frozenset[str] = frozenset(),
) -> Heard | None:
    """Understand one message with the captions of its pictures, or return None when it is ordinary talk.

    A likely secret outranks everything: it is better to warn once too often than to keep one. What the link's
    admin asks and nothing here answers is handed on as a question. Of a very long message only the beginning counts.
    """
    text = text[:_LONGEST]
    if looks_secret(text, link):
        return Heard(actor=actor, intent=Intent.SECRET)
    reason = recognise_fault(text)
    if reason:
        return Heard(actor=actor, intent=Intent.FAULT, reason=reason)
    if link.trouble and link.trouble.reason is Reason.INVALID_CREDENTIALS and link.account:
        tenant = link.endpoint.tenant if link.endpoint else ""
        sign_on = read_sign_on(text, tenant=tenant, user=link.account.user_name)
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


def looks_secret(text: str, link: Link) -> bool:
    """Tell whether a message seems to carry a password, a client secret or a token.

    What is made of words and numbers does not count: host names, addresses, files, versions, mentions, ids.
    """
    plain = unescape(_MARKUP.sub(" ", text))
    if any(_is_given(found) for found in _NAMED.finditer(plain)):
        return True
    words = _WORD.findall(_ADDRESS.sub(" ", plain))
    user = link.account.user_name.casefold() if link.account else ""
    bare = len(words) == 1 or (bool(user) and user in plain.casefold())
    return any(_is_secret(word, bare=bare) for word in words if word.casefold().partition("@")[0] != user)


def posted_values(text: str) -> tuple[str, ...]:
    """Give everything in a message that could be the secret itself, so that it can be known again and refused."""
    found: list[str] = []
    for plain in (unescape(_MARKUP.sub(" ", text)), _shown(text)[1]):
        found += [word.strip(_AROUND) for word in _WORD.findall(plain)] + _WORD.findall(plain)
        for line in plain.splitlines():
            # Behind "password:" a whole phrase may stand.
            found += [line.strip(), re.split(r"[:=]\s*", line, maxsplit=1)[-1].strip()]
    return tuple(dict.fromkeys(value for value in found if len(value) >= _SHORTEST_POSTED))[:_MOST_POSTED]


def is_posted(secret: str, text: str) -> bool:
    """Tell whether a message shows this secret, also where Slack made a link of a part of it."""
    return len(secret) >= _SHORTEST_SECRET and any(secret in shown for shown in _shown(text))


def _shown(text: str) -> tuple[str, ...]:
    """Give a message as it was typed: links that Slack made of words are turned back into them."""
    return unescape(text), unescape(_LINK.sub(lambda link: link[2] or link[1], text))


def _is_given(found: re.Match[str]) -> bool:
    """Tell whether what follows "password" is one; the looser the connection, the odder it has to look."""
    value = found["value"].rstrip(".,;:)*_")
    if not found["link"] or value.casefold() in _PROTOCOLS or _ID.fullmatch(value):
        return False
    classes = _classes(value)
    if any(sign in found["link"] for sign in ":=>\u2013"):
        if re.search(r"phrase", found["name"], re.IGNORECASE):
            return True
        return not _is_plain(value) or len(classes) > 2 or classes in ({"lower", "digit"}, {"digit"})  # noqa: PLR2004
    if _is_plain(value) and (_SEPARATORS.search(value) or len(value) < _NAMED_PASSWORD):
        return False
    return not _is_plain(value) or len(classes) > 2 or classes == {"lower", "digit"}  # noqa: PLR2004


def _is_secret(word: str, *, bare: bool) -> bool:
    """Tell whether one word is a secret; `bare` means that it stands alone, or beside the user's name."""
    word = word.strip(".,;:()[]" if bare else ".,;:!?()[]*_~").lstrip("#$~+>")
    if _ID.fullmatch(word):
        return False
    classes = _classes(word)
    if len(word) >= _TOKEN and _is_random(word):
        return True
    if len(word) not in _PASSWORD or "digit" not in classes:
        return False
    plain = _is_plain(word)
    if {"lower", "upper", "symbol"} <= classes:
        return not plain or (bare and bool(_SIGN.search(word)) and not _USER_AT_TENANT.fullmatch(word))
    return bare and not (plain and _STRONG.isdisjoint(word)) and len(classes) > 2  # noqa: PLR2004


def _is_plain(word: str) -> bool:
    """Tell whether a word consists of words, numbers and the signs between them."""
    if not _STRONG.isdisjoint(word[:-1]):
        return False
    return all(len(part) <= _LONGEST_PLAIN_PART or _LIKE_A_WORD.fullmatch(part) for part in _SEPARATORS.split(word))


def _is_random(word: str) -> bool:
    """Tell whether letters and digits are mixed as no word, number or file name mixes them."""
    part = max(_SEPARATORS.split(word), key=len)
    return len(part) >= _TOKEN and len(re.findall(r"\d+", part)) >= _RUNS_OF_DIGITS and not _LIKE_A_WORD.fullmatch(part)


def _classes(word: str) -> set[str]:
    found = {"lower": r"[a-zß-ÿ]", "upper": r"[A-ZÀ-Þ]", "digit": r"\d", "symbol": r"[^\w.,:;()\[\]/\\…-]"}
    return {name for name, pattern in found.items() if re.search(pattern, word)}
