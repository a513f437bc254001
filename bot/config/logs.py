"""How the process logs: lines without payloads; keeps libraries that print what people typed quiet at every level."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from bot import traces
from storage.database.trouble import explain, is_known

PINNED = {
    # Socket Mode prints every frame and the Web API client every request at DEBUG: typed passwords among them.
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    # A failed signature check prints the whole body at INFO.
    "slack_bolt.RequestVerification": logging.CRITICAL,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.CRITICAL,
    "aiohttp": logging.WARNING,
    # While a round waits for the database, it says of each that would begin meanwhile that it does not.
    "apscheduler": logging.ERROR,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "urllib3": logging.WARNING,
    "opentelemetry": logging.WARNING,
}
"""The least level of each library, whatever LOG_LEVEL says."""

OURS = frozenset({"bot", "flows", "storage"})
"""Packages whose words are written; of every other one only where it spoke, as its text can quote anything."""

FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class Pinned(logging.Filter):
    """Drops what pinned libraries say below their level, also through loggers made later."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line may be written."""
        name = record.name
        while name:
            if name in PINNED:
                return record.levelno >= PINNED[name]
            name = name.rpartition(".")[0]
        return True


def _text(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    return f"{record.name} spoke at {record.module}:{record.lineno}"


def _extras(record: logging.LogRecord) -> dict[str, object]:
    if record.name.partition(".")[0] not in OURS:
        return {}
    extras = {name: value for name, value in record.__dict__.items() if name not in FIELDS}
    if trace := traces.current():
        extras["trace"] = trace
    return extras


def _trace(record: logging.LogRecord) -> str:
    """Return where an error happened and its type, never its text or locals: both can hold what was typed.

    Of a database that cannot do its work it is the mend, which is the same wherever it was met.
    """
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    error = record.exc_info[1]
    if is_known(error):
        return explain(error)
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


class JsonLines(logging.Formatter):
    """One JSON object per line, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _text(record),
            "logger": record.name,
        }
        line |= _extras(record)
        if trace := _trace(record):
            line["error"] = trace
        return json.dumps(line, default=str)


class Console(logging.Formatter):
    """One readable line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        at = datetime.fromtimestamp(record.created, UTC)
        extra = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        return f"{at:%H:%M:%S} {record.levelname:<7} {_text(record)} {extra} {_trace(record)}".rstrip()


def set_up(level: str, style: str, stream: TextIO | None = None) -> logging.Handler:
    """Send all logging to one stream, libraries pinned; gives the handler so that it can be taken away."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else Console())
    handler.addFilter(Pinned())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name, least in PINNED.items():
        logging.getLogger(name).setLevel(least)
    return handler
