"""Owns how the menus of what can go wrong are written as HTML; it makes no trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.trouble import network
from sandbox.page.trouble.pitfalls import PITFALLS
from sandbox.page.trouble.switches import Switch
from sandbox.slack.drawing import Html, el

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground


def pitfalls(ground: Playground) -> Html:
    """Write the menu of pitfalls, in the order of their numbers."""
    lead = el("p", "One click makes it so in Workday or in the admin's hand, another one mends it.", class_="lead")
    rows = (_row(ground, one, is_story=True) for one in PITFALLS.values())
    return el("div", lead, el("ul", *rows, class_="switches"), **_SCROLL, aria_label="What can go wrong")


def troubles(ground: Playground) -> Html:
    """Write the menu of the network's troubles, and of the app's own life."""
    rows = (_row(ground, one) for one in network.SWITCHES)
    pushes = (
        el("button", words, type="button", class_="button", data_do="push", data_push=key)
        for key, (words, _) in network.PUSHES.items()
    )
    life = ("kill", "Kill the app") if ground.is_running else ("start", "Start the app again")
    button = el("button", life[1], type="button", class_="button danger", data_do=life[0])
    return el(
        "div",
        el("h3", "The app"),
        el("p", button, el("span", " as a power cut would; nothing is lost.", class_="dim")),
        el("h3", "As long as you like"),
        el("ul", *rows, class_="switches"),
        el("h3", "Once"),
        el("div", *pushes, class_="row"),
        **_SCROLL,
        aria_label="Network",
    )


def _row(ground: Playground, switch: Switch, *, is_story: bool = False) -> Html:
    is_on = switch.slug in ground.switched_on
    told: dict[str, object] = {"type": "button", "data_do": "switch", "data_slug": switch.slug}
    turn = el("button", switch.title, class_="switch", aria_pressed="true" if is_on else "false", **told)
    play = el("button", "▶", type="button", data_do="story", data_story=switch.slug, aria_label=f"Play: {switch.title}")
    number = el("span", switch.number, class_="number") if switch.number else None
    where = el("span", f" Shows at: {switch.stage}.", class_="dim") if is_story else None
    about = el("div", el("span", switch.tells, class_="dim"), where)
    return el("li", number, el("div", turn, about), play if is_story else None, class_="on" if is_on else None)


_SCROLL: dict[str, object] = {"class_": "scroll work", "tabindex": 0, "role": "region"}
