"""Reason codes, one row each: all that the rest of the code asks of a reason stands in its row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Owner(StrEnum):
    """Whose move it is."""

    ADMIN = "admin"
    US = "us"
    NOBODY = "nobody"


class Field(StrEnum):
    """Which answer of the admin's is to blame."""

    NONE = ""
    ENDPOINT = "endpoint"
    CREDENTIALS = "credentials"
    PERMISSIONS = "permissions"
    CLIENT = "client"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a field


class Retry(StrEnum):
    """Whether the clock asks again without anybody's press."""

    NEVER = "never"
    ONCE_PROVED = "once_proved"
    """Only while the password is one that Workday has accepted."""
    ALWAYS = "always"


class Stops(StrEnum):
    """Which further questions of the same check would be pointless, or rude."""

    NOTHING = "nothing"
    CREDENTIAL = "credential"
    """Those with the same credential; another one may still be tried."""
    CHECK = "check"


class Login(StrEnum):
    """What a reason says of the password, the token or the client it was asked with."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_TRIED = "not_tried"
    """Turned away at the door, or by words of Workday's own that may come before the sign-on."""
    NO_ANSWER = "no_answer"
    """None that tells; it may hide a rejection, so that it counts as a bad login and is never called one."""


class Verdict(StrEnum):
    """What is known about one permission."""

    GRANTED = "granted"
    DENIED = "denied"
    EMPTY = "empty"
    UNPROBED = "unprobed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What follows from one reason: its row.

    `field` is the answer to blame, which only the admin's move has; `asks_again` says that entering it anew mends it,
    rather than another look at Workday. `outage` says that Workday is not there, so that no password is needed to
    see it come back. `verdict` is what the reason says of the permission that was asked about.
    """

    owner: Owner
    field: Field = Field.NONE
    asks_again: bool = False
    outage: bool = False
    retry: Retry = Retry.NEVER
    stops: Stops = Stops.NOTHING
    login: Login = Login.NO_ANSWER
    verdict: Verdict = Verdict.UNPROBED


_NOBODY = Traits(owner=Owner.NOBODY)
_OURS = Traits(owner=Owner.US)
# Before the sign-on, or after a good one: Workday took the request apart.
_OURS_UNTRIED = Traits(owner=Owner.US, login=Login.NOT_TRIED)
# Turned away at the door by Workday's own word.
_CLOSED = Traits(owner=Owner.NOBODY, outage=True, retry=Retry.ALWAYS, stops=Stops.CHECK, login=Login.NOT_TRIED)
# An outage that Workday does not name may hide a rejection.
_SILENT = Traits(owner=Owner.NOBODY, outage=True, retry=Retry.ALWAYS, stops=Stops.CHECK)
_IN_BETWEEN = Traits(owner=Owner.US, retry=Retry.ALWAYS, stops=Stops.CHECK)
_WRONG_ADDRESS = Traits(owner=Owner.ADMIN, field=Field.ENDPOINT, asks_again=True, stops=Stops.CHECK)
_ADDRESS_OR_OUTAGE = Traits(
    owner=Owner.ADMIN, field=Field.ENDPOINT, asks_again=True, retry=Retry.ALWAYS, stops=Stops.CHECK
)
_WRONG_CLIENT = Traits(owner=Owner.ADMIN, field=Field.CLIENT, asks_again=True, login=Login.REJECTED)
_WRONG_TOKEN = Traits(owner=Owner.ADMIN, field=Field.REFRESH_TOKEN, asks_again=True, login=Login.REJECTED)
# What is entered here is right; something in Workday is not.
_CLIENT_IN_WORKDAY = Traits(owner=Owner.ADMIN, field=Field.CLIENT, stops=Stops.CREDENTIAL, login=Login.REJECTED)
# Not all granted: it may mend without a button, because Workday takes its time to activate.
_NOT_GRANTED = Traits(owner=Owner.ADMIN, field=Field.PERMISSIONS, retry=Retry.ONCE_PROVED)


class Reason(StrEnum):
    """What is the matter, in the words of this program, with what follows from it.

    The words for people are `reason.<value>` in `flows/words`.
    """

    traits: Traits

    def __new__(cls, value: str, traits: Traits) -> Self:
        """Make a member out of its stored value and its traits, so that there is none without them."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.traits = traits
        return member

    OK = "ok", Traits(owner=Owner.NOBODY, login=Login.ACCEPTED, verdict=Verdict.GRANTED)
    # The address, and the way to it
    HOST_NOT_FOUND = "host_not_found", _WRONG_ADDRESS
    ADDRESS_REFUSED = "address_refused", _WRONG_ADDRESS
    REDIRECTED = "redirected", _WRONG_ADDRESS
    UNKNOWN_TENANT_OR_HOST = "unknown_tenant_or_host", _WRONG_ADDRESS
    # Before the address was proved once, a wrong one and a Workday at rest look the same.
    ADDRESS_OR_OUTAGE = "address_or_outage", _ADDRESS_OR_OUTAGE
    HTML_INSTEAD = "html_instead", _ADDRESS_OR_OUTAGE
    UNREACHED = "unreached", _CLOSED
    TLS_FAILED = "tls_failed", _IN_BETWEEN
    NOT_ANSWERING = "not_answering", _SILENT
    MAINTENANCE = "maintenance", _CLOSED
    THROTTLED = "throttled", _CLOSED
    OVERLOADED = "overloaded", _SILENT
    WEB_PAGE = "web_page", _SILENT
    DAMAGED = "damaged", _SILENT
    # Our way to Workday, or its own firewall: the vendor's people have to look.
    PROXY_IN_BETWEEN = "proxy_in_between", _IN_BETWEEN
    UNREADABLE = "unreadable", Traits(owner=Owner.US, stops=Stops.CREDENTIAL)
    # User and password
    UNSENDABLE = (
        "unsendable",
        Traits(owner=Owner.ADMIN, field=Field.CREDENTIALS, asks_again=True, stops=Stops.CREDENTIAL),
    )
    INVALID_CREDENTIALS = (
        "invalid_credentials",
        Traits(owner=Owner.ADMIN, field=Field.CREDENTIALS, stops=Stops.CREDENTIAL, login=Login.REJECTED),
    )
    # The question itself
    BAD_VERSION = "bad_version", _OURS_UNTRIED
    WRONG_SERVICE = "wrong_service", _OURS_UNTRIED
    OUR_REQUEST_REFUSED = "our_request_refused", _OURS_UNTRIED
    # One permission
    NOT_AUTHORIZED = (
        "not_authorized",
        Traits(owner=Owner.ADMIN, field=Field.PERMISSIONS, login=Login.ACCEPTED, verdict=Verdict.DENIED),
    )
    REACHABLE_BUT_EMPTY = (
        "reachable_but_empty",
        Traits(owner=Owner.ADMIN, field=Field.PERMISSIONS, login=Login.ACCEPTED, verdict=Verdict.EMPTY),
    )
    # The API client
    OAUTH_INVALID_CLIENT = "oauth_invalid_client", _WRONG_CLIENT
    OAUTH_INVALID_GRANT = "oauth_invalid_grant", _WRONG_TOKEN
    OAUTH_BAD_TENANT = "oauth_bad_tenant", Traits(owner=Owner.ADMIN, field=Field.ENDPOINT)
    OAUTH_WRONG_CLIENT_KIND = "oauth_wrong_client_kind", _WRONG_CLIENT
    OAUTH_TOKEN_OF_ANOTHER = "oauth_token_of_another", _WRONG_TOKEN
    OAUTH_SWITCHED_OFF = "oauth_switched_off", _CLIENT_IN_WORKDAY
    OAUTH_CLIENT_DISABLED = "oauth_client_disabled", _CLIENT_IN_WORKDAY
    OAUTH_CLIENT_LOCKED = "oauth_client_locked", _CLIENT_IN_WORKDAY
    TOKEN_AWAY = "token_away", _SILENT
    BEARER_REFUSED = "bearer_refused", _CLIENT_IN_WORKDAY
    # A client that signs on with a key
    JWT_UNKNOWN_CLIENT = "jwt_unknown_client", _WRONG_CLIENT
    JWT_GRANT_NOT_ALLOWED = "jwt_grant_not_allowed", _WRONG_CLIENT
    JWT_WRONG_USER = "jwt_wrong_user", _WRONG_CLIENT
    JWT_WRONG_KEY = "jwt_wrong_key", _CLIENT_IN_WORKDAY
    JWT_NO_KEY = "jwt_no_key", _CLIENT_IN_WORKDAY
    JWT_KEY_EXPIRED = "jwt_key_expired", _CLIENT_IN_WORKDAY
    JWT_CLOCK = "jwt_clock", Traits(owner=Owner.US, stops=Stops.CREDENTIAL)
    JWT_REFUSED = "jwt_refused", _WRONG_CLIENT
    REST_FORBIDDEN = (
        "rest_forbidden",
        Traits(owner=Owner.ADMIN, field=Field.PERMISSIONS, verdict=Verdict.DENIED),
    )
    REST_INVALID_TOKEN = (
        "rest_invalid_token",
        Traits(owner=Owner.ADMIN, field=Field.REFRESH_TOKEN, asks_again=True, stops=Stops.CREDENTIAL),
    )
    REST_NOT_FOUND = "rest_not_found", _OURS
    # A whole check
    NOT_PROBED = "not_probed", _NOBODY
    HELD_BACK = "held_back", Traits(owner=Owner.NOBODY, login=Login.NOT_TRIED)
    NOT_ACTIVE_OR_NOT_IN_GROUP = "not_active_or_not_in_group", _NOT_GRANTED
    PERMISSIONS_MISSING = "permissions_missing", _NOT_GRANTED
    PERMISSIONS_EMPTY = "permissions_empty", _NOT_GRANTED
    UNKNOWN = "unknown", _OURS
