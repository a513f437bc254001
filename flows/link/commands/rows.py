"""What our own people may type behind `/link-workday`, a row a word; help and the manifest's hint are made from it.

Reads nothing and answers nothing: `bot.staff.command` does, and has an answer for every row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flows.link.overview import Filter
from flows.talk.arguments import key

COMMAND = "/link-workday"
LONGEST_NAME = 80
"""As long as a customer's name may be."""

MOST_PAGES = 10_000


class Takes(StrEnum):
    """What may follow a word."""

    NOTHING = "nothing"
    CHOICE = "choice"
    FILTERS = "filters"
    NAME = "name"
    LINK = "link"
    PERSON = "person"
    CHANNEL = "channel"
    DAY = "day"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One word, other words for it, and what may follow it; what it does is said by `command.does.<word>`."""

    word: str
    also: tuple[str, ...] = ()
    takes: Takes = Takes.NOTHING
    choices: tuple[str, ...] = ()
    shows: str = ""

    @property
    def hint(self) -> str:
        """How it is typed behind the command."""
        return f"{self.word} {self.shows or '|'.join(self.choices)}".strip()

    @property
    def typed(self) -> str:
        """The whole line."""
        return f"{COMMAND} {self.hint}".strip()

    @property
    def does(self) -> str:
        """The key of the words that say what it does."""
        return f"command.does.{self.word.replace('-', '_') or 'start'}"


(
    START,
    STATUS,
    LIST,
    OPEN,
    RESUME,
    RECHECK,
    HANDOVER,
    PAUSE,
    CANCEL,
    COPY,
    SHEET,
    BRIEF,
    NOTE,
    MOVE,
    MUTE,
    UNMUTE,
    INSIGHT,
    EXPORT,
    WEB_ONLY,
    HELP,
) = COMMANDS = (
    CommandRow(
        word="",
        also=(
            *("start", "begin", "new", "start link", "new link", "starten", "starte", "neu", "anfangen", "beginnen"),
            *("verbinden", "neue verbindung"),
        ),
    ),
    CommandRow(word="status", also=("state", "where", "how far", "stand", "zustand", "wie weit"), takes=Takes.LINK),
    CommandRow(
        word="list",
        also=(
            *("ls", "all", "show", "links", "overview", "show all", "alle", "liste", "zeig", "zeige", "zeig mir"),
            *("zeige mir", "übersicht"),
        ),
        takes=Takes.FILTERS,
        shows=f"[{'|'.join(Filter)}]",
    ),
    CommandRow(
        word="open",
        also=("find", "search", "go to", "show me", "öffne", "öffnen", "finde", "suche", "suchen"),
        takes=Takes.NAME,
        shows="CUSTOMER",
    ),
    CommandRow(
        word="resume",
        also=("continue", "go on", "unpause", "weiter", "weitermachen", "fortsetzen", "fortfahren"),
        takes=Takes.LINK,
    ),
    CommandRow(
        word="recheck",
        also=(
            *("check", "check again", "check now", "look", "retry", "test", "prüf", "prüfe", "prüfen"),
            *("nochmal prüfen", "noch mal prüfen", "erneut prüfen"),
        ),
        takes=Takes.LINK,
    ),
    CommandRow(
        word="handover",
        also=(
            *("hand over", "hand it over", "assign", "delegate", "give", "transfer", "übergabe", "übergeben"),
            *("übergib", "delegieren"),
        ),
        takes=Takes.PERSON,
        shows="@person",
    ),
    CommandRow(
        word="pause",
        also=(
            *("hold", "on hold", "wait", "snooze", "pausieren", "pausiere", "pause machen", "anhalten", "warten"),
            *("warte",),
        ),
        takes=Takes.DAY,
        shows="[until DATE]",
    ),
    CommandRow(
        word="cancel",
        also=(
            *("end", "delete", "remove", "abbrechen", "beenden", "beende", "löschen", "lösche", "entfernen"),
            *("stornieren",),
        ),
        takes=Takes.LINK,
    ),
    CommandRow(word="copy", also=("duplicate", "clone", "kopie", "kopiere", "kopieren"), takes=Takes.LINK),
    CommandRow(
        word="sheet",
        also=(
            *("ticket", "permissions", "permission sheet", "permissions sheet", "antrag", "berechtigungen"),
            *("berechtigungsliste",),
        ),
        takes=Takes.LINK,
    ),
    CommandRow(word="brief", also=("briefing", "call", "what to say", "kurz", "gespräch"), takes=Takes.LINK),
    CommandRow(word="note", also=("notes", "remark", "notiz", "notieren", "merken"), takes=Takes.LINK),
    CommandRow(
        word="move",
        also=("move to", "other channel", "umziehen", "umzug", "verschieben", "verschiebe", "kanal"),
        takes=Takes.CHANNEL,
        shows="#channel",
    ),
    CommandRow(word="mute", also=("silence", "quiet", "stumm", "stummschalten", "still"), takes=Takes.LINK),
    CommandRow(word="unmute", also=("loud", "laut", "nicht mehr stumm"), takes=Takes.LINK),
    CommandRow(
        word="insight", also=("insights", "numbers", "funnel", "statistics", "zahlen", "statistik", "auswertung")
    ),
    CommandRow(
        word="export", also=("csv", "download", "table", "exportieren", "exportiere", "herunterladen", "tabelle")
    ),
    CommandRow(word="web-only", also=("webonly", "web", "nur web"), takes=Takes.CHOICE, choices=("on", "off")),
    CommandRow(
        word="help",
        also=("?", "h", "hilfe", "hilf", "usage", "commands", "befehle", "what", "was"),
        takes=Takes.ANYTHING,
    ),
)

FILTERS: dict[str, Filter] = {
    key([word]): one
    for one, words in {
        Filter.MINE: ("mine", "my", "own", "me", "mein", "meine", "meinen"),
        Filter.STUCK: (
            *("stuck", "stalled", "hanging", "overdue", "hängt", "hängen", "hängende", "hängenden"),
            *("überfällige",),
        ),
        Filter.WAITING: (
            *("waiting", "wait", "waits", "approval", "pending", "wartet", "warten", "wartend", "wartende"),
            *("freigabe",),
        ),
        Filter.EXPIRING: ("expiring", "expires", "expiry", "expired", "soon", "ablaufend", "ablaufende", "bald"),
        Filter.FAILED: (
            *("failed", "failing", "fail", "fails", "broken", "error", "errors", "fehler", "kaputt", "kaputte"),
            *("fehlgeschlagen", "fehlgeschlagene"),
        ),
    }.items()
    for word in words
}
"""Every word for a filter, as it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed: a row and what follows its word, as far as it takes it.

    `name` is a customer's, `link` the id of a link, `wrong` the word that says what is wrong with the rest.
    """

    row: CommandRow
    choice: str = ""
    filters: frozenset[Filter] = frozenset()
    page: int = 1
    name: str = ""
    person: str = ""
    channel: str = ""
    day: date | None = None
    link: str = ""
    wrong: str = ""

    def write(self) -> str:
        """Write it as a line that is read as the same; a link is named by its id."""
        parts = [self.row.word, self.choice, *sorted(self.filters), str(self.page) if self.page > 1 else ""]
        parts += [
            f"<#{self.channel}>" if self.channel else "",
            f"<@{self.person}>" if self.person else "",
            self.day.isoformat() if self.day else "",
        ]
        return " ".join(part for part in (*parts, f"#{self.link}" if self.link else self.name) if part)


def usage_hint() -> str:
    """Write the hint that Slack shows while the command is typed."""
    return f"[{' | '.join(row.hint for row in COMMANDS if row.word)}]"
