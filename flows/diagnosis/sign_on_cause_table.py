"""Root causes of a rejected sign-on, one row per cause; it looks at no sign-on and judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.diagnosis.causes import FactName, RootCause
from flows.diagnosis.sign_on_report import SignOnCause

_C, _F, _S = RootCause, FactName, SignOnCause


class SignOnLine(StrEnum):
    """A line of the card on a rejected sign-on, in the order that costs the admin least.

    Several causes share one when the same look at Workday settles them. Its words are
    `reason.invalid_credentials.<value>`, its help is the topic of the same name.
    """

    REFRESHED = "refreshed"
    RETYPE = "retype"
    USER_NAME = "user_name"
    FLAGS = "flags"
    LOCKED = "locked"
    POLICY = "policy"


NAME_IS_ODD: Final = frozenset(
    {
        *(_F.NAME_BLANK, _F.NAME_HAS_SPACES, _F.NAME_HAS_CONTROL_CHARACTERS, _F.NAME_OTHER_TENANT),
        *(_F.NAME_HAS_SMART_QUOTES, _F.NAME_HAS_PASTED_LABEL, _F.NAME_IS_ADDRESS),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnSuspicion:
    """One row: a cause, the line that shows it, what of Workday's report says it, and the facts about it.

    One fact of `likely` makes it likely, one of `excluded_by` strikes it out; without one of `needs`, where there are
    any, nobody thinks of it. Those of `told` are worth telling. `flagged` says that the report's column *Account
    Locked, Disabled or Expired* covers it.
    """

    cause: RootCause
    line: SignOnLine
    said_by: frozenset[SignOnCause] = frozenset()
    likely: frozenset[FactName] = frozenset()
    excluded_by: frozenset[FactName] = frozenset()
    needs: frozenset[FactName] = frozenset()
    told: frozenset[FactName] = frozenset()
    always_likely: bool = False
    flagged: bool = False


# In the order that costs the admin least: look at what was typed, then at one page of Workday, then at policies.
SIGN_ON_SUSPICIONS: Final = (
    SignOnSuspicion(
        cause=_C.USER_NAME_WRONG,
        line=SignOnLine.USER_NAME,
        said_by=frozenset({_S.WRONG_NAME_OR_PASSWORD, _S.UNKNOWN_USER, _S.NO_ROW}),
        likely=NAME_IS_ODD | {_F.SAYS_NO_SIGN_ON},
        excluded_by=frozenset({_F.WORKED_AT}),
        told=frozenset({_F.NAME_HAS_CAPITALS, _F.NAME_LOOKS_LIKE_EMAIL}),
    ),
    SignOnSuspicion(
        cause=_C.PASSWORD_EXPIRED,
        line=SignOnLine.LOCKED,
        said_by=frozenset({_S.PASSWORD_EXPIRED}),
        flagged=True,
        likely=frozenset({_F.PASSWORD_DUE}),
        excluded_by=frozenset({_F.PASSWORD_NOT_DUE}),
        needs=frozenset({_F.PASSWORD_DUE, _F.WORKED_AT}),
        told=frozenset({_F.WORKED_AT, _F.OAUTH_WORKS}),
    ),
    SignOnSuspicion(
        cause=_C.SANDBOX_REFRESHED,
        line=SignOnLine.REFRESHED,
        likely=frozenset({_F.REFRESHED_SINCE}),
        needs=frozenset({_F.REFRESHED_SINCE}),
        told=frozenset({_F.WORKED_AT}),
    ),
    SignOnSuspicion(
        cause=_C.PASSWORD_WRONG,
        line=SignOnLine.RETYPE,
        said_by=frozenset({_S.WRONG_NAME_OR_PASSWORD, _S.WRONG_PASSWORD}),
        always_likely=True,
        told=frozenset({_F.NAME_FORM_FINE, _F.TENANT_ADDED, _F.TENANT_TYPED, _F.OAUTH_WORKS}),
    ),
    SignOnSuspicion(
        cause=_C.NEW_PASSWORD_REQUIRED,
        line=SignOnLine.FLAGS,
        said_by=frozenset({_S.NEW_PASSWORD_REQUIRED}),
        told=frozenset({_F.OAUTH_WORKS}),
    ),
    SignOnSuspicion(cause=_C.DELEGATED_AUTHENTICATION, line=SignOnLine.FLAGS, said_by=frozenset({_S.DELEGATED})),
    SignOnSuspicion(cause=_C.SECURITY_QUESTIONS, line=SignOnLine.FLAGS, said_by=frozenset({_S.SECURITY_QUESTIONS})),
    SignOnSuspicion(cause=_C.SESSION_TIMEOUT, line=SignOnLine.FLAGS, said_by=frozenset({_S.SESSION_TIMEOUT})),
    SignOnSuspicion(
        cause=_C.ACCOUNT_LOCKED,
        line=SignOnLine.LOCKED,
        said_by=frozenset({_S.LOCKED}),
        flagged=True,
        told=frozenset({_F.WORKED_AT}),
    ),
    SignOnSuspicion(
        cause=_C.ACCOUNT_DISABLED,
        line=SignOnLine.FLAGS,
        said_by=frozenset({_S.DISABLED}),
        flagged=True,
        # A token does not outlive a disabled user.
        likely=frozenset({_F.OAUTH_FAILS}),
        excluded_by=frozenset({_F.OAUTH_WORKS}),
    ),
    SignOnSuspicion(
        cause=_C.ACCOUNT_EXPIRED,
        line=SignOnLine.FLAGS,
        said_by=frozenset({_S.ACCOUNT_EXPIRED}),
        flagged=True,
        needs=frozenset({_F.SAYS_SIGN_ON}),
    ),
    SignOnSuspicion(
        cause=_C.AUTHENTICATION_POLICY,
        line=SignOnLine.POLICY,
        said_by=frozenset({_S.TYPE_NOT_ALLOWED, _S.POLICY_NOT_ALLOWED}),
        likely=frozenset({_F.OAUTH_WORKS}),
    ),
    SignOnSuspicion(
        cause=_C.NETWORK_BLOCKED,
        line=SignOnLine.POLICY,
        said_by=frozenset({_S.NETWORK_NOT_ALLOWED, _S.POLICY_NOT_ALLOWED}),
    ),
    SignOnSuspicion(
        cause=_C.OTHER_ENVIRONMENT,
        line=SignOnLine.USER_NAME,
        said_by=frozenset({_S.OTHER_TENANT}),
        excluded_by=frozenset({_F.WORKED_AT, _F.OAUTH_WORKS}),
        needs=frozenset({_F.HOST_ENVIRONMENT}),
        told=frozenset({_F.HOST_ENVIRONMENT}),
    ),
)
LINE_OF: Final = {row.cause: row.line for row in SIGN_ON_SUSPICIONS}
USUAL_LINES: Final = tuple(
    line for line in SignOnLine if any(row.line is line and not row.needs for row in SIGN_ON_SUSPICIONS)
)
"""The lines that are worth a look whatever is known."""
