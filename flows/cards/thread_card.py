"""The cards of the thread, from the link's state alone; the message above them is `parent`'s."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.attention_card import attention, attention_line
from flows.cards.context import Scene, new_password
from flows.cards.help_card import helped
from flows.cards.parts import MOST_IN_MENU, Button, Buttons, Card, Heading, Menu, Part, Row, Text
from flows.cards.placeholders import UNCOUNTED, expiry_kind, rows_of
from flows.cards.problem_card import counts, hitched, offered, trouble
from flows.cards.sign_on_card import causes, refused
from flows.cards.step_card import enter, instructions
from flows.diagnosis.findings import Finding
from flows.diagnosis.reasons import Reason, Verdict
from flows.link.attempt import Hitch
from flows.link.events import Action, Form
from flows.link.standing import State, state_of
from flows.link.state import Link, Status, Step
from flows.link.steps import row_of
from flows.link.walk import walk
from flows.words import own_name

HEADINGS = ("card.heading", "card.heading_uncounted")


def card(scene: Scene, number: int) -> Card:
    """Draw card message `number`: the live card if it is the last, otherwise the one line it shrank to."""
    link = scene.link
    if number < len(link.cards) - 1:
        line = _done_line(scene, number)
        return Card(parts=(Text(text=line),))
    drawn = _newest(scene)
    others = [one for one in scene.rules.languages if one not in {scene.words.language, scene.words.locale}]
    if not (others and drawn.parts and isinstance(drawn.parts[-1], Buttons)):
        return drawn
    # Each in its own name, for whoever cannot read the card.
    ways = (Button(action=Action.LANGUAGE, text=own_name(one), value=one) for one in others[:MOST_IN_MENU])
    return replace(drawn, menu=Menu(buttons=tuple(ways)))


def _newest(scene: Scene) -> Card:
    link = scene.link
    if link.status in {Status.PAUSED, Status.CANCELLED}:
        waits = link.status is Status.PAUSED and link.approval
        parts: tuple[Part, ...] = (Text(text=scene.say(f"card.{_rest(link)}")),)
        if link.status is Status.PAUSED:
            going = replace(scene.button(Action.RESUME), primary=True)
            sheet = (scene.button(Action.SHEET),) if waits else ()
            parts += (Buttons(buttons=(going, *sheet, scene.button(Action.HAND_OVER, form=Form.HAND_OVER))),)
        return Card(parts=parts)
    return _live(scene)


def _rest(link: Link) -> str:
    """Name the words for a link that is over or waits."""
    if link.status is Status.CANCELLED:
        return "cancelled"
    if link.approval:
        return "approval"
    if link.paused_until:
        return "paused_until"
    return "paused_linked" if link.step is Step.LINKED else "paused"


def _done_line(scene: Scene, number: int) -> str:
    link = scene.link
    step = link.cards[number]
    title = scene.say(f"step.{step}.title")
    if step in link.cards[number + 1 : -1]:
        return scene.say("card.again", title=title)
    if link.cards[-1] is step:
        return scene.say("card.moved", title=title)
    steps = walk(link, scene.rules.permissions)
    if step not in steps:
        return scene.say("card.passed", title=title)
    if link.cards[number + 1] is Step.LINKED and steps.index(step) < steps.index(Step.ACTIVATION):
        # No set-up ends there: it was left.
        return scene.say("card.kept", title=title)
    if steps.index(step) > steps.index(link.step):
        return scene.say("card.later", title=title)
    return scene.say("card.done", title=title, done=_done(scene, step))


def _done(scene: Scene, step: Step) -> str:
    link = scene.link
    proved = link.setup.is_trusted
    match step:
        case Step.EXPIRY:
            return scene.say(f"step.expiry.done_{expiry_kind(link)}")
        case Step.ISU if not proved:
            return scene.say("step.isu.done_unproved")
        case Step.ACTIVATION if link.setup.matrix:
            return _answered(scene, link.setup.matrix)
        case Step.ACTIVATION:
            return scene.say("step.activation.done_unproved")
        case _:
            return scene.say(f"step.{step}.done")


def _answered(scene: Scene, finding: Finding) -> str:
    said = [scene.say("step.activation.done", **counts(finding))]
    policies = {row.id: row.policy for row in rows_of(scene.link, scene.rules)}
    open_rows = [row for row in finding.rows if row.verdict is Verdict.UNPROBED]
    # Workday did not take our question: that is no verdict, and the reader is told for which ones.
    asked = [row for row in open_rows if row.evidence and row.permission_id in policies]
    for key, is_held in (("not_taken", False), ("held_back", True)):
        if names := [policies[row.permission_id] for row in asked if (row.reason is Reason.HELD_BACK) is is_held]:
            said.append(scene.say(f"step.activation.{key}", policies=scene.words.listed(names)))
    if unasked := [row for row in open_rows if not row.evidence]:
        said.append(scene.say("step.activation.unasked", count=str(len(unasked))))
    if scene.link.setup.left_out:
        said.append(scene.say("step.activation.left_out", count=str(len(scene.link.setup.left_out))))
    return " ".join(said)


def _live(scene: Scene) -> Card:
    link = scene.link
    state, finding = state_of(link), link.attempt.trouble if link.status is Status.ACTIVE else None
    keys = ("trouble.heading", "trouble.heading_uncounted") if finding and not link.attempt.checking else HEADINGS
    heading = keys[link.step in UNCOUNTED]
    parts: list[Part] = [Heading(text=scene.say(heading))]
    if link.setup.burnt:
        parts += _burnt(scene)
    elif link.setup.burnt_client and link.step is Step.API_CLIENT:
        parts.append(Text(text=scene.say("card.burnt_client")))
    if state is State.CHECKING and link.attempt.checking:
        parts += [Text(text=scene.say(f"checking.{link.attempt.checking.kind}")), *_waiting_buttons(scene)]
    elif state is State.BURNT and link.step is not Step.LINKED:
        pass
    elif state is State.FORGOTTEN:
        parts += _forgotten(scene)
    elif link.attempt.help:
        # How a finished link stands would contradict the name of its step.
        if link.open_issue and link.status is Status.LINKED:
            parts[0] = Text(text=attention_line(scene))
        parts += helped(scene, link.attempt.help)
    elif link.attempt.hitch:
        parts += hitched(scene, link.attempt.hitch)
        if link.attempt.hitch is Hitch.COOLING and finding and finding.reason is Reason.INVALID_CREDENTIALS:
            rows = causes(scene)
            parts[-1:] = [*rows, *(_without(one, rows) for one in parts[-1:] if isinstance(one, Buttons))]
    elif finding:
        parts += refused(scene) if finding.reason is Reason.INVALID_CREDENTIALS else trouble(scene, finding)
    elif link.attempt.offer:
        parts += offered(scene, link.attempt.offer)
    elif link.status is Status.LINKED and link.open_issue:
        # Its first line says how it stands, which the name of the step would contradict.
        parts = [*parts[1:], *attention(scene, link.open_issue)]
    elif link.setup.burnt_client and link.step is Step.API_CLIENT:
        # One instruction: the recipe for a new client would send people to make a second one.
        parts.append(Buttons(buttons=(enter(scene), scene.button(Action.BACK))))
    else:
        parts += instructions(scene)
    return Card(parts=tuple(parts))


def _without(buttons: Buttons, rows: list[Part]) -> Buttons:
    """Leave out of the buttons below some rows what one of the rows has."""
    there = {row.button.text for row in rows if isinstance(row, Row)}
    return replace(buttons, buttons=tuple(one for one in buttons.buttons if one.text not in there))


def _forgotten(scene: Scene) -> list[Part]:
    row = row_of(scene.link.setup)
    key = f"card.forgotten_{row.way}" if row.bearer else "card.forgotten"
    # Nothing has changed in Workday: the password is the old one, which we no longer have, or never had.
    never = scene.link.previous is not None and scene.link.previous.way is not row.way
    again = new_password(scene, "step.isu.open" if never else "button.enter_again")
    return [Text(text=scene.say(key)), Buttons(buttons=(again, scene.button(Action.BACK)))]


def _burnt(scene: Scene) -> list[Part]:
    works_on = scene.link.step is Step.LINKED or (scene.link.previous is not None and scene.link.previous.burnt)
    return [
        Text(text=scene.say("card.burnt_linked" if works_on else "card.burnt")),
        Buttons(buttons=(new_password(scene),)),
    ]


def _waiting_buttons(scene: Scene) -> list[Part]:
    return [Buttons(buttons=(scene.button(Action.BACK),))] if scene.link.step is not Step.LINKED else []
