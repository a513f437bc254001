"""Prove that people see, press, fill and wait as in Slack, and that failures say what is there."""

from __future__ import annotations

import asyncio
import io
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from rich.console import Console
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Message, Modal, NotAllowed, SlackSandbox
from sandbox.slack.drawing import draw, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, **more: object) -> Json:
    return {"text": plain(text), "value": text.lower(), **more}


def labelled(label: str, kind: str, **element: object) -> Json:
    spec = {"type": kind, "action_id": "v", **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": spec}


CARD: list[Json] = [
    {"type": "header", "text": plain("Link Workday :rocket:")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Next* <@U0ADA> until <!date^1795466736^{time}|x>"},
    },
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "ISU_Vendor"}]}],
    },
    {
        "type": "actions",
        "block_id": "do",
        "elements": [
            {"type": "button", "text": plain("Go on"), "action_id": "go", "style": "primary", "value": "1"},
            {"type": "button", "text": plain("Secret"), "action_id": "se", "visible_to_user_ids": ["U0SAM"]},
            {"type": "static_select", "action_id": "pick", "options": [option("One"), option("Two")]},
            {"type": "overflow", "action_id": "more", "options": [option("Hand over")]},
            {"type": "checkboxes", "action_id": "ticks", "options": [option("A"), option("B"), option("C")]},
            {"type": "datepicker", "action_id": "day", "placeholder": plain("Which day")},
        ],
    },
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "Policy"}], [{"type": "raw_text", "text": "Get"}]],
    },
    {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "the task"},
    {"type": "context", "elements": [plain("last: nothing")]},
]
FORM: Json = {
    "type": "modal",
    "title": plain("All fields"),
    "submit": plain("Send"),
    "blocks": [
        labelled("Text", "plain_text_input", min_length=3),
        labelled("Person", "users_select"),
        labelled("Choice", "static_select", options=[option("One"), option("Two")]),
        labelled("Radio", "radio_buttons", options=[option("Yes"), option("No")]),
        labelled("Ticks", "checkboxes", options=[option("A", description=plain("why")), option("B")]),
        labelled("Day", "datepicker"),
        labelled("Mail", "email_text_input"),
        {**labelled("Many", "multi_users_select"), "optional": True, "hint": plain("as many as you like")},
        {
            "type": "actions",
            "block_id": "inside",
            "elements": [{"type": "button", "text": plain("Test"), "action_id": "t"}],
        },
        {"type": "alert", "text": plain("careful"), "level": "warning"},
    ],
}


class Catcher:
    """Stands where the app would be and answers 200."""

    def __init__(self) -> None:
        self.payloads: list[Json] = []
        self.status = 200

    async def handle(self, request: web.Request) -> web.Response:
        form = await request.post()
        if "payload" in form:
            self.payloads.append(json.loads(str(form["payload"])))
        return web.Response(status=self.status)


@pytest.fixture
async def app(slack: SlackSandbox) -> AsyncIterator[Catcher]:
    catcher = Catcher()
    site = web.Application()
    site.router.add_post("/", catcher.handle)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    yield catcher
    await runner.cleanup()


async def opened(slack: SlackSandbox, client: AsyncWebClient) -> Modal:
    ada = slack.person("ada")
    await client.views_open(trigger_id=slack.core.views.trigger(ada.user), view=FORM)
    return await ada.modal("fields")


async def test_waiting_sees_what_comes_later_and_the_newest_of_several(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    async def later() -> None:
        for number in range(2):
            await client.chat_postMessage(channel="C0ACME", text=f"*hello* {number}")
        await asyncio.sleep(0.03)
        await client.chat_postMessage(channel="C0ACME", text="at last")

    task = asyncio.create_task(later())
    ada = slack.person("ada")
    await ada.sees("at last", timeout=2)
    assert (await ada.sees("hello")).text == "hello 1"
    await task
    with pytest.raises(AssertionError, match="still stands"):
        await slack.gone("hello", 0.02)


async def test_a_failed_wait_prints_the_screen(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    await client.chat_postEphemeral(channel="C0ACME", user="U0ADA", text="psst")
    await opened(slack, client)
    for wait in (slack.person("ada").sees("never", 0.02), slack.person("ada").whispered("never", 0.02)):
        with pytest.raises(AssertionError) as caught:
            await wait
        for words in ("never", "Link Workday 🚀", "'Go on'", "psst", "[modal 'All fields']"):
            assert words in str(caught.value)
    with pytest.raises(AssertionError, match="col has no modal"):
        await slack.person("col").modal(timeout=0.02)


async def test_people_see_only_their_channels(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0STAFF", text="staff only")
    await slack.person("kim").sees("staff only")
    with pytest.raises(AssertionError, match="nothing at all"):
        await slack.person("ada").sees("staff only", timeout=0.02)
    with pytest.raises(LookupError, match="nobody is called 'bob'"):
        slack.person("bob")


async def test_every_control_of_a_message(slack: SlackSandbox, client: AsyncWebClient, app: Catcher) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    ada = slack.person("ada")
    card = await ada.sees("Next @ada until 15:45")
    await card.press("go on")
    with pytest.raises(NotAllowed, match="does not see the button"):
        await card.press("Secret")
    await card.choose("pick", "Two")
    await card.choose("more", "Hand over")
    await card.choose("ticks", ["A", "C"])
    await card.choose("Which day", "2026-12-04")
    sent = [payload["actions"][0] for payload in app.payloads]
    assert [action["type"] for action in sent] == [
        "button",
        "static_select",
        "overflow",
        "checkboxes",
        "datepicker",
    ]
    assert sent[1]["selected_option"]["value"] == sent[1]["selected_option"]["text"]["text"].lower() == "two"
    assert [o["value"] for o in sent[3]["selected_options"]] == ["a", "c"]
    assert sent[4]["selected_date"] == "2026-12-04"
    state = app.payloads[-1]["state"]["values"]["do"]
    assert [o["value"] for o in state["ticks"]["selected_options"]] == ["a", "c"]
    assert card.choices() == {"pick": "Two", "ticks": ["A", "C"], "day": "2026-12-04"}
    assert card.choices(by=slack.person("col"))["ticks"] == []
    with pytest.raises(AssertionError, match="no option 'Three'"):
        await card.choose("pick", "Three")


async def test_every_field_of_a_modal(slack: SlackSandbox, client: AsyncWebClient, app: Catcher) -> None:
    modal = await opened(slack, client)
    filled = {
        "Text": "ab",
        "Person": "@sam",
        "Choice": "Two",
        "Radio": "No",
        "Ticks": ["A"],
        "Day": "2026-12-04",
        "Mail": "nobody",
        "Many": ["ada", "col"],
    }
    await modal.fill(filled)
    outcome = await modal.submit()
    assert outcome.errors == {
        "Text": "Please use 3 to 3000 characters.",
        "Mail": "Please enter a valid email address.",
    }
    await modal.fill({"text": "abc", "mail": "a@b.example"})
    await modal.press("Test")
    inside = app.payloads[-1]
    assert inside["container"] == {"type": "view", "view_id": modal.view.id}
    assert inside["team"]["id"] == "T0ACME"
    assert inside["view"]["state"]["values"]["person"]["v"]["selected_user"] == "U0SAM"
    assert (await modal.submit()).closed
    values = app.payloads[-1]["view"]["state"]["values"]
    assert values["radio"]["v"]["selected_option"]["value"] == "no"
    assert values["many"]["v"]["selected_users"] == ["U0ADA", "U0COL"]
    with pytest.raises(AssertionError, match="closed"):
        await modal.fill({"Text": "x"})


async def test_who_may_not_act(slack: SlackSandbox, client: AsyncWebClient, app: Catcher) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    card = slack.messages("C0ACME")[0]
    with pytest.raises(AssertionError, match="say who"):
        await card.press("Go on")
    with pytest.raises(NotAllowed, match="eve cannot see"):
        await card.press("Go on", by=slack.person("eve"))
    await client.chat_delete(channel="C0ACME", ts=card.ts)
    with pytest.raises(NotAllowed, match="gone"):
        await card.press("Go on", by=slack.person("ada"))
    slack.deactivate("col")
    with pytest.raises(NotAllowed, match="deactivated"):
        await slack.person("col").says("hello")
    assert not app.payloads


async def test_an_app_that_is_not_there_is_what_people_see(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.deliver_to("http://127.0.0.1:9/")
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    card = await slack.person("ada").sees("Link Workday")
    with pytest.raises(AssertionError, match="We had some trouble connecting"):
        await card.press("Go on")
    with pytest.raises(AssertionError, match="dispatch_failed"):
        await slack.person("sam").command("/link-workday")
    assert len(slack.troubles) == 2


def drawn(thing: Message | Modal, slack: SlackSandbox) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(draw(thing, slack.world))
    return console.export_text()


async def test_drawings_show_everything(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    card = await slack.person("ada").sees("Link Workday")
    shown = drawn(card, slack)
    for words in (
        "Link Workday 🚀",
        "APP",
        "@ada",
        "15:45",
        "[ Go on ]",
        "☐ A",
        "🖼 the task",
        "copy",
        "#ext-acme",
    ):
        assert words in shown, shown
    assert max(len(line) for line in shown.splitlines()) <= 88
    modal = await opened(slack, client)
    await modal.fill({"Text": "abc", "Radio": "Yes"})
    await modal.submit()
    shown = drawn(modal, slack)
    for words in (
        "All fields",
        "abc",
        "◉ Yes",
        "⚠ Please complete",
        "as many as you like",
        "[ Send ]",
        "careful",
    ):
        assert words in shown, shown


class Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag not in {"meta", "hr", "br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


RICH: list[Json] = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "link", "url": "https://x.example", "text": "the guide"},
                    {"type": "emoji", "name": "key"},
                    {"type": "channel", "channel_id": "C0ACME"},
                    {"type": "date", "timestamp": 1_795_466_736, "format": "{date_num}"},
                    {"type": "broadcast", "range": "here"},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "point"}]}],
            },
        ],
    },
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "take ```this```"},
        "fields": [plain("left"), plain("right")],
    },
    {
        "type": "section",
        "text": plain("beside"),
        "accessory": {"type": "users_select", "placeholder": plain("who")},
    },
    {"type": "divider"},
    {"type": "markdown", "text": "**strong**"},
    {"type": "task_card", "task_id": "t", "title": "a task", "status": "complete"},
]


async def test_richer_blocks_are_drawn_too(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=RICH)
    (card,) = slack.messages("C0ACME")
    for shown in (drawn(card, slack), page([card], slack.world)):
        for words in (
            "the guide",
            "🔑",
            "#ext-acme-wintro",
            "2026-11-23",
            "@here",
            "quoted",
            "point",
            "this",
            "left",
            "who",
        ):
            assert words in shown, shown
        assert "strong" in shown
        assert "a task" in shown


async def test_the_page_is_sound_html_and_escapes(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=CARD)
    card = await slack.person("ada").sees("Link Workday")
    said = await slack.person("ada").says("<script>alert(1)</script>", thread=card)
    modal = await opened(slack, client)
    html = page([card, said, modal], slack.world)
    parser = Balanced()
    parser.feed(html)
    assert not parser.open
    assert "<script" not in html
    for words in ("Go on", "ISU_Vendor", "All fields", 'class="mention">@ada'):
        assert words in html


async def test_of_a_file_an_app_is_told_its_name_and_beginning_only_where_nobody_else_shares_the_channel(
    slack: SlackSandbox,
) -> None:
    sam, text = slack.person("sam"), ("plan.txt", b"1\n2\n3\n4\n5\n6\n7")
    (snippet,) = (await sam.says("", channel="cs-team", file=text)).post.files
    assert (snippet["name"], snippet["mode"]) == ("plan.txt", "snippet")
    assert (snippet["preview"], snippet["lines"], snippet["lines_more"]) == ("1\n2\n3\n4\n5", 7, 2)
    (picture,) = (await sam.says("", channel="cs-team", file=("a.PNG", b"\x89PNG"))).post.files
    assert (picture["mode"], picture["filetype"]) == ("hosted", "png")
    assert "preview" not in picture
    shared = await sam.says("look", channel="C0ACME", file=text)
    (stub,) = shared.post.files
    assert stub.keys() == {"id", "mode", "file_access", "created", "timestamp", "user"}
    assert shared.files == {"plan.txt": text[1]}, "people see it all the same"
    slack.core.tells_files = True
    (told,) = (await slack.person("ada").says("", channel="C0ACME", file=text)).post.files
    assert told["name"] == "plan.txt"
