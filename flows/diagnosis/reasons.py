"""Why a check can end, whose move it then is and which answer is to blame; it looks at no observation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """What is the matter, in the words of this program; each one has words for people."""

    OK = "ok"
    HOST_NOT_FOUND = "host_not_found"
    ADDRESS_REFUSED = "address_refused"
    TLS_FAILED = "tls_failed"
    NOT_ANSWERING = "not_answering"
    MAINTENANCE = "maintenance"
    THROTTLED = "throttled"
    REDIRECTED = "redirected"
    HTML_INSTEAD = "html_instead"
    UNREADABLE = "unreadable"
    UNKNOWN_TENANT_OR_HOST = "unknown_tenant_or_host"
    UNSENDABLE = "unsendable"
    INVALID_CREDENTIALS = "invalid_credentials"
    BAD_VERSION = "bad_version"
    WRONG_SERVICE = "wrong_service"
    OUR_REQUEST_REFUSED = "our_request_refused"
    NOT_AUTHORIZED = "not_authorized"
    REACHABLE_BUT_EMPTY = "reachable_but_empty"
    OAUTH_INVALID_CLIENT = "oauth_invalid_client"
    OAUTH_INVALID_GRANT = "oauth_invalid_grant"
    OAUTH_BAD_TENANT = "oauth_bad_tenant"
    OAUTH_WRONG_CLIENT_KIND = "oauth_wrong_client_kind"
    OAUTH_TOKEN_OF_ANOTHER = "oauth_token_of_another"  # noqa: S105 - the name of a reason
    REST_FORBIDDEN = "rest_forbidden"
    REST_INVALID_TOKEN = "rest_invalid_token"  # noqa: S105 - the name of a reason
    REST_NOT_FOUND = "rest_not_found"
    NOT_PROBED = "not_probed"
    NOT_ACTIVE_OR_NOT_IN_GROUP = "not_active_or_not_in_group"
    PERMISSIONS_MISSING = "permissions_missing"
    PERMISSIONS_EMPTY = "permissions_empty"
    UNKNOWN = "unknown"


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


_ADMIN: Final = {
    Reason.HOST_NOT_FOUND: Field.ENDPOINT,
    Reason.ADDRESS_REFUSED: Field.ENDPOINT,
    Reason.REDIRECTED: Field.ENDPOINT,
    Reason.HTML_INSTEAD: Field.ENDPOINT,
    Reason.UNKNOWN_TENANT_OR_HOST: Field.ENDPOINT,
    Reason.OAUTH_BAD_TENANT: Field.ENDPOINT,
    Reason.UNSENDABLE: Field.CREDENTIALS,
    Reason.INVALID_CREDENTIALS: Field.CREDENTIALS,
    Reason.NOT_AUTHORIZED: Field.PERMISSIONS,
    Reason.REACHABLE_BUT_EMPTY: Field.PERMISSIONS,
    Reason.REST_FORBIDDEN: Field.PERMISSIONS,
    Reason.NOT_ACTIVE_OR_NOT_IN_GROUP: Field.PERMISSIONS,
    Reason.PERMISSIONS_MISSING: Field.PERMISSIONS,
    Reason.PERMISSIONS_EMPTY: Field.PERMISSIONS,
    Reason.OAUTH_INVALID_CLIENT: Field.CLIENT,
    Reason.OAUTH_WRONG_CLIENT_KIND: Field.CLIENT,
    Reason.OAUTH_INVALID_GRANT: Field.REFRESH_TOKEN,
    Reason.OAUTH_TOKEN_OF_ANOTHER: Field.REFRESH_TOKEN,
    Reason.REST_INVALID_TOKEN: Field.REFRESH_TOKEN,
}
AWAY: Final = frozenset({Reason.NOT_ANSWERING, Reason.MAINTENANCE, Reason.THROTTLED})
"""Workday is not there; this mends by itself, and no password is needed to see it."""

_NOBODY: Final = AWAY | {Reason.OK, Reason.NOT_PROBED}


def owner_of(reason: Reason) -> Owner:
    """Say whose move it is; what the table does not give to the admin or to nobody is ours."""
    if reason in _ADMIN:
        return Owner.ADMIN
    return Owner.NOBODY if reason in _NOBODY else Owner.US


def field_of(reason: Reason) -> Field:
    """Say which answer of the admin's is to blame."""
    return _ADMIN.get(reason, Field.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What an observation means, and the id of the rule that said so."""

    reason: Reason
    rule_id: str

    @property
    def owner(self) -> Owner:
        """Say whose move it is."""
        return owner_of(self.reason)

    @property
    def field(self) -> Field:
        """Say which answer of the admin's is to blame."""
        return field_of(self.reason)
