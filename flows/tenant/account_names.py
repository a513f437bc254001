"""Whether typed text can be a user name or a password, and which account is meant; no value goes into a problem."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# What may be in a name without being seen and is not of the category Cf: joiners, fillers, variation selectors.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SMART_QUOTES = re.compile("[“”„‟‘’‚‛]")  # noqa: RUF001 - these are the characters meant
_USER_LABEL = re.compile(r"(?:user\s*-?\s*name|user|isu|login|account)\s*[:=]\s*(?P<rest>.*)", re.IGNORECASE)
_PASSWORD_LABEL = re.compile(r"\s*(?:password|passwort|pass\s?phrase|pwd|pw)\s*[:=]\s*\S", re.IGNORECASE)


class UserNameProblem(StrEnum):
    """What is odd about a typed user name."""

    BLANK = "blank"
    HAS_SPACES = "has_spaces"
    CONTROL_CHARACTERS = "control_characters"
    MISMATCHED_TENANT = "mismatched_tenant"
    SMART_QUOTES = "smart_quotes"
    PASTED_LABEL = "pasted_label"
    ADDRESS = "address"


class PasswordProblem(StrEnum):
    """What is odd about a typed password."""

    BLANK = "blank"
    CONTROL_CHARACTERS = "control_characters"
    EDGE_SPACES = "edge_spaces"
    PASTED_LABEL = "pasted_label"
    SMART_QUOTES = "smart_quotes"

    @property
    def blocks(self) -> bool:
        """Tell whether to ask again; smart quotes are legal in a password and only worth a warning."""
        return self is not PasswordProblem.SMART_QUOTES


@dataclass(frozen=True, slots=True, kw_only=True)
class UserName:
    """A user name as Workday shows it, without the tenant, and what is odd about what was typed.

    With a problem, `value` is the nearest name that could have been meant (it may be empty).
    """

    value: str
    problem: UserNameProblem | None = None


def qualified_user(user: str, tenant: str) -> str:
    """Give the name that web services ask for, `user@tenant`; a tenant already there is not added twice."""
    return f"{_without_tenant(user, tenant)}@{tenant}"


def account_key(tenant: str, user: str) -> str:
    """Give one text for all spellings of an account, to count its bad logins by.

    Looser than Workday on purpose: what is one account too many here costs its user half an hour, what is one too
    few may lock it. The host is left out for the same reason: one data centre has several names for its services.
    """
    tenant = _folded(tenant)
    return f"{_without_tenant(_folded(user), tenant)}@{tenant}"


def check_user_name(text: str, tenant: str) -> UserName:
    """Clean a typed user name and say what is odd about it; the first problem found is named.

    The name itself may be an e-mail address, so only a suffix without a dot is taken for another tenant.
    """
    typed = _INVISIBLE.sub("", text).strip()
    problem: UserNameProblem | None = None
    if label := _USER_LABEL.fullmatch(typed):
        typed, problem = label["rest"].strip(), UserNameProblem.PASTED_LABEL
    if _SMART_QUOTES.search(typed):
        typed, problem = _SMART_QUOTES.sub("", typed), problem or UserNameProblem.SMART_QUOTES
    name = _without_tenant(typed.strip("\"'<> "), tenant)
    _, _, suffix = name.rpartition("@")
    if not name:
        problem = UserNameProblem.BLANK
    elif "://" in name or "/" in name:
        problem = UserNameProblem.ADDRESS
    elif _CONTROL.search(name):
        problem = UserNameProblem.CONTROL_CHARACTERS
    elif any(character.isspace() for character in name):
        problem = UserNameProblem.HAS_SPACES
    elif "@" in name and "." not in suffix:
        problem = UserNameProblem.MISMATCHED_TENANT
    return UserName(value=name, problem=problem)


def check_password(text: str) -> PasswordProblem | None:
    """Say what is odd about a typed password, the gravest first; any character Workday allows is fine."""
    checks = (
        (PasswordProblem.BLANK, not text.strip()),
        (PasswordProblem.CONTROL_CHARACTERS, _CONTROL.search(text)),
        (PasswordProblem.PASTED_LABEL, _PASSWORD_LABEL.match(text)),
        (PasswordProblem.EDGE_SPACES, text != _INVISIBLE.sub("", text).strip()),
        (PasswordProblem.SMART_QUOTES, _SMART_QUOTES.search(text)),
    )
    return next((problem for problem, found in checks if found), None)


def _folded(text: str) -> str:
    """Fold what looks the same into one text, as NFKC_Casefold does."""
    seen = "".join(one for one in _UNSEEN.sub("", text) if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def _without_tenant(user: str, tenant: str) -> str:
    suffix = f"@{tenant}"
    return user[: -len(suffix)] if tenant and user.lower().endswith(suffix.lower()) else user
