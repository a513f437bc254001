"""Spoils payloads: takes a real one and a source of chance, gives the JSON of what became of it; sends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

MARK = "FuzzCanary"
INNER = frozenset({"private_metadata", "value"})
"""Names under which our own JSON stands in a text."""

PRIVATE = frozenset(
    {
        *("text", "alt_txt", "title", "private_metadata", "callback_id", "token", "domain", "username"),
        *("do", "form", "step", "block_id", "old_channel_id"),
    }
)
"""Names whose value may be anything, and is never repeated or kept."""

READ = ("actions", "view.state", "view.private_metadata", "event", "user", "channel", "container")
"""What the app looks at, so that most is spoiled there."""

DEEP = 4_000
SPARE = "spare"


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece of JSON to be written as it stands, right or wrong."""

    text: str


class Inner(dict[str, Any]):
    """An object that stands as JSON in a text."""


JUNK: tuple[tuple[str, object], ...] = (
    *((name, Raw(name)) for name in ("null", "true", "false", "0", "-0", "-1", "1.5", "NaN", "-Infinity", "1e400")),
    ("2**63", 2**63),
    ("10**30", 10**30),
    ("5,000 digits", Raw("9" * 5_000)),
    ("nothing", ""),
    ("blank", "  "),
    ("list", []),
    ("list in a list", [[]]),
    ("list of null", [None]),
    ("object", {}),
    ("object with an id", {"id": "U0ADA", "type": "x"}),
    ("text null", "null"),
    ("text []", "[]"),
    ("300 characters", "x" * 300),
    ("5,000 characters", "y" * 5_000),
    ("50,000 characters", "z" * 50_000),
    ("half a pair", Raw('"\\ud83d half"')),
    ("other half", Raw('"\\udc00"')),
    ("NUL", Raw('"nul \\u0000 nul"')),
    ("right to left", "\u202egnp.exe"),
    ("emoji", "👩‍👩‍👧 🏳️‍🌈"),
    ("control", "\x1b[31m\r\n\x7f"),
    ("markup", "<!channel> <@U0SAM> &lt; `*_"),
    ("format", "%s %n {0} {link} ${x}"),
    ("SQL", "' OR 1=1; --"),
    ("deep lists", Raw("[" * DEEP + "]" * DEEP)),
    ("deep objects", Raw('{"a":' * DEEP + "1" + "}" * DEEP)),
    ("text with deep lists", "[" * 2_500),
)


@dataclass
class Canaries:
    """Marked secrets, each used once and never to be seen again."""

    made: int = 0

    def __call__(self) -> str:
        """Give a new one."""
        self.made += 1
        return f"{MARK}{self.made}QzX9"


@dataclass
class Spoiler:
    """Spoils payloads; `story` tells what was done to the last one, in names and never in values.

    `pools` holds known ids by kind: one that is found is exchanged for another of its kind.
    """

    chance: Random
    canary: Callable[[], str]
    pools: Mapping[str, tuple[str, ...]]
    story: list[str] = field(default_factory=list)

    def spoil(self, payload: dict[str, Any], how_often: int) -> dict[str, Any]:
        """Give a spoiled copy; the way in which it can be written is `written`."""
        unfolded: dict[str, Any] = _unfolded(payload)
        for _ in range(how_often):
            spots = list(_spots(unfolded))
            if not spots:
                break
            read = [spot for spot in spots if spot[2].startswith(READ)]
            holder, key, path = self.chance.choice(read if read and self.chance.random() < 0.6 else spots)
            way = self.chance.choices((self._junk, self._swap, self._drop, self._double, self._add), (8, 5, 4, 1, 1))[0]
            self.story.append(f"{path}: {way(holder, key)}")
        return unfolded

    def _junk(self, holder: Any, key: Any) -> str:  # noqa: ANN401  a list or an object of anything
        if key in PRIVATE and self.chance.random() < 0.5:
            holder[key] = self.canary()
            return "a canary"
        name, value = self.chance.choice(JUNK)
        holder[key] = deepcopy(value)
        return name

    def _swap(self, holder: Any, key: Any) -> str:  # noqa: ANN401
        value = holder[key]
        for kind, pool in self.pools.items():
            if isinstance(value, str) and value in pool:
                holder[key] = self.chance.choice(pool)
                return f"another {kind}"
        return self._junk(holder, key)

    def _drop(self, holder: Any, key: Any) -> str:  # noqa: ANN401
        del holder[key]
        return "dropped"

    def _double(self, holder: Any, key: Any) -> str:  # noqa: ANN401
        name, value = self.chance.choice(JUNK)
        again = json.dumps(key) + ":" if isinstance(key, str) else ""
        holder[key] = Raw(f"{written(holder[key])},{again}{written(value)}")
        return f"twice, with {name}"

    def _add(self, holder: Any, key: Any) -> str:  # noqa: ANN401
        name = self.chance.choice(("type", "command", "event", "view", "actions", "user", "team", "ssl_check", SPARE))
        if not isinstance(holder, dict):
            return self._junk(holder, key)
        what, value = self.chance.choice(JUNK)
        holder[name] = self.canary() if name == SPARE else deepcopy(value)
        return f"beside it {name}, {what}"


def written(value: object) -> str:
    """Write JSON, with everything in it that is no JSON."""
    match value:
        case Raw():
            return value.text
        case Inner():
            return json.dumps("{" + ",".join(f"{json.dumps(k)}:{written(v)}" for k, v in value.items()) + "}")
        case dict():
            return "{" + ",".join(f"{json.dumps(k)}:{written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(written(one) for one in value) + "]"
        case _:
            return json.dumps(value)


def _unfolded(value: Any, name: object = None) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _unfolded(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_unfolded(one) for one in value]
    if name in INNER and isinstance(value, str) and value.startswith("{"):
        return Inner(json.loads(value))
    return value


def _spots(value: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:  # noqa: ANN401
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(pairs):
        here = f"{path}.{key}".lstrip(".")
        yield value, key, here
        if isinstance(one, dict | list):
            yield from _spots(one, here)
