"""The numbers of all links go to whoever asks for them, once, and never into a customer's channel."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, update

from flows.link.state import Status, Step
from sandbox.slack import Message
from sandbox.slack.workspace import INSTALL_TEAM
from storage import audit_log as audit
from storage import links as store
from storage.tables import LinkRow
from tests.support.backdrop import CHANNEL
from tests.support.links import NOW, a_link
from tests.support.stage import Stage


async def ask(stage: Stage) -> str:
    answer = await stage.sam.command("/link-workday", "insight", channel=CHANNEL)
    assert answer
    return answer.text


def told(stage: Stage) -> list[Message]:
    return [
        one
        for one in stage.slack.messages(f"D{stage.sam.user.id[1:]}")
        if "The one link there is, as it is" in one.text
    ]


async def test_a_plot_with_its_numbers_comes_directly(stage: Stage) -> None:
    await stage.to_linked()
    assert "come to you directly" in await ask(stage)
    await stage.quiet()
    (message,) = told(stage)
    ((name, picture),) = message.files.items()
    assert name.endswith(".png")
    assert picture.startswith(b"\x89PNG")
    assert "linked 1" in message.text
    assert "first password: 100 % of 1 link" in message.text
    assert "From Start to linked" in message.text
    assert not any(one.files or "The one link there is, as it is" in one.text for one in stage.said())


async def test_without_a_link_there_is_no_data_yet(stage: Stage) -> None:
    assert "no data yet" in await ask(stage)
    await stage.begin()
    await stage.quiet()
    stage.app.database.run_sync(lambda session: session.exec(update(LinkRow).values(document="{}")))
    assert "1 link that this version of the app cannot read" in await ask(stage)


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


def tables(stage: Stage) -> list[Message]:
    return [one for one in stage.slack.messages(f"D{stage.sam.user.id[1:]}") if "as a table" in one.text]


async def test_all_links_come_as_a_table_to_whoever_presses_the_button(stage: Stage) -> None:
    await stage.begin(Customer='=HYPERLINK("evil") Zoë')
    home = await stage.sam.home()
    await home.press("Export")
    assert "comes to you directly" in (await stage.sam.modal("Workday link")).text
    await stage.quiet()
    (message,) = tables(stage)
    ((name, content),) = message.files.items()
    assert name.endswith(".csv")
    (row,) = csv.DictReader(content.decode("utf-8-sig").splitlines())
    assert (row["customer"], row["step"]) == ('\'=HYPERLINK("evil") Zoë', "welcome")
    assert not [one for one in stage.said() if one.files]


async def test_a_table_that_slack_refuses_is_told_of(stage: Stage) -> None:
    await stage.begin()
    stage.slack.core.refuses_files = "missing_scope"
    answer = await stage.sam.command("/link-workday", "export", channel=CHANNEL)
    assert answer
    assert "comes to you directly" in answer.text
    await stage.quiet()
    (message,) = [one for one in stage.sam.dms if "did not take the table" in one.text]
    assert "(missing_scope)" in message.text
    assert not message.files


async def test_what_others_took_is_said_of_the_rest(stage: Stage) -> None:
    await stage.to_isu()
    assert any("about" in one.text and "left" in one.text for one in stage.said())

    def add(session: Session, team: str) -> None:
        for number in range(5):
            link_id = f"{team}{number}"
            link = a_link(id=link_id, team_id=team, customer=link_id, channel_id="C0OLD", status=Status.LINKED)
            link = replace(link, step=Step.LINKED)
            store.create(session, link, (), wake_at=None, now=NOW)
            for at, step in enumerate(one for one in Step if one not in {Step.AUTH_POLICY, Step.API_CLIENT}):
                then = NOW + timedelta(minutes=7 * at)
                audit.append(
                    session, link_id, at=then, actor="", team="", role="app", what="moved", detail={"step": step}
                )

    drawing = stage.app.drawing
    assert drawing.experience
    ours = stage.link
    for team, is_known in (("T0ELSE", False), (INSTALL_TEAM, True)):
        stage.app.database.run_sync(partial(add, team=team))
        await stage.later(hours=2)
        await drawing.experience.look()
        assert drawing.scene(ours).is_usual is is_known, "each install learns from its own customers alone"
    stage.tenant()
    await stage.enter()
    await stage.quiet()
    await stage.ada.sees("usually about 30 minutes from here")
