"""Whether typed text can be a user name or a password, and which account is meant; no value goes into a problem."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from urllib.parse import unquote

from flows.tenant.given_out import is_masked
from flows.tenant.url_text import INVISIBLE

_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What may be in a name without being seen and is not of the category Cf: joiners, fillers, variation selectors.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SMART_QUOTES = re.compile("[“”„‟‘’‚‛«»‹›]")  # noqa: RUF001 - these are the characters meant

# Labels that nobody takes for a name; a blank behind them is enough.
_LABELS = (
    r"user[\s_-]{0,3}name|user[\s_-]{0,3}id|(?:log|sign)[\s-]?in\s?(?:name|id)|account\s?name|integration\s+system\s+user(?:\s*name)?"
    r"|isu(?:.s)?\s+(?:user\s?)?name|(?:benutzer|anwender|nutzer)(?:name|kennung)|anmeldename|nom\s+d.utilisateur|identifiant|nombre\s+de\s+usuario"
    r"|nome\s+utente|nome\s+de\s+(?:usu[aá]rio|utilizador)|gebruikersnaam|användarnamn|bruger\s?navn|brukernavn"
    r"|käyttäjä(?:tunnus|nimi)|nazwa\s+użytkownika|uživatelské\s+jméno|používateľské\s+meno|felhasználónév"
    r"|nume\s+de\s+utilizator|uporabniško\s+ime|korisničko\s+ime|kullan\u0131c\u0131\s+ad\u0131|имя\s+пользователя|ім.я\s+користувача|όνομα\s+χρήστη|ユーザー?名"
    r"|用户名|用戶名|使用者名稱|帳號|账号|アカウント名|사용자\s?(?:이름|명|id)|ชื่อผู้ใช้|tên\s+(?:đăng\s+nhập|người\s+dùng)"
)
# Labels that could begin a name; a sign has to follow.
_SHORT_LABELS = (
    r"it.?s|it\s+is|(?:we|i)\s+(?:named|called)\s+it|(?:das|es)\s+ist|c.est|user|usr|isu|principal|login|account|name|(?:workday|system|service)\s+(?:user|account)|benutzer|utilisateur|usuario|usuário"
    r"|utente|gebruiker|användare|bruger|użytkownik|uživatel|kullan\u0131c\u0131|логин|пользователь|ユーザー"
)
_SIGN = (
    r"\s{0,9}(?:[:=：|→\t]|[-=]>"  # noqa: RUF001 - the wide colon is meant
    r"|\b(?:(?:is|ist)(?:\s+(?:called|named))?|lautet|hei(?:ß|ss)t|est|es|jest|är)\b)\s{0,9}"
)
_QUOTED_SIGN = rf"[\"'`]{{0,2}}{_SIGN}[\"'`]{{0,2}}"
_PREFIX = r"[a-z]\w{0,20}[_.:-]"
"""What programs put before such a label: login_username, WD_USER, wsse:Username."""
_USER_LABEL = re.compile(
    rf"(?:(?:the|our|my|der|unser|le|notre|el|nuestro)\s+)?"
    r"(?:(?:technical|admin|api|integration|service|view|edit|create)\s+)?"
    rf"(?:(?:{_PREFIX})?(?:{_LABELS})(?:{_QUOTED_SIGN}|\s+)|(?:{_PREFIX}(?=user(?:{_QUOTED_SIGN}|\s+ISU_)))?(?:{_SHORT_LABELS})(?:{_QUOTED_SIGN}|\s+(?=ISU_)))(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PASSWORDS = (
    r"pass\s?(?:word|wort|phrase|code)|kennwort|mot\s+de\s+passe|contraseña|senha|palavra-passe|wachtwoord|lösenord"
    r"|adgangskode|passord|salasana|hasło|heslo|jelszó|parol[aă]|şifre|пароль|κωδικός|パスワード|密码|密碼|비밀번호"
)
_PASSWORD_LABEL = re.compile(
    rf"\s*(?:(?:(?:export|set)\s+)?(?:\w{{1,20}}[_.])?(?:{_PASSWORDS})\s*[:=：]\s*\S|(?:pwd?|pass)\s*[:：]\s+\S"  # noqa: RUF001
    rf"|(?:(?:the|my|das|mein|le|la|el)\s+)?(?:{_PASSWORDS})\s+(?:is|ist|lautet|est|es)\s+\S)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[\w.-]{1,200}\bworkday(?:gov)?\.com\b|https?://[\w.-]{1,200}myworkday", re.IGNORECASE)
_PASSWORD_BEHIND = re.compile(
    rf"(?<![\s,;|/])[\s,;|/]+(?:(?:{_PASSWORDS}|pwd?|pass)\s{{0,9}}[:=：|]|pwd?\s{{1,9}}\S)",  # noqa: RUF001
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[•·▪◦○☐✓✔→➔➜➡>–—-]|\d{1,2}[.)])\s+")  # noqa: RUF001 - the dashes are meant
# What Workday's pages show beside an account's name.
_KIND_BEHIND = re.compile(
    r"(?<=\S)\s{0,9}(?:[(\[]|\s[/|–—-]|[/,])\s*(?:integration\s+(?:system\s+)?user|(?:workday|system|service)\s+(?:user|account)"  # noqa: RUF001
    r"|isu|user\s?name|integrationssystembenutzer|utilisateur\s+du?\s+système\s+d.intégration"
    r"|usuario\s+del?\s+sistema\s+de\s+integración|utente\s+del\s+sistema\s+di\s+integrazione"
    r"|active|inactive|disabled|terminated)\s*[)\]]?\.?$",
    re.IGNORECASE,
)
# What Workday's page shows in the lines below the name, and what people add to it.
_FIELD_BEHIND = re.compile(
    r"(?<!\s)\s+(?:generate\s+random\s+password|new\s+password|require\s+new\s+password|session\s+timeout|do\s+not\s+allow\s+ui)\b"
    r"|(?<![\s,;|/])[\s,;|/]+(?:tenant|mandant|inquilino|environment|url|host|server|end\s?point)(?:\s?(?:name|id|alias|url))?\s{0,3}[:=|]",
    re.IGNORECASE,
)
_DECORATED = re.compile(
    r"(?:\s{0,3}(?:(?<=\s):[a-z0-9_+'-]{2,40}:|\((?:edited|bearbeitet|modifié|editado)\)|[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f300-\U0001faff]))+$"
)
"""Pictures and what Slack adds behind a message."""
_MAIL_LINK = re.compile(r"<mailto:[^<>|]*\|(?P<shown>[^<>|]*)>|\[(?P<named>[^\[\]]+)\]\(mailto:[^()]*\)")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_AROUND = re.compile(r"_(\w+)_|\(([^()]+)\)|\[([^\[\]]+)\]")
"""Slack's mark for slanted letters, and a name in brackets."""
_OBJECT = re.compile(r"\{([^{}]*)\}")
_TAG = re.compile(r"</?(?:br|b|i|p|td|tr|div|span|code|strong|em)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_ELEMENT = re.compile(r"<([\w:.-]{1,80})(?:\s[^<>]{0,300})?>([^<>]{0,1000})</\1>")
_MARKS = "\"'`\u00b4*~<>|"
_SLASHES = ("/", "\\")
_BEFORE_TENANT = ("@", "|", ",", ";", "/")
_STOPS = ".,;:…"
_CRIED = re.compile(r"(?i)^(isu[_-]\w*[a-z])[!?]+$")
"""A mark behind a name of Workday's custom ends a sentence; behind anything else it may be a password's."""
_LONGEST = 1_000
"""What is longer is no name, and its end need not be looked at."""


class UserNameProblem(StrEnum):
    """What is odd about a typed user name; a blank is not, Workday takes it."""

    BLANK = "blank"
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
    MASKED = "masked"
    ADDRESS = "address"
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

    What chat, clipboard and Workday's pages put around a name goes without a word. The name itself may be an e-mail
    address, so only a suffix without a dot is taken for another tenant. Takes time in proportion to the text.
    """
    typed, problem = _without_label(_as_typed(text)[:_LONGEST])
    if _SMART_QUOTES.search(typed):
        typed, problem = _SMART_QUOTES.sub("", typed), problem or UserNameProblem.SMART_QUOTES
    name = _of_tenant(_bare(typed), tenant).strip("@ ")
    if not any(one.isalnum() for one in name):
        name = ""
    _, _, suffix = name.rpartition("@")
    if not name:
        problem = UserNameProblem.BLANK
    elif "/" in name or "\\" in name:
        problem = UserNameProblem.ADDRESS
    elif _CONTROL.search(name):
        problem = UserNameProblem.CONTROL_CHARACTERS
    elif "@" in name and "." not in suffix:
        problem = UserNameProblem.MISMATCHED_TENANT
    return UserName(value=name, problem=problem)


def check_password(text: str) -> PasswordProblem | None:
    """Say what is odd about a typed password, the gravest first; any character Workday allows is fine."""
    checks = (
        (PasswordProblem.BLANK, not text.strip()),
        (PasswordProblem.CONTROL_CHARACTERS, _CONTROL.search(text) or INVISIBLE.search(text)),
        (PasswordProblem.PASTED_LABEL, is_labelled_password(text)),
        (PasswordProblem.EDGE_SPACES, text != text.strip()),
        (PasswordProblem.MASKED, is_masked(text)),
        (PasswordProblem.ADDRESS, _ADDRESS.match(text)),
        (PasswordProblem.SMART_QUOTES, _SMART_QUOTES.search(text)),
    )
    return next((problem for problem, found in checks if found), None)


def is_labelled_password(text: str) -> bool:
    """Tell whether a text begins as `Password: …` does; `pw=…` may well be a password itself."""
    return bool(_PASSWORD_LABEL.match(text))


def names_password(text: str) -> bool:
    """Tell whether a password stands in a text behind its label, alone or after a name."""
    return is_labelled_password(text) or bool(_PASSWORD_BEHIND.search(text))


def _as_typed(text: str) -> str:
    plain = unescape(_MAIL_LINK.sub(r"\g<shown>\g<named>", INVISIBLE.sub("", text)))
    plain = _ELEMENT.sub(r"\1: \2 ", _TAG.sub(" ", _BLANKS.sub(" ", plain))).strip().removeprefix("mailto:")
    plain = object_[1] if (object_ := _OBJECT.fullmatch(plain)) else plain
    return (unquote(plain) if _ESCAPE.search(plain) else plain).strip().strip(_MARKS).strip()


def _without_label(typed: str) -> tuple[str, UserNameProblem | None]:
    """Take off the label before a name, and a password with its label behind it."""
    before = len(typed)
    if label := _USER_LABEL.fullmatch(typed):
        typed = label["rest"].strip()
    for behind in (_PASSWORD_BEHIND, _FIELD_BEHIND):
        if found := behind.search(typed):
            typed = typed[: found.start()].strip()
    return typed, UserNameProblem.PASTED_LABEL if len(typed) < before else None


def _bare(typed: str) -> str:
    """Take off what stands around a name: quotes, Slack's marks, a bullet, full stops, what Workday calls its kind."""
    if bullet := _BULLET.match(typed):
        typed = typed[bullet.end() :]
    typed = _KIND_BEHIND.sub("", _DECORATED.sub("", typed))
    if around := _AROUND.fullmatch(typed):
        typed = around[1] or around[2] or around[3]
    typed = _CRIED.sub(r"\1", typed)
    return typed.strip().rstrip(_STOPS + _MARKS).lstrip(_MARKS).strip()


def _of_tenant(name: str, tenant: str) -> str:
    """Take the tenant off, in front of a slash or behind an @ or another sign."""
    own, size = tenant.lower(), len(tenant)
    if not own:
        return name
    if name[:size].lower() == own and name[size : size + 1] in _SLASHES and name[size + 1 :].strip():
        name = name[size + 1 :]
    if name[-size - 2 :].lower() in {f"({own})", f"[{own}]"}:
        name = f"{name[: -size - 2]}@{own}"
    before = name[:-size].rstrip()
    if name[-size:].lower() == own and before[-1:] in _BEFORE_TENANT and "/" not in before[:-1]:
        name = before[:-1]
    return name.rstrip().rstrip(_MARKS)


def _folded(text: str) -> str:
    """Fold what looks the same into one text, as NFKC_Casefold does."""
    seen = "".join(one for one in _UNSEEN.sub("", text) if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def _without_tenant(user: str, tenant: str) -> str:
    suffix = f"@{tenant}"
    return user[: -len(suffix)] if tenant and user.lower().endswith(suffix.lower()) else user
