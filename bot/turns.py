"""One turn of a link: lock, decide, save, enqueue, record, all in the caller's transaction; speaks to nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from flows import decide, start
from flows.link.access.reading import is_of_same_people, roles_of
from flows.link.effects import Decision, Denial, LookUp, RunCheck, Show, Slot, Whisper
from flows.link.events import CheckFinished, Event, Heard, KeyMade, Pressed, Submitted, Woke
from flows.link.moments import in_time
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Person, Status, Step
from flows.schedule.wakeups import next_wake
from flows.transitions.moves import card_slot, repost
from storage import audit_log as audit
from storage import deduplication as inbox
from storage import link_lists, messages, waking
from storage import links as store
from storage.credentials import store as credentials
from storage.outbox import errands, recovery

APP = "app"
"""The role in which the app itself acts."""

TOLD = frozenset(10**power for power in range(10))
"""Of the same that is refused or repeated within an hour the first is recorded, the 10th, the 100th and so on."""

REPEATED = "repeated"
"""Why what somebody says again is not answered again."""

COLLEAGUE = "refusal.colleague"
"""Said to somebody of the customer's whose admin has the link."""

MOST_WHISPERS = 3
"""How often one person is told the same within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many links may be woken, how many of them to say something in Slack, and how many to ask Workday."""

    links: int
    messages: int
    checks: int

    def after(self, decision: Decision) -> Room:
        """Return what is left when one more link gets what it wants."""
        checks = any(isinstance(effect, RunCheck) for effect in decision.effects)
        speaks = any(not isinstance(effect, RunCheck) for effect in decision.effects)
        return Room(links=self.links - 1, messages=self.messages - speaks, checks=self.checks - checks)

    @property
    def is_overdrawn(self) -> bool:
        """Return whether that was too much."""
        return min(self.links, self.messages, self.checks) < 0


class Turns:
    """Makes and records decisions by the rules of this installation."""

    def __init__(self, rules: Rulebook) -> None:
        self._rules = rules

    def turn(self, session: Session, link_id: str, event: Event, now: datetime) -> Decision | None:
        """Lock a link and make one decision; None when there is no such link."""
        link = store.lock(session, link_id)
        return self.take(session, link, event, now) if link else None

    def take(self, session: Session, link: Link, event: Event, now: datetime, *, whispers: bool = True) -> Decision:
        """Make one decision about a link that is locked already."""
        if isinstance(event, CheckFinished):
            event = self._with_rival(session, link, event)
        decision = decide(link, event, now, self._rules)
        changed = decision.link
        if changed != link or decision.effects or isinstance(event, Woke):
            try:
                wake = next_wake(changed, self._rules)
                if changed.moved != link.moved:
                    messages.leave(session, link.id, changed.moved, card_slot(link))
                    recovery.revive(session, link.id, now)
                store.save(session, changed, decision.effects, wake_at=wake, now=now, before=link)
            except store.AlreadyRunningError:
                if isinstance(event, CheckFinished) and not event.rival:
                    return self.take(session, link, replace(event, rival=True), now)
                decision, changed = Decision(link=link, refusal=Denial(key="hitch.rival")), link
            self.record(session, changed, event, now, refusal=decision.refusal)
        elif decision.refusal:
            self.record(session, link, event, now, refusal=decision.refusal)
        if whispers and isinstance(event, Pressed) and decision.refusal:
            self.whisper(session, link.id, event.actor, decision.refusal, now)
        if changed.secrets != link.secrets or _brings_secrets(event):
            credentials.keep_only(session, link.id, changed.secrets)
        return decision

    def wake_due(self, session: Session, now: datetime, room: Room) -> Room:
        """Take the turns of the links that are due in one go, while there is room for what they want; returns the rest.

        What comes of it is what `turn` makes of them one by one. Raises whatever one of them raises.
        """
        changes: list[waking.Change] = []
        for link in waking.lock_due(session, now, room.links):
            decision = decide(link, Woke(), now, self._rules)
            left = room.after(decision)
            if left.checks < 0 <= left.messages:
                # It stays due, and what others behind it want to say does not wait for its tenant.
                continue
            if left.is_overdrawn:
                break
            room, changed = left, decision.link
            wake_at = next_wake(changed, self._rules)
            changes.append(waking.Change(before=link, link=changed, effects=decision.effects, wake_at=wake_at))
        waking.save_all(session, changes, now)
        details = {one.link.id: _detail(one.link) for one in changes}
        audit.append_to_each(session, details, at=now, role=APP, what=what_of(Woke()))
        for one in changes:
            if one.link.secrets != one.before.secrets:
                credentials.keep_only(session, one.link.id, one.link.secrets)
        return room

    def bring_back(self, session: Session, link_id: str, now: datetime) -> None:
        """Bring back the moments of a link that a clock set back since has left too far ahead."""
        link = store.lock(session, link_id)
        if link:
            mended = in_time(link, now)
            store.save(session, mended, (), wake_at=next_wake(mended, self._rules), now=now, before=link)

    def post_anew(self, session: Session, link_id: str, now: datetime) -> None:
        """Bring a link's card to the end of its thread, after a restore: newer ones may stand there that nobody knows.

        Their buttons are those of another revision, so a press of one changes nothing and says so.
        """
        link = store.lock(session, link_id)
        if link is None or link.status is Status.CANCELLED:
            return
        shown = Decision(link=link, effects=(Show(slot=Slot.PARENT),)) if link.step is Step.LINKED else repost(link)
        wake = next_wake(shown.link, self._rules)
        store.save(session, shown.link, shown.effects, wake_at=wake, now=now, before=link)

    def create(self, session: Session, link: Link, what: str, who: Person, now: datetime) -> Link | None:
        """Store a new link with its first messages; returns the one that runs already, if there is one."""
        decision = start(link)
        wake = next_wake(decision.link, self._rules)
        running = store.create(session, decision.link, decision.effects, wake_at=wake, now=now)
        if running is None:
            _record(session, decision.link, what, who, now)
        return running

    def whisper(self, session: Session, link_id: str, person: Person, refused: Denial, now: datetime) -> None:
        """Tell one person why nothing happened; the same again only a few times within a minute.

        Of somebody whom a colleague is to ask Slack is asked, once an hour, whether they are there still: that an
        account was closed, or has another id, it does not say by itself.
        """
        key = refused.key or next(iter(refused.fields.values()))
        if key == COLLEAGUE and inbox.first_time(session, f"colleague:{link_id}:{now:%Y%m%d%H}", now):
            link = store.load(session, link_id)
            errands.enqueue(session, link_id, (LookUp(user_id=link.admin.user_id),) if link and link.admin else (), now)
        once = f"whisper:{link_id}:{person.user_id}:{key}:{now:%Y%m%d%H%M}"
        if inbox.count(session, once, now) > MOST_WHISPERS:
            return
        errands.enqueue(session, link_id, (Whisper(person=person, key=key, names=refused.names),), now)

    def record(
        self, session: Session, link: Link, event: Event, now: datetime, *, refusal: Denial | None = None
    ) -> None:
        """Write into the audit log what was asked of a link and whether it was refused; lock the link first."""
        _record(session, link, what_of(event), _who(event), now, refusal=refusal)

    def record_repeat(self, session: Session, link: Link, event: Heard, now: datetime) -> None:
        """Count in the audit log what somebody goes on saying and nobody answers again; lock the link first."""
        _record(session, link, what_of(event), event.actor, now, refusal=Denial(key=REPEATED))

    def _with_rival(self, session: Session, link: Link, event: CheckFinished) -> CheckFinished:
        """Add whether another link holds the tenant; only people who may know of that one are told so."""
        endpoint = event.report.endpoint
        rival = link_lists.endpoint_rival(session, link, endpoint.host, endpoint.tenant) if endpoint else None
        if rival is None:
            return event
        if is_of_same_people(link, rival):
            return replace(event, rival=True)
        return replace(event, elsewhere=True)


def _record(
    session: Session,
    link: Link,
    what: str,
    who: Person | None,
    now: datetime,
    *,
    refusal: Denial | None = None,
) -> None:
    role = ",".join(sorted(roles_of(link, who))) if who else APP
    detail = _detail(link)
    if refusal:
        why = detail["refused"] = refusal.key or ",".join(refusal.fields.values())
        hour = f"refused:{link.id}:{who.user_id if who else APP}:{what}:{link.step}:{why}:{now:%Y%m%d%H}"
        times = inbox.count(session, hour, now)
        if times not in TOLD:
            # People who go on pressing what is not theirs fill no disk.
            return
        detail["times"] = times
    audit.append(
        session,
        link.id,
        at=now,
        actor=who.user_id if who else "",
        team=who.team_id if who else "",
        role=role,
        what=what,
        detail=detail,
    )


def _detail(link: Link) -> dict[str, JsonValue]:
    return {"step": link.step.value, "status": link.status.value}


def what_of(event: Event) -> str:
    """Name an event as the audit and the log do: its kind with the button, form or intent, nothing that was said."""
    match event:
        case Pressed():
            return f"pressed.{event.action}"
        case Submitted():
            return f"sent.{event.form}.web" if event.on_web else f"sent.{event.form}"
        case Heard():
            return f"heard.{event.intent}"
        case _:
            return type(event).__name__.lower()


def _brings_secrets(event: Event) -> bool:
    """Return whether something was stored for this turn, which has to go again if the turn does not take it."""
    return bool(
        (isinstance(event, Submitted) and event.secrets)
        or (isinstance(event, CheckFinished) and event.rotated)
        or isinstance(event, KeyMade)
    )


def _who(event: Event) -> Person | None:
    return event.actor if isinstance(event, Pressed | Submitted | Heard) else None
