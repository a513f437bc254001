"""Takes apart what people write behind a word of a command: a person, a channel, a day, a name; knows no command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape

from flows.talk.days import read_day

EDGES = " \t\"'“”„«»‘’`.,!:;*_()"  # noqa: RUF001  the quotes are meant

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]")
_ADDRESS = re.compile(r"<https?://(?:[^<>|]*\|)?([^<>|]*)>")
"""What Slack makes of a name such as Booking.com."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

UNTIL = frozenset({"until", "untill", "till", "til", "bis"})
"""Words behind which nothing but a day can stand."""

LONGEST_DAY = 8
"""Words of a day with all that may stand around it; more are not tried, so that no text takes long."""

_TO = frozenset({"to", "an", "into", "nach", "in"})
_SMALL = _TO | {
    *("with", "for", "the", "is", "of", "from", "on", "about", "customer", "link"),
    *("mit", "fuer", "zu", "zum", "zur", "von", "den", "der", "die", "das", "dem", "bei"),
    *("kunde", "kunden", "verbindung"),
}
_THIS = _SMALL | {
    *("it", "this", "that", "these", "here", "one", "channel"),
    *("es", "sie", "diese", "dieser", "diesen", "hier"),
}
_POLITE = frozenset(
    {"please", "pls", "now", "again", "thanks", "bitte", "jetzt", "mal", "noch", "nochmal", "wieder", "danke"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """Ids of those who are named by a mention, the name beside them, and whether somebody is named without one."""

    ids: tuple[str, ...]
    name: str
    is_unclear: bool


def key(words: Sequence[str]) -> str:
    """Fold words as they are compared: no capitals, hyphens or quotes, and the umlauts spelled out."""
    said = " ".join(words).casefold().translate(_UMLAUTS).replace("-", " ").replace("_", " ")
    return " ".join(said.strip(EDGES).split())


def without_manners(words: Sequence[str]) -> list[str]:
    """Leave out what people say to be polite at the end."""
    kept = list(words)
    while kept and key(kept[-1:]) in _POLITE:
        kept.pop()
    return kept


def read_name(words: Sequence[str]) -> str:
    """Read a name, with what stands around it left out; what stands in quotes is the name as it is."""
    said = _ADDRESS.sub(r"\1", " ".join(words))
    words = said.split()
    quoted = _QUOTED.search(unescape(said))
    # Toys "R" Us has quotes of its own.
    if quoted and all(key([word]) in _SMALL | _POLITE for word in _QUOTED.sub(" ", unescape(said)).split()):
        return quoted[1].strip()
    kept = without_manners(words)
    while len(kept) > 1 and key(kept[:1]) in _SMALL:
        kept.pop(0)
    while len(kept) > 1 and key(kept[-1:]) in _TO:
        kept.pop()
    return unescape(" ".join(kept)).strip(f"{EDGES}?")


def read_which(words: Sequence[str]) -> str:
    """Read whose link is meant; empty where it is said to be "this one here"."""
    kept = without_manners(words)
    is_here = all(key([word]) in _THIS for word in kept) and not _QUOTED.search(" ".join(words))
    return "" if is_here else read_name(words)


def read_person(words: Sequence[str]) -> Aimed:
    """Read a person who is mentioned, and whose link it is about."""
    return _aimed(words, _MENTION, "@")


def read_channel(words: Sequence[str]) -> Aimed:
    """Read a channel that is mentioned, and whose link it is about."""
    return _aimed(words, _CHANNEL, "#")


def _aimed(words: Sequence[str], mention: re.Pattern[str], sign: str) -> Aimed:
    said = " ".join(words)
    rest = mention.sub(" ", said).split()
    ids = tuple(mention.findall(said))
    # A name that Slack has made no mention of can be anybody's.
    named = any(word.startswith(sign) for word in rest) or (not ids and key(rest[:1]) in _TO and len(rest) > 1)
    return Aimed(ids=ids, name="" if named else read_which(rest), is_unclear=named or len(ids) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day and the name beside it; `is_unclear` where a day is announced and none can be read."""

    day: date | None
    name: str
    is_unclear: bool = False


def read_dated(words: Sequence[str], today: date) -> Dated:
    """Read a day, and whose link it is about: "Acme until Friday", "bis 3. Dezember", "until Friday for Acme"."""
    kept = without_manners(words)
    at = next((number for number, word in enumerate(kept) if key([word]) in UNTIL), None)
    before, behind = (kept, kept) if at is None else (kept[:at], kept[at + 1 :])
    for count in range(min(len(behind), LONGEST_DAY), 0, -1):
        day = _day(behind[:count], today)
        if day:
            return Dated(day=day, name=read_which(behind[count:] if at is None else [*before, *behind[count:]]))
    if at is not None:
        return Dated(day=None, name="", is_unclear=True)
    for start in range(max(1, len(kept) - LONGEST_DAY), len(kept)):
        day = _day(kept[start:], today)
        if day:
            return Dated(day=day, name=read_which(kept[:start]))
    return Dated(day=None, name=read_which(kept))


def _day(words: Sequence[str], today: date) -> date | None:
    kept = [word for word in words if key([word]) not in _SMALL or word.casefold() in {"in", "of"}]
    return read_day(" ".join(kept), today)
