"""What an admin does to link without a password: the certificate into Workday, an API client, its id into the form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from flows.permissions import BUILT_IN
from sandbox.slack import Message
from sandbox.workday import FUNCTIONAL_AREAS, ApiClient, Tenant
from tests.support.backdrop import ISU
from tests.support.stage import Stage, staged

NEVER_TOLD = "set once in Workday and told to nobody"
KEY_NAME = f"{ISU} key"
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


def every_way(folder: Path) -> Path:
    """Write a permissions file whose recruiting profile lets the customer choose."""
    text = BUILT_IN.read_text("utf-8").replace(
        "[profiles.recruiting]\n", '[profiles.recruiting]\nsign_in = ["password", "key", "refresh_token"]\n'
    )
    path = folder / "permissions.toml"
    path.write_text(text, "utf-8")
    return path


@asynccontextmanager
async def choosing(folder: Path, **more: Any) -> AsyncIterator[Stage]:  # noqa: ANN401  any setting
    async with staged(folder, permissions_file=every_way(folder), **more) as stage:
        yield stage


async def to_client(stage: Stage, start: str = "Start without a password", shows: str = "BEGIN CERT") -> Message:
    """Walk up to the step of the API client; gives its card."""
    card = await stage.begin()
    await card.press(start)
    assert (await stage.paste()).closed
    stage.tenant(NEVER_TOLD)
    await (await stage.ada.sees("User created", timeout=10)).press("User created")
    return await stage.ada.sees(shows, timeout=15)


def registered(stage: Stage, card: Message, key_name: str = KEY_NAME) -> ApiClient:
    """Do in Workday what the card says."""
    tenant = stage.tenant(NEVER_TOLD)
    found = CERTIFICATE.search(card.text)
    assert found, card.text
    tenant.create_x509_public_key(key_name, found[0])
    return tenant.register_api_client(f"{ISU} API client", scopes=scopes_on(card), x509_public_key=key_name)


def scopes_on(card: Message) -> list[str]:
    """Read the scopes that a card lists to copy."""
    return [area for area in FUNCTIONAL_AREAS if re.search(rf"^{re.escape(area)}$", card.text, re.MULTILINE)]


async def enter_client(stage: Stage, client_id: str, *, button: str = "Enter the client ID", user: str = ISU) -> None:
    await (await stage.ada.sees(button, timeout=10)).press(button)
    outcome = await stage.send(stage.ada, "API client", {"Client ID": client_id, "User name": user})
    assert outcome.closed, outcome


async def finish(stage: Stage, tenant: Tenant) -> Message:
    """Go on from the accepted API client to the end."""
    await (await stage.ada.sees("Group created", timeout=10)).press("Group created")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("Activated")).press("Activated")
    return await stage.is_linked()


async def to_linked(stage: Stage) -> tuple[Tenant, ApiClient]:
    """Walk the whole way without a slip and without a password."""
    card = await to_client(stage)
    client = registered(stage, card)
    await enter_client(stage, client.client_id)
    tenant = stage.tenant(NEVER_TOLD)
    await finish(stage, tenant)
    return tenant, client
