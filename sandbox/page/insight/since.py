"""Owns what has come of a turn of the clock: what the app sent since then, and why; it only reads."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.page.insight.coach import Turn, turns
from sandbox.slack.drawing import Html, el

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

MOST = 6


class Since:
    """Remembers the last turn of the clock and tells what came of it, until somebody has read it."""

    def __init__(self, ground: Playground) -> None:
        self.ground = ground
        self.moment: datetime | None = None
        self.words = ""

    def turned(self, words: str) -> None:
        """Begin to look from this moment on."""
        self.moment, self.words = self.ground.now(), words

    def read(self) -> None:
        """Tell no more of it."""
        self.moment = None

    def html(self) -> Html:
        """Write what has come of it; nothing when the clock was not turned."""
        if self.moment is None:
            return Html("")
        found = [turn for turn in turns(self.ground.database) if turn.at >= self.moment.replace(tzinfo=None)]
        rows = [_told(turn) for turn in reversed(found[:MOST])]
        none = el("span", "Nothing is due yet, so nothing was sent.") if not rows else None
        close = el("button", "✕", type="button", class_="close", data_do="read", aria_label="Close")
        title = el("span", f"The clock was turned: {self.words}", class_="title")
        said = el("div", title, *rows, none, class_="said")
        return el("div", said, close, class_="caption")


def _told(turn: Turn) -> Html:
    shown = ", ".join(f"{kind} {slot}".strip() for kind, slot, _, _ in turn.effects) or "nothing to send"
    return el("p", el("strong", f"{turn.at:%d %b %H:%M}"), f" {turn.event} ({turn.who}) → {shown}", class_="small")
