"""Owns one running Slack: server, deliveries, event queue and what may be set in it. It knows no person."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from sandbox.slack.events import Delivery, EventQueue
from sandbox.slack.web_api import Call, Server
from sandbox.slack.workspace import BOT_USER, DEFAULT_EVENTS, DEFAULT_SCOPES, INSTALL_TEAM, Core, World, default_world

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import TracebackType

    from sandbox.slack.web_api import Faults


class SlackService:
    """One Slack on 127.0.0.1 behind every screen; `troubles` holds what people were shown when the app failed them."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        world: World | None = None,
        scopes: Collection[str] = DEFAULT_SCOPES,
        events: Collection[str] = DEFAULT_EVENTS,
    ) -> None:
        self.world = world or default_world(clock)
        self.core = Core(self.world, scopes, events)
        self.server = Server(self.core)
        self.received = self.server.received
        self.delivery = Delivery(self.core, self.received.append)
        self.server.delivery = self.delivery
        self.events = EventQueue(self.core, self.delivery)
        self.core.announce = self.events.publish
        self.commands: set[str] | None = None
        self.should_escape = False
        self.troubles: list[str] = []
        self._closing: list[asyncio.Future[bool]] = []

    async def start(self, port: int = 0) -> Self:
        await self.server.start(port)
        await self.delivery.start()
        return self

    async def stop(self) -> None:
        await self.events.stop()
        await self.server.stop()
        await self.delivery.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        return f"{self.core.origin}/api/"

    @property
    def bot_token(self) -> str:
        return self.core.bot_token

    @property
    def app_token(self) -> str:
        return self.core.app_token

    @property
    def signing_secret(self) -> str:
        return self.core.signing_secret

    @property
    def bot_user(self) -> str:
        return BOT_USER

    @property
    def team(self) -> str:
        return INSTALL_TEAM

    @property
    def faults(self) -> Faults:
        return self.server.faults

    @property
    def calls(self) -> list[Call]:
        return self.server.calls

    @property
    def down(self) -> bool:
        return self.server.down

    @down.setter
    def down(self, value: bool) -> None:
        self.server.down = value
        if value:
            for socket in self.delivery.sockets:
                self._closing.append(asyncio.ensure_future(socket.close()))

    @property
    def pace_messages(self) -> float | None:
        return self.server.pace_messages

    @pace_messages.setter
    def pace_messages(self, per_second: float | None) -> None:
        self.server.pace_messages = per_second

    @property
    def too_many_sockets(self) -> bool:
        """Turn each socket away as soon as it is there, as Slack does with the eleventh."""
        return self.server.too_many_sockets

    @too_many_sockets.setter
    def too_many_sockets(self, value: bool) -> None:
        self.server.too_many_sockets = value

    @property
    def history_lag(self) -> float:
        return self.core.history_lag

    @history_lag.setter
    def history_lag(self, seconds: float) -> None:
        self.core.history_lag = seconds

    @property
    def unreachable_images(self) -> Callable[[str], bool]:
        return self.core.unreachable_images

    @unreachable_images.setter
    def unreachable_images(self, predicate: Callable[[str], bool] | Collection[str]) -> None:
        self.core.unreachable_images = predicate if callable(predicate) else predicate.__contains__

    @property
    def ack_seconds(self) -> float:
        return self.delivery.ack_seconds

    @ack_seconds.setter
    def ack_seconds(self, seconds: float) -> None:
        self.delivery.ack_seconds = seconds
