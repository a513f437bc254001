"""What `workday-link check` looks at: all that `serve` stands on, one line each, and the mend; changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import urlsplit

import aiohttp

from bot.clock import clock_of
from bot.config import preflight as guards
from bot.config.settings import Settings, SettingsError, load_settings
from bot.ops import keys
from bot.slack.client import client_of, greet, socket_address
from flows.link.state import Link
from storage import links as store
from storage import migrate
from storage.credentials.keyring import new_key
from storage.credentials.survey import survey
from storage.database import Database
from storage.links import SetAside

WRONG_SETTING = 2
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
        why = await _unreachable(url)
        yield bool(why), f"HANDOFF_URL: nobody answers there ({why})." if why else "Hand-off: somebody answers."
    if settings.public_url and (why := await _unreachable(settings.public_url)):
        # From inside, a name may lead nowhere that people reach very well, so this alone is no failure.
        yield False, f"PUBLIC_URL: cannot be reached from here ({why}); see that people can."


async def _unreachable(url: str) -> str:
    """Return why nobody answers at an address; nothing is sent there but the handshake of TLS."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    try:
        async with asyncio.timeout(SECONDS):
            port = parts.port or (443 if is_tls else 80)
            _, writer = await asyncio.open_connection(parts.hostname, port, ssl=is_tls or None)
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    writer.close()
    return ""
