"""How a call to Slack can end, and that the three ends are told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery_errors import PACED, NotNowError, SaidNoError, WhoKnowsError
from bot.slack.rate_limits import CHANNEL as CHANNEL_BUDGET
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import TIMEOUT, Message, Speaker
from sandbox.slack import SlackSandbox

CHANNEL = "C0ACME"
HELLO = Message(text="hello")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)


class Clock:
    """Real time plus an offset in seconds."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as built:
        yield built


@pytest.fixture
async def speaker(slack: SlackSandbox, clock: Clock) -> AsyncIterator[Speaker]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        yield Speaker(client, Pacer(clock))


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def post(speaker: Speaker, errand: str = "e1", channel: str = CHANNEL) -> str:
    return await speaker.post(channel=channel, message=HELLO, errand_id=errand, ours_until=FAR)


async def test_a_post_is_found_again_by_its_errand(speaker: Speaker) -> None:
    first = await post(speaker)
    await post(speaker, "e2")
    second = await post(speaker)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=LONG_AGO) == [first, second]
    reply = await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e3", ours_until=FAR, thread_ts=first)
    assert await speaker.copies(channel=CHANNEL, thread_ts=first, errand_id="e3", since=LONG_AGO) == [reply]
    await speaker.delete(channel=CHANNEL, ts=second)
    await speaker.delete(channel=CHANNEL, ts=second)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=LONG_AGO) == [first]


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "answer lost"])
async def test_a_reply_that_slack_puts_into_the_channel_itself_is_taken_back(
    slack: SlackSandbox, speaker: Speaker, *, is_lost: bool
) -> None:
    parent = await post(speaker)
    await speaker.delete(channel=CHANNEL, ts=parent)

    async def reply() -> str:
        return await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e2", ours_until=FAR, thread_ts=parent)

    if is_lost:
        slack.faults.next("chat.postMessage", lose_answer=True)
        with pytest.raises(WhoKnowsError):
            await reply()
        assert len(slack.messages(CHANNEL)) == 1
        with pytest.raises(SaidNoError, match="thread_not_found"):
            await speaker.copies(channel=CHANNEL, thread_ts=parent, errand_id="e2", since=LONG_AGO)
    else:
        slack.faults.next("chat.delete", error="internal_error", performed=True)
        with pytest.raises(SaidNoError, match="thread_not_found"):
            await reply()
    assert not slack.messages(CHANNEL)


async def test_a_reply_of_which_slack_does_not_say_where_it_stands_is_left_there(
    slack: SlackSandbox, speaker: Speaker
) -> None:
    parent = await post(speaker)
    slack.core.hides_threads = True

    async def reply() -> bool:
        ts = await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e2", ours_until=FAR, thread_ts=parent)
        return ts in {message.ts for message in slack.messages(CHANNEL)}

    assert await reply()
    slack.faults.next("conversations.replies", error="internal_error")
    assert await reply()


async def long_thread(slack: SlackSandbox, speaker: Speaker, clock: Clock) -> tuple[str, str]:
    """Post into a thread of three pages, of which Slack shows one a minute; gives its first message and the post."""
    parent = await post(speaker)
    thread = slack.world.channels[CHANNEL]
    for _ in range(40):
        thread.add(replace(thread.messages[parent], ts=slack.world.next_ts(), thread_ts=parent, metadata=None))
    reply = await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e2", ours_until=FAR, thread_ts=parent)
    slack.world.clock = lambda: clock().timestamp()
    slack.core.history_is_limited = True
    return parent, reply


async def test_no_place_is_read_on_from_that_is_old_or_unknown_to_slack(
    slack: SlackSandbox, speaker: Speaker, clock: Clock
) -> None:
    parent, _ = await long_thread(slack, speaker, clock)

    async def reads() -> list[bool]:
        before = len(slack.calls)
        with pytest.raises(NotNowError):
            await speaker.copies(channel=CHANNEL, thread_ts=parent, errand_id="e2", since=LONG_AGO)
        return ["cursor" in call.args for call in slack.calls[before:]]

    assert await reads() == [False, True]
    clock.offset += 61
    assert await reads() == [True, True]
    clock.offset += 601
    assert await reads() == [False, True]
    clock.offset += 61
    slack.faults.next("conversations.replies", error="invalid_cursor")
    assert await reads() == [True, False, True]


async def test_reading_back_comes_to_the_end_at_one_page_a_minute(
    slack: SlackSandbox, speaker: Speaker, clock: Clock
) -> None:
    parent, reply = await long_thread(slack, speaker, clock)
    for _ in range(2):
        with pytest.raises(NotNowError):
            await speaker.copies(channel=CHANNEL, thread_ts=parent, errand_id="e2", since=LONG_AGO)
        clock.offset += 61
    assert await speaker.copies(channel=CHANNEL, thread_ts=parent, errand_id="e2", since=LONG_AGO) == [reply]
    slack.core.history_is_limited = False
    for _ in range(200):
        thread = slack.world.channels[CHANNEL]
        thread.add(replace(thread.messages[parent], ts=slack.world.next_ts(), thread_ts=parent, metadata=None))
    assert await speaker.copies(channel=CHANNEL, thread_ts=parent, errand_id="e1", since=LONG_AGO) == [parent]


async def test_reading_back_turns_every_page(slack: SlackSandbox, speaker: Speaker) -> None:
    first = await post(speaker)
    for number in range(205):
        slack.world.channels[CHANNEL].add(
            slack.world.channels[CHANNEL]
            .messages[first]
            .__class__(slack.world.next_ts(), CHANNEL, "U0SAM", f"talk {number}")
        )
    last = await post(speaker)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=LONG_AGO) == [first, last]
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


async def test_a_no_for_the_moment_says_how_long(slack: SlackSandbox, speaker: Speaker, clock: Clock) -> None:
    slack.faults.next("chat.postMessage", rate_limited=17)
    with pytest.raises(NotNowError) as wait:
        await post(speaker)
    assert (wait.value.after, wait.value.code) == (17, "ratelimited")
    clock.offset = 20
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


async def test_where_a_method_shall_rest_it_is_left_alone_and_the_others_are_not(
    slack: SlackSandbox, speaker: Speaker, clock: Clock
) -> None:
    ts = await post(speaker)
    slack.faults.next("chat.postMessage", rate_limited=30)
    with pytest.raises(NotNowError):
        await post(speaker)
    asked = len(slack.calls)
    clock.offset = 29
    with pytest.raises(NotNowError) as wait:
        await post(speaker)
    assert 0 < wait.value.after <= 1
    assert len(slack.calls) == asked, "Slack was not asked again"
    await post(speaker, channel="C0GLOBEX")
    await speaker.update(channel=CHANNEL, ts=ts, message=HELLO)
    slack.faults.next("chat.postMessage", rate_limited=30)
    with pytest.raises(NotNowError):
        await post(speaker, channel="C0GLOBEX")
    clock.offset = 31
    asked = len(slack.calls)
    with pytest.raises(NotNowError):
        await post(speaker)
    assert len(slack.calls) == asked, "a second channel was refused, so all of them rest"
    clock.offset = 60
    await post(speaker)


async def test_a_channel_gets_a_burst_and_then_one_message_a_second(
    slack: SlackSandbox, speaker: Speaker, clock: Clock
) -> None:
    for number in range(CHANNEL_BUDGET.burst):
        await post(speaker, f"e{number}")
    began = clock()
    await post(speaker, "soon")
    assert 0.5 < (clock() - began).total_seconds() < 1.5, "a short wait is waited on the spot"
    clock.offset -= 0.5
    waits = []
    for number in range(3):
        with pytest.raises(NotNowError) as wait:
            await post(speaker, f"late{number}")
        assert wait.value.code == PACED
        waits.append(wait.value.after)
    assert waits == sorted(waits)
    assert waits[2] - waits[0] == pytest.approx(2, abs=0.2)
    await post(speaker, channel="C0GLOBEX")
    clock.offset += waits[2] + 0.1
    asked = len(slack.calls)
    for number in (2, 1, 0):
        await post(speaker, f"late{number}")
    assert len(slack.calls) == asked + 3, "each had kept its place"


async def test_nothing_is_sent_that_could_be_somebody_elses_before_the_answer(
    slack: SlackSandbox, speaker: Speaker, clock: Clock
) -> None:
    ours = clock() + timedelta(seconds=TIMEOUT - 0.1)
    with pytest.raises(WhoKnowsError):
        await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e1", ours_until=ours)
    assert not slack.calls
    await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e1", ours_until=ours + timedelta(seconds=5))


async def test_a_message_is_found_though_our_clock_runs_ahead(speaker: Speaker) -> None:
    first = await post(speaker)
    ahead = datetime.now(UTC) + timedelta(minutes=50)
    assert await speaker.copies(channel=CHANNEL, thread_ts=None, errand_id="e1", since=ahead) == [first]
    reply = await speaker.post(channel=CHANNEL, message=HELLO, errand_id="e2", ours_until=FAR, thread_ts=first)
    assert await speaker.copies(channel=CHANNEL, thread_ts=first, errand_id="e2", since=FAR) == [reply]
