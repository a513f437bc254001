"""Conclusion of a check: a verdict per permission and one finding for the whole; it never sees the network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from flows.diagnosis.answer_rules import Diagnosis, diagnose
from flows.diagnosis.observations import CheckKind, Evidence, Layer, Observation, Report, TokenOwner
from flows.diagnosis.reasons import Field, Owner, Reason, Stops, Verdict
from flows.permissions import Access, Permission


class Proof(StrEnum):
    """What is known of one permission, in the words of a list: reading alone proves only half of what may write."""

    GRANTED = "granted"
    READ = "read"
    """Granted to read; whether it may write was not asked."""

    READ_ONLY = "read_only"
    """Granted to read; Workday did not take the question about writing, or it was held back."""

    WRITE_DENIED = "write_denied"
    DENIED = "denied"
    EMPTY = "empty"
    UNPROBED = "unprobed"
    """Workday did not take the question, or it was held back."""

    UNASKED = "unasked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowVerdict:
    """The verdict on one permission row, why, and the answer that says so.

    `read` and `write` are the verdicts on Get and Put, or View and Modify, where writing was asked about; `verdict` is
    then the one on both together.
    """

    permission_id: str
    verdict: Verdict
    reason: Reason
    evidence: Evidence | None = None
    read: Verdict | None = None
    write: Verdict | None = None

    @property
    def only_write_denied(self) -> bool:
        """Return whether reading is not in doubt and writing is denied."""
        return self.write is Verdict.DENIED and self.read is not Verdict.DENIED

    def proof(self, access: Access) -> Proof:
        """Return what is known of the permission when this is its access."""
        match self.verdict:
            case Verdict.GRANTED:
                is_half = access.writes and self.write is not Verdict.GRANTED
                return Proof.READ if is_half else Proof.GRANTED
            case Verdict.DENIED:
                return Proof.WRITE_DENIED if self.only_write_denied else Proof.DENIED
            case Verdict.EMPTY:
                return Proof.EMPTY
            case Verdict.UNPROBED if self.evidence is None:
                return Proof.UNASKED
            case Verdict.UNPROBED:
                return Proof.READ_ONLY if self.read is Verdict.GRANTED else Proof.UNPROBED
            case _:
                assert_never(self.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check comes to.

    `rows` holds a verdict for every permission asked about, in their order; `granted` of `total` of them are
    proven. `evidence` is the observation that decided.
    """

    kind: CheckKind
    reason: Reason
    owner: Owner
    field: Field
    rows: tuple[RowVerdict, ...] = ()
    granted: int = 0
    total: int = 0
    evidence: Observation | None = None

    @property
    def ok(self) -> bool:
        """Return whether nothing stands in the way."""
        return self.reason is Reason.OK

    @property
    def askable(self) -> int:
        """Count the permissions that got an answer for or against them."""
        return self.total - len(self.ids(Verdict.UNPROBED))

    def ids(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the ids of the permissions with one verdict, in order."""
        return tuple(row.permission_id for row in self.rows if row.verdict is verdict)


# A tenant without data still proves a layer's own request.
_PASSABLE: Final = frozenset({Verdict.GRANTED, Verdict.EMPTY})
_TAKEN: Final = frozenset({"write-taken", "rest-write-taken"})
# Which half of Get and Put speaks for both, the other one being no heavier.
_WEIGHT: Final = {Verdict.GRANTED: 0, Verdict.UNPROBED: 1, Verdict.EMPTY: 2, Verdict.DENIED: 3}
_ALL_DENIED: Final = {Layer.PERMISSION: Reason.NOT_ACTIVE_OR_NOT_IN_GROUP}


def merged(old: Finding | None, new: Finding) -> Finding:
    """Return the newer finding with older verdicts where it did not ask: web services and REST are asked apart."""
    if old is None or new.kind is CheckKind.FULL:
        return new
    base, over = (old, new) if new.kind is CheckKind.API else (new, old)
    said = {row.permission_id: row for row in over.rows}
    rows = tuple(said.get(row.permission_id, row) if over is new or not row.evidence else row for row in base.rows)
    return replace(base, rows=rows, granted=_granted(rows))


def _granted(rows: Sequence[RowVerdict]) -> int:
    return sum(row.verdict is Verdict.GRANTED for row in rows)


def conclude(report: Report, rows: Sequence[Permission] = ()) -> Finding:
    """Return the conclusion of one check: the first failing layer decides, else all is well.

    Only checks that probe permissions give verdicts on rows; one of the API alone, on its REST rows.
    """
    verdicts = judged(report.observations, [row for row in rows if _concerns(report.kind, row)])
    evidence, found = _first_failure(report) or _all_well(report)
    return Finding(
        kind=report.kind,
        reason=found.reason,
        owner=found.reason.traits.owner,
        field=found.reason.traits.field,
        rows=verdicts,
        granted=_granted(verdicts),
        total=len(verdicts),
        evidence=evidence,
    )


def judged(seen: Sequence[Observation], rows: Sequence[Permission]) -> tuple[RowVerdict, ...]:
    """Return a verdict for each row, in their order, from what was seen of it."""
    reads = {one.probe: one for one in seen if one.probe and not one.write}
    writes = {one.probe: one for one in seen if one.probe and one.write}
    return tuple(_verdict(row, reads.get(row.id), writes.get(row.id)) for row in rows)


def wrote(report: Report) -> tuple[Observation, ...]:
    """Return the dry runs that Workday took all the same: each one is for us to look at."""
    return tuple(seen for seen in report.observations if diagnose(seen).rule_id in _TAKEN)


def _concerns(kind: CheckKind, row: Permission) -> bool:
    match kind:
        case CheckKind.REACH | CheckKind.LOGIN:
            return False
        case CheckKind.API:
            return row.probe.is_rest
        case CheckKind.PERMISSIONS | CheckKind.FULL:
            return True
        case _:
            assert_never(kind)


def _verdict(row: Permission, seen: Observation | None, written: Observation | None) -> RowVerdict:
    read = _half(row.id, seen)
    if written is None:
        return read
    write = _half(row.id, written)
    # Get and Put are one choice: Put proves Get where reading was not asked about, and Get alone does not prove it.
    decides = write if _WEIGHT[write.verdict] > _WEIGHT[read.verdict] or read.verdict is Verdict.UNPROBED else read
    return replace(decides, read=read.verdict, write=write.verdict)


def _half(permission_id: str, seen: Observation | None) -> RowVerdict:
    reason = diagnose(seen).reason if seen else Reason.NOT_PROBED
    return RowVerdict(
        permission_id=permission_id,
        verdict=reason.traits.verdict,
        reason=reason,
        evidence=Evidence.of(seen) if seen else None,
    )


_Evidence: TypeAlias = tuple[Observation | None, Diagnosis]


def _first_failure(report: Report) -> _Evidence | None:
    for layer in _order(report):
        seen = [one for one in report.observations if one.layer is layer]
        own = [(one, diagnose(one)) for one in seen if not one.probe]
        rows = [(one, diagnose(one)) for one in seen if one.probe]
        if failure := _own_failure(layer, own) or _rows_failure(layer, rows):
            return failure
    return None


def _order(report: Report) -> Iterable[Layer]:
    """Return the layers in the order in which they rest on each other: a token comes before what it signs on to."""
    if not any(seen.bearer for seen in report.observations):
        return Layer
    return (Layer.REACH, Layer.TOKEN, Layer.LOGIN, Layer.PERMISSION, Layer.REST)


def _own_failure(layer: Layer, own: list[tuple[Observation, Diagnosis]]) -> _Evidence | None:
    if not own:
        return None
    if layer is Layer.REACH:
        # Several hosts may have been asked: one that answers is enough, else the one that said most counts.
        own = sorted(own, key=lambda pair: (pair[1].reason is Reason.OK, pair[0].http_status is not None))
    seen, found = own[-1]
    return None if found.reason.traits.verdict in _PASSABLE else (seen, found)


def _rows_failure(layer: Layer, rows: list[tuple[Observation, Diagnosis]]) -> _Evidence | None:
    # A locked account or a silent host is not a matter of permissions; what is not the admin's to mend in one row is no
    # reason to doubt the others, unless they were not asked because of it.
    for seen, found in rows:
        traits = found.reason.traits
        is_passed_over = traits.owner is not Owner.ADMIN and traits.stops is Stops.NOTHING
        if traits.verdict is Verdict.UNPROBED and not is_passed_over:
            return seen, found
    writes = [(seen, found) for seen, found in rows if seen.write]
    rows = [(seen, found) for seen, found in rows if not seen.write]
    kinds = [found.reason.traits.verdict for _, found in rows]
    if Verdict.DENIED in kinds:
        seen, found = rows[kinds.index(Verdict.DENIED)]
        everything = Verdict.GRANTED not in kinds and Verdict.EMPTY not in kinds
        reason = _ALL_DENIED.get(layer, found.reason) if everything else Reason.PERMISSIONS_MISSING
        return seen, Diagnosis(reason=reason, rule_id="rows")
    for seen, found in writes:
        if found.reason.traits.verdict is Verdict.DENIED:
            return seen, Diagnosis(reason=Reason.PERMISSIONS_MISSING, rule_id="writes")
    if Verdict.EMPTY in kinds:
        return rows[kinds.index(Verdict.EMPTY)][0], Diagnosis(reason=Reason.PERMISSIONS_EMPTY, rule_id="rows")
    return rows[0] if rows and Verdict.GRANTED not in kinds else None


def _all_well(report: Report) -> _Evidence:
    if not report.observations:
        return None, Diagnosis(reason=Reason.UNKNOWN, rule_id="nothing-seen")
    if report.deep and report.deep.token_owner is TokenOwner.SOMEBODY_ELSE:
        # It works until that person leaves, and shows what that person may see.
        return None, Diagnosis(reason=Reason.OAUTH_TOKEN_OF_ANOTHER, rule_id="token-owner")
    return None, Diagnosis(reason=Reason.OK, rule_id="all-well")
