"""Prove the sandbox against a real Bolt app: over HTTP and over Socket Mode the same journey works."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import AppSilent, NotAllowed, SlackSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.async_app import AsyncAck, AsyncBoltRequest, AsyncRespond

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field_of(label: str, block_id: str, **element: object) -> Json:
    element = {"type": "plain_text_input", "action_id": "v", **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def modal(title: str, callback_id: str, *blocks: Json, **more: object) -> Json:
    head = {"type": "modal", "callback_id": callback_id, "title": plain(title), "submit": plain("Send")}
    return {**head, "blocks": list(blocks), **more}


START = modal(
    "Link Workday",
    "start",
    field_of("Customer", "customer"),
    field_of("Workday admin", "admin", type="users_select"),
    field_of(
        "Permission profile",
        "profile",
        type="static_select",
        options=[{"text": plain(name), "value": name.lower()} for name in ("Recruiting", "Absence")],
    ),
    notify_on_close=True,
)
PASTE = modal("Service URL", "url", field_of("Address", "address", type="url_text_input"))


def card(text: str, *labels: str) -> list[Json]:
    section: Json = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    buttons = [
        {"type": "button", "text": plain(label), "action_id": f"do-{n}", "value": label}
        for n, label in enumerate(labels)
    ]
    return [section, {"type": "actions", "block_id": "do", "elements": buttons}] if buttons else [section]


@dataclass
class App:
    slack: SlackSandbox
    bolt: AsyncApp
    bodies: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    retries: list[str | None] = field(default_factory=list)
    submit_answer: Json = field(default_factory=dict)
    pause: float = 0.0
    fail_events: int = 0

    def last(self, kind: str) -> Json:
        return [body for body in self.bodies if body.get("type") == kind][-1]


def build(slack: SlackSandbox) -> App:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    bolt = AsyncApp(
        token=slack.bot_token,
        signing_secret=slack.signing_secret,
        client=client,
        process_before_response=True,
    )
    app = App(slack, bolt)

    @bolt.use
    async def note(body: Json, next: Callable[[], Awaitable[object]]) -> None:  # noqa: A002 - Bolt names it
        app.bodies.append(body)
        await asyncio.sleep(app.pause)
        await next()

    @bolt.command("/link-workday")
    async def command(ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
        if body["text"] == "help":
            await ack("Type /link-workday to start.")
        elif body["text"] == "later":
            await ack()
            await respond("said later")
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=START)
            await ack()

    @bolt.view("start")
    async def started(ack: AsyncAck, view: Json, client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        if app.submit_answer:
            await ack(app.submit_answer)
            return
        admin = values["admin"]["v"]["selected_user"]
        text = f"*{values['customer']['v']['value']}* for <@{admin}>"
        await client.chat_postMessage(channel="C0ACME", text="a card", blocks=card(text, "Paste the URL", "Help"))
        await ack()

    @bolt.view_closed("start")
    async def closed(ack: AsyncAck) -> None:
        await ack()

    @bolt.action("do-0")
    async def pressed(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(
            trigger_id=body["trigger_id"], view={**PASTE, "private_metadata": body["message"]["ts"]}
        )
        await ack()

    @bolt.action("do-1")
    async def helped(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("only you see this", replace_original=False)

    @bolt.view("url")
    async def pasted(ack: AsyncAck, view: Json, client: AsyncWebClient) -> None:
        address = view["state"]["values"]["address"]["v"]["value"]
        ts = view["private_metadata"]
        await client.chat_update(channel="C0ACME", ts=ts, text="done", blocks=card(f"Done: {address}"))
        await ack()

    @bolt.event("message")
    @bolt.event("app_mention")
    @bolt.event("channel_archive")
    @bolt.event("member_joined_channel")
    async def heard(event: Json, request: AsyncBoltRequest) -> None:
        app.retries.append(next(iter(request.headers.get("x-slack-retry-num", [])), None))
        if app.fail_events:
            app.fail_events -= 1
            raise RuntimeError("not now")
        app.events.append(event)

    return app


@asynccontextmanager
async def over_http(slack: SlackSandbox) -> AsyncIterator[App]:
    app = build(slack)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.bolt.async_dispatch(await to_bolt_request(request)))

    site = web.Application()
    site.router.add_post("/slack/events", handle)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield app
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: SlackSandbox) -> AsyncIterator[App]:
    app = build(slack)
    handler = AsyncSocketModeHandler(app.bolt, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def app(slack: SlackSandbox) -> AsyncIterator[App]:
    async with over_http(slack) as running:
        yield running


@pytest.fixture(params=[over_http, over_socket])
async def either(request: pytest.FixtureRequest, slack: SlackSandbox) -> AsyncIterator[App]:
    async with request.param(slack) as running:
        yield running


async def start(slack: SlackSandbox) -> None:
    sam = slack.person("sam")
    await sam.command("/link-workday", channel="ext-acme-wintro")
    opened = await sam.modal("Link Workday")
    await opened.fill({"Customer": "Acme", "Workday admin": "@ada", "Permission profile": "Recruiting"})
    outcome = await opened.submit()
    assert outcome.closed
    assert not opened.is_open


async def test_staff_start_and_an_external_goes_on(either: App) -> None:
    slack = either.slack
    ada = slack.person("ada")
    await start(slack)
    shown = await ada.sees("Acme for @ada")
    assert shown.buttons == ["Paste the URL", "Help"]
    await shown.press("Paste the URL")
    paste = await ada.modal("Service URL")
    await paste.fill({"address": "https://wd2.example/ccx"})
    assert (await paste.submit()).closed
    done = await ada.sees("Done: https://wd2.example/ccx")
    assert done == shown
    assert done.edited
    assert not done.buttons


async def test_an_externals_payloads_carry_both_teams_where_slack_puts_them(app: App) -> None:
    ada = app.slack.person("ada")
    await start(app.slack)
    await (await ada.sees("Acme")).press("Paste the URL")
    click = app.last("block_actions")
    assert click["team"]["id"] == "T0WINTRO"
    assert click["user"] == {"id": "U0ADA", "username": "ada", "name": "ada", "team_id": "T0ACME"}
    assert click["channel"] == {"id": "C0ACME", "name": "ext-acme-wintro"}
    assert click["container"]["type"] == "message"
    assert click["container"]["message_ts"] == click["message"]["ts"]
    assert click["enterprise"] is None
    assert click["actions"][0]["value"] == "Paste the URL"
    paste = await ada.modal()
    await paste.fill({"address": "https://x.example"})
    await paste.submit()
    sent = app.last("view_submission")
    assert sent["team"]["id"] == sent["user"]["team_id"] == sent["view"]["team_id"] == "T0ACME"
    assert sent["view"]["app_installed_team_id"] == "T0WINTRO"
    assert sent["view"]["state"]["values"]["address"]["v"] == {
        "type": "url_text_input",
        "value": "https://x.example",
    }


async def test_a_command_carries_the_form_fields_of_slack(app: App) -> None:
    answer = await app.slack.person("sam").command("/link-workday", "help", channel="cs-team")
    assert answer is not None
    assert answer.text == "Type /link-workday to start."
    assert answer.post.only_for == "U0SAM"
    body = app.bodies[-1]
    assert body["team_id"] == "T0WINTRO"
    assert body["team_domain"] == "wintro"
    assert body["channel_id"] == "C0STAFF"
    assert body["user_name"] == "sam"
    assert body["response_url"].startswith("http://127.0.0.1:")


async def test_an_answer_through_the_response_url_is_given_too(app: App) -> None:
    answer = await app.slack.person("sam").command("/link-workday", "later")
    assert answer is not None
    assert answer.text == "said later"


async def test_only_members_of_the_installing_workspace_have_the_command(app: App) -> None:
    with pytest.raises(NotAllowed, match="is not a valid command"):
        await app.slack.person("ada").command("/link-workday")
    await start(app.slack)
    shown = await app.slack.person("sam").sees("Acme")
    with pytest.raises(NotAllowed, match="not supported in threads"):
        await app.slack.person("sam").command("/link-workday", thread=shown)


async def test_a_whisper_reaches_only_the_one_who_pressed(either: App) -> None:
    ada, col = either.slack.person("ada"), either.slack.person("col")
    await start(either.slack)
    await (await ada.sees("Acme")).press("Help")
    assert (await ada.whispered("only you")).text == "only you see this"
    assert not col.whispers


async def test_the_client_checks_fields_before_anything_is_sent(app: App) -> None:
    sam = app.slack.person("sam")
    await sam.command("/link-workday")
    opened = await sam.modal()
    before = len(app.bodies)
    outcome = await opened.submit()
    assert outcome.errors.keys() == {"Customer", "Workday admin", "Permission profile"}
    assert len(app.bodies) == before


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"response_action": "errors", "errors": {"customer": "Unknown"}}, {"Customer": "Unknown"}),
        ({"response_action": "update", "view": PASTE}, "Service URL"),
        ({"response_action": "push", "view": PASTE}, "Service URL"),
        ({"response_action": "clear"}, None),
    ],
)
async def test_every_answer_to_a_submit(app: App, answer: Json, expected: object) -> None:
    sam = app.slack.person("sam")
    app.submit_answer = answer
    await sam.command("/link-workday")
    opened = await sam.modal()
    await opened.fill({"Customer": "A", "admin": "ada", "profile": "Absence"})
    outcome = await opened.submit()
    if answer["response_action"] == "errors":
        assert outcome.errors == expected
        assert "Unknown" in opened.text
    else:
        assert (outcome.modal.title if outcome.modal else None) == expected
        assert outcome.closed is (expected is None)
    assert len(sam.modals) == {"errors": 1, "update": 1, "push": 2, "clear": 0}[answer["response_action"]]


async def test_errors_for_a_block_that_takes_no_input_are_trouble(app: App) -> None:
    sam = app.slack.person("sam")
    app.submit_answer = {"response_action": "errors", "errors": {"nowhere": "x"}}
    await sam.command("/link-workday")
    opened = await sam.modal()
    await opened.fill({"Customer": "A", "admin": "ada", "profile": "Absence"})
    with pytest.raises(AppSilent, match="input blocks"):
        await opened.submit()


async def test_closing_a_modal_is_told(app: App) -> None:
    sam = app.slack.person("sam")
    await sam.command("/link-workday")
    opened = await sam.modal()
    await opened.close()
    assert app.last("view_closed")["is_cleared"] is False
    with pytest.raises(AssertionError, match="closed"):
        await opened.submit()


async def test_a_late_answer_is_what_the_person_sees(app: App) -> None:
    app.slack.ack_seconds, app.pause = 0.05, 0.2
    with pytest.raises(AppSilent, match="operation_timeout"):
        await app.slack.person("sam").command("/link-workday", "help")
    assert app.slack.troubles
    app.slack.ack_seconds, app.pause = 3, 0


async def test_late_over_a_socket_too(slack: SlackSandbox) -> None:
    async with over_socket(slack) as app:
        slack.ack_seconds, app.pause = 0.05, 0.2
        with pytest.raises(AppSilent, match="operation_timeout"):
            await slack.person("sam").command("/link-workday", "help")
        await asyncio.sleep(0.2)


async def test_a_trigger_is_good_once_and_for_three_seconds(app: App) -> None:
    slack = app.slack
    await start(slack)
    shown = await slack.person("ada").sees("Acme")
    await shown.press("Paste the URL")
    trigger = app.last("block_actions")["trigger_id"]
    again = await app.bolt.client.api_call("auth.test")
    assert again["ok"]
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    for prepare, error in (
        (lambda: trigger, "exchanged_trigger_id"),
        (lambda: "1.2.x", "invalid_trigger_id"),
    ):
        with pytest.raises(Exception, match=error):
            await client.views_open(trigger_id=prepare(), view=PASTE)
    fresh = slack.core.views.trigger(slack.world.user("ada"))
    slack.expire_triggers()
    with pytest.raises(Exception, match="expired_trigger_id"):
        await client.views_open(trigger_id=fresh, view=PASTE)


async def test_messages_and_mentions_become_events(either: App) -> None:
    slack = either.slack
    ada = slack.person("ada")
    said = await ada.mentions_bot("help me @sam", channel="ext-acme-wintro")
    assert {event["type"] for event in either.events} == {"message", "app_mention"}
    event = next(event for event in either.events if event["type"] == "message")
    mention = next(event for event in either.events if event["type"] == "app_mention")
    assert event["text"] == mention["text"] == "<@U0BOT> help me <@U0SAM>"
    assert event["team"] == mention["user_team"] == mention["source_team"] == "T0ACME"
    assert mention["team"] == "T0WINTRO"
    assert "user_team" not in event
    assert event["channel_type"] == "channel"
    reply = await ada.says("more", thread=said)
    assert reply.thread_ts == said.ts
    assert either.events[-1]["thread_ts"] == said.ts
    outer = next(body for body in either.bodies if body.get("event") == event)
    assert outer["is_ext_shared_channel"] is True
    assert (outer["team_id"], outer["context_team_id"]) == ("T0ACME", "T0WINTRO")
    assert outer["authorizations"][0]["team_id"] == "T0WINTRO"


async def test_own_messages_come_back_and_bolt_ignores_them(app: App) -> None:
    await start(app.slack)
    await app.slack.settled()
    assert not app.events
    told = [d for d in app.slack.delivery.log if d.kind == "event"]
    assert told[0].payload["event"]["bot_id"] == "B0LINK"


async def test_a_failed_event_is_tried_again(app: App) -> None:
    app.fail_events = 1
    await app.slack.person("ada").says("hello")
    for _ in range(100):
        if app.events:
            break
        await asyncio.sleep(0.01)
    assert [event["text"] for event in app.events] == ["hello"]
    assert app.retries == [None, "1"]


async def test_events_doubled_and_reordered(app: App) -> None:
    slack, ada = app.slack, app.slack.person("ada")
    slack.duplicate_events(1)
    await ada.says("twice")
    assert [event["text"] for event in app.events] == ["twice", "twice"]
    ids = {body["event_id"] for body in app.bodies}
    assert len(ids) == 1
    async with slack.reordered():
        await ada.says("first")
        await ada.says("second")
    assert [event["text"] for event in app.events[2:]] == ["second", "first"]


async def test_events_only_where_the_bot_is_and_only_subscribed_ones(app: App) -> None:
    slack = app.slack
    await slack.person("ada").says("unheard", channel="no-bot")
    slack.invite_bot("no-bot")
    slack.archive("cs-team")
    await slack.settled()
    assert [event["type"] for event in app.events] == ["member_joined_channel", "channel_archive"]
    with pytest.raises(NotAllowed, match="archived"):
        await slack.person("sam").says("too late", channel="cs-team")


async def test_a_forged_signature_and_an_old_one_are_refused_by_the_app(app: App) -> None:
    payload = {"type": "block_actions", "user": {"id": "U0ADA"}}
    assert (await app.slack.deliver_raw("interactive", payload, secret="wrong")).status == 401
    assert (await app.slack.deliver_raw("interactive", payload, timestamp=1_000_000_000)).status == 401


async def test_a_replayed_click_arrives(app: App) -> None:
    await start(app.slack)
    shown = await app.slack.person("ada").sees("Acme")
    await shown.press("Help")
    count = len(app.bodies)
    assert (await app.slack.press_raw(app.last("block_actions"))).problem is None
    assert len(app.bodies) == count + 1


async def test_only_buttons_of_the_current_version_can_be_pressed_but_by_an_old_client(app: App) -> None:
    slack = app.slack
    ada = slack.person("ada")
    await start(slack)
    shown = await ada.sees("Acme")
    stale = shown.freeze()
    await shown.press("Paste the URL")
    paste = await ada.modal()
    await paste.fill({"Address": "https://x.example"})
    await paste.submit()
    with pytest.raises(AssertionError, match="nothing here is called 'Help'"):
        await shown.press("Help")
    await stale.press("Help")
    assert (await ada.whispered("only you")).post.only_for == "U0ADA"
    with pytest.raises(NotAllowed, match="eve cannot see"):
        await stale.press("Help", by=slack.person("eve"))


async def test_the_transcript_holds_what_the_app_sent_and_nothing_it_received(app: App) -> None:
    ada = app.slack.person("ada")
    await start(app.slack)
    await ada.says("canary-typed-by-ada")
    await (await ada.sees("Acme")).press("Help")
    sent = app.slack.transcript_bytes()
    assert b"only you see this" in sent
    assert b"/api/chat.postMessage" in sent
    assert b"canary-typed-by-ada" not in sent


async def test_socket_mode_comes_back_after_a_disconnect(slack: SlackSandbox) -> None:
    async with over_socket(slack) as app:
        await slack.disconnect_sockets()
        for _ in range(300):
            if slack.delivery.sockets:
                break
            await asyncio.sleep(0.01)
        # What is sent over a socket that the app has just given up is lost, and whoever typed it types it again.
        with suppress(AppSilent):
            await slack.person("sam").command("/link-workday", "help")
        if not app.bodies:
            await slack.person("sam").command("/link-workday", "help")
        assert app.bodies


async def test_names_in_a_command_are_escaped_when_the_manifest_says_so(app: App) -> None:
    app.slack.should_escape = True
    await app.slack.person("sam").command("/link-workday", "@ada in #cs-team @nobody")
    assert app.bodies[-1]["text"] == "<@U0ADA|ada> in <#C0STAFF|cs-team> @nobody"


async def test_a_home_is_opened_read_and_pressed(app: App) -> None:
    slack, sam = app.slack, app.slack.person("sam")
    with pytest.raises(AssertionError, match="Home tab is empty"):
        await sam.home(timeout=0.02)
    view: Json = {"type": "home", "blocks": card("*Open links*", "Help", "Paste")}
    await app.bolt.client.views_publish(user_id="U0SAM", view=view)
    home = await sam.home()
    assert "Open links" in home.text
    assert home.buttons == ["Help", "Paste"]
    with pytest.raises(AppSilent):
        await home.press("Help")  # the little app reads body["message"], which a Home click has not
    assert app.last("block_actions")["container"] == {"type": "view", "view_id": home.view.id}
    assert app.last("block_actions")["view"]["type"] == "home"
    assert slack.troubles


async def test_slack_going_down_cuts_sockets_and_people_off(slack: SlackSandbox) -> None:
    async with over_socket(slack):
        slack.down = True
        await asyncio.sleep(0.05)
        assert not slack.delivery.sockets
        with pytest.raises(NotAllowed, match="down"):
            await slack.person("sam").command("/link-workday", "help")
        slack.down = False


async def test_an_event_the_app_wants_no_more_of_is_not_retried(slack: SlackSandbox) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    site = web.Application()
    site.router.add_post("/", refuse)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await slack.person("ada").says("hello")
    await asyncio.sleep(0.05)
    assert [delivered.attempt for delivered in slack.delivery.log] == [0]
    await runner.cleanup()
