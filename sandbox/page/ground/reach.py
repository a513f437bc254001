"""Owns finding what a press on the page is about: `view ID`, or a channel's id and a message's ts; presses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack import Message, Modal, Person
from sandbox.slack.reading import Touchable, touchables

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground


class GoneError(LookupError):
    """What was pressed is not there any more; the text is for whoever pressed."""


def reached(ground: Playground, person: Person, place: str) -> Message | Modal:
    """Return the message or the form at `place` as this person holds it; GoneError when it is gone."""
    where, _, what = place.partition(" ")
    if where == "view":
        desk = ground.slack.core.views
        views = [*desk.stack(person.user), *filter(None, [desk.homes.get(person.id)])]
        for view in views:
            if view.id == what:
                return Modal(ground.slack, view, person)
        raise GoneError("This form is closed.")
    channel = ground.slack.world.channels.get(where)
    posts = [*(channel.messages.values() if channel else ()), *ground.slack.world.whispers]
    for post in posts:
        if post.ts == what and not post.deleted and post.only_for in {None, person.id}:
            return Message(ground.slack, post, person)
    raise GoneError("This message is gone.")


def touched(ground: Playground, person: Person, place: str) -> list[Touchable]:
    """List what can be used at `place`; nothing when it is gone."""
    try:
        return touchables(reached(ground, person, place).blocks, ground.slack.world)
    except GoneError:
        return []
