"""What the clock does to a link: checks, reminders, and reminders that have had their say; sends nothing."""

from __future__ import annotations

from datetime import datetime

from flows.link.effects import Decision, Effect, LookUp, TellStaff
from flows.link.events import Event
from flows.link.rulebook import Rulebook
from flows.link.standing import standing
from flows.link.state import Cause, Link, Nudge
from flows.replacing import replace
from flows.schedule.attention import unasked
from flows.schedule.office_hours import moved
from flows.schedule.outcomes import outcome_of
from flows.schedule.reminders import Due, is_new_post, is_passed, ladder_of, next_due, rung_of, turns_at
from flows.schedule.wakeups import cooled_at, idle_at, is_recheck_on, next_health, resumes_at, wants_asking
from flows.transitions.checks import rechecks
from flows.transitions.handoff import idle
from flows.transitions.health import look_quietly
from flows.transitions.moves import resume, say, show_nudge


def with_reminder(before: Link, decision: Decision, event: Event, now: datetime, rules: Rulebook) -> Decision:
    """Send at once the reminder that waited for Workday's answer, if it is still due."""
    due = next_due(decision.link, rules)
    if due is None or due.at > now or wants_asking(decision.link, now):
        return decision
    reminded = _reminded(with_settled_nudge(before, decision, event).link, due, now, rules)
    return Decision(link=reminded.link, effects=(*decision.effects, *reminded.effects))


def woke(link: Link, now: datetime, rules: Rulebook) -> Decision:
    """Do what the link asked to be woken for, and draw a standing reminder anew as soon as its day lies behind."""
    turns = turns_at(link, rules)
    if turns is None or turns > now or link.nudge is None:
        return _woke(link, now, rules)
    link = replace(link, nudge=replace(link.nudge, at=now))
    decision = _woke(link, now, rules)
    if decision.link.nudge != link.nudge:
        return decision
    return replace(decision, effects=(*decision.effects, *show_nudge(link)))


def _woke(link: Link, now: datetime, rules: Rulebook) -> Decision:
    """Check again, forget, remind, or look whether all is well."""
    if link.attempt.recheck and link.attempt.recheck.at <= now and is_recheck_on(link):
        return rechecks.look_again(link, now)
    cools = cooled_at(link)
    if cools and cools <= now:
        return rechecks.cooled(link, now)
    resumes = resumes_at(link, rules)
    if resumes and resumes <= now:
        resumed = resume(replace(link, touched=now), now)
        return replace(resumed, effects=(*resumed.effects, say("say.pause_over")))
    ends = idle_at(link, rules)
    if ends and ends <= now and not link.attempt.checking and not link.blocked:
        return idle(link, now)
    due = next_due(link, rules)
    if due is None or due.at > now:
        health = next_health(link)
        return look_quietly(link, now) if health and health <= now else Decision(link=link)
    if wants_asking(link, now):
        return look_quietly(link, now)
    return _reminded(link, due, now, rules)


def _reminded(link: Link, due: Due, now: datetime, rules: Rulebook) -> Decision:
    """Post or edit the reminder; outside of the person's hours it waits for the next of them."""
    opens = moved(now, due.hours)
    if opens > now:
        return Decision(link=replace(link, not_before=opens))
    cause, rung = due.cause, rung_of(due.moments, now)
    number = link.nudge.number if link.nudge else -1
    before: tuple[Effect, ...] = ()
    if is_new_post(link, cause, rung):
        before = show_nudge(link, standing=True)
        number += 1
    told = _escalated(link, cause, rung, rules)
    known = tuple(LookUp(user_id=one) for one in dict.fromkeys(one.user_id for one in (link.doer, link.admin) if one))
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


def with_settled_nudge(before: Link, decision: Decision, event: Event) -> Decision:
    """Shrink the standing reminder to one line as soon as its reason is gone; one that is new has not had its say."""
    link, nudge = decision.link, decision.link.standing_nudge
    outcome = outcome_of(before, link, nudge, event) if nudge and nudge == before.standing_nudge else None
    if nudge is None or outcome is None:
        return decision
    link = replace(link, nudge=replace(nudge, outcome=outcome))
    return replace(decision, link=link, effects=(*decision.effects, *show_nudge(link)))


def with_fresh_nudge(before: Link, decision: Decision, now: datetime) -> Decision:
    """Draw the standing reminder anew as soon as it would ask for something else, or somebody else."""
    link, nudge = decision.link, decision.link.standing_nudge
    if nudge is None or nudge != before.standing_nudge or _asks(before, now) == _asks(link, now):
        return decision
    shown = (one for one in show_nudge(link) if one not in decision.effects)
    return replace(decision, effects=(*decision.effects, *shown))


def _asks(link: Link, now: datetime) -> tuple[object, ...]:
    """Return what a reminder asks for, and whom."""
    found = standing(unasked(link), now)
    return found.waits, found.reason, link.doer and (link.doer.user_id, link.doer.present)
