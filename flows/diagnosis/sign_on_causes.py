"""Takes "invalid username or password" apart: what we tested ourselves, and what is left; it asks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause, ranked
from flows.diagnosis.observations import Deep, SignOn
from flows.diagnosis.sign_on_report import SignOnCause, read_sign_on
from flows.tenant.account_names import UserNameProblem, check_user_name
from flows.tenant.hosts import Environment, environment_of
from flows.tenant.maintenance import last_refresh

_F, _C, _S = FactName, RootCause, SignOnCause

_PROBLEMS: Final = MappingProxyType(
    {
        UserNameProblem.BLANK: _F.NAME_BLANK,
        UserNameProblem.HAS_SPACES: _F.NAME_HAS_SPACES,
        UserNameProblem.CONTROL_CHARACTERS: _F.NAME_HAS_CONTROL_CHARACTERS,
        UserNameProblem.MISMATCHED_TENANT: _F.NAME_OTHER_TENANT,
        UserNameProblem.SMART_QUOTES: _F.NAME_HAS_SMART_QUOTES,
        UserNameProblem.PASTED_LABEL: _F.NAME_HAS_PASTED_LABEL,
        UserNameProblem.ADDRESS: _F.NAME_IS_ADDRESS,
    }
)
_NAME_IS_ODD: Final = frozenset(_PROBLEMS.values())


def credentials_facts(
    user_name_typed: str,
    tenant: str,
    host: str,
    oauth_works: bool | None,  # noqa: FBT001 - None is a third answer
    worked_before_at: datetime | None,
    expiry_due: date | None,
    now: datetime,
) -> tuple[Fact, ...]:
    """List what we know ourselves about a refused user name and password.

    `oauth_works` tells whether a refresh token of the same user was taken, None that it was not tried;
    `worked_before_at` is the last sign-on that Workday took, `expiry_due` the last day of the password.
    """
    environment = environment_of(host, tenant)
    facts = [*_name_facts(user_name_typed, tenant)]
    if environment is not Environment.UNKNOWN:
        facts.append(Fact(name=_F.HOST_ENVIRONMENT, names={"environment": environment.value}))
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
    yield Fact(name=_PROBLEMS[user.problem] if user.problem else _F.NAME_FORM_FINE, names=names)
    had_tenant = typed.strip().casefold().endswith(f"@{tenant}".casefold())
    yield Fact(name=_F.TENANT_TYPED if had_tenant else _F.TENANT_ADDED, names={"tenant": tenant})
    if user.problem is None and "@" in user.value:
        yield Fact(name=_F.NAME_LOOKS_LIKE_EMAIL, names=names)
    if user.value != user.value.lower():
        yield Fact(name=_F.NAME_HAS_CAPITALS, names=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """One row: a cause, the facts of which one makes it likely, and those that strike it out or are worth telling."""

    cause: RootCause
    likely: frozenset[FactName] = frozenset()
    out: frozenset[FactName] = frozenset()
    told: frozenset[FactName] = frozenset()
    only: frozenset[FactName] = frozenset()
    always_likely: bool = False


# In the order that costs the admin least: look at what was typed, then at one page of Workday, then at policies.
_DOUBTS: Final = (
    _Doubt(
        cause=_C.USER_NAME_WRONG,
        likely=_NAME_IS_ODD,
        out=frozenset({_F.WORKED_AT}),
        told=frozenset({_F.NAME_HAS_CAPITALS, _F.NAME_LOOKS_LIKE_EMAIL}),
    ),
    _Doubt(
        cause=_C.PASSWORD_EXPIRED,
        likely=frozenset({_F.PASSWORD_DUE}),
        out=frozenset({_F.PASSWORD_NOT_DUE}),
        only=frozenset({_F.PASSWORD_DUE, _F.WORKED_AT}),
        told=frozenset({_F.WORKED_AT, _F.OAUTH_WORKS}),
    ),
    _Doubt(
        cause=_C.SANDBOX_REFRESHED,
        likely=frozenset({_F.REFRESHED_SINCE}),
        only=frozenset({_F.REFRESHED_SINCE}),
        told=frozenset({_F.WORKED_AT}),
    ),
    _Doubt(
        cause=_C.PASSWORD_WRONG,
        always_likely=True,
        told=frozenset({_F.NAME_FORM_FINE, _F.TENANT_ADDED, _F.OAUTH_WORKS}),
    ),
    _Doubt(cause=_C.NEW_PASSWORD_REQUIRED, told=frozenset({_F.OAUTH_WORKS})),
    _Doubt(cause=_C.DELEGATED_AUTHENTICATION),
    _Doubt(cause=_C.SECURITY_QUESTIONS),
    _Doubt(cause=_C.SESSION_TIMEOUT),
    _Doubt(cause=_C.ACCOUNT_LOCKED, told=frozenset({_F.WORKED_AT})),
    # A token does not outlive a disabled user.
    _Doubt(cause=_C.ACCOUNT_DISABLED, likely=frozenset({_F.OAUTH_FAILS}), out=frozenset({_F.OAUTH_WORKS})),
    _Doubt(cause=_C.AUTHENTICATION_POLICY, likely=frozenset({_F.OAUTH_WORKS})),
    _Doubt(cause=_C.NETWORK_BLOCKED),
    _Doubt(
        cause=_C.OTHER_ENVIRONMENT,
        out=frozenset({_F.WORKED_AT, _F.OAUTH_WORKS}),
        only=frozenset({_F.HOST_ENVIRONMENT}),
        told=frozenset({_F.HOST_ENVIRONMENT}),
    ),
)

_SAID: Final = MappingProxyType(
    {
        _S.WRONG_PASSWORD: (_C.PASSWORD_WRONG,),
        _S.WRONG_NAME_OR_PASSWORD: (_C.USER_NAME_WRONG, _C.PASSWORD_WRONG),
        _S.UNKNOWN_USER: (_C.USER_NAME_WRONG,),
        _S.OTHER_TENANT: (_C.OTHER_ENVIRONMENT,),
        _S.LOCKED: (_C.ACCOUNT_LOCKED,),
        _S.DISABLED: (_C.ACCOUNT_DISABLED,),
        _S.ACCOUNT_EXPIRED: (_C.ACCOUNT_EXPIRED,),
        _S.PASSWORD_EXPIRED: (_C.PASSWORD_EXPIRED,),
        _S.NEW_PASSWORD_REQUIRED: (_C.NEW_PASSWORD_REQUIRED,),
        _S.DELEGATED: (_C.DELEGATED_AUTHENTICATION,),
        _S.SECURITY_QUESTIONS: (_C.SECURITY_QUESTIONS,),
        _S.SESSION_TIMEOUT: (_C.SESSION_TIMEOUT,),
        _S.TYPE_NOT_ALLOWED: (_C.AUTHENTICATION_POLICY,),
        _S.NETWORK_NOT_ALLOWED: (_C.NETWORK_BLOCKED,),
        _S.POLICY_NOT_ALLOWED: (_C.AUTHENTICATION_POLICY, _C.NETWORK_BLOCKED),
        _S.SUCCESS: (),
    }
)
_LOCKED_DISABLED_OR_EXPIRED: Final = (
    _C.ACCOUNT_LOCKED,
    _C.PASSWORD_EXPIRED,
    _C.ACCOUNT_DISABLED,
    _C.ACCOUNT_EXPIRED,
)


def credentials_causes(
    facts: Iterable[Fact], *, deep: Deep | None = None, pasted: SignOnCause | None = None
) -> tuple[Hypothesis, ...]:
    """Say what may be behind a refused sign-on: what Workday says first, then what costs the admin least to look at.

    `pasted` is what `read_sign_on` made of a line of Workday's own report. When Workday leaves one cause only, the
    others are not worth anybody's time and are left out.
    """
    known = {fact.name: fact for fact in facts}
    said = _said_causes(deep, pasted)
    if said and said[0].confidence is Confidence.CERTAIN:
        return said
    found = [judged for row in _DOUBTS if (judged := _judge(row, known))]
    return ranked([*said, *found])


def _judge(row: _Doubt, known: dict[FactName, Fact]) -> Hypothesis | None:
    if row.out & known.keys() or (row.only and not row.only & known.keys()):
        return None
    likely = row.always_likely or bool(row.likely & known.keys())
    because = tuple(fact for name, fact in known.items() if name in row.likely | row.told)
    return Hypothesis(cause=row.cause, confidence=Confidence.LIKELY if likely else Confidence.POSSIBLE, because=because)


def _said_causes(deep: Deep | None, pasted: SignOnCause | None) -> tuple[Hypothesis, ...]:
    if pasted:
        return _named(_SAID[pasted], "")
    if deep is None or deep.sign_ons is None:
        return ()
    if not deep.sign_ons:
        # Workday keeps every attempt under the user it was for.
        fact = Fact(name=_F.SAYS_NO_SIGN_ON)
        return (Hypothesis(cause=_C.USER_NAME_WRONG, confidence=Confidence.LIKELY, because=(fact,)),)
    newest = deep.sign_ons[0]
    return _named(_causes_of(newest), newest.message) if newest.failed else ()


def _causes_of(sign_on: SignOn) -> tuple[RootCause, ...]:
    cause = read_sign_on(sign_on.message)
    if cause and cause is not _S.SUCCESS:
        return _SAID[cause]
    if sign_on.locked_disabled_or_expired:
        return _LOCKED_DISABLED_OR_EXPIRED
    return _SAID[_S.WRONG_NAME_OR_PASSWORD] if sign_on.invalid_credentials else ()


def _named(causes: tuple[RootCause, ...], message: str) -> tuple[Hypothesis, ...]:
    """Make one cause certain, several likely."""
    sure = Confidence.CERTAIN if len(causes) == 1 else Confidence.LIKELY
    fact = Fact(name=_F.SAYS_SIGN_ON, names={"message": message} if message else {})
    return tuple(Hypothesis(cause=cause, confidence=sure, because=(fact,)) for cause in causes)
