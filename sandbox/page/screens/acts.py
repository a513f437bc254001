"""Owns what a click or a key on one of the two screens does in Slack: one function for each, in a table."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from sandbox.page.ground import hand
from sandbox.page.ground.panes import Pane
from sandbox.page.ground.playground import Playground
from sandbox.page.ground.reach import reached, touched
from sandbox.page.ground.world import CHANNEL
from sandbox.slack import Message, Modal, NotAllowed
from sandbox.slack.block_kit import STATE_KEY
from sandbox.slack.reading import options_of, touchables

Asked: TypeAlias = Mapping[str, str]
"""What the page says: attributes of what was clicked, by name."""
Fields: TypeAlias = Mapping[str, list[str]]
"""What stands in a form: "block action" -> every value under that name."""
Act: TypeAlias = Callable[[Playground, Pane, Asked, Fields], Awaitable[None]]


async def sit(ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    """Let somebody else sit down at this screen, in the first shared channel they are in."""
    person = ground.slack.person(asked["value"])
    names = [channel.name for channel in person.channels if not channel.is_im]
    pane.show(person.name, CHANNEL if CHANNEL in names else names[0] if names else "dm")


async def speak(ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    """Let this person have their Slack in another language.

    Slack tells it of our own people only; those of other organisations choose it on the newest card that offers it.
    """
    person, words = ground.slack.person(pane.who), hand.LANGUAGES[asked["value"]]
    person.user.locale = asked["value"]
    if not person.is_external:
        return
    for message in reversed(person.messages):
        for touch in message.touchables:
            if touch.kind == "overflow" and words in [one["text"]["text"] for one in options_of(touch.element)]:
                await message.choose(touch.ids[1], words)
                return


async def go(ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    """Open another place; the Home tab tells the app."""
    pane.go(asked["place"])
    if pane.place == "home":
        await ground.slack.person(pane.who).home()


async def open_thread(_ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    pane.thread = asked["ts"]
    pane.closed_threads.discard(asked["ts"])


async def close_thread(_ground: Playground, pane: Pane, _asked: Asked, _fields: Fields) -> None:
    if pane.thread:
        pane.closed_threads.add(pane.thread)
    pane.thread = None


async def say(ground: Playground, pane: Pane, asked: Asked, fields: Fields) -> None:
    """Send what stands in the composer: a message, perhaps with a file, or a command."""
    person = ground.slack.person(pane.who)
    text = (fields.get("text") or [""])[0].strip()
    file = _file(fields)
    if not text and not file:
        return
    place = "dm" if pane.place == "dm" else pane.place
    channel = ground.slack.world.direct(person.id) if place == "dm" else ground.slack.world.channel(place)
    thread = channel.messages.get(asked.get("thread", ""))
    parent = Message(ground.slack, thread, person) if thread else None
    if text.startswith("/") and not file:
        word, _, rest = text.partition(" ")
        await person.command(word, rest.strip(), channel=place, thread=parent)
        return
    named = text.replace("@Link Workday", "@linkworkday")
    await person.says(named, thread=parent, channel=place, file=file)


async def press(ground: Playground, pane: Pane, asked: Asked, fields: Fields) -> None:
    """Press a button, or ask first where the button wants that."""
    person = ground.slack.person(pane.who)
    for touch in touched(ground, person, asked["at"]):
        if touch.element["action_id"] == asked["action"] and touch.element.get("confirm"):
            pane.asking = (asked["at"], asked["action"])
            return
    await _pressed(ground, pane, asked["at"], asked["action"], fields)


async def agree(ground: Playground, pane: Pane, _asked: Asked, fields: Fields) -> None:
    """Say yes to what a button asks."""
    if pane.asking:
        (place, action), pane.asking = pane.asking, None
        await _pressed(ground, pane, place, action, fields)


async def deny(_ground: Playground, pane: Pane, _asked: Asked, _fields: Fields) -> None:
    pane.asking = None


async def choose(ground: Playground, pane: Pane, asked: Asked, fields: Fields) -> None:
    """Choose in a select, a menu, a box or a date; in a form the other fields keep what was typed."""
    person = ground.slack.person(pane.who)
    thing, action = reached(ground, person, asked["at"]), asked["action"]
    touch = next(one for one in touched(ground, person, asked["at"]) if one.ids[1] == action)
    values = fields.get(" ".join(touch.ids), [])
    several = touch.kind.startswith(("multi_", "checkboxes"))
    given: object = values if several else asked.get("value") or (values[0] if values else "") or None
    if isinstance(thing, Message):
        await thing.choose(action, given)
        return
    write(thing, fields)
    await thing.fill({action: given})


async def submit(ground: Playground, pane: Pane, asked: Asked, fields: Fields) -> None:
    """Send a form; its errors stay in it."""
    modal = _form(ground, pane, asked)
    write(modal, fields)
    await modal.submit()


async def cancel(ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    await _form(ground, pane, asked).close()


async def dismiss(ground: Playground, pane: Pane, asked: Asked, _fields: Fields) -> None:
    await _form(ground, pane, asked).dismiss()


async def fill(ground: Playground, pane: Pane, asked: Asked, fields: Fields) -> None:
    """Write into a form what belongs there."""
    modal = _form(ground, pane, asked)
    write(modal, fields)
    for touch in touchables(modal.blocks, ground.slack.world):
        name = touch.ids[1]
        if touch.kind in STATE_KEY and (known := hand.held(ground, name, pane.name)):
            hand.put(modal, touch, known)


async def calm(_ground: Playground, pane: Pane, _asked: Asked, _fields: Fields) -> None:
    pane.trouble = ""


def write(modal: Modal, fields: Fields) -> None:
    """Put what was typed into an open form, without telling the app; without any fields nothing was typed."""
    if not fields:
        return
    for touch in touchables(modal.blocks, modal.slack.world):
        if touch.kind in STATE_KEY:
            hand.put(modal, touch, fields.get(" ".join(touch.ids), []))


def _file(fields: Fields) -> tuple[str, bytes] | None:
    """Return the name and bytes of the file that was added, if one was; one that is too large comes without bytes."""
    if not fields.get("file"):
        return None
    if not fields.get("content"):
        raise NotAllowed(f"{fields['file'][0]} is larger than 2 MB, which is the most that this Slack takes.")
    return fields["file"][0], b64decode(fields["content"][0])


def _form(ground: Playground, pane: Pane, asked: Asked) -> Modal:
    thing = reached(ground, ground.slack.person(pane.who), asked["at"])
    if not isinstance(thing, Modal):
        raise NotAllowed("That is no form.")
    return thing


async def _pressed(ground: Playground, pane: Pane, place: str, action: str, fields: Fields) -> None:
    person = ground.slack.person(pane.who)
    thing = reached(ground, person, place)
    if isinstance(thing, Modal) and fields:
        write(thing, fields)
    await thing.press(action)
    if isinstance(thing, Modal) and pane.place == "home" and not thing.is_open:
        pane.go("home")


ACTS: Mapping[str, Act] = {
    "sit": sit,
    "speak": speak,
    "go": go,
    "thread": open_thread,
    "close-thread": close_thread,
    "say": say,
    "press": press,
    "agree": agree,
    "deny": deny,
    "choose": choose,
    "submit": submit,
    "cancel": cancel,
    "dismiss": dismiss,
    "fill": fill,
    "calm": calm,
}
"""What the page can ask for, by the name that it sends."""
