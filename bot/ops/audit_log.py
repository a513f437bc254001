"""What the command says about the audit: whether it holds, and its lines for whoever asks; an export is noted in it."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TextIO

from bot.ops.record import APP, Deed, Say, note
from storage import audit_log as audit
from storage.audit_log import Entry, Flaw, Problem
from storage.database.transactions import Database

COLUMNS = ("link", "number", "at", "who", "team", "role", "what", "why", "times", "step", "status", "digest")

WRONG = {
    Flaw.CHANGED: "is not as it was written",
    Flaw.GAP: "does not follow the line before it: one is missing, or this one was added",
    Flaw.REWRITTEN: "is not the one that was exported or sealed",
    Flaw.CUT: "was exported and is gone",
    Flaw.LOST: "was written by the app and is gone",
    Flaw.FORGED: "has a seal that the app did not make",
    Flaw.ADDED: "was not written by the app",
}


class ExportError(Exception):
    """A file that is no export of the audit; says what is wrong with it."""


def add_verbs(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    verbs = parser.add_subparsers(dest="what", required=True)
    verify = verbs.add_parser("verify", help="whether every line is as it was written")
    verify.add_argument(
        "--against", type=Path, metavar="FILE", help="an earlier export, to find what was cut or rewritten"
    )
    verify.add_argument("--head", metavar="HEX", help="a head that the app told, to find what was changed before it")
    verify.add_argument("--at", type=datetime.fromisoformat, metavar="TIME", help="when it told that head")
    export = verbs.add_parser("export", help="who did what when, without secrets")
    export.add_argument("--link", metavar="ID", help="one link; without it, all of them")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--to", type=Path, metavar="FILE", help="where to; without it, it is printed")


def answer(chosen: argparse.Namespace, database: Database, say: Say, now: datetime) -> int:
    """Answer one of the verbs; 1 when something is wrong or not there."""
    try:
        return _verify(chosen, database, say) if chosen.what == "verify" else _export(chosen, database, say, now)
    except ExportError as error:
        say(str(error))
        return 1


def _verify(chosen: argparse.Namespace, database: Database, say: Say) -> int:
    known = read_digests(chosen.against) if chosen.against else {}
    verdict = database.read_sync(lambda session: audit.verify(session, known))
    for problem in verdict.problems:
        say(complaint(problem))
    if verdict.problems:
        say(f"Wrong lines: {len(verdict.problems)} of {verdict.lines}.")
        return 1
    if chosen.head and not chosen.at:
        say("--head needs --at, the time that stands beside it.")
        return 1
    if chosen.head and database.read_sync(lambda session: audit.head(session, chosen.at)).digest != chosen.head:
        say(f"The lines up to {chosen.at.isoformat()} are not those of that head.")
        return 1
    say(f"Lines that are as they were written: all {verdict.lines}.")
    return 0


def _export(chosen: argparse.Namespace, database: Database, say: Say, now: datetime) -> int:
    entries = database.read_sync(lambda session: audit.read(session, chosen.link))
    if entries:
        # Whoever has seen it stands in it, too, though not in this export.
        database.run_sync(lambda session: note(session, chosen.link or APP, Deed.AUDIT_EXPORT, now))
    if chosen.link and not entries:
        say(f"There is no history of {chosen.link}; `workday-link links list` shows the links.")
        return 1
    written = io.StringIO()
    write(entries, written, chosen.format)
    if chosen.to is None:
        say(written.getvalue().removesuffix("\n"))
        return 0
    try:
        write_private(chosen.to, written.getvalue().encode())
    except OSError as error:
        raise ExportError(f"{chosen.to} cannot be written ({error.strerror})") from None
    say(f"Lines written to {chosen.to}: {len(entries)}.")
    return 0


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, also where one stood already; raises OSError."""
    with open_private(path) as file:
        file.write(content)


@contextmanager
def open_private(path: Path) -> Iterator[BinaryIO]:
    """Open such a file to be written bit by bit; raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        yield file


def complaint(problem: Problem) -> str:
    """Say what is wrong with one line."""
    return f"{problem.link_id} line {problem.number} {WRONG[problem.flaw]}"


def write(entries: Iterable[Entry], to: TextIO, style: str) -> None:
    """Write lines as `jsonl` or `csv`; they hold ids and the names of what was done, nothing that was entered."""
    rows = map(_row, entries)
    if style == "csv":
        table = csv.DictWriter(to, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        return
    to.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_digests(path: Path) -> Mapping[tuple[str, int], str]:
    """Read the digests of an earlier export in either style; raises ExportError."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file)
            return {(str(row["link"]), int(row["number"])): str(row["digest"]) for row in rows}
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise ExportError(f"{path} is no export of the audit; `workday-link audit export` makes one") from None


def _row(entry: Entry) -> dict[str, object]:
    return {
        "link": entry.link_id,
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "who": entry.actor,
        "team": entry.team,
        "role": entry.role,
        "what": entry.what,
        "why": entry.detail.get("refused", ""),
        "times": entry.detail.get("times", 1),
        "step": entry.detail.get("step", ""),
        "status": entry.detail.get("status", ""),
        "digest": entry.digest,
    }
