"""Diagnosis over WQL: reads what Workday says about itself; a denial is normal here and only leaves less known."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Deep, Observation, SignOn, TokenOwner
from flows.diagnosis.reasons import Reason, Stops
from flows.workday.client import Questions
from flows.workday.pacing import Pace

if TYPE_CHECKING:
    from pydantic import SecretStr

MOST_ROWS: Final = 100
MOST_SIGN_ONS: Final = 5
LOOK_BACK: Final = timedelta(days=1)

_Rows: TypeAlias = Sequence[Mapping[str, object]]

PENDING: Final = "SELECT domainSecurityPolicy FROM domainSecurityPoliciesWithPendingChanges LIMIT 100"
TOKENS: Final = "SELECT systemAccount FROM oAuth20RefreshTokenDataSource LIMIT 100"
# The field with the caller's address is not asked for, so that it cannot be kept.
_SIGN_ONS: Final = (
    "SELECT systemAccount, userName, signonDateTime, failedSignOn, authenticationFailureMessage, invalidCredentials, "
    "accountLockedDisabledOrExpired, passwordChanged FROM allSystemAccountSignons "
    '(dataSourceFilter = workdaySystemAccountSignonsInRange, fromMoment = "{start}", toMoment = "{end}") '
    "LIMIT 100"
)


async def look_deeper(asks: Questions, access: "SecretStr", at: datetime, *, pace: Pace) -> Deep:
    """Ask for changes that nobody activated, the sign-ons of the user, and whose refresh token it is.

    What Workday does not tell stays unknown; when it asks to slow down or falls silent, the rest is not asked.
    """
    user, tenant = asks.plan.user, asks.endpoint.tenant
    seen: list[Observation] = []
    answers: list[_Rows | None] = []
    for query in (PENDING, sign_ons_query(at), TOKENS):
        await pace.rest()
        one, rows = await asks.query(query, access)
        seen.append(one)
        pace.heed(one.tokens_left)
        reason = diagnose(one).reason
        answers.append(rows if reason is Reason.OK else None)
        if reason.traits.stops is not Stops.NOTHING:
            break
    else:
        await pace.rest()
        one, has_worker = await asks.own_worker(access)
        seen.append(one)
        answers.append(({},) if has_worker else ())
    pending, sign_ons, tokens, workers = (*answers, None, None, None, None)[:4]
    return Deep(
        token_works=True,
        pending=None if pending is None else _names(pending, "domainSecurityPolicy"),
        sign_ons=None if sign_ons is None else _sign_ons_of(sign_ons, user, tenant),
        token_owner=_owner(tokens, user, tenant, has_worker=bool(workers)),
        observations=tuple(seen),
    )


def sign_ons_query(at: datetime) -> str:
    """Ask for the sign-ons of the last day."""
    start, end = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (at - LOOK_BACK, at))
    return _SIGN_ONS.format(start=start, end=end)


def _sign_ons_of(rows: _Rows, user: str, tenant: str) -> tuple[SignOn, ...] | None:
    """Keep the rows of one user, newest first; None when there may be more rows than were sent."""
    mine = [row for row in rows if _same(user, tenant, _text(row, "systemAccount"), _text(row, "userName"))]
    if not mine and len(rows) >= MOST_ROWS:
        return None
    mine.sort(key=lambda row: _text(row, "signonDateTime"), reverse=True)
    return tuple(
        SignOn(
            failed=row.get("failedSignOn") is True,
            message=_text(row, "authenticationFailureMessage"),
            invalid_credentials=row.get("invalidCredentials") is True,
            locked_disabled_or_expired=row.get("accountLockedDisabledOrExpired") is True,
            password_changed=row.get("passwordChanged") is True,
        )
        for row in mine[:MOST_SIGN_ONS]
    )


def _owner(tokens: _Rows | None, user: str, tenant: str, *, has_worker: bool) -> TokenOwner:
    """Return whose token it is: an integration user is no worker, and must have one of the tokens there are."""
    if has_worker:
        return TokenOwner.SOMEBODY_ELSE
    if not tokens or not user:
        return TokenOwner.NOT_TOLD
    mine = [_same(user, tenant, _text(row, "systemAccount")) for row in tokens]
    if all(mine):
        return TokenOwner.INTEGRATION_USER
    complete = len(tokens) < MOST_ROWS
    return TokenOwner.SOMEBODY_ELSE if complete and not any(mine) else TokenOwner.NOT_TOLD


def _names(rows: _Rows, name: str) -> tuple[str, ...]:
    return tuple(text for row in rows if (text := _text(row, name)))


def _text(row: Mapping[str, object], name: str) -> str:
    """Return a text, or the descriptor of an instance."""
    value = row.get(name)
    if isinstance(value, dict):
        value = cast("dict[str, object]", value).get("descriptor")
    return value if isinstance(value, str) else ""


def _same(user: str, tenant: str, *names: str) -> bool:
    wanted = user.casefold().removesuffix(f"@{tenant}".casefold())
    return any(name.casefold().removesuffix(f"@{tenant}".casefold()) == wanted for name in names if name)
