"""Reads a line of Workday's sign-on report that a person pasted; when it is not sure, it says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flows.diagnosis.sign_on_columns import Column, read_columns
from flows.talk.hearsay import is_hearsay
from flows.talk.phrase_match import is_like, place_of, words_of

REPORT: Final = "Signons and Attempted Signons"
"""Where the admin finds the line: only this report tells apart what Workday tells a caller in one sentence."""


class SignOnCause(StrEnum):
    """Why a sign-on failed, or that it did not."""

    SUCCESS = "success"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a cause
    WRONG_NAME_OR_PASSWORD = "wrong_name_or_password"  # noqa: S105 - the name of a cause
    UNKNOWN_USER = "unknown_user"
    LOCKED = "locked"
    DISABLED = "disabled"
    ACCOUNT_EXPIRED = "account_expired"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - the name of a cause
    NEW_PASSWORD_REQUIRED = "new_password_required"  # noqa: S105 - the name of a cause
    DELEGATED = "delegated"
    SECURITY_QUESTIONS = "security_questions"
    SESSION_TIMEOUT = "session_timeout"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    POLICY_NOT_ALLOWED = "policy_not_allowed"
    OTHER_TENANT = "other_tenant"
    NO_ROW = "no_row"


_C = SignOnCause

# Phrases parted by slashes, matched word by word without accents. English follows what is known of the report;
# the other languages are best effort.
_PHRASES: Final[Mapping[SignOnCause, str]] = MappingProxyType(
    {
        _C.SUCCESS: """
            successful / success / succeeded / signon successful / sign on successful / sign in successful /
            logon successful / login successful / erfolgreich / reussie / reussi / exitoso
        """,
        _C.WRONG_NAME_OR_PASSWORD: """
            invalid username or password / invalid user name or password / invalid credentials /
            incorrect username or password / benutzername oder passwort ist ungultig /
            benutzername oder kennwort ist ungultig / ungultige anmeldedaten /
            ungultiger benutzername oder passwort / nom d utilisateur ou mot de passe non valide /
            nom d utilisateur ou mot de passe incorrect / identifiants non valides /
            usuario o contrasena no validos / nombre de usuario o contrasena incorrectos / credenciales no validas
        """,
        _C.WRONG_PASSWORD: """
            invalid password / incorrect password / wrong password / bad password / password invalid /
            password incorrect / ungultiges passwort / ungultiges kennwort / falsches passwort / falsches kennwort /
            passwort ungultig / passwort falsch / kennwort ungultig / kennwort falsch / mot de passe incorrect /
            mot de passe non valide / mot de passe invalide / contrasena incorrecta / contrasena no valida /
            password errata / password non valida / senha incorreta / senha invalida / onjuist wachtwoord /
            ongeldig wachtwoord / wachtwoord onjuist / fel losenord / felaktigt losenord / ogiltigt losenord /
            forkert adgangskode / feil passord / ugyldig passord / nieprawidłowe hasło / spatne heslo
        """,
        _C.UNKNOWN_USER: """
            invalid user name / invalid username / invalid user / unknown user / user not found /
            user does not exist / no such user / account not found / unknown account / ungultiger benutzername /
            unbekannter benutzer / benutzername ungultig / nom d utilisateur non valide /
            nom d utilisateur incorrect / utilisateur inconnu / nombre de usuario no valido / usuario desconocido /
            utente non valido / nome utente non valido / usuario invalido / ongeldige gebruikersnaam /
            onbekende gebruiker / okand anvandare / ukendt bruger / nieprawidłowa nazwa użytkownika
        """,
        _C.LOCKED: """
            account locked / user locked / locked out / locked due to excessive failed /
            excessive failed sign on attempts / excessive failed signon attempts / excessive failed signons /
            too many failed attempts / konto gesperrt / benutzerkonto gesperrt / compte verrouille / compte bloque /
            cuenta bloqueada /
            conta bloqueada / account bloccato / utente bloccato / account vergrendeld / account geblokkeerd /
            konto zablokowane / kontot ar last / konto last / kontoen er last / tili lukittu / ucet uzamcen /
            ucet zablokovan / hesap kilitlendi
        """,
        _C.DISABLED: """
            account disabled / user disabled / account inactive / konto deaktiviert / benutzerkonto deaktiviert /
            compte desactive / cuenta desactivada / cuenta deshabilitada
        """,
        _C.ACCOUNT_EXPIRED: """
            account expired / konto abgelaufen / compte expire / cuenta caducada / cuenta vencida
        """,
        _C.PASSWORD_EXPIRED: """
            password expired / expired password / passwort abgelaufen / kennwort abgelaufen / mot de passe expire /
            contrasena caducada / contrasena vencida
        """,
        _C.NEW_PASSWORD_REQUIRED: """
            new password required / new password is required / require new password at next sign in yes /
            password change required / must change password / required password change yes /
            password must be changed / password reset required /
            neues passwort erforderlich / neues kennwort erforderlich / nouveau mot de passe requis /
            nouveau mot de passe obligatoire / nueva contrasena obligatoria / se requiere nueva contrasena
        """,
        _C.TYPE_NOT_ALLOWED: """
            authentication type not allowed / authentication type is not allowed /
            authentication method not allowed / allowed authentication type / authentifizierungstyp nicht zulassig /
            authentifizierungstyp nicht erlaubt / type d authentification non autorise /
            tipo de autenticacion no permitido
        """,
        _C.DELEGATED: """
            delegated authentication failed / delegated authentication failure / delegated authentication error /
            delegierte authentifizierung fehlgeschlagen
        """,
        _C.SECURITY_QUESTIONS: """
            security questions not set up / security questions required / challenge questions not set up /
            challenge questions required / sicherheitsfragen nicht eingerichtet
        """,
        _C.SESSION_TIMEOUT: """
            session timed out / session has timed out / sitzung abgelaufen
        """,
        _C.NETWORK_NOT_ALLOWED: """
            ip address not allowed / ip address is not allowed / ip address not in allowed range /
            ip not allowed / ip is not allowed / ip not in allowed range /
            ip outside allowed range / ip blocked /
            ip address out of allowed range / ip address outside allowed range / ip out of allowed range /
            ip range not allowed / ip address blocked / network not allowed / network is not allowed /
            network denied / denied network / blocked network / invalid ip address / ip adresse nicht zulassig /
            netzwerk nicht zulassig / adresse ip non autorisee / reseau non autorise / direccion ip no permitida /
            red no permitida
        """,
        _C.POLICY_NOT_ALLOWED: """
            authentication policy does not allow / not allowed by authentication policy /
            blocked by auth policy / denied by auth policy / not allowed by auth policy /
            blocked by authentication policy / denied by authentication policy / authentication policy violation /
            authentication policy not met / authentication policy failure / authentication policy prohibits /
            authentication policy denies / authentication policy blocks / authentication policy prevents /
            prohibited by authentication policy / rejected by authentication policy /
            invalid for authentication policy /
            authentifizierungsrichtlinie nicht zulassig / authentifizierungsrichtlinie lasst nicht zu /
            politique d authentification n autorise pas / politica de autenticacion no permite
        """,
        _C.NO_ROW: """
            no items available / no results found / no data available / keine elemente verfugbar
        """,
        _C.OTHER_TENANT: """
            invalid tenant / wrong tenant / unknown tenant / tenant not found / tenant does not exist
        """,
    }
)
_TABLE: Final = tuple((cause, words_of(phrase)) for cause, phrases in _PHRASES.items() for phrase in phrases.split("/"))
_FIRSTS: Final = frozenset(phrase[0] for _, phrase in _TABLE)
_FILLERS: Final = frozenset(
    words_of(
        """is was has been currently now already still of the this a an your system user ist wurde das der
        dieses est ete le la los las esta ha sido"""
    )
)
_OF_RESULTS: Final = _FILLERS | frozenset(
    words_of("sign signon on in log login logon status result last now yes isu attempt authentication anmeldung")
)
"""Beside these a single word is a result; "a successful launch" is another's."""
_NOT: Final = frozenset(
    words_of("not no never isn t wasn don didn hasn cannot nicht kein keine pas jamais nunca un non")
)
_NEAR: Final = 3
_LONGEST: Final = 1_500
"""Characters; a few rows of the report have fewer."""
_CELL_WORDS: Final = 3
"""A single word speaks for a cell of no more words than these; in a sentence it may be about anything."""
_DOUBT: Final = re.compile(r"[?¿]|\b(?:if|maybe|perhaps|might|could|vielleicht|oder so|peut-etre)\b", re.IGNORECASE)
_LATER: Final = frozenset(words_of("in on of after soon dans en bientot demnachst am pronto"))
_DENIES: Final = frozenset(words_of("no nein non"))
"""Behind a heading, this says that it is not so."""
_REPORTED: Final = frozenset(words_of("report row column line history message"))
_CELL: Final = re.compile(r"[|;\t\r\n]| {3,}")
# The usual authentication type and a heading of the report: both hold telling words and tell nothing.
_SILENT: Final = re.compile(
    r"\bUser Name Password\b"
    r"|\b(?:(?:account\s+)?locked,?\s+disabled,?\s+or\s+expired|(?<!excessive )failed\s+sign\s?-?on)\b",
    re.IGNORECASE,
)
_TYPE: Final = re.compile(r"\b(authentication (?:type|method))\W{1,3}User Name Password\b", re.IGNORECASE)
_IP: Final = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b")
_ISU: Final = re.compile(r"\b(?:\w{1,20}[_-])?ISU[_-][\w-]{1,80}", re.IGNORECASE)
# A row of the report speaks of nobody; whoever does tells what was, unless it is what the report says.
_TALK: Final = re.compile(
    r"\b(?:i|we|she|he|they|my|our|her|his|their|sorry|oops|(?:i|we)['\u2019]\w+"
    r"|(?!isu)[a-z]+['\u2019]s (?:account|user|login))\b",
    re.IGNORECASE,
)
_READ: Final = re.compile(
    r":|\b(?:says?|shows?|report\w*|columns?|messages?|reads?|displays?|see|rows?|lines?|steht|zeigt|meldet|affiche|dice)\b",
    re.IGNORECASE,
)
_MOMENT: Final = re.compile(r"(?:\d{4}-\d\d-\d\d[ T])?\b\d\d:\d\d(?::\d\d)?\b(?!\s*[AaPp]\.?[Mm])")
# That the report holds nothing of this user is an answer, too; "no attempts left" is about something else.
_NO_ROW: Final = re.compile(
    r"\b(?:no|zero|0|not (?:a|one|any)|keine?n?|aucune?|ning\u00fan|ninguna)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:rows?|lines?|entr(?:y|ies)|results?|attempts?|records?|items?|eintr\w+|zeilen?|versuche?|lignes?|filas?|entradas?)\b"
    r"(?!\s+(?:left|more|anymore))"
    r"|\breport\b[^.!?\n]{0,20}\b(?:is|was|stays|comes? (?:back|up)) (?:completely )?(?:empty|blank)\b"
    r"|\bnothing\b(?: at all)? (?:is |shows? up )?(?:in|on|under) (?:the |that |this )?"
    r"(?:report|sign-?ons? and attempted)\b",
    re.IGNORECASE,
)
_YES_MEANS: Final[Mapping[Column, SignOnCause]] = MappingProxyType(
    {
        Column.LOCKED_DISABLED_EXPIRED: _C.LOCKED,
        Column.INVALID_FOR_POLICY: _C.POLICY_NOT_ALLOWED,
        Column.DISABLED: _C.DISABLED,
        Column.EXPIRED: _C.ACCOUNT_EXPIRED,
        Column.INVALID_CREDENTIALS: _C.WRONG_NAME_OR_PASSWORD,
        Column.SUCCESSFUL: _C.SUCCESS,
    }
)
"""What a Yes in each column means; where several say Yes, the first explains the later ones."""


def read_sign_on(text: str, *, tenant: str = "", user: str = "") -> SignOnCause | None:
    """Say in plain terms what a pasted cell, column or row of the report means; None when unsure.

    `tenant` and `user` tell a sign-on meant for another tenant: the row then names `user@another`.
    """
    text = text[:_LONGEST]
    if user and _others_only(text, user):
        return None
    if _DOUBT.search(text) or is_hearsay(text) or (_TALK.search(text) and not _READ.search(text)):
        return None
    columns = read_columns(_newest(text))
    rest = re.sub(re.escape(user), "user", columns.rest, flags=re.IGNORECASE) if user else columns.rest
    rest = _TYPE.sub(r"\1", _IP.sub("ip address", rest))
    cells = {words_of(cell) for cell in _CELL.split(_SILENT.sub("|", rest))}
    found = {cause for words in cells for cause in _found(words)}
    if not found and not columns.rows and _NO_ROW.search(text):
        return SignOnCause.NO_ROW
    if not found:
        found = {cause for row in columns.rows if (cause := _meant(row))}
    # The other tenant explains an unknown user, and nothing else.
    if found <= {SignOnCause.UNKNOWN_USER, SignOnCause.OTHER_TENANT} and _names_other(text, tenant, user):
        return SignOnCause.OTHER_TENANT
    return found.pop() if len(found) == 1 else None


def is_report(text: str) -> bool:
    """Tell whether columns of the report were pasted, so that what they leave open is no question either."""
    return not _DOUBT.search(text[:_LONGEST]) and bool(read_columns(_newest(text[:_LONGEST])).rows)


def _others_only(text: str, user: str) -> bool:
    """Tell whether every integration user that is named is another one."""
    named = [found.casefold() for found in _ISU.findall(text)]
    own = user.casefold()
    # A slip of the own name is what the report may be about.
    return bool(named) and own not in text.casefold() and not any(is_like(own, one) for one in named)


def _newest(text: str) -> str:
    """Give the newest of several rows that all begin a moment; rows without one are read together."""
    rows = [(moment[0], line) for line in text.splitlines() if (moment := _MOMENT.search(line))]
    return max(rows)[1] if len(rows) > 1 and len(rows) == len(text.strip().splitlines()) else text


def _meant(row: Mapping[Column, bool]) -> SignOnCause | None:
    """Say what the columns of one row mean; a failure that no column explains means nothing."""
    if explained := next((cause for column, cause in _YES_MEANS.items() if row.get(column)), None):
        return explained
    return SignOnCause.SUCCESS if row.get(Column.FAILED) is False else None


def _found(words: tuple[str, ...]) -> set[SignOnCause]:
    """Give every cause the words speak of; a phrase inside a longer one does not count for itself."""
    places: list[tuple[range, SignOnCause]] = []
    seen = frozenset(words)
    likely = {first for first in _FIRSTS if any(is_like(first, word) for word in seen)}
    for cause, phrase in _TABLE:
        if phrase[0] not in likely:
            continue
        if len(phrase) == 1 and sum(not word.isdigit() for word in words) > _CELL_WORDS:
            continue
        place = place_of(phrase, words, _FILLERS)
        if place is None or _NOT.intersection(words[max(0, place.start - _NEAR) : place.start]):
            continue
        if len(phrase) == 1 and not all(word in _OF_RESULTS or word.isdigit() for word in _around(words, place)):
            continue
        behind = words[place.stop : place.stop + _NEAR]
        if not _DENIES.isdisjoint(behind[:1]):
            continue
        if _LATER.isdisjoint(behind[:1]) or not _REPORTED.isdisjoint(behind):
            places.append((place, cause))
    return {cause for place, cause in places if not any(_inside(place, other) for other, _ in places)}


def _around(words: tuple[str, ...], place: range) -> tuple[str, ...]:
    return words[: place.start] + words[place.stop :]


def _inside(place: range, other: range) -> bool:
    return len(place) < len(other) and other.start <= place.start and place.stop <= other.stop


def _names_other(text: str, tenant: str, user: str) -> bool:
    if not tenant or not user:
        return False
    name = user.casefold().removesuffix(f"@{tenant}".casefold())
    match = re.search(rf"(?<![\w.]){re.escape(name)}@([\w-]+)(?![\w.@])", text.casefold())
    return match is not None and match[1] != tenant.casefold()
