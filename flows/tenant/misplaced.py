"""Whether a secret stands in a field that is shown and stored in the clear, or a name in a secret's; keeps no value.

Every rule here keeps somebody from entering what may be right after all, so each one looks for what names and client
IDs practically never have: signs, known favourites of password makers, letters and digits mixed as no word mixes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

from flows.tenant.account_names import check_user_name, names_password
from flows.tenant.given_out import is_client_id, is_id

MISPLACED = "field.misplaced."
"""What the keys of these errors begin with: nothing that was typed may be shown again."""

_SHORTEST = 6
_STRONG = re.compile(r"[!$%^*?=~{}|;]")  # Workday takes them in a name; nobody puts them there.
_STRONG_BY_DIGIT = re.compile(r"[#&+]")  # "R&D", "jane+hr@acme.com" are names
_FAVOURITE = re.compile(
    r"(?:passw[o0]rd|p[a@][s$]{2}w[o0]rd|passwort|kennwort|change[_-]?(?:me|it)|letmein|qwert[yz]"
    r"|(?:welcome|secret|geheim|hunter|summer|winter|spring|autumn|fall|sommer|herbst)(?=\W?\d))[\W_]?\d*\W?",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Z]?[a-zß-ÿ]+|[A-ZÀ-Þ]+")
_DIGITS = re.compile(r"\d+")
_RANDOM_LENGTH, _LONGEST_RUN = 8, 3
_SECRET_LENGTH = 40
"""Secrets and refresh tokens of Workday are at least that long; a client ID of that length is a UUID in base64."""
_SHORT_SECRET = re.compile(r"(?=.*[g-z])[a-z\d]{12,}")
"""Capitals stand in every UUID in base64, and an ID of another kind is hexadecimal, has a dash or is made of words."""
_RUNS_OF_DIGITS = 3
_ISU = re.compile(r"isu[_-]\w+", re.IGNORECASE)
_BEHIND_NAME = re.compile(r"(?:@[\w-]{1,64})?(?:\s{0,9}[:/|,;\"']*\s|[\"']\s?,|:)\s{0,9}\S")
_MAIL_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)


def looks_like_password(text: str, tenant: str) -> bool:
    """Tell whether what stands in the user's field is a password, or has one in it."""
    if names_password(text):
        return True
    name = check_user_name(text, tenant).value
    mailbox, _, domain = name.rpartition("@")
    whole = mailbox if mailbox and _MAIL_DOMAIN.fullmatch(domain) else name
    # The cleaning takes off what may be a password's last sign.
    ends = text.strip().rstrip("\"'`*")[-2:]
    marked = len(ends) == 2 and ends[0].isdigit() and ends[1] in "!?$%^=~#&+"  # noqa: PLR2004
    return marked or any(_is_password(word) for word in re.split(r"[\s/|,:<>]+", whole) if len(word) >= _SHORTEST)


def misplaced_in_login(user: str, password: str, tenant: str, known: str) -> dict[str, str]:
    """Return one word-key for each field of a sign-on that holds what belongs into the other.

    `known` is the user name that the link has already.
    """
    secret, bare = password.strip(), user.strip()
    if not secret or not bare:
        return {"user": f"{MISPLACED}password"} if bare and looks_like_password(user, tenant) else {}
    if _has_name(secret, check_user_name(bare, tenant).value):
        return {"password": f"{MISPLACED}both"}
    if check_user_name(bare, tenant).value.casefold() == check_user_name(secret, tenant).value.casefold():
        return {"user": f"{MISPLACED}same", "password": f"{MISPLACED}same"}
    errors: dict[str, str] = {}
    has_secret = len(secret) >= _SHORTEST and _holds(bare, secret)
    is_swapped = _is_name(secret, tenant, known) and not _is_name(bare, tenant, known)
    if has_secret or looks_like_password(user, tenant) or is_swapped:
        errors["user"] = f"{MISPLACED}password"
    if is_swapped:
        errors["password"] = f"{MISPLACED}name"
    return errors


def _has_name(password: str, name: str) -> bool:
    """Tell whether a user's name stands before something else, as in `name / password` and in commands and JSON."""
    at = password.lower().find(name.lower()) if len(name) >= _SHORTEST else -1
    return at >= 0 and bool(_BEHIND_NAME.match(password[at + len(name) :]))


def _holds(text: str, secret: str) -> bool:
    """Tell whether a secret stands in a text and in no longer word; `re` would remember what it looked for."""
    at = text.find(secret)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(secret) : at + len(secret) + 1]
        if not re.search(r"\w", around):
            return True
        at = text.find(secret, at + 1)
    return False


def misplaced_in_client(typed: Mapping[str, str], tenant: str = "", known: str = "") -> dict[str, str]:
    """Return one word-key for each field of an API client, and of its user, that holds what belongs into another."""
    fields = {name: typed.get(name, "").strip() for name in ("client_id", "client_secret", "refresh_token", "user")}
    errors: dict[str, str] = {}
    for one, other in combinations(fields, 2):
        if fields[one] and fields[one] == fields[other]:
            errors |= {one: f"{MISPLACED}same", other: f"{MISPLACED}same"}
    are_ids = {name for name, value in fields.items() if is_client_id(value)}
    client_id = fields["client_id"]
    if client_id and _is_name(client_id, tenant, known):
        errors.setdefault("client_id", f"{MISPLACED}user")
    elif (client_id and "client_id" not in are_ids and are_ids - {"user"}) or _is_client_secret(client_id):
        errors["client_id"] = f"{MISPLACED}client_secret"
    if looks_like_password(fields["user"], tenant):
        errors["user"] = f"{MISPLACED}password"
    return errors | dict.fromkeys(are_ids - {"client_id"}, f"{MISPLACED}client_id")


def misplaced_in_rotation(password: str, tenant: str, known: str) -> dict[str, str]:
    """Return a word-key when the user's name stands where the new password belongs, alone or beside it."""
    if known and _is_name(password, tenant, known):
        return {"password": f"{MISPLACED}name"}
    return {"password": f"{MISPLACED}both"} if _has_name(password, known) else {}


def _is_name(text: str, tenant: str, known: str) -> bool:
    """Tell whether a text is surely a user's name: the known one, one with the tenant behind it, or `ISU_…`."""
    name = check_user_name(text, tenant).value
    if known and name.casefold() == known.casefold():
        return True
    has_tenant = bool(tenant) and text.strip().casefold().endswith(f"@{tenant}".casefold())
    return has_tenant or (bool(_ISU.fullmatch(name)) and not _is_password(name))


def _is_password(word: str) -> bool:
    if _STRONG.search(word) or (_STRONG_BY_DIGIT.search(word) and _DIGITS.search(word)):
        return True
    return bool(_FAVOURITE.fullmatch(word)) or is_id(word) or _is_random(word)


def _is_random(word: str) -> bool:
    """Tell whether letters and digits are mixed as no name mixes them; `C2HXT` is one, `xK9mP2qL` is none."""
    letters, digits = _LETTERS.findall(word), _DIGITS.findall(word)
    if len(word) < _RANDOM_LENGTH or len(digits) < 2 or not re.search(r"[a-z]", word):  # noqa: PLR2004
        return False
    return max(map(len, letters)) <= _LONGEST_RUN or (len(word) >= _SECRET_LENGTH and len(digits) > _LONGEST_RUN)


def _is_client_secret(text: str) -> bool:
    if names_password(text) or (len(text) >= _SHORTEST and re.search(r"[!$%^*?~{}|;#&<>@]", text)):
        return True
    is_mixed = bool(_SHORT_SECRET.fullmatch(text)) and len(_DIGITS.findall(text)) >= _RUNS_OF_DIGITS
    return (is_mixed or len(text) >= _SECRET_LENGTH) and not is_client_id(text)
