"""The numbers of all links go to whoever asks for them, once, and never into a customer's channel."""

from __future__ import annotations

import pytest

from sandbox.slack import Message
from tests.support.backdrop import CHANNEL
from tests.support.stage import Stage


async def ask(stage: Stage) -> str:
    answer = await stage.sam.command("/link-workday", "insight", channel=CHANNEL)
    assert answer
    return answer.text


def told(stage: Stage) -> list[Message]:
    return [one for one in stage.slack.messages(f"D{stage.sam.user.id[1:]}") if "All 1 links" in one.text]


async def test_a_plot_with_its_numbers_comes_directly(stage: Stage) -> None:
    await stage.to_linked()
    assert "come to you directly" in await ask(stage)
    await stage.quiet()
    (message,) = told(stage)
    ((name, picture),) = message.files.items()
    assert name.endswith(".png")
    assert picture.startswith(b"\x89PNG")
    assert "linked 1" in message.text
    assert "first password: 100 % of 1 links" in message.text
    assert "From Start to linked" in message.text
    assert not any(one.files or "All 1 links" in one.text for one in stage.said())


async def test_without_a_link_there_is_no_data_yet(stage: Stage) -> None:
    assert "no data yet" in await ask(stage)


@pytest.mark.parametrize("error", ["file_uploads_disabled", "missing_scope"])
async def test_where_files_are_refused_the_numbers_come_alone(stage: Stage, error: str) -> None:
    await stage.begin()
    stage.slack.core.refuses_files = error
    await ask(stage)
    await stage.quiet()
    (message,) = told(stage)
    assert not message.files


async def test_a_lost_answer_leaves_one(stage: Stage) -> None:
    await stage.begin()
    stage.slack.faults.next("files.completeUploadExternal", lose_answer=True)
    await ask(stage)
    for _ in range(40):
        if stage.slack.faults.happened:
            break
        await stage.later(seconds=0)
    await stage.later(seconds=70)
    await stage.quiet()
    assert len(told(stage)) == 1
