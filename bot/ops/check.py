"""What `workday-link check` looks at: all that `serve` stands on, one line each, and the mend; changes nothing."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import preflight as guards
from bot.config.receiver import Receiver
from bot.config.settings import Settings, SettingsError, load_settings
from bot.ops import keys, reach
from bot.ops.record import Say, now_of
from bot.papers.signatures import PATH
from bot.slack.client import client_of, greet, look_at_staff_channel, socket_address
from flows.link.state import Link
from storage import link_lists, migrate
from storage.credentials.keyring import KeyRefusedError, KeyServiceError, new_key
from storage.credentials.survey import survey
from storage.database.address import read_url, sqlite_file
from storage.database.transactions import Database
from storage.database.trouble import TROUBLE, explain
from storage.link_lists import SetAside

WRONG_SETTING = 2
WORKDAY = "services1.myworkday.com"
"""A host of Workday's that stands for all of them where a proxy may let through or not."""


class Level(StrEnum):
    """How bad a line is: `serve` works, it works but somebody should look, it does not."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, and what is so; for what is not ok with the mend."""

    level: Level
    what: str
    text: str


def ok(what: str, text: str) -> Line:
    """Say that something is as it should be."""
    return Line(Level.OK, what, text)


def warning(what: str, text: str) -> Line:
    """Say what somebody should look at."""
    return Line(Level.WARNING, what, text)


def failed(what: str, text: str) -> Line:
    """Say what keeps the app from working, or part of it."""
    return Line(Level.FAILED, what, text)


async def answer(say: Say, *, as_json: bool = False) -> int:
    """Look at everything; 0 when nothing failed, 1 when something did, 2 for a wrong setting."""
    lines: list[Line] = []

    def told(line: Line) -> None:
        lines.append(line)
        if not as_json:
            say(f"{line.level:<8} {line.what}: {line.text}")

    try:
        settings = load_settings()
    except SettingsError as error:
        for one in str(error).splitlines():
            told(_wrong(one))
        if not as_json and not _has_keys():
            say(f"\nA fresh key, if there was none before: CREDENTIAL_KEYS={new_key('k1')}")
        wrong = WRONG_SETTING
    else:
        async for line in _look(settings):
            told(line)
        wrong = 1
    count = {level: len([line for line in lines if line.level is level]) for level in Level}
    if as_json:
        listed = [{"level": line.level, "what": line.what, "text": line.text} for line in lines]
        say(json.dumps({**count, "lines": listed}, ensure_ascii=False, indent=2))
    else:
        say(f"\n{count[Level.FAILED]} failed, {count[Level.WARNING]} to look at, {count[Level.OK]} ok.")
    return wrong if count[Level.FAILED] else 0


def _has_keys() -> bool:
    return any(os.environ.get(name) for name in ("CREDENTIAL_KEYS", "CREDENTIAL_KEYS_FILE"))


def _wrong(error: SettingsError | str) -> Line:
    """Read a line as the settings write it: the variable, then what is wrong with it and the mend."""
    what, _, text = str(error).partition(": ")
    return failed(what, text)


async def _look(settings: Settings) -> AsyncIterator[Line]:
    """Look at one thing after another; what cannot be looked at for another's sake is left out."""
    for line in (*_set(settings), *_stored(settings)):
        yield line
    for one in guards.open_files(settings):
        what, _, text = one.partition(": ")
        yield warning(what, f"{text}.")
    async with aiohttp.ClientSession() as session:
        async for line in _slack(settings, session):
            yield line
        async for line in _others(settings, session):
            yield line


def _set(settings: Settings) -> Iterator[Line]:
    """Say what the settings come to, and what of the environment is left unread."""
    yield ok("Settings", "fine.")
    yield ok("Words", f"whole, in {settings.words_language}.")
    yield ok("Profiles", f"{', '.join(sorted(settings.permissions().profiles))}.")
    if ignored := guards.forget_proxies():
        yield warning(ignored, "not read; OUTBOUND_PROXY and OUTBOUND_NO_PROXY count.")
    outbound = settings.outbound
    if address := outbound.proxy_address:
        but = f", but {', '.join(outbound.direct)} directly" if outbound.direct else ""
        yield ok("OUTBOUND_PROXY", f"everything is called through {address}{but}.")
    if outbound.ca_file:
        yield ok("CA_FILE", f"the authorities in {outbound.ca_file} are trusted beside the usual ones.")
    if origins := guards.extra_origins(settings):
        yield warning("WORKDAY_EXTRA_ORIGINS", f"is set, so this is called, too: {origins}")


def _stored(settings: Settings) -> Iterator[Line]:
    """Look at the database, every document in it, and by opening at every secret."""
    try:
        settings.key_ring.prove()
        is_proved = True
    except (KeyServiceError, KeyRefusedError) as error:
        is_proved = False
        yield failed(
            "CREDENTIAL_KEYS", f"the first key cannot be used; {str(error) or 'it does not open what it seals'}."
        )
    file = sqlite_file(read_url(settings.database_url))
    try:
        if file and not file.exists():
            # Nothing is made here, so that a wrong name leaves nothing behind.
            yield warning("Database", f"there is no file {file} yet; `serve` makes it.")
        elif migrate.pending(settings.database_url):
            yield warning("Database", "not up to date; `serve` brings it up, or `workday-link migrate` before.")
        else:
            is_newer = migrate.is_newer(settings.database_url)
            text = "a newer release has been here; one release back is fine, see docs/upgrading.md."
            yield warning("Database", text) if is_newer else ok("Database", "fine.")
            yield from _contents(settings, is_proved=is_proved)
            return
    except TROUBLE as error:
        yield failed("Database", f"{explain(error)}.")
        return
    if is_proved:
        yield ok("Keys", "the first one works; what is stored is looked at once the database is up to date.")


def _contents(settings: Settings, *, is_proved: bool) -> Iterator[Line]:
    with contextlib.closing(Database(settings.database_url)) as database:
        yield from _documents(database.read_sync(link_lists.examine), set(settings.permissions().profiles))
        if not is_proved:
            return
        try:
            found = survey(database, settings.key_ring)
        except KeyServiceError as error:
            yield failed("Keys", f"cannot be asked for now; {error}.")
            return
    if keys.is_wrong(found):
        yield failed("Keys", "some stored secrets do not open; add the key that is missing behind the others.")
        for line in keys.told(found):
            yield failed("Keys", f"{line.strip()}.")
    else:
        yield ok("Keys", "fine; every stored secret opens.")
        for line in keys.told(found):
            yield ok("Keys", f"{line}.")


def _documents(links: list[Link | SetAside], profiles: set[str]) -> Iterator[Line]:
    wrong = 0
    for one in links:
        if isinstance(one, SetAside):
            wrong += 1
            yield failed(f"Link {one.link_id}", f"set aside, {one.why}.")
        elif missing := {one.setup.profile, one.in_use.profile} - profiles:
            wrong += 1
            names = ", ".join(sorted(missing))
            text = f"uses the profile {names}, which PERMISSIONS_FILE does not have; put it back."
            yield failed(f"Link {one.id}", text)
    if not wrong:
        yield ok("Links", f"can be read: all {len(links)}.")


async def _slack(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Line]:
    """Ask Slack all that `serve` asks at its start, and try the way in."""
    client = client_of(settings, session, has_token=not settings.has_installs)
    if settings.has_installs:
        yield ok("Slack", f"each of {settings.slack_installs} installs by {settings.public_url}/slack/install.")
        yield await _way_in(settings, session, client)
        return
    try:
        me = await greet(client)
    except SettingsError as error:
        yield _wrong(error)
        return
    yield ok("Slack", f"{me['team']} knows us.")
    for line in _granted(settings, me["scopes"]):
        yield line
    now = now_of(settings)
    if off := guards.clock_is_off(me["date"], now):
        yield failed("Clock", f"{off:+} seconds beside Slack's; set it, or requests are refused.")
    else:
        yield ok("Clock", "fine, it goes with Slack's.")
    try:
        if code := await look_at_staff_channel(client, settings.staff_channel):
            text = f"Slack cannot tell whether it is shared with another organisation ({code}); invite the app there."
            yield warning("STAFF_CHANNEL", text)
        elif settings.staff_channel:
            yield ok("STAFF_CHANNEL", "is not shared.")
    except SettingsError as error:
        yield _wrong(error)
    yield await _way_in(settings, session, client)


def _granted(settings: Settings, scopes: str) -> Iterator[Line]:
    """Compare what the token may do with what the manifest asks for."""
    if not scopes:
        yield warning("Scopes", "Slack does not say which ones the token has.")
        return
    granted = set(scopes.replace(" ", "").split(","))
    optional = set(guards.HISTORY) if settings.read_back == "off" else set[str]()
    lacking = guards.SCOPES - granted
    if needed := lacking - optional:
        text = f"the token lacks {', '.join(sorted(needed))}; add them under OAuth & Permissions, install anew."
        yield failed("Scopes", text)
    if heard := lacking & optional:
        text = f"without {', '.join(sorted(heard))} nothing is heard of what people type in a thread."
        yield warning("Scopes", text)
    if idle := granted - guards.SCOPES:
        yield warning("Scopes", f"the token has {', '.join(sorted(idle))}, which the app does not use; take them back.")
    if not lacking and not idle:
        yield ok("Scopes", "those of the manifest.")


async def _way_in(settings: Settings, session: aiohttp.ClientSession, client: AsyncWebClient) -> Line:
    """Try how Slack reaches the app."""
    if token := settings.slack_app_token.get_secret_value():
        try:
            address = await socket_address(client, token)
        except SettingsError as error:
            return _wrong(error)
        if why := await reach.greeted_by_socket(session, address, settings.outbound):
            return failed("Socket Mode", f"does not connect ({why}); let WebSockets to *.slack.com through.")
        return ok("Socket Mode", "connects, and Slack says hello.")
    if not settings.public_url:
        return ok("Request URL", "HTTP; Slack has to reach POST /slack/events; it is tried where PUBLIC_URL is set.")
    url = f"{settings.public_url}/slack/events"
    found = await reach.challenged(session, settings, url, now_of(settings))
    match found:
        case 0:
            return ok("Request URL", f"{url} answers as Slack wants it.")
        case 401 | 403:
            return failed("Request URL", f"{url} refuses us ({found}); it has another SLACK_SIGNING_SECRET or mode.")
        case _:
            # Before the first start nobody answers there, and from inside a public name may lead nowhere.
            return warning(
                "Request URL", f"{url} does not answer ({found}); it should once `serve` runs, from outside."
            )


async def _others(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Line]:
    """See whether somebody answers wherever else the app sends things, or people look."""
    if receiver := settings.receiver:
        yield await _hand_off(settings, session, receiver)
    for name, secret in (("NOTIFY_URL", settings.notify_url), ("HEARTBEAT_URL", settings.heartbeat_url)):
        if url := secret.get_secret_value():
            why = await reach.unreachable(url, settings.outbound)
            yield failed(name, f"nobody answers there ({why}).") if why else ok(name, "somebody answers.")
    if settings.outbound.proxy_for(WORKDAY):
        if why := await reach.unreachable(f"https://{WORKDAY}", settings.outbound):
            yield failed("Workday", f"not reached through the proxy ({why}); let {WORKDAY} and its kin through.")
        else:
            yield ok("Workday", "reached through the proxy.")
    if settings.public_url:
        found = await reach.published(session, f"{settings.public_url}{PATH}", settings.outbound)
        if found:
            text = (
                f"{PATH} does not come ({found}); it should once `serve` runs, from outside, with /form/ and its kin."
            )
            yield warning("PUBLIC_URL", text)
        else:
            yield ok("PUBLIC_URL", "the app's pages are reached.")


async def _hand_off(settings: Settings, session: aiohttp.ClientSession, receiver: Receiver) -> Line:
    if why := await reach.unreachable(receiver.url.get_secret_value(), settings.outbound):
        return failed("HANDOFF_URL", f"nobody answers there ({why}).")
    found = await reach.pinged(session, receiver, settings.outbound, now_of(settings))
    match found:
        case 0:
            return ok("HANDOFF_URL", "your backend takes a signed ping.")
        case 401 | 403:
            return failed(
                "HANDOFF_URL",
                f"refuses our signature ({found}); both sides need one HANDOFF_SIGNING_SECRET, and right clocks.",
            )
        case _:
            return warning(
                "HANDOFF_URL", f"somebody answers, but takes no signed ping ({found}); answer 2xx to type ping, too."
            )
