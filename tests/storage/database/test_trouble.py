"""What is said about a database that fails: one line, the mend, and nothing of what was to be stored."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from storage.database.address import DatabaseError
from storage.database.trouble import explain, is_known


def failed(name: str) -> OperationalError:
    cause = sqlite3.OperationalError("canary")
    cause.sqlite_errorname = name
    return OperationalError("INSERT canary", {"x": "canary"}, cause)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_FULL", "make room"),
        ("SQLITE_READONLY_DBMOVED", "mend its rights"),
        ("SQLITE_BUSY", "end that program"),
        ("SQLITE_LOCKED", "end that program"),
        ("SQLITE_NOTADB", "restore a backup"),
        ("SQLITE_CORRUPT_VTAB", "restore a backup"),
        ("SQLITE_CANTOPEN", "look at its folder"),
        ("SQLITE_IOERR_WRITE", "look at the disk"),
        ("SQLITE_PROTOCOL", "use a disk of this machine"),
        ("SQLITE_IOERR_SHMMAP", "use a disk of this machine"),
        ("SQLITE_NOMEM", "look at its own log (OperationalError)"),
    ],
)
def test_each_failure_has_its_mend(name: str, said: str) -> None:
    line = explain(failed(name))
    assert line.startswith("DATABASE_URL: ")
    assert said in line
    assert "canary" not in line


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "takes no more connections; see that it runs"),
        ("08006", "see that it runs"),
        ("25006", "name the one that writes"),
        ("3F000", "name one in search_path"),
        ("42501", "GRANT USAGE, CREATE"),
        ("53100", "make room"),
        ("53300", "raise max_connections"),
        ("55P03", "end that program"),
        ("57014", "raise statement_timeout"),
        ("57P01", "see that it comes back"),
        ("42P01", "look at its own log (SimpleError)"),
    ],
)
def test_each_failure_of_a_server_has_its_mend(code: str | None, said: str) -> None:
    class SimpleError(Exception):
        sqlstate = code

    error = OperationalError("INSERT canary", {}, SimpleError("canary"))
    assert said in explain(error)
    assert "canary" not in explain(error)
    assert is_known(error) == (code != "42P01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('FATAL:  password authentication failed for user "canary"', "whether it was changed"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "canary", no encryption', "?sslmode=require"),
        ('could not translate host name "canary" to address: Name or service not known', "is not found"),
        ('FATAL:  database "canary" does not exist', "no such user or database"),
        ("connection refused, canary", "see that it runs"),
    ],
)
def test_what_is_said_at_the_door_has_its_mend(words: str, said: str) -> None:
    line = explain(OperationalError("INSERT canary", {}, psycopg.OperationalError(words)))
    assert said in line
    assert "canary" not in line


def test_other_failures_show_nothing_either() -> None:
    assert explain(DatabaseError("DATABASE_URL names x")) == "DATABASE_URL names x"
    assert "canary" not in explain(ProgrammingError("canary", {}, Exception("canary")))
    assert "(ValueError)" in explain(ValueError("canary"))
    assert is_known(DatabaseError(""))
    assert not is_known(ProgrammingError("", {}, Exception()))
    assert not is_known(ValueError())
