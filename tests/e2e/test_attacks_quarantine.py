"""One message from outside destroys nothing: what is not for us is dropped, and what is for us freezes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from flows.link.state import Link, Status
from sandbox.slack.workspace import BOT_USER, INSTALL_TEAM
from storage.credentials.keyring import new_key
from storage.tables import SecretRow
from tests.support.backdrop import ISU, KEY
from tests.support.receiver import handing
from tests.support.stage import Stage

GRANT = {"team_id": INSTALL_TEAM, "user_id": BOT_USER, "is_bot": True}
REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}


async def tell(stage: Stage, event: dict[str, Any], team: str, *, late: float = 0, **grant: object) -> int:
    """Deliver an event as Slack would, signed, so many seconds after it has happened."""
    body = {"type": "event_callback", "team_id": team, "event_id": f"Ev{id(event)}{team}", "event": event}
    told = {"event_time": int(stage.clock().timestamp() - late), "authorizations": [{**GRANT, **grant}]}
    return (await stage.slack.deliver_raw("event", {**body, **told})).status


async def test_what_happens_to_another_install_changes_nothing(stage: Stage) -> None:
    await stage.to_linked()
    await stage.quiet()
    before, kept = stage.link, stage.vault()
    moved = {"type": "channel_id_changed", "old_channel_id": before.channel_id, "new_channel_id": "C0NOWHERE"}
    for event in (REVOKED, {"type": "app_uninstalled"}, moved):
        await tell(stage, event, "T0OTHER", team_id="T0OTHER")
        await tell(stage, event, INSTALL_TEAM, user_id="U0OTHERBOT")
    await tell(stage, {"type": "tokens_revoked", "tokens": {"bot": ["U0OTHERBOT"]}}, INSTALL_TEAM)
    await tell(stage, {"type": "tokens_revoked", "tokens": {"oauth": [BOT_USER]}}, INSTALL_TEAM)
    await stage.quiet()
    assert stage.link == before
    assert stage.vault() == kept
    assert await stage.app.health.problems() == {}


def _sealed(session: Session) -> dict[str, bytes]:
    return {row.id: bytes(row.sealed) for row in session.exec(select(SecretRow)) if row.link_id}


def _is_as_before(now: Link, before: Link) -> bool:
    return (now.setup, now.status, now.step) == (before.setup, before.status, before.step)


async def test_our_own_revocation_freezes_and_a_new_token_thaws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        tenant = await stage.to_linked()
        await taken.gets("link.linked")
        await stage.becomes(lambda link: link.handed)
        await stage.quiet()
        before, sealed = stage.link, stage.app.database.run_sync(_sealed)
        logins = tenant.logins(ISU).good
        for event in (REVOKED, {"type": "app_uninstalled"}):
            # Slack tells late of an end before this install, or of one that is not known all over it yet.
            assert await tell(stage, event, INSTALL_TEAM, late=3600) == 200
            assert await tell(stage, event, INSTALL_TEAM) == 500, "it is to tell again"
        await stage.quiet()
        assert stage.link == before
        stage.slack.core.revoked = True
        await tell(stage, REVOKED, INSTALL_TEAM)
        await tell(stage, {"type": "app_uninstalled"}, INSTALL_TEAM)
        await taken.gets("link.linked", "link.suspended")
        stage.slack.core.revoked = False
        assert await stage.app.health.problems() == {"slack": "the token was revoked, or the app taken out"}
        now_sealed = stage.app.database.run_sync(_sealed)
        assert now_sealed.keys() == sealed.keys()
        assert not [ref for ref, old in sealed.items() if old in now_sealed[ref] or old[20:] in now_sealed[ref]]
        # Nothing is asked of Workday, by a press or by the clock, and nothing is deleted.
        await stage.said()[0].press("Check now", by=stage.ada)
        await stage.ada.whispered("stands still")
        await stage.days(13)
        assert stage.link.frozen
        assert tenant.logins(ISU).good == logins
        assert _is_as_before(stage.link, before)
        await taken.gets("link.linked", "link.suspended")
        # A new key wraps them anew while they are frozen.
        await stage.stop()
        await stage.start(credential_keys=f"{new_key('k2')},{KEY}")
        told = await taken.gets("link.linked", "link.suspended", "link.relinked")
        assert told["account"]["password"] == "correct horse <battery> & staple"
        assert await stage.app.health.problems() == {}
        assert stage.app.database.run_sync(_sealed) == sealed
        assert _is_as_before(stage.link, before)
        await stage.said()[0].press("Check now", by=stage.ada)
        await stage.quiet()
        assert tenant.logins(ISU).good > logins


async def test_only_the_grace_deletes_and_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.to_linked()
        await taken.gets("link.linked")
        await stage.quiet()
        stage.slack.core.revoked = True
        await tell(stage, {"type": "app_uninstalled"}, INSTALL_TEAM)
        await taken.gets("link.linked", "link.suspended")
        stage.clock.offset += timedelta(days=13, hours=23)
        await stage.later(minutes=1)
        assert stage.link.frozen
        assert stage.vault()
        await stage.later(hours=1)
        await taken.gets("link.linked", "link.suspended", "link.forgotten")
        assert stage.link.status is Status.CANCELLED
        assert not stage.vault()
        # Nobody could be told before Slack lets the app in again; then everybody is, once.
        await stage.stop()
        stage.slack.core.revoked = False
        await stage.start()
        await stage.ada.sees("I keep no password and no key")
        await stage.sam.sees("Slack kept me out for too long: a link has ended, and its secrets are deleted: Acme")
        await stage.quiet()
        await stage.stop()
        await stage.start()
        await stage.quiet()
        assert [one.text for one in stage.sam.messages if "Slack kept me out for too long" in one.text][1:] == []


async def test_a_frozen_customer_can_be_forgotten_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.to_linked()
        await taken.gets("link.linked")
        stage.slack.core.revoked = True
        await tell(stage, {"type": "app_uninstalled"}, INSTALL_TEAM)
        await taken.gets("link.linked", "link.suspended")
        assert "secrets shredded now: 1" in stage.forget(stage.link.id)
        stage.app.courier.kick()
        assert not stage.vault()
        await taken.gets("link.linked", "link.suspended", "link.forgotten")
