"""One link among many, as our own people read it in an answer of the command: a line, and what they can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.cards.context import Scene
from flows.cards.parts import Asks, Card, Control, ControlRow, Controls, Part, Small, Text
from flows.cards.placeholders import place_of
from flows.link.access.reading import refusal
from flows.link.commands import rows as commands
from flows.link.commands.rows import COMMAND, CommandRow, Takes, Typed
from flows.link.effects import Denial
from flows.link.events import Action, Form, Pressed, Submitted
from flows.link.overview import Filter
from flows.link.standing import State, standing
from flows.link.state import Link, Person, Status
from flows.schedule.attention import worry_of
from flows.words import Plain, Words

MOST_BUTTONS = 25
"""As many as Slack draws in one row of buttons."""

PRESSES: dict[CommandRow, Action] = {
    commands.RESUME: Action.RESUME,
    commands.RECHECK: Action.CHECK,
    commands.PAUSE: Action.PAUSE,
    commands.SHEET: Action.SHEET,
    commands.MUTE: Action.MUTE,
    commands.UNMUTE: Action.UNMUTE,
}
"""Words that press a button."""

OPENS: dict[CommandRow, tuple[Action, Form]] = {
    commands.HANDOVER: (Action.HAND_OVER, Form.HAND_OVER),
    commands.CANCEL: (Action.CANCEL, Form.CANCEL),
    commands.COPY: (Action.OPEN_FORM, Form.COPY),
    commands.NOTE: (Action.NOTE, Form.NOTE),
    commands.MOVE: (Action.MOVE, Form.MOVE),
}
"""Words that open a modal, in which nothing has happened yet, and the button that does."""

NO_SUCH_NAME = {
    commands.PAUSE: "command.which_day",
    commands.HANDOVER: "command.which_person",
    commands.MOVE: "command.which_channel",
    commands.NOTE: "command.which_note",
}
"""What is said where nothing goes by the name behind a word, of words behind which something else may be meant."""

NOTHING_TO_DO = {
    (commands.RECHECK, "refusal.stale"): "command.nothing_to_check",
    (commands.UNMUTE, "refusal.stale"): "command.not_muted",
    (commands.PAUSE, "refusal.status.paused"): "command.paused_already",
    (commands.RESUME, "refusal.status.active"): "command.not_paused",
    (commands.RESUME, "refusal.status.linked"): "command.not_paused",
}
"""What is said where a word finds done what it says: who types has no card before them that could have changed."""

ASKED_AGAIN = frozenset({*PRESSES, commands.HANDOVER, commands.MOVE})
"""Words that change a link, so that a part of a name is no more than a guess at one of another channel."""


def line(scene: Scene, thread: str) -> str:
    """Write where a link stands: reason, age, whose move; `thread` is the address of its conversation, or empty."""
    found = standing(scene.link, scene.now)
    is_finished = scene.link.status is Status.LINKED
    key = "status_line"
    if is_finished:
        key = "status_linked" if found.state is State.LINKED else "status_attention"
    elif found.state is State.CANCELLED:
        key = "status_cancelled"
    lines = [scene.say(f"command.{key}")]
    if key == "status_line" and scene.link.status is Status.ACTIVE and scene.is_usual:
        lines.append(scene.say("command.usual"))
    if scene.held:
        lines.append(scene.say("parent.held", held=scene.held))
    if found.reason:
        lines.append(scene.say(f"reason.{found.reason}.what"))
    if found.blocked:
        lines.append(scene.say("command.status_blocked", code=found.blocked))
    if thread:
        lines[0] = Plain(f"{lines[0]} · {scene.say('command.thread', url=Plain(thread))}")
    return "\n".join(lines)


def pressed(row: CommandRow, link: Link, who: Person, value: str = "") -> Pressed:
    """Return the press that a word stands for; with a day behind it one that is paused already can be paused."""
    action = PRESSES[row]
    if row is commands.RECHECK and link.status is Status.LINKED:
        action = Action.LOOK
    elif row is commands.PAUSE and link.status is Status.PAUSED and value:
        action = Action.PAUSE_UNTIL
    return Pressed(actor=who, action=action, step=link.step, revision=link.revision, value=value)


def why_not(row: CommandRow, scene: Scene, who: Person, value: str = "") -> Denial | None:
    """Say why somebody cannot do now what a word stands for, with what was typed behind it; None where they can."""
    link = scene.link
    if row in PRESSES:
        refused = refusal(link, pressed(row, link, who, value))
        worry = worry_of(link, scene.now, scene.rules) if row is commands.MUTE and not refused else None
        if row is commands.MUTE and not refused and (worry is None or worry.is_muted):
            return Denial(key="refusal.muted" if worry else "refusal.well")
        return said(row, refused) if refused else None
    if row not in OPENS:
        return None
    action, form = OPENS[row]
    press = Pressed(actor=who, action=action, step=link.step, revision=link.revision)
    sending = Submitted(actor=who, form=form, step=link.step, revision=link.revision)
    return refusal(link, press) or refusal(link, sending)


def said(row: CommandRow, refused: Denial) -> Denial:
    """Return what is said of a refusal where a word was typed."""
    key = NOTHING_TO_DO.get((row, refused.key))
    return replace(refused, key=key) if key else refused


def control(words: Words, typed: Typed, key: str = "") -> Control:
    """Return the button that does what typing does."""
    name = typed.row.word.replace("-", "_") or "start"
    return Control(asks=Asks.TYPE, text=words.say(key or f"command.button.{name}"), value=typed.write())


def actions(scene: Scene, who: Person) -> tuple[Control, ...]:
    """Return a button for everything that somebody can do with a link now."""
    rows = (row for row in (*PRESSES, *OPENS) if why_not(row, scene, who) is None)
    return tuple(control(scene.words, Typed(row=row, link=scene.link.id)) for row in rows)


def one(scene: Scene, thread: str, who: Person) -> list[Part]:
    """Draw one link with its buttons."""
    buttons = (control(scene.words, Typed(row=commands.BRIEF, link=scene.link.id)), *actions(scene, who))
    return [Text(text=line(scene, thread)), Controls(controls=buttons)]


def row(scene: Scene, thread: str) -> ControlRow:
    """Draw one link of many."""
    opens = control(scene.words, Typed(row=commands.OPEN, link=scene.link.id))
    opens = replace(opens, spoken=f"{opens.text}: {scene.link.customer}")
    return ControlRow(text=line(scene, thread), control=opens)


def listed(words: Words, typed: Typed, rows: list[Part], total: int, pages: int) -> Card:
    """Draw one page of a list, with the ways to the others; `typed` asked for it."""
    wanted = words.listed(words.say(f"command.filter.{one}") for one in Filter if one in typed.filters)
    names = {"count": str(total), "wanted": wanted, "page": str(typed.page), "pages": str(pages)}
    if not total:
        return Card(parts=(Text(text=words.say("command.list_none", names)), _filters(words)))
    heading = Text(text=words.say("command.list_some" if wanted else "command.list_all", names))
    ways = [
        control(words, Typed(row=commands.LIST, filters=typed.filters, page=page), key)
        for page, key in ((typed.page - 1, "command.button.before"), (typed.page + 1, "command.button.after"))
        if 1 <= page <= pages
    ]
    if pages == 1:
        return Card(parts=(heading, *rows, _filters(words)))
    paging: tuple[Part, ...] = (Small(text=words.say("command.page", names)), Controls(controls=tuple(ways)))
    return Card(parts=(heading, *rows, *paging, _filters(words)))


def _filters(words: Words) -> Controls:
    """Draw a button for each filter."""
    return Controls(
        controls=tuple(
            control(words, Typed(row=commands.LIST, filters=frozenset({one})), f"command.show.{one}") for one in Filter
        )
    )


def helped(words: Words) -> Card:
    """Draw one line for each word, with a button where nothing has to follow it."""
    say = words.say
    lines: tuple[Part, ...] = tuple(
        _offered(words, each, say("command.line", {"typed": each.typed, "does": say(each.does)}))
        for each in commands.COMMANDS
    )
    return Card(parts=(*lines, Small(text=say("command.buttons"))))


def unknown(words: Words, shown: str, near: Typed | None, customer: str = "", *, is_clear: bool = True) -> Card:
    """Say that a word is not known, and what is nearest; a button does it where it is clear what that would be.

    `is_clear` is False where it is not known yet which link is meant.
    """
    if near is None:
        helps = Controls(controls=(control(words, Typed(row=commands.HELP)),))
        return Card(parts=(Text(text=words.say("command.unknown", {"word": shown})), helps))
    # A mention shows as its id where it is quoted, so the hint stands for it.
    is_plain = replace(near, link="", name="", wrong="") == Typed(row=near.row) and not customer
    whole = replace(near, link="", name=customer, wrong="").write()
    typed = near.row.typed if is_plain or near.person or near.channel else f"{COMMAND} {whole}"
    text = words.say("command.near", {"word": shown, "typed": typed})
    if near.wrong or not is_clear or (is_plain and near.row.takes in {Takes.NAME, Takes.CHOICE}):
        return Card(parts=(Text(text=text),))
    return Card(parts=(ControlRow(text=text, control=control(words, near)),))


def _offered(words: Words, row: CommandRow, text: str) -> Part:
    """Draw a line about a word with a button that types it, unless something has to follow."""
    if row.takes in {Takes.NAME, Takes.CHOICE}:
        return Text(text=text)
    return ControlRow(text=text, control=control(words, Typed(row=row)))


def which(words: Words, typed: Typed, links: Sequence[Link], *, more: bool = False) -> Card:
    """Ask which of several links is meant, or whether it is this one, with a button for each."""
    buttons = tuple(
        Control(
            asks=Asks.TYPE,
            text=words.say("command.one", {"customer": one.customer, "place": place_of(one, words)}),
            value=replace(typed, link=one.id).write(),
        )
        for one in links[:MOST_BUTTONS]
    )
    left = (Small(text=words.say("command.which_more")),) if more or len(links) > MOST_BUTTONS else ()
    text = words.say("command.which" if len(links) > 1 else "command.which_one")
    return Card(parts=(Text(text=text), Controls(controls=buttons), *left))
