"""The vendor's backend gets finished links: encrypted, signed, once, in order; then nothing need be kept here."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwe
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlmodel import Session, col, delete, select, update

from bot.ops.links import exported
from bot.outbox import handoff as backend
from bot.outbox import worker
from flows.link.effects import Handed
from flows.link.state import Status
from sandbox.slack.waiting import until
from storage import audit_log as audit
from storage.outbox.claims import Hands
from storage.tables import AuditRow, ErrandRow, LinkRow, MessageRow, SecretRow
from tests.support import secretless
from tests.support.backdrop import GROUP, ISU, PASSWORD, TENANT
from tests.support.key_pair import Pair
from tests.support.links import RULES
from tests.support.receiver import GUIDE, SECRET, handing
from tests.support.stage import Stage

LOG_IN = "\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


def last_error(session: Session) -> str | None:
    return session.exec(select(ErrandRow.error).where(ErrandRow.kind == "HandOff")).one()


async def test_the_backend_gets_a_link_and_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        tenant = await stage.to_linked()
        told = await taken.gets("link.linked")
        assert told["account"]["user_name"] == f"{ISU}@{TENANT}"
        assert told["account"]["password"] == PASSWORD
        assert told["account"]["password_exempt"] is True
        assert told["workday"]["rest_url"].endswith(f"/ccx/api/v1/{TENANT}")
        assert told["link"]["customer"] == "Acme"
        assert all(row["access"] for row in told["permissions"])
        assert any(row["proved"] for row in told["permissions"])
        assert not [body for body in taken.bodies if PASSWORD.encode() in body or b"Acme" in body]
        await stage.becomes(lambda link: link.handed)
        assert stage.vault()
        tenant.revoke_permission(GROUP, "Job Requisition Data")
        tenant.revoke_permission(GROUP, "Job Requisitions for Recruiting")
        tenant.activate_pending_security_policy_changes("Tidying up")
        await stage.days(2)
        told = await taken.gets("link.linked", "link.attention")
        assert told["issue"]["reason"] == "permissions_missing"
        assert "account" not in told
        stage.grant(tenant)
        tenant.activate_pending_security_policy_changes("Back")
        await stage.days(2)
        told = await taken.gets("link.linked", "link.attention", "link.recovered")
        assert told["issue"] is None, "what has passed is no issue"
        late = backend.payload(RULES, stage.link, {}, "late", Handed.ATTENTION)
        assert late["issue"]["reason"] == "permissions_missing", "late news still says what it is about"
        tenant.change_password(ISU, PASSWORD + "2")
        await stage.said()[0].choose("press.menu", "Enter the new password", by=stage.ada)
        assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "2"})).closed
        told = await taken.gets("link.linked", "link.attention", "link.recovered", "link.relinked")
        assert told["account"]["password"] == PASSWORD + "2"
        assert not [call for call in stage.slack.calls if PASSWORD + "2" in json.dumps(call.args)]


async def test_what_is_not_taken_is_tried_again_and_told_after_eight_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        taken.refuse = 9
        await stage.to_linked()
        # Where all is slow, an hour may pass before a try has ended.
        for _ in range(60):
            await asyncio.sleep(0.05)
            await stage.later(hours=1)
            if taken.links():
                break
        told = await taken.gets("link.linked")
        assert told["account"]["password"] == PASSWORD
        assert len([message for message in stage.sam.dms if "backend has not taken" in message.text]) == 1
        ids = {json.loads(body)["type"] for body in taken.bodies}
        assert ids - {"audit.head"} == {"link.linked"}


async def test_secrets_are_forgotten_once_they_are_handed_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch, keep_secrets="until_handed_off") as (stage, taken):
        taken.refuse, taken.status, taken.page = 1, 200, LOG_IN
        await stage.to_linked()
        await until(lambda: stage.app.database.run_sync(last_error), 5, lambda: "the page was taken")
        assert stage.vault(), "a log-in before the backend has stored nothing"
        await stage.later(minutes=5)
        await taken.gets("link.linked")
        await stage.becomes(lambda link: link.handed)
        await stage.ada.sees("I have forgotten mine")
        assert not stage.vault()
        assert stage.link.status is Status.LINKED
        (line,) = exported(stage.app.database, stage.settings(vendor_name="Wintro", **stage.more))
        key = ECKey.import_key((tmp_path / "private.pem").read_text())
        pulled = json.loads(jwe.decrypt_compact(line, key).plaintext or b"")
        assert (pulled["type"], "account" in pulled) == ("link.resumed", False), "there is nothing to bring any more"
        asked = len(stage.workday.requests)
        await stage.days(3)
        assert len(stage.workday.requests) == asked, "nothing signs in any more"
        await stage.said()[0].choose("press.menu", "Enter the new password", by=stage.ada)
        assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD})).closed
        told = await taken.gets("link.linked", "link.relinked")
        assert told["account"]["password"] == PASSWORD
        await stage.becomes(lambda link: not link.secrets)


async def test_secrets_that_were_kept_are_forgotten_once_the_settings_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.to_linked()
        await taken.gets("link.linked")
        await stage.quiet()
        assert stage.vault()
        await stage.stop()
        await stage.start(keep_secrets="until_handed_off")
        await stage.days(2)
        assert not stage.vault()
        await stage.ada.sees("I have forgotten mine")


async def test_a_password_that_changes_while_the_backend_is_told_is_brought_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch, keep_secrets="until_handed_off") as (stage, taken):

        def told_in_slack() -> bool:
            waiting = select(ErrandRow.id).where(ErrandRow.kind != "HandOff", col(ErrandRow.settled_at).is_(None))
            return not stage.app.database.run_sync(lambda session: session.exec(waiting).all())

        # No card waits for a backend that hangs, even where there are no more hands than one for each.
        monkeypatch.setattr(worker, "AT_ONCE", dict.fromkeys(Hands, 1))
        taken.hold = asyncio.Event()
        tenant = await stage.to_linked()
        await until(lambda: taken.bodies or None, 5, lambda: "the backend is told nothing")
        await until(lambda: True if told_in_slack() else None, 5, lambda: "Slack is behind")
        old = stage.link.secrets
        tenant.change_password(ISU, PASSWORD + "2")
        await stage.said()[0].choose("press.menu", "Enter the new password", by=stage.ada)
        assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "2"})).closed
        await stage.becomes(lambda link: link.secrets != old and not link.attempt.checking)
        await until(lambda: True if told_in_slack() else None, 5, lambda: "Slack waits for the backend")
        taken.hold.set()
        told = await taken.gets("link.linked", "link.relinked")
        assert told["account"]["password"] == PASSWORD + "2"
        await stage.becomes(lambda link: not link.secrets)
        assert not stage.vault()


async def test_a_backend_that_drips_is_one_that_does_not_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now: set[asyncio.Task[None] | None] = set()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while not writer.is_closing():
                writer.write(b"x-drop: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        open_now.discard(asyncio.current_task())

    monkeypatch.setattr(backend, "DEADLINE", 0.3)
    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server, handing(tmp_path, monkeypatch) as (stage, _):
        await stage.stop()
        port = server.sockets[0].getsockname()[1]
        await stage.start(handoff_url=SecretStr(f"http://127.0.0.1:{port}/"))
        await stage.to_linked()

        await until(lambda: stage.app.database.run_sync(last_error), 5, lambda: "it waits for ever")
        assert stage.app.database.run_sync(last_error) == "TimeoutError"
        assert not stage.link.handed
        await stage.stop()
        await until(lambda: not open_now or None, 5, lambda: "a connection stays open")


async def test_an_idle_link_forgets_its_password_and_goes_on_with_a_new_one(stage: Stage) -> None:
    await stage.to_activation()
    assert stage.vault()
    stage.clock.offset += timedelta(days=91)
    await stage.later(hours=1)
    await stage.quiet()
    await stage.ada.sees("I have forgotten the password")
    assert not stage.vault()
    tenant = stage.tenant()
    tenant.maintain_password_rules(exempt=[ISU])
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await stage.enter(button="Enter it again")
    await stage.is_linked()


async def test_a_customer_is_forgotten_with_a_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.to_linked(Customer="E*TRADE & Co")
        await taken.gets("link.linked")
        link = stage.link
        receipt = stage.forget(link.id)
        assert "secrets shredded now: 1" in receipt
        assert link.id in receipt
        assert "(E*TRADE & Co)" in receipt, "a terminal shows no markup"
        assert not stage.vault()
        stage.app.courier.kick()
        await taken.gets("link.linked", "link.forgotten")
        await stage.ada.sees("I keep no password and no key")
        await stage.quiet()
        await stage.app.ticker.clean()
        assert not stage.links()
        assert "Acme" not in str(stage.app.database.run_sync(_everything_stored))
        assert stage.forget(link.id) == ""


def _everything_stored(session: Session) -> list[object]:
    rows: list[object] = []
    for table in (LinkRow, MessageRow, ErrandRow, SecretRow, AuditRow):
        rows += [row.model_dump() for row in session.exec(select(table)).all()]
    assert any("link_id" in row for row in rows if isinstance(row, dict)), "the audit stays"
    return rows


async def test_links_are_pulled_instead_of_pushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.to_linked()
        pushed = await taken.gets("link.linked")
        settings = stage.settings(vendor_name="Wintro", **stage.more)
        (line,) = exported(stage.app.database, settings)
        assert PASSWORD not in line
        key = ECKey.import_key((tmp_path / "private.pem").read_text())
        pulled = json.loads(jwe.decrypt_compact(line, key).plaintext or b"")
        assert {**pulled, "id": ""} == {**pushed, "id": ""}
        bare = stage.settings(vendor_name="Wintro")
        with pytest.raises(ValueError, match="HANDOFF_PUBLIC_KEY"):
            list(exported(stage.app.database, bare))


async def test_a_backend_that_is_gone_is_left_alone_and_staff_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        taken.refuse, taken.status = 99, 410
        await stage.to_linked()
        await until(lambda: taken.bodies or None, 5, lambda: "the backend is told nothing")
        await stage.quiet()
        for _ in range(3):
            await stage.later(hours=1)
        assert len([body for body in taken.bodies if b"audit.head" not in body]) == 1
        assert [message for message in stage.sam.dms if "takes nothing more at HANDOFF_URL" in message.text]
        assert not stage.link.handed


async def test_a_backend_that_asks_for_time_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        taken.refuse, taken.retry_after = 1, "1800"
        await stage.to_linked()
        await until(lambda: taken.bodies or None, 5, lambda: "the backend is told nothing")
        await asyncio.sleep(0.1)
        await stage.later(minutes=20)
        await asyncio.sleep(0.2)
        assert len(taken.bodies) == 1
        await stage.later(minutes=11)
        await taken.gets("link.linked")


async def test_the_signing_secret_changes_without_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = "whsec_" + "B" * 44
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.stop()
        await stage.start(handoff_signing_secret=SecretStr(f"{new},{SECRET}"))
        await stage.to_linked()
        await taken.gets("link.linked")
        protected = json.loads(taken.bodies[0])["data"]["jwe"].partition(".")[0]
        header = json.loads(base64.urlsafe_b64decode(protected + "=="))
        assert header["kid"] == ECKey.import_key((tmp_path / "public.pem").read_text()).thumbprint()


def test_a_pause_is_asked_for_in_seconds_or_as_a_date() -> None:
    now = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    asked = {
        "30": 30,
        "Sat, 28 Nov 2026 09:02:00 GMT": 120,
        "Sat, 28 Nov 2026 08:00:00 GMT": 0,
        "Sat, 28 Nov 2026 09:02:00 -0000": 0,
        "soon": 0,
        "": 0,
        "-5": 0,
        "9" * 400: 999999999,
    }
    assert {text: backend.pause_of(text, now) for text in asked} == asked


async def test_the_head_of_the_audit_is_brought_once_a_day_and_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        await stage.begin()
        stage.clock.set((stage.clock() + timedelta(days=1)).replace(hour=12))
        await stage.later(seconds=0)
        await stage.later(days=1)
        await until(lambda: taken.heads() or None, 10, lambda: "no head was told")
        (told,) = taken.heads()
        assert set(told) == {"schema", "id", "type", "audit"}
        head, at = told["audit"]["head"], datetime.fromisoformat(told["audit"]["at"])
        await stage.later(hours=1)
        await stage.quiet()
        assert taken.heads() == [told]

        def now_told() -> str:
            found = stage.app.database.run_sync(lambda session: audit.head(session, at))
            return found.digest

        assert now_told() == head
        rewritten = update(AuditRow).values(actor="U0EVE", digest="0" * 64)
        stage.app.database.run_sync(lambda session: session.exec(rewritten))
        assert now_told() != head
        cut = delete(AuditRow)
        stage.app.database.run_sync(lambda session: session.exec(cut))
        assert now_told() != head
        await stage.later(days=1)
        await until(lambda: taken.heads()[1:] or None, 10, lambda: "no second head was told")


def sample(number: int, **names: object) -> dict[str, Any]:
    """Run one of the programs of the guide, as it stands there."""
    found = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[number]
    given = dict(names)
    exec(compile(found, str(GUIDE), "exec"), given)  # noqa: S102  the guide's own example
    return given


@pytest.mark.parametrize("broker", ["off", "on"])
async def test_a_link_without_a_password_is_handed_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broker: str
) -> None:
    more = {"permissions_file": secretless.every_way(tmp_path), "public_url": "https://link.example"}
    async with handing(tmp_path, monkeypatch, token_broker=broker, keep_secrets="until_handed_off", **more) as both:
        stage, taken = both
        tenant, client = await secretless.to_linked(stage)
        told = await taken.gets("link.linked")
        assert (told["sign_in"], told["account"]["password"], told["api_client"]) == ("key", None, None)
        assert told["key"]["client_id"] == client.client_id
        if broker == "off":
            assert told["key"]["token_broker"] is None
            private = load_pem_private_key(told["key"]["private_key"].encode(), None)
            assert isinstance(private, RSAPrivateKey)
            claims = {"iss": client.client_id, "sub": ISU, "aud": told["key"]["audience"]}
            signed = Pair(private).signed(**claims, exp=stage.clock.seconds() + 300)
            await stage.becomes(lambda link: not link.setup.can_sign_in)
            assert not stage.vault()
            form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}
            async with httpx.AsyncClient(base_url=stage.workday.origin) as http:
                assert (await http.post(f"/ccx/oauth2/{TENANT}/token", data=form)).status_code == 200
            return
        assert told["key"]["private_key"] is None
        assert told["key"]["token_broker"] == "https://link.example/workday-tokens"
        assert len(stage.vault()) == 1, "the key never leaves, so it is not forgotten either"
        told["key"]["token_broker"] = at = f"http://127.0.0.1:{stage.app.port}/workday-tokens"
        fetch = sample(1)["token"]
        got = await fetch(told)
        assert (got["link"], got["reason"]) == (stage.link.id, "ok")
        assert got["access_token"] in tenant.api.access_tokens
        linked = await stage.ada.sees("What I keep")
        assert "until the link is ended" in linked.text, "the key never leaves"
        await stage.said()[0].choose("press.menu", "Pause", by=stage.ada)
        await stage.becomes(lambda link: link.status is Status.PAUSED)
        with pytest.raises(httpx.HTTPStatusError, match="404"):
            await fetch(told)
        await stage.quiet()
        await stage.said()[0].press("Continue where we stopped", by=stage.ada)
        await stage.becomes(lambda link: link.status is Status.LINKED)
        tenant.edit_api_client(client, disabled=True)
        got = await fetch(told)
        assert (got["access_token"], got["reason"]) == (None, "jwt_unknown_client")
        document = stage.app.database.run_sync(lambda session: session.exec(select(LinkRow.document)).one())
        with pytest.raises(httpx.HTTPStatusError, match="404"):
            await fetch({**told, "link": {"id": "nobody's"}})
        stage.app.database.run_sync(lambda session: session.exec(update(LinkRow).values(document="{}")))
        with pytest.raises(httpx.HTTPStatusError, match="503"):
            await fetch(told)
        stage.app.database.run_sync(lambda session: session.exec(update(LinkRow).values(document=document)))
        async with httpx.AsyncClient() as http:
            stamp = str(int(stage.clock.seconds()))
            for headers in (
                {},
                {"webhook-timestamp": "1"},
                {"webhook-timestamp": stamp},
                {"webhook-timestamp": stamp, "webhook-id": "x", "webhook-signature": "v1,é"},
            ):
                sent = [(name.encode(), value.encode()) for name, value in headers.items()]
                assert (await http.post(at, content=b"{}", headers=sent)).status_code == 401
