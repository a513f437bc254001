"""Reads a line of Workday's sign-on report that a person pasted; when it is not sure, it says nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import chain, permutations, product
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flows.diagnosis.sign_on_columns import Column, accounts_in, names_columns, read_columns
from flows.talk.hearsay import is_hearsay, is_other_product
from flows.talk.phrase_match import MOST_SLIPS, is_like, place_from, words_of

REPORT: Final = "Signons and Attempted Signons"
"""Where the admin finds the line: only this report tells apart what Workday tells a caller in one sentence."""


class SignOnCause(StrEnum):
    """Why a sign-on failed, or that it did not."""

    SUCCESS = "success"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a cause
    WRONG_NAME_OR_PASSWORD = "wrong_name_or_password"  # noqa: S105 - the name of a cause
    UNKNOWN_USER = "unknown_user"
    LOCKED = "locked"
    DISABLED = "disabled"
    ACCOUNT_EXPIRED = "account_expired"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - the name of a cause
    NEW_PASSWORD_REQUIRED = "new_password_required"  # noqa: S105 - the name of a cause
    DELEGATED = "delegated"
    SECURITY_QUESTIONS = "security_questions"
    SESSION_TIMEOUT = "session_timeout"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    POLICY_NOT_ALLOWED = "policy_not_allowed"
    OTHER_TENANT = "other_tenant"
    NO_ROW = "no_row"


_C = SignOnCause


@cache
def _phrases() -> Mapping[str, tuple[tuple[SignOnCause, tuple[str, ...]], ...]]:
    """Return the phrases of the table, with their causes, by the word that they begin with; for the first message."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    found: dict[str, tuple[tuple[SignOnCause, tuple[str, ...]], ...]] = {}
    for cause, phrases in table.items():
        for said in chain.from_iterable(map(_spelt_out, phrases.split("/"))):
            found[said[0]] = (*found.get(said[0], ()), (SignOnCause(cause), said))
    return found


def _spelt_out(phrase: str) -> Iterator[tuple[str, ...]]:
    """Give every way in which a phrase of the table is said."""
    parts = [[words_of(said) for said in part.split("|")] for part in re.split("[+>]", phrase)]
    for order in permutations(parts) if "+" in phrase else (parts,):
        yield from (tuple(chain.from_iterable(said)) for said in product(*order))


@cache
def _firsts_by_length() -> Mapping[int, tuple[str, ...]]:
    """Return the first words of phrases that a word of so many letters may be."""
    longest = max(map(len, _phrases())) + MOST_SLIPS
    return {
        length: tuple(sorted(first for first in _phrases() if abs(len(first) - length) <= MOST_SLIPS))
        for length in range(1, longest + 1)
    }


_FILLERS: Final = frozenset(
    words_of(
        """it its is was has been got gets currently temporarily now already still of the this a an your system user ist
        wurde das der dieses est ete le la los las esta ha sido are were es sind wurden son sont
        jest zostalo er ar zijn used"""
    )
)
_OF_RESULTS: Final = _FILLERS | frozenset(
    words_of(
        """report account acct sign signon on in log login logon status result last now yes isu attempt authentication
        anmeldung um at failed failure denied says shows show reads as marked flagged row line column there
        for steht zeigt since per according to today morning tells me us"""
    )
)
"""Beside these a single word is a result; "a successful launch" is another's."""
_NOT: Final = frozenset(
    words_of(
        "not no never nobody none isn t wasn don didn hasn cannot without nicht kein keine niemand ohne pas plus sans"
        " jamais personne nunca nadie sin un non nessuno senza sem nao geen niet zonder"
    )
)
_NEAR: Final = 3
_LONGEST: Final = 1_500
"""Characters; a few rows of the report have fewer."""
_CELL_WORDS: Final = 3
"""A single word speaks for a cell of no more words than these; in a sentence it may be about anything."""
_DOUBT: Final = re.compile(
    r"(?<!\?)[?¿](?!\?|\s{0,3}(?:yes|no|ja|nein|oui|non|si|s\u00ed)\s{0,3}(?:[,;\n]|$))"  # "Password Expired? Yes"
    r"|\b(?:my own|if|maybe|perhaps|might|could|vielleicht|oder so|peut-etre)\b",
    re.IGNORECASE,
)
_EITHER: Final = frozenset(words_of("or oder ou o"))
"""Beside a phrase this leaves open which it was."""
_BUT: Final = frozenset(words_of("but aber mais pero maar ma"))
_LATER: Final = frozenset(words_of("in on of soon dans en bientot demnachst am pronto"))
_DENIES: Final = frozenset(words_of("no nein non"))
"""Behind a heading, this says that it is not so."""
_REPORTED: Final = frozenset(words_of("report row column line history message failure authentication"))
_CELL: Final = re.compile(r"[|;\t\r\n]| {3,}|, (?=(?:just|only) )")
# The usual authentication type and a heading of the report: both hold telling words and tell nothing.
_SILENT: Final = re.compile(
    r"\bUser Name Password\b|\bWeb Services?\b"
    r"|\b(?:(?:account\s+)?locked,?\s+disabled,?\s+or\s+expired|(?<!excessive )failed\s+sign\s?-?on)\b",
    re.IGNORECASE,
)
_TYPE: Final = re.compile(r"\b(authentication (?:type|method))\W{1,3}User Name Password\b", re.IGNORECASE)
_IP: Final = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b")
_ASIDE: Final = re.compile(
    r"\b(?:\d{1,2}[. -]{1,2})?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
    r"[ -](?:\d{1,2},? )?\d{4}\b"
    r"|(?<![\w.:])(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?\s?(?:[ap]\.?m\b\.?)?"
    r"(?:\s?(?:z|utc|gmt|cest|cet|[ecmp][sd]?t)\b)?|:[a-z0-9_+'-]{2,30}:"
    r"|\b(?:src|source|ip|client|from|type|agent|host)\s?=\s?(?:\"[^\"\n]{0,100}\"|\S{1,100})",
    re.IGNORECASE,
)
"""Moments, pictures and the pairs of a log that say where somebody came from: they are no words of a cell."""
_ISU: Final = re.compile(r"\b(?:\w{1,20}[_-])?ISU[_-][\w-]{1,80}", re.IGNORECASE)
_OF_PERSON: Final = r"[a-z][\w.@-]{2,40}|[A-ZÀ-Þ][\w.'’-]{0,30}(?:,? [A-ZÀ-Þ][\w.'’-]{0,30}){1,3}"  # noqa: RUF001
_PERSON: Final = re.compile(
    r"^[|\s]*(?:(?:[\d/.:-]{4,20}(?:[ T][\d:.]{4,15}Z?)?(?: [AP]M)?[ ]*[|;\t][ ]*){1,2}"
    rf"({_OF_PERSON})[ ]*[|;\t]|({_OF_PERSON})[ ]*(?:[|;\t]|,(?=\d{{4}}-))(?=[^\n]*\d[:./-]\d\d))",
    re.MULTILINE,
)
"""The name beside the moment that begins a row: in small letters as people's accounts are called, or a person's own."""
# A row of the report speaks of nobody; whoever does tells what was, unless it is what the report says.
_TALK: Final = re.compile(
    r"\b(?:i|we|she|he|they|my|our|her|his|their|sorry|oops|(?:i|we)['\u2019]\w+"
    r"|(?!isu)[a-z]+['\u2019]s (?:account|user|login))\b",
    re.IGNORECASE,
)
_READ: Final = re.compile(
    r":|\b(?:says?|shows?|report\w*|filter\w*|columns?|messages?|reads?|displays?|asks?|wants?|prompts?|see|rows?|lines?|steht|zeigt|meldet"
    r"|affiche|dice|attempted|unidentified)\b",
    re.IGNORECASE,
)
_PAIR: Final = 2
"""Cells of a heading and its value; a row of a table has more."""
_HEAD_OF_NAMES: Final = re.compile(r"account|user|name|konto|benutzer|compte|utilisateur|cuenta|usuario")
_MOMENT: Final = re.compile(r"(?:\d{4}-\d\d-\d\d[ T])?\b\d\d:\d\d(?::\d\d)?\b(?!\s*[AaPp]\.?[Mm])")
_ROW_ENDS: Final = re.compile(r"\n|[,;] (?=\d\d:\d\d\b)")
_SEARCHED: Final = re.compile(
    r"^(?!.*(?:report|bericht|sign-?on)).*\b(?:search|suche|recherche)\b", re.DOTALL | re.IGNORECASE
)
"""It is Workday's search that has found nothing."""
# That the report holds nothing of this user is an answer, too; "no attempts left" is about something else.
_NO_ROW: Final = re.compile(
    r"\b(?:no|zero|0|not (?:a|one|any)|(?:is|are)n['\u2019]?t (?:an?|one|any)"
    r"|keine?n?|aucune?|ning\u00fan|ninguna)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:rows?|lines?|entr(?:y|ies)|results?|attempts?|records?|items?|eintr\w+|zeilen?|versuche?|lignes?|filas?|entradas?)\b"
    r"(?!\s+(?:left|more|anymore))"
    r"|\b(?:(?:bericht|report) (?:ist leer|zeigt nichts)|rapport (?:ne montre rien|est vide)|informe no muestra nada"
    r"|informe est[a\u00e1] vac[i\u00ed]o|rapport is leeg"
    r"|rapporto \u00e8 vuoto|relat[o\u00f3]rio est[a\u00e1] vazio)\b"
    r"|\b(?:report|history|(?:list|table)(?! of))\b[^.!?\n]{0,20}"
    r"\b(?:is|was|stays|comes? (?:back|up)) (?:completely )?(?:empty|blank)\b"
    r"|\b(?:don['\u2019]?t|do not|can(?:no|['\u2019])t|couldn['\u2019]?t) (?:see|find) (?:\S+ ){1,4}"
    r"in (?:(?:the|that|this) (?:sign-?on )?report|sign-?ons? and attempted)\b"
    r"|\b(?:don['\u2019]?t|do not|can(?:no|['\u2019])t|couldn['\u2019]?t) (?:see|find) (?:any|a|an) "
    r"(?:sign-?on )?(?:attempts?|rows?|lines?|entr(?:y|ies)) (?:by|for|of|from)\b"
    r"|\b(?:(?:does|is)(?:n['\u2019]?t| not)) (?:(?:\w+ )?(?:appear|show(?: up)?|listed|there|exist) )?(?:in|on|under) "
    r"(?:the |that |this )?(?:report|sign-?ons?)\b"
    r"|\bnothing\b(?: at all)? (?:is |shows? up )?(?:for [\w@.-]{1,80} )?(?:in|on|under) (?:the |that |this )?"
    r"(?:report|sign-?ons? and attempted)\b"
    r"|\b(?:report|sign-?ons? and attempted sign-?ons?)\b[^.!?\n]{0,40}\bnothing "
    r"(?:is |shows? up |comes? up |appears )?(?:there|for|from|by)\b",
    re.IGNORECASE,
)
_YES_MEANS: Final[Mapping[Column, SignOnCause]] = MappingProxyType(
    {
        Column.LOCKED_DISABLED_EXPIRED: _C.LOCKED,
        Column.PASSWORD_EXPIRED: _C.PASSWORD_EXPIRED,
        Column.INVALID_FOR_POLICY: _C.POLICY_NOT_ALLOWED,
        Column.DISABLED: _C.DISABLED,
        Column.EXPIRED: _C.ACCOUNT_EXPIRED,
        Column.INVALID_CREDENTIALS: _C.WRONG_NAME_OR_PASSWORD,
        Column.NEW_PASSWORD: _C.NEW_PASSWORD_REQUIRED,
        Column.SUCCESSFUL: _C.SUCCESS,
        # A user of programs has no second factor; where the sign-on went well all the same, it says nothing.
        Column.MULTI_FACTOR: _C.TYPE_NOT_ALLOWED,
    }
)
"""What a Yes in each column means; where several say Yes, the first explains the later ones."""


def read_sign_on(text: str, *, tenant: str = "", user: str = "") -> SignOnCause | None:
    """Say in plain terms what a pasted cell, column or row of the report means; None when unsure.

    `tenant` and `user` tell a sign-on meant for another tenant: the row then names `user@another`.
    """
    text = _answer(text[:_LONGEST])
    if user and _others_only(text, user):
        return None
    if _DOUBT.search(text) or is_hearsay(text) or is_other_product(text):
        return None
    if _TALK.search(text) and not _READ.search(text):
        return None
    columns = read_columns(_newest(_own(text, user)))
    rest = re.sub(re.escape(user), "user", columns.rest, flags=re.IGNORECASE) if user else columns.rest
    rest = _TYPE.sub(r"\1", _IP.sub("ip address", _ASIDE.sub(" ", rest)))
    cells = {words_of(cell) for cell in _CELL.split(_SILENT.sub("|", rest))}
    likely = {word: _firsts_like(word) for word in frozenset(chain.from_iterable(cells))}
    found = {cause for words in cells for cause in _found(words, likely)}
    if not found and not columns.rows and _NO_ROW.search(text) and not _SEARCHED.search(text):
        return SignOnCause.NO_ROW
    if not found:
        found = {cause for row in columns.rows if (cause := _meant(row))}
    if found & {SignOnCause.NETWORK_NOT_ALLOWED, SignOnCause.TYPE_NOT_ALLOWED}:
        # A policy forbids one of these, and to know which says more.
        found.discard(SignOnCause.POLICY_NOT_ALLOWED)
    # The other tenant explains an unknown user, and nothing else.
    if found <= {SignOnCause.UNKNOWN_USER, SignOnCause.OTHER_TENANT} and _names_other(text, tenant, user):
        return SignOnCause.OTHER_TENANT
    return found.pop() if len(found) == 1 else None


def _answer(text: str) -> str:
    """Give a text without the lines that it quotes, if it has others."""
    lines = [line for line in text.splitlines() if not line.startswith(("&gt;", ">"))]
    return "\n".join(lines) if any(map(str.strip, lines)) else text


def is_cell(text: str) -> bool:
    """Tell whether a text is no more than one cell of the report: without a refusal in sight it says nothing."""
    return len(words_of(text[:_LONGEST])) <= _CELL_WORDS and read_sign_on(text) is not None


def is_report(text: str) -> bool:
    """Tell whether columns of the report were pasted, so that what they leave open is no question either."""
    text = text[:_LONGEST]
    return not _DOUBT.search(text) and (names_columns(text) or bool(read_columns(_newest(text)).rows))


def _others_only(text: str, user: str) -> bool:
    """Tell whether every account that is named is another one."""
    persons = (
        behind or first
        for behind, first in _PERSON.findall(text)
        if not _SILENT.search(behind or first)
        and not any(word in _OF_RESULTS or word in _phrases() for word in words_of(behind or first))
    )
    named = [found.casefold() for found in (*_ISU.findall(text), *persons, *accounts_in(text))]
    own = user.casefold()
    # A slip of the own name is what the report may be about.
    return bool(named) and own not in text.casefold() and not any(is_like(own, one) for one in named)


def _own(text: str, user: str) -> str:
    """Give a text without the lines that name other integration users only, where another line names this one."""
    lines, own = text.splitlines(), user.casefold()
    if not own or own not in text.casefold():
        return text
    rows = [[cell.strip(" *_`\"'").casefold() for cell in re.split(r"[\t|]", line)] for line in lines]
    named = {at for row in rows for at, cell in enumerate(row) if len(row) > _PAIR and cell.partition("@")[0] == own}

    def is_anothers(row: list[str]) -> bool:
        cells = [row[at] for at in named if at < len(row) > _PAIR]
        return any(cell and cell.partition("@")[0] != own and not _HEAD_OF_NAMES.search(cell) for cell in cells)

    return "\n".join(
        line for line, row in zip(lines, rows, strict=True) if not _others_only(line, user) and not is_anothers(row)
    )


def _newest(text: str) -> str:
    """Give the newest of several rows that all begin a moment; rows without one are read together."""
    lines = _ROW_ENDS.split(text.strip())
    rows = [(moment[0], line) for line in lines if (moment := _MOMENT.search(line))]
    return max(rows)[1] if len(rows) > 1 and len(rows) == len(lines) else text


def _meant(row: Mapping[Column, bool]) -> SignOnCause | None:
    """Say what the columns of one row mean; a failure that no column explains means nothing."""
    explained = next((cause for column, cause in _YES_MEANS.items() if row.get(column)), None)
    if row.get(Column.FAILED) is False and explained in {None, SignOnCause.TYPE_NOT_ALLOWED}:
        return SignOnCause.SUCCESS
    return explained


def _firsts_like(word: str) -> frozenset[str]:
    """Return the words that begin a phrase and that this one may be; at the first letter nobody slips."""
    return frozenset(
        first for first in _firsts_by_length().get(len(word), ()) if first[0] == word[0] and is_like(first, word)
    )


def _found(words: tuple[str, ...], firsts: Mapping[str, frozenset[str]]) -> set[SignOnCause]:
    """Give every cause the words speak of; a phrase inside a longer one does not count for itself.

    `firsts` are for each word the words that begin a phrase and that it may be.
    """
    likely = frozenset[str]().union(*(firsts[word] for word in words))
    places: list[tuple[range, SignOnCause | None]] = []
    starts = {first: [at for at, word in enumerate(words) if first in firsts[word]] for first in likely}
    for cause, phrase in chain.from_iterable(_phrases()[first] for first in likely):
        place = place_from(starts[phrase[0]], phrase, words, _FILLERS)
        if place is None or _NOT.intersection(words[max(0, place.start - _NEAR) : place.start]):
            continue
        if len(phrase) == 1 and not all(
            word in _OF_RESULTS or word.isdigit() or len(word) == 1 for word in _around(words, place)
        ):
            continue
        behind = words[place.stop : place.stop + _NEAR]
        is_open = not _EITHER.isdisjoint((*words[max(0, place.start - 1) : place.start], *behind[:1]))
        if not _DENIES.isdisjoint(behind[:1]) or (not _BUT.isdisjoint(behind) and not _NOT.isdisjoint(behind)):
            continue
        # "Expired on 11/20" was, "disabled on Friday" will be.
        is_dated = behind[:1] in {("on",), ("am",)} and behind[1:2] != () and behind[1].isdigit()
        if _LATER.isdisjoint(behind[:1]) or is_dated or not _REPORTED.isdisjoint(behind):
            places.append((place, None if is_open else cause))
    return {cause for place, cause in places if cause and not any(_inside(place, other) for other, _ in places)}


def _around(words: tuple[str, ...], place: range) -> tuple[str, ...]:
    return words[: place.start] + words[place.stop :]


def _inside(place: range, other: range) -> bool:
    return len(place) < len(other) and other.start <= place.start and place.stop <= other.stop


def _names_other(text: str, tenant: str, user: str) -> bool:
    if not tenant or not user:
        return False
    name = user.casefold().removesuffix(f"@{tenant}".casefold())
    match = re.search(rf"(?<![\w.]){re.escape(name)}@([\w-]+)(?![\w.@])", text.casefold())
    return match is not None and match[1] != tenant.casefold()
