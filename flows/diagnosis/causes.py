"""Vocabulary of root causes: the causes, how sure we are, and the facts that say so; it draws no conclusion."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class RootCause(StrEnum):
    """What is most likely wrong on Workday's side, each one with a mend of its own."""

    NOT_ACTIVATED = "not_activated"
    NOT_IN_GROUP = "not_in_group"
    WRONG_ACCOUNT_TYPE = "wrong_account_type"
    ROW_NOT_GRANTED = "row_not_granted"
    GRANT_TAKEN_AWAY = "grant_taken_away"
    SANDBOX_REFRESHED = "sandbox_refreshed"
    AREA_SWITCHED_OFF = "area_switched_off"
    VIEW_INSTEAD_OF_GET = "view_instead_of_get"
    GET_INSTEAD_OF_VIEW = "get_instead_of_view"
    GET_WITHOUT_PUT = "get_without_put"
    VIEW_WITHOUT_MODIFY = "view_without_modify"
    GROUP_CONSTRAINED = "group_constrained"
    TENANT_EMPTY = "tenant_empty"
    SECTION_NOT_GRANTED = "section_not_granted"
    NO_SUCH_DATA = "no_such_data"
    SCOPE_MISSING = "scope_missing"
    VIEW_NOT_GRANTED = "view_not_granted"
    TOKEN_OF_ANOTHER_USER = "token_of_another_user"  # noqa: S105 - the name of a cause
    # A rejected sign-on.
    USER_NAME_WRONG = "user_name_wrong"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - the name of a cause
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - the name of a cause
    NEW_PASSWORD_REQUIRED = "new_password_required"  # noqa: S105 - the name of a cause
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_EXPIRED = "account_expired"
    DELEGATED_AUTHENTICATION = "delegated_authentication"
    SECURITY_QUESTIONS = "security_questions"
    SESSION_TIMEOUT = "session_timeout"
    AUTHENTICATION_POLICY = "authentication_policy"
    NETWORK_BLOCKED = "network_blocked"
    OTHER_ENVIRONMENT = "other_environment"


class Confidence(StrEnum):
    """How sure: certain when Workday itself says so, possible when it is only worth a look."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class FactName(StrEnum):
    """What was seen; each one is half a sentence after "because"."""

    ALL_DENIED = "all_denied"
    SOME_DENIED = "some_denied"
    LOGIN_FINE = "login_fine"
    WORKED_BEFORE = "worked_before"
    STILL_DENIED = "still_denied"
    ALL_EMPTY = "all_empty"
    SOME_EMPTY = "some_empty"
    SECTION_MISSING = "section_missing"
    ONE_AREA = "one_area"
    SAME_POLICY_OVER_REST = "same_policy_over_rest"
    SAME_POLICY_OVER_SOAP = "same_policy_over_soap"
    SOAP_FINE = "soap_fine"
    REST_DENIED = "rest_denied"
    SCOPE_WORKS = "scope_works"
    SCOPE_FAILS = "scope_fails"
    PUT_DENIED = "put_denied"
    NAME_OF_A_PERSON = "name_of_a_person"
    SANDBOX = "sandbox"
    IMPLEMENTATION = "implementation"
    # What Workday says itself.
    SAYS_PENDING = "says_pending"
    SAYS_NOTHING_PENDING = "says_nothing_pending"
    SAYS_OTHER_TOKEN_OWNER = "says_other_token_owner"  # noqa: S105 - the name of a fact
    SAYS_SIGN_ON = "says_sign_on"
    SAYS_NO_SIGN_ON = "says_no_sign_on"
    # A rejected sign-on.
    NAME_FORM_FINE = "name_form_fine"
    NAME_BLANK = "name_blank"
    NAME_HAS_SPACES = "name_has_spaces"
    NAME_HAS_CONTROL_CHARACTERS = "name_has_control_characters"
    NAME_HAS_SMART_QUOTES = "name_has_smart_quotes"
    NAME_HAS_PASTED_LABEL = "name_has_pasted_label"
    NAME_IS_ADDRESS = "name_is_address"
    NAME_OTHER_TENANT = "name_other_tenant"
    NAME_HAS_CAPITALS = "name_has_capitals"
    NAME_LOOKS_LIKE_EMAIL = "name_looks_like_email"
    TENANT_ADDED = "tenant_added"
    TENANT_TYPED = "tenant_typed"
    HOST_ENVIRONMENT = "host_environment"
    OAUTH_WORKS = "oauth_works"
    OAUTH_FAILS = "oauth_fails"
    WORKED_AT = "worked_at"
    PASSWORD_DUE = "password_due"  # noqa: S105 - the name of a fact
    PASSWORD_NOT_DUE = "password_not_due"  # noqa: S105 - the name of a fact
    REFRESHED_SINCE = "refreshed_since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was seen; `names` fill the gaps of its words."""

    name: FactName
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One possible cause, why we think so, and the permissions it would explain."""

    cause: RootCause
    confidence: Confidence
    because: tuple[Fact, ...] = ()
    rows: tuple[str, ...] = ()


def ranked(found: list[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return the hypotheses ranked: the surest first, in the order of the table among equals, each cause once."""
    order = list(Confidence)
    best: dict[RootCause, Hypothesis] = {}
    for one in sorted(found, key=lambda each: order.index(each.confidence)):
        best.setdefault(one.cause, one)
    return tuple(best.values())
