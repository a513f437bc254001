"""Blocks: within Slack's limits, addressed, and never with a secret filled in."""

from __future__ import annotations

import json

from bot.slack.block_kit import Address, blocks, fallback, modal
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
from flows.link.events import Action, Form
from flows.link.forms import Field, FieldKind
from flows.link.state import Step
from flows.words import unescape

ADDRESS = Address(link_id="abc", step=Step.ISU, revision=4)
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
