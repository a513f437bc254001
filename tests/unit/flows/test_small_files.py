"""A file that never ends is a fault of whoever named it, and keeps nobody waiting."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from flows.small_files import read_bytes, read_text


def test_what_a_file_holds_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes("ä\r\nb".encode())
    assert read_bytes(file) == "ä\r\nb".encode()
    assert read_text(file) == "ä\nb"
    with pytest.raises(UnicodeDecodeError):
        read_text(file, "ascii")
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        read_bytes(tmp_path)


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(OSError, match="more than"):
        read_bytes(Path("/dev/zero"))


def test_a_pipe_is_read_to_its_end_and_not_waited_for_without_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="its end does not come"):
        read_bytes(pipe, seconds=0.01)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"x" * 200_000,))
    # It waits for a reader, and is there before we look.
    keeper = os.open(pipe, os.O_RDWR)
    writer.start()
    threading.Timer(0.05, os.close, (keeper,)).start()
    assert read_bytes(pipe) == b"x" * 200_000
    writer.join()
