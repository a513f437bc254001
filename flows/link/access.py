"""Who may press or send what, when: one table for roles, buttons and forms, and the one place that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Hitch
from flows.link.effects import Denial
from flows.link.events import Action, Form, Heard, Intent, Pressed, Submitted
from flows.link.forms import WITH_SECRETS
from flows.link.setup import ExpiryKind
from flows.link.state import Link, Person, Status, Step
from flows.link.steps import CONFIRMED, STEPS
from flows.permissions import Way


class Role(StrEnum):
    """What somebody is to one link."""

    STAFF = "staff"
    ADMIN = "admin"
    HOLDER = "holder"
    NEWCOMER = "newcomer"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"


MOVERS = frozenset({Role.STAFF, Role.ADMIN})
DOERS = MOVERS | {Role.HOLDER}
"""Who may do the present step; whoever holds no more than that may not end, pause or change the link."""

CHOOSERS = DOERS | {Role.NEWCOMER}
"""Who may say who goes on: with no admin here, anybody of the customer's."""

OWN = frozenset({Role.ADMIN, Role.HOLDER})
OURS = frozenset({Role.STAFF})
OPEN = frozenset({Status.ACTIVE})
RUNNING = frozenset({Status.ACTIVE, Status.LINKED})
LIVE = frozenset({Status.ACTIVE, Status.PAUSED, Status.LINKED})
ANY_STEP = frozenset(Step)
WITH_PERMISSIONS = frozenset({Step.PERMISSIONS, Step.ACTIVATION, Step.AUTH_POLICY, Step.API_CLIENT, Step.CHECK})
"""Where it shows that a permission cannot be given."""

OF_TOKENS = frozenset({Step.USER, Step.KEY_CLIENT, Step.TOKEN_CLIENT})
"""Where no password is asked for."""

AFTER_USER = ANY_STEP - {Step.WELCOME, Step.SERVICE_URL, Step.ISU, Step.EXPIRY, Step.USER, Step.LINKED}
"""Where an API client that signs the user in is there, or is entered."""

ON = "on"
"""The value of a button that switches something on."""

UNTICK = "-"
"""Stands before the permissions whose ticks a button takes back; ids of permissions begin with a letter or digit."""


def _always(_link: Link) -> bool:
    return True


def check_of(link: Link) -> CheckKind | None:
    """Tell what "check again" asks: the check that went wrong here, else the one that the step ends with."""
    if link.attempt.tried and (link.attempt.trouble or link.attempt.hitch):
        return link.attempt.tried.kind
    return STEPS[link.step].check


def _can_check(link: Link) -> bool:
    """Tell whether there is something to check here, and everything that it asks with."""
    kind = check_of(link)
    if kind is CheckKind.REACH:
        return link.attempt.tried is not None
    if kind is None or (kind is CheckKind.API and link.setup.api is None):
        return False
    return link.setup.can_sign_in


def _can_sign_in(link: Link) -> bool:
    return link.setup.can_sign_in


def _has_password(link: Link) -> bool:
    return link.setup.can_sign_in and link.setup.way is Way.PASSWORD


def _has_key(link: Link) -> bool:
    return link.setup.key is not None


def _has_offer(link: Link) -> bool:
    return link.attempt.offer is not None


def _is_empty(link: Link) -> bool:
    return link.attempt.trouble is not None and link.attempt.trouble.reason is Reason.PERMISSIONS_EMPTY


def _is_owned(link: Link) -> bool:
    return link.attempt.hitch is Hitch.OWNED and link.attempt.tried is not None


def _is_reminded(link: Link) -> bool:
    return link.standing_nudge is not None


def _is_called(link: Link) -> bool:
    return link.called is not None


def _is_muted(link: Link) -> bool:
    return bool(link.muted)


def _may_keep_old(link: Link) -> bool:
    return link.previous is not None and not link.previous.burnt_client


def _may_expire(link: Link) -> bool:
    if link.setup.way is not Way.PASSWORD:
        return False
    known = link.setup.expiry.kind if link.setup.expiry else ExpiryKind.UNKNOWN
    return link.status is not Status.LINKED or known is not ExpiryKind.EXEMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may do a thing, in which states and steps, and what else must be so (`given`).

    `fresh`: the button must belong to the live card as it stands; otherwise (`fresh=False`) the step alone must
    match. `anywhere`: the button may stand on an older message, as on a reminder; the step does not matter then,
    and `fresh` asks only that the same button has not been answered since that message was drawn.
    """

    roles: frozenset[Role]
    statuses: frozenset[Status] = OPEN
    steps: frozenset[Step] = ANY_STEP
    fresh: bool = True
    anywhere: bool = False
    while_checking: bool = False
    given: Callable[[Link], bool] = _always


PRESSES: dict[Action, Rule] = {
    Action.START: Rule(roles=frozenset({Role.ADMIN, Role.NEWCOMER}), steps=frozenset({Step.WELCOME})),
    Action.APPROVAL: Rule(roles=frozenset({Role.ADMIN, Role.NEWCOMER}), steps=frozenset({Step.WELCOME})),
    Action.OPEN_FORM: Rule(roles=DOERS, statuses=frozenset({Status.ACTIVE, Status.LINKED}), fresh=False),
    Action.DONE: Rule(roles=DOERS, steps=CONFIRMED),
    Action.BACK: Rule(roles=MOVERS, steps=ANY_STEP - {Step.WELCOME, Step.LINKED}, while_checking=True),
    Action.HELP: Rule(roles=DOERS, statuses=RUNNING, steps=ANY_STEP - {Step.WELCOME}),
    Action.CLOSE_HELP: Rule(roles=DOERS, statuses=RUNNING, steps=ANY_STEP - {Step.WELCOME}),
    Action.HAND_OVER: Rule(roles=CHOOSERS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.CALL_STAFF: Rule(roles=OWN, statuses=LIVE, anywhere=True, while_checking=True),
    Action.COMING: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True, given=_is_called),
    Action.TAKE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.PAUSE: Rule(roles=MOVERS, statuses=frozenset({Status.ACTIVE, Status.LINKED}), fresh=False, anywhere=True),
    Action.RESUME: Rule(roles=MOVERS, statuses=frozenset({Status.PAUSED}), fresh=False, anywhere=True),
    Action.CONTINUE: Rule(roles=CHOOSERS, anywhere=True, while_checking=True),
    Action.CANCEL: Rule(
        roles=MOVERS,
        statuses=LIVE,
        fresh=False,
        anywhere=True,
        while_checking=True,
    ),
    Action.RESTART: Rule(roles=OURS, anywhere=True, while_checking=True),
    Action.CHECK: Rule(roles=DOERS, steps=ANY_STEP - {Step.WELCOME, Step.LINKED}, given=_can_check),
    Action.TICK: Rule(roles=DOERS, steps=frozenset({Step.PERMISSIONS}), fresh=False),
    Action.USE_OFFER: Rule(roles=DOERS, steps=frozenset({Step.SERVICE_URL}), given=_has_offer),
    Action.REFUSE_OFFER: Rule(roles=DOERS, steps=frozenset({Step.SERVICE_URL}), given=_has_offer),
    Action.EXEMPT: Rule(
        roles=DOERS,
        statuses=frozenset({Status.ACTIVE, Status.LINKED}),
        steps=frozenset({Step.EXPIRY, Step.LINKED}),
        fresh=False,
        given=_may_expire,
    ),
    Action.EXPIRY_UNKNOWN: Rule(roles=DOERS, steps=frozenset({Step.EXPIRY})),
    Action.POLICY_LATER: Rule(
        roles=DOERS, steps=ANY_STEP - {Step.WELCOME, Step.SERVICE_URL, Step.LINKED} - OF_TOKENS, given=_has_password
    ),
    Action.EMPTY_IS_RIGHT: Rule(
        roles=DOERS,
        steps=frozenset({Step.ACTIVATION, Step.AUTH_POLICY, Step.API_CLIENT, Step.CHECK}),
        given=_is_empty,
    ),
    Action.ASK_WRITES: Rule(
        roles=OURS, statuses=frozenset({Status.ACTIVE, Status.PAUSED}), fresh=False, anywhere=True, while_checking=True
    ),
    Action.WEB_ONLY: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.LANGUAGE: Rule(roles=CHOOSERS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.ALLOW_LOGIN: Rule(roles=OURS, given=_is_owned),
    Action.LOOK: Rule(
        roles=MOVERS, statuses=frozenset({Status.LINKED}), fresh=False, anywhere=True, given=_can_sign_in
    ),
    Action.KEEP_OLD: Rule(
        roles=MOVERS,
        statuses=frozenset({Status.ACTIVE, Status.PAUSED}),
        fresh=False,
        anywhere=True,
        while_checking=True,
        given=_may_keep_old,
    ),
    Action.PICTURES: Rule(roles=frozenset(Role) - {Role.STRANGER}, statuses=LIVE, fresh=False, while_checking=True),
    Action.SHEET: Rule(
        roles=frozenset(Role) - {Role.STRANGER}, statuses=LIVE, fresh=False, anywhere=True, while_checking=True
    ),
    Action.EVIDENCE: Rule(roles=DOERS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.SNOOZE: Rule(
        roles=MOVERS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True, given=_is_reminded
    ),
    Action.MUTE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.UNMUTE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True, given=_is_muted),
    Action.MOVE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.NOTE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.NEW_KEY: Rule(roles=OWN, steps=frozenset({Step.KEY_CLIENT}), given=_has_key),
    Action.CERTIFICATE: Rule(roles=DOERS, steps=frozenset({Step.KEY_CLIENT}), fresh=False, given=_has_key),
}

SENDS: dict[Form, Rule] = {
    Form.SERVICE_URL: Rule(roles=DOERS, steps=frozenset({Step.SERVICE_URL}), fresh=False),
    Form.ISU: Rule(roles=OWN, steps=ANY_STEP - {Step.WELCOME, Step.SERVICE_URL, Step.LINKED}, fresh=False),
    Form.EXPIRY: Rule(
        roles=DOERS,
        statuses=frozenset({Status.ACTIVE, Status.LINKED}),
        steps=frozenset({Step.EXPIRY, Step.LINKED}),
        fresh=False,
    ),
    Form.API_CLIENT: Rule(roles=OWN, steps=frozenset({Step.API_CLIENT, Step.CHECK}), fresh=False),
    Form.KEY_CLIENT: Rule(roles=OWN, steps=AFTER_USER, fresh=False, given=_has_key),
    Form.TOKEN_CLIENT: Rule(roles=OWN, steps=AFTER_USER, fresh=False),
    Form.HAND_OVER: PRESSES[Action.HAND_OVER],
    Form.CANCEL: PRESSES[Action.CANCEL],
    Form.EVIDENCE: PRESSES[Action.EVIDENCE],
    Form.PICTURES: PRESSES[Action.PICTURES],
    Form.COPY: Rule(roles=MOVERS, statuses=frozenset({Status.LINKED}), steps=frozenset({Step.LINKED}), fresh=False),
    Form.RELINK: Rule(roles=MOVERS, statuses=frozenset({Status.LINKED}), steps=frozenset({Step.LINKED}), fresh=False),
    Form.PROFILE: Rule(roles=OURS, statuses=frozenset({Status.ACTIVE, Status.LINKED}), fresh=False, anywhere=True),
    Form.APPROVAL: PRESSES[Action.APPROVAL],
    Form.NOTE: PRESSES[Action.NOTE],
    Form.MOVE: PRESSES[Action.MOVE],
    Form.GROUP: Rule(roles=DOERS, steps=frozenset({Step.GROUP}), fresh=False),
    Form.LEAVE_OUT: Rule(roles=DOERS, steps=WITH_PERMISSIONS, fresh=False),
    Form.START: Rule(roles=OURS, steps=frozenset()),
    Form.ROTATE: Rule(roles=OWN, statuses=frozenset({Status.LINKED}), steps=frozenset({Step.LINKED}), fresh=False),
}


HEARS: dict[Intent, frozenset[Role]] = {
    Intent.SECRET: frozenset(Role),
    Intent.HELP: frozenset(Role) - {Role.STRANGER},
    Intent.FAULT: frozenset(Role) - {Role.STRANGER},
    Intent.SIGN_ON: DOERS | {Role.COLLEAGUE},
    Intent.QUESTION: OWN,
    Intent.URL: DOERS,
}
"""Whose words count for what in the thread; a posted secret is dropped whoever posts it."""


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
        return Denial(key="refusal.stale", names=names)
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
    if link.admin is not None and not link.admin.team_id and link.admin.user_id == actor.user_id:
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
