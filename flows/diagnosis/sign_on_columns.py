"""Reads the Yes and No columns of Workday's sign-on report and whose rows they are; it knows no failure message.

Only a Yes says something. The columns come in every layout that people paste: as a table, as a list of headings and a
list of values, or as pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from flows.talk.phrase_match import plain


class Column(IntEnum):
    """A column of the report that holds Yes or No."""

    FAILED = 0
    INVALID_CREDENTIALS = 1
    LOCKED_DISABLED_EXPIRED = 2
    INVALID_FOR_POLICY = 3
    SUCCESSFUL = 4
    DISABLED = 5
    EXPIRED = 6
    PASSWORD_EXPIRED = 7
    MULTI_FACTOR = 8
    NEW_PASSWORD = 9


# With the blanks of the report, without those of the query language; other languages are best effort.
_HEADINGS: Final = {
    Column.FAILED: r"failed[\s_]?sign[-_ ]?ons?|fehlgeschlagene anmeldung|echec de (?:la )?connexion"
    r"|inicio de sesion fallido",
    Column.INVALID_CREDENTIALS: r"invalid[\s_]?credentials?|ungultige anmeldedaten|identifiants non valides"
    r"|credenciales no validas",
    Column.SUCCESSFUL: r"\bsuccessful(?: sign[-_ ]?ons?)?\b",
    Column.DISABLED: r"(?:account )?\bdisabled(?=\W{1,4}(?:yes|no)\b)",
    Column.EXPIRED: r"(?:account )?(?<!password )\bexpired(?=\W{1,4}(?:yes|no)\b)",
    Column.PASSWORD_EXPIRED: r"\bpassword expired(?=\W{1,4}(?:yes|no)\b)",
    Column.MULTI_FACTOR: r"required[\s_]?multi[\s_-]?factor(?: authentication)?",
    Column.NEW_PASSWORD: r"require[ds][\s_]?password[\s_]?change|require new password(?: at next sign[- ]?in)?",
    Column.LOCKED_DISABLED_EXPIRED: r"(?:system )?account[\s_]?locked,?[\s_]{0,2}disabled,?[\s_]{0,2}"
    r"(?:or|and|/|&)?[\s_]?expired"
    r"|(?:account )?\blocked(?=\W{1,4}(?:yes|no)\b)|konto gesperrt,? deaktiviert oder abgelaufen"
    r"|compte verrouille,? desactive ou expire"
    r"|cuenta bloqueada,? desactivada o caducada",
    Column.INVALID_FOR_POLICY: r"invalid[\s_]?for[\s_]?(?:the )?auth(?:entication)?[\s_]?policy"
    r"|ungultig fur (?:die )?authentifizierungsrichtlinie|non valide pour la politique d.authentification",
}
_SHORT_HEADS: Final = {
    **dict.fromkeys(("account locked", "locked", "locked out"), Column.LOCKED_DISABLED_EXPIRED),
    **dict.fromkeys(("account disabled", "disabled"), Column.DISABLED),
    **dict.fromkeys(("account expired", "expired"), Column.EXPIRED),
    "password expired": Column.PASSWORD_EXPIRED,
}
"""Headings only where they stand among others above their cells: by themselves they are what the report says."""
_HEADING: Final = re.compile("|".join(f"(?P<c{number}>{pattern})" for number, pattern in _HEADINGS.items()))
_MARK: Final = re.compile(r"\x02(\d)([^\x03]*)\x03")
_PARTS_CELLS: Final = re.compile(r"[\t\n|;, ]+")
_MESSAGE: Final = r"(?:message|reason|meldung|grund|motif|mensaje|motivo)[^\n\t|;:=]{0,40}?"
_LABEL: Final = re.compile(rf"{_MESSAGE}[:=][\s\"']{{0,3}}$")
_LABEL_ALONE: Final = re.compile(rf"\W*(?:[a-z' ]{{0,40}}\W)?{_MESSAGE}(?:\t| {{2,}}|\|)[\s\"'|]{{0,3}}")
_LONGEST_LABEL: Final = 80
_YES: Final = frozenset(
    {"yes", "y", "true", "ja", "oui", "si", "1", "x", "ticked", "checked", "\u2713", "\u2714", "\u2705"}
)
_SIGNS: Final = {ord("\u2705"): " yes ", ord("\u274c"): " no "}
_NO: Final = frozenset({"no", "n", "false", "nein", "non", "0", "\u2717", "\u274c"})
_VALUE: Final = r"yes|no|true|false|ja|nein|oui|non|si|ticked|checked"
_PAIR: Final = re.compile(
    rf"\x02(?P<column>\d)[^\x03]*\x03(?:\W{{0,4}}(?:column|field|flag|spalte|colonne))?"
    rf"\W{{0,4}}(?:(?:which |that |it )?(?:is|was|says|shows|reads|has|equals|set to|ist|steht auf|est|es)\b)?"
    rf"\W{{0,6}}(?:a )?(?P<value>{_VALUE}|(?:(?<=[:=\t])|(?<=\n)(?=.(?:\n|$))|(?<=[:=][ \"])|(?<=[:=] \"))[yn01])\b"
    rf"|\b(?P<before>{_VALUE})\b\W{{1,3}}(?:in|for|under|at|on|bei|unter|pour|en)\b\W+(?:(?:the|column|field)\W+)*"
    rf"\x02(?P<after>\d)[^\x03]*\x03"
    rf"|\b(?:all|every\w*|alles|tout|todo)\b[^.\n]{{0,40}}\b(?:no|nein|non)\b\W{{1,3}}"
    rf"(?:except|but|besides|other than|ausser|sauf|excepto|salvo)\b\W+"
    rf"(?:(?:for|the|column|bei)\W+)*\x02(?P<alone>\d)[^\x03]*\x03"
)
_ROW_OF_LINES: Final = re.compile(r"^\W*(?:yes|no)\W*\n\W*(?:yes|no)\W*$", re.MULTILINE)
"""A row copied cell by cell: what stands above a Yes there is another column's value."""
_FEWEST_HEADS: Final = 3
_HEADS_ONLY: Final = frozenset({Column.FAILED, Column.LOCKED_DISABLED_EXPIRED})
"""These are never what a row says."""
_OF_ACCOUNTS: Final = frozenset({"system account", "workday account", "account", "user", "user name", "username"})
_ACCOUNT_PAIR: Final = re.compile(
    r"^\W*(?:system|workday) account\W{0,3}[:=\t]\W{0,3}([^\t\n|;,]{2,60})$", re.MULTILINE
)
_DELIMITERS: Final = (r"\t", r"\|", ";", ",", r" {2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns say, row by row, and the `rest` of the text without the headings that have values."""

    rows: tuple[dict[Column, bool], ...]
    rest: str


def read_columns(text: str) -> Columns:
    """Read the columns of a pasted report; without any, the whole text is the rest, but for lines of headings."""
    marked = _marked(text)
    for read in (_table, _blocks, _pairs):
        rows = () if read is _pairs and _ROW_OF_LINES.search(marked) else tuple(read(marked))
        if rows:
            rest = _MARK.sub("|", _PAIR.sub("|", marked)) if read is _pairs else _without_heads(marked)
            return Columns(rows=rows, rest=rest)
    return Columns(rows=(), rest="\n".join(line for line in text.splitlines() if not names_columns(line)))


def names_columns(text: str) -> bool:
    """Tell whether a line of headings was pasted."""
    rows = (re.split(delimiter, line) for line in _marked(text).splitlines() for delimiter in _DELIMITERS[:2])
    named = ({column for _, column in _columns(row)} for row in rows if len(row) >= _FEWEST_HEADS)
    return any(len(columns) > 1 or not _HEADS_ONLY.isdisjoint(columns) for columns in named)


def accounts_in(text: str) -> Iterator[str]:
    """Give the accounts that the report's own column or a pair names, in lower case."""
    text = text.casefold()
    yield from (found.strip() for found in _ACCOUNT_PAIR.findall(text))
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for delimiter in "\t|;,":
            heads = [head.strip(" *_`\"'") for head in line.split(delimiter)]
            at = next((at for at, head in enumerate(heads) if head in _OF_ACCOUNTS), None)
            for below in lines[number + 1 :] if at is not None and len(heads) >= _FEWEST_HEADS else ():
                cells = below.split(delimiter)
                if at is not None and len(cells) == len(heads) and any(map(str.isalnum, cells[at])):
                    yield cells[at].strip(" *_`\"'")


def _marked(text: str) -> str:
    said = plain(text.translate(_SIGNS))

    def mark(found: re.Match[str]) -> str:
        if _is_said(said, found.start(), found.end()):
            return found[0]
        return f"\x02{(found.lastgroup or '')[1:]}{_PARTS_CELLS.sub(' ', found[0])}\x03"

    return _HEADING.sub(mark, said)


def _is_said(text: str, start: int, end: int) -> bool:
    """Tell whether a heading stands as the value of a pair: "Failure Message: Invalid Credentials"."""
    before = text[max(0, start - _LONGEST_LABEL) : start].rpartition("\n")[2]
    if _LABEL.search(before):
        return True
    behind = text[end : end + _LONGEST_LABEL].partition("\n")[0]
    return not behind.strip(" |\"'") and _LABEL_ALONE.fullmatch(before) is not None


def _without_heads(marked: str) -> str:
    """Return a text without its headings; in a row that has values such words are what the report says."""
    return "\n".join(
        _MARK.sub(r"\2", line) if _truth_in(line) else _MARK.sub("|", line)
        for line in marked.splitlines()
        if len(_MARK.findall(line)) <= 1 or _truth_in(line)
    )


def _truth_in(line: str) -> bool:
    return any(_truth(cell) is not None for cell in re.split(r"[\t|;,]| {2,}", line))


def _table(marked: str) -> Iterator[dict[Column, bool]]:
    """Give the rows below a line of headings, cell by cell."""
    lines = marked.splitlines()
    for number, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            heads = re.split(delimiter, line)
            columns = dict(_columns(heads))
            for below in lines[number + 1 :] if columns and len(heads) > 1 else ():
                cells = [_truth(cell) for cell in re.split(delimiter, below)]
                row = {columns[at]: truth for at, truth in enumerate(cells) if at in columns and truth is not None}
                if len(cells) == len(heads) and row:
                    yield row


def _columns(heads: list[str]) -> Iterator[tuple[int, Column]]:
    """Give the columns that a line of headings names, if at least one is surely one."""
    names = [head.strip(" *_`\"'") for head in heads]
    if any(map(_MARK.fullmatch, names)):
        for at, name in enumerate(names):
            if _MARK.fullmatch(name):
                yield at, _column(name)
            elif name in _SHORT_HEADS:
                yield at, _SHORT_HEADS[name]


def _blocks(marked: str) -> Iterator[dict[Column, bool]]:
    """Give the rows of as many values as there are headings, all of them below the headings."""
    cells = [cell for line in marked.splitlines() for cell in re.split(r"[\t|;,]| {2,}", line)]
    heads = [at for at, cell in enumerate(cells) if _MARK.search(cell)]
    truths = [(at, truth) for at, cell in enumerate(cells) if (truth := _truth(cell)) is not None]
    if len(heads) > 1 and truths and truths[0][0] > heads[-1] and len(truths) % len(heads) == 0:
        for start in range(0, len(truths), len(heads)):
            row = zip(heads, truths[start : start + len(heads)], strict=True)
            yield {_column(cells[head]): truth for head, (_, truth) in row}


def _pairs(marked: str) -> Iterator[dict[Column, bool]]:
    """Give the one row of headings that have their value beside them."""
    pairs = [
        (
            found["column"] or found["after"] or found["alone"],
            bool(found["alone"]) or (found["value"] or found["before"]) in _YES,
        )
        for found in _PAIR.finditer(marked)
    ]
    if pairs:
        yield {Column(int(number)): truth for number, truth in pairs}


def _column(cell: str) -> Column:
    return Column(int(_MARK.findall(cell)[0][0]))


def _truth(cell: str) -> bool | None:
    word = cell.strip(" *_`\"'.[]()\r")
    return True if word in _YES else False if word in _NO else None
