"""Reads a file that somebody has named to us, within bounds of size and time; knows nothing of what stands in it."""

from __future__ import annotations

import errno
import os
import select
import time
from pathlib import Path

MOST_BYTES = 4 * 1024 * 1024
"""More than any of them holds: a bundle of authorities has a quarter of a megabyte."""

SECONDS = 5.0
"""How long a pipe may take to hand over what it holds."""

_PIECE = 64 * 1024


def read_bytes(path: Path, *, most: int = MOST_BYTES, seconds: float = SECONDS) -> bytes:
    """Return what a file holds; raises OSError, also for one that is too long, or of which no end comes."""
    ends, read = time.monotonic() + seconds, bytearray()
    # A pipe that nobody writes to would keep us at its door.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
        ready = select.poll()
        ready.register(file, select.POLLIN)
        while ready.poll(max(0, ends - time.monotonic()) * 1000):
            piece = file.read(_PIECE)
            if not piece:
                return bytes(read)
            read += piece
            if len(read) > most:
                raise OSError(errno.EFBIG, f"more than {most} bytes", str(path))
    raise OSError(errno.ETIMEDOUT, "its end does not come", str(path))


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a file; raises OSError as `read_bytes` does, and UnicodeDecodeError."""
    return read_bytes(path).decode(encoding).replace("\r\n", "\n")
