"""The history on the command line: does it hold, and may somebody else read it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import Session, col, delete, update

from bot.config.settings import load_settings
from bot.ops.cli import main
from storage import audit_log as audit
from storage import links as store
from storage.database.transactions import Database
from storage.tables import AuditRow
from tests.support.links import a_link

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
T = TypeVar("T")


def in_database(work: Callable[[Session], T]) -> T:
    with closing(Database(load_settings().database_url)) as database:
        return database.run_sync(work)


def write_history() -> None:
    assert main(["migrate"]) == 0

    def work(session: Session) -> None:
        for link in ("abc", "xyz"):
            for what, refused in (("pressed.start", ""), ("sent.isu", "refusal.admin_only")):
                detail = {"step": "isu", "status": "active"} | ({"refused": refused} if refused else {})
                audit.append(session, link, at=NOW, actor="U1", team="T1", role="staff", what=what, detail=detail)

    in_database(work)


def test_a_whole_history_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 1
    assert "workday-link migrate" in capsys.readouterr().out
    write_history()
    assert main(["audit", "verify"]) == 0
    assert "Lines that are as they were written: all 4." in capsys.readouterr().out


def test_the_broken_line_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    write_history()
    in_database(lambda session: session.exec(update(AuditRow).where(col(AuditRow.link_id) == "abc").values(role="x")))
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().out
    assert "abc line 1 is not as it was written" in said
    assert "abc line 2 is not as it was written" in said
    assert "Wrong lines: 2 of 4." in said


@pytest.mark.parametrize("style", ["jsonl", "csv"])
def test_an_export_is_an_anchor(style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_history()
    kept = tmp_path / f"kept.{style}"
    kept.touch(0o644)
    assert main(["audit", "export", "--format", style, "--to", str(kept)]) == 0
    assert ": 4." in capsys.readouterr().out
    assert kept.stat().st_mode & 0o777 == 0o600
    assert main(["audit", "verify", "--against", str(kept)]) == 0
    in_database(lambda session: session.exec(delete(AuditRow).where(col(AuditRow.number) == 2)))
    assert main(["audit", "verify"]) == 1, "the seal shows it without an export, too"
    assert main(["audit", "verify", "--against", str(kept)]) == 1
    assert "abc line 2 was exported and is gone" in capsys.readouterr().out


def test_an_export_says_who_did_what_when_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_history()
    capsys.readouterr()
    assert main(["audit", "export", "--link", "abc"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["digest"]
    assert second | {"digest": ""} == {
        "link": "abc",
        "number": 2,
        "at": "2026-03-02T09:00:00.000000+00:00",
        "who": "U1",
        "team": "T1",
        "role": "staff",
        "what": "sent.isu",
        "why": "refusal.admin_only",
        "times": 1,
        "step": "isu",
        "status": "active",
        "digest": "",
    }
    assert main(["audit", "export", "--link", "abc", "--format", "csv", "--to", str(tmp_path / "x.csv")]) == 0
    with (tmp_path / "x.csv").open(newline="") as file:
        *rows, last = csv.DictReader(file)
    assert rows == [{name: str(value) for name, value in row.items()} for row in (first, second)]
    assert (last["what"], last["role"]) == ("operator.audit-export", "operator"), "the export before"


def test_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_history()
    assert main(["audit", "export", "--link", "nope"]) == 1
    assert "no history of nope" in capsys.readouterr().out
    assert main(["audit", "export", "--to", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().out
    assert main(["audit", "verify", "--against", str(tmp_path / "nope")]) == 1
    assert "cannot be read" in capsys.readouterr().out
    for content in ("x", "[]\n", "{}\n"):
        (tmp_path / "odd").write_text(content)
        assert main(["audit", "verify", "--against", str(tmp_path / "odd")]) == 1
        assert "no export of the audit" in capsys.readouterr().out


def test_a_head_that_was_told_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    write_history()
    head = in_database(audit.head).digest
    at = NOW.isoformat(timespec="microseconds")
    assert main(["audit", "verify", "--head", head, "--at", at]) == 0
    assert main(["audit", "verify", "--head", head]) == 1
    assert "--head needs --at" in capsys.readouterr().out
    assert main(["audit", "verify", "--head", "0" * 64, "--at", at]) == 1
    assert "not those of that head" in capsys.readouterr().out


def test_what_operators_do_is_in_the_history(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    link = a_link(id="abc")
    in_database(lambda session: store.create(session, link, (), wake_at=None, now=NOW))
    assert main(["links", "show", "abc"]) == 0
    assert main(["rotate-keys"]) == 0
    assert main(["audit", "export"]) == 0
    assert main(["audit", "export", "--link", "abc"]) == 0
    assert main(["forget", "abc"]) == 0
    done = [(line.link_id, line.what, line.role) for line in in_database(audit.read) if line.role == "operator"]
    assert done == [
        ("abc", "operator.show", "operator"),
        ("abc", "operator.audit-export", "operator"),
        ("abc", "operator.forget", "operator"),
        ("app", "operator.rotate-keys", "operator"),
        ("app", "operator.audit-export", "operator"),
    ]
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
