"""Who a link belongs to, and who does its present step: hand-overs, people who leave, people who come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.access.reading import roles_of
from flows.link.access.rows import Role
from flows.link.effects import Decision, Denial, Effect, Farewell, LookUp, Say, Show, Slot, TellStaff
from flows.link.events import Event, PersonKnown, Pressed, Submitted
from flows.link.forms import ONE_STEP, WHOLE
from flows.link.rulebook import Rulebook
from flows.link.standing import Mover, standing
from flows.link.state import Last, Link, Outcome, Person, Status, Step
from flows.link.steps import STEPS
from flows.link.walk import may_be_parted, parts_ahead
from flows.transitions.moves import card_slot, say, show_nudge, stay


def handed_over(link: Link, event: Submitted, rules: Rulebook, now: datetime) -> Decision:
    """Give the link, or one of its steps, to the person who was chosen; apps and strangers are asked about first."""
    refused = _not_chosen(link, event)
    if refused:
        return Decision(link=link, refusal=Denial(fields={"person": refused}))
    user_id, part = event.values["person"], event.values.get("part", "")
    holds_only = not roles_of(link, event.actor) & {Role.STAFF, Role.ADMIN, Role.NEWCOMER}
    later = next((step for step in parts_ahead(link, rules.permissions) if step == part), None)
    is_now = holds_only or part == ONE_STEP
    has_it = link.holders.get(later, link.admin) if later else link.doer if is_now else link.admin
    if has_it and has_it.user_id == user_id:
        return Decision(link=link, effects=(LookUp(user_id=user_id),))
    link = replace(link, touched=now)
    if holds_only and later:
        return Decision(link=link, refusal=Denial(fields={"part": "refusal.holder"}))
    if later:
        return _step_given(link, event, later, user_id, now)
    if part not in {"", WHOLE, ONE_STEP}:
        # The link has gone past that step, or does not need it, since the form was opened.
        return Decision(link=link, refusal=Denial(fields={"part": "field.part_over"}))
    if is_now and may_be_parted(link):
        return _step_given(link, event, link.step, user_id, now)
    admin = link.owner if link.owner.user_id == user_id else event.chosen or Person(user_id=user_id)
    given = Last(key="handed_over", at=now, names={"person": user_id})
    held_it = (one for one in (link.admin, *link.holders.values()) if one and one.present and one.user_id != user_id)
    before = dict.fromkeys(one.user_id for one in held_it)
    # What the one before asked to be left alone with is no wish of the next.
    link = replace(link, admin=admin, last=given, snoozed_until=None, holders={})
    if admin.locale:
        # The one before chose for themselves.
        link = replace(link, language="")
    key = _given(link, now)
    released = [say("say.released", person=one) for one in before]
    shown = stay(link, say(key, person=user_id), *released, *show_nudge(link, standing=True))
    return _told(shown, event.actor, user_id, "staff.handed_over")


def _given(link: Link, now: datetime) -> str:
    """Name the words for whoever has a link now: what is to be done, or that nothing is."""
    found = standing(link, now)
    is_theirs = found.mover is Mover.ADMIN
    if link.step is not Step.LINKED:
        return "say.handed_over" if is_theirs else "say.handed_over_waits"
    if is_theirs:
        return "say.handed_over_needed"
    return "say.handed_over_reminded" if link.standing_nudge else "say.handed_over_linked"


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


def _step_given(link: Link, event: Submitted, step: Step, user_id: str, now: datetime) -> Decision:
    is_now = step is link.step
    names = {"person": user_id, "step": step.value}
    chosen = event.chosen or Person(user_id=user_id)
    before = link.holders.get(step)
    holders = {**link.holders, step: chosen}
    if link.admin and link.admin.user_id == user_id:
        holders.pop(step)
    link = replace(link, holders=holders, last=Last(key="step_handed_over", at=now, names=names))
    said: list[Effect] = []
    if before and before.present and before.user_id != user_id:
        said = [say("say.step_released", person=before.user_id, step=step.value)]
    if is_now:
        link = replace(link, snoozed_until=None)
        said = [say("say.step_handed_over", person=user_id), *said, *show_nudge(link, standing=True)]
    elif step in holders:
        said = [say("say.later_handed_over", rights=", ".join(STEPS[step].rights), **names), *said]
    return _told(stay(link, *said), event.actor, user_id, "staff.step_handed_over", step=step.value)


def _told(shown: Decision, actor: Person, user_id: str, key: str, **names: str) -> Decision:
    """Ask Slack about the new one, and tell whoever owns the link, unless they did it."""
    told = told_owner(shown.link, actor, key, person=user_id, **names)
    return replace(shown, effects=(LookUp(user_id=user_id), *shown.effects, *told))


def told_owner(link: Link, actor: Person, key: str, **names: str) -> tuple[Effect, ...]:
    """Tell whoever owns the link what somebody did with it, unless they did it; names `actor` where nobody else is."""
    if link.owner.is_same(actor):
        return ()
    return (TellStaff(key=key, names={"person": actor.user_id, **names}),)


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


def given_back(before: Link, decision: Decision, event: Event) -> Decision:
    """Give a step that is done back to the admin, and call whoever has the next one.

    Only what they did is said of whoever had the step: others may have done it.
    """
    link = decision.link
    if link.step is before.step or link.status is Status.CANCELLED or not before.holders:
        return decision
    # Who goes back has done nothing: the step is still ahead, and whoever has it keeps it.
    done = before.holders.get(before.step) if _ORDER.index(link.step) > _ORDER.index(before.step) else None
    rest = {step: person for step, person in link.holders.items() if not (done and step is before.step)}
    link = replace(link, holders={} if link.step is Step.LINKED else rest)
    said: tuple[Effect, ...] = ()
    following = link.holders.get(link.step)
    if following and following.present:
        said = (Say(key="say.your_turn", names={"person": following.user_id}),)
    elif done and done.present and link.step is not Step.LINKED and link.doer:
        if not isinstance(event, Pressed | Submitted):
            # An answer of Workday's ends it, and whoever asked for that may have been somebody else.
            key = "say.step_over"
        else:
            key = "say.step_done" if done.is_same(event.actor) else "say.step_released"
        said = (Say(key=key, names={"person": done.user_id, "step": before.step.value}),)
    return replace(decision, link=link, effects=(*decision.effects, *said))


_ORDER = tuple(Step)


def known(link: Link, event: PersonKnown, rules: Rulebook) -> Decision:
    """Take what Slack tells of somebody: of the owner, the admin, or whoever holds a step."""
    if link.status is Status.CANCELLED:
        # Of a link that is over nobody has to be there.
        return Decision(link=link)
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
    has_moved, has_gone = link.admin.present is not admin.present, not admin.present
    link = replace(link, admin=admin)
    if link.status is Status.LINKED and not has_moved:
        return Decision(link=link, effects=told)
    if has_moved:
        told = (*told, Show(slot=Slot.PARENT))
    if has_moved and has_gone:
        starts = link.step is Step.WELCOME and link.approval is None
        absent = Say(key="say.absent", names={"person": admin.user_id})
        told = (*told, absent if starts else TellStaff(key="staff.gone"))
    return Decision(link=link, effects=(Show(slot=card_slot(link)), *told, *show_nudge(link, standing=has_moved)))


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
    if not has_gone:
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
