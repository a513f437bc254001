"""Copies of a SQLite file: whole although it is in use, proved, and nothing half is left."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage.copies.sqlite_backup import CopyError, prove, take
from tests.support.databases import migrated_sqlite


@pytest.fixture
def live(tmp_path: Path) -> Path:
    file = tmp_path / "live.db"
    file.write_bytes(migrated_sqlite())
    return file


def test_a_copy_taken_while_somebody_writes_is_of_one_moment(live: Path, tmp_path: Path) -> None:
    ends, writes = threading.Event(), list[str]()

    def write() -> None:
        with closing(sqlite3.connect(live, isolation_level=None, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            while not ends.is_set():
                connection.execute("BEGIN IMMEDIATE")
                for one in ("a", "b"):
                    key = f"{len(writes)}{one}"
                    connection.execute("INSERT INTO inboxrow (key, received_at) VALUES (?, '2026-03-02')", (key,))
                connection.execute("COMMIT")
                writes.append(one)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(writes) < 20:
            ends.wait(0.01)
        proofs = [take(live, tmp_path / f"copy-{number}.db") for number in range(3)]
    finally:
        ends.set()
        writer.join()
    for number, proof in enumerate(proofs):
        file = tmp_path / f"copy-{number}.db"
        assert proof.rows["inboxrow"] >= 40
        assert proof.rows["inboxrow"] % 2 == 0, "half a transaction"
        assert prove(file) == proof
        assert file.stat().st_mode & 0o777 == 0o600
    assert not [
        path.name for path in tmp_path.iterdir() if path.name.endswith((".part", ".db-wal")) and "copy" in path.name
    ]


@pytest.mark.parametrize("spoil", ["cut", "page", "text"])
def test_what_is_not_whole_is_refused(live: Path, tmp_path: Path, spoil: str) -> None:
    copy = tmp_path / "copy.db"
    take(live, copy)
    content = bytearray(copy.read_bytes())
    match spoil:
        case "cut":
            del content[len(content) // 2 :]
        case "page":
            content[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
        case _:
            content = bytearray(b"no database at all" * 400)
    copy.write_bytes(content)
    with pytest.raises(CopyError, match=r"damaged|no whole copy"):
        prove(copy)


def test_nothing_is_overwritten_and_nothing_half_is_left(live: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(CopyError, match="is there already"):
        take(live, there)
    assert there.read_text() == "mine"
    with pytest.raises(CopyError, match="there is no file"):
        take(tmp_path / "nowhere.db", tmp_path / "copy.db")
    with pytest.raises(CopyError, match="cannot be written"):
        take(live, tmp_path / "no" / "folder.db")
    live.write_bytes(b"no database" * 1000)
    with pytest.raises(CopyError):
        take(live, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["live.db", "there.db"]
