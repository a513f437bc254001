"""Blocks: within Slack's limits, addressed, and never with a secret filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product

import pytest

from bot.drawing import Drawing
from bot.slack.acks import at_fields
from bot.slack.block_kit import Address, blocks, fallback, modal
from bot.slack.reading.payloads import Sent
from flows.cards.context import Scene
from flows.cards.modals import dialog
from flows.cards.parent import parent
from flows.cards.parts import (
    Button,
    Buttons,
    Card,
    Choice,
    Copy,
    Heading,
    Input,
    Menu,
    Modal,
    Picture,
    Row,
    Small,
    Text,
)
from flows.cards.thread_card import card
from flows.link.events import Action, Form
from flows.link.forms import Field, FieldKind
from flows.link.state import Status, Step
from flows.words import Library, unescape
from tests.support.drawn_states import WORDS, at, every_state
from tests.support.links import ADA, NOW, RULES

ADDRESS = Address(link_id="abc", step=Step.ISU, revision=4)
MARKED = re.compile(r"(?<!\w)[*_`](?=\w)")
PRESS = Button(action=Action.BACK, text="Back")


def test_every_part_is_drawn_within_the_limits() -> None:
    card = Card(
        parts=(
            Heading(text="H" * 200),
            Text(text="T" * 4000),
            Small(text="s"),
            Copy(text="a < b"),
            Row(text="row", button=Button(action=Action.TICK, text="D" * 90, value="v", spoken="s &amp; t")),
            Picture(url="https://x.example/1", alt="a &lt; b"),
            Buttons(buttons=(PRESS, Button(action=Action.START, text="Go", primary=True))),
        ),
        menu=Menu(buttons=(PRESS,)),
    )
    drawn = blocks(card, ADDRESS)
    assert [block["type"] for block in drawn] == [
        "header",
        "section",
        "context",
        "rich_text",
        "section",
        "image",
        "actions",
    ]
    assert len(drawn[0]["text"]["text"]) == 150
    assert len(drawn[1]["text"]["text"]) == 3000
    assert fallback(card) == "H" * 200
    assert drawn[4]["accessory"]["accessibility_label"] == "s & t"
    assert len(drawn[4]["accessory"]["text"]["text"]) == 75
    assert drawn[5]["alt_text"] == "a < b"
    assert [element["type"] for element in drawn[6]["elements"]] == ["button", "button", "overflow"]
    assert drawn[6]["elements"][1]["style"] == "primary"
    said = json.loads(drawn[6]["elements"][0]["value"])
    assert said == {"link": "abc", "step": "isu", "rev": 4, "do": "back"}
    ids = [element["action_id"] for element in drawn[6]["elements"]] + [drawn[4]["accessory"]["action_id"]]
    assert len(ids) == len(set(ids))
    without = blocks(card, ADDRESS, pictures=False)
    assert "https://x.example/1" in without[5]["elements"][0]["text"]


def test_a_secret_field_is_empty_and_new_each_time() -> None:
    def drawn(nonce: str) -> dict[str, object]:
        fields = (
            Input(field=Field(name="user", kind=FieldKind.TEXT), label="User", initial="ISU", hint="h"),
            Input(field=Field(name="password", kind=FieldKind.SECRET), label="Password"),
            Input(field=Field(name="days", kind=FieldKind.NUMBER), label="Days", initial="90"),
            Input(field=Field(name="day", kind=FieldKind.DATE), label="Day", initial="2026-03-02"),
            Input(field=Field(name="who", kind=FieldKind.PERSON, optional=True), label="Who"),
            Input(
                field=Field(name="pick", kind=FieldKind.CHOICE),
                label="Pick",
                initial="b",
                choices=(Choice(value="a", text="A"), Choice(value="b", text="B")),
            ),
            Input(field=Field(name="tick", kind=FieldKind.TICK), label="Tick", choices=(Choice(value="t", text="T"),)),
            Input(field=Field(name="s", kind=FieldKind.SEVERAL), label="Any", choices=(Choice(value="t", text="T"),)),
        )
        dialog = Modal(form=Form.ISU, title="T" * 30, submit="Send", close="No", parts=(), inputs=fields)
        return modal(dialog, ADDRESS, nonce)

    first, second = drawn("1"), drawn("2")
    ids = [[block["block_id"] for block in view["blocks"]] for view in (first, second)]  # type: ignore[attr-defined]
    assert set(ids[0]) - set(ids[1]) == {"password.1"}
    by_name = {block["block_id"]: block for block in first["blocks"]}  # type: ignore[attr-defined]
    assert "initial_value" not in by_name["password.1"]["element"]
    assert by_name["user"]["element"]["initial_value"] == "ISU"
    assert by_name["pick"]["element"]["initial_option"]["value"] == "b"
    assert len(str(first["title"]["text"])) == 24  # type: ignore[index]


def test_escaping_is_taken_back_once() -> None:
    assert unescape("&lt;b&gt; &amp;amp;") == "<b> &amp;"


def plain_texts(drawn: object) -> Iterator[str]:
    """Give every text that Slack shows as it is."""
    if isinstance(drawn, dict):
        if drawn.get("type") == "plain_text":
            yield drawn["text"]
        yield from (drawn[key] for key in ("accessibility_label", "alt_text") if key in drawn)
        yield from (text for value in drawn.values() for text in plain_texts(value))
    elif isinstance(drawn, list):
        yield from (text for value in drawn for text in plain_texts(value))


@pytest.mark.no_cover
def test_where_slack_shows_a_text_as_it_is_no_mark_of_style_stands() -> None:
    styled = set[str]()
    for link in every_state():
        scene = Scene(link, RULES, WORDS, NOW)
        cards = [parent(scene), card(scene, len(link.cards) - 1)]
        styled |= {text for one in cards for text in plain_texts(blocks(one, ADDRESS)) if MARKED.search(text)}
    for step, form in product((Step.WELCOME, Step.ISU, Step.GROUP, Step.LINKED), set(Form) - {Form.START}):
        view = modal(dialog(Scene(at(step), RULES, WORDS, NOW), form), ADDRESS, "n")
        styled |= {text for text in plain_texts(view) if MARKED.search(text)}
    assert not styled


async def test_what_is_wrong_stands_at_its_field_without_marks_of_style() -> None:
    drawing = Drawing(rules=RULES, library=Library(words={"en": WORDS}, default="en"), clock=lambda: NOW)
    sent = Sent(
        actor=ADA,
        form=Form.ISU,
        link_id="l1",
        channel_id="C1",
        step=Step.ISU,
        revision=1,
        typed={},
        places={"user": "user", "password": "password.n"},
    )
    acked: list[dict[str, dict[str, str]]] = []

    async def ack(**answer: dict[str, str]) -> None:
        acked.append(answer)

    link = at(Step.ISU, status=Status.PAUSED, customer="E*TRADE & Co")
    wrong = {"password": "refusal.status.paused", "user": "refusal.stranger"}
    await at_fields(drawing, ack, sent, wrong, link)
    errors = acked[0]["errors"]
    assert errors["password.n"] == "This link is paused. Press Continue where we stopped first."
    assert "E*TRADE & Co's Workday admin" in errors["user"]
