"""Behind a company's proxy and its own authority: everything goes out one way, by settings and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select

from bot.config.settings import SettingsError
from bot.ops import check
from flows.diagnosis.observations import Transport
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from storage.tables import ErrandRow
from tests.support.backdrop import HOST, PASSWORD, Clock
from tests.support.company_network import SECRET, CompanyNetwork, company_network
from tests.support.receiver import SECRET as SIGNING
from tests.support.receiver import Receiving, receiver
from tests.support.stage import Stage

SLACK, SOCKET, BACKEND = "slack.com", "wss-primary.slack.com", "backend.wintro.example"


@asynccontextmanager
async def company(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **more: object
) -> AsyncIterator[tuple[Stage, CompanyNetwork, Receiving]]:
    """A stage where nothing is called but `https` names, which lead somewhere for the proxy alone."""
    clock = Clock()
    async with (
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
        receiver(folder, monkeypatch, clock.seconds) as taken,
    ):
        slack_port, workday_port = urlsplit(slack.api_url).port or 0, urlsplit(workday.origin).port or 0
        fronts = {SLACK: slack_port, SOCKET: slack_port, HOST: workday_port, BACKEND: urlsplit(taken.url).port or 0}
        async with company_network(folder, fronts) as network:
            slack.core.origin = f"https://{SOCKET}"
            stage = Stage(slack, workday, clock, folder)
            stage.more = {
                "slack_api_url": f"https://{SLACK}/api/",
                "workday_extra_origins": "",
                "outbound_proxy": SecretStr(network.proxy),
                "ca_file": network.ca_file,
                "handoff_url": SecretStr(f"https://{BACKEND}/workday-links"),
                "handoff_signing_secret": SecretStr(SIGNING),
                "handoff_public_key": folder / "public.pem",
                "heartbeat_url": SecretStr(f"https://{BACKEND}/beat"),
            } | more
            try:
                yield stage, network, taken
            finally:
                await stage.stop()


@pytest.mark.parametrize("is_socket", [False, True], ids=["http", "socket mode"])
async def test_a_link_goes_through_the_proxy_from_the_first_press_to_the_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_socket: bool
) -> None:
    async with company(tmp_path, monkeypatch) as (stage, network, taken):
        if is_socket:
            stage.more["slack_app_token"] = SecretStr(stage.slack.app_token)
        await stage.start()
        await stage.to_linked()
        assert (await taken.gets("link.linked"))["account"]["password"] == PASSWORD
        await stage.later(minutes=2)
        stage.check()
        names = {SLACK, HOST, BACKEND} | ({SOCKET} if is_socket else set())
        assert set(network.let_through) == {f"{name}:443" for name in names}
        assert not network.refused


async def test_what_the_proxy_blocks_is_said_and_is_nobodys_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with company(tmp_path, monkeypatch) as (stage, network, _):
        await stage.start()
        await stage.to_service_url()
        network.block(HOST)
        await stage.paste()
        await stage.becomes(lambda link: link.attempt.trouble)
        trouble = stage.link.attempt.trouble
        assert trouble
        assert trouble.evidence
        assert trouble.evidence.transport is Transport.PROXY
        await stage.ada.sees("A firewall or proxy turned my question away before Workday itself answered")
        network.blocked.clear()


async def test_slack_goes_on_where_it_was_when_the_proxy_lets_it_through_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the proxy refused is certainly not done: nothing is doubtful, nothing is doubled."""
    async with company(tmp_path, monkeypatch) as (stage, network, _):
        await stage.start()
        card = await stage.to_expiry()
        await stage.quiet()
        posts = len(stage.said())
        network.block(SLACK)
        await card.press("I've exempted it")
        await until(lambda: f"403 {SLACK}:443" in network.refused or None, 5, lambda: str(network.refused))
        await asyncio.sleep(0.2)
        assert len(stage.said()) == posts
        assert not [row for row in stage.app.database.run_sync(waiting) if row.doubtful]
        network.blocked.clear()
        await stage.later(seconds=10)
        await stage.ada.sees("Group created")
        assert not stage.doubled()


async def test_serve_names_the_setting_that_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with company(tmp_path, monkeypatch) as (stage, network, _):
        wrong: dict[str, dict[str, object]] = {
            "OUTBOUND_PROXY: the proxy does not let us through to Slack (407)": {
                "outbound_proxy": SecretStr(network.proxy.replace("link:", "somebody:"))
            },
            "OUTBOUND_PROXY: the proxy does not answer": {"outbound_proxy": SecretStr("http://127.0.0.1:9")},
            "CA_FILE: Slack's certificate is not trusted": {"ca_file": None},
        }
        right = dict(stage.more)
        for line, values in wrong.items():
            stage.more = {**right, **values}
            with pytest.raises(SettingsError) as no:
                await stage.start()
            assert line in str(no.value)
            assert SECRET not in str(no.value)


async def test_check_tells_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with company(tmp_path, monkeypatch) as (stage, network, _):
        network.targets[f"{check.WORKDAY}:443"] = network.targets[f"{HOST}:443"]
        settings = stage.settings(**stage.more)
        monkeypatch.setattr(check, "load_settings", lambda: settings)
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        said: list[str] = []
        await check.answer(said.append)
        told = "\n".join(said)
        assert "HTTPS_PROXY: not read; OUTBOUND_PROXY and OUTBOUND_NO_PROXY count." in told
        assert f"OUTBOUND_PROXY: everything is called through 127.0.0.1:{network.port}, but localhost" in told
        assert "CA_FILE: the authorities in" in told
        assert "Slack: Wintro knows us." in told
        assert "HANDOFF_URL: your backend takes a signed ping." in told
        assert "Workday: not reached through the proxy (SSLCertVerificationError);" in told, "it is another name's"
        network.blocked |= {f"{check.WORKDAY}:443", f"{BACKEND}:443"}
        said.clear()
        assert await check.answer(said.append) == 1
        told = "\n".join(said)
        assert "failed   Workday: not reached through the proxy (the proxy says 403);" in told
        assert "failed   HANDOFF_URL: nobody answers there (the proxy says 403)." in told
        assert SECRET not in told


async def test_the_environment_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is no way out: not for Workday, the backend, the heartbeat."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with company(tmp_path, monkeypatch) as (stage, network, taken):
        await stage.start()
        await stage.to_linked()
        await taken.gets("link.linked")
        await until(lambda: f"{BACKEND}:443" in network.let_through or None, 5, lambda: str(network.let_through))


def waiting(session: Session) -> Sequence[ErrandRow]:
    return session.exec(select(ErrandRow).where(col(ErrandRow.settled_at).is_(None))).all()
