"""Root causes of denied and empty permissions, one row per suspicion; it looks at a matrix and judges nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from flows.diagnosis.causes import Confidence, FactName, RootCause
from flows.diagnosis.observations import TokenOwner
from flows.diagnosis.permission_matrix import Matrix

_Ids: TypeAlias = tuple[str, ...]
_C, _F, _Sure = RootCause, FactName, Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """One row: which permissions a cause would explain, how sure that is, and the facts that say so.

    `explains` returns no ids when the cause is out of the question. `proved` and `refuted` look at what Workday says
    itself: the first makes the cause certain, the second strikes it out.
    """

    cause: RootCause
    confidence: Confidence
    explains: Callable[[Matrix], _Ids]
    because: tuple[FactName, ...]
    proved: Callable[[Matrix, _Ids], FactName | None] = lambda _matrix, _ids: None
    refuted: Callable[[Matrix, _Ids], bool] = lambda _matrix, _ids: False


def _pending(matrix: Matrix, ids: _Ids) -> FactName | None:
    return _F.SAYS_PENDING if matrix.pending_among(ids) else None


def _nothing_pending(matrix: Matrix, ids: _Ids) -> bool:
    return matrix.pending is not None and not matrix.pending_among(ids)


def _other_owner(matrix: Matrix, _ids: _Ids) -> FactName | None:
    return _F.SAYS_OTHER_TOKEN_OWNER if matrix.token_owner is TokenOwner.SOMEBODY_ELSE else None


def _own_token(matrix: Matrix, _ids: _Ids) -> bool:
    return matrix.token_owner is TokenOwner.INTEGRATION_USER


def _when(holds: bool, ids: _Ids) -> _Ids:  # noqa: FBT001 - reads as a sentence
    return ids if holds else ()


# The surest first; among equals the one that costs the admin least. Facts without anything to tell are left out.
SUSPICIONS: Final[tuple[Suspicion, ...]] = (
    # It was green, now it is red.
    Suspicion(
        cause=_C.SANDBOX_REFRESHED,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.sandbox and m.all_denied and bool(m.lost), m.denied),
        because=(_F.WORKED_BEFORE, _F.SANDBOX, _F.ALL_DENIED),
    ),
    Suspicion(
        cause=_C.NOT_IN_GROUP,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_denied and bool(m.lost), m.denied),
        because=(_F.WORKED_BEFORE, _F.ALL_DENIED, _F.LOGIN_FINE),
    ),
    # Every web service is denied.
    Suspicion(
        cause=_C.VIEW_INSTEAD_OF_GET,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.denied_but_viewed,
        because=(_F.SAME_POLICY_OVER_REST,),
    ),
    Suspicion(
        cause=_C.NOT_ACTIVATED,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_denied and not m.lost, m.denied),
        because=(_F.ALL_DENIED, _F.LOGIN_FINE),
        proved=_pending,
        refuted=_nothing_pending,
    ),
    Suspicion(
        cause=_C.WRONG_ACCOUNT_TYPE,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_denied and not m.lost and m.person, m.denied),
        because=(_F.NAME_OF_A_PERSON, _F.ALL_DENIED, _F.LOGIN_FINE),
    ),
    Suspicion(
        cause=_C.NOT_IN_GROUP,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_denied and _nothing_pending(m, m.denied), m.denied),
        because=(_F.ALL_DENIED, _F.SAYS_NOTHING_PENDING),
    ),
    Suspicion(
        cause=_C.NOT_IN_GROUP,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.all_denied, m.denied),
        because=(_F.ALL_DENIED, _F.LOGIN_FINE),
    ),
    Suspicion(
        cause=_C.VIEW_INSTEAD_OF_GET,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.all_denied and not m.lost, m.denied),
        because=(_F.ALL_DENIED,),
    ),
    Suspicion(
        cause=_C.WRONG_ACCOUNT_TYPE,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.all_denied and not m.lost, m.denied),
        because=(_F.ALL_DENIED,),
    ),
    # Some are denied.
    Suspicion(
        cause=_C.AREA_SWITCHED_OFF,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.denied_area,
        because=(_F.ONE_AREA, _F.LOGIN_FINE),
    ),
    Suspicion(
        cause=_C.GRANT_TAKEN_AWAY,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(not m.all_denied, m.lost),
        because=(_F.WORKED_BEFORE,),
    ),
    Suspicion(
        cause=_C.NOT_ACTIVATED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(not m.all_denied, m.denied),
        because=(_F.SOME_DENIED,),
        proved=_pending,
        refuted=_nothing_pending,
    ),
    Suspicion(
        cause=_C.ROW_NOT_GRANTED,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(not m.all_denied, m.never_seen),
        because=(_F.SOME_DENIED, _F.STILL_DENIED, _F.SAYS_NOTHING_PENDING),
    ),
    # Put is denied where Get works, Modify where View does.
    Suspicion(
        cause=_C.GET_WITHOUT_PUT,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.put_denied,
        because=(_F.PUT_DENIED,),
    ),
    Suspicion(
        cause=_C.VIEW_WITHOUT_MODIFY,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.modify_denied,
        because=(_F.PUT_DENIED,),
    ),
    Suspicion(
        cause=_C.NOT_ACTIVATED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: (*m.put_denied, *m.modify_denied),
        because=(_F.PUT_DENIED,),
        proved=_pending,
        refuted=_nothing_pending,
    ),
    # The web services are fine, REST says no.
    Suspicion(
        cause=_C.TOKEN_OF_ANOTHER_USER,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.rest_all_denied, m.rest_denied),
        because=(_F.REST_DENIED, _F.SOAP_FINE),
        proved=_other_owner,
        refuted=_own_token,
    ),
    Suspicion(
        cause=_C.SCOPE_MISSING,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.scope_fails,
        because=(_F.SCOPE_FAILS, _F.SOAP_FINE),
    ),
    Suspicion(
        cause=_C.VIEW_NOT_GRANTED,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.scope_works,
        because=(_F.SCOPE_WORKS,),
    ),
    Suspicion(
        cause=_C.GET_INSTEAD_OF_VIEW,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.viewless_but_got,
        because=(_F.SAME_POLICY_OVER_SOAP, _F.REST_DENIED),
    ),
    Suspicion(
        cause=_C.VIEW_NOT_GRANTED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: m.rest_denied,
        because=(_F.REST_DENIED, _F.SOAP_FINE),
    ),
    Suspicion(
        cause=_C.NOT_ACTIVATED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: m.rest_denied,
        because=(_F.REST_DENIED,),
        proved=_pending,
        refuted=_nothing_pending,
    ),
    # Nothing is denied and nothing comes.
    Suspicion(
        cause=_C.TENANT_EMPTY,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_empty and m.implementation, m.empty),
        because=(_F.ALL_EMPTY, _F.IMPLEMENTATION),
    ),
    Suspicion(
        cause=_C.GROUP_CONSTRAINED,
        confidence=_Sure.LIKELY,
        explains=lambda m: _when(m.all_empty and not m.implementation, m.empty),
        because=(_F.ALL_EMPTY, _F.LOGIN_FINE),
    ),
    Suspicion(
        cause=_C.GROUP_CONSTRAINED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.all_empty, m.empty),
        because=(_F.ALL_EMPTY,),
    ),
    Suspicion(
        cause=_C.SECTION_NOT_GRANTED,
        confidence=_Sure.LIKELY,
        explains=lambda m: m.sectionless,
        because=(_F.SECTION_MISSING,),
    ),
    Suspicion(
        cause=_C.NOT_ACTIVATED,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: m.empty,
        because=(_F.ALL_EMPTY, _F.SOME_EMPTY),
        proved=_pending,
        refuted=_nothing_pending,
    ),
    Suspicion(
        cause=_C.TENANT_EMPTY,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(m.all_empty, m.empty),
        because=(_F.ALL_EMPTY,),
    ),
    Suspicion(
        cause=_C.NO_SUCH_DATA,
        confidence=_Sure.POSSIBLE,
        explains=lambda m: _when(not m.all_empty, m.empty),
        because=(_F.SOME_EMPTY,),
    ),
)
