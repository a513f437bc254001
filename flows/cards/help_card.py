"""A piece of help that a card unfolds, and its own way on; which topics a step offers stands in its row."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.context import Scene, human, new_password, recipe, support
from flows.cards.parts import Button, Buttons, Part, Text
from flows.cards.sign_on_card import CHANGED, has_worked, suspected
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Topic
from flows.link.events import Action, Form
from flows.link.standing import reason_of
from flows.link.state import Step
from flows.link.steps import STEPS


def helped(scene: Scene, topic: Topic) -> list[Part]:
    """Render one piece of help, with its own way on."""
    link = scene.link
    if topic is Topic.STUCK:
        offered = tuple(
            scene.button(Action.HELP, f"help.stuck.{topic}", value=topic) for topic in STEPS[link.step].topics
        )
        parts: list[Part] = [Text(text=scene.say("help.stuck.text")), Buttons(buttons=offered)]
    else:
        key = "help.policy_after" if topic is Topic.POLICY and link.step is not Step.ISU else f"help.{topic}"
        key = f"help.{CHANGED}" if topic is Topic.RETYPE and has_worked(link) else key
        parts = recipe(scene, f"{key}.text")
    buttons = (*_help_forward(scene, topic), *_not_it(scene, topic), scene.button(Action.CLOSE_HELP), *human(scene))
    return [*parts, *support(scene.words, scene.rules, scene.names), Buttons(buttons=buttons)]


def _not_it(scene: Scene, topic: Topic) -> tuple[Button, ...]:
    """Return the button from one cause of a rejected sign-on to the next, so that one tap answers each question."""
    topics = [Topic(line) for line, _ in suspected(scene)]
    if reason_of(scene.link) is not Reason.INVALID_CREDENTIALS or topic not in topics[:-1]:
        return ()
    return (scene.button(Action.HELP, "button.not_it", value=topics[topics.index(topic) + 1]),)


def _help_forward(scene: Scene, topic: Topic) -> tuple[Button, ...]:
    is_finished = scene.link.step is Step.LINKED
    match topic:
        case Topic.RETYPE | Topic.LOCKED | Topic.USER_NAME if is_finished:
            return (new_password(scene),)
        case Topic.FLAGS | Topic.REFRESHED | Topic.POLICY if is_finished:
            return (replace(scene.button(Action.LOOK), primary=True),)
        case Topic.RETYPE | Topic.LOCKED | Topic.USER_NAME:
            return (replace(scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU), primary=True),)
        case Topic.FLAGS | Topic.REFRESHED:
            return (replace(scene.button(Action.CHECK, "button.same_again"), primary=True),)
        case Topic.NOT_ACTIVE | Topic.MEMBERSHIP:
            return (replace(scene.button(Action.CHECK), primary=True),)
        case Topic.POLICY if scene.link.step is not Step.SERVICE_URL:
            return (replace(scene.button(Action.POLICY_LATER), primary=True),)
        case Topic.NO_TASK:
            return (replace(scene.button(Action.HAND_OVER, form=Form.HAND_OVER), primary=True),)
        case Topic.WDSL:
            return (
                replace(scene.button(Action.OPEN_FORM, "step.service_url.open", form=Form.SERVICE_URL), primary=True),
            )
        case Topic.NO_POLICY:
            leave_out = scene.button(Action.OPEN_FORM, "button.leave_out", form=Form.LEAVE_OUT)
            return (replace(scene.button(Action.DONE, "step.permissions.primary"), primary=True), leave_out)
        case _:
            return ()
