"""The first hour with a live tenant: what nobody has settled is asked, and the report names nobody."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from bot.ops.doctor import examined
from tests.support import secretless
from tests.support.backdrop import HOST, ISU, TENANT
from tests.support.secretless import choosing
from tests.support.stage import Stage


async def report(stage: Stage) -> dict[str, Any]:
    text = await asyncio.to_thread(examined, stage.app.database, stage.settings(), stage.link.id)
    for name in (HOST, ISU, TENANT):
        assert name not in text
    found: dict[str, Any] = json.loads(text)
    return found


async def test_a_tenant_is_asked_with_a_key_in_two_shapes(tmp_path: Path) -> None:
    async with choosing(tmp_path) as stage:
        tenant, client = await secretless.to_linked(stage)
        found = await report(stage)
        assert found["versions"][-1] == "v46.2"
        assert "v47.0" not in found["versions"]
        assert (found["signs_in"], found["tokens_over_soap"]) == ("key", "taken")
        assert {line["rule"] for line in found["answers"]} >= {"reach-ok", "soap-version", "token-ok", "login-ok"}
        stage.workday.switches.soap_accepts_tokens = False
        tenant.max_version = (44, 0)
        found = await report(stage)
        assert (found["versions"][-1], found["tokens_over_soap"]) == ("v44.0", "refused")
        tenant.edit_api_client(client, disabled=True)
        assert (await report(stage))["tokens_over_soap"] == "not asked"
        assert tenant.sign_on_history() == []
        assert examined(stage.app.database, stage.settings(), "nobody's") == ""


async def test_a_tenant_is_asked_without_its_password(stage: Stage) -> None:
    tenant = await stage.to_linked()
    before = len(tenant.sign_on_history())
    assert (await report(stage))["tokens_over_soap"] == "not asked"
    assert len(tenant.sign_on_history()) == before
