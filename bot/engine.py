"""Turns events into saved decisions, each in one transaction; seals what was typed and speaks to nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from bot import meters, traces
from bot.arrivals import INSTALL, only_once, taken
from bot.clock import Clock
from bot.encryption import Sealing
from bot.turns import Room, Turns, what_of
from flows.link.access.reading import may_say, refusal
from flows.link.effects import Decision, Denial, TellStaff
from flows.link.events import Event, Form, Heard, Intent, Pressed, Submitted, Woke
from flows.link.forms import Filled, fill
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Person
from flows.schedule.office_hours import zone_of
from storage import audit_log as audit
from storage import deduplication as inbox
from storage import form_tokens as tickets
from storage import link_lists, waking
from storage import links as store
from storage.board import notes
from storage.board.notes import Note
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyServiceError
from storage.database.transactions import Database
from storage.outbox import errands
from storage.reports import journeys
from storage.serialization import StoredValueError

T = TypeVar("T")

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=10)
"""How long a link that cannot be woken makes way for the others."""


MOST_ANSWERS = 6
"""Answers to one person within a minute, each to something else; a shouting member shall not drown the thread."""


class Engine:
    """Takes events for `turns`, from anywhere.

    `on_work` is called after a turn that left errands, `on_person` before, with the channel of whoever waits for them.
    """

    def __init__(
        self,
        *,
        database: Database,
        sealing: Sealing,
        rules: Rulebook,
        clock: Clock,
        extra_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self.turns = Turns(rules)
        self.on_work: Callable[[], None] = lambda: None
        self.on_person: Callable[[str], None] = lambda _: None
        self._database = database
        self._sealing = sealing
        self._rules = rules
        self._clock = clock
        self._extra_hosts = extra_hosts

    async def run(self, work: Callable[[Session, datetime], T]) -> T:
        """Run what takes turns of its own in one transaction, with the moment that all of them are taken at."""
        now = self._clock()
        done = await self._take(lambda session: work(session, now), now)
        self.on_work()
        return done

    async def run_each(self, link_ids: Sequence[str], work: Callable[[Session, str, datetime], object]) -> list[str]:
        """Run for each link what takes a turn of its own, some in each transaction; returns those that can be read."""

        def some(session: Session, now: datetime, *, chosen: Sequence[str]) -> list[str]:
            readable: list[str] = []
            for link_id in chosen:
                try:
                    work(session, link_id, now)
                    readable.append(link_id)
                except StoredValueError as error:
                    log.error("a link cannot be read and is set aside", extra={"link": link_id, "why": str(error)})  # noqa: TRY400  its traceback says no more
            return readable

        done: list[str] = []
        for first in range(0, len(link_ids), link_lists.AT_A_TIME):
            chosen = link_ids[first : first + link_lists.AT_A_TIME]
            done += await self.run(partial(some, chosen=chosen))
        return done

    async def _take(self, work: Callable[[Session], T], now: datetime) -> T:
        """Run what changes something for the request that is being carried out, if it is not carried out already."""
        done = await self._database.run(only_once(work, now))
        taken()
        return done

    async def load(self, link_id: str) -> Link | None:
        """Read a link."""
        return await self._database.run(lambda session: _ours(store.load(session, link_id)))

    async def handle(
        self, link_id: str, event: Event, *, once: str = "", channel_id: str = "", whispers: bool = True
    ) -> Decision | None:
        """Take one event; `once` names something that must not count twice.

        Without `whispers` whoever pressed hears from the caller why nothing happened.

        None: there is no such link, or none in the channel that is named.
        """
        now = self._clock()

        def decided(session: Session) -> Decision | None:
            link = lock(session, link_id)
            if link is None or channel_id not in ("", link.channel_id):
                return None
            if once and not inbox.first_time(session, once, now):
                return Decision(link=link)
            if isinstance(event, Heard) and _is_repeated(session, link, event, now):
                self.turns.record_repeat(session, link, event, now)
                return Decision(link=link)
            return self.turns.take(session, link, event, now, whispers=whispers)

        def work(session: Session) -> tuple[Decision | None, bool]:
            return decided(session), errands.has_new(session)

        with _turn(event, link_id):
            # What has a name of its own is known by that when Slack delivers it again, with another signature.
            decision, has_work = await (self._database.run(work) if once else self._take(work, now))
        _note(link_id, event, decision)
        if decision and isinstance(event, Pressed | Submitted | Heard):
            self.on_person(decision.link.channel_id)
        if has_work:
            self.on_work()
        return decision

    async def whisper(self, link_id: str, person: Person, refused: Denial) -> None:
        """Tell one person why nothing happened; without the link there is nowhere to say it."""

        def work(session: Session, now: datetime) -> None:
            if _ours(store.load(session, link_id)):
                self.turns.whisper(session, link_id, person, refused, now)

        await self.run(work)

    async def tell_of_stranger(self, link_id: str) -> None:
        """Tell staff, once a day, when somebody used a button of a link that was never ours: another app posted it.

        An erased link was ours, and its history stays.
        """

        def work(session: Session, now: datetime) -> bool:
            if store.load(session, link_id) or audit.has(session, link_id):
                return False
            if inbox.first_time(session, f"stranger {now:%Y-%m-%d}", now):
                ours = journeys.any_link(session, INSTALL.get())
                if ours:
                    errands.enqueue(session, ours, (TellStaff(key="staff.second_app"),), now)
            return True

        if await self.run(work):
            log.error("another app works with our token", extra={"link": link_id})

    async def submit(
        self, link_id: str, form: Form, typed: Mapping[str, str], event: Submitted, *, token: str = ""
    ) -> tuple[Decision | None, Mapping[str, str]]:
        """Take a filled form: returns the decision, or one word-key per wrong field.

        A form from a web page brings its `token`, which ends when the form is taken. Secrets are stored in the same
        transaction that makes the link point at them, and sealed before it begins.
        """
        now = self._clock()

        def look(session: Session) -> tuple[Decision, Filled] | None:
            link = lock(session, link_id)
            if link is None or (token and not tickets.use(session, token, now)):
                return None
            if refusal(link, event):
                # Before anything is said about the fields: whoever may not send a form learns nothing from it.
                return self.turns.take(session, link, event, now), Filled()
            filled = fill(form, typed, today=self._today(link, now), link=link, extra_hosts=self._extra_hosts)
            return Decision(link=link), filled

        looked = await self._database.run(only_once(look, now, notes=False))
        if looked is None:
            return None, {}
        decision, filled = looked
        if decision.refusal or filled.errors:
            return decision, filled.errors
        try:
            sealed = await self._sealing.seal(link_id, filled.secrets)
        except KeyServiceError as error:
            log.warning("a secret could not be sealed", extra={"link": link_id, "why": str(error)})
            return decision, dict.fromkeys(filled.secrets, "field.unsealed")

        def work(session: Session) -> tuple[Decision | None, Mapping[str, str]]:
            link = lock(session, link_id)
            if link is None or (token and not tickets.is_open(session, token)):
                return None, {}
            # What was posted in the thread of another link of this channel is as well known.
            there = link_lists.in_channel(session, link.team_id, link.channel_id)
            posted = {mark for one in there for mark in (*one.burnt_marks, *one.burnt_own)}
            burnt = {one.field: "field.burnt" for one in sealed if one.mark in posted}
            if burnt:
                return Decision(link=link), burnt
            refs = {one.field: credentials.keep(session, one, now) for one in sealed}
            whole = replace(event, values=filled.values, secrets=refs, pasted=filled.pasted)
            decision = self.turns.take(session, link, whole, now)
            if form is Form.NOTE and not decision.refusal:
                notes.add(session, link.id, Note(at=now, author=event.actor.user_id, text=filled.values["text"]))
                self.turns.record(session, link, event, now)
            if token and not decision.refusal:
                tickets.spend(session, token)
            return decision, decision.refusal.fields if decision.refusal else {}

        with _turn(event, link_id):
            done, errors = await self._take(work, now)
        _note(link_id, event, done)
        if done and done.effects:
            self.on_person(done.link.channel_id)
            self.on_work()
        return done, errors

    async def wake_due(self, room: Room) -> Room:
        """Take the turns of links whose moment has come, as far as there is room; returns what is left of it."""
        now = self._clock()
        try:
            left = await self._database.run(lambda session: self.turns.wake_due(session, now, room))
        except Exception as error:  # noqa: BLE001  one of them; each of the others gets its turn
            log.warning("links are woken one by one", extra={"why": type(error).__name__})
            left = await self._wake_each(room, now)
        if (left.messages, left.checks) != (room.messages, room.checks):
            self.on_work()
        return left

    async def _wake_each(self, room: Room, now: datetime) -> Room:
        most = room.links
        due = await self._database.run(lambda session: [link.id for link in waking.lock_due(session, now, most)])
        for link_id in due:
            if min(room.messages, room.checks) <= 0:
                break
            try:
                decision = await self.handle(link_id, Woke())
            except Exception as error:
                log.exception("a link could not be woken", extra={"link": link_id, "why": type(error).__name__})
                await self._database.run(partial(store.put_off, link_id=link_id, until=now + PUT_OFF))
                decision = None
            room = room.after(decision) if decision else replace(room, links=room.links - 1)
        return room

    def _today(self, link: Link, now: datetime) -> date:
        return now.astimezone(zone_of(link.doer or link.owner, self._rules)).date()


def lock(session: Session, link_id: str) -> Link | None:
    """Read a link of the install that asks, which nobody else can change meanwhile; raises StoredValueError."""
    return _ours(store.lock(session, link_id))


def _ours(link: Link | None) -> Link | None:
    """Return a link unless it belongs to another install than the one that asks."""
    return link if link and INSTALL.get() in {None, link.team_id} else None


@contextmanager
def _turn(event: Event, link_id: str) -> Generator[None]:
    kind = type(event).__name__.lower()
    with traces.step("turn", link=link_id, event=what_of(event)), meters.timed(meters.TURNS, event=kind):
        yield


def _note(link_id: str, event: Event, decision: Decision | None) -> None:
    """Say at level debug what happened, by names of ours alone."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    refusal = decision.refusal if decision else None
    log.debug(
        "an event was taken",
        extra={
            "link": link_id,
            "what": what_of(event),
            "step": decision.link.step.value if decision else "",
            "refused": (refusal.key or ",".join(refusal.fields.values())) if refusal else "",
            "effects": [type(effect).__name__ for effect in decision.effects] if decision else [],
        },
    )


def _is_repeated(session: Session, link: Link, event: Heard, now: datetime) -> bool:
    """Return whether the same was answered of the link as it stands within the minute, or this person often enough.

    What moves the link is never too often, and who has no say uses nothing up; nor does a repetition, so that whoever
    asks something else after it is answered.
    """
    if event.intent in {Intent.SECRET, Intent.URL} or not may_say(link, event):
        return False
    minute = f"answered:{link.id}:{now:%Y%m%d%H%M}"
    # What nothing here answers is not the same from two people: of a colleague's the thread hears nothing.
    asked = event.question or (event.actor.user_id if event.intent is Intent.QUESTION else "")
    kind = ":".join((minute, str(link.revision), event.intent, asked, event.reason or "", event.sign_on or ""))
    if inbox.is_known(session, kind):
        return True
    if inbox.count(session, f"{minute}:{event.actor.user_id}", now) > MOST_ANSWERS:
        return True
    return not inbox.first_time(session, kind, now)
