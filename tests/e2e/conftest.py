"""The stage for a story: a Slack, a Workday, the real app between them, and a clock that can be moved."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.wiring import App
from sandbox.slack import SlackSandbox
from sandbox.slack.messages import Message
from sandbox.workday import Tenant, WorkdaySandbox
from storage.keyring import new_key

HOST = "wd2-impl-services1.workday.com"
TENANT = "acme_dpt1"
REST_URL = f"https://{HOST}/ccx/api/v1/{TENANT}"
UI_URL = f"https://impl.workday.com/{TENANT}/d/home.htmld"
PASSWORD = "correct horse <battery> & staple"
KEY = new_key("k1")


class Clock:
    """Real time plus an offset."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def seconds(self) -> float:
        return self().timestamp()

    def set(self, moment: datetime) -> None:
        self.offset += moment - self()


class Stage:
    """Everything a story needs, and the moves that many stories share."""

    def __init__(self, slack: SlackSandbox, workday: WorkdaySandbox, clock: Clock, folder: Path) -> None:
        self.slack = slack
        self.workday = workday
        self.clock = clock
        self.folder = folder
        self.app: App | None = None
        self.sam = slack.person("sam")
        self.kim = slack.person("kim")
        self.ada = slack.person("ada")
        self.col = slack.person("col")
        self.eve = slack.person("eve")
        self.channel = "ext-acme-wintro"

    def settings(self, **more: object) -> Settings:
        values: dict[str, object] = {
            "slack_bot_token": SecretStr(self.slack.bot_token),
            "slack_signing_secret": SecretStr(self.slack.signing_secret),
            "slack_api_url": self.slack.api_url,
            "port": 0,
            "database_url": f"sqlite:///{self.folder / 'link.db'}",
            "credential_keys": SecretStr(KEY),
            "workday_extra_origins": f"{HOST}={self.workday.origin}",
        }
        return Settings.model_validate(values | more)

    async def start(self, **more: object) -> App:
        self.app = App(self.settings(**more), clock=self.clock, tick_seconds=0.2)
        await self.app.start()
        if not more.get("slack_app_token"):
            self.slack.deliver_to(f"http://127.0.0.1:{self.app.port}/slack/events")
        return self.app

    async def stop(self) -> None:
        if self.app:
            await self.app.stop()
            self.app = None

    async def later(self, **duration: float) -> None:
        """Let time pass; what is due then happens."""
        self.clock.offset += timedelta(**duration)
        assert self.app
        await self.app.ticker.tick()

    def tenant(self, password: str = PASSWORD) -> Tenant:
        """Give Acme's tenant, with nothing but the integration user."""
        tenant = self.workday.tenant(TENANT)
        tenant.create_integration_system_user("ISU_Wintro", password=password, require_new_password=False)
        return tenant

    def grant(self, tenant: Tenant, *, without: tuple[str, ...] = (), profile: str = "recruiting") -> None:
        """Do in Workday what the card asks: group, membership, every permission of the profile."""
        assert self.app
        rows = self.app.engine.rules.permissions.rows(profile)
        tenant.create_security_group(
            "ISSG_Wintro", kind="Integration System Security Group (Unconstrained)"
        )
        tenant.assign_integration_system_users("ISSG_Wintro", ["ISU_Wintro"])
        wanted = {row.policy: row.access.value for row in rows if row.policy not in without}
        tenant.maintain_permissions("ISSG_Wintro", wanted)

    async def begin(self, admin: str = "@ada", **fields: object) -> Message:
        """Start a link as Sam; gives the welcome card as Ada sees it."""
        await self.sam.command("/link-workday", channel=self.channel)
        modal = await self.sam.modal("Link Workday")
        filled: dict[str, object] = {"Permission profile": "Recruiting"}
        if admin:
            filled["Workday admin"] = admin
        await modal.fill({**filled, **fields})
        outcome = await modal.submit()
        assert outcome.closed, outcome
        return await self.ada.sees("Welcome")

    async def to_service_url(self) -> Message:
        card = await self.begin()
        await card.press("I can do this")
        return await self.ada.sees("Paste the URL")

    async def paste(self, url: str = REST_URL) -> None:
        card = await self.ada.sees("Service URL", timeout=10)
        await card.press("Paste the URL")
        modal = await self.ada.modal("Workday service URL")
        await modal.fill({"Endpoint": url})
        assert (await modal.submit()).closed

    async def to_isu(self) -> Message:
        await self.to_service_url()
        await self.paste()
        return await self.ada.sees("Enter user name and password", timeout=10)

    async def enter(self, password: str, *, button: str = "Enter user name", user: str = "ISU_Wintro") -> None:
        card = await self.ada.sees(button)
        await card.press(button)
        modal = await self.ada.modal("Integration user")
        await modal.fill({"User name": user, "Password": password})
        outcome = await modal.submit()
        assert outcome.closed, outcome

    async def to_activation(self) -> Message:
        await self.to_isu()
        await self.enter(PASSWORD)
        await (await self.ada.sees("It is exempt now", timeout=10)).press("It is exempt now")
        await (await self.ada.sees("Group made")).press("Group made")
        await (await self.ada.sees("All in: go on")).press("All in")
        return await self.ada.sees("I activated: check")


@asynccontextmanager
async def staged(folder: Path, **more: object) -> AsyncIterator[Stage]:
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        stage = Stage(slack, workday, clock, folder)
        await stage.start(**more)
        try:
            yield stage
        finally:
            await stage.stop()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as built:
        yield built


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)
