"""Root-cause ranking for a matrix of permissions that is not all green; it asks nothing and never fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, ranked
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import Deep
from flows.diagnosis.permission_cause_table import SUSPICIONS, Suspicion
from flows.diagnosis.permission_matrix import Matrix
from flows.permissions import Permission
from flows.tenant.hosts import Environment

_Ids: TypeAlias = tuple[str, ...]


def infer(  # noqa: PLR0913 - all but two are keyword-only and read as a sentence
    finding: Finding,
    rows: Sequence[Permission],
    *,
    before: Finding | None = None,
    api: Finding | None = None,
    login_proved: bool = True,
    environment: Environment = Environment.UNKNOWN,
    user: str = "",
    deep: Deep | None = None,
) -> tuple[Hypothesis, ...]:
    """Return what is most likely behind a finding, the first cause first; empty when it has no denied or empty rows.

    `before` is the finding this one replaces, `api` the newest one of the API alone, whose rows stand in for those
    that this one did not ask about. While the login is not proved, the permissions say nothing.
    """
    if not login_proved:
        return ()
    matrix = Matrix.of(finding, rows, before=before, api=api, environment=environment, user=user, deep=deep)
    return ranked([found for row in SUSPICIONS if (found := _judge(row, matrix))])


def _judge(row: Suspicion, matrix: Matrix) -> Hypothesis | None:
    ids = row.explains(matrix)
    if not ids or row.refuted(matrix, ids):
        return None
    proof = row.proved(matrix, ids)
    told = [fact for name in row.because if (fact := _fact(name, matrix, ids))]
    if proof is None:
        return Hypothesis(cause=row.cause, confidence=row.confidence, because=tuple(told), rows=ids)
    proven = matrix.pending_among(ids) if proof is FactName.SAYS_PENDING else ids
    because = (Fact(name=proof, names=_PROOFS[proof](matrix, proven)), *told)
    return Hypothesis(cause=row.cause, confidence=Confidence.CERTAIN, because=because, rows=proven)


def _count(ids: _Ids) -> dict[str, str]:
    return {"count": str(len(ids))}


def _area(matrix: Matrix, ids: _Ids) -> dict[str, str]:
    return {"area": matrix.permissions[ids[0]].area}


def _policy(matrix: Matrix, ids: _Ids) -> dict[str, str]:
    return {"policy": matrix.permissions[ids[0]].policy}


def _scope(matrix: Matrix, ids: _Ids) -> dict[str, str]:
    return {"scope": matrix.permissions[ids[0]].scope}


_Gaps: TypeAlias = Callable[[Matrix, _Ids], dict[str, str] | None]
"""Returns what the words of a fact need, or None when the fact does not hold."""

_FACTS: Final[Mapping[FactName, _Gaps]] = MappingProxyType(
    {
        FactName.ALL_DENIED: lambda m, ids: _count(ids) if m.all_denied else None,
        FactName.SOME_DENIED: lambda m, ids: None if m.all_denied else _count(ids),
        FactName.LOGIN_FINE: lambda _, __: {},
        FactName.WORKED_BEFORE: lambda m, _: _count(m.lost),
        FactName.STILL_DENIED: lambda m, ids: _count(ids) if m.earlier else None,
        FactName.ALL_EMPTY: lambda m, ids: _count(ids) if m.all_empty else None,
        FactName.SOME_EMPTY: lambda m, ids: None if m.all_empty else _count(ids),
        FactName.SECTION_MISSING: lambda _, ids: _count(ids),
        FactName.ONE_AREA: lambda m, ids: {**_count(ids), **_area(m, ids)},
        FactName.SAME_POLICY_OVER_REST: _policy,
        FactName.SAME_POLICY_OVER_SOAP: _policy,
        FactName.SOAP_FINE: lambda m, _: {} if m.soap_fine else None,
        FactName.REST_DENIED: lambda _, ids: _count(ids),
        FactName.SCOPE_WORKS: _scope,
        FactName.SCOPE_FAILS: _scope,
        FactName.PUT_DENIED: lambda _, ids: _count(ids),
        FactName.NAME_OF_A_PERSON: lambda m, _: {"name": m.user},
        FactName.SANDBOX: lambda _, __: {},
        FactName.IMPLEMENTATION: lambda _, __: {},
        FactName.SAYS_NOTHING_PENDING: lambda m, _: {} if m.pending is not None else None,
    }
)
_PROOFS: Final[Mapping[FactName, Callable[[Matrix, _Ids], dict[str, str]]]] = MappingProxyType(
    {
        FactName.SAYS_PENDING: lambda m, ids: {**_count(ids), **_policy(m, ids)},
        FactName.SAYS_OTHER_TOKEN_OWNER: lambda _, __: {},
    }
)


def _fact(name: FactName, matrix: Matrix, ids: _Ids) -> Fact | None:
    names = _FACTS[name](matrix, ids)
    return None if names is None else Fact(name=name, names=names)
