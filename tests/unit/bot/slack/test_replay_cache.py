"""One signature, one piece of work; but a failure may be tried again."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest
from slack_bolt.response import BoltResponse

from bot.slack import replay_cache as replays
from bot.slack.replay_cache import Answers


class Work:
    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.done = 0

    async def __call__(self) -> BoltResponse:
        self.done += 1
        await asyncio.sleep(0)
        status = self.statuses.pop(0)
        if not status:
            raise RuntimeError
        return BoltResponse(status=status, body=f"answer {self.done}")


async def test_what_was_answered_is_answered_again() -> None:
    answers, work = Answers(), Work(200, 200)
    assert (await answers.once("a", work)).body == (await answers.once("a", work)).body == "answer 1"
    assert (await answers.once("b", work)).body == "answer 2"


async def test_two_at_once_are_one() -> None:
    answers, work = Answers(), Work(200)
    first, second = await asyncio.gather(answers.once("a", work), answers.once("a", work))
    assert first is second
    assert work.done == 1


@pytest.mark.parametrize("status", [500, 400, 302, 0])
async def test_what_failed_is_tried_again(status: int) -> None:
    answers, work = Answers(), Work(status, 200)
    both = await asyncio.gather(answers.once("a", work), answers.once("a", work), return_exceptions=True)
    assert type(both[0]) is type(both[1])
    assert (await answers.once("a", work)).status == 200


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MOST", 3)
    answers, work = Answers(), Work(*[200] * 9)
    for name in "abcd":
        await answers.once(name, work)
    await answers.once("d", work)
    assert work.done == 4
    await answers.once("a", work)
    assert work.done == 5


async def test_only_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "SPAN", 0.01)
    answers, work = Answers(), Work(200, 200)
    await answers.once("a", work)
    await asyncio.sleep(0.02)
    await answers.once("a", work)
    assert work.done == 2


async def test_ten_thousand_empty_answers_are_kept_in_little_memory() -> None:
    answers = Answers()

    async def nothing() -> BoltResponse:
        return BoltResponse(status=200)

    await answers.once("warm", nothing)
    tracemalloc.start()
    for number in range(10_000):
        await answers.once(f"v0={number:064}", nothing)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 4_000_000


async def test_a_body_is_answered_again_whole() -> None:
    answers, work = Answers(), Work(200)
    first = await answers.once("a", work)
    assert await answers.once("a", work) is first
