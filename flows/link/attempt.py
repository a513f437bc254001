"""One attempt at a step: what was asked, what came back, what is shown of it; gone as soon as the link moves on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flows.diagnosis.causes import Hypothesis
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.link.setup import SecretRef
from flows.tenant.service_url import Endpoint


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


class Hitch(StrEnum):
    """What stands between a step and its next check: no finding, a Workday that is back, a user of another link."""

    INTERRUPTED = "interrupted"
    COOLING = "cooling"
    RIVAL = "rival"
    BACK = "back"
    OWNED = "owned"


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
class Attempt:
    """What the present try at a step has come to; another step, or another secret, begins with a fresh one.

    `tried` is the last check that a person began, so that it can be made once more.
    `offer` is an address that answered and was only guessed.
    `likely` is what probably lies behind a refusal, the surest first; `before` how many permissions were granted
    until then. `tries_left` is how many more sign-ins may fail before a pause, as far as that is known.
    """

    checking: Checking | None = None
    tried: Checking | None = None
    offer: Endpoint | None = None
    trouble: Finding | None = None
    hitch: Hitch | None = None
    likely: tuple[Hypothesis, ...] = ()
    before: int | None = None
    tries_left: int | None = None
    help: Topic | None = None
    recheck: Recheck | None = None
