"""The permission sheet for a customer's approval: what is asked for and what was found granted; draws no page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from flows.cards.context import Scene
from flows.cards.parts import Card, Text
from flows.cards.placeholders import isu_name, scopes_of, text_of
from flows.diagnosis.findings import Proof, RowVerdict
from flows.diagnosis.observations import Evidence
from flows.link.state import Step
from flows.link.walk import agreed, asked, needs_api
from flows.permissions import Permission
from flows.words import unescape

LONGEST_PART = 2_900
"""Characters of one part of a message; Slack takes 3,000."""

LONGEST_ROWS = 9_000
"""Characters of all rows in one message; Slack was seen to refuse one with 11,300 in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One table with what stands around it, in plain text; every row has as many cells as there are `columns`."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    lead: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is asked, and what was found; the rows of both pages are those of the same permissions, in one order."""

    asked: Page
    found: Page
    digest: str

    @property
    def pages(self) -> tuple[Page, Page]:
        """Both pages, as they are read."""
        return self.asked, self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who asks, and by which key their sheets are known: its thumbprint, and where it is published, if anywhere."""

    name: str = ""
    thumbprint: str = ""
    published_at: str = ""


def digest_of(rows: Iterable[Permission], scopes: Iterable[str]) -> str:
    """Return the SHA-256, in hex, of what is asked: one line for each policy and scope, sorted, each with its end.

    A line is the policy's name or `API client scope`, a tab, and the access or the scope. Nothing else is in it: no
    reason, no tenant and no day, so that two sheets with the same digest ask for the same.
    """
    lines = {f"{row.policy}\t{row.access}\n" for row in rows} | {f"API client scope\t{scope}\n" for scope in scopes}
    return sha256("".join(sorted(lines)).encode()).hexdigest()


def sheet(scene: Scene, signer: Signer) -> Sheet:
    """Write the sheet of a link as it is now; what it asks is what the set-up in use asks."""
    # While a part of it is done anew, what works is what was asked for and found.
    is_made = scene.link.previous is not None or scene.link.step is Step.LINKED
    scene = replace(scene, link=replace(scene.link, setup=scene.link.in_use))
    setup = scene.link.setup
    rows = (agreed if is_made else asked)(setup, scene.rules.permissions)
    scopes = scopes_of(scene.link, scene.rules) if needs_api(scene.link, scene.rules.permissions) else ()
    digest = digest_of(rows, scopes)
    return Sheet(asked=_asked(scene, signer, rows, scopes, digest), found=_found(scene, rows, digest), digest=digest)


def comment_key(scene: Scene) -> str:
    """Return the key of the words that come with the files."""
    if scene.link.approval:
        return "sheet.comment.approval"
    return "sheet.comment.found" if scene.link.in_use.matrix else "sheet.comment.asked"


def spelled_out(scene: Scene, written: Sheet) -> Card:
    """Draw the sheet as a message, where Slack takes no files; no row is left out, but many are told shortly."""
    rows = [dict(zip(_ROW_NAMES, row, strict=True)) for row in written.asked.rows]
    told = [scene.say("sheet.row", **row) for row in rows]
    is_long = sum(map(len, told)) > LONGEST_ROWS
    # What comes with the files speaks of them, and of what only they hold.
    lead = "sheet.no_files_approval" if scene.link.approval else "sheet.no_files_asked"
    lines = [scene.say(lead), scene.say("sheet.no_files_short" if is_long else "sheet.no_files")]
    lines += [scene.say("sheet.row_short", **row) for row in rows] if is_long else told
    lines.append(scene.say("sheet.digest", digest=written.digest))
    parts = [""]
    for line in lines:
        if len(parts[-1]) + len(line) > LONGEST_PART:
            parts.append("")
        parts[-1] += f"{line}\n"
    return Card(parts=tuple(Text(text=part.strip()) for part in parts))


_ROW_NAMES = ("number", "policy", "area", "access", "reach", "data", "why", "needed")


def _asked(scene: Scene, signer: Signer, rows: tuple[Permission, ...], scopes: tuple[str, ...], digest: str) -> Page:
    link, words, setup = scene.link, scene.words, scene.link.setup
    profile = scene.rules.permissions.profile(setup.profile)
    endpoint = setup.endpoint
    facts = {
        "asked_by": ", ".join(one for one in (signer.name, scene.rules.vendor) if one),
        "customer": link.customer,
        "tenant": f"{endpoint.tenant} ({endpoint.host})" if endpoint else _say(scene, "sheet.unknown"),
        "environment": _say(scene, f"environment.{setup.environment}"),
        "user": isu_name(link, scene.rules),
        "group": scene.names["group"],
        "profile": ": ".join(unescape(text_of(words, profile, part)) for part in ("title", "description")),
        "scopes": ", ".join(scopes),
        "written": words.stamp(scene.now),
        "digest": digest,
        "key": " ".join(one for one in (signer.thumbprint, signer.published_at) if one),
    }
    lead = [_say(scene, "sheet.asked.lead")]
    if setup.absence or scopes:
        lead.append(_say(scene, "sheet.asked.scopes"))
    left_out = [
        _say(scene, "sheet.asked.left_out", policy=row.policy, access=row.access, why=setup.left_out[row.id])
        for row in scene.rules.permissions.rows(setup.profile, absence=setup.absence)
        if row.id in setup.left_out
    ]
    return Page(
        title=_say(scene, "sheet.asked.title"),
        facts=tuple((_say(scene, f"sheet.fact.{name}"), value) for name, value in facts.items() if value),
        lead=tuple(lead),
        columns=tuple(_say(scene, f"sheet.column.{name}") for name in _ROW_NAMES),
        rows=tuple(_row(scene, number, row) for number, row in enumerate(rows, 1)),
        notes=(*left_out, _say(scene, "sheet.asked.note")),
    )


def _row(scene: Scene, number: int, row: Permission) -> tuple[str, ...]:
    return (
        str(number),
        row.policy,
        row.area or "-",
        row.access,
        _say(scene, f"sheet.reach.{'writes' if row.access.writes else 'reads'}"),
        unescape(text_of(scene.words, row, "data")),
        unescape(text_of(scene.words, row, "why")),
        _say(scene, f"sheet.needed.{'optional' if row.optional else 'needed'}"),
    )


def _found(scene: Scene, rows: tuple[Permission, ...], digest: str) -> Page:
    matrix, title = scene.link.setup.matrix, _say(scene, "sheet.found.title")
    if matrix is None:
        return Page(title=title, lead=(_say(scene, "sheet.found.nothing"),))
    seen = {row.permission_id: row for row in matrix.rows}
    proofs = {row.id: seen[row.id].proof(row.access) if row.id in seen else Proof.UNASKED for row in rows}
    return Page(
        title=title,
        facts=((_say(scene, "sheet.fact.digest"), digest),),
        lead=tuple(_sums(scene, tuple(proofs.values()))),
        columns=tuple(_say(scene, f"sheet.column.{name}") for name in _FOUND_NAMES),
        rows=tuple(
            (
                str(number),
                row.policy,
                row.access,
                _say(scene, f"sheet.proof.{proofs[row.id]}"),
                *_evidence(scene, row, seen.get(row.id)),
            )
            for number, row in enumerate(rows, 1)
        ),
        notes=(_say(scene, "sheet.found.note"),),
    )


_FOUND_NAMES = ("number", "policy", "access", "found", "asked_at", "seen")
_UNSEEN = (Proof.UNPROBED, Proof.UNASKED)
_READ = (Proof.READ, Proof.READ_ONLY)


def _sums(scene: Scene, proofs: tuple[Proof, ...]) -> Iterable[str]:
    """Count; and say that all is as asked only where everything that can be asked about was proved, writing too."""
    shown = [proof for proof in proofs if proof not in _UNSEEN]
    granted, read = shown.count(Proof.GRANTED), sum(proof in _READ for proof in shown)
    counts = {"total": len(proofs), "granted": granted, "read": read, "askable": len(shown)}
    names = {name: str(count) for name, count in counts.items()} | {"unasked": str(len(proofs) - len(shown))}
    yield _say(scene, "sheet.found.sums", **names)
    if shown:
        outcome = "all" if granted == len(shown) else "read" if granted + read == len(shown) else "some"
        yield _say(scene, f"sheet.found.{outcome}", **names)


def _evidence(scene: Scene, row: Permission, verdict: RowVerdict | None) -> tuple[str, str]:
    """Return when Workday was asked about a permission, and what it answered."""
    seen = verdict.evidence if verdict else None
    if seen is None:
        why = text_of(scene.words, row, "unprobed_because")
        return "-", unescape(why) or _say(scene, "sheet.unseen")
    return scene.words.stamp(seen.at) if seen.at else "-", _answer(seen)


def _answer(seen: Evidence) -> str:
    said = (
        seen.operation,
        f"HTTP {seen.http_status}" if seen.http_status else "",
        seen.fault,
        ", ".join(seen.missing),
        seen.request_id or seen.our_request_id,
    )
    return " · ".join(part for part in said if part)


def _say(scene: Scene, key: str, **more: str) -> str:
    """Return one text as it stands on a page, where nothing is markup."""
    return unescape(scene.say(key, **more))
