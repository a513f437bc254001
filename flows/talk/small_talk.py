"""Tells what is asked of the app from what people say to one another; it knows no fault, secret or address."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final

from flows.talk.hearsay import is_anothers, is_hearsay, is_other_product, is_over
from flows.talk.other_languages import asks_in_other_language

_ROWS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _says(name: str, talk: str) -> bool:
    """Tell whether any row of a name is in what was said."""
    return any(row.search(talk) for row in _patterns(name))


@cache
def _patterns(name: str) -> Sequence[re.Pattern[str]]:
    # Made for the first message: no start has to wait for it. Each row by itself is found four times as fast as all in
    # one, but for plain words; rows and what is searched are in lower case: twice as fast as in any case.
    rows = [rf"\b(?:{_spelled_out(name)})\b"] if name == "everyday" else map(_in_place, _ROWS[name])
    return [re.compile(row.replace(" ?", r"\s*").replace(" ", r"\s+")) for row in rows]


def _spelled_out(name: str) -> str:
    return _in_place("|".join(_ROWS[name]))


def _in_place(row: str) -> str:
    """Return a row with those that it names in their place."""
    return re.sub(r"<(\w+)>", lambda found: f"(?:{_spelled_out(found[1])})", row)


_NO_WORDS: Final = re.compile(
    r"<[@#!]?[^<>\s]+(?:\|[^<>]*)?>|https?://\S+|(?<!\S)\S+@\S+|:(?!sos:)[a-z0-9_+'-]+:|\b\w+(?:\.\w+){2,}"
    r"|\b[\w-]+\.(?:pdf|docx?|xlsx?|csv|pptx?|png|jpe?g|txt|zip)\b",
    re.IGNORECASE,
)
"""Links, mentions, addresses, pictures, names of classes and of files: their words are no sentence."""

_CITED: Final = re.compile(r"[\"“”«»`][^\"“”«»`]+[\"“”«»`]|(?<!\w)['\u2018][^'\u2018\u2019]+['\u2019](?!\w)")
_SENTENCE: Final = re.compile(r"[^.!?;:]+[.!?]*")
_WHOLE: Final = re.compile(r"[^.!?]+[.!?]*")
_THING: Final = re.compile(r"\b(?!\w{4,}(?:ed|ly|able|ible)\b)[^\W\d_]+\b")
"""A word that may name something; those that end so tell how something is, or what was done."""

_THEIRS: Final = re.compile(
    r"\b(?:the|my|our|his|her|their|der|die|das|den|dem|(?:mein|unser)(?:e[rnms]?)?) ([^\W\d_]{3,})\b"
)
"""A thing, as it stands behind its article."""

_NAMED: Final = re.compile(
    r"^\W*<@\w+>,? (?:(?:can|could|did|have|will|would) you|kannst du|könntest du|hast du)\b[^.!?]*"
    r"\b(?:my|our|mein\w*|unser\w*)\b"
    r"|^\W*<@\w+>,? (?:(?:where|when|what|why|how) )?(?:did|have|had|were|are) you\b"
    r"|^\W*@?(?P<first>[A-Z][\w-]+)(?:"
    r", ?(?i:can|could|did|have|will|would|do|are|were|wh\w+|how|any|it|this|that|there|the|my|your|i|you)\b"
    r"|,? (?:can|could|did|have|will|would|are|were|do) you\b|,? (?:please|pls|bitte)\b"
    r"| (?:what|where|when|why|how|who|did|does|has)\b"
    r"|,? (?:(?:wo|wann|was|wie|warum) )?(?:hast|bist|warst|hattest|kannst|könntest|weißt|gehst|machst) du\b"
    r"|, ?(?:(?:est-ce que )?(?:tu|t.as)|(?:peux|pourrais|as|es)-tu|puedes|podrías|tienes|has|puoi|potresti|hai|podes"
    r"|tens|k[au]n je|heb je|kan du|har du|możesz|masz)\b)"
    r"|\b(?:du|dir|dein\w*|tu|ton|tes|tienes|puedes|puoi|hai|je|jouw)\b[^.!?]*, ?[A-Z][\w-]+\W*$"
    r"|, ?(?:right,? |ok(?:ay)?,? )?(?P<last>[A-Z][a-z]+)\W*$"
)
"""Asks somebody by name: a colleague's matter."""


def _asks_by_name(text: str) -> bool:
    """Tell whether somebody is asked by a name, which is no word of any sentence of ours."""
    if not (found := _NAMED.search(text)):
        return False
    name = (found["first"] or found["last"] or "").lower()
    return not name or not (name in _plain_words() or _says("topic", name) or _says("opener", name))


def asks_for_help(text: str) -> bool:
    """Tell whether a message asks how to go on, as opposed to thanks, offers and other people's matters."""
    talk = _sentences(text)
    is_theirs = _says("no_help", talk) or _says("everyday", talk) or _asks_by_name(text) or is_anothers(talk)
    return not is_theirs and _says("help", talk)


def asks_us(text: str) -> bool:
    """Tell whether a message asks something about Workday or the link, or tells of trouble with them."""
    talk = _sentences(text)
    if _says("by_voice", talk):
        return True
    if _says("everyday", talk) or _asks_by_name(text) or is_other_product(text):
        return False
    # What is only supposed is no trouble, and yet may be what somebody asks; a button that is gone is not over.
    asks = _says("asking", talk) and not is_over(talk)
    is_now = not is_hearsay(talk)
    plain, ours = _of_nothing_else(talk), _of_no_other_thing(talk)
    return (
        (_says("screen", ours) or _says("lost", ours) or asks_in_other_language(talk))
        or (
            asks
            and (_says("question", ours) or _says("of_link", talk) or any(_says("asked_alone", one) for one in plain))
        )
        or (is_now and (_says("trouble", ours) or any(_says("alone", one) for one in plain)))
    )


def _of_no_other_thing(talk: str) -> str:
    """Return what is said without the sentences that name a thing which is not the link's: "the projector"."""
    (topic,) = _patterns("topic")
    return " ".join(
        one
        for one in _WHOLE.findall(talk)
        if _plain_words().issuperset(_THEIRS.findall(topic.sub(" ", _CITED.sub(" ", one))))
    )


def _of_nothing_else(talk: str) -> Sequence[str]:
    """Return the sentences that name nothing, or only what the link is about."""
    (topic,) = _patterns("topic")
    # What is a citation as a whole was copied off the screen.
    own = _CITED.sub(" ", talk)
    said = _SENTENCE.findall(own if _THING.search(own) else talk)
    return [one for one in said if _plain_words().issuperset(_THING.findall(topic.sub(" ", one)))]


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(_ROWS["plain_words"][0].split())


def _sentences(text: str) -> str:
    # A mark in its place: what follows a link is not how the sentence begins.
    return " ".join(_NO_WORDS.sub(" · ", unescape(text)).split()).lower().replace("\uff1f", "?")
