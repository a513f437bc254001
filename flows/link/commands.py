"""What our own people may type behind `/link-workday`, a row a word; help and the manifest's hint are made from it.

Answers nothing: `bot.slack.command` does, and has an answer for every row.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = "/link-workday"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One word and what may follow it; what it does is said by `command.does.<word>`."""

    word: str
    choices: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """How it is typed behind the command."""
        return f"{self.word} {'|'.join(self.choices)}".strip()

    @property
    def typed(self) -> str:
        """The whole line."""
        return f"{COMMAND} {self.hint}".strip()

    @property
    def does(self) -> str:
        """The key of the words that say what it does."""
        return f"command.does.{self.word.replace('-', '_') or 'start'}"


START, STATUS, SHEET, WEB_ONLY, HELP = COMMANDS = (
    CommandRow(word=""),
    CommandRow(word="status"),
    CommandRow(word="sheet"),
    CommandRow(word="web-only", choices=("on", "off")),
    CommandRow(word="help"),
)


def read(typed: str) -> tuple[CommandRow, str] | None:
    """Read what was typed, in small letters, as a row and what follows its word; None for anything else."""
    word, _, rest = typed.partition(" ")
    row = next((row for row in COMMANDS if row.word == word), None)
    return (row, rest) if row and (rest in row.choices if row.choices else not rest) else None


def usage_hint() -> str:
    """Write the hint that Slack shows while the command is typed."""
    return f"[{' | '.join(row.hint for row in COMMANDS if row.word)}]"
