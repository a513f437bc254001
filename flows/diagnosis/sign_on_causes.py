"""Root-cause ranking for "invalid username or password": what we tested and what is left; it asks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause, ranked
from flows.diagnosis.observations import Deep, SignOn
from flows.diagnosis.sign_on_cause_table import SIGN_ON_SUSPICIONS, SignOnSuspicion
from flows.diagnosis.sign_on_report import SignOnCause, read_sign_on
from flows.tenant.account_names import UserNameProblem, check_user_name
from flows.tenant.endpoint import Endpoint
from flows.tenant.hosts import Environment
from flows.tenant.maintenance import last_refresh

_F = FactName

_PROBLEMS: Final = MappingProxyType(
    {
        UserNameProblem.BLANK: _F.NAME_BLANK,
        UserNameProblem.CONTROL_CHARACTERS: _F.NAME_HAS_CONTROL_CHARACTERS,
        UserNameProblem.MISMATCHED_TENANT: _F.NAME_OTHER_TENANT,
        UserNameProblem.SMART_QUOTES: _F.NAME_HAS_SMART_QUOTES,
        UserNameProblem.PASTED_LABEL: _F.NAME_HAS_PASTED_LABEL,
        UserNameProblem.ADDRESS: _F.NAME_IS_ADDRESS,
    }
)


def credentials_facts(
    user_name_typed: str,
    endpoint: Endpoint,
    oauth_works: bool | None,  # noqa: FBT001 - None is a third answer
    worked_before_at: datetime | None,
    expiry_due: date | None,
    now: datetime,
    chosen: Environment = Environment.UNKNOWN,
) -> tuple[Fact, ...]:
    """List what we know ourselves about a rejected user name and password.

    `chosen` is the environment that our own people named, for a host that does not tell it.

    `oauth_works` tells whether a refresh token of the same user was taken, None that it was not tried;
    `worked_before_at` is the last sign-on that Workday took, `expiry_due` the last day of the password.
    """
    told = endpoint.environment
    environment = chosen if told is Environment.UNKNOWN else told
    facts = [*_name_facts(user_name_typed, endpoint.tenant)]
    if told is not Environment.UNKNOWN:
        facts.append(Fact(name=_F.HOST_ENVIRONMENT, names={"environment": told.value}))
    if oauth_works is not None:
        facts.append(Fact(name=_F.OAUTH_WORKS if oauth_works else _F.OAUTH_FAILS))
    if worked_before_at:
        facts.append(Fact(name=_F.WORKED_AT, names={"date": worked_before_at.date().isoformat()}))
        refreshed = last_refresh(environment, now)
        if refreshed and worked_before_at < refreshed:
            facts.append(Fact(name=_F.REFRESHED_SINCE, names={"date": refreshed.date().isoformat()}))
    if expiry_due:
        name = _F.PASSWORD_DUE if now.date() >= expiry_due else _F.PASSWORD_NOT_DUE
        facts.append(Fact(name=name, names={"date": expiry_due.isoformat()}))
    return tuple(facts)


def _name_facts(typed: str, tenant: str) -> Iterable[Fact]:
    user = check_user_name(typed, tenant)
    names = {"name": user.value}
    # Workday takes a blank in a name; after a rejection it is still the first thing to look at.
    fine = _F.NAME_HAS_SPACES if " " in user.value else _F.NAME_FORM_FINE
    yield Fact(name=_PROBLEMS[user.problem] if user.problem else fine, names=names)
    had_tenant = typed.strip().casefold().endswith(f"@{tenant}".casefold())
    yield Fact(name=_F.TENANT_TYPED if had_tenant else _F.TENANT_ADDED, names={"tenant": tenant})
    if user.problem is None and "@" in user.value:
        yield Fact(name=_F.NAME_LOOKS_LIKE_EMAIL, names=names)
    if user.value != user.value.lower():
        yield Fact(name=_F.NAME_HAS_CAPITALS, names=names)


def credentials_causes(
    facts: Iterable[Fact], *, deep: Deep | None = None, pasted: SignOnCause | None = None
) -> tuple[Hypothesis, ...]:
    """Return what may be behind a rejected sign-on: what Workday says first, then what costs the admin least.

    `pasted` is what `read_sign_on` made of a line of Workday's own report. When Workday leaves one cause only, the
    others are not worth anybody's time and are left out.
    """
    known = {fact.name: fact for fact in facts}
    said = _said_causes(deep, pasted)
    if said and said[0].confidence is Confidence.CERTAIN:
        return said
    found = [judged for row in SIGN_ON_SUSPICIONS if (judged := _judge(row, known))]
    return ranked([*said, *found])


def _judge(row: SignOnSuspicion, known: dict[FactName, Fact]) -> Hypothesis | None:
    if row.excluded_by & known.keys() or (row.needs and not row.needs & known.keys()):
        return None
    likely = row.always_likely or bool(row.likely & known.keys())
    because = tuple(fact for name, fact in known.items() if name in row.likely | row.told)
    return Hypothesis(cause=row.cause, confidence=Confidence.LIKELY if likely else Confidence.POSSIBLE, because=because)


def _said_causes(deep: Deep | None, pasted: SignOnCause | None) -> tuple[Hypothesis, ...]:
    noted = deep.sign_ons if deep else None
    if pasted is SignOnCause.NO_ROW or (pasted is None and noted == ()):
        # Workday keeps every attempt under the user it was for; yet a report may be of other days.
        fact = Fact(name=_F.SAYS_NO_SIGN_ON)
        causes = _said_by(SignOnCause.NO_ROW)
        return tuple(Hypothesis(cause=cause, confidence=Confidence.LIKELY, because=(fact,)) for cause in causes)
    if pasted:
        return _named(_said_by(pasted), "")
    newest = noted[0] if noted else None
    return _named(_causes_of(newest), newest.message) if newest and newest.failed else ()


def _causes_of(sign_on: SignOn) -> tuple[RootCause, ...]:
    cause = read_sign_on(sign_on.message)
    if cause and cause is not SignOnCause.SUCCESS:
        return _said_by(cause)
    if sign_on.locked_disabled_or_expired:
        flagged = (row for row in SIGN_ON_SUSPICIONS if row.flagged)
        # What needs more facts comes last.
        return tuple(row.cause for row in sorted(flagged, key=lambda row: bool(row.needs)))
    return _said_by(SignOnCause.WRONG_NAME_OR_PASSWORD) if sign_on.invalid_credentials else ()


def _said_by(said: SignOnCause) -> tuple[RootCause, ...]:
    return tuple(row.cause for row in SIGN_ON_SUSPICIONS if said in row.said_by)


def _named(causes: tuple[RootCause, ...], message: str) -> tuple[Hypothesis, ...]:
    """Make one cause certain, several likely."""
    sure = Confidence.CERTAIN if len(causes) == 1 else Confidence.LIKELY
    fact = Fact(name=_F.SAYS_SIGN_ON, names={"message": message} if message else {})
    return tuple(Hypothesis(cause=cause, confidence=sure, because=(fact,)) for cause in causes)
