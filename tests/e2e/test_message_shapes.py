"""A secret is noticed in every shape and at every place in which a message can come, and only there where it is one."""

from __future__ import annotations

import pytest

from flows.link.state import Status
from sandbox.slack import Shape
from tests.support.backdrop import CHANNEL, PASSWORD
from tests.support.stage import Stage

PEOPLE = [shape for shape in Shape if not shape.name.startswith(("APP", "WORKFLOW"))]
APPS = [shape for shape in Shape if shape not in PEOPLE]
OTHER = "Kestrel#2026-harbor"


@pytest.mark.parametrize("shape", PEOPLE)
async def test_a_password_of_ours_is_dropped_in_whatever_shape_it_comes(stage: Stage, shape: Shape) -> None:
    card = await stage.to_expiry()
    assert stage.vault()
    await stage.ada.posts(shape, f"password: {PASSWORD}", thread=card)
    whisper = await stage.ada.whispered("looks like a password")
    assert PASSWORD not in whisper.text
    await stage.ada.sees("Enter the new password")
    assert not stage.vault()


@pytest.mark.parametrize("shape", APPS)
async def test_what_another_app_posts_is_said_to_the_admin(stage: Stage, shape: Shape) -> None:
    card = await stage.to_expiry()
    await stage.col.posts(shape, f"password: {PASSWORD}", thread=card)
    await stage.ada.whispered("An app or a workflow has just posted")
    await stage.ada.sees("Enter the new password")
    assert not stage.vault()
    assert not stage.col.whispers


@pytest.mark.parametrize("shape", APPS)
async def test_what_another_app_says_is_not_answered(stage: Stage, shape: Shape) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    before = len(stage.said())
    await stage.ada.posts(shape, f"<@{stage.slack.bot_user}> help: where is this page?", thread=card)
    await stage.quiet()
    assert len(stage.said()) == before
    assert not stage.ada.whispers


async def test_a_password_in_the_channel_itself_is_warned_of_there_and_dropped(stage: Stage) -> None:
    await stage.to_expiry()
    await stage.ada.says(f"it is {PASSWORD}", channel=CHANNEL)
    whisper = await stage.ada.whispered("looks like a password")
    assert whisper.thread_ts is None
    await stage.ada.sees("Enter the new password")
    assert not stage.vault()


async def test_a_password_in_another_thread_is_warned_of_there_and_dropped(stage: Stage) -> None:
    await stage.to_expiry()
    thread = await stage.col.says("Lunch?", channel=CHANNEL)
    await stage.ada.says("no, but have this:", thread=thread)
    await stage.ada.posts(Shape.PLAIN, f"pw {PASSWORD}", thread=thread)
    whisper = await stage.ada.whispered("looks like a password")
    assert whisper.thread_ts == thread.ts
    await stage.ada.sees("Enter the new password")
    assert not stage.vault()


async def test_who_answers_for_the_channel_to_read_has_not_written_what_they_answer_to(stage: Stage) -> None:
    await stage.to_expiry()
    thread = await stage.ada.posts(Shape.PLAIN, f"password: {OTHER}", channel=CHANNEL)
    await stage.ada.whispered("looks like a password")
    await stage.quiet()
    answer = await stage.col.posts(Shape.BROADCAST, "please delete that", thread=thread)
    await stage.col.edits(answer, "please delete that, Ada")
    await stage.quiet()
    assert not stage.col.whispers


async def test_a_password_that_is_edited_in_is_dropped(stage: Stage) -> None:
    await stage.to_expiry()
    said = await stage.ada.says("wait a moment", channel=CHANNEL)
    await stage.ada.edits(said, f"password: {PASSWORD}")
    await stage.ada.whispered("looks like a password")
    await stage.ada.sees("Enter the new password")
    assert not stage.vault()


@pytest.mark.parametrize("shape", PEOPLE)
async def test_a_password_posted_before_it_is_entered_is_refused(stage: Stage, shape: Shape) -> None:
    await stage.to_isu()
    await stage.ada.posts(shape, f"password: {OTHER}", channel=CHANNEL)
    await stage.ada.whispered("looks like a password")
    await stage.quiet()
    stage.tenant(password=OTHER)
    asked = len(stage.workday.requests)
    await (await stage.ada.sees("Enter user name and password")).press("Enter user name and password")
    refused = await stage.send(stage.ada, "Integration user", {"User name": "ISU_Wintro", "Password": OTHER})
    assert list(refused.errors) == ["Password"]
    assert OTHER not in str(refused.errors)
    assert len(stage.workday.requests) == asked


async def test_ordinary_talk_in_the_channel_leaves_no_trace(stage: Stage) -> None:
    await stage.to_linked()
    await stage.quiet()
    before, link = len(stage.said()), stage.link
    for shape in Shape:
        await stage.ada.posts(
            shape, "Status: 500 since 2026-11-23, see https://acme.com/x?id=7 & ask kim@acme.com", channel=CHANNEL
        )
    await stage.quiet()
    assert (len(stage.said()), stage.link) == (before, link)
    assert not stage.ada.whispers
    assert stage.link.status is Status.LINKED


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (Shape.FILE_NAME, "ISU password"),
        (Shape.CANVAS, "Workday credentials"),
        (Shape.PLAIN, "take it from https://share.1password.com/s#abc"),
    ],
)
async def test_a_password_handed_over_elsewhere_is_kindly_refused(stage: Stage, shape: Shape, text: str) -> None:
    card = await stage.to_isu()
    await stage.ada.posts(shape, text, thread=card)
    await stage.ada.whispered("I cannot take a password or a key from a file")
