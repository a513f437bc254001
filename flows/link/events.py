"""What reaches a link (events) and what a decision asks for (effects): data only, no text, no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from flows.diagnosis.observations import Report
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.effects import (
    Handed,
)
from flows.link.setup import SecretRef
from flows.link.state import Person, Step
from flows.tenant.service_url import Pasted


class Action(StrEnum):
    """Everything a button can mean; `flows.link.access.reading` says who may press it and where."""

    START = "start"
    APPROVAL = "approval"
    OPEN_FORM = "open_form"
    DONE = "done"
    BACK = "back"
    HELP = "help"
    CLOSE_HELP = "close_help"
    HAND_OVER = "hand_over"
    CALL_STAFF = "call_staff"
    COMING = "coming"
    TAKE = "take"
    PAUSE = "pause"
    PAUSE_UNTIL = "pause_until"
    RESUME = "resume"
    CONTINUE = "continue"
    CANCEL = "cancel"
    RESTART = "restart"
    CHECK = "check"
    TICK = "tick"
    USE_OFFER = "use_offer"
    REFUSE_OFFER = "refuse_offer"
    EXEMPT = "exempt"
    EXPIRY_UNKNOWN = "expiry_unknown"
    POLICY_LATER = "policy_later"
    EVIDENCE = "evidence"
    PICTURES = "pictures"
    SHEET = "sheet"
    EMPTY_IS_RIGHT = "empty_is_right"
    ASK_WRITES = "ask_writes"
    WEB_ONLY = "web_only"
    LANGUAGE = "language"
    ALLOW_LOGIN = "allow_login"
    LOOK = "look"
    KEEP_OLD = "keep_old"
    SNOOZE = "snooze"
    MUTE = "mute"
    UNMUTE = "unmute"
    NOTE = "note"
    MOVE = "move"
    NEW_KEY = "new_key"
    CERTIFICATE = "certificate"


class Form(StrEnum):
    """Every modal that brings something in."""

    START = "start"
    SERVICE_URL = "service_url"
    ISU = "isu"
    EXPIRY = "expiry"
    API_CLIENT = "api_client"
    KEY_CLIENT = "key_client"
    TOKEN_CLIENT = "token_client"  # noqa: S105  the name of a form
    HAND_OVER = "hand_over"
    ROTATE = "rotate"
    CANCEL = "cancel"
    LEAVE_OUT = "leave_out"
    APPROVAL = "approval"
    GROUP = "group"
    EVIDENCE = "evidence"
    PICTURES = "pictures"
    COPY = "copy"
    RELINK = "relink"
    PROFILE = "profile"
    NOTE = "note"
    MOVE = "move"


class Intent(StrEnum):
    """What a message typed in the thread means."""

    URL = "url"
    HELP = "help"
    FAULT = "fault"
    SIGN_ON = "sign_on"
    SECRET = "secret"  # noqa: S105  names the intent
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button; `step` and `revision` are those of the card that carried it.

    `crowded` tells that people of several other organisations read the channel; None while Slack does not say.
    """

    actor: Person
    action: Action
    step: Step
    revision: int
    value: str = ""
    crowded: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form whose fields are already well formed; secrets are sealed and only named here.

    `on_web` tells that it was sent from a page of our own and not through Slack; `chosen` is what Slack says of the
    person who was chosen in it, where that is asked about, and `chosen_app` that it is no person; `crowded` tells that
    people of several other organisations read the channel, None that Slack does not say.
    """

    actor: Person
    form: Form
    step: Step
    revision: int
    values: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, SecretRef] = field(default_factory=dict)
    pasted: Pasted | None = None
    on_web: bool = False
    chosen: Person | None = None
    chosen_app: bool = False
    crowded: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message, already understood; its text is not kept.

    `question` names one of the common ones, where it is one. `marks` are keyed hashes of what may be a secret in it;
    `found` are those that this link uses, `own` their hashes. A secret that is `elsewhere` lies in a file or behind a
    link. `where` is the thread in which it was said, empty for the channel itself and None for the link's own;
    `by_app` that no person said it; `told` that it was warned of.
    """

    actor: Person
    intent: Intent
    pasted: Pasted | None = None
    reason: Reason | None = None
    sign_on: SignOnCause | None = None
    question: str = ""
    marks: tuple[str, ...] = ()
    found: frozenset[SecretRef] = frozenset()
    own: tuple[str, ...] = ()
    elsewhere: bool = False
    where: str | None = None
    by_app: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """A key pair was made: its certificate as PEM, its sealed private half, and how long it lasts from `made` on."""

    certificate: str
    private: SecretRef
    made: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFinished:
    """Workday's answers to one check.

    `rival` tells that another live link of the same people holds the tenant, `elsewhere` that one of others does.
    `tries_left` counts the sign-ins that may still fail before a pause; None where the check made none.
    """

    check_id: str
    report: Report
    rival: bool = False
    elsewhere: bool = False
    rotated: SecretRef | None = None
    tries_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRefused:
    """A check that was not made, to keep Workday from locking the user: not before `until`."""

    check_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHeld:
    """A check that was not made, because another link of another channel has proved the user and owns it."""

    check_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBroken:
    """A check whose result was lost (a crash, a permanent failure on our side)."""

    check_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKnown:
    """What Slack says about somebody named in the link.

    `present` is membership of the channel; `left` that there is no such account any more.
    """

    person: Person
    present: bool = True
    left: bool = False


DELETED = "staff.deleted"
"""The words for a channel that is gone for good, so that no invitation helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """Slack refused for good to take a message of this link; `code` is Slack's error, `told` the words for staff."""

    code: str
    told: str = "staff.undeliverable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMoved:
    """Slack gave the channel a new id (sharing does that)."""

    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """The channel takes messages again (the app was invited, the channel unarchived)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Woke:
    """The moment the link asked to be woken at has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOff:
    """The vendor's backend has taken what an errand brought it; `refs` names the credentials among that."""

    what: Handed
    refs: frozenset[SecretRef] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The workspace has taken the app out, or revoked its token: nothing works until it is let in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thawed:
    """Slack has taken our token: the app is let in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsLost:
    """The key of these sealed secrets is gone, and nobody can open them any more."""

    refs: frozenset[SecretRef]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLost:
    """Slack took no notice to our own people that the admin asks for one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Whoever operates the app wants a customer's link erased."""


Event = (
    Pressed
    | Submitted
    | Heard
    | CheckFinished
    | CheckRefused
    | CheckHeld
    | CheckBroken
    | PersonKnown
    | Undeliverable
    | ChannelMoved
    | Reachable
    | Woke
    | HandedOff
    | KeyMade
    | SecretsLost
    | Frozen
    | Thawed
    | CallLost
    | Forgotten
)
