"""The world behind a story: a Slack, a Workday, the real app between them, and a clock that can be moved."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from sqlmodel import Session, col, select

from bot.app import App, Spans
from bot.config.settings import Settings
from bot.slack.rate_limits import Pacer
from bot.slack.reading.errand_marks import EVENT_TYPE
from flows.link.state import Link
from flows.workday.network import Network
from sandbox.slack import Message, SlackSandbox
from sandbox.workday import WorkdaySandbox
from storage import link_lists
from storage.credentials.keyring import new_key
from storage.tables import SecretRow
from tests.support.databases import migrated_sqlite

HOST = "wd2-impl-services1.workday.com"
TENANT = "acme_dpt1"
REST_URL = f"https://{HOST}/ccx/api/v1/{TENANT}"
UI_URL = f"https://impl.workday.com/{TENANT}/d/home.htmld"
PASSWORD = "correct horse <battery> & staple"
ISU, GROUP = "ISU_Wintro", "ISSG_Wintro"
KEY = new_key("k1")
STANDSTILL = 10
"""Seconds after which an errand that does not move is taken not to move any more."""

UNFINISHED = "SELECT kind, slot, state, tries, error FROM errandrow WHERE settled_at IS NULL"

CHANNEL = "ext-acme-wintro"


class Given(Settings):
    """Settings that are given: to look for each of them in the environment takes a tenth of a stage's start."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic gives them by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


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


class Backdrop:
    """Everything a story needs and can look at."""

    pace = 0.002
    deadline = 2.5
    """Seconds that Workday has for an answer: more than a busy machine ever takes from the sandbox's."""

    pacer: Callable[[Callable[[], datetime]], Pacer] = Pacer
    spans = Spans()

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
        slack.should_escape = True
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
        return Given.model_validate(values | more)

    async def start(self, **more: object) -> App:
        self.more |= more
        file = self.folder / "link.db"
        if "database_url" not in self.more and not file.exists():
            file.write_bytes(migrated_sqlite())
        app = App(
            self.settings(**self.more),
            clock=self.clock,
            tick_seconds=1.0,
            pace=self.pace,
            network=partial(Network, deadline=self.deadline, resolve=no_such_name),
            pacer=self.pacer,
            spans=self.spans,
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
        """Wait until no errand is on its way or due; fail when none of them moves for a while, however slow all is."""
        loop, before, since = asyncio.get_running_loop(), None, 0.0
        # The loop is the app's, too: who waits on it for the database holds up what is waited for.
        while left := await self.app.database.run(_unfinished):
            if left != before:
                before, since = left, loop.time()
            assert loop.time() < since + STANDSTILL, f"errands are left: {left}"
            await asyncio.sleep(0.01)

    # What is remembered

    def links(self) -> list[Link]:
        return self.app.database.run_sync(link_lists.everywhere)

    @property
    def link(self) -> Link:
        return self.links()[-1]

    def vault(self) -> set[str]:
        """Name every sealed secret of a link that is kept."""
        kept = select(SecretRow.id).where(col(SecretRow.link_id).is_not(None))
        return set(self.app.database.run_sync(lambda session: session.exec(kept).all()))

    async def becomes(self, look: Callable[[Link], object], timeout: float = 10) -> Link:  # noqa: ASYNC109
        """Wait until the link is so."""

        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not look(link := (await self.app.database.run(link_lists.everywhere))[-1]):
            assert loop.time() < deadline, f"the link stays at {link.step}\n{self.ada.screen()}"
            await asyncio.sleep(0.01)
        return link

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

    # What holds

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
    # Asked a hundred times a second.
    return [tuple(row) for row in session.connection().exec_driver_sql(UNFINISHED)]
