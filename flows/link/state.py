"""What a link is: its frozen values and nothing that changes them (that is `flows.transitions.decide`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from flows.diagnosis.observations import Observation
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt
from flows.link.setup import SecretRef, Setup


class Step(StrEnum):
    """The walk, in order; `flows.link.steps` says what each one holds."""

    WELCOME = "welcome"
    SERVICE_URL = "service_url"
    ISU = "isu"
    EXPIRY = "expiry"
    USER = "user"
    KEY_CLIENT = "key_client"
    TOKEN_CLIENT = "token_client"  # noqa: S105  the name of a step
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


class Cause(StrEnum):
    """Why somebody is reminded."""

    STALLED = "stalled"
    ACTIVATION = "activation"
    PASSWORD = "password"  # noqa: S105  the reason of a reminder, not a password
    EXPIRY = "expiry"
    CERTIFICATE = "certificate"
    BROKEN = "broken"
    APPROVAL = "approval"


class Outcome(StrEnum):
    """What became of a reminder; only `PROVED` says that Workday itself has shown it."""

    PROVED = "proved"
    EXEMPTED = "exempted"
    DATED = "dated"
    EXPIRED = "expired"
    MOVED = "moved"
    HANDED_OVER = "handed_over"
    SNOOZED = "snoozed"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A Slack user; `team_id` is empty until Slack has told it, `zone` an IANA name or unknown.

    `locale` is the language they have chosen in Slack, such as `de-DE`, empty where Slack does not tell it.

    `team_id` is one id for all workspaces of an organisation: for our own people that of the workspace that installed
    the app, for members of another Enterprise Grid the organisation's.

    `present` turns false when Slack says that they left, or are not in the channel. A `guest` of our own workspace is
    none of our staff.
    """

    user_id: str
    team_id: str = ""
    zone: str | None = None
    locale: str = ""
    present: bool = True
    guest: bool = False

    def is_same(self, other: Person) -> bool:
        """Tell whether both ids agree; a person whose team is unknown is nobody yet."""
        return bool(self.team_id) and (self.user_id, self.team_id) == (other.user_id, other.team_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """The newest reminder of the thread; `number` names its message, `rung` its place on the ladder.

    It stands until there is an `outcome`; `at` is when it was sent, or said in other words since its day lies behind.
    """

    cause: Cause
    number: int
    rung: int
    at: datetime
    outcome: Outcome | None = None


LONG_AWAY = timedelta(days=1)
"""When a Workday that does not answer becomes a matter for people: no rest of its own lasts so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is wrong with a finished link, seen by a check of the clock; `raised` counts how often it came back."""

    reason: Reason
    first_seen: datetime
    last_seen: datetime
    raised: int = 1
    resolved: datetime | None = None

    @property
    def is_long_away(self) -> bool:
        """Tell whether Workday has been away for so long that people have to look why."""
        return self.reason.traits.outage and self.last_seen - self.first_seen >= LONG_AWAY


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
    `setup` is what the link is set up with, `previous` what it works with while that is done anew; `attempt` is
    what the present try at the step has come to.
    `holders` are people who do one step for the admin, each until it is done.
    `burnt_marks` are keyed hashes of posted words, the newest ones, `burnt_own` of secrets that were really
    ours; none of them is taken as a secret.
    `writes` means that staff allowed to ask about writing, by writes to nothing; `web_only` that they want no secret
    to pass through Slack.
    `language` is the tag of the one that was chosen for what everybody in the channel reads, empty while nobody has.
    `isu` is the user's name in the link that this one was copied from.
    `seen` is what the last check saw, for whoever wants the evidence, at later steps too.
    `started` is when its admin pressed Start for the first time.
    `touched` is the last time a person moved the link; reminders of a stalled link count from it.
    `called` is when the admin asked for one of our own people, until somebody says to come; `approval` the day until
    which a link that has not begun waits for one, `paused_until` the one on which a paused link goes on by itself.
    `sheet_at` is when the permission sheet was last asked for.
    `not_before` holds back a reminder that came due outside of the reader's hours.
    `asked_at` is when Workday last answered a check, or failed to, or a check was refused; `looked_at` is when
    one that was neither refused nor interrupted ended. `issue` is what is wrong with a finished link.
    `frozen` is since when the app is shut out of Slack: until it is let in again, nothing of the link works.
    `moved` counts how often our own people took the link to another channel.
    `handed` is when the vendor's backend took the newest credentials; `muted` names what about the link our own people
    want to read no more of; `erase` that nothing of the link is to stay
    once everybody has been told.
    """

    id: str
    team_id: str
    channel_id: str
    customer: str
    setup: Setup
    owner: Person
    admin: Person | None
    created: datetime
    touched: datetime
    status: Status = Status.ACTIVE
    step: Step = Step.WELCOME
    revision: int = 1
    writes: bool = False
    web_only: bool = False
    language: str = ""
    isu: str = ""
    answered: dict[str, int] = field(default_factory=dict)
    holders: dict[Step, Person] = field(default_factory=dict)
    cards: tuple[Step, ...] = (Step.WELCOME,)
    previous: Setup | None = None
    attempt: Attempt = field(default_factory=Attempt)
    seen: tuple[Observation, ...] = ()
    cooling_until: datetime | None = None
    burnt_marks: tuple[str, ...] = ()
    burnt_own: tuple[str, ...] = ()
    nudge: Nudge | None = None
    nudged: dict[Cause, datetime] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    not_before: datetime | None = None
    last: Last | None = None
    started: datetime | None = None
    linked: datetime | None = None
    called: datetime | None = None
    approval: date | None = None
    sheet_at: datetime | None = None
    paused_until: date | None = None
    asked_at: datetime | None = None
    looked_at: datetime | None = None
    issue: Issue | None = None
    frozen: datetime | None = None
    handed: datetime | None = None
    muted: str = ""
    moved: int = 0
    erase: bool = False
    blocked: str | None = None

    @property
    def is_asked_quietly(self) -> bool:
        """Tell whether the clock looks after a finished link: nobody waits for that, nobody has to see it."""
        checking = self.attempt.checking
        return self.status is Status.LINKED and checking is not None and not checking.by_hand

    @property
    def doer(self) -> Person | None:
        """Who does the present step: whoever took it over and is here, else the admin."""
        holder = self.holders.get(self.step) if self.holders else None
        return holder if holder and holder.present else self.admin

    @property
    def spoken(self) -> str:
        """The tag of the language that everybody in the channel reads: the chosen one, else the admin's in Slack.

        Empty where nobody knows it; then it is the vendor's own.
        """
        return self.language or (self.admin.locale if self.admin else "")

    def read_by(self, reader: Person) -> str:
        """Return the tag of what one person reads: their own in Slack, but for whoever does the link's steps here.

        Slack tells no language of people of other organisations: they read what everybody reads.
        """
        is_theirs = bool(self.language) and any(one and one.is_same(reader) for one in (self.admin, self.doer))
        return self.spoken if is_theirs else reader.locale or self.spoken

    @property
    def open_issue(self) -> Issue | None:
        """What is wrong with a finished link, unless it is right again.

        While its set-up is done anew that is kept for the case that all is left as it was.
        """
        return self.issue if self.issue and not self.issue.resolved and not self.previous else None

    @property
    def keeps_new(self) -> bool:
        """Tell whether a new password of a finished link waits for the end of a pause: nobody is asked about it yet."""
        account = self.setup.account
        return account is not None and account.candidate is not None and self.attempt.checking is None

    @property
    def standing_nudge(self) -> Nudge | None:
        """The reminder that still asks for something."""
        return self.nudge if self.nudge and not self.nudge.outcome else None

    @property
    def in_use(self) -> Setup:
        """The set-up that works: while one is done anew, the one before."""
        return self.previous or self.setup

    @property
    def secrets(self) -> frozenset[SecretRef]:
        """Every sealed secret that this link still needs; the vault keeps no other."""
        return self.setup.secrets.union(self.previous.secrets if self.previous else ())
