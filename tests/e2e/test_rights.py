"""Nobody does through the front door what the table of rights does not give them, whatever the request says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, product
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import Session

from flows.link.access.reading import roles_of
from flows.link.access.rows import PRESSES, SENDS
from flows.link.events import Action, Form
from flows.link.state import Link, Status, Step
from flows.link.state import Person as Somebody
from storage import audit_log as audit
from storage import link_lists
from storage import links as store
from tests.support.stage import Stage
from tests.support.typed_values import TYPED

BASES = {
    "working": (Step.PERMISSIONS, Status.ACTIVE),
    "linked": (Step.LINKED, Status.LINKED),
    "cancelled": (Step.GROUP, Status.CANCELLED),
}


def put_back(stage: Stage, link: Link) -> None:
    """Make a link what it was; nothing of this is under test."""

    def work(session: Session) -> None:
        store.lock(session, link.id)
        store.save(session, link, (), wake_at=None, now=stage.clock())

    stage.app.database.run_sync(work)


async def posted(stage: Stage, payload: dict[str, Any]) -> int:
    delivery = stage.slack.delivery
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return (await delivery.post_raw(body, delivery.signed(body, "application/x-www-form-urlencoded"))).status


def pressed(link: Link, who: Somebody, action: Action, channel: str) -> dict[str, Any]:
    said = {"link": link.id, "step": link.step, "rev": link.revision, "do": action}
    return {
        "type": "block_actions",
        "user": {"id": who.user_id, "team_id": who.team_id},
        "team": {"id": who.team_id},
        "channel": {"id": channel},
        "trigger_id": "1.2.3",
        "response_url": "",
        "actions": [{"action_id": f"press.{action}.1", "block_id": "b", "type": "button", "value": json.dumps(said)}],
    }


def sent(link: Link, who: Somebody, form: Form) -> dict[str, Any]:
    said = {"link": link.id, "step": link.step, "rev": link.revision, "form": form}
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in TYPED.get(form, {}).items()}
    return {
        "type": "view_submission",
        "user": {"id": who.user_id, "team_id": who.team_id},
        "team": {"id": who.team_id},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": f"form.{form}",
            "private_metadata": json.dumps(said),
            "state": {"values": values},
        },
    }


def people(stage: Stage) -> Iterator[Somebody]:
    """Give staff, the admin, a colleague, another organisation, one under a foreign team, a bot and nobody."""
    for person in (stage.sam, stage.kim, stage.ada, stage.col, stage.eve):
        yield Somebody(user_id=person.id, team_id=person.user.team_id)
    yield Somebody(user_id=stage.eve.id, team_id=stage.ada.user.team_id)
    yield Somebody(user_id="USLACKBOT", team_id="")
    yield Somebody(user_id="", team_id="")


def unchanged(before: Link, after: Link) -> bool:
    """Tell whether a link is what it was, but for the note that somebody is there after all."""
    return replace(after, admin=before.admin) == before


@pytest.mark.parametrize("base", BASES)
async def test_every_button_and_form_against_the_whole_table(stage: Stage, base: str) -> None:
    tenant = await stage.to_linked()
    asked = len(stage.workday.requests)
    linked = stage.link
    stage.app.ticker._scheduler.pause()  # noqa: SLF001  nothing else may change the link
    await stage.app.courier.stop()
    step, status = BASES[base]
    cards = (*linked.cards[:-1], step)
    link = replace(linked, step=step, status=status, cards=cards, revision=linked.revision + 1)
    moved = 0
    put_back(stage, link)
    for who, action in product(people(stage), Action):
        assert await posted(stage, pressed(link, who, action, link.channel_id)) < 500
        after = stage.link
        allowed = bool(PRESSES[action].roles & roles_of(link, who)) and link.status in PRESSES[action].statuses
        assert allowed or unchanged(link, after), (who, action)
        moved += not unchanged(link, after)
        if after != link:
            put_back(stage, link)
        if allowed:
            assert await posted(stage, pressed(link, who, action, "C0ELSEWHERE")) < 500
            assert stage.link == link, "a button works in its own channel only"
    for who, form in product(people(stage), set(Form) - {Form.START}):
        assert await posted(stage, sent(link, who, form)) < 500
        after = stage.links()[0]
        allowed = bool(SENDS[form].roles & roles_of(link, who)) and link.status in SENDS[form].statuses
        assert allowed or unchanged(link, after), (who, form)
        moved += not unchanged(link, after)
        if after != link:
            put_back(stage, link)
    assert (moved > 0) == (base != "cancelled")
    assert len(stage.workday.requests) == asked
    assert tenant.logins("ISU_Forged").bad == 0
    stage.app.database.run_sync(_clean)


def _clean(session: Session) -> None:
    for link in link_lists.everywhere(session):
        store.erase(session, link.id)


async def test_a_button_that_was_never_ours_is_told_to_staff_once_a_day(stage: Stage) -> None:
    """Another app, or a copy with a database of its own, works with the same token."""
    card = await stage.begin()
    await card.press("I can do this")
    await stage.quiet()
    pressed = next(one.payload for one in reversed(stage.slack.delivery.log) if one.kind == "interactive")
    presses = count()

    async def press_of(link_id: str) -> None:
        payload = json.loads(json.dumps(pressed).replace(stage.link.id, link_id))
        await stage.slack.press_raw(payload | {"trigger_id": f"1.2.{next(presses)}"})
        await stage.quiet()

    def told() -> int:
        return stage.sam.screen().count("another app works with my Slack token")

    stage.app.database.run_sync(
        lambda session: audit.append(
            session, "gone", at=stage.clock(), actor="", team="", role="app", what="started", detail={}
        )
    )
    await press_of("gone")
    assert told() == 0, "an erased link was ours"
    for _ in range(3):
        await press_of("0123456789ab")
    assert told() == 1
    stage.clock.offset += timedelta(days=1)
    await press_of("0123456789ab")
    assert told() == 2
