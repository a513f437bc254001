"""What a check saw, as plain facts without secrets; what they mean is for `flows.diagnosis` to say."""

import re
from dataclasses import dataclass
from enum import StrEnum

from flows.endpoints import Endpoint

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_LONGEST_TEXT = 300
_LONGEST_CODE = 100


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
    UNSENDABLE = "unsendable"
    """A credential holds characters that cannot travel; nothing was sent."""


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

    `probe` is the id of the permission row it stands for, empty for the layer's own request. Texts from
    outside are cleaned of unprintable characters and capped. `elapsed_ms` is in milliseconds, `retry_after`
    in seconds.
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
    retry_after: int | None = None
    elapsed_ms: int = 0
    version: str = ""

    def __post_init__(self) -> None:
        """Clean and cap what came from outside."""
        for name, cap in (
            ("fault_code", _LONGEST_CODE),
            ("fault_text", _LONGEST_TEXT),
            ("error_code", _LONGEST_CODE),
            ("request_id", _LONGEST_CODE),
        ):
            cleaned = _UNPRINTABLE.sub(" ", getattr(self, name)).strip()[:cap]
            object.__setattr__(self, name, cleaned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one check saw; `endpoint` is the one that answered, `version` the one that worked."""

    kind: CheckKind
    observations: tuple[Observation, ...]
    endpoint: Endpoint | None = None
    version: str | None = None
