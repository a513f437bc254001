"""A reminder in the thread: in full while it stands, one line when its reason is gone, nothing when one follows."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.attention_card import mends, what_is_wrong, works_partly
from flows.cards.context import Scene
from flows.cards.parts import Button, Buttons, Card, Menu, Text
from flows.cards.placeholders import addressee
from flows.link.access.rows import may_keep_old
from flows.link.events import Action, Form
from flows.link.state import Cause, Nudge, Outcome, Status
from flows.schedule.attention import unasked
from flows.schedule.reminders import ENDING, Snooze, days_left


def nudge(scene: Scene, number: int) -> Card:
    """Draw reminder `number`: in full while it stands, as one line when its reason is gone, empty when one follows."""
    # What the clock asks Workday meanwhile is not what the person is asked for.
    scene = replace(scene, link=unasked(scene.link))
    link = scene.link
    standing = link.nudge
    if standing is None or standing.number != number:
        return Card(parts=())
    if standing.outcome:
        return Card(parts=(Text(text=_over(scene, standing)),))
    denied = str(link.attempt.trouble.askable - link.attempt.trouble.granted) if link.attempt.trouble else ""
    what = what_is_wrong(scene, link.issue) if link.issue else ""
    line = scene.say(
        f"nudge.{_key(scene, standing.cause)}",
        person=addressee(link, scene.rules, scene.words),
        denied=denied,
        what=what,
    )
    handed = scene.button(Action.HAND_OVER, form=Form.HAND_OVER)
    buttons = Buttons(buttons=(*_answers(scene, standing.cause), handed))
    return Card(parts=(Text(text=line), buttons), menu=Menu(buttons=_later(scene)))


def _key(scene: Scene, cause: Cause) -> str:
    link = scene.link
    if link.doer is None:
        return "nobody"
    if not link.doer.present:
        return "gone"
    if cause is Cause.STALLED and link.status is Status.PAUSED:
        return "paused"
    if cause is Cause.STALLED and may_keep_old(link):
        return "stalled_again"
    left = days_left(link, scene.now, scene.rules) if cause in ENDING else None
    if left is not None and left < 0:
        return f"{cause}_ended"
    if cause is Cause.BROKEN and link.issue and works_partly(link, link.issue):
        return "broken_partly"
    return cause.value


def _over(scene: Scene, nudge: Nudge) -> str:
    """Return the one line of a reminder that asks for nothing any more."""
    until = scene.link.snoozed_until
    match nudge.outcome:
        case Outcome.SNOOZED if until and until > scene.now:
            return scene.say("outcome.snoozed_until", until=scene.words.moment(until))
        case Outcome.PROVED:
            return scene.say(f"outcome.proved_{nudge.cause}")
        case _:
            return scene.say(f"outcome.{nudge.outcome}")


def _later(scene: Scene) -> tuple[Button, ...]:
    return (
        scene.button(Action.SNOOZE, "button.snooze_day", value=Snooze.DAY),
        scene.button(Action.SNOOZE, "button.snooze_three", value=Snooze.THREE_DAYS),
        scene.button(Action.SNOOZE, "button.snooze_monday", value=Snooze.MONDAY),
    )


def _answers(scene: Scene, cause: Cause) -> tuple[Button, ...]:
    link = scene.link
    exempt = scene.button(Action.EXEMPT)
    match cause:
        case Cause.PASSWORD:
            return (
                replace(exempt, primary=True),
                scene.button(Action.OPEN_FORM, "button.new_password", form=Form.ROTATE),
            )
        case Cause.CERTIFICATE:
            new = scene.button(Action.OPEN_FORM, "button.new_key", form=Form.RELINK)
            return (replace(new, primary=True),)
        case Cause.EXPIRY:
            expires = scene.button(Action.OPEN_FORM, "button.expiry_form", form=Form.EXPIRY)
            return (replace(exempt, primary=True), expires)
        case Cause.BROKEN if link.issue:
            return mends(scene, link.issue)
        case _:
            going = Action.RESUME if link.status is Status.PAUSED else Action.CONTINUE
            kept = (scene.button(Action.KEEP_OLD),) if may_keep_old(link) else ()
            return (replace(scene.button(going), primary=True), *kept)
