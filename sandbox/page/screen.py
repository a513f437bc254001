"""Owns what the whole page shows at this moment: its regions as HTML, by their ids; it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sandbox.page.ground import clock
from sandbox.page.insight.coach import Coach
from sandbox.page.screens.slack_html import SlackHtml
from sandbox.page.stories.html import caption, picker
from sandbox.page.trouble.html import pitfalls, troubles
from sandbox.page.workday.html import workday
from sandbox.slack.drawing import Html, el, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.page.director import Director

ZONES = (("left", ZoneInfo("Europe/Berlin")), ("right", ZoneInfo("America/New_York")))


class Screen:
    """Writes the regions; `tabs` are the panels at the side, each with its name and its writer."""

    def __init__(self, director: Director) -> None:
        self.director = director
        self.ground = director.ground
        self._slack = SlackHtml(self.ground)
        self.tabs: dict[str, tuple[str, Callable[[], Html]]] = {
            "workday": ("Workday", lambda: workday(director.desk)),
            "pitfalls": ("What can go wrong", lambda: pitfalls(director.ground)),
            "network": ("Network", lambda: troubles(director.ground)),
            "tape": ("Tape", director.tape.html),
            "coach": ("Coach", Coach(director.ground).html),
        }

    def regions(self) -> dict[str, str]:
        """Return every region's HTML by its id."""
        if self.director.is_resetting:
            return {"top": self._top()}
        return {
            "top": self._top(),
            "left": self._slack.pane(self.ground.left),
            "right": self._slack.pane(self.ground.right),
            "side": self._side(),
            "story": joined(self.director.since.html(), caption(self.director.play)),
        }

    def _top(self) -> Html:
        now = self.ground.now()
        there = now.astimezone(ZONES[0][1]), now.astimezone(ZONES[1][1])
        shown = el(
            "span",
            el("strong", f"{there[0]:%a %d %b %Y}"),
            f" · Berlin {there[0]:%H:%M} · New York {there[1]:%H:%M}",
            class_="now",
        )
        turns = (
            el("button", words, type="button", data_do="clock", data_turn=key) for key, words in clock.WORDS.items()
        )
        state = (
            "Starting…" if self.director.is_resetting else "" if self.ground.is_running else "The app is not running."
        )
        return joined(
            el("h1", "Link Workday ", el("span", "sandbox", class_="dim")),
            el("div", shown, *turns, class_="clock", role="group", aria_label="Clock"),
            el("span", state, class_="state", role="status"),
            picker(self.director.play),
            el("button", "Start afresh", type="button", data_do="afresh"),
            el("button", "◐", type="button", data_theme_next=True, aria_label="Light or dark"),
        )

    def _side(self) -> Html:
        here = self.director.tab
        tabs = (
            el(
                "button",
                words,
                type="button",
                data_do="tab",
                data_tab=key,
                aria_current="page" if key == here else None,
            )
            for key, (words, _) in self.tabs.items()
        )
        nav = el("nav", *tabs, class_="tabs", aria_label="Panels")
        return joined(nav, el("div", self.tabs[here][1](), class_=f"panel panel-{here}"))
