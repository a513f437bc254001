"""Counts the messages in which a person's words are compared with secrets, so that nobody can guess one in bulk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

MOST = 20
"""Messages in an hour; beyond it a posted secret is only known by its looks."""


class Guesses:
    """Counts by person and link, in this process, and starts anew with every hour."""

    def __init__(self) -> None:
        self._hour = ""
        self._counted: Counter[str] = Counter()

    def may(self, who: str, now: datetime) -> bool:
        """Count one message; False when there were too many."""
        hour = f"{now:%Y-%m-%d %H}"
        if hour != self._hour:
            self._hour = hour
            self._counted.clear()
        self._counted[who] += 1
        return self._counted[who] <= MOST
