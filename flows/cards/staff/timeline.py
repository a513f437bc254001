"""What happened to a link, a line of its record each, in the reader's language; reads no record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.cards.context import Scene
from flows.cards.placeholders import mention
from flows.link.state import Person, Step

UNTOLD = frozenset({"woke", "personknown"})
"""What the app does for itself, day after day, and what tells nobody anything of a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the record; `what` is named as the record does, `team` is empty for who is nobody in Slack."""

    at: datetime
    what: str
    actor: str = ""
    team: str = ""
    step: str = ""
    is_refused: bool = False


def happened(scene: Scene, one: Happened) -> str:
    """Write one line: when, at which step, what and by whom; what was refused says so."""
    words = scene.words
    person = mention(Person(user_id=one.actor)) if one.team else one.actor
    what = _what(scene, one.what)
    names = {
        "when": words.moment(one.at),
        "what": words.say("past.refused", {"what": what}) if one.is_refused else what,
        "who": person or words.say("board.app"),
        "step": scene.say(f"step.{one.step}.title") if one.step in set(Step) else "",
    }
    return words.say("board.line" if names["step"] else "board.line_plain", names)


def _what(scene: Scene, what: str) -> str:
    """Say in words what the record names; what it has no words for stands as it is."""
    kind, _, name = what.partition(".")
    name = name.removesuffix(".web")
    own = what.replace("-", "_")
    for key, whole in ((f"past.{own}", ""), (f"button.{name}", "pressed"), (f"form.{name}.title", "sent")):
        if scene.words.has(key) and whole in {"", kind}:
            said = scene.say(key)
            return scene.words.say(f"past.{whole}.one", {"name": said}) if whole else said
    return scene.words.say("past.unnamed", {"name": what})
