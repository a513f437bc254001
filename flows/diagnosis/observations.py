"""What a check saw, as plain facts without secrets; what they mean is for `flows.diagnosis.answer_rules` to say."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from flows.tenant.service_url import Endpoint

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+")
_LONGEST_TEXT = 300
_LONGEST_CODE = 100
_LONGEST_FAULT = 120


def clean(text: str, cap: int = _LONGEST_TEXT) -> str:
    """Return a text from outside without unprintable characters, cut to `cap` characters."""
    return _UNPRINTABLE.sub(" ", text).strip()[:cap].rstrip()


class CheckKind(StrEnum):
    """How far a check goes."""

    REACH = "reach"
    LOGIN = "login"
    PERMISSIONS = "permissions"
    API = "api"
    FULL = "full"


class Layer(StrEnum):
    """What one request proves, in the order the first failing one is looked for."""

    REACH = "reach"
    LOGIN = "login"
    PERMISSION = "permission"
    TOKEN = "token"  # noqa: S105 - the name of a layer
    REST = "rest"


class Transport(StrEnum):
    """How a request failed before a whole answer was there."""

    DNS = "dns"
    ADDRESS_REFUSED = "address_refused"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    PROXY = "proxy"
    """The operator's own proxy does not let us through; nothing was sent to Workday."""

    UNSENDABLE = "unsendable"
    """A credential holds characters that cannot travel; nothing was sent."""

    HELD_BACK = "held_back"
    """Workday has had to refuse enough within the hour; nothing was sent."""


class Content(StrEnum):
    """What kind of body came back."""

    XML = "xml"
    JSON = "json"
    HTML = "html"
    OTHER = "other"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One request and what came of it.

    `probe` is the id of the permission row it stands for, empty for the layer's own request; `write` tells
    that the request asked about writing, `at` when its answer was there. Texts from outside are cleaned of
    unprintable characters and capped.
    `request_id` is Workday's own name for the request, `our_request_id` the one we sent along for its logs.
    `address_proved` says that the address has answered as Workday before. `tokens_left` is how many more requests
    Workday takes before it slows us down. `bearer` tells that an access token signed on, and no password; `clock_off`
    by how many seconds Workday's clock is ahead of the one that an assertion was dated with. `elapsed_ms` is in
    milliseconds, `retry_after` in seconds.
    """

    layer: Layer
    operation: str
    host: str
    probe: str = ""
    http_status: int | None = None
    transport: Transport | None = None
    content: Content = Content.EMPTY
    malformed: bool = False
    fault_code: str = ""
    fault_text: str = ""
    error_code: str = ""
    total: int | None = None
    missing: tuple[str, ...] = ()
    request_id: str = ""
    our_request_id: str = ""
    address_proved: bool = False
    retry_after: int | None = None
    tokens_left: int | None = None
    elapsed_ms: int = 0
    version: str = ""
    write: bool = False
    bearer: bool = False
    clock_off: int = 0
    at: datetime | None = None

    def __post_init__(self) -> None:
        """Clean and cap what came from outside."""
        for name, cap in (
            ("fault_code", _LONGEST_CODE),
            ("fault_text", _LONGEST_TEXT),
            ("error_code", _LONGEST_CODE),
            ("request_id", _LONGEST_CODE),
        ):
            object.__setattr__(self, name, clean(getattr(self, name), cap))

    @property
    def request_ids(self) -> str:
        """Return Workday's id of the request and ours, as far as there are any: its logs know both."""
        return " / ".join(one for one in (self.request_id, self.our_request_id) if one) or "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The part of an observation that a card or a paper shows and that support can search for."""

    operation: str
    http_status: int | None = None
    fault: str = ""
    missing: tuple[str, ...] = ()
    request_id: str = ""
    our_request_id: str = ""
    at: datetime | None = None

    @classmethod
    def of(cls, seen: Observation) -> Self:
        """Take what is worth keeping from an observation; the texts are cut shorter than there."""
        said = " ".join(part for part in (seen.fault_code, seen.fault_text or seen.error_code) if part)
        return cls(
            operation=seen.operation,
            http_status=seen.http_status,
            fault=(said or str(seen.transport or ""))[:_LONGEST_FAULT],
            missing=seen.missing,
            request_id=seen.request_id,
            our_request_id=seen.our_request_id,
            at=seen.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """One sign-on of the integration user as Workday keeps it: flags and its own message, no address."""

    failed: bool
    message: str = ""
    invalid_credentials: bool = False
    locked_disabled_or_expired: bool = False

    def __post_init__(self) -> None:
        """Clean and cap what came from outside."""
        object.__setattr__(self, "message", clean(self.message))


class TokenOwner(StrEnum):
    """Whose refresh token it is, as far as Workday lets it be known."""

    INTEGRATION_USER = "integration_user"
    SOMEBODY_ELSE = "somebody_else"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deep:
    """What Workday says about itself over WQL; None means that it did not say.

    `pending` are the policies with changes that nobody activated, `sign_ons` those of the integration user,
    newest first. `token_works` tells whether Workday took the refresh token of the integration user.
    """

    token_works: bool | None = None
    pending: tuple[str, ...] | None = None
    sign_ons: tuple[SignOn, ...] | None = None
    token_owner: TokenOwner = TokenOwner.NOT_TOLD
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one check saw; `endpoint` is the one that answered, `version` the one that worked."""

    kind: CheckKind
    observations: tuple[Observation, ...]
    endpoint: Endpoint | None = None
    version: str | None = None
    deep: Deep | None = None
