"""The verbs about links: what will be sent, what is held, who is forgotten, what is exported; they ask nobody."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.config.receiver import read_key
from bot.config.settings import Settings, rules_of
from bot.ops.audit_log import write_private
from bot.ops.record import Deed, Say, note, now_of, recorded
from bot.outbox.handoff import brought, payload, sealed
from bot.papers.sheet_files import KINDS, SheetMaker
from bot.papers.signatures import PaperKey
from bot.turns import Turns
from flows.cards.context import Scene
from flows.link.effects import Handed, Slot
from flows.link.events import Forgotten
from flows.link.state import Cause, Link, Status, Step
from flows.schedule.office_hours import waiting_on, zone_of
from flows.small_files import read_text
from flows.transitions.forecast import Planned, forecast
from flows.words import Words, unescape
from storage import link_lists, messages
from storage import links as store
from storage.credentials import store as credentials
from storage.database.transactions import Database
from storage.messages import Posted
from storage.outbox import recovery

PERMALINK = re.compile(
    r"https?://[^/\s]+/archives/(?P<channel>[A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})(?:\?\S*)?"
)
"""What Slack's "Copy link" gives."""

NO_LINK = "There is no link {}; `workday-link links list` shows them."


async def plan(database: Database, settings: Settings, now: datetime, until: date) -> list[str]:
    """List one line for each message that will be sent up to the end of a day, if nobody does anything."""
    rules, words = rules_of(settings), settings.words()
    end = datetime.combine(until, time.max, tzinfo=UTC)
    how = {True: words.say("plan.new"), False: words.say("plan.edit")}
    staff = words.say("plan.staff_channel")
    # With the same sentence for each of thousands of lines its words are looked up once.
    sentence = unescape(
        words.say("plan.line", {name: f"{{{name}}}" for name in ("at", "customer", "to", "what", "how")})
    )

    def line(one: Planned, texts: dict[tuple[Cause, Step], str]) -> str:
        # What the clock does to a link changes no name that these texts have, but the step that it waits at.
        about = one.cause, one.link.step
        if about not in texts:
            texts[about] = Scene(one.link, rules, words, one.at).say(f"plan.{one.cause}")
        at, to = _told(one.at, zone_of(waiting_on(one.link), rules)), one.to or staff
        return sentence.format(at=at, customer=one.link.customer, to=to, what=texts[about], how=how[one.is_new])

    found: list[tuple[datetime, str, str]] = []
    # Links hold no cycles, and where thousands of them are played the collector would take a fifth of the time.
    gc.disable()
    try:
        async for link in link_lists.each(database):
            texts: dict[tuple[Cause, Step], str] = {}
            found += ((one.at, link.id, line(one, texts)) for one in forecast(link, now, end, rules))
    finally:
        gc.enable()
    found.sort(key=itemgetter(0, 1))
    return [said for _, _, said in found] or [words.say("plan.nothing")]


@lru_cache
def _told(at: datetime, zone: ZoneInfo) -> str:
    # Most reminders of a day are due at the same moment, the opening of its hours.
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"


def exported(database: Database, settings: Settings) -> Iterator[str]:
    """Yield one encrypted payload for each finished link.

    Raises ValueError without a key to encrypt to, and SecretError or KeyServiceError for what cannot be opened.
    """
    if settings.handoff_public_key is None:
        raise ValueError("HANDOFF_PUBLIC_KEY is missing; docs/handoff.md says how to make one")
    key, rules, ring = read_key(read_text(settings.handoff_public_key)), rules_of(settings), settings.key_ring
    for link in database.read_sync(link_lists.everywhere):
        if link.status is Status.LINKED and not link.frozen:
            found = database.run_sync(partial(credentials.find, refs=brought(link, settings.tokens_at)))
            opened = {one.ref: credentials.unseal(ring, one) for one in found}
            # What was forgotten is not handed out as if it were there.
            what = Handed.LINKED if link.in_use.can_sign_in else Handed.RESUMED
            line = sealed(payload(rules, link, opened, link.id, what, broker=settings.tokens_at), key)
            database.run_sync(partial(note, link_id=link.id, what=Deed.EXPORT, now=now_of(settings)))
            yield line


def sheet_files(database: Database, settings: Settings, link_id: str, to: Path) -> dict[str, bytes]:
    """Make the permission sheet of a link as the file `to` and its signature; empty when there is no such link.

    Raises SecretError and KeyServiceError for a key that cannot be opened.
    """
    now = now_of(settings)

    def work(session: Session) -> Link | None:
        found = store.load(session, link_id)
        if found:
            note(session, found.id, Deed.SHEET, now)
        return found

    link = database.run_sync(work)
    if link is None:
        return {}
    maker = SheetMaker(key=PaperKey.load(database, settings.key_ring, now), public_url=settings.public_url)
    words = settings.library().of(link.spoken)
    return maker.files(Scene(link, rules_of(settings), words, now), "", to.stem, (to.suffix,))


def forget(turns: Turns, words: Words, session: Session, link_id: str, now: datetime) -> str:
    """End one link and have it erased; returns the receipt, empty when there is no such link."""
    link = store.load(session, link_id)
    if link is None:
        return ""
    recovery.bury_held(session, link_id, now)
    turns.turn(session, link_id, Forgotten(), now)
    count = str(len(link.secrets))
    return unescape(words.say("plan.forgotten", {"link": link_id, "customer": link.customer, "count": count}))


def held_messages(session: Session) -> Iterator[str]:
    """Yield one line for each message whose end nobody knows."""
    for one in recovery.held(session):
        what = one.slot or one.kind
        yield f"{one.id}  {what:<12}  {one.channel_id}  since {one.since:%Y-%m-%d %H:%M} UTC  {one.error}"


def settle(session: Session, errand_id: str, permalink: str, now: datetime) -> bool:
    """Send a held message again, or take it as sent where `permalink` points; False when it is not held.

    Raises ValueError for what is not the link of a message in its channel.
    """
    if permalink:
        return _found(session, errand_id, permalink, now)
    return recovery.release_held(session, now, errand_id) == 1


def _found(session: Session, errand_id: str, permalink: str, now: datetime) -> bool:
    held = next((held for held in recovery.held(session) if held.id == errand_id), None)
    if held is None:
        return False
    where = PERMALINK.fullmatch(permalink.strip())
    if not where or where["channel"] != held.channel_id:
        raise ValueError(f'must be the link of a message in {held.channel_id}; take "Copy link" from its menu')
    ts = f"{where['seconds']}.{where['rest']}"
    if held.slot:
        parent = messages.posted(session, held.link_id, Slot.PARENT)
        thread = parent.ts if parent and held.slot != Slot.PARENT else None
        posted = Posted(channel_id=held.channel_id, ts=ts, thread_ts=thread)
        messages.remember(session, held.link_id, held.slot, posted)
    return recovery.settle_held(session, errand_id, channel_id=held.channel_id, ts=ts, now=now)


def answer(settings: Settings, chosen: argparse.Namespace, say: Say) -> int:
    """List the links, or show one; 0 when there is one."""
    with recorded(settings) as database:
        if chosen.what == "list":
            for one in database.read_sync(link_lists.examine):
                say(f"{one.link_id}  set aside: {one.why}" if isinstance(one, link_lists.SetAside) else _line(one))
            return 0

        def work(session: Session) -> Link | None:
            found = store.load(session, chosen.id)
            if found:
                note(session, found.id, Deed.SHOW, now_of(settings))
            return found

        found = database.run_sync(work)
    if found is None:
        say(NO_LINK.format(chosen.id))
        return 1
    say(TypeAdapter(Link).dump_json(found, indent=2).decode())
    return 0


def _line(link: Link) -> str:
    where = f"{link.setup.endpoint.tenant} on {link.setup.endpoint.host}" if link.setup.endpoint else "-"
    return f"{link.id}  {link.status:<9}  {link.step:<12}  {link.customer}  {where}"


def print_plan(settings: Settings, until: date, say: Say) -> int:
    """Say what will be sent up to a day."""
    with contextlib.closing(Database(settings.database_url)) as database:
        now = now_of(settings)
        for line in asyncio.run(plan(database, settings, now, until)):
            say(line)
    return 0


def answer_held(settings: Settings, errand_id: str, permalink: str, say: Say) -> int:
    """List the held messages, or settle one; 0 when it is settled."""
    now = now_of(settings)
    with contextlib.closing(Database(settings.database_url)) as database:
        if not errand_id:
            for line in database.run_sync(lambda session: list(held_messages(session))):
                say(line)
            return 0
        try:
            done = database.run_sync(lambda session: settle(session, errand_id, permalink, now))
        except ValueError as error:
            say(f"--found {error}.")
            return 1
    say("Done." if done else f"No message {errand_id} is held; `workday-link held` lists them.")
    return 0 if done else 1


def answer_forget(settings: Settings, link_id: str, say: Say) -> int:
    """Have a link erased, and print the receipt; 0 when there is one."""
    with recorded(settings) as database:
        turns, words, now = Turns(rules_of(settings)), settings.words(), now_of(settings)

        def work(session: Session) -> str:
            receipt = forget(turns, words, session, link_id, now)
            if receipt:
                note(session, link_id, Deed.FORGET, now)
            return receipt

        receipt = database.run_sync(work)
    say(receipt or NO_LINK.format(link_id))
    return 0 if receipt else 1


def write_export(settings: Settings, to: Path, say: Say) -> int:
    """Write every finished link, encrypted; 0 when it is written."""
    with recorded(settings) as database:
        try:
            lines = list(exported(database, settings))
        except ValueError as error:
            say(str(error))
            return 1
    if not _is_written({to: "".join(f"{line}\n" for line in lines).encode()}, say):
        return 1
    say(f"Links written to {to}: {len(lines)}.")
    return 0


def write_sheet(settings: Settings, link_id: str, to: Path, say: Say) -> int:
    """Write the permission sheet of a link and its signature; 0 when they are written."""
    if to.suffix not in KINDS:
        say(f"--to must end in {', '.join(KINDS)}.")
        return 1
    with recorded(settings) as database:
        made = sheet_files(database, settings, link_id, to)
    if not made:
        say(NO_LINK.format(link_id))
        return 1
    files = {to.with_name(name): content for name, content in made.items()}
    if not _is_written(files, say):
        return 1
    say(" and ".join(map(str, files)))
    return 0


def _is_written(files: Mapping[Path, bytes], say: Say) -> bool:
    """Write files for their owner alone; says which cannot be written."""
    for to, content in files.items():
        try:
            write_private(to, content)
        except OSError as error:
            say(f"{to} cannot be written ({error.strerror}).")
            return False
    return True
