"""Builds the whole app; the only place where things are constructed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import meters, traces
from bot.alarm import SILENCE, Alarm, Reach
from bot.clock import Clock, clock_of
from bot.config import preflight as guards
from bot.config.process_lock import alone
from bot.config.receiver import TOKENS_PATH
from bot.config.settings import Settings, SettingsError, rules_of
from bot.drawing import Drawing
from bot.encryption import PATIENT_SECONDS, Sealing
from bot.engine import Engine
from bot.experience import Experience
from bot.installs.install_pages import InstallPages
from bot.installs.installation_store import OAuthClient
from bot.installs.several import Several
from bot.installs.world import Ground, World
from bot.installs.worlds import Worlds
from bot.outbox.duplicates import AUDIT_AFTER, CLOSED_AFTER, Auditor
from bot.outbox.endings import LEASE, Endings
from bot.outbox.handoff import Backend
from bot.outbox.key_making import KeyMaker
from bot.outbox.token_broker import Broker
from bot.outbox.webhooks import News, client_to
from bot.outbox.workday_check import Checker
from bot.outbox.worker import Courier
from bot.papers.sheet_files import SheetMaker
from bot.papers.signatures import PATH, PaperKey
from bot.scheduler import Ticker, Work, ping
from bot.slack import install_events
from bot.slack.client import Socket, client_of, connect, greet, look_at_staff_channel
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import TIMEOUT
from bot.web import connections as door
from bot.web import routes as web
from bot.web.form_tokens import FormTokens
from bot.web.gauges import Gauges
from bot.web.health import Health, Signs
from bot.web.secret_form import Pages
from flows.link.rulebook import Rulebook
from flows.workday.check_run import Workday
from flows.workday.network import Network
from flows.workday.origins import Origins
from flows.workday.outbound import Outbound
from flows.workday.pacing import SLOW_SECONDS
from storage import migrate
from storage.board import filling
from storage.credentials.audit_key import arm
from storage.database.transactions import Database, shred_after_commit
from storage.outbox import recovery

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
TURNED_SECONDS = 1.0
"""The same where the clock can be turned (CLOCK_FILE): somebody sits there and waits for what comes of it."""

DISTRIBUTION = "link-workday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """How long things may take: `lease` at least three times `answer`, `audit_after` a `lease` and history's lag.

    `closed_after` is as long and more, for what lags as it never should.
    """

    answer: float = TIMEOUT
    lease: timedelta = LEASE
    audit_after: timedelta = AUDIT_AFTER
    closed_after: timedelta = CLOSED_AFTER
    silence: timedelta = SILENCE


class App:
    """The running app: `start()`, then `stop()`; `port` is where it listens."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        tick_seconds: float = TICK_SECONDS,
        pace: float = SLOW_SECONDS,
        network: Callable[[Origins, Outbound], Network] = Network,
        pacer: Callable[[Clock], Pacer] = Pacer,
        spans: Spans = Spans(),
    ) -> None:
        self._settings = settings
        self._spans = spans
        self._tick_seconds = tick_seconds
        self._pace = pace
        self._make_network = network
        self.clock = clock or clock_of(settings.clock_file)
        self._make_pacer = partial(pacer, self.clock)
        self._pacer = self._make_pacer()
        self._reach = Reach(silence=spans.silence)
        self.database = Database(settings.database_url)
        self.port = 0
        self._started = self.clock()
        self._socket: Socket | None = None
        self._broker: Broker | None = None
        self._closing = AsyncExitStack()

    async def start(self) -> None:
        """Prepare the database, greet Slack, begin to work; raises SettingsError for what cannot work."""
        async with AsyncExitStack() as closing:
            # First in and last out: another process may only begin when this one has let go of everything.
            closing.enter_context(alone(self.database.url))
            closing.callback(self.database.close)
            self._trace(closing)
            self.database.on_wait(meters.waited)
            await self._build(closing)
            self._closing = closing.pop_all()

    async def stop(self) -> None:
        """Take nothing new, finish what is on its way, close everything."""
        await self._closing.aclose()
        log.info("stopped")

    async def _build(self, closing: AsyncExitStack) -> None:
        settings = self._settings
        paper_key = self._open_database()
        session = await closing.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)))
        # With several installs, each has a token of its own, and this client none.
        client = client_of(settings, session, has_token=not settings.has_installs)
        me = {} if settings.has_installs else await greet(client)
        await self._warn(client)
        rules = self.rules = rules_of(settings, me.get("team", ""))
        guards.look_at_profiles(self.database, rules)
        network = self._make_network(settings.origins, settings.outbound)
        closing.push_async_callback(network.aclose)
        experience = Experience(self.database, self.clock)
        await experience.look()
        library = settings.library()
        drawing = self.drawing = Drawing(rules=rules, library=library, clock=self.clock, experience=experience)
        sealing = Sealing(self.database, settings.key_ring, self.clock)
        closing.callback(sealing.close)
        await sealing.marks(PATIENT_SECONDS)
        self.engine = Engine(
            database=self.database,
            sealing=sealing,
            rules=rules,
            clock=self.clock,
            extra_hosts=settings.origins.extra_hosts,
        )
        if settings.read_back == "on":
            # The rights that were missing may be there now; what still cannot be read back is held again.
            await self.engine.run(recovery.release_held)
        news = await self._news(closing)
        tokens = self.tokens = FormTokens(self.database, self.clock, settings.public_url)
        ground = Ground(
            settings=settings,
            session=session,
            database=self.database,
            clock=self.clock,
            engine=self.engine,
            drawing=drawing,
            sealing=sealing,
            news=news,
            maker=SheetMaker(key=paper_key, public_url=settings.public_url),
            tokens=tokens,
            heard=self._reach.heard,
            answer=self._spans.answer,
        )
        worlds = self.worlds = Worlds(self.database)
        several = await self._open(ground, client, me)
        self.courier = await self._courier(closing, worlds, sealing, Workday(network, pace=self._pace))
        self.engine.on_work, self.engine.on_person = self.courier.kick, worlds.attend
        self.courier.start()
        closing.push_async_callback(self.courier.stop)
        self.health = self._health(worlds)
        works: dict[str, Work] = {"watch": self._watch(worlds, news, several), "experience": experience.look}
        works |= self._heartbeat(session) | ({"installs": several.look} if several else {})
        self.ticker = self._ticker(worlds, works, read_back=ground.may_read)
        self.ticker.start()
        closing.push_async_callback(self.ticker.stop)
        closing.push_async_callback(worlds.stop)
        pages = Pages(self.engine, drawing, tokens, worlds.people_of)
        await self._listen(closing, client, worlds, pages, paper_key, several, session)

    def _open_database(self) -> PaperKey:
        """Bring the database up to date, look at what is sealed in it, and return the key that signs papers."""
        ring = self._settings.key_ring
        self._migrate()
        guards.look_at_keys(self.database, ring)
        arm(self.database, ring, self.clock())
        paper_key = PaperKey.load(self.database, ring, self.clock())
        if self.database.is_sqlite:
            # One file serves one process, so whatever was on its way belonged to one that is dead.
            now = self.clock()
            self.database.run_sync(lambda session: recovery.release(session, now))
            # What that one has deleted may lie in the log of the file.
            self.database.run_sync(shred_after_commit)
        return paper_key

    async def _courier(self, closing: AsyncExitStack, worlds: Worlds, sealing: Sealing, workday: Workday) -> Courier:
        """Make who carries effects out: to Slack, to Workday, to the backend."""
        backend = await self._backend(closing, sealing, self.rules, workday)
        return Courier(
            Endings(self.database, self.engine.turns, self.clock, lease=self._spans.lease),
            worlds,
            Checker(self.engine, self.database, sealing, self.rules, self.clock, workday),
            keys=KeyMaker(self.engine, self.database, sealing, self.clock, vendor=self.rules.vendor),
            backend=backend,
        )

    def _health(self, worlds: Worlds) -> Health:
        return Health(
            self.database,
            self.clock,
            Signs(
                ticked_at=lambda: self.ticker.ticked_at or self._started,
                trouble=lambda: self.ticker.trouble,
                courier_is_alive=lambda: self.courier.is_alive,
                is_connected=self._is_connected,
                slack_trouble=lambda: self._reach.trouble if worlds.all else "",
            ),
            tick_seconds=self._tick_seconds,
        )

    def _ticker(self, worlds: Worlds, each_minute: Mapping[str, Work], *, read_back: bool) -> Ticker:
        settings = self._settings
        return Ticker(
            self.database,
            self.engine,
            self.courier,
            Auditor(
                self.database,
                self.clock,
                worlds.speaker_of,
                after=self._spans.audit_after,
                closed_after=self._spans.closed_after,
                read_back=read_back,
            ),
            rules=self.rules,
            clock=self.clock,
            seconds=min(self._tick_seconds, TURNED_SECONDS) if settings.clock_file else self._tick_seconds,
            each_minute=each_minute,
            has_channel=bool(settings.staff_channel),
        )

    async def _open(self, ground: Ground, client: AsyncWebClient, me: Mapping[str, str]) -> Several | None:
        """Open the world of the one install, or those of several, and return who looks after these."""
        if self._settings.has_installs:
            several = Several(ground, self.worlds, self._make_pacer)
            await several.look()
            return several
        keeps = self.rules.keeps_secrets
        await install_events.try_again(self.engine, ground.sealing, me["team_id"], wakes_finished=keeps)
        self.worlds.be_only(World(ground, client, me, self._pacer))
        return None

    def _trace(self, closing: AsyncExitStack) -> None:
        """Send spans to a collector, if one is named."""
        address, outbound = self._settings.otel_exporter_otlp_endpoint, self._settings.outbound
        if not address:
            return
        try:
            end = traces.send_to(
                address,
                version=version(DISTRIBUTION),
                proxy=outbound.proxy_for(urlsplit(address).hostname or ""),
                ca_file=str(outbound.ca_file or ""),
            )
        except ImportError:
            raise SettingsError(
                "OTEL_EXPORTER_OTLP_ENDPOINT: needs the extra, pip install 'link-workday[otel]'"
            ) from None
        closing.push_async_callback(asyncio.to_thread, end)

    async def _backend(self, closing: AsyncExitStack, sealing: Sealing, rules: Rulebook, workday: Workday) -> Backend:
        """Make what hands links off, and what gives tokens to whoever got them."""
        settings = self._settings
        http = await closing.enter_async_context(client_to(settings.handoff_url, settings.outbound))
        receiver = settings.receiver
        if receiver and receiver.tokens_at:
            self._broker = Broker(self.database, sealing, self.clock, workday, receiver)
        return Backend(self.database, sealing, rules, self.clock, receiver=receiver, client=http)

    def _migrate(self) -> None:
        """Bring the database up to date, with what links are found by where only an older release has saved them."""
        migrate.upgrade(self.database)
        while self.database.run_sync(lambda session: filling.fill(session, self.clock())):
            pass

    async def _warn(self, client: AsyncWebClient) -> None:
        """Refuse a staff channel that customers read, and say in the log what somebody should know of."""
        guards.look_at_words(self._settings.library())
        origins = guards.extra_origins(self._settings)
        if origins:
            log.warning("WORKDAY_EXTRA_ORIGINS is set", extra={"origins": origins})
        code = await look_at_staff_channel(client, self._settings.staff_channel)
        if code:
            log.warning("Slack cannot tell whether STAFF_CHANNEL is shared", extra={"code": code})

    async def _news(self, closing: AsyncExitStack) -> News:
        settings = self._settings
        client = await closing.enter_async_context(client_to(settings.notify_url, settings.outbound))
        return News(client, self.clock, url=settings.notify_url, secret=settings.notify_signing_secret)

    def _watch(self, worlds: Worlds, news: News, several: Several | None) -> Work:
        async def problems() -> dict[str, str]:
            # One install that falls silent keeps the others from nothing, so that no probe hears of it.
            return await self.health.problems() | (several.trouble if several else {})

        alarm = Alarm(problems, news)

        async def look() -> None:
            await self._reach.ask(*(world.speaker for world in worlds.all))
            await alarm.look()

        return look

    def _heartbeat(self, session: aiohttp.ClientSession) -> dict[str, Work]:
        settings = self._settings
        url = settings.heartbeat_url
        if not url.get_secret_value():
            return {}

        async def beat() -> None:
            if not await self.health.problems():
                await ping(session, url, settings.outbound)

        return {"heartbeat": beat}

    async def _listen(
        self,
        closing: AsyncExitStack,
        client: AsyncWebClient,
        worlds: Worlds,
        pages: Pages,
        paper_key: PaperKey,
        several: Several | None,
        session: aiohttp.ClientSession,
    ) -> None:
        settings = self._settings
        token = settings.slack_app_token.get_secret_value()
        gauges = Gauges(self.database, self.clock, self.health)
        meters.INFO.labels(version=version(DISTRIBUTION), mode="socket" if token else "http").set(1)
        listening = web.build(
            None if token else worlds, settings.slack_signing_secret, self.health.problems, gauges.refresh
        )
        if several:
            asking = client_of(settings, session, has_token=False, kind=OAuthClient)
            InstallPages(settings, asking, several.installs, several.states, pages.words).register(listening)
        listening.router.add_get(PATH, web.published({"keys": [paper_key.public]}))
        if settings.public_url:
            pages.register(listening)
        if self._broker:
            listening.router.add_post(TOKENS_PATH, self._broker.answer)
        try:
            close, self.port = await door.listen(listening, settings.host, settings.port)
        except OSError as error:
            why = error.strerror or "not possible"
            raise SettingsError(
                f"PORT: listening on {settings.host} port {settings.port} failed ({why}); set HOST and PORT"
            ) from None
        closing.push_async_callback(close)
        if token:
            self._socket = await connect(closing, client, worlds.all[0].bolt, token)
        log.info("ready", extra={"port": self.port, "mode": "socket" if token else "http"})

    async def _is_connected(self) -> bool:
        return self._socket is None or await self._socket.is_connected()
