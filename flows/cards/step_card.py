"""The card of a step that is still to be done: what to do, what to copy, how to go on."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.context import Scene, recipe, sideways
from flows.cards.parts import Button, Buttons, Copy, Part, Picture, Row, Small, Text
from flows.cards.placeholders import rows_of, text_of
from flows.link.events import Action, Form
from flows.link.state import Step
from flows.link.steps import STEPS, Kind
from flows.permissions import Permission
from flows.tenant.maintenance import next_refresh
from flows.tenant.service_url import Environment

PAGE = 6
"""How many permissions a card unfolds at a time."""


def instructions(scene: Scene) -> list[Part]:
    """Tell what to do in Workday, with every text to copy."""
    kind = STEPS[scene.link.step].kind
    link = scene.link
    key = f"step.{link.step}"
    parts: list[Part] = [Text(text=scene.say(f"{key}.lead")), *recipe(scene, f"{key}.do")]
    if link.step is Step.PERMISSIONS:
        parts += _permission_rows(scene)
    if STEPS[link.step].picture:
        parts.append(Picture(url=STEPS[link.step].picture, alt=scene.say(f"{key}.picture")))
    parts += [Small(text=scene.say(f"{key}.why")), *_refreshed(scene)]
    buttons = (*_forward(scene, kind), *sideways(scene))
    return [*parts, Buttons(buttons=buttons)] if buttons else parts


def _refreshed(scene: Scene) -> list[Part]:
    """Tell where a set-up that exists only in a sandbox goes, while it is made and when it is there."""
    refresh = next_refresh(scene.link.setup.environment, scene.now)
    if refresh is None or scene.link.step not in {Step.ISU, Step.LINKED}:
        return []
    return [Small(text=scene.say("step.linked.sandbox", refresh=scene.words.moment(refresh)))]


def _afterwards(scene: Scene) -> tuple[Button, ...]:
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    if scene.link.setup.environment is Environment.PRODUCTION:
        return (seen,)
    return (scene.button(Action.OPEN_FORM, "button.copy", form=Form.COPY), seen)


def _permission_rows(scene: Scene) -> list[Part]:
    link = scene.link
    rows = rows_of(link, scene.rules)
    ticked = [row for row in rows if row.id in link.setup.ticked]
    rest = [row for row in rows if row.id not in link.setup.ticked]
    parts: list[Part] = []
    if ticked:
        parts.append(Text(text="\n".join(scene.say("step.permissions.row_done", policy=row.policy) for row in ticked)))
    for row in rest[:PAGE]:
        button = scene.button(Action.TICK, value=row.id)
        parts.append(Copy(text=row.policy))
        parts.append(
            Row(text=_permission_line(scene, row), button=replace(button, spoken=f"{button.text}: {row.policy}"))
        )
    if len(rest) > PAGE:
        parts.append(Small(text=scene.say("step.permissions.more", count=str(len(rest) - PAGE))))
    return parts


def _permission_line(scene: Scene, row: Permission) -> str:
    return scene.say("step.permissions.row", access=row.access, why=text_of(scene.words, row, "why"))


def _forward(scene: Scene, kind: Kind) -> tuple[Button, ...]:
    link = scene.link
    match link.step:
        case Step.WELCOME:
            return (
                replace(scene.button(Action.START), primary=True),
                scene.button(Action.HAND_OVER, "button.not_me", form=Form.HAND_OVER),
                scene.button(Action.APPROVAL),
            )
        case Step.EXPIRY:
            return (
                replace(scene.button(Action.EXEMPT), primary=True),
                scene.button(Action.OPEN_FORM, "button.expiry_form", form=Form.EXPIRY),
                scene.button(Action.EXPIRY_UNKNOWN),
            )
        case Step.LINKED:
            return _afterwards(scene)
        case _ if kind is Kind.FORM:
            button = scene.button(Action.OPEN_FORM, f"step.{link.step}.open", form=STEPS[link.step].form)
            return (replace(button, primary=True),)
        case Step.ACTIVATION if link.setup.policy_needed and link.setup.account and not link.setup.is_trusted:
            return (replace(scene.button(Action.CHECK, "step.activation.primary_later"), primary=True),)
        case _ if kind is Kind.CHECK:
            return (replace(scene.button(Action.CHECK, f"step.{link.step}.primary"), primary=True),)
        case _:
            return (replace(scene.button(Action.DONE, f"step.{link.step}.primary"), primary=True),)
