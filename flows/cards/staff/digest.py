"""The morning digest of our own people, a line for each link of which there is news; it decides what is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flows.cards.context import Scene
from flows.cards.parts import Asks, Card, Control, ControlRow, Part, Small, Text
from flows.cards.placeholders import span
from flows.cards.staff.advice import moves
from flows.link.commands import rows as commands
from flows.link.commands.rows import Typed
from flows.schedule.attention import ENDS, Worry, unasked, worry_of
from flows.schedule.reminders import days_left
from flows.words import Plain, Words

KEY = "staff.digest"
"""The notice that holds nothing: it is drawn when it is sent, from the links as they are then."""

LINES = 15
"""The most links one digest names; of the others it tells on the days after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A link of which there is something to tell; `is_new` is one that was not in a digest before."""

    scene: Scene
    worry: Worry
    is_new: bool
    thread: str


def news(scene: Scene, thread: str, *, is_new: bool) -> News | None:
    """Say what there is to tell of a link by now; None where it is well again, or nobody wants to hear of it."""
    scene = replace(scene, link=unasked(scene.link))
    worry = worry_of(scene.link, scene.now, scene.rules)
    return News(scene=scene, worry=worry, is_new=is_new, thread=thread) if worry and not worry.is_muted else None


def digest(found: Iterable[News], words: Words, left: int = 0) -> Card | None:
    """Draw the digest, new links first; None when there is nothing to say. `left` counts those that wait for a day."""
    rows = sorted(found, key=lambda one: one.worry.rank)
    if not rows:
        return None
    parts: list[Part] = [Text(text=words.say(KEY))]
    for key, is_new in (("new", True), ("changed", False)):
        parts += _section(words, key, [one for one in rows if one.is_new is is_new])
    if left:
        parts.append(Small(text=words.say("digest.more", {"count": str(left)})))
    return Card(parts=tuple(parts))


def _section(words: Words, key: str, rows: Sequence[News]) -> list[Part]:
    heading: list[Part] = [Text(text=words.say(f"digest.heading_{key}"))] if rows else []
    return [*heading, *(_row(one) for one in rows)]


def _row(one: News) -> ControlRow:
    scene, link = one.scene, one.scene.link
    looked = f"{link.looked_at:%Y-%m-%d}" if link.looked_at else ""
    names = {"channel": Plain(f"<#{link.channel_id}>"), "code": link.blocked or "", "looked": looked}
    names["age"] = span(scene.now - one.worry.since, scene.words)
    left = days_left(link, scene.now, scene.rules)
    ended = "_ended" if one.worry.key in ENDS and left is not None and left < 0 else ""
    line = scene.say(f"digest.{one.worry.key}{ended}", **names)
    move = scene.say("digest.move", move=Plain(moves(scene)[0]))
    where = f" · {scene.say('command.thread', url=Plain(one.thread))}" if one.thread else ""
    text, value = scene.say("command.button.mute"), Typed(row=commands.MUTE, link=link.id).write()
    mute = Control(asks=Asks.DETAIL, text=text, value=value, spoken=f"{text}: {link.customer}")
    return ControlRow(text=f"{line}{where}\n{move}", control=mute)
