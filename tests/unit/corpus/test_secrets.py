"""Secrets in every form in which people give them away are noticed, and what they say besides is not taken for one."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.link.secrets.text import looks_secret
from tests.support.chatter import CHATTER
from tests.support.corpus import IS_WHOLE

CORPUS = Path(__file__).parents[2] / "corpus"


@cache
def cases(kind: str) -> list[dict[str, Any]]:
    return [case for path in CORPUS.rglob(f"{kind}.toml") for case in tomllib.loads(path.read_text("utf-8"))["case"]]


def gives_away(case: dict[str, Any]) -> bool:
    """Tell whether a case of another kind holds a password, as its own test says."""
    return bool(case.get("secret")) or "credentials" in case.get("because_one_of", ())


DRESSES: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: "&gt; " + text.replace("\n", "\n&gt; "),
    "listed": lambda text: "\n".join(f"• {line}" for line in text.split("\n")),
    "numbered": lambda text: "\n".join(f"{number}. {line}" for number, line in enumerate(text.split("\n"), 1)),
    "from Windows": lambda text: text.replace("\n", "\r\n"),
    "as code": lambda text: f"```\n{text}\n```",
    "thanked for": lambda text: f"{text} thanks!",
    "to somebody": lambda text: f"<@U012ABCDEF> {text}, pls",
    "with hard blanks": lambda text: text.replace(" ", "\xa0"),
}
"""What stands around a text without changing what it says."""
ONE_IN = 1 if IS_WHOLE else 64
"""Each dress is tried on a few lines, beginning with another one; on every line where the corpus is read as a whole."""
TOGETHER = 5
APART = TOGETHER if IS_WHOLE else 30
USERS = ("", "ISU_Wintro")
OTHER_KINDS = ("addresses", "errors", "signons", "users")
"""Talk is heard for itself, and what is heard as a secret there is wrong."""


@cache
def all_given() -> list[str]:
    """Read the texts that give a secret away, when first a test asks for them."""
    return [case["text"] for case in cases("secrets") if case["warn"]]


@cache
def all_ordinary() -> list[str]:
    """Read the texts that hold no secret."""
    return [case["text"] for case in cases("secrets") if not case["warn"]]


@cache
def all_elsewhere() -> list[str]:
    """Read the texts of other kinds that hold no secret."""
    return [case["text"] for kind in OTHER_KINDS for case in cases(kind) if not gives_away(case)]


def test_there_is_enough_of_both() -> None:
    assert len(set(all_given())) == len(all_given()) >= 300
    assert len(set(all_ordinary())) == len(all_ordinary()) >= 500


def told(texts: list[str], user: str) -> list[str]:
    """Return the texts on which it tells that a user is known: those that name them."""
    return [text for text in texts if user.casefold() in text.casefold()]


@pytest.mark.parametrize("user", USERS)
def test_secrets_are_noticed(user: str) -> None:
    given = told(all_given(), user)
    missed = [text for text in given if not looks_secret(text, user=user)]
    print(f"secrets, user {user or 'unknown'}: {len(given) - len(missed)} of {len(given)} noticed")  # noqa: T201
    assert len(missed) * 50 <= len(given), missed


@pytest.mark.parametrize("user", USERS)
def test_false_alarms_are_rare(user: str) -> None:
    lines = told([*all_ordinary(), *CHATTER, *all_elsewhere()], user)
    alarms = [text for text in lines if looks_secret(text, user=user)]
    print(f"secrets, user {user or 'unknown'}: {len(alarms)} false alarms in {len(lines)} lines")  # noqa: T201
    assert len(alarms) * 500 <= len(lines), alarms


@pytest.mark.parametrize("user", USERS)
def test_what_is_said_around_it_hides_no_secret(user: str) -> None:
    around = "Hi Sam,\nwe had trouble with the tenant yesterday.\n{}\nCould you look into it? Thanks, Ada"
    given = [text for text in told(all_given(), user) if "\n" in text]
    missed = [text for text in given if not looks_secret(around.format(text), user=user)]
    assert missed == []


@pytest.mark.no_cover
@pytest.mark.parametrize("around", DRESSES)
def test_how_it_is_quoted_and_ended_makes_no_difference(around: str) -> None:
    dress, first = DRESSES[around], list(DRESSES).index(around) * 5 % ONE_IN
    given, ordinary = all_given()[first::ONE_IN], all_ordinary()[first::ONE_IN]
    missed = [text for text in given if not looks_secret(dress(text)) and looks_secret(text)]
    alarms = [text for text in ordinary if looks_secret(dress(text)) and not looks_secret(text)]
    assert len(missed) * 100 <= len(given), missed
    assert len(alarms) * 500 <= len(ordinary), alarms


def test_ordinary_lines_together_are_no_secret() -> None:
    groups = [all_ordinary()[start : start + TOGETHER] for start in range(0, len(all_ordinary()), APART)]
    alarms = [lines for lines in groups if looks_secret("\n\n".join(lines))]
    assert len(alarms) * 500 <= len(groups), alarms
