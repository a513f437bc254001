"""The one message in the channel, from the link's state alone: how far, whose move, what was last; sends nothing."""

from __future__ import annotations

from typing import assert_never

from flows.cards.attention_card import attention_line, what_is_wrong
from flows.cards.context import Scene, human
from flows.cards.parts import Button, Buttons, Card, Heading, Menu, Part, Text
from flows.cards.placeholders import UNCOUNTED, before_key, counted, end_of, mention, reached, rows_of
from flows.cards.problem_card import may_look
from flows.link.access.rows import ON, may_keep_old
from flows.link.events import Action, Form
from flows.link.standing import Mover, State, standing
from flows.link.state import Last, Status, Step
from flows.link.steps import row_of
from flows.permissions import WriteProbe
from flows.replacing import replace
from flows.tenant.service_url import Environment


def parent(scene: Scene) -> Card:
    """Draw the one message in the channel: how far, whose move, what was last."""
    link = scene.link
    is_unknown = link.setup.environment is Environment.UNKNOWN
    if link.setup.endpoint:
        # An address that is only tried is none of the link's yet.
        where = scene.say("parent.where", tenant=link.setup.endpoint.tenant)
    else:
        where = scene.say(f"parent.where_{'unknown' if is_unknown else 'open'}")
    lines = [where, *_standing(scene)]
    if scene.held:
        lines.append(scene.say("parent.held", held=scene.held))
    if before := before_key(link):
        lines.append(scene.say(before))
    if link.last:
        lines.append(scene.say("parent.last", last=_last(scene, link.last), when=scene.words.moment(link.last.at)))
    parts: list[Part] = [Heading(text=scene.say("parent.heading")), Text(text="\n".join(lines))]
    buttons = (*_parent_buttons(scene), *_ours(scene))
    if buttons:
        parts.append(Buttons(buttons=buttons))
    menu = Menu(buttons=_menu(scene)) if link.status is not Status.CANCELLED else None
    return Card(parts=tuple(parts), menu=menu)


def _standing(scene: Scene) -> list[str]:
    link = scene.link
    found = standing(link, scene.now)
    move = scene.say("parent.now" if found.mover is Mover.NOBODY else "parent.move")
    match link.status:
        case Status.LINKED if link.open_issue:
            return [attention_line(scene), what_is_wrong(scene, link.open_issue), move]
        case Status.LINKED:
            line = scene.say("parent.linked", expiry=scene.say(f"expiry.{end_of(link)}"))
            return [line] if found.waits == State.LINKED else [line, move]
        case Status.CANCELLED:
            return [scene.say("parent.cancelled")]
        case Status.PAUSED if link.paused_until:
            return [scene.say("parent.paused_until")]
        case Status.PAUSED if link.step is Step.LINKED:
            return [scene.say("parent.paused_linked")]
        case Status.PAUSED if link.approval:
            return [scene.say("parent.approval"), move]
        case Status.PAUSED:
            return [scene.say("parent.paused"), move]
        case Status.ACTIVE:
            return [_progress(scene), move]
        case _:
            assert_never(link.status)


def _progress(scene: Scene) -> str:
    link, rules = scene.link, scene.rules
    done = reached(link, rules) - (link.step not in UNCOUNTED)
    key = "parent.usual" if scene.is_usual else "parent.progress"
    return scene.say(key, bar="▓" * done + "░" * (len(counted(link, rules)) - done))


def _last(scene: Scene, last: Last) -> str:
    names = dict(last.names)
    if "person" in names:
        names["person"] = mention(replace(scene.link.owner, user_id=names["person"]))
    if "step" in names:
        names["step"] = scene.say(f"step.{names['step']}.title")
    return scene.say(f"last.{last.key}", **names)


def _parent_buttons(scene: Scene) -> tuple[Button, ...]:
    match scene.link.status:
        case Status.ACTIVE:
            going = scene.button(Action.CONTINUE)
        case Status.PAUSED:
            going = scene.button(Action.RESUME)
        case Status.LINKED:
            look = (scene.button(Action.LOOK),) if may_look(scene) else ()
            return (*look, *_people(scene), scene.button(Action.OPEN_FORM, "button.copy", form=Form.COPY))
        case _:
            return ()
    return (replace(going, primary=True), *_people(scene))


def _people(scene: Scene) -> tuple[Button, ...]:
    return (scene.button(Action.HAND_OVER, form=Form.HAND_OVER), *human(scene))


def _ours(scene: Scene) -> tuple[Button, ...]:
    """Return what only our own people may press; a menu cannot be shown to some, so it holds none of it."""
    link = scene.link
    profile = scene.button(Action.OPEN_FORM, "button.profile", form=Form.PROFILE)
    buttons: tuple[Button, ...] = ()
    if link.status is Status.LINKED:
        buttons = (profile,)
    elif link.status is Status.ACTIVE and not link.previous:
        buttons = (scene.button(Action.RESTART), profile, *_writes(scene))
    if not (scene.rules.hides_buttons and link.owner.present):
        # Who of our people takes the link of an owner who has left is not known: they all see them.
        return buttons
    shown_to = dict.fromkeys(one for one in (link.owner.user_id, scene.rules.backup) if one)
    return tuple(replace(button, only=tuple(shown_to)) for button in buttons)


def _menu(scene: Scene) -> tuple[Button, ...]:
    end = scene.button(Action.CANCEL, form=Form.CANCEL)
    if scene.link.status is Status.LINKED:
        rotate = scene.button(Action.OPEN_FORM, "button.new_password", form=Form.ROTATE)
        return (
            *(() if row_of(scene.link.setup).bearer else (rotate,)),
            scene.button(Action.OPEN_FORM, "button.relink", form=Form.RELINK),
            scene.button(Action.PAUSE),
            end,
        )
    if may_keep_old(scene.link):
        return (scene.button(Action.KEEP_OLD), end)
    if scene.link.previous or scene.link.status is Status.PAUSED:
        return (end,)
    return (scene.button(Action.PAUSE), end)


def _writes(scene: Scene) -> tuple[Button, ...]:
    """Let staff switch the questions about writing on and off, where there is one to ask."""
    if all(row.write_probe is WriteProbe.NONE for row in rows_of(scene.link, scene.rules)):
        return ()
    if scene.link.writes:
        return (scene.button(Action.ASK_WRITES, "button.writes_off"),)
    return (scene.button(Action.ASK_WRITES, "button.writes_on", value=ON),)
