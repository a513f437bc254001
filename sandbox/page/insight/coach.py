"""Owns the coach: what the app decided and why, read off its database as data; it never writes there."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.slack.drawing import Html, el

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.page.ground.playground import Playground

MOST = 25

DECIDERS = {
    "started": "flows/transitions/decide.py: start",
    "pressed": "flows/transitions/buttons.py",
    "sent": "flows/transitions/forms.py",
    "heard": "flows/transitions/thread_messages.py",
    "checkfinished": "flows/transitions/checks/results.py",
    "checkrefused": "flows/transitions/checks/unanswered.py",
    "checkheld": "flows/transitions/checks/unanswered.py",
    "checkbroken": "flows/transitions/checks/unanswered.py",
    "personknown": "flows/transitions/people.py",
    "woke": "flows/transitions/reminding.py",
    "handedoff": "flows/transitions/handoff.py",
    "secretslost": "flows/transitions/lost_secrets.py",
    "frozen": "flows/transitions/quarantine.py",
    "thawed": "flows/transitions/quarantine.py",
}
"""Which module decides about an event, by the first word of its line in the audit."""
ELSEWHERE = "flows/transitions/decide.py"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a link: the event, who caused it, where the link stood then, and the effects that it asked for."""

    link: str
    number: int
    at: datetime
    who: str
    event: str
    decided: str
    effects: tuple[tuple[str, str, str, str], ...]

    @property
    def module(self) -> str:
        return DECIDERS.get(self.event.partition(".")[0], ELSEWHERE)


def turns(database: Path) -> list[Turn]:
    """Return the newest turns of all links, newest first; an effect is its kind, slot, state and lane."""
    if not database.exists():
        return []
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=0.2)
    try:
        rows = connection.execute(
            "select link_id, number, at, actor, role, what, detail from auditrow order by at desc, number desc limit ?",
            (MOST,),
        ).fetchall()
        oldest = rows[-1][2] if rows else ""
        errands = connection.execute(
            "select link_id, created_at, kind, slot, state, lane from errandrow where created_at >= ? order by seq",
            (oldest,),
        ).fetchall()
    except sqlite3.Error:
        return []
    finally:
        connection.close()
    return [
        Turn(
            link=link,
            number=number,
            at=datetime.fromisoformat(at),
            who=f"{actor} ({role})" if actor else role,
            event=what,
            decided=_told(detail),
            effects=tuple((row[2], row[3] or "", row[4], row[5]) for row in errands if row[:2] == (link, at)),
        )
        for link, number, at, actor, role, what, detail in rows
    ]


def _told(detail: str) -> str:
    try:
        said = json.loads(detail)
    except ValueError:
        return detail
    return " · ".join(f"{key} {value}" for key, value in said.items()) if isinstance(said, dict) else str(said)


class Coach:
    """Writes the turns as HTML; it reads the database again only when the app has written something."""

    def __init__(self, ground: Playground) -> None:
        self.ground = ground
        self._seen: tuple[object, ...] = ()
        self._turns: list[Turn] = []

    def html(self) -> Html:
        """Write what the app decided, the newest turn first."""
        files = [self.ground.database, self.ground.database.with_name("link.db-wal")]
        seen = tuple((file.stat().st_mtime_ns, file.stat().st_size) if file.exists() else None for file in files)
        if seen != self._seen or any(effect[2] != "sent" for turn in self._turns for effect in turn.effects):
            self._turns, self._seen = turns(self.ground.database), seen
        lead = el(
            "p",
            "A click becomes an ",
            el("strong", "event"),
            ", one pure function makes a ",
            el("strong", "decision"),
            " of it, and what is to be done are ",
            el("strong", "effects"),
            ", saved with it in one transaction. Read from the app's own history and outbox.",
            class_="lead",
        )
        rows = [_turn(turn) for turn in self._turns]
        none = None if rows else el("p", "Nothing has been decided yet: start a link.", class_="hello")
        told: dict[str, object] = {"role": "region", "aria_label": "Coach", "tabindex": 0}
        return el("div", lead, el("ol", *rows, class_="turns") if rows else none, class_="scroll work", **told)


def _turn(turn: Turn) -> Html:
    effects = [
        el("li", el("code", f"{kind}({slot})" if slot else kind), el("span", f" {lane} · {state}", class_="dim"))
        for kind, slot, state, lane in turn.effects
    ]
    return el(
        "li",
        el("div", el("strong", turn.event), el("span", f" by {turn.who} · {turn.at:%d %b %H:%M:%S}", class_="dim")),
        el("div", "→ ", el("code", turn.module)),
        el("div", "decision: ", turn.decided, class_="dim"),
        el("ul", *effects) if effects else el("div", "no effects", class_="dim"),
    )
