"""One turn of a link: lock, decide, seal, save, enqueue, all in one transaction; speaks to nobody."""

from __future__ import annotations

import logging
import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.encryption import Sealing
from flows import decide, start
from flows.cards.context import Scene
from flows.cards.digest import KEY as DIGEST_NOTICE
from flows.link.access import is_of_same_people, refusal, roles_of
from flows.link.effects import Decision, Denial, TellStaff, Whisper
from flows.link.events import CheckFinished, Event, Form, Heard, Pressed, Submitted, Woke
from flows.link.forms import WITH_SECRETS, Filled, fill
from flows.link.rulebook import Rulebook
from flows.link.setup import Setup
from flows.link.state import Link, Person
from flows.schedule.attention import todays_opening, worries
from flows.schedule.wakeups import next_wake
from flows.tenant.service_url import Environment
from flows.transitions import copied
from flows.words import Words
from storage import audit_log as audit
from storage import deduplication as inbox
from storage import form_tokens as tickets
from storage import heartbeats as pulse
from storage import links as store
from storage import outbox as errands
from storage.credentials import store as vault
from storage.credentials.keyring import KeyRing
from storage.database import Database

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=10)
"""How long a link that cannot be woken makes way for the others."""

DIGEST = "digest"
"""Names the pulse that tells when the last digest was written."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody filled in to start a link."""

    team_id: str
    channel_id: str
    owner: Person
    filled: Filled


class Engine:
    """Turns events into saved decisions. `on_work` is called after a turn that left errands."""

    def __init__(
        self,
        *,
        database: Database,
        ring: KeyRing,
        rules: Rulebook,
        words: Words,
        clock: Clock,
        extra_hosts: frozenset[str] = frozenset(),
        public_url: str = "",
    ) -> None:
        self.database = database
        self.ring = ring
        self.rules = rules
        self.words = words
        self.clock = clock
        self.extra_hosts = extra_hosts
        self.public_url = public_url
        self.on_work: Callable[[], None] = lambda: None
        self.sealing = Sealing(database, ring, clock)

    def scene(self, link: Link) -> Scene:
        """Set out everything a card of this link is drawn from."""
        return Scene(link, self.rules, self.words, self.clock())

    async def load(self, link_id: str) -> Link | None:
        """Read a link."""
        return await self.database.run(lambda session: store.load(session, link_id))

    async def handle(self, link_id: str, event: Event, *, once: str = "") -> Decision | None:
        """Take one event; `once` names something that must not count twice. None: there is no such link."""
        now = self.clock()

        def work(session: Session) -> Decision | None:
            if once and not inbox.first_time(session, once, now):
                link = store.load(session, link_id)
                return Decision(link=link) if link else None
            return self.turn(session, link_id, event, now)

        decision = await self.database.run(work)
        if decision and (decision.effects or decision.refusal):
            self.on_work()
        return decision

    async def whisper(self, link_id: str, person: Person, refused: Denial) -> None:
        """Tell one person why nothing happened; without the link there is nowhere to say it."""
        now = self.clock()

        def work(session: Session) -> None:
            if store.load(session, link_id):
                self._whisper(session, link_id, person, refused, now)

        await self.database.run(work)
        self.on_work()

    async def submit(
        self, link_id: str, form: Form, typed: Mapping[str, str], event: Submitted, *, token: str = ""
    ) -> tuple[Decision | None, Mapping[str, str]]:
        """Take a filled form: gives the decision, or one word-key per wrong field.

        A form from a web page brings its `token`, which ends when the form is taken. Secrets are stored in the same
        transaction that makes the link point at them, and sealed before it begins.
        """
        now = self.clock()

        def look(session: Session) -> tuple[Decision, Filled] | None:
            link = store.lock(session, link_id)
            if link is None or (token and not tickets.use(session, token, now)):
                return None
            if refusal(link, event):
                # Before anything is said about the fields: whoever may not send a form learns nothing from it.
                return self.turn(session, link_id, event, now) or Decision(link=link), Filled()
            filled = fill(form, typed, today=self._today(link, now), link=link, extra_hosts=self.extra_hosts)
            return Decision(link=link), filled

        looked = await self.database.run(look)
        if looked is None:
            return None, {}
        decision, filled = looked
        if decision.refusal or filled.errors:
            return decision, filled.errors
        try:
            sealed = await self.sealing.seal(link_id, filled.secrets)
            hashed = await self.sealing.hashed(filled.secrets)
        except vault.KeyServiceError as error:
            log.warning("a secret could not be sealed", extra={"link": link_id, "why": str(error)})
            return decision, dict.fromkeys(filled.secrets, "field.unsealed")

        def work(session: Session) -> tuple[Decision | None, Mapping[str, str]]:
            link = store.lock(session, link_id)
            if link is None or (token and not tickets.is_open(session, token)):
                return None, {}
            posted = {*link.burnt_marks, *link.burnt_own}
            burnt = {name: "field.burnt" for name, mark in hashed.items() if mark in posted}
            if burnt:
                return Decision(link=link), burnt
            refs = {one.field: vault.keep(session, one, now) for one in sealed}
            whole = replace(event, values=filled.values, secrets=refs, pasted=filled.pasted)
            decision = self.turn(session, link_id, whole, now)
            if token and decision and not decision.refusal:
                tickets.spend(session, token)
            return decision, decision.refusal.fields if decision and decision.refusal else {}

        taken, errors = await self.database.run(work)
        if taken and taken.effects:
            self.on_work()
        return taken, errors

    async def page(self, link: Link, form: Form, person: Person) -> str:
        """Give the address of a page on which this person can fill in a form once; empty where there are no pages."""
        if not self.public_url or form not in WITH_SECRETS:
            return ""
        now = self.clock()
        until = now + tickets.LIFE
        ticket = tickets.Ticket(link_id=link.id, form=form, step=link.step, person=person, until=until)
        token = await self.database.run(lambda session: tickets.issue(session, ticket, now))
        return f"{self.public_url}/form/{token}"

    async def begin(self, wish: Wish) -> tuple[Link, bool]:
        """Start a link, or give the one that already runs; True when it is new."""
        now = self.clock()
        values = wish.filled.values
        admin = Person(user_id=values["admin"]) if values.get("admin") else None
        if admin and admin.user_id == wish.owner.user_id:
            admin = wish.owner
        link = Link(
            id=random.token_hex(6),
            team_id=wish.team_id,
            channel_id=wish.channel_id,
            customer=values["customer"],
            setup=Setup(
                profile=values["profile"],
                absence=bool(values.get("absence")),
                environment=Environment(values["environment"]),
            ),
            writes=bool(values.get("writes")),
            owner=wish.owner,
            admin=admin,
            created=now,
            touched=now,
        )
        running = await self.database.run(lambda session: self._create(session, link, "started", wish.owner, now))
        self.on_work()
        return (running, False) if running else (link, True)

    async def copy(self, event: Submitted, link_id: str) -> Mapping[str, str]:
        """Start a link for another environment from a finished one; gives one word-key per wrong field."""
        now = self.clock()

        def work(session: Session) -> Mapping[str, str]:
            link = store.load(session, link_id)
            refused = refusal(link, event) if link else Denial(key="refusal.gone")
            if link is None:
                return {"environment": ""}
            if refused:
                self._record(session, link, _what(event), event.actor, now, refusal=refused)
                return {"environment": refused.key}
            new = copied(link, random.token_hex(6), Environment(event.values["environment"]), now)
            running = self._create(session, new, "copied", event.actor, now)
            return {"environment": "command.already"} if running else {}

        errors = await self.database.run(work)
        self.on_work()
        return errors

    def _create(self, session: Session, link: Link, what: str, who: Person, now: datetime) -> Link | None:
        """Store a new link with its first messages; gives the one that runs already, if there is one."""
        decision = start(link)
        wake = next_wake(decision.link, self.rules)
        running = store.create(session, decision.link, decision.effects, wake_at=wake, now=now)
        if running is None:
            self._record(session, decision.link, what, who, now)
        return running

    async def wake_due(self, limit: int = 200) -> int:
        """Give every link whose moment has come its turn; returns how many had one."""
        now = self.clock()
        due = await self.database.run(lambda session: store.due(session, now, limit))
        for link_id in due:
            try:
                await self.handle(link_id, Woke())
            except Exception as error:
                log.exception("a link could not be woken", extra={"link": link_id, "why": type(error).__name__})
                await self.database.run(partial(store.put_off, link_id=link_id, until=now + PUT_OFF))
        return len(due)

    async def digest(self) -> bool:
        """Once on a working day, tell our own people which links need somebody; True when there was something."""
        now = self.clock()
        opens = todays_opening(now, self.rules)
        if opens is None or now < opens:
            return False

        def work(session: Session) -> bool:
            if not pulse.take_turn(session, DIGEST, now, since=opens):
                return False
            found = worries(store.everywhere(session), now, self.rules)
            if found:
                # Who is told what is settled when it is sent; the outbox holds no line of it.
                errands.enqueue(session, found[0].link.id, (TellStaff(key=DIGEST_NOTICE),), now)
            return bool(found)

        said = await self.database.run(work)
        if said:
            self.on_work()
        return said

    def turn(self, session: Session, link_id: str, event: Event, now: datetime) -> Decision | None:
        """Make one decision inside the caller's transaction."""
        link = store.lock(session, link_id)
        if link is None:
            return None
        if isinstance(event, CheckFinished):
            event = self._with_rival(session, link, event)
        decision = decide(link, event, now, self.rules)
        changed = decision.link
        if changed != link or decision.effects or isinstance(event, Woke):
            try:
                store.save(session, changed, decision.effects, wake_at=next_wake(changed, self.rules), now=now)
            except store.AlreadyRunningError:
                if isinstance(event, CheckFinished) and not event.rival:
                    return self.turn(session, link_id, replace(event, rival=True), now)
                decision, changed = Decision(link=link, refusal=Denial(key="hitch.rival")), link
            self._record(session, changed, _what(event), _who(event), now, refusal=decision.refusal)
        elif decision.refusal:
            self._record(session, link, _what(event), _who(event), now, refusal=decision.refusal)
        if isinstance(event, Pressed) and decision.refusal:
            self._whisper(session, link_id, event.actor, decision.refusal, now)
        vault.keep_only(session, link_id, changed.secrets)
        return decision

    def _whisper(self, session: Session, link_id: str, person: Person, refused: Denial, now: datetime) -> None:
        key = refused.key or next(iter(refused.fields.values()))
        errands.enqueue(session, link_id, (Whisper(person=person, key=key, names=refused.names),), now)

    def _with_rival(self, session: Session, link: Link, event: CheckFinished) -> CheckFinished:
        """Add whether another link holds the tenant; only people who may know of that one are told so."""
        endpoint = event.report.endpoint
        rival = store.endpoint_rival(session, link, endpoint.host, endpoint.tenant) if endpoint else None
        if rival is None:
            return event
        if is_of_same_people(link, rival):
            return replace(event, rival=True)
        return replace(event, elsewhere=True)

    def _today(self, link: Link, now: datetime) -> date:
        zone = (link.admin or link.owner).zone or self.rules.zone
        return now.astimezone(ZoneInfo(zone)).date()

    def _record(
        self,
        session: Session,
        link: Link,
        what: str,
        who: Person | None,
        now: datetime,
        *,
        refusal: Denial | None = None,
    ) -> None:
        role = ",".join(sorted(roles_of(link, who))) if who else "app"
        detail = {"step": link.step.value, "status": link.status.value}
        if refusal:
            detail["refused"] = refusal.key or ",".join(refusal.fields.values())
        audit.append(
            session,
            link.id,
            at=now,
            actor=who.user_id if who else "",
            team=who.team_id if who else "",
            role=role,
            what=what,
            detail=detail,
            # Somebody who goes on pressing what is not theirs fills no disk.
            again=refusal is None,
        )


def _what(event: Event) -> str:
    match event:
        case Pressed():
            return f"pressed.{event.action}"
        case Submitted():
            return f"sent.{event.form}.web" if event.on_web else f"sent.{event.form}"
        case Heard():
            return f"heard.{event.intent}"
        case _:
            return type(event).__name__.lower()


def _who(event: Event) -> Person | None:
    return event.actor if isinstance(event, Pressed | Submitted | Heard) else None
