"""What a link is: its frozen values and nothing that changes them (that is `flows.transitions.decide`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from flows.diagnosis.causes import Hypothesis
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind, Observation
from flows.diagnosis.reasons import Reason
from flows.tenant.service_url import Endpoint, Environment

SecretRef = NewType("SecretRef", str)
"""Names one sealed secret in the vault; never the secret itself."""


class Step(StrEnum):
    """The walk, in order; `flows.link.steps` says what each one holds."""

    WELCOME = "welcome"
    SERVICE_URL = "service_url"
    ISU = "isu"
    EXPIRY = "expiry"
    GROUP = "group"
    PERMISSIONS = "permissions"
    ACTIVATION = "activation"
    AUTH_POLICY = "auth_policy"
    API_CLIENT = "api_client"
    CHECK = "check"
    LINKED = "linked"


class Status(StrEnum):
    """Where a link stands as a whole."""

    ACTIVE = "active"
    PAUSED = "paused"
    LINKED = "linked"
    CANCELLED = "cancelled"


class Topic(StrEnum):
    """A piece of help that a card can unfold."""

    STUCK = "stuck"
    NO_TASK = "no_task"
    WDSL = "wsdl"
    USER_NAME = "user_name"
    RETYPE = "retype"
    FLAGS = "flags"
    LOCKED = "locked"
    POLICY = "policy"
    NOT_ACTIVE = "not_active"
    MEMBERSHIP = "membership"
    REFRESHED = "refreshed"
    NO_POLICY = "no_policy"


class ExpiryKind(StrEnum):
    """What is known about the life of the integration user's password."""

    EXEMPT = "exempt"
    POLICY = "policy"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why somebody is reminded."""

    STALLED = "stalled"
    ACTIVATION = "activation"
    PASSWORD = "password"  # noqa: S105  the reason of a reminder, not a password
    EXPIRY = "expiry"
    BROKEN = "broken"


class Hitch(StrEnum):
    """What stands between a step and its next check: no finding came, or Workday was away and is back."""

    INTERRUPTED = "interrupted"
    COOLING = "cooling"
    RIVAL = "rival"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A Slack user; `team_id` is empty until Slack has told it, `zone` an IANA name or unknown.

    `present` turns false when Slack says that they left, or are not in the channel. A `guest` of our own workspace is
    none of our staff.
    """

    user_id: str
    team_id: str = ""
    zone: str | None = None
    present: bool = True
    guest: bool = False

    def is_same(self, other: Person) -> bool:
        """Tell whether both ids agree; a person whose team is unknown is nobody yet."""
        return bool(self.team_id) and (self.user_id, self.team_id) == (other.user_id, other.team_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The integration system user: its name, its sealed password and whether Workday took both.

    `candidate` is a newer password on trial; the old one stays in use until the new one is proved. `worked_at`
    is the last time Workday let the user in.
    """

    user_name: str
    secret: SecretRef | None
    proved: bool = False
    worked_at: datetime | None = None
    candidate: SecretRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAccess:
    """The API client for integrations, with its two sealed secrets."""

    client_id: str
    secret: SecretRef
    refresh_token: SecretRef
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """When the password ends: exempt, a policy of `days` counted from `set_on`, or not known."""

    kind: ExpiryKind
    days: int | None = None
    set_on: date | None = None

    @property
    def due(self) -> date | None:
        """The last day on which the password works, if it is known."""
        if self.kind is not ExpiryKind.POLICY or self.days is None or self.set_on is None:
            return None
        return self.set_on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """A check on its way; its result counts only while `id` and `secrets` are still these."""

    id: str
    kind: CheckKind
    since: datetime
    endpoints: tuple[Endpoint, ...]
    secrets: tuple[SecretRef, ...] = ()
    guessed: bool = False
    by_hand: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The ladder of checks that look again by themselves after a failed activation."""

    since: datetime
    attempt: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """The reminder that stands in the thread; `number` names its message, `rung` its place on the ladder."""

    cause: Cause
    number: int
    rung: int
    at: datetime
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is wrong with a finished link, seen by a check of the clock; `raised` counts how often it came back."""

    reason: Reason
    first_seen: datetime
    last_seen: datetime
    raised: int = 1
    resolved: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a finished link worked with before its set-up was opened again: used until the new one is proved."""

    profile: str
    absence: bool
    environment: Environment
    endpoint: Endpoint | None
    account: Account | None
    api: ApiAccess | None
    expiry: Expiry | None
    matrix: Finding | None
    burnt: bool = False
    burnt_client: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The newest thing worth telling in the parent message."""

    key: str
    at: datetime
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One customer's Workday tenant on its way to being linked, and afterwards.

    `cards` lists the step each card message of the thread was posted for; only the last is live.
    `revision` grows whenever the meaning of the live card's buttons changes; `answered` tells for buttons that
    stand on older messages too up to which revision they have been answered.
    `burnt` and `burnt_client` tell that the password, or what belongs to the API client, was posted where others can
    read it. `burnt_marks` are keyed hashes of posted words, the newest ones, `burnt_own` of secrets that were really
    ours; none of them is taken as a secret.
    `writes` means that staff allowed to ask about writing, by writes to nothing; `web_only` that they want no secret
    to pass through Slack.
    `isu` is the user's name in the link that this one was copied from.
    `likely` is what probably lies behind a refusal, the surest first.
    `seen` is what the last check saw, for whoever wants the evidence.
    `tried` is the last check that a person began, so that it can be made once more.
    `empty_is_right` means that a person said so of permissions for which Workday sends nothing back.
    `touched` is the last time a person moved the link; reminders of a stalled link count from it.
    `not_before` holds back a reminder that came due outside of the reader's hours.
    `expiry_at` is when somebody said, or a new password showed, when the password ends.
    `asked_at` is when Workday last answered a check, or failed to; `issue` is what is wrong with a finished link,
    `kept` what it works with while its set-up is done anew. `handed` is when the vendor's backend took the newest
    credentials; `erase` that nothing of the link is to stay once everybody has been told.
    """

    id: str
    team_id: str
    channel_id: str
    customer: str
    profile: str
    absence: bool
    environment: Environment
    owner: Person
    admin: Person | None
    created: datetime
    touched: datetime
    status: Status = Status.ACTIVE
    step: Step = Step.WELCOME
    revision: int = 1
    writes: bool = False
    web_only: bool = False
    isu: str = ""
    answered: dict[str, int] = field(default_factory=dict)
    cards: tuple[Step, ...] = (Step.WELCOME,)
    endpoint: Endpoint | None = None
    tried: Checking | None = None
    offer: Endpoint | None = None
    account: Account | None = None
    expiry: Expiry | None = None
    expiry_at: datetime | None = None
    ticked: frozenset[str] = frozenset()
    policy_needed: bool = False
    api: ApiAccess | None = None
    checking: Checking | None = None
    trouble: Finding | None = None
    hitch: Hitch | None = None
    matrix: Finding | None = None
    likely: tuple[Hypothesis, ...] = ()
    seen: tuple[Observation, ...] = ()
    before: int | None = None
    empty_is_right: bool = False
    cooling_until: datetime | None = None
    burnt: bool = False
    burnt_client: bool = False
    burnt_marks: tuple[str, ...] = ()
    burnt_own: tuple[str, ...] = ()
    help: Topic | None = None
    recheck: Recheck | None = None
    nudge: Nudge | None = None
    nudged: dict[Cause, datetime] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    not_before: datetime | None = None
    last: Last | None = None
    linked: datetime | None = None
    asked_at: datetime | None = None
    issue: Issue | None = None
    kept: Kept | None = None
    handed: datetime | None = None
    erase: bool = False
    blocked: str | None = None

    @property
    def is_asked_quietly(self) -> bool:
        """Tell whether the clock looks after a finished link: nobody waits for that, nobody has to see it."""
        return self.status is Status.LINKED and self.checking is not None and not self.checking.by_hand

    @property
    def secrets(self) -> frozenset[SecretRef]:
        """Every sealed secret that this link still needs; the vault keeps no other."""
        held: tuple[Link | Kept, ...] = (self, self.kept) if self.kept else (self,)
        on_trial = {one.account.candidate for one in held if one.account and one.account.candidate}
        return frozenset(on_trial.union(*(credentials_of(one) for one in held)))


def credentials_of(held: Link | Kept) -> frozenset[SecretRef]:
    """Name the sealed secrets that a set-up works with; a password on trial is not among them."""
    password = held.account.secret if held.account else None
    tokens = (held.api.secret, held.api.refresh_token) if held.api else ()
    return frozenset(ref for ref in (password, *tokens) if ref)
