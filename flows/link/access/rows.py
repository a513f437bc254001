"""Who may press, send and say what, when: a row for each button, form and kind of words; judges nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Hitch
from flows.link.events import Action, Form, Intent
from flows.link.setup import ExpiryKind
from flows.link.state import Link, Status, Step
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


def _waits_for_no_approval(link: Link) -> bool:
    return link.approval is None


def _is_reminded(link: Link) -> bool:
    return link.standing_nudge is not None


def _is_called(link: Link) -> bool:
    return link.called is not None


def _is_muted(link: Link) -> bool:
    return bool(link.muted)


def may_keep_old(link: Link) -> bool:
    """Tell whether a set-up from before is there that can be gone back to."""
    return link.previous is not None and not link.previous.burnt_client


def _may_expire(link: Link) -> bool:
    if link.setup.way is not Way.PASSWORD:
        return False
    known = link.setup.expiry.kind if link.setup.expiry else ExpiryKind.UNKNOWN
    return link.status is not Status.LINKED or known is not ExpiryKind.EXEMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may do a thing, in which states and steps, and what else must be so (`given`), else `otherwise` is said.

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
    otherwise: str = "refusal.stale"


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
    Action.COMING: Rule(
        roles=OURS,
        statuses=LIVE,
        fresh=False,
        anywhere=True,
        while_checking=True,
        given=_is_called,
        otherwise="refusal.coming",
    ),
    Action.TAKE: Rule(roles=OURS, statuses=LIVE, fresh=False, anywhere=True, while_checking=True),
    Action.PAUSE: Rule(roles=MOVERS, statuses=frozenset({Status.ACTIVE, Status.LINKED}), fresh=False, anywhere=True),
    Action.PAUSE_UNTIL: Rule(
        roles=MOVERS,
        statuses=frozenset({Status.PAUSED}),
        fresh=False,
        anywhere=True,
        given=_waits_for_no_approval,
        otherwise="refusal.status.paused",
    ),
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
        given=may_keep_old,
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
    Intent.QUESTION: frozenset(Role) - {Role.STRANGER, Role.STAFF},
    Intent.URL: DOERS,
}
"""Whose words count for what in the thread; a posted secret is dropped whoever posts it."""
