"""Who a link belongs to, and who does its present step: hand-overs, people who leave, people who come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.access import Role, roles_of
from flows.link.effects import Decision, Denial, Effect, Farewell, LookUp, Say, Show, Slot, TellStaff
from flows.link.events import PersonKnown, Submitted
from flows.link.forms import ONE_STEP
from flows.link.rulebook import Rulebook
from flows.link.state import Last, Link, Outcome, Person, Status, Step
from flows.link.steps import may_be_parted
from flows.transitions.moves import card_slot, say, show_nudge, stay


def handed_over(link: Link, event: Submitted, now: datetime) -> Decision:
    """Give the link, or its present step, to the person who was chosen; apps and strangers are asked about first."""
    refused = _not_chosen(link, event)
    if refused:
        return Decision(link=link, refusal=Denial(fields={"person": refused}))
    user_id = event.values["person"]
    holds_only = not roles_of(link, event.actor) & {Role.STAFF, Role.ADMIN, Role.NEWCOMER}
    if (holds_only or event.values.get("part") == ONE_STEP) and may_be_parted(link):
        return _step_given(link, event, user_id, now)
    admin = link.owner if link.owner.user_id == user_id else event.chosen or Person(user_id=user_id)
    given = Last(key="handed_over", at=now, names={"person": user_id})
    before = link.admin if link.admin and link.admin.present and link.admin.user_id != user_id else None
    # What the one before asked to be left alone with is no wish of the next.
    link = replace(link, admin=admin, last=given, snoozed_until=None, holders={})
    if admin.locale:
        # The one before chose for themselves.
        link = replace(link, language="")
    key = "say.handed_over_linked" if link.step is Step.LINKED else "say.handed_over"
    released = (say("say.released", person=before.user_id),) if before else ()
    shown = stay(link, say(key, person=user_id), *released, *show_nudge(link, standing=True))
    return _told(shown, event.actor, user_id, "staff.handed_over")


def moved(link: Link, event: Submitted, now: datetime) -> Decision:
    """Go on in another channel: a parent and a live card of its own there, and a word in the thread that is left."""
    if event.values["channel"] == link.channel_id:
        return Decision(link=link, refusal=Denial(fields={"channel": "field.channel_same"}))
    link = replace(
        link,
        channel_id=event.values["channel"],
        moved=link.moved + 1,
        # The live card is posted anew; what was done before stays in the thread that is left.
        cards=(*link.cards, link.step),
        revision=link.revision + 1,
        blocked=None,
        # Its message stays in the thread that is left.
        nudge=replace(link.nudge, outcome=link.nudge.outcome or Outcome.MOVED) if link.nudge else None,
        last=Last(key="moved", at=now),
    )
    people = dict.fromkeys(one.user_id for one in (link.admin, *link.holders.values()) if one)
    told = () if link.owner.is_same(event.actor) else (TellStaff(key="staff.moved"),)
    shown = (Show(slot=Slot.PARENT), Show(slot=card_slot(link)), Farewell(number=link.moved))
    return Decision(link=link, effects=(*shown, *(LookUp(user_id=one) for one in people), *told))


def _step_given(link: Link, event: Submitted, user_id: str, now: datetime) -> Decision:
    names = {"person": user_id, "step": link.step.value}
    chosen = event.chosen or Person(user_id=user_id)
    holders = {**link.holders, link.step: chosen}
    if link.admin and link.admin.user_id == user_id:
        holders.pop(link.step)
    link = replace(link, holders=holders, last=Last(key="step_handed_over", at=now, names=names), snoozed_until=None)
    shown = stay(link, say("say.step_handed_over", person=user_id), *show_nudge(link, standing=True))
    return _told(shown, event.actor, user_id, "staff.step_handed_over")


def _told(shown: Decision, actor: Person, user_id: str, key: str) -> Decision:
    """Ask Slack about the new one, and tell whoever owns the link, unless they did it."""
    told = () if shown.link.owner.is_same(actor) else (TellStaff(key=key, names={"person": user_id}),)
    return replace(shown, effects=(LookUp(user_id=user_id), *shown.effects, *told))


def _not_chosen(link: Link, event: Submitted) -> str:
    """Say why the person who was chosen cannot have the link, or cannot yet; empty when they can."""
    if event.chosen_app:
        return "field.person_app"
    chosen, known, roles = event.chosen, link.admin, roles_of(link, event.actor)
    is_ours = chosen is not None and chosen.team_id == link.team_id and not chosen.guest
    if is_ours and known and Role.STAFF in roles and Role.ADMIN not in roles:
        # Our own people enter a customer's credentials only when its admin wants that.
        return "field.who_ours"
    customer = known.team_id if known and known.team_id != link.team_id else ""
    home = chosen.team_id if chosen else ""
    is_outside = bool(customer and home) and home not in {customer, link.team_id}
    return "field.person_outside" if is_outside and not event.values.get("outside") else ""


def given_back(before: Link, decision: Decision) -> Decision:
    """Give a step that somebody else has done back to the admin, and say so."""
    link = decision.link
    holder = before.holders.get(before.step)
    if holder is None or link.step is before.step or link.status is Status.CANCELLED:
        return decision
    rest = {step: person for step, person in link.holders.items() if step is not before.step}
    link = replace(link, holders=rest)
    said: tuple[Effect, ...] = ()
    if link.step is not Step.LINKED and link.doer:
        said = (Say(key="say.step_done", names={"person": holder.user_id, "step": before.step.value}),)
    return replace(decision, link=link, effects=(*decision.effects, *said))


def known(link: Link, event: PersonKnown, rules: Rulebook) -> Decision:
    """Take what Slack tells of somebody: of the owner, the admin, or whoever holds a step."""
    told: tuple[Effect, ...] = ()
    if link.owner.user_id == event.person.user_id:
        link, told = _owner_known(link, event, rules)
    link, seen = _holder_known(link, event)
    told = (*told, *seen)
    if link.admin is None or link.admin.user_id != event.person.user_id:
        return Decision(link=link, effects=told)
    admin = replace(_merged(link.admin, event.person), present=event.present)
    if admin == link.admin:
        return Decision(link=link, effects=told)
    has_gone = link.admin.present and not admin.present
    link = replace(link, admin=admin)
    if link.status is Status.LINKED and not has_gone:
        return Decision(link=link, effects=told)
    if has_gone:
        starts = link.step is Step.WELCOME
        absent = Say(key="say.absent", names={"person": admin.user_id})
        told = (*told, absent if starts else TellStaff(key="staff.gone"), Show(slot=Slot.PARENT))
    return Decision(link=link, effects=(Show(slot=card_slot(link)), *told, *show_nudge(link, standing=has_gone)))


def _holder_known(link: Link, event: PersonKnown) -> tuple[Link, tuple[Effect, ...]]:
    """Take what Slack tells of whoever holds a step; who is not here leaves the step to the admin again."""
    held = {step: one for step, one in link.holders.items() if one.user_id == event.person.user_id}
    if not held:
        return link, ()
    seen = {step: replace(_merged(one, event.person), present=event.present) for step, one in held.items()}
    is_new = seen != held
    link = replace(link, holders=link.holders | seen)
    if not is_new or link.step not in held:
        return link, ()
    absent = () if event.present else (Say(key="say.absent", names={"person": event.person.user_id}),)
    return link, (Show(slot=card_slot(link)), Show(slot=Slot.PARENT), *absent)


def _owner_known(link: Link, event: PersonKnown, rules: Rulebook) -> tuple[Link, tuple[Effect, ...]]:
    """Note that the owner's account is gone, and let the one who stands in take over; without one, ask for somebody."""
    owner = replace(_merged(link.owner, event.person), present=not event.left)
    has_gone = link.owner.present and not owner.present
    link = replace(link, owner=owner)
    if not has_gone or link.status is Status.CANCELLED:
        return link, ()
    names = {"person": owner.user_id}
    shown = (Show(slot=Slot.PARENT), Show(slot=card_slot(link)))
    if rules.backup and rules.backup != owner.user_id:
        link = replace(link, owner=Person(user_id=rules.backup, team_id=link.team_id))
        told = TellStaff(key="staff.owner_replaced", names=names, to=rules.backup)
        return link, (LookUp(user_id=rules.backup), *shown, told)
    return link, (*shown, TellStaff(key="staff.owner_gone", names=names))


def with_new_owner(link: Link, actor: Person) -> Link:
    """Let whoever of our own people acts on a link whose owner has left own it."""
    if link.owner.present or Role.STAFF not in roles_of(link, actor):
        return link
    return replace(link, owner=actor)


def _merged(person: Person, told: Person) -> Person:
    """Take what Slack tells; where it tells nothing, what was known stays."""
    return Person(
        user_id=person.user_id,
        team_id=told.team_id or person.team_id,
        zone=told.zone or person.zone,
        locale=told.locale or person.locale,
    )
