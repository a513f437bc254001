"""The keys are kept by Vault, and Vault is away now and then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot import encryption as sealing
from bot.config.settings import SettingsError
from flows.link.state import Status
from sandbox.slack.waiting import until
from storage import migrate
from storage.credentials.hashicorp_vault import VaultServer
from storage.credentials.keyring import KeyRing, KeyServiceError
from storage.database.transactions import Database
from storage.tables import ErrandRow
from tests.support.backdrop import ISU, PASSWORD
from tests.support.receiver import handing
from tests.support.stage import Stage, staged
from tests.support.vault_server import TOKEN, TransitServer, serve

UNSEALED = "Nothing was stored"


@pytest.fixture
def vault() -> Iterator[TransitServer]:
    with serve(TransitServer()) as server:
        server.create("link-workday")
        yield server


def kept_by(server: TransitServer) -> dict[str, Any]:
    return {
        "vault_addr": server.url,
        "vault_token": SecretStr(TOKEN),
        "credential_keys": SecretStr("hsm:vault:link-workday"),
    }


@pytest.fixture
async def stage(tmp_path: Path, vault: TransitServer) -> AsyncIterator[Stage]:
    async with staged(tmp_path, **kept_by(vault)) as ready:
        yield ready


async def test_a_whole_link_with_keys_that_never_leave_vault(stage: Stage, vault: TransitServer) -> None:
    await stage.to_linked()
    assert len(stage.vault()) == 1
    verbs = [verb for verb, _said in vault.asked]
    # The proof at the start, the keys of the marks, of the audit and its head and of the sheets, and the password.
    assert verbs.count("encrypt") == 6
    assert PASSWORD not in str(vault.asked)


async def test_what_cannot_be_sealed_is_not_kept_and_can_be_sent_again(stage: Stage, vault: TransitServer) -> None:
    stage.tenant()
    card = await stage.to_isu()
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    vault.is_sealed = True
    await modal.fill({"User name": ISU, "Password": PASSWORD})
    outcome = await modal.submit()
    assert list(outcome.errors) == ["Password"]
    assert UNSEALED in outcome.errors["Password"]
    assert not stage.vault()
    vault.is_sealed = False
    await modal.fill({"Password": PASSWORD})
    assert (await modal.submit()).closed
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_what_needs_no_key_goes_on_while_vault_is_away(stage: Stage, vault: TransitServer) -> None:
    await stage.to_service_url()
    vault.is_sealed = True
    assert (await stage.paste()).closed
    card = await stage.ada.sees("Enter user name and password", timeout=10)
    vault.is_sealed = False
    stage.tenant()
    await stage.enter()
    await stage.ada.sees("I've exempted it", timeout=10)
    vault.is_sealed = True
    before = len(stage.said())
    await stage.ada.says("help", thread=card)
    await until(lambda: True if len(stage.said()) > before else None, 10, lambda: "help is not answered")
    vault.is_sealed = False


async def test_a_key_service_that_drips_is_not_waited_for(
    vault: TransitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SECONDS", 0.5)
    server = VaultServer(address=vault.url, token=SecretStr(TOKEN))
    ring = KeyRing.parse("hsm:vault:link-workday", server.key)
    vault.answers = "drip"
    database = Database(f"sqlite:///{tmp_path}/x.db")
    migrate.upgrade(database)
    strongroom = sealing.Sealing(database, ring, lambda: datetime.now(UTC))
    with pytest.raises(KeyServiceError, match="takes too long"):
        await strongroom.seal("a", {"password": SecretStr(PASSWORD)})
    strongroom.close()


async def test_a_check_that_cannot_open_the_password_gives_the_button_back(stage: Stage, vault: TransitServer) -> None:
    tenant, card = await stage.to_activated()
    logins = tenant.logins(ISU)
    vault.is_sealed = True
    await card.press("Activated: check")
    trouble = await stage.ada.sees("interrupted on our side", timeout=10)
    assert tenant.logins(ISU) == logins
    vault.is_sealed = False
    await trouble.press(trouble.buttons[0])
    await stage.is_linked()


async def test_nobody_is_troubled_when_a_quiet_check_cannot_open_its_password(
    stage: Stage, vault: TransitServer
) -> None:
    tenant = await stage.to_linked()
    said = len(stage.said())
    vault.is_sealed = True
    await stage.days(3)
    assert stage.link.status is Status.LINKED
    assert stage.link.issue is None
    assert len(stage.said()) == said
    vault.is_sealed = False
    before = tenant.logins(ISU).good
    await stage.days(2)
    assert tenant.logins(ISU).good > before, "and it is looked at again"


async def test_the_hand_off_waits_for_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vault: TransitServer
) -> None:
    async with handing(tmp_path, monkeypatch, **kept_by(vault)) as (stage, taken):
        taken.refuse = 1
        await stage.to_linked()
        await until(lambda: True if taken.bodies else None, 10, lambda: "nothing was handed off")
        vault.is_sealed = True
        await stage.later(minutes=1)
        await until(lambda: True if "no_key" in errors(stage) else None, 10, lambda: str(errors(stage)))
        assert taken.types() == []
        vault.is_sealed = False
        await stage.later(minutes=2)
        told = await taken.gets("link.linked")
        assert told["account"]["password"] == PASSWORD


def errors(stage: Stage) -> list[str | None]:
    return stage.app.database.run_sync(lambda session: list(session.exec(select(ErrandRow.error)).all()))


async def test_the_app_does_not_start_without_its_keys(tmp_path: Path, vault: TransitServer) -> None:
    async with staged(tmp_path, **kept_by(vault)) as stage:
        await stage.stop()
        vault.is_sealed = True
        with pytest.raises(SettingsError, match=r"^CREDENTIAL_KEYS: the key hsm cannot be used; Vault: .*VaultDown"):
            await stage.start()
        vault.is_sealed = False
        vault.forbidden = {"decrypt"}
        with pytest.raises(SettingsError, match="may not use the key link-workday"):
            await stage.start()
