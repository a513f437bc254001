"""The permission sheet: asked for by whoever needs it, whole, once, whatever Slack does, and it gives nothing away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from hashlib import sha256

import httpx
import pytest

from bot.papers.signatures import PATH
from sandbox.slack import Message
from sandbox.slack.waiting import until
from tests.support.backdrop import CHANNEL, ISU, PASSWORD, TENANT
from tests.support.stage import Stage


async def ask(stage: Stage) -> str:
    """Ask for the sheet as Sam; gives the answer."""
    answer = await stage.sam.command("/link-workday", "sheet", channel=CHANNEL)
    assert answer
    return answer.text


async def shared(stage: Stage, number: int = 1) -> list[Message]:
    """Give the messages with sheets, when there are so many and nothing is on its way."""
    await stage.quiet()
    found = [message for message in stage.said() if message.files]
    assert len(found) == number, [call.error for call in stage.slack.calls if call.method.startswith("files")]
    return found


def content(files: Mapping[str, bytes], ending: str) -> bytes:
    (found,) = (content for name, content in files.items() if name.endswith(ending))
    return found


def rows(message: Message) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(message.files, ".csv").decode("utf-8-sig"))))


async def test_whoever_waits_for_an_approval_gets_the_sheet_as_files(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first")
    assert (await stage.send(stage.ada, "Approval first", {})).closed
    (message,) = await shared(stage)
    assert "for your approval" in message.text
    assert message.thread_ts == stage.said()[0].ts
    names = sorted(name.partition(".")[2] for name in message.files)
    assert names == ["csv", "md", "pdf", "signatures.json"]
    asked = stage.app.rules.permissions.rows("recruiting")
    assert [row["Domain security policy"] for row in rows(message)] == [row.policy for row in asked]
    assert {row["Asked by"] for row in rows(message)} == {"Sam Winter, Wintro"}
    assert content(message.files, ".pdf").startswith(b"%PDF-")


async def test_the_published_key_and_the_digests_fit_the_files(stage: Stage) -> None:
    await (await stage.begin()).press("We need approval first")
    assert (await stage.send(stage.ada, "Approval first", {})).closed
    (message,) = await shared(stage)
    told = json.loads(content(message.files, ".signatures.json"))
    for name, about in told["files"].items():
        assert about["sha256"] == sha256(message.files[name]).hexdigest()
    async with httpx.AsyncClient(trust_env=False) as anybody:
        published = (await anybody.get(f"http://127.0.0.1:{stage.app.port}{PATH}")).json()
    assert published == {"keys": [told["key"]]}


async def test_after_linking_the_second_page_says_what_was_found(stage: Stage) -> None:
    await stage.to_linked()
    await (await stage.ada.sees("Get the list")).press("Get the list")
    (message,) = await shared(stage)
    assert "what Workday showed to be granted" in message.text
    found = {row["Domain security policy"]: row["Found"] for row in rows(message)}
    assert found["Worker Data: Public Worker Reports"] == "granted"
    assert found["Move Candidate"] == "not asked"
    assert {row["Workday tenant"].split()[0] for row in rows(message)} == {TENANT}
    text = content(message.files, ".md").decode()
    assert "was found granted" in text


async def test_asked_for_twice_it_comes_once(stage: Stage) -> None:
    await (await stage.begin()).press("I can do this")
    assert "comes at the end of its thread" in await ask(stage)
    assert "asked for a moment ago" in await ask(stage)
    await shared(stage)
    # Once in the answer to the command, and not again in the thread.
    assert sum("asked for a moment ago" in told.text for told in stage.sam.whispers) == 1
    await stage.later(minutes=2)
    await ask(stage)
    await shared(stage, 2)


async def test_without_a_link_the_command_says_so(stage: Stage) -> None:
    assert "no Workday link in this channel" in await ask(stage)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
@pytest.mark.parametrize("trouble", [{"lose_answer": True}, {"http": 503}])
async def test_whatever_answer_is_lost_there_is_one_sheet(stage: Stage, method: str, trouble: dict[str, bool]) -> None:
    await (await stage.begin()).press("I can do this")
    stage.slack.faults.next(method, **trouble)  # type: ignore[arg-type]
    await ask(stage)
    await until(lambda: stage.slack.faults.happened or None, 20, lambda: "nothing went wrong")
    await stage.later(seconds=70)
    await shared(stage)


async def test_a_stray_copy_is_taken_back(stage: Stage) -> None:
    await (await stage.begin()).press("I can do this")
    stage.slack.faults.next("files.completeUploadExternal", lose_answer=True)
    stage.slack.history_lag = 75.0
    await ask(stage)
    await until(lambda: stage.slack.faults.happened or None, 20, lambda: "nothing went wrong")
    await stage.later(seconds=61)
    await shared(stage, 2)
    await stage.later(seconds=91)
    (message,) = await shared(stage)
    assert any(call.method == "chat.delete" and call.ok for call in stage.slack.calls), "there were two"
    assert len(message.files) == 4


@pytest.mark.parametrize(
    "error", ["file_uploads_disabled", "slack_connect_file_upload_sharing_blocked", "missing_scope"]
)
async def test_a_channel_that_takes_no_files_gets_every_row_as_text(stage: Stage, error: str) -> None:
    await (await stage.begin()).press("I can do this")
    if error == "missing_scope":
        stage.slack.core.scopes.discard("files:write")
    stage.slack.core.refuses_files = error
    await ask(stage)
    message = await stage.ada.sees("Slack took no files here")
    for row in stage.app.rules.permissions.rows("recruiting"):
        assert f"{row.policy} · {row.access}" in message.text
    assert error in (await stage.sam.sees("as files", channel="dm")).text
    assert not stage.link.blocked
    await shared(stage, 0)


async def test_where_files_cannot_be_brought_to_the_list_comes_as_text_after_some_tries(stage: Stage) -> None:
    await (await stage.begin()).press("I can do this")
    stage.slack.faults.next("upload", lose_answer=True, times=10)
    await ask(stage)
    for _ in range(8):
        await stage.later(seconds=70)
    await stage.ada.sees("Slack took no files here")
    await stage.sam.sees("upload_lost", channel="dm")


async def test_a_sheet_holds_no_secret_and_nobody_but_who_asks(stage: Stage) -> None:
    await stage.to_linked()
    await ask(stage)
    (message,) = await shared(stage)
    for ending in (".csv", ".md", ".signatures.json"):
        text = content(message.files, ending).decode("utf-8-sig")
        assert PASSWORD not in text
        assert "Ada" not in text
        assert stage.ada.user.id not in text
        assert stage.sam.user.id not in text
        assert "@" not in text
    assert ISU in content(message.files, ".md").decode()


async def test_files_that_slack_takes_and_never_shows_are_shared_again(stage: Stage) -> None:
    await stage.begin()
    stage.slack.core.drops_files = 1
    await ask(stage)
    await shared(stage, 0)
    await stage.later(minutes=2)
    await shared(stage)
    await stage.later(minutes=2)
    await shared(stage)
