"""The first hour with a live tenant: what nobody has settled is asked, and the report names nobody."""

from __future__ import annotations

import argparse
import asyncio
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.ops import doctor
from bot.ops.doctor import examined
from bot.ops.golden_cases import as_cases
from flows.diagnosis.answer_rules import diagnose
from storage.tables import AuditRow
from tests.support import secretless
from tests.support.backdrop import HOST, ISU, REST_URL, TENANT
from tests.support.golden import golden
from tests.support.key_pair import at, pair
from tests.support.secretless import choosing
from tests.support.stage import Stage


def read(text: str) -> dict[str, Any]:
    for name in (HOST, ISU, TENANT):
        assert name not in text
    found: dict[str, Any] = json.loads(text)
    return found


async def report(stage: Stage) -> dict[str, Any]:
    return read(await asyncio.to_thread(examined, stage.app.database, stage.settings(), stage.link.id))


def noted(stage: Stage) -> list[tuple[str, str]]:
    asked = select(AuditRow.link_id, AuditRow.role).where(col(AuditRow.what) == "operator.doctor")
    return [(link, role) for link, role in stage.app.database.run_sync(lambda session: session.exec(asked).all())]


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
        cases = tomllib.loads(as_cases(found))["case"]
        assert [case["rule"] for case in cases] == ["soap-version", "soap-bearer", "rest-forbidden"]
        assert [diagnose(golden(case)).rule_id for case in cases] == ["soap-version", "soap-bearer", "rest-forbidden"]
        tenant.edit_api_client(client, disabled=True)
        assert (await report(stage))["tokens_over_soap"] == "not asked"
        assert tenant.sign_on_history() == []
        assert examined(stage.app.database, stage.settings(), "nobody's") == ""
        assert noted(stage) == [(stage.link.id, "operator")] * 3


async def test_a_tenant_is_asked_without_its_password(stage: Stage) -> None:
    tenant = await stage.to_linked()
    before = len(tenant.sign_on_history())
    assert (await report(stage))["tokens_over_soap"] == "not asked"
    assert len(tenant.sign_on_history()) == before


async def test_a_tenant_without_a_link_is_asked_as_little_as_it_must(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = stage.tenant()
    tenant.create_x509_public_key("key", pair().certificate(at(stage.clock.seconds())))
    client = tenant.register_api_client("key", scopes=("System",), x509_public_key="key")
    integrations = tenant.register_api_client_for_integrations("token", scopes=("System",))
    token = tenant.manage_refresh_tokens_for_integrations(integrations, ISU)
    private, to = tmp_path / "private.pem", tmp_path / "report.json"
    private.write_text(pair().private_pem)
    prompts = {"Client Secret: ": integrations.client_secret, "Refresh Token: ": f" {token}\n"}
    monkeypatch.setattr(doctor, "getpass", prompts.__getitem__)
    parser = argparse.ArgumentParser()
    doctor.add_verb(parser)
    said: list[str] = []

    async def visit(*words: str) -> int:
        chosen = parser.parse_args(words)
        return await asyncio.to_thread(doctor.answer, chosen, stage.app.database, stage.settings(), said.append)

    for more, way, taken, reason in (
        ((), "not asked", "not asked", set()),
        (("--client", client.client_id, "--user", ISU, "--key", str(private)), "key", "taken", {"token-ok"}),
        (("--client", integrations.client_id), "refresh_token", "taken", {"token-ok"}),
        (("--client", "nobody", "--user", ISU, "--key", str(private)), "key", "not asked", {"jwt-client"}),
    ):
        assert await visit("--tenant", REST_URL, "--to", str(to), *more) == 0
        found = read(to.read_text())
        assert (found["signs_in"], found["tokens_over_soap"]) == (way, taken)
        assert {line["rule"] for line in found["answers"] if line["layer"] == "token"} == reason, said
        assert to.stat().st_mode & 0o077 == 0
    assert tenant.sign_on_history() == []
    assert noted(stage) == [("app", "operator")] * 4
    secrets = (integrations.client_secret, token, *pair().private_pem.splitlines()[1:-1])
    assert not any(secret in to.read_text() + "".join(said) for secret in secrets)
    said.clear()
    for words, why in (
        (("--tenant", "https://impl.workday.com"), "no address of a tenant"),
        (("--tenant", REST_URL, "--client", "c", "--key", str(private)), "--user"),
        (("--tenant", REST_URL, "--client", "c", "--user", ISU, "--key", str(tmp_path / "none")), "cannot be read"),
        (("--link", "nobody's"), "no link nobody's"),
    ):
        assert await visit(*words, "--to", str(to)) == 1
        assert why in said.pop()
    assert await visit("--tenant", REST_URL) == 2
    assert await visit("--tenant", REST_URL, "--to", str(tmp_path / "no" / "such" / "folder")) == 1
