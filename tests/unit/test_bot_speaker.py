"""How a call to Slack can end, and that the three ends are told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.speaker import Message, NotNowError, SaidNoError, Speaker, WhoKnowsError
from sandbox.slack import SlackSandbox

CHANNEL = "C0ACME"
HELLO = Message(text="hello")


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as built:
        yield built


@pytest.fixture
async def speaker(slack: SlackSandbox) -> AsyncIterator[Speaker]:
    async with aiohttp.ClientSession() as session:
        yield Speaker(AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]))


async def post(speaker: Speaker, errand: str = "e1", channel: str = CHANNEL) -> str:
    return await speaker.post(channel=channel, message=HELLO, errand_id=errand)


async def test_a_post_is_found_again_by_its_errand(speaker: Speaker) -> None:
    first = await post(speaker)
    await post(speaker, "e2")
    second = await post(speaker)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=0) == [first, second]
    reply = await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e3", thread_ts=first)
    assert await speaker.copies(channel=CHANNEL, thread_ts=first, errand_id="e3", since=0) == [reply]
    await speaker.delete(channel=CHANNEL, ts=second)
    await speaker.delete(channel=CHANNEL, ts=second)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=0) == [first]


async def test_reading_back_turns_every_page(slack: SlackSandbox, speaker: Speaker) -> None:
    first = await post(speaker)
    for number in range(205):
        slack.world.channels[CHANNEL].add(
            slack.world.channels[CHANNEL]
            .messages[first]
            .__class__(slack.world.next_ts(), CHANNEL, "U0SAM", f"talk {number}")
        )
    last = await post(speaker)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=0) == [first, last]
    assert await speaker.is_in(CHANNEL, "U0ADA")
    assert not await speaker.is_in(CHANNEL, "U0EVE")


@pytest.mark.parametrize("fault", [{"http": 500}, {"lose_answer": True}, {"error": "fatal_error"}])
async def test_only_a_post_can_end_unknown(
    slack: SlackSandbox, speaker: Speaker, fault: dict[str, int | bool | str]
) -> None:
    ts = await post(speaker)
    slack.faults.next("*", **fault, times=20)  # type: ignore[arg-type]
    with pytest.raises(WhoKnowsError):
        await post(speaker)
    with pytest.raises(NotNowError):
        await speaker.update(channel=CHANNEL, ts=ts, message=HELLO)
    with pytest.raises(NotNowError):
        await speaker.whisper(channel=CHANNEL, user="U0ADA", text="x", thread_ts=None)
    with pytest.raises(NotNowError):
        await speaker.member("U0ADA")
    with pytest.raises(NotNowError):
        await speaker.direct_channel("U0SAM")


async def test_a_no_for_the_moment_says_how_long(slack: SlackSandbox, speaker: Speaker) -> None:
    slack.faults.next("chat.postMessage", rate_limited=17)
    with pytest.raises(NotNowError) as wait:
        await post(speaker)
    assert (wait.value.after, wait.value.code) == (17, "ratelimited")
    slack.faults.next("chat.postMessage", error="external_channel_migrating")
    with pytest.raises(NotNowError):
        await post(speaker)


async def test_a_no_for_good_names_its_code(slack: SlackSandbox, speaker: Speaker) -> None:
    with pytest.raises(SaidNoError) as no:
        await post(speaker, channel="C0NOBOT")
    assert no.value.code == "not_in_channel"
    with pytest.raises(SaidNoError) as no:
        await speaker.member("U0NOBODY")
    assert no.value.code == "user_not_found"
    slack.faults.next("chat.delete", error="cant_delete_message")
    with pytest.raises(SaidNoError):
        await speaker.delete(channel=CHANNEL, ts="1.2")


async def test_nobody_there_is_certainly_not_done(speaker: Speaker, slack: SlackSandbox) -> None:
    await slack.stop()
    with pytest.raises(NotNowError):
        await post(speaker)
