"""Judges whether somebody may press, send or say a thing now, by the rows alone; the one place that reads them."""

from __future__ import annotations

from flows.link.access.rows import HEARS, OURS, OWN, PRESSES, SENDS, Role, Rule
from flows.link.effects import Denial
from flows.link.events import Action, Form, Heard, Pressed, Submitted
from flows.link.forms import WITH_SECRETS
from flows.link.state import Link, Person, Status, Step


def may_say(link: Link, event: Heard) -> bool:
    """Tell whether what somebody said in the thread has any effect."""
    return bool(HEARS[event.intent] & roles_of(link, event.actor))


def roles_of(link: Link, actor: Person) -> frozenset[Role]:
    """Tell what `actor` is to this link, by user id and team id together."""
    roles: set[Role] = set()
    if actor.team_id and actor.team_id == link.team_id and not actor.guest:
        roles.add(Role.STAFF)
    if link.admin is None:
        if actor.team_id and Role.STAFF not in roles:
            roles.add(Role.NEWCOMER)
    elif link.admin.is_same(actor):
        roles.add(Role.ADMIN)
    elif (holder := link.holders.get(link.step)) and holder.is_same(actor):
        roles.add(Role.HOLDER)
    elif actor.team_id and actor.team_id == link.admin.team_id and Role.STAFF not in roles:
        roles |= {Role.COLLEAGUE} if link.admin.present else {Role.COLLEAGUE, Role.NEWCOMER}
    return frozenset(roles or {Role.STRANGER})


def is_of_same_people(link: Link, other: Link) -> bool:
    """Tell whether whoever works on one link may know of the other: same conversation, or admins of one team."""
    teams = {one.admin.team_id if one.admin else "" for one in (link, other)}
    return link.channel_id == other.channel_id or (len(teams) == 1 and "" not in teams)


def refusal(link: Link, event: Pressed | Submitted) -> Denial | None:
    """Say why this press or form may not move the link, or None if it may."""
    rule = _rule_of(event)
    names = {"customer": link.customer}
    roles = roles_of(link, event.actor)
    if not rule.roles & roles:
        return Denial(key=_not_yours(link, event.actor, rule), names=names)
    if event.crowded is not False and takes_over(link, event):
        return Denial(key="refusal.name_admin" if event.crowded else "refusal.busy", names=names)
    if isinstance(event, Submitted) and has_left(link, event.actor) and Role.STAFF not in roles:
        return Denial(key="refusal.left", names=names)
    if isinstance(event, Submitted) and link.web_only and event.form in WITH_SECRETS and not event.on_web:
        return Denial(key="refusal.web_only", names=names)
    if link.status not in rule.statuses:
        return Denial(key=f"refusal.status.{link.status}", names=names)
    if _is_stale(link, event, rule):
        return Denial(key="refusal.stale", names=names)
    if link.attempt.checking and not link.is_asked_quietly and not rule.while_checking:
        return Denial(key="refusal.checking", names=names)
    if not rule.given(link):
        return Denial(key=rule.otherwise, names=names)
    return None


def takes_over(link: Link, event: Pressed | Submitted) -> bool:
    """Tell whether somebody would take a link, or say who goes on with it, where no admin was named."""
    return link.admin is None and Role.NEWCOMER in _rule_of(event).roles & roles_of(link, event.actor)


def pressers(link: Link, action: Action, form: Form | None) -> tuple[str, ...]:
    """Return the user ids of the only people who may press a button; empty where they cannot all be named.

    This is for what people see. What counts is `refusal`.
    """
    roles = PRESSES[action].roles & SENDS[form].roles if form else PRESSES[action].roles
    if link.admin is None or not link.admin.present or not roles <= OWN | {Role.NEWCOMER}:
        return ()
    holder = link.holders.get(link.step)
    named = (link.admin, holder if holder and Role.HOLDER in roles else link.admin)
    return tuple(dict.fromkeys(person.user_id for person in named))


def is_for_newcomers(event: Pressed | Submitted) -> bool:
    """Tell whether this can be a way to take a link over."""
    return Role.NEWCOMER in _rule_of(event).roles


def _rule_of(event: Pressed | Submitted) -> Rule:
    return SENDS[event.form] if isinstance(event, Submitted) else PRESSES[event.action]


def has_left(link: Link, actor: Person) -> bool:
    """Tell whether this is the admin, of whom Slack says that they are not in the channel."""
    return link.admin is not None and link.admin.is_same(actor) and not link.admin.present


def is_answered_once(action: Action) -> bool:
    """Tell whether a button stands on several messages and still counts once on all of them."""
    return PRESSES[action].anywhere and PRESSES[action].fresh


def _is_stale(link: Link, event: Pressed | Submitted, rule: Rule) -> bool:
    if rule.anywhere:
        return isinstance(event, Pressed) and rule.fresh and event.revision <= link.answered.get(event.action, 0)
    if link.step not in rule.steps or event.step is not link.step:
        return True
    return rule.fresh and event.revision != link.revision


def _not_yours(link: Link, actor: Person, rule: Rule) -> str:
    roles = roles_of(link, actor)
    named = [one for one in (link.admin, *link.holders.values()) if one and one.user_id == actor.user_id]
    if named and not any(one.is_same(actor) for one in named):
        # Their workspace is not known yet, or has joined an Enterprise Grid, which people are called by since.
        return "refusal.looking_up"
    if rule.roles == OURS:
        return "refusal.staff_only"
    if link.status is Status.CANCELLED and Role.STRANGER not in roles:
        return "refusal.status.cancelled"
    if Role.STAFF in roles:
        return "refusal.admin_only"
    if Role.HOLDER in roles:
        return "refusal.holder"
    if Role.NEWCOMER in roles:
        # The start button stands on the welcome card, and not on one that says that the link is paused.
        is_to_start = link.step is Step.WELCOME and link.status is Status.ACTIVE
        return "refusal.press_start" if is_to_start else "refusal.choose"
    if Role.COLLEAGUE in roles:
        return "refusal.colleague"
    return "refusal.stranger"
