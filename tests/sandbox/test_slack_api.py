"""Prove that the server refuses what Slack refuses, with Slack's codes, and answers in Slack's shapes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackSandbox
from sandbox.slack.web_api.methods import METHODS, Args, call

if TYPE_CHECKING:
    from collections.abc import Awaitable

Json = dict[str, Any]

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
IMAGE: Json = {"type": "image", "image_url": "https://pictures.example/a.png", "alt_text": "a"}
ACCESSORY: Json = {**SECTION, "accessory": IMAGE}


def view(title: str = "Title", **more: object) -> Json:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [SECTION], **more}


def text_input(block_id: str, **more: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": f"Field {block_id}"},
        "element": {"type": "plain_text_input", "action_id": "v"},
        **more,
    }


FORM = view(submit={"type": "plain_text", "text": "Send"})


async def refused(call: Awaitable[Any]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: Json = caught.value.response.data
    assert answer["ok"] is False
    return answer


def trigger(slack: SlackSandbox, name: str = "ada") -> str:
    return slack.core.views.trigger(slack.world.user(name))


async def test_tokens_and_scopes(slack: SlackSandbox, client: AsyncWebClient) -> None:
    assert (await client.auth_test())["bot_id"] == "B0LINK"
    stranger = AsyncWebClient(token="xoxb-wrong", base_url=slack.api_url)
    assert (await refused(stranger.auth_test()))["error"] == "invalid_auth"
    nobody = AsyncWebClient(base_url=slack.api_url)
    assert (await refused(nobody.auth_test()))["error"] == "not_authed"
    assert (await refused(client.apps_connections_open(app_token=slack.bot_token)))["error"] == "not_allowed_token_type"
    slack.core.scopes.remove("chat:write")
    missing = await refused(client.chat_postMessage(channel="C0ACME", text="x"))
    assert (missing["error"], missing["needed"]) == ("missing_scope", "chat:write")
    assert "commands" in missing["provided"]
    slack.uninstall()
    assert (await refused(client.auth_test()))["error"] == "account_inactive"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0WRONG", "text": "x"}, "channel_not_found"),
        ({"channel": "C0NOBOT", "text": "x"}, "not_in_channel"),
        ({"channel": "C0STAFF", "text": "x"}, "is_archived"),
        ({"channel": "C0ACME"}, "no_text"),
        ({"channel": "C0ACME", "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channel": "C0ACME", "text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"channel": "C0ACME", "text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": "C0ACME", "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {
                "channel": "C0ACME",
                "text": "x",
                "metadata": {"event_type": "x", "event_payload": {}, "more": 1},
            },
            "invalid_metadata_schema",
        ),
        (
            {
                "channel": "C0ACME",
                "text": "x",
                "metadata": {"event_type": "x", "event_payload": {"k": "v" * 9000}},
            },
            "metadata_too_large",
        ),
    ],
)
async def test_posting_is_refused(slack: SlackSandbox, client: AsyncWebClient, arguments: Json, error: str) -> None:
    slack.archive("cs-team")
    slack.core.refuses_lost_threads = True
    assert (await refused(client.api_call("chat.postMessage", json=arguments)))["error"] == error
    assert not slack.messages("C0ACME")


async def test_a_reply_without_its_first_message_stands_in_the_channel_itself(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel="C0ACME", text="parent")
    threaded = await client.chat_postMessage(channel="C0ACME", text="reply", thread_ts=parent["ts"])
    assert threaded["message"]["thread_ts"] == parent["ts"]
    for one in (threaded, parent):
        await client.chat_delete(channel="C0ACME", ts=one["ts"])
    stray = await client.chat_postMessage(channel="C0ACME", text="reply", thread_ts=parent["ts"])
    assert "thread_ts" not in stray["message"]
    assert [message.thread_ts for message in slack.messages("C0ACME")] == [None]


async def test_faults_of_blocks_are_listed_with_their_places(client: AsyncWebClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    answer = await refused(client.chat_postMessage(channel="C0ACME", text="x", blocks=[SECTION, long]))
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] must be less")


async def test_a_picture_out_of_reach_refuses_the_whole_message_unless_it_is_an_accessory(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    slack.unreachable_images = lambda url: "pictures" in url
    answer = await refused(client.chat_postMessage(channel="C0ACME", text="x", blocks=[SECTION, IMAGE]))
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["downloading image failed [json-pointer:/blocks/1/image_url]"]
    assert not slack.messages("C0ACME")
    await client.chat_postMessage(channel="C0ACME", text="x", blocks=[ACCESSORY])
    assert len(slack.messages("C0ACME")) == 1


async def test_threads_replies_and_paging(slack: SlackSandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0ACME", text="parent")
    for number in range(5):
        await client.chat_postMessage(channel="C0ACME", text=f"reply {number}", thread_ts=parent["ts"])
    reply = slack.messages("C0ACME")[1]
    wrong = client.chat_postMessage(channel="C0ACME", text="x", thread_ts=reply.ts)
    assert (await refused(wrong))["error"] == "cannot_reply_to_message"
    first = await client.conversations_replies(channel="C0ACME", ts=parent["ts"], limit=4)
    assert [m["text"] for m in first["messages"]] == ["parent", "reply 0", "reply 1", "reply 2", "reply 3"]
    assert first["has_more"]
    assert first["messages"][0]["reply_count"] == 5
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel="C0ACME", ts=parent["ts"], limit=4, cursor=cursor)
    assert [m["text"] for m in rest["messages"]] == ["parent", "reply 4"]
    later = await client.conversations_replies(channel="C0ACME", ts=parent["ts"], oldest=reply.ts)
    assert [m["text"] for m in later["messages"]][:2] == ["parent", "reply 1"]
    assert (await refused(client.conversations_replies(channel="C0ACME", ts="1.0")))["error"] == "thread_not_found"
    history = await client.conversations_history(channel="C0ACME")
    assert [m["text"] for m in history["messages"]] == ["parent"]


async def test_metadata_is_kept_given_and_survives_an_update_without_it(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "errand", "event_payload": {"id": "e1"}}
    posted = await client.chat_postMessage(channel="C0ACME", text="x", metadata=metadata)
    ts = posted["ts"]
    without = await client.conversations_replies(channel="C0ACME", ts=ts)
    assert "metadata" not in without["messages"][0]
    await client.chat_update(channel="C0ACME", ts=ts, text="y")
    with_it = await client.conversations_replies(channel="C0ACME", ts=ts, include_all_metadata=True)
    assert with_it["messages"][0]["metadata"] == metadata
    assert with_it["messages"][0]["edited"]
    assert slack.messages("C0ACME")[0].metadata == metadata
    await client.chat_update(channel="C0ACME", ts=ts, text="z", metadata={})
    assert slack.messages("C0ACME")[0].metadata is None


async def test_updates_touch_own_messages_only(slack: SlackSandbox, client: AsyncWebClient) -> None:
    said = await slack.person("ada").says("mine", channel="C0ACME")
    update = client.chat_update(channel="C0ACME", ts=said.ts, text="x")
    assert (await refused(update))["error"] == "cant_update_message"
    delete = client.chat_delete(channel="C0ACME", ts=said.ts)
    assert (await refused(delete))["error"] == "cant_delete_message"
    missing = client.chat_update(channel="C0ACME", ts="1.0", text="x")
    assert (await refused(missing))["error"] == "message_not_found"
    own = await client.chat_postMessage(channel="C0ACME", text="x", blocks=[SECTION])
    long = client.chat_update(channel="C0ACME", ts=own["ts"], text="x" * 4001)
    assert (await refused(long))["error"] == "msg_too_long"
    await client.chat_update(channel="C0ACME", ts=own["ts"], text="hidden by the blocks")
    assert "hidden" not in slack.messages("C0ACME")[-1].text
    await client.chat_update(channel="C0ACME", ts=own["ts"], text="only text", blocks=[])
    assert slack.messages("C0ACME")[-1].text == "only text"
    await client.chat_delete(channel="C0ACME", ts=own["ts"])
    await slack.gone("only text", 0.1)


async def test_ephemeral_messages_reach_members_only(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="C0ACME", user="U0ADA", text="psst")
    assert (await slack.person("ada").whispered("psst")).text == "psst"
    assert not slack.messages("C0ACME")
    other = client.chat_postEphemeral(channel="C0ACME", user="U0EVE", text="psst")
    assert (await refused(other))["error"] == "user_not_in_channel"


PEOPLE = ("U0SAM", "U0GUS", "U0ADA")


async def test_people_and_channels(slack: SlackSandbox, client: AsyncWebClient) -> None:
    ada = (await client.users_info(user="U0ADA"))["user"]
    assert (ada["team_id"], ada["tz"], ada["is_stranger"]) == ("T0ACME", "America/New_York", False)
    assert "email" not in ada["profile"]
    told = {one: (await client.users_info(user=one, include_locale=True))["user"].get("locale") for one in PEOPLE}
    assert told == {"U0SAM": "en-US", "U0GUS": "en-US", "U0ADA": None}, "never of people of other organisations"
    assert "locale" not in (await client.users_info(user="U0SAM"))["user"]
    slack.world.user("ada").tz = None
    assert "tz" not in (await client.users_info(user="U0ADA"))["user"]
    listed = (await client.users_list())["members"]
    assert {user["id"] for user in listed} == {"U0SAM", "U0KIM", "U0GUS", "U0BOT"}
    slack.leave("eve", "ext-globex-wintro")
    assert (await refused(client.users_info(user="U0EVE")))["error"] == "user_not_found"
    channel = (await client.conversations_info(channel="C0ACME"))["channel"]
    assert channel["is_ext_shared"]
    assert channel["connected_team_ids"] == ["T0ACME"]
    members = await client.conversations_members(channel="C0ACME", limit=2)
    assert members["members"] == ["U0SAM", "U0KIM"]
    assert members["response_metadata"]["next_cursor"]


async def test_a_channel_is_offered_and_then_shared(slack: SlackSandbox, client: AsyncWebClient) -> None:
    async def told() -> tuple[bool, bool, list[str], list[str]]:
        seen = (await client.conversations_info(channel="C0STAFF"))["channel"]
        shared = (seen["is_ext_shared"], seen["is_pending_ext_shared"])
        return *shared, seen["connected_team_ids"], seen["pending_connected_team_ids"]

    assert await told() == (False, False, [], [])
    for _ in range(2):
        slack.invite_team("cs-team", "T0ACME")
    assert await told() == (False, True, [], ["T0ACME"])
    slack.share("cs-team", "T0ACME")
    assert await told() == (True, False, ["T0ACME"], [])


async def test_direct_messages(slack: SlackSandbox, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users="U0ADA")
    await client.chat_postMessage(channel=opened["channel"]["id"], text="for you")
    await client.chat_postMessage(channel="U0ADA", text="again")
    assert [m.text for m in slack.person("ada").dms] == ["for you", "again"]
    assert not slack.person("col").dms
    slack.core.no_dms.add("U0COL")
    assert (await refused(client.conversations_open(users="U0COL")))["error"] == "user_not_visible"
    slack.core.scopes.discard("im:history")
    replies = client.conversations_replies(channel=opened["channel"]["id"], ts="1.0")
    assert (await refused(replies))["needed"] == "im:history"


async def test_reactions(slack: SlackSandbox, client: AsyncWebClient) -> None:
    said = await slack.person("ada").says("hi", channel="C0ACME")
    slack.core.scopes.add("reactions:write")
    await client.reactions_add(channel="C0ACME", name="eyes", timestamp=said.ts)
    again = client.reactions_add(channel="C0ACME", name="eyes", timestamp=said.ts)
    assert (await refused(again))["error"] == "already_reacted"


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (view("x" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (view(blocks=[text_input("a")]), "missing required field: submit"),
        (view(private_metadata="x" * 3001), "/view/private_metadata"),
        (view(blocks=[SECTION] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (view(colour="red"), "invalid additional property: colour"),
        (view(blocks=[{"type": "plan"}]), "unsupported type: plan"),
        ({"type": "toast"}, "failed to match all allowed schemas"),
    ],
)
async def test_views_are_checked(slack: SlackSandbox, client: AsyncWebClient, bad: Json, complaint: str) -> None:
    answer = await refused(client.views_open(trigger_id=trigger(slack), view=bad))
    assert answer["error"] == "invalid_arguments"
    assert any(complaint in message for message in answer["response_metadata"]["messages"])


async def test_a_view_over_250_kb_is_too_large(slack: SlackSandbox, client: AsyncWebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    answer = await refused(client.views_open(trigger_id=trigger(slack), view=view(blocks=[block] * 90)))
    assert answer["error"] == "view_too_large"


async def test_triggers_expire_and_are_used_up(slack: SlackSandbox, client: AsyncWebClient) -> None:
    once = trigger(slack)
    opened = await client.views_open(trigger_id=once, view=view())
    assert opened["view"]["app_installed_team_id"] == "T0WINTRO"
    assert opened["view"]["team_id"] == "T0ACME"
    assert opened["view"]["root_view_id"] == opened["view"]["id"]
    assert opened["view"]["state"] == {"values": {}}
    for given, error in ((once, "exchanged_trigger_id"), ("1.2.3", "invalid_trigger_id")):
        assert (await refused(client.views_open(trigger_id=given, view=view())))["error"] == error
    slack.core.views.trigger_seconds = 0.02
    slow = trigger(slack)
    await asyncio.sleep(0.05)
    assert (await refused(client.views_open(trigger_id=slow, view=view())))["error"] == "expired_trigger_id"


async def test_stack_of_three_hash_and_closing(slack: SlackSandbox, client: AsyncWebClient) -> None:
    opened = await client.views_open(trigger_id=trigger(slack), view=view(external_id="one"))
    await client.views_push(trigger_id=trigger(slack), view=view("Deeper"))
    pushed = await client.views_push(trigger_id=trigger(slack), view=view("Deepest"))
    assert pushed["view"]["root_view_id"] == opened["view"]["id"]
    more = client.views_push(trigger_id=trigger(slack), view=view())
    assert (await refused(more))["error"] == "push_limit_reached"
    taken = client.views_open(trigger_id=trigger(slack, "col"), view=view(external_id="one"))
    assert (await refused(taken))["error"] == "duplicate_external_id"
    view_id, old_hash = opened["view"]["id"], opened["view"]["hash"]
    await client.views_update(view_id=view_id, hash=old_hash, view=view("New"))
    conflict = client.views_update(view_id=view_id, hash=old_hash, view=view("Newer"))
    assert (await refused(conflict))["error"] == "hash_conflict"
    await (await slack.person("ada").modal("Deepest")).dismiss()
    late = client.views_update(view_id=view_id, view=view("Late"))
    assert (await refused(late))["error"] == "not_found"


async def test_typed_values_survive_only_under_the_same_ids(slack: SlackSandbox, client: AsyncWebClient) -> None:
    form = {**FORM, "blocks": [text_input("a"), text_input("b")]}
    opened = await client.views_open(trigger_id=trigger(slack), view=form)
    modal = await slack.person("ada").modal()
    await modal.fill({"Field a": "kept", "Field b": "lost"})
    updated = await client.views_update(
        view_id=opened["view"]["id"], view={**FORM, "blocks": [text_input("a"), text_input("b2")]}
    )
    assert updated["view"]["state"]["values"]["a"]["v"]["value"] == "kept"
    assert modal.values == {"Field a": "kept", "Field b2": None}
    assert updated["view"]["hash"] != opened["view"]["hash"]


async def test_homes(slack: SlackSandbox, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    published = await client.views_publish(user_id="U0SAM", view=home)
    assert "hello" in (await slack.person("sam").home()).text
    await client.views_publish(user_id="U0SAM", view=home, hash=published["view"]["hash"])
    old = client.views_publish(user_id="U0SAM", view=home, hash="0.0")
    assert (await refused(old))["error"] == "hash_conflict"
    wrong = client.views_publish(user_id="U0SAM", view=view())
    assert (await refused(wrong))["error"] == "invalid_arguments"


async def test_rate_limits_ordered_and_by_pace(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", rate_limited=2, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0ACME", text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "2"
    slack.pace_messages = 20.0
    await client.chat_postMessage(channel="C0ACME", text="x")
    await client.chat_postMessage(channel="C0STAFF", text="x")
    answer = await refused(client.chat_postMessage(channel="C0ACME", text="x"))
    assert answer["error"] == "ratelimited"
    await asyncio.sleep(0.06)
    await client.chat_postMessage(channel="C0ACME", text="x")


async def test_a_lost_answer_left_a_message_that_its_metadata_finds(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel="C0ACME", text="parent")
    slack.faults.next("chat.postMessage", lose_answer=True)
    metadata = {"event_type": "errand", "event_payload": {"id": "e7"}}
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0ACME", text="x", thread_ts=parent["ts"], metadata=metadata)
    found = await client.conversations_replies(channel="C0ACME", ts=parent["ts"], include_all_metadata=True)
    assert found["messages"][1]["metadata"]["event_payload"]["id"] == "e7"
    lost = [call for call in slack.calls if call.lost]
    assert [(call.method, call.ok) for call in lost] == [("chat.postMessage", True)]


async def test_errors_delays_and_a_slack_that_is_down(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.faults.next("auth.test", error="fatal_error")
    assert (await refused(client.auth_test()))["error"] == "fatal_error"
    slack.faults.next("auth.test", http=503)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503
    slack.faults.next("*", delay=0.05)
    before = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - before >= 0.05
    slack.faults.timeout_seconds = 0.02
    slack.faults.next("auth.test", timeout=True)
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    slack.down = True
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    slack.down = False
    await client.auth_test()


async def test_an_http_error_after_the_message_stands(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", http=500, performed=True)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C0ACME", text="there all the same")
    assert [m.text for m in slack.messages("C0ACME")] == ["there all the same"]


async def test_random_faults_repeat_with_their_seed(slack: SlackSandbox, client: AsyncWebClient) -> None:
    runs = []
    for _ in range(2):
        slack.faults.happened.clear()
        slack.faults.randomly(7, {"internal_error": 0.3, "rate_limited": 0.2})
        for _ in range(20):
            with contextlib.suppress(SlackApiError):
                await client.auth_test()
        runs.append(list(slack.faults.happened))
    assert runs[0] == runs[1] != []
    slack.faults.stop()
    await client.auth_test()
    with pytest.raises(ValueError, match="no such fault"):
        slack.faults.randomly(1, {"bad luck": 1})


async def test_history_can_lag_behind() -> None:
    now = [1_800_000_000.0]
    async with SlackSandbox(clock=lambda: now[0]) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        parent = await client.chat_postMessage(channel="C0ACME", text="parent")
        assert parent["ts"].startswith("1800000000.")
        slack.history_lag = 5
        now[0] += 1
        await client.chat_postMessage(channel="C0ACME", text="young", thread_ts=parent["ts"])
        young = await client.conversations_replies(channel="C0ACME", ts=parent["ts"])
        assert len(young["messages"]) == 1
        now[0] += 6
        old = await client.conversations_replies(channel="C0ACME", ts=parent["ts"])
        assert len(old["messages"]) == 2


async def test_a_response_url_is_good_five_times_within_half_an_hour() -> None:
    now = [1_800_000_000.0]
    async with SlackSandbox(clock=lambda: now[0]) as slack, aiohttp.ClientSession() as http:
        channel, ada = slack.channel("C0ACME"), slack.world.user("ada")
        url = slack.core.response_url(ada, channel)
        for number in range(5):
            body = {"text": f"answer {number}", "replace_original": number > 0}
            async with http.post(url, json=body) as response:
                assert (await response.json()) == {"ok": True}
        assert [m.text for m in slack.person("ada").whispers] == ["answer 4"]
        async with http.post(url, json={"text": "x"}) as response:
            assert (response.status, (await response.json())["error"]) == (404, "used_url")
        late = slack.core.response_url(ada, channel)
        now[0] += 31 * 60
        async with http.post(late, json={"text": "x"}) as response:
            assert (await response.json())["error"] == "expired_url"


async def test_what_happens_to_a_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C0ACME", text="x")
    slack.change_channel_id("C0ACME", "C0OTHER")
    old = client.chat_postMessage(channel="C0ACME", text="x")
    assert (await refused(old))["error"] == "channel_not_found"
    await client.chat_postMessage(channel="C0OTHER", text="y")
    assert len(slack.messages("ext-acme-wintro")) == 2
    slack.remove_bot("ext-acme-wintro")
    gone = client.chat_postMessage(channel="C0OTHER", text="x")
    assert (await refused(gone))["error"] == "not_in_channel"
    slack.unshare("ext-globex-wintro")
    assert not (await client.conversations_info(channel="C0GLOBEX"))["channel"]["is_ext_shared"]
    slack.deactivate("ada")
    assert slack.channel("C0OTHER").members == ["U0SAM", "U0KIM", "U0COL"]


async def test_arguments_come_as_form_query_or_json(slack: SlackSandbox) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {slack.bot_token}"}) as http:
        form = {"channel": "C0ACME", "text": "form", "blocks": json.dumps([SECTION])}
        async with http.post(slack.api_url + "chat.postMessage", data=form) as response:
            assert (await response.json())["message"]["blocks"][0]["block_id"]
        async with http.get(slack.api_url + "users.info?user=U0SAM") as response:
            assert (await response.json())["user"]["name"] == "sam"
        async with http.get(slack.api_url + "users.teleport") as response:
            assert (await response.json())["error"] == "unknown_method"
        async with http.post(slack.api_url + "chat.postMessage", data={"text": "x"}) as response:
            assert (await response.json())["error"] == "invalid_arguments"
    assert [(call.method, call.error) for call in slack.calls] == [
        ("chat.postMessage", None),
        ("users.info", None),
        ("users.teleport", "unknown_method"),
        ("chat.postMessage", "invalid_arguments"),
    ]


async def test_a_response_url_posts_to_all_replaces_and_deletes(slack: SlackSandbox, client: AsyncWebClient) -> None:
    own = await client.chat_postMessage(channel="C0ACME", text="card")
    ada = slack.world.user("ada")
    async with aiohttp.ClientSession() as http:
        url = slack.core.response_url(ada, slack.channel("C0ACME"), message_ts=own["ts"])
        await http.post(url, json={"text": "new", "replace_original": True})
        await http.post(url, json={"text": "all", "response_type": "in_channel"})
        assert [m.text for m in slack.messages("C0ACME")] == ["new", "all"]
        await http.post(url, json={"delete_original": True})
        assert [m.text for m in slack.messages("C0ACME")] == ["all"]
        async with http.post(url, json={"text": ""}) as response:
            assert (response.status, (await response.json())["error"]) == (400, "no_text")
        async with http.post(f"{slack.core.origin}/hooks/response/nothing", json={}) as response:
            assert response.status == 404


async def test_history_by_time(slack: SlackSandbox, client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel="C0ACME", text=f"{n}"))["ts"] for n in range(4)]
    found = await client.conversations_history(channel="C0ACME", oldest=stamps[1], latest=stamps[3])
    assert [m["text"] for m in found["messages"]] == ["2"]
    both = await client.conversations_history(
        channel="C0ACME", oldest=stamps[1], latest=stamps[3], inclusive=True, limit=2
    )
    assert [m["text"] for m in both["messages"]] == ["3", "2"]
    assert both["has_more"]
    assert len(slack.calls) == 6


ODD: list[object] = [
    None,
    True,
    5,
    1.5,
    "",
    "x",
    "1.2.3",
    [],
    [1],
    [[]],
    {},
    {"type": 5},
    [{"type": []}],
    "\ud800",
    "[]",
    "{",
]


async def test_no_argument_whatever_breaks_the_server(slack: SlackSandbox) -> None:
    """Every method with every odd value in every place: refused with a code, never with a 500."""
    await slack.person("ada").says("hello", channel="C0ACME")
    slack.core.scopes.add("reactions:write")
    names = "channel user users ts thread_ts text blocks attachments metadata view view_id trigger_id external_id "
    places = (names + "hash user_id cursor limit oldest latest timestamp name reply_broadcast").split()
    whole = {"channel": "C0ACME", "user": "U0ADA", "users": "U0ADA", "text": "x", "ts": slack.messages("C0ACME")[0].ts}
    for method in sorted(METHODS):
        for place in places:
            for value in ODD:
                args = Args({**whole, place: value})
                answer = call(slack.core, method, slack.bot_token, args)
                assert answer.body["ok"] is (answer.error is None), (method, place, value)


async def test_reading_methods_are_blind_to_json(slack: SlackSandbox) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {slack.bot_token}"}) as http:
        for method, error in (
            ("users.info", "user_not_found"),
            ("conversations.info", "invalid_arguments"),
            ("conversations.members", "invalid_arguments"),
            ("conversations.replies", "channel_not_found"),
        ):
            body = {"channel": "C0ACME", "user": "U0ADA", "ts": "1.0"}
            async with http.post(slack.api_url + method, json=body) as response:
                assert (method, (await response.json())["error"]) == (method, error)
        async with http.post(slack.api_url + "conversations.history", json={"channel": "C0ACME"}) as response:
            assert (await response.json())["ok"], "history reads JSON"


@pytest.mark.parametrize(
    ("body", "error"), [("{", "invalid_json"), ("[1]", "json_not_object"), ("5", "json_not_object")]
)
async def test_json_that_cannot_be_read_is_named(slack: SlackSandbox, body: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(slack.api_url + "chat.postMessage", data=body) as response:
            assert (response.status, (await response.json())["error"]) == (200, error)
        url = slack.core.response_url(slack.world.user("ada"), slack.channel("C0ACME"))
        async with http.post(url, data=body) as response:
            assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.replies", {"channel": "C0ACME"}, "thread_not_found"),
        ("conversations.replies", {"ts": "1.0"}, "channel_not_found"),
        ("conversations.history", {"channel": "C0ACME", "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C0ACME", "latest": "-1"}, "invalid_ts_latest"),
        ("conversations.history", {"channel": "C0ACME", "cursor": "2"}, "invalid_cursor"),
        ("conversations.history", {"channel": "C0ACME", "limit": "many"}, "invalid_arguments"),
        ("conversations.history", {}, "invalid_arguments"),
        ("conversations.members", {"channel": "C0ACME", "limit": "0"}, "invalid_limit"),
        ("conversations.members", {"channel": "C0ACME", "limit": "1001"}, "invalid_limit"),
        ("conversations.members", {"channel": "C0ACME", "cursor": "bmV4dA=="}, "invalid_cursor"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        ("users.info", {}, "user_not_found"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users.list", {"cursor": "x"}, "invalid_cursor"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postEphemeral", {"channel": "C0ACME", "text": "x"}, "invalid_arguments"),
        ("chat.update", {"channel": "C0ACME", "text": "x"}, "invalid_arguments"),
        ("chat.delete", {"channel": "C0ACME", "ts": "1.0"}, "message_not_found"),
        ("views.publish", {"user_id": "U0NOBODY"}, "invalid_arguments"),
    ],
)
async def test_each_wrong_argument_has_its_own_code(
    client: AsyncWebClient, method: str, arguments: Json, error: str
) -> None:
    assert (await refused(client.api_call(method, params=arguments)))["error"] == error


async def test_an_edit_never_asks_for_membership_and_passes_where_posts_are_refused(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    own = await client.chat_postMessage(channel="C0ACME", text="card")
    slack.refuse_posts("restricted_action", channel="C0ACME")
    assert (await refused(client.chat_postMessage(channel="C0ACME", text="x")))["error"] == "restricted_action"
    await client.chat_update(channel="C0ACME", ts=own["ts"], text="edited")
    slack.refuse_posts("", channel="C0ACME")
    slack.remove_bot("C0ACME")
    await client.chat_update(channel="C0ACME", ts=own["ts"], text="still edited")
    assert (await refused(client.chat_postMessage(channel="C0ACME", text="x")))["error"] == "not_in_channel"
    slack.channel("C0ACME").is_private = True
    private = client.chat_update(channel="C0ACME", ts=own["ts"], text="x")
    assert (await refused(private))["error"] == "channel_not_found"


async def a_place(client: AsyncWebClient, content: bytes = b"paper") -> tuple[str, str]:
    """Ask for a place for a file; gives its address and its id."""
    asked = await client.files_getUploadURLExternal(filename="paper.pdf", length=len(content))
    return asked["upload_url"], asked["file_id"]


async def brought(url: str, content: bytes = b"paper") -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=content) as answer:
        return answer.status


async def test_a_file_is_shared_in_a_thread_once_it_is_there(slack: SlackSandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0ACME", text="parent")
    url, file_id = await a_place(client)
    assert await brought(url) == 200
    files: list[dict[str, str | None]] = [{"id": file_id, "title": "Paper"}]
    await client.files_completeUploadExternal(
        files=files, channel_id="C0ACME", thread_ts=parent["ts"], initial_comment="Here"
    )
    (_, reply) = (await client.conversations_replies(channel="C0ACME", ts=parent["ts"]))["messages"]
    assert (reply["text"], reply["files"][0]["name"], reply["files"][0]["title"]) == ("Here", "paper.pdf", "Paper")
    assert slack.messages("C0ACME")[-1].files == {"paper.pdf": b"paper"}
    again = await refused(client.files_completeUploadExternal(files=files, channel_id="C0ACME"))
    assert again["error"] == "file_not_found"


async def test_a_place_takes_one_file_of_its_length_and_not_for_long(client: AsyncWebClient) -> None:
    now = [1_000_000.0]
    async with SlackSandbox(clock=lambda: now[0]) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        url, file_id = await a_place(client)
        assert await brought(url, b"longer than said") == 400
        assert await brought(url) == 200
        assert await brought(url) == 404
        assert await brought(f"{url}x") == 404
        late, late_id = await a_place(client)
        now[0] += 121
        assert await brought(late) == 403
        for wanted in (late_id, "F0NOBODY"):
            wrong: list[dict[str, str | None]] = [{"id": wanted, "title": "Paper"}]
            answer = await refused(client.files_completeUploadExternal(files=wrong, channel_id="C0ACME"))
            assert answer["error"] == "file_not_found"
        files: list[dict[str, str | None]] = [{"id": file_id, "title": "Paper"}] * 2
        answer = await refused(client.files_completeUploadExternal(files=files, channel_id="C0ACME"))
        assert answer["error"] == "file_not_found", "each of them once"


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": "C0NOBOT"}, "not_in_channel"),
        ({"channel_id": "C0ACME", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"thread_ts": "1.000001"}, "invalid_arguments"),
    ],
)
async def test_a_file_goes_only_where_the_app_may_post(
    slack: SlackSandbox, client: AsyncWebClient, where: Json, error: str
) -> None:
    slack.core.refuses_lost_threads = True
    url, file_id = await a_place(client)
    assert await brought(url) == 200
    files: list[dict[str, str | None]] = [{"id": file_id, "title": "Paper"}]
    assert (await refused(client.files_completeUploadExternal(files=files, **where)))["error"] == error
    await client.files_completeUploadExternal(files=files, channel_id="C0ACME")


async def test_without_a_channel_nobody_sees_a_file(slack: SlackSandbox, client: AsyncWebClient) -> None:
    url, file_id = await a_place(client)
    assert await brought(url) == 200
    await client.files_completeUploadExternal(files=[{"id": file_id, "title": "Paper"}])
    assert not slack.messages("C0ACME")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a", "length": 0}, "invalid_arguments"),
        ({"filename": "a", "length": "many"}, "invalid_arguments"),
        ({"length": 1}, "invalid_arguments"),
        ({"filename": "a", "length": 2_000_000_000}, "file_upload_size_restricted"),
    ],
)
async def test_a_file_says_its_name_and_length_first(client: AsyncWebClient, arguments: Json, error: str) -> None:
    answer = await refused(client.api_call("files.getUploadURLExternal", params=arguments))
    assert answer["error"] == error
