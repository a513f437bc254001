"""What a press sets without moving the link: its pause, its silence, its language, and how it asks."""

from __future__ import annotations

from datetime import date, datetime

from flows.link.access.rows import ON
from flows.link.attempt import Attempt
from flows.link.effects import Decision, Denial, Show, Slot
from flows.link.events import Action, Pressed
from flows.link.rulebook import Rulebook
from flows.link.state import Last, Link, Outcome, Status
from flows.replacing import replace
from flows.schedule.attention import worry_of
from flows.schedule.reminders import Snooze, cause_of, snooze_until
from flows.transitions.moves import say, show_nudge, stay
from flows.transitions.people import told_owner

STALE = Denial(key="refusal.stale")
WELL = Denial(key="refusal.well")
MUTED = Denial(key="refusal.muted")


def language(link: Link, event: Pressed, rules: Rulebook) -> Decision:
    """Choose the language in which the thread is spoken."""
    if event.value not in rules.languages or event.value == link.language:
        return Decision(link=link, refusal=STALE)
    return Decision(link=replace(link, language=event.value))


def writes(link: Link, event: Pressed) -> Decision:
    """Ask of permissions to write by writing, or do not."""
    wanted = event.value == ON
    if link.writes is wanted:
        return Decision(link=link, refusal=STALE)
    said = say("say.writes_on" if wanted else "say.writes_off")
    return Decision(link=replace(link, writes=wanted), effects=(Show(slot=Slot.PARENT), said))


def web_only(link: Link, event: Pressed) -> Decision:
    """Take secrets on the page alone, or in Slack as well."""
    wanted = event.value == ON
    if link.web_only is wanted:
        return Decision(link=link, refusal=STALE)
    said = say("say.web_only_on" if wanted else "say.web_only_off")
    return Decision(link=replace(link, web_only=wanted), effects=(said,))


def paused(link: Link, event: Pressed, now: datetime) -> Decision:
    """Let a link rest until somebody resumes it, or until a day."""
    # Nobody waits for what the clock is asking about a finished link.
    attempt = Attempt() if link.status is Status.LINKED else link.attempt
    link = replace(link, status=Status.PAUSED, attempt=attempt, last=Last(key="paused", at=now))
    return stay(replace(link, paused_until=_day(event.value)), *told_owner(link, event.actor, "staff.paused"))


def paused_until(link: Link, event: Pressed) -> Decision:
    """Set or move the day on which a link that is paused already goes on by itself."""
    day = _day(event.value)
    if day is None or day == link.paused_until:
        return Decision(link=link, refusal=Denial(key="refusal.status.paused"))
    return stay(replace(link, paused_until=day), *told_owner(link, event.actor, "staff.paused"))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def snoozed(link: Link, event: Pressed, now: datetime, rules: Rulebook) -> Decision:
    """Remind nobody for a while."""
    choice = Snooze(event.value) if event.value in set(Snooze) else Snooze.DAY
    cause = cause_of(link)
    nudge = replace(link.nudge, outcome=Outcome.SNOOZED) if link.nudge else None
    nudged = {**link.nudged, cause: now} if cause else link.nudged
    link = replace(link, snoozed_until=snooze_until(choice, link, now, rules), nudge=nudge, nudged=nudged)
    return Decision(link=link, effects=show_nudge(link))


def muted(link: Link, event: Pressed, now: datetime, rules: Rulebook) -> Decision:
    """Keep a link out of the digest until what is the matter with it changes, or let it in again."""
    if event.action is Action.UNMUTE:
        return Decision(link=replace(link, muted=""))
    worry = worry_of(link, now, rules)
    if worry is None:
        return Decision(link=link, refusal=WELL)
    if worry.is_muted:
        return Decision(link=link, refusal=MUTED)
    return Decision(link=replace(link, muted=worry.topic))
