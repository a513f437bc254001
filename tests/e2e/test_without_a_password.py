"""A link without a password: nothing secret passes through Slack, a form or a person's hands, and all is proved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.ops.doctor import examined
from flows.permissions import Way
from sandbox.slack import Message
from sandbox.workday import Oddity
from storage.credentials import store as vault
from tests.support import secretless
from tests.support.backdrop import ISU
from tests.support.key_pair import at, pair
from tests.support.receiver import handing
from tests.support.secretless import KEY_NAME, choosing, enter_client, registered, to_client
from tests.support.stage import Stage

BY_PASSWORD = 9
"""How often Ada presses and sends something in Slack until her link with a password is green."""


def clicks(stage: Stage) -> int:
    """Count what Ada has pressed and sent."""
    acts = [
        one.payload
        for one in stage.slack.delivery.log
        if one.payload.get("type") in {"block_actions", "view_submission"}
    ]
    return sum(act["user"]["id"] == stage.ada.id for act in acts)


async def test_the_whole_way_with_a_key(tmp_path: Path) -> None:
    async with choosing(tmp_path) as stage:
        tenant, _ = await secretless.to_linked(stage)
        assert clicks(stage) <= BY_PASSWORD
        assert tenant.sign_on_history() == [], "no password was sent, not one"
        kinds = {kind for request in stage.workday.requests for kind in request.signed_by}
        assert kinds == {"assertion", "bearer"}
        key = stage.link.setup.key
        assert key
        assert key.private
        ring = stage.settings().key_ring
        (sealed,) = stage.app.database.run_sync(lambda session: vault.find(session, [key.private]))  # type: ignore[list-item]
        private = vault.unseal(ring, sealed).get_secret_value()
        secrets = [private, *private.splitlines()[1:-1], *tenant.api.access_tokens, secretless.NEVER_TOLD]
        said = stage.slack.transcript_bytes()
        crossed = [secret for secret in secrets if secret.encode() in said]
        assert len(crossed) == 0, "secrets crossing Slack or the form"
        assert len(stage.vault()) == 1
        assert ISU in said.decode("utf-8", "replace")


async def test_each_thing_that_is_wrong_is_named_until_it_works(tmp_path: Path) -> None:
    async with choosing(tmp_path) as stage:
        stage.workday.switches.token_refusals_are_described = True
        card = await to_client(stage)
        client, tenant = registered(stage, card), stage.tenant()
        tenant.create_x509_public_key("another link's", pair(1).certificate(at(stage.clock.seconds())))
        modal_of = await stage.ada.sees("Enter the client ID")
        await modal_of.press("Enter the client ID")
        modal = await stage.ada.modal("API client")
        await modal.fill({"Client ID": pair(1).private_pem, "User name": ISU})
        outcome = await modal.submit()
        assert "private key" in outcome.errors["Client ID"]
        assert pair(1).private_pem.splitlines()[1] not in str(stage.link)
        await modal.fill({"Client ID": client.client_id, "User name": "ISU_Wintr"})
        assert (await modal.submit()).closed
        await stage.ada.sees("does not let the user ISU_Wintr in", timeout=10)
        made = tenant.api.public_keys[KEY_NAME]
        faults: tuple[tuple[Callable[[], object], Callable[[], object], str], ...] = (
            (
                lambda: tenant.edit_api_client(client, x509_public_key="another link's"),
                lambda: tenant.edit_api_client(client, x509_public_key=KEY_NAME),
                "against another key",
            ),
            (
                lambda: tenant.delete_x509_public_key(KEY_NAME),
                lambda: tenant.api.public_keys.update({KEY_NAME: made}),
                "no public key for it any more",
            ),
            (
                lambda: tenant.edit_api_client(client, disabled=True),
                lambda: tenant.edit_api_client(client, disabled=False),
                "client is disabled",
            ),
            (
                lambda: client.fail(stage.clock.seconds(), 1, 30),
                lambda: None,
                "client is locked",
            ),
            (
                lambda: tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False),
                lambda: tenant.edit_tenant_setup_security(oauth_2_clients_enabled=True),
                "switched off",
            ),
            (
                lambda: setattr(client, "takes_assertions", False),
                lambda: setattr(client, "takes_assertions", True),
                "may not sign in with a key",
            ),
            (
                lambda: setattr(stage.workday.switches, "soap_accepts_tokens", False),
                lambda: setattr(stage.workday.switches, "soap_accepts_tokens", True),
                "and then refused it",
            ),
            (
                lambda: stage.workday.next_answers(Oddity.SERVICE_UNAVAILABLE, below="/ccx/oauth2"),
                lambda: None,
                "hands out access tokens is not answering",
            ),
        )
        for spoil, mend, words in faults:
            await stage.later(minutes=31)
            spoil()
            await enter_client(stage, client.client_id, button="Enter it again")
            trouble = await stage.ada.sees(words, timeout=10)
            assert "invalid username or password" not in trouble.text.partition("Workday's words")[0]
            mend()
        await stage.later(minutes=31)
        await stage.ada.sees("Group created", timeout=10)
        assert tenant.sign_on_history() == []


async def test_tries_of_a_client_are_counted_and_another_client_need_not_wait(tmp_path: Path) -> None:
    async with choosing(tmp_path) as stage:
        client = registered(stage, await to_client(stage))
        await enter_client(stage, "bm9ib2R5")
        for _ in range(4):
            await stage.quiet()
            await (await stage.ada.sees("does not take this client ID", timeout=10)).press("Check again")
        await stage.ada.sees("refused this API client several times", timeout=10)
        await enter_client(stage, client.client_id, button="Enter it again")
        await stage.ada.sees("Group created", timeout=10)


async def test_a_link_with_a_refresh_token_is_handed_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch, permissions_file=secretless.every_way(tmp_path)) as (stage, taken):
        card = await to_client(stage, "Start with an API client", "Generate New Refresh Token")
        tenant = stage.tenant()
        client = tenant.register_api_client_for_integrations("link", scopes=secretless.scopes_on(card))
        values = {"Client ID": client.client_id, "Client Secret": client.client_secret, "User name": ISU}
        for token in ("made-up-by-somebody", tenant.manage_refresh_tokens_for_integrations(client, ISU)):
            button = "Enter the values" if "made" in token else "Enter it again"
            await (await stage.ada.sees(button, timeout=10)).press(button)
            assert (await stage.send(stage.ada, "API client", {**values, "Refresh Token": token})).closed
            await stage.ada.sees("invalid_grant" if "made" in token else "Group created", timeout=10)
        await secretless.finish(stage, tenant)
        assert tenant.sign_on_history() == []
        assert len(stage.vault()) == 2
        told = await taken.gets("link.linked")
        assert (told["sign_in"], told["account"]["password"], told["key"]) == ("refresh_token", None, None)
        given = told["api_client"]
        pair_of = {"client_id": client.client_id, "client_secret": client.client_secret}
        assert given == {**pair_of, "refresh_token": token}
        form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
        async with httpx.AsyncClient(base_url=stage.workday.origin) as http:
            answer = await http.post(
                httpx.URL(told["workday"]["token_url"]).path,
                data=form,
                auth=(given["client_id"], given["client_secret"]),
            )
        assert answer.json()["access_token"] in tenant.api.access_tokens


async def test_a_link_changes_its_way_and_its_key_and_keeps_the_old_one_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with handing(tmp_path, monkeypatch, permissions_file=secretless.every_way(tmp_path)) as (stage, taken):
        tenant = await stage.to_linked()
        assert clicks(stage) == BY_PASSWORD
        card = await replacing(stage, "The way to sign in: a key, without a password")
        assert len(stage.vault()) == 2, "the password, and the new key"
        old = registered(stage, card)
        await enter_client(stage, old.client_id)
        first = await taken.gets("link.linked", "link.relinked")
        assert stage.link.setup.way is Way.KEY
        assert len(stage.vault()) == 1, "the password is forgotten once the key is proved"
        assert len(tenant.sign_on_history()) == tenant.logins(ISU).good
        card = await replacing(stage, "The key, or the API client that it signs in with")
        assert first["key"]["certificate"] not in card.text
        assert len(stage.vault()) == 2, "both keys"
        assert await signs_on(stage) == ["token-ok"], "with the old one"
        new = registered(stage, card, "the next key")
        await enter_client(stage, new.client_id)
        second = await taken.gets("link.linked", "link.relinked", "link.relinked")
        assert second["key"]["client_id"] == new.client_id
        assert second["key"]["private_key"] != first["key"]["private_key"]
        assert len(stage.vault()) == 1
        tenant.edit_api_client(old, disabled=True)
        assert await signs_on(stage) == ["token-ok"], "with the new one"


async def replacing(stage: Stage, what: str) -> Message:
    """Begin to replace a part of a finished link; gives the card with the new certificate."""
    await stage.quiet()
    await stage.said()[0].choose("press.menu", "Replace a part of the link", by=stage.ada)
    assert (await stage.send(stage.ada, "Replace a part", {"What is to be replaced?": what})).closed
    return await stage.ada.sees("BEGIN CERT", timeout=15)


async def signs_on(stage: Stage) -> list[str]:
    """Ask Workday for a token with what the link has in use, and say how it was answered."""
    report = await asyncio.to_thread(examined, stage.app.database, stage.settings(), stage.link.id)
    return [line["rule"] for line in json.loads(report)["answers"] if line["layer"] == "token"]


async def test_a_key_is_made_anew_and_sent_as_a_file(tmp_path: Path) -> None:
    async with choosing(tmp_path) as stage:
        card = await to_client(stage)
        await card.press("Get the certificate as a file")
        await stage.ada.sees("It is no secret", timeout=10)
        before = stage.link.setup.key
        await (await stage.ada.sees("BEGIN CERT")).press("Make a new key")
        await stage.becomes(lambda link: link.setup.key if link.setup.key not in {before, None} else None, timeout=15)
        assert len(stage.vault()) == 1
