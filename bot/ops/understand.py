"""`workday-link understand`: reads texts from the command line or line by line, and prints what is understood."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from functools import partial

from pydantic import TypeAdapter, ValidationError

from bot.ops.record import Say
from bot.ops.understanding import Asked, Reader, Understood
from flows.link.state import Step
from flows.words import FOLDER

_STEPS = tuple(step.value for step in Step)
_LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
_ASKED = TypeAdapter(Asked)

LONGEST = 1_000_000
"""Characters of a text or a line; one that is longer may have no end."""


def add_verb(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("text", nargs="?", help="what somebody typed; without it, standard input is read")
    parser.add_argument("--step", choices=_STEPS, default=Asked.step.value, help="where the link stands")
    parser.add_argument("--user", default=Asked.user, help="the integration user's name")
    parser.add_argument("--tenant", default=Asked.tenant)
    parser.add_argument("--refused", action="store_true", help="Workday has just refused a sign-on")
    parser.add_argument("--linked", action="store_true", help="the link is finished")
    parser.add_argument(
        "--field", choices=("thread", "service_url", "user"), default=Asked.field, help="where it stands"
    )
    parser.add_argument("--language", choices=_LANGUAGES, default="", help="of the answer, else the vendor's own")
    parser.add_argument("--jsonl", action="store_true", help="read one JSON object a line, write one a line")


def answer(chosen: argparse.Namespace, say: Say) -> int:
    """Run the verb; 2 when a line of --jsonl could not be read: what is wrong with it stands in its place."""
    reader = Reader.of_environment(chosen.language)
    if chosen.jsonl:
        code = 0
        for number, line in enumerate(_lines(chosen.text), start=1):
            if len(line) >= LONGEST:
                say(json.dumps({"error": f"line {number}: too long; nothing from here on was read"}))
                return 2
            try:
                answered: object = reader.understand(_asked(line))
            except ValidationError as error:
                faults = [": ".join((*map(str, one["loc"]), one["msg"])) for one in error.errors()]
                answered = {"error": f"line {number}: {', '.join(faults)}"}
                code = 2
            say(json.dumps(answered))
        return code
    text = chosen.text if chosen.text is not None else sys.stdin.read(LONGEST)
    if len(text) >= LONGEST:
        say("The text is too long to be what somebody typed; nothing was read.")
        return 2
    asked = Asked(
        text=text,
        step=Step(chosen.step),
        user=chosen.user,
        tenant=chosen.tenant,
        refused=chosen.refused,
        linked=chosen.linked,
        field=chosen.field,
    )
    for line in _told(reader.understand(asked)):
        say(line)
    return 0


def _asked(line: str) -> Asked:
    """Read one line; a value that is null is absent. Raises ValidationError."""
    given = TypeAdapter(dict[str, object]).validate_json(line)
    present = {name: value for name, value in given.items() if value is not None}
    return _ASKED.validate_json(json.dumps(present), strict=True)


def _lines(text: str | None) -> Iterator[str]:
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    blank: list[str] = []
    for line in text.split("\n") if text is not None else iter(partial(sys.stdin.readline, LONGEST), ""):
        blank.append(line)
        # Blank lines at the end are none; one between others has an answer, or those behind it would lose their place.
        if line.strip():
            yield from blank
            blank.clear()


def _told(understood: Understood) -> Iterator[str]:
    """Write for people what was understood."""
    yield f"Understood: {understood['intent']}"
    for name in ("reason", "sign_on"):
        if understood[name]:
            yield f"{name.capitalize().replace('_', '-')}: {understood[name]}"
    if url := understood["url"]:
        yield f"Address: {url['kind']}" + "".join(f", {part}" for part in (url["host"], url["tenant"]) if part)
        yield from (f"  to ask: {host}" for host in url["hosts"])
    if user := understood["user"]:
        yield f"User name: {user['value'] or '-'}" + (f" ({user['problem']})" if user["problem"] else "")
    yield "Said:" if understood["say"] else "Said: nothing"
    yield from (f"  {line}" for text in understood["say"] for line in text.splitlines())
