"""Every transition of a link: `decide(link, event, now)`. Pure and total: no event raises, none is half done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from flows.link.access import may_say
from flows.link.events import (
    ChannelMoved,
    CheckBroken,
    CheckFinished,
    CheckRefused,
    Decision,
    Effect,
    Event,
    Forgotten,
    Form,
    HandedOff,
    Heard,
    Intent,
    LookUp,
    PersonKnown,
    Pressed,
    Reachable,
    Refusal,
    Say,
    Show,
    Slot,
    Submitted,
    TellStaff,
    Undeliverable,
    Uninstalled,
    Woke,
)
from flows.link.setup import Setup
from flows.link.state import Cause, Link, Nudge, Person, Status, Step
from flows.schedule.reminders import (
    Rulebook,
    cause_of,
    idle_at,
    into_hours,
    is_new_post,
    is_passed,
    is_recheck_on,
    ladder_of,
    next_due,
    next_health,
    rung_at,
    waiting_on,
    wants_asking,
)
from flows.tenant.service_url import Environment
from flows.transitions import check_results as outcomes
from flows.transitions.buttons import pressed
from flows.transitions.forms import cancelled, submitted
from flows.transitions.handoff import handed, idle, uninstalled, with_news
from flows.transitions.health import look_quietly
from flows.transitions.leaked_secrets import posted
from flows.transitions.moves import card_slot, say, show_nudge


def start(link: Link) -> Decision:
    """Open a new link: the parent message, the welcome card, and who the admin is."""
    people = tuple(LookUp(user_id=person.user_id) for person in (link.owner, link.admin) if person)
    return Decision(link=link, effects=(Show(slot=Slot.PARENT), *people, Show(slot=card_slot(link))))


def decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    """Work out the link after `event`, and the effects to run.

    `now` is aware UTC. Late, doubled and forged events come back as a refusal or as no change.
    """
    decision = _decide(_back_again(link, event), event, now, rules)
    if decision.refusal:
        return Decision(link=link, refusal=decision.refusal, effects=_ask_again(link, decision.refusal))
    is_answer = isinstance(event, CheckFinished | CheckRefused | CheckBroken)
    if is_answer and link.attempt.checking and not link.attempt.checking.by_hand:
        decision = _reminded_after(decision, now, rules)
    return with_news(link, _settle_nudge(decision), rules)


def _reminded_after(decision: Decision, now: datetime, rules: Rulebook) -> Decision:
    """Send at once the reminder that waited for Workday's answer, if it is still due."""
    due = next_due(decision.link, rules)
    if due is None or due.at > now or wants_asking(decision.link, now):
        return decision
    reminded = _reminded(_settle_nudge(decision).link, due.cause, now, rules)
    return Decision(link=reminded.link, effects=(*decision.effects, *reminded.effects))


def _back_again(link: Link, event: Event) -> Link:
    """See that an admin who was said to be gone is here."""
    is_theirs = isinstance(event, Pressed | Submitted) and link.admin is not None and link.admin.is_same(event.actor)
    return replace(link, admin=replace(link.admin, present=True)) if is_theirs and link.admin else link


def _ask_again(link: Link, refused: Refusal) -> tuple[Effect, ...]:
    """Ask Slack once more about a person whose press had to wait for Slack's answer."""
    if refused.key == "refusal.looking_up" and link.admin:
        return (LookUp(user_id=link.admin.user_id),)
    return ()


def _decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    match event:
        case Pressed():
            return pressed(link, event, now, rules)
        case Submitted():
            return submitted(link, event, now, rules)
        case Heard():
            return _heard(link, event, now, rules)
        case CheckFinished():
            return outcomes.finished(link, event, rules, now)
        case CheckRefused():
            return outcomes.refused(link, event)
        case CheckBroken():
            return outcomes.broken(link, event, now)
        case PersonKnown():
            return _known(link, event)
        case Undeliverable():
            return _undeliverable(link, event)
        case Reachable():
            return Decision(link=replace(link, blocked=None))
        case ChannelMoved():
            return Decision(link=replace(link, channel_id=event.channel_id))
        case Woke():
            return _woke(link, now, rules)
        case HandedOff():
            return handed(link, event, now, rules)
        case Uninstalled():
            return uninstalled(link, now)
        case Forgotten():
            return cancelled(replace(link, erase=True), now)
        case _:
            assert_never(event)


def _heard(link: Link, event: Heard, now: datetime, rules: Rulebook) -> Decision:
    if not may_say(link, event):
        return Decision(link=link)
    match event.intent:
        case Intent.SECRET:
            return posted(link, event, rules)
        case Intent.HELP:
            return Decision(link=link, effects=(say(f"say.help.{link.step}"),))
        case Intent.FAULT if event.reason:
            return Decision(link=link, effects=(say(f"reason.{event.reason}.chat"),))
        case Intent.SIGN_ON if event.sign_on:
            return outcomes.explained(link, event.sign_on, now)
        case Intent.QUESTION:
            return _asked(link, event)
        case Intent.URL if link.step is Step.SERVICE_URL:
            typed = Submitted(
                actor=event.actor,
                form=Form.SERVICE_URL,
                step=link.step,
                revision=link.revision,
                pasted=event.pasted,
            )
            decision = submitted(link, typed, now, rules)
            wrong = decision.refusal.fields.get("url") if decision.refusal else None
            return Decision(link=link, effects=(Say(key=wrong),)) if wrong else decision
        case _:
            return Decision(link=link)


QUESTION = "question"
"""Where `answered` notes that a question was handed on; the next one counts after the link has moved."""


def _asked(link: Link, event: Heard) -> Decision:
    """Hand on what the app has no answer to, once between two moves of the link."""
    if link.answered.get(QUESTION, 0) >= link.revision:
        return Decision(link=link)
    link = replace(link, answered={**link.answered, QUESTION: link.revision})
    told = TellStaff(key="staff.question", names={"person": event.actor.user_id})
    return Decision(link=link, effects=(say("say.question"), told))


def _known(link: Link, event: PersonKnown) -> Decision:
    if link.owner.user_id == event.person.user_id:
        link = replace(link, owner=_merged(link.owner, event.person))
    if link.admin is None or link.admin.user_id != event.person.user_id:
        return Decision(link=link)
    admin = replace(_merged(link.admin, event.person), present=event.present)
    if admin == link.admin:
        return Decision(link=link)
    has_gone = link.admin.present and not admin.present
    link = replace(link, admin=admin)
    if link.status is Status.LINKED and not has_gone:
        return Decision(link=link)
    told: tuple[Effect, ...] = ()
    if has_gone:
        starts = link.step is Step.WELCOME
        absent = Say(key="say.absent", names={"person": admin.user_id})
        told = (absent if starts else TellStaff(key="staff.gone"), Show(slot=Slot.PARENT))
    return Decision(link=link, effects=(Show(slot=card_slot(link)), *told, *show_nudge(link, standing=has_gone)))


def _merged(person: Person, told: Person) -> Person:
    """Take what Slack tells; where it tells nothing, what was known stays."""
    return Person(
        user_id=person.user_id,
        team_id=told.team_id or person.team_id,
        zone=told.zone or person.zone,
    )


def _undeliverable(link: Link, event: Undeliverable) -> Decision:
    if link.blocked == event.code:
        return Decision(link=link)
    told = TellStaff(key="staff.undeliverable", names={"code": event.code})
    return Decision(link=replace(link, blocked=event.code), effects=(told,))


def _woke(link: Link, now: datetime, rules: Rulebook) -> Decision:
    if link.attempt.recheck and link.attempt.recheck.at <= now and is_recheck_on(link):
        return outcomes.look_again(link, now)
    ends = idle_at(link, rules)
    if ends and ends <= now and not link.attempt.checking and not link.blocked:
        return idle(link, now)
    due = next_due(link, rules)
    if due is None or due.at > now:
        health = next_health(link)
        return look_quietly(link, now) if health and health <= now else Decision(link=link)
    if wants_asking(link, now):
        return look_quietly(link, now)
    return _reminded(link, due.cause, now, rules)


def _reminded(link: Link, cause: Cause, now: datetime, rules: Rulebook) -> Decision:
    """Post or edit the reminder; outside of the person's hours it waits for the next of them."""
    opens = into_hours(now, waiting_on(link), rules)
    if opens > now:
        return Decision(link=replace(link, not_before=opens))
    rung = rung_at(link, cause, now, rules)
    number = link.nudge.number if link.nudge else -1
    before: tuple[Effect, ...] = ()
    if is_new_post(link, cause, rung):
        before = show_nudge(link, standing=True)
        number += 1
    told = _escalated(link, cause, rung, rules)
    known = (LookUp(user_id=link.admin.user_id),) if link.admin else ()
    nudge = Nudge(cause=cause, number=number, rung=rung, at=now)
    link = replace(link, nudge=nudge, nudged={**link.nudged, cause: now})
    return Decision(link=link, effects=(*before, *show_nudge(link), *told, *known))


def _escalated(link: Link, cause: Cause, rung: int, rules: Rulebook) -> tuple[Effect, ...]:
    """Tell our own people when nothing happened for long, and later whoever stands in for them."""
    row = ladder_of(link, cause)
    levels = ((row.owner, link.owner.user_id), (row.backup if rules.backup else None, rules.backup))
    return tuple(
        TellStaff(key=f"staff.last.{cause}", to=to) for day, to in levels if is_passed(link, cause, day, rung, rules)
    )


def _settle_nudge(decision: Decision) -> Decision:
    """Shrink the standing reminder to one line as soon as its reason is gone."""
    link = decision.link
    nudge = link.standing_nudge
    if nudge is None or not _is_settled(link, nudge):
        return decision
    link = replace(link, nudge=replace(nudge, over=True))
    return replace(decision, link=link, effects=(*decision.effects, *show_nudge(link)))


def _is_settled(link: Link, nudge: Nudge) -> bool:
    if nudge.cause in {Cause.PASSWORD, Cause.EXPIRY} and link.setup.expiry_at and link.setup.expiry_at >= nudge.at:
        return True
    # A shut channel and an absent Workday silence reminders; they do not do what these ask for.
    cause = cause_of(replace(link, blocked=None))
    if cause is not nudge.cause:
        return cause is not None or link.attempt.recheck is None
    return nudge.cause is Cause.STALLED and link.touched > nudge.at


def copied(link: Link, link_id: str, environment: Environment, now: datetime) -> Link:
    """Make a new link for another environment of the same customer: the answers, never the secrets."""
    return Link(
        id=link_id,
        team_id=link.team_id,
        channel_id=link.channel_id,
        customer=link.customer,
        setup=Setup(profile=link.setup.profile, absence=link.setup.absence, environment=environment),
        writes=link.writes,
        web_only=link.web_only,
        isu=link.setup.account.user_name if link.setup.account else link.isu,
        owner=link.owner,
        admin=link.admin,
        created=now,
        touched=now,
    )
