"""What `workday-link check` looks at: all that `serve` stands on, one line each, and the mend; changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from ssl import SSLContext
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp

from bot.clock import clock_of
from bot.config import preflight as guards
from bot.config.settings import Settings, SettingsError, load_settings
from bot.ops import keys
from bot.slack.client import client_of, greet, socket_address
from flows.link.state import Link
from flows.workday.outbound import Outbound
from storage import links as store
from storage import migrate
from storage.credentials.keyring import new_key
from storage.credentials.survey import survey
from storage.database import Database
from storage.links import SetAside

WRONG_SETTING = 2
WORKDAY = "services1.myworkday.com"
"""A host of Workday's that stands for all of them where a proxy may let through or not."""

SECONDS = 5.0
"""How long an address may take to answer."""

Say = Callable[[str], None]
Line = tuple[bool, str]
"""Whether something is wrong, and what is said about it."""


async def answer(say: Say) -> int:
    """Look at everything; 0 when all is well, 1 when something is not, 2 for a wrong setting."""
    try:
        settings = load_settings()
    except SettingsError as error:
        say(str(error))
        say(f"A fresh key for CREDENTIAL_KEYS, if you need one:\n  {new_key('k1')}")
        return WRONG_SETTING
    say("Settings: fine.")
    is_wrong = False
    for line in _outbound(settings):
        say(line)
    if origins := guards.extra_origins(settings):
        say(f"WORKDAY_EXTRA_ORIGINS: is set, so this is called, too: {origins}")
    for wrong, line in _stored(settings):
        is_wrong |= wrong
        say(line)
    for line in guards.open_files(settings):
        say(line)
    async for wrong, line in _network(settings):
        is_wrong |= wrong
        say(line)
    return 1 if is_wrong else 0


def _outbound(settings: Settings) -> Iterator[str]:
    """Say how calls leave, and what of the environment is left unread."""
    if ignored := guards.forget_proxies():
        yield f"{ignored}: not read; OUTBOUND_PROXY and OUTBOUND_NO_PROXY count."
    outbound = settings.outbound
    if address := outbound.proxy_address:
        but = f", but {', '.join(outbound.direct)} directly" if outbound.direct else ""
        yield f"OUTBOUND_PROXY: everything is called through {address}{but}."
    if outbound.ca_file:
        yield f"CA_FILE: the authorities in {outbound.ca_file} are trusted beside the usual ones."


def _stored(settings: Settings) -> Iterator[Line]:
    """Look at the database, every document in it, and by opening at every secret; raises what makes that impossible."""
    ring = settings.key_ring
    if migrate.pending(settings.database_url):
        yield True, "Database: run `workday-link migrate`."
        ring.prove()
        yield False, "Keys: the first one works; what is stored is looked at once the database is up to date."
        return
    yield False, "Database: fine."
    with contextlib.closing(Database(settings.database_url)) as database:
        yield from _documents(database.run_sync(store.examine), set(settings.permissions().profiles))
        ring.prove()
        found = survey(database, ring)
    wrong = keys.is_wrong(found)
    yield wrong, "Keys: some stored secrets do not open." if wrong else "Keys: fine."
    for line in keys.told(found):
        yield False, f"  {line}"


def _documents(links: list[Link | SetAside], profiles: set[str]) -> Iterator[Line]:
    wrong = 0
    for one in links:
        if isinstance(one, SetAside):
            wrong += 1
            yield True, f"Link {one.link_id}: set aside, {one.why}."
        elif one.setup.profile not in profiles:
            wrong += 1
            yield True, f"Link {one.id}: uses the profile {one.setup.profile}, which PERMISSIONS_FILE does not have."
    if not wrong:
        yield False, f"Links: all {len(links)} can be read."


async def _network(settings: Settings) -> AsyncIterator[Line]:
    """Ask Slack all that `serve` asks at its start, and see whether somebody answers where the app sends things."""
    async with aiohttp.ClientSession() as session:
        client = client_of(settings, session)
        me = await greet(client)
        yield False, f"Slack: {me['team']} knows us."
        if code := await guards.look_at_staff_channel(client, settings.staff_channel):
            yield False, f"STAFF_CHANNEL: Slack cannot tell whether it is shared with another organisation ({code})."
        if token := settings.slack_app_token.get_secret_value():
            await socket_address(client, token)
            yield False, "Mode: Socket Mode, and Slack takes SLACK_APP_TOKEN."
        else:
            yield False, "Mode: HTTP; Slack has to reach POST /slack/events."
    if missing := guards.missing_scopes(me["scopes"]):
        yield True, f"SLACK_BOT_TOKEN: lacks the scopes {missing}; add them to the app and reinstall it."
    off = guards.clock_is_off(me["date"], clock_of(settings.clock_file)())
    yield (
        bool(off),
        f"Clock: {off:+} seconds beside Slack's; set it, or requests are refused." if off else "Clock: fine.",
    )
    if url := settings.handoff_url.get_secret_value():
        why = await _unreachable(url, settings.outbound)
        yield bool(why), f"HANDOFF_URL: nobody answers there ({why})." if why else "Hand-off: somebody answers."
    if url := settings.notify_url.get_secret_value():
        why = await _unreachable(url, settings.outbound)
        yield bool(why), f"NOTIFY_URL: nobody answers there ({why})." if why else "News: somebody answers."
    if settings.outbound.proxy_for(WORKDAY):
        why = await _unreachable(f"https://{WORKDAY}", settings.outbound)
        yield bool(why), f"Workday: not reached through the proxy ({why})." if why else "Workday: reached by the proxy."
    if settings.public_url and (why := await _unreachable(settings.public_url, settings.outbound)):
        # From inside, a name may lead nowhere that people reach very well, so this alone is no failure.
        yield False, f"PUBLIC_URL: cannot be reached from here ({why}); see that people can."


async def _unreachable(url: str, outbound: Outbound) -> str:
    """Return why nobody answers at an address; nothing is sent there but the handshake of TLS."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    context = outbound.tls if is_tls else None
    try:
        async with asyncio.timeout(SECONDS):
            if proxy := outbound.proxy_for(host):
                return await _refusal(urlsplit(proxy), host, port, context)
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    writer.close()
    return ""


async def _refusal(proxy: SplitResult, host: str, port: int, context: SSLContext | None) -> str:
    """Ask a proxy for a connection, and shake hands there; returns its status where it says no."""
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    with contextlib.closing(writer):
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if proxy.username:
            who = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {b64encode(who).decode()}")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            return type(error).__name__
        status = head.decode("latin-1").partition(" ")[2][:3]
        if status != "200":
            return f"the proxy says {status}" if status.isdecimal() else "the proxy speaks no HTTP"
        if context:
            await writer.start_tls(context, server_hostname=host)
    return ""
