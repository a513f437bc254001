"""Owns how the story's caption and its buttons are written as HTML; it plays nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.stories.book import STORIES
from sandbox.page.stories.play import State
from sandbox.slack.drawing import Html, el

if TYPE_CHECKING:
    from sandbox.page.stories.play import Play


def picker(play: Play) -> Html:
    """Write the list from which a story is chosen."""
    blank = el("option", "Play a story…", value="", selected=play.state is State.NONE)
    options = (
        el("option", story.title, value=slug, selected=slug == play.slug and play.state is not State.NONE)
        for slug, story in STORIES.items()
    )
    return el("select", blank, *options, data_change="story", aria_label="Play a story", id="stories")


def caption(play: Play) -> Html:
    """Write the caption of the running story; nothing while none runs."""
    if play.state is State.NONE:
        return Html("")
    said = el(
        "div",
        el("span", play.title, class_="title"),
        el("p", el("strong", play.caption), " ", el("span", play.why)),
        class_="said",
    )
    return el("div", said, el("div", *_buttons(play), class_="row"), class_=f"caption {play.state}")


def _buttons(play: Play) -> list[Html]:
    def button(words: str, verb: str, **more: object) -> Html:
        return el("button", words, type="button", class_="button", data_do=verb, **more)

    again = button("Again", "story", data_story=play.slug)
    share = button("Copy its address", "", data_copy_address=f"#story={play.slug}")
    match play.state:
        case State.PLAYING:
            return [button("Pause", "pause"), button("Step", "step"), button("Take over", "take-over")]
        case State.PAUSED:
            return [button("Go on", "resume"), button("Step", "step"), button("Take over", "take-over")]
        case _:
            return [again, share, button("Close", "take-over")]
