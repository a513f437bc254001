"""What is written to the log, and above all what is not."""

from __future__ import annotations

import ast
import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.config.logs import set_up
from bot.slack.listeners import failed

SECRET = "Unheard9Secret"
ROOT = Path(__file__).parents[4]
WORDS_OF_OURS = frozenset(
    {
        *("at", "check", "checks", "code", "effects", "ending", "errand", "form", "head", "ignored", "install", "key"),
        "kind",
        *("lines", "link", "links", "method", "mode", "ms", "now", "origins", "part", "port", "questions", "reason"),
        *("refused", "status", "step", "tries", "what", "why"),
    }
)
"""What a line may tell beside its sentence: ids, counts, and words of ours or codes of Slack's and the system's."""


@pytest.fixture
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("slack_bolt", "slack_sdk", "asyncio", "httpx")}
    yield
    root.handlers[:], root.level = handlers, level
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("style", ["json", "console"])
async def test_no_library_and_no_error_can_quote_a_secret(style: str) -> None:
    stream = io.StringIO()
    set_up("debug", style, stream)
    for name in (
        "slack_bolt.AsyncApp",
        "slack_sdk.web",
        "aiohttp.server",
        "asyncio",
        "httpx",
        "sqlalchemy.engine",
        "x",
    ):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
            logging.getLogger(name).log(level, "said %s", SECRET, extra={"body": SECRET})
    try:
        int(SECRET)
    except ValueError as error:
        logging.getLogger("bot.x").exception("it failed", extra={"link": "abc"})
        await failed(error)
    written = stream.getvalue()
    assert SECRET not in written
    assert "ValueError at test_logs.py" in written
    assert "it failed" in written
    assert "abc" in written
    assert "aiohttp.server spoke at test_logs" in written
    if style == "json":
        assert all(json.loads(line)["level"] for line in written.splitlines())


@pytest.mark.usefixtures("_restored")
def test_a_level_hides_what_is_below_it() -> None:
    stream = io.StringIO()
    set_up("warning", "console", stream)
    logging.getLogger("bot.x").info("quiet")
    logging.getLogger("bot.x").warning("loud", extra={"code": "a"})
    assert "quiet" not in stream.getvalue()
    assert "WARNING loud code=a" in stream.getvalue()
    logging.getLogger("bot.x").error("no error here", exc_info=(None, None, None))
    assert "no error here" in stream.getvalue()
    full = sqlite3.OperationalError(SECRET)
    full.sqlite_errorname = "SQLITE_FULL"
    logging.getLogger("bot.x").error("it failed", exc_info=OperationalError("INSERT", {}, full))
    assert stream.getvalue().splitlines()[-1].endswith("it failed  DATABASE_URL: the disk is full; make room")


def test_a_line_is_a_fixed_sentence_with_named_ids() -> None:
    found, levels = 0, {"debug", "info", "warning", "error", "exception", "critical"}
    for path in (path for house in ("bot", "flows", "storage") for path in (ROOT / house).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"), attr=level)) if level in levels:
                    found += 1
                    where = f"{path.relative_to(ROOT)}:{call.lineno}"
                    assert [type(one) for one in call.args] == [ast.Constant], f"{where} makes its sentence anew"
                    told = [word.value for word in call.keywords if word.arg == "extra"]
                    assert all(isinstance(one, ast.Dict) for one in told), f"{where} does not say what it tells"
                    keys = {
                        ast.literal_eval(key) for one in told if isinstance(one, ast.Dict) for key in one.keys if key
                    }
                    assert keys <= WORDS_OF_OURS, f"{where} tells {keys - WORDS_OF_OURS}"
                case _:
                    pass
    assert found > 50
