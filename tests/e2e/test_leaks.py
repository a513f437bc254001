"""The canary: marked secrets go through the real app at its most talkative; nobody may hear them again."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from copy import deepcopy
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flows.permissions import load_permissions
from sandbox.slack import Message, Modal, Shape, SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import Tenant, WorkdaySandbox
from tests.support.api_client import SCOPES, enter
from tests.support.backdrop import CHANNEL, HOST, ISU, TENANT, Clock
from tests.support.collector import collector
from tests.support.forked import Child
from tests.support.ports import free_port
from tests.support.receiver import SECRET, receiver
from tests.support.stage import Stage
from tests.support.vault_server import TransitServer, serve

PROFILE = ("Absence_data", ["Needed: adds the API client step"])


class Canaries:
    """Secrets of every kind, each recognisable in any encoding, and all that were used."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def __call__(self, kind: str) -> str:
        secret = f"Canary{len(self.used)}{kind.title()}9QzX"
        self.used.append(secret)
        return secret

    def found_in(self, where: bytes) -> list[str]:
        return [secret for secret in self.used if any(shape in where for shape in shapes(secret))]


def shapes(secret: str) -> list[bytes]:
    """Give a secret as it is, in other cases, cut, and in the encodings that could carry it."""
    plain = secret.encode()
    inside = [base64.b64encode(before + plain)[len(before) + 1 : -4] for before in (b"", b"x", b"xx")]
    return [plain, plain.lower(), plain.upper(), plain[: len(plain) - 3], plain.hex().encode(), *inside]


@pytest.mark.parametrize("before", [b"", b"x", b"xx", b"user:"])
def test_the_canary_is_seen_in_every_shape(before: bytes) -> None:
    canary = Canaries()
    secret = canary("shape")
    told = base64.b64encode(before + secret.encode() + b" and more")
    for shown in (secret.encode(), secret.lower().encode(), secret.encode().hex().encode(), told):
        assert canary.found_in(b"..." + shown + b"...") == [secret]
    assert canary.found_in(b"Canary and others") == []


def files(folder: Path) -> dict[str, bytes]:
    """Read the database with its side files, and the log."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def read(port: int, path: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return await answer.read()


def submission(stage: Stage) -> dict[str, Any]:
    """Give the newest form that was sent, as Slack delivered it."""
    log = reversed(stage.slack.delivery.log)
    return deepcopy(next(one.payload for one in log if one.payload.get("type") == "view_submission"))


async def misuse(stage: Stage, canary: Canaries, *, is_http: bool) -> None:
    """Send what goes wrong on its way in, each with a secret in it."""
    stage.slack.ack_seconds = 0.5
    payload = submission(stage)
    (secret_block,) = [name for name in payload["view"]["state"]["values"] if name.startswith("password")]
    values = payload["view"]["state"]["values"]
    values[secret_block]["password"]["value"] = canary("broken")
    broken = deepcopy(payload)
    broken["view"]["state"]["values"][secret_block] = [canary("listener")]
    await stage.slack.press_raw(broken)
    unknown = deepcopy(payload)
    unknown["view"]["private_metadata"] = json.dumps({"form": canary("metadata")})
    await stage.slack.press_raw(unknown)
    unknown["view"]["callback_id"] = canary("callback")
    await stage.slack.press_raw(unknown)
    stray = {"type": "block_actions", "user": {"id": "U", "team_id": "T"}, "actions": [{"value": canary("value")}]}
    await stage.slack.press_raw(stray | {"response_url": "http://127.0.0.1:9/x", "channel": {"id": "C"}})
    event = {"type": "channel_id_changed", "old_channel_id": canary("event")}
    await stage.slack.deliver_raw("event", {"type": "event_callback", "team_id": "T0WINTRO", "event": event})
    await stage.sam.command("/link-workday", canary("command"), channel="ext-acme-wintro")
    stage.slack.ack_seconds = 3
    if not is_http:
        return
    assert (await stage.slack.deliver_raw("interactive", payload, secret="0" * 32)).status == 401
    assert (await stage.slack.deliver_raw("interactive", payload, timestamp=1_000_000_000)).status == 401
    delivery = stage.slack.delivery
    form = "application/x-www-form-urlencoded"
    for body in (
        f'payload={{"type": "view_submission", "x": "{canary("cut")}',
        f"payload=[[[[{canary('nested')}",
        f'payload=["{canary("list")}"]',
    ):
        reply = await delivery.post_raw(body.encode(), delivery.signed(body.encode(), form))
        assert reply.status < 500, body


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_no_secret_is_seen_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    clock, canary, port = Clock(), Canaries(), free_port()
    inside, outside = tmp_path / "app", tmp_path / "backend"
    inside.mkdir()
    outside.mkdir()
    vault = TransitServer(token=canary("vault"))
    vault.create("link-workday")
    async with (
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
        receiver(outside, monkeypatch, clock.seconds) as backend,
        collector() as traces,
    ):
        more = {"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        more |= {"HANDOFF_URL": backend.url, "HANDOFF_SIGNING_SECRET": SECRET}
        more |= {"HANDOFF_PUBLIC_KEY": str(outside / "public.pem"), "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url}
        if mode == "socket":
            more["SLACK_APP_TOKEN"] = slack.app_token
        with serve(vault):
            more |= {"VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.token, "CREDENTIAL_KEYS": "hsm:vault:link-workday"}
            child = Child(inside, slack, workday, {HOST: TENANT}, **more)
            await child.start()
            stage = Stage(slack, workday, clock, inside)
            try:
                tenant = await story(stage, canary, is_http=mode == "http")
                await until(lambda: True if backend.types()[1:] else None, 20, lambda: str(backend.types()))
                seen = {
                    "Slack": slack.transcript_bytes(),
                    "backend": b"".join(backend.bodies),
                    "Vault": str(vault.asked).encode(),
                    "metrics": await read(port, "/metrics"),
                    "readyz": await read(port, "/readyz"),
                }
                if mode == "http":
                    seen |= await commands(child, inside)
                seen |= files(inside)
                assert await child.stop() == 0
                seen["traces"] = b"".join(traces.bodies)
                seen |= {f"{name} at rest": content for name, content in files(inside).items()}
            finally:
                await child.kill()
    assert len(seen["link.db"]) > 10_000
    assert b"ready" in seen["app.log"]
    assert b"slack chat.postMessage" in seen["traces"]
    assert tenant.workers
    for where, content in seen.items():
        assert canary.found_in(content) == [], where
        assert [
            one for one in tenant.workers if one.descriptor.encode() in content or one.wid.encode() in content
        ] == []
        assert slack.bot_token.encode() not in content or where == "Slack", where
        assert slack.signing_secret.encode() not in content, where
        assert slack.app_token.encode() not in content or where == "Slack", where
        assert SECRET.encode() not in content, where
        assert not re.search(rb"/form/[A-Za-z0-9_-]{43}", content) or where == "Slack", where


async def commands(child: Child, inside: Path) -> dict[str, bytes]:
    """Run what an operator runs beside the app; it is the same however Slack is spoken to."""
    listed = await child.ask("links", "list")
    link = listed.decode().split()[0]
    told = {
        "links list": listed,
        "plan": await child.ask("plan", "--until", "2027-12-31"),
        "links show": await child.ask("links", "show", link),
        "links export": await child.ask("links", "export", "--to", str(inside / "links.jwe")),
        "audit export": await child.ask("audit", "export"),
        "forget": await child.ask("forget", link),
    }
    assert b'"status": "linked"' in told["links show"]
    assert b'"what": "sent.isu"' in told["audit export"]
    assert b'"what": "sent.rotate.web"' in told["audit export"]
    assert (inside / "links.jwe").read_bytes().startswith(b"ey")
    return told


async def story(stage: Stage, canary: Canaries, *, is_http: bool) -> Tenant:
    """Walk a whole link with absence data, with every slip that has a secret in it."""
    valid = canary("valid")
    tenant = stage.tenant(password=valid)
    await stage.to_isu(**{PROFILE[0]: PROFILE[1]})
    await stage.enter(canary("wrong"))
    await stage.ada.sees("invalid username or password", timeout=10)
    card = await stage.ada.sees("Enter it again")
    await card.press("Enter it again")
    modal: Modal = await stage.ada.modal("Integration user")
    await modal.fill({"User name": "https://impl.workday.com/acme", "Password": canary("beside")})
    assert (await modal.submit()).errors
    await modal.close()
    await misuse(stage, canary, is_http=is_http)
    await stage.ada.says(f"the password is {canary('thread')}", thread=card)
    await stage.ada.whispered("looks like a password")
    await posting(stage, canary, card)
    await wrong_boxes(stage, canary)
    await stage.enter(valid, button="Enter it again")
    await (await stage.ada.sees("I've exempted it", timeout=15)).press("I've exempted it")
    await (await stage.ada.sees("Group created")).press("Group created")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    rows = load_permissions(None).rows("recruiting", absence=True)
    tenant.create_security_group("ISSG_Wintro")
    tenant.assign_integration_system_users("ISSG_Wintro", [ISU])
    wanted: dict[str, list[str]] = {}
    for row in rows:
        wanted.setdefault(row.policy, []).append(row.access.value)
    tenant.maintain_permissions("ISSG_Wintro", wanted)
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("Activated")).press("Activated")
    await stage.ada.sees("Enter the three values", timeout=20)
    client = tenant.register_api_client_for_integrations("Client", scopes=SCOPES)
    token = tenant.manage_refresh_tokens_for_integrations(client, ISU)
    canary.used += [client.client_secret, token]
    await wrong_client_boxes(stage, client.client_id, canary)
    await enter(stage, client.client_id, canary("secret"), canary("token"))
    await stage.ada.sees("invalid_client", timeout=10)
    await enter(stage, client.client_id, client.client_secret, token, button="Enter it again")
    await stage.ada.sees("Workday is linked", timeout=20)
    await in_other_places(stage, await rotate(stage, tenant, canary))
    return tenant


async def in_other_places(stage: Stage, ours: str) -> None:
    """Post what one link signs in with in the thread of the customer's other link, and in the channel."""
    linked = await stage.ada.sees("Link another environment")
    for _ in range(40):
        # While the new password is checked, a press changes nothing.
        await linked.press("Link another environment")
        if any(modal.title == "Another environment" for modal in stage.ada.modals):
            break
        await asyncio.sleep(0.25)
    assert (await stage.send(stage.ada, "Another environment", {"Workday environment": "Production"})).closed
    other = await stage.ada.sees("I can do this: start", timeout=10)
    for thread in (other, None):
        seen = len(stage.ada.whispers)
        await stage.ada.says(f"the password is {ours}", thread=thread, channel=CHANNEL)
        await until(partial(_is_told_more, stage, seen), 10, stage.ada.screen)
        assert "looks like a password" in stage.ada.whispers[-1].text


def _is_told_more(stage: Stage, seen: int) -> bool | None:
    return len(stage.ada.whispers) > seen or None


async def posting(stage: Stage, canary: Canaries, card: Message) -> None:
    """Give secrets away in every shape of a message, in the thread, beside it and in the channel."""
    beside = await stage.col.says("Lunch?", channel=CHANNEL)
    for shape, thread in zip(Shape, cycle((card, beside, None)), strict=False):
        await stage.ada.posts(shape, f"password: {canary('shape')}", thread=thread, channel=CHANNEL)
    await until(lambda: True if len(stage.ada.whispers) > len(Shape) else None, 40, stage.ada.screen)
    said = await stage.ada.says("a moment", channel=CHANNEL)
    await stage.ada.edits(said, f"pw: {canary('edit')}")
    await stage.ada.posts(Shape.PLAIN, f"https://isu:{canary('link')}@services1.myworkday.com/x", thread=card)
    await stage.ada.posts(Shape.PLAIN, f"<Password>{canary('xml')}</Password>", thread=card)


async def wrong_boxes(stage: Stage, canary: Canaries) -> None:
    """Type passwords where names belong; each is refused at its field."""
    same = canary("both")
    for user, password in ((f"{canary('name')}#1!", ISU), (same, same), (f"pw: {canary('label')}", canary("there"))):
        await (await stage.ada.sees("Enter it again")).press("Enter it again")
        modal: Modal = await stage.ada.modal("Integration user")
        await modal.fill({"User name": user, "Password": password})
        assert (await modal.submit()).errors, user
        await modal.close()


async def wrong_client_boxes(stage: Stage, client_id: str, canary: Canaries) -> None:
    """Type the client's secret where its ID belongs; the field says so, and the ID beside it is said to be none."""
    same = canary("twice")
    await (await stage.ada.sees("Enter the three values")).press("Enter the three values")
    modal: Modal = await stage.ada.modal("API client")
    for typed in ((f"{canary('id')}#1!", client_id, canary("behind")), (same, same, canary("third"))):
        await modal.fill(dict(zip(("Client ID", "Client Secret", "Refresh Token"), typed, strict=True)))
        assert "Client ID" in (await modal.submit()).errors, typed
    await modal.close()


async def rotate(stage: Stage, tenant: Tenant, canary: Canaries) -> str:
    """Change the password past Slack: a wrong one, one beside a wrong field, one in the address, the right one."""
    newer = canary("newer")
    menu = "Enter the new password"
    await until(lambda: True if menu in str(stage.said()[0].blocks) else None, 10, lambda: stage.said()[0].text)
    await stage.said()[0].choose("press.menu", menu, by=stage.ada)
    modal = await stage.ada.modal("New password")
    found = re.search(r"<(http://127\.0\.0\.1:\d+/form/[^|]+)\|", json.dumps(modal.blocks))
    assert found
    address = found[1]
    tenant.change_password(ISU, newer)
    async with aiohttp.ClientSession() as session:
        for form, status in (
            ({"password": f" {canary('blank')} "}, 422),
            ({canary("field"): canary("stray")}, 422),
            ({"password": newer}, 200),
            ({"password": canary("late")}, 410),
        ):
            async with session.post(address, data=form) as answer:
                assert answer.status == status, await answer.text()
                assert canary.found_in(await answer.read()) == []
        async with session.get(f"{address}?password={canary('query')}") as answer:
            assert answer.status == 410
    return newer
