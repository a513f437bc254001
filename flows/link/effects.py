"""What a decision asks for: messages, checks, hand-offs; data only, no text, no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.link.state import Link, Person


class Handed(StrEnum):
    """What the vendor's backend is told about a link."""

    LINKED = "linked"
    RELINKED = "relinked"
    ATTENTION = "attention"
    RECOVERED = "recovered"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    FORGOTTEN = "forgotten"
    AUDIT_HEAD = "audit_head"
    """Of no link: what all histories come to, sent with the errands of any one."""


class Slot(StrEnum):
    """The kinds of message that are edited in place; cards and nudges carry a number behind a dot."""

    PARENT = "parent"
    CARD = "card"
    NUDGE = "nudge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Bring one message up to the link's state, whatever it is when the message is sent."""

    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Add one message to the thread.

    `broadcast` also shows it in the channel; what is said `aside` answers talk and holds up no card.
    """

    key: str
    names: dict[str, str] = field(default_factory=dict)
    broadcast: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSheet:
    """Put the permission sheet into the thread as files, as the link is when they are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """Say in the thread that a link has left where it goes on; `number` counts its moves, and names that thread."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Tell one person something that nobody else needs to see.

    `where` is the thread in which it stands, empty for the channel itself, and None for the thread of the link.
    """

    person: Person
    key: str
    names: dict[str, str] = field(default_factory=dict)
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellStaff:
    """Tell our own people something the customer must not read; `to` names one of them, by Slack user id."""

    key: str
    names: dict[str, str] = field(default_factory=dict)
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCheck:
    """Ask Workday what `link.attempt.checking` names."""

    check_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeKey:
    """Make a key pair for the link, and seal its private half at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCertificate:
    """Put the certificate into the thread as a file, as it is when it is sent."""


US = ""
"""Stands for the app itself where somebody is looked up: whether it is in the channel of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Ask Slack who a user is: team, time zone, member of the channel."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """Tell the vendor's backend; the credentials are opened only when it is sent."""

    what: Handed


Effect = (
    Show | Say | SendSheet | SendCertificate | Farewell | Whisper | TellStaff | RunCheck | MakeKey | LookUp | HandOff
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why an event changed nothing: words for a whisper, or one key per field of the form."""

    key: str = ""
    names: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The link as it is from now on, and what to do about it."""

    link: Link
    effects: tuple[Effect, ...] = ()
    refusal: Denial | None = None
