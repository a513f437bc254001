"""Owns how what lies over a screen is written as HTML: an open form, and the question before a press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.ground.reach import touched
from sandbox.slack import Modal, Person
from sandbox.slack.drawing import BlockWriter, Html, el
from sandbox.slack.reading import text_of, zone_of

if TYPE_CHECKING:
    from sandbox.page.ground.panes import Pane
    from sandbox.page.ground.playground import Playground


def form(ground: Playground, pane: Pane, person: Person) -> Html | None:
    """Write the form on top of somebody's stack."""
    stack = ground.slack.core.views.stack(person.user)
    if not stack:
        return None
    modal, world = Modal(ground.slack, stack[-1], person), ground.slack.world
    view, spec = modal.view, modal.view.spec
    told = {"data_who": pane.name, "data_at": f"view {view.id}"}
    writer = BlockWriter(
        world, zone_of(person.user), view.values, view.errors, scope=f"{pane.name}m{view.id}", target=told
    )
    close, submit = text_of(spec.get("close"), world) or "Cancel", text_of(spec.get("submit"), world)
    has_fields = any(block["type"] == "input" for block in view.blocks)
    head = el(
        "header",
        el("h2", modal.title, id=f"{pane.name}-title"),
        el("span", f"form {len(stack)} of 3 at most", class_="dim") if len(stack) > 1 else None,
        el("button", "✕", type="button", class_="close", data_do="dismiss", aria_label="Close", **told),
    )
    help_out = el("button", "Fill in for me", type="button", class_="help", data_do="fill", **told)
    foot = el(
        "footer",
        help_out if submit and has_fields else None,
        el("button", close, type="button", class_="button", data_do="cancel", **told),
        el("button", submit, type="submit", class_="button primary") if submit else None,
    )
    body = el("div", writer.blocks(view.blocks), class_="inside", tabindex=0, role="group", aria_label="The form")
    mark = el("input", type="hidden", name="_", value="1")
    inside = el("form", head, mark, body, foot, data_do="submit", novalidate=True, class_="modal", **told)
    named = {"role": "dialog", "aria_labelledby": f"{pane.name}-title", "id": f"{pane.name}-modal-{view.id}"}
    return el("div", inside, class_=f"veil depth{len(stack)}", data_opens=True, **named)


def confirmation(ground: Playground, pane: Pane, person: Person) -> Html | None:
    """Write the question that a button asks before it is pressed."""
    place, action = pane.asking or ("", "")
    touches = touched(ground, person, place) if pane.asking else []
    asked = next((one.element.get("confirm") for one in touches if one.element["action_id"] == action), None)
    if asked is None:
        return None
    world = ground.slack.world
    writer = BlockWriter(world)
    agree = f"button {asked.get('style', 'primary')}"
    told = {"data_who": pane.name, "type": "button"}
    foot = el(
        "footer",
        el("button", text_of(asked["deny"], world), class_="button", data_do="deny", **told),
        el("button", text_of(asked["confirm"], world), class_=agree, data_do="agree", **told),
    )
    head = el("header", el("h2", text_of(asked["title"], world), id=f"{pane.name}-asked"))
    inside = el("div", head, el("div", writer.text(asked["text"]), class_="inside"), foot, class_="modal small")
    named = {"role": "alertdialog", "aria_labelledby": f"{pane.name}-asked", "id": f"{pane.name}-confirm"}
    return el("div", inside, class_="veil", data_opens=True, **named)
