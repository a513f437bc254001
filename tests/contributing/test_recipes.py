"""Every recipe of CONTRIBUTING.md is true: made with the others to a copy of the tree, it adds what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### Add (.+?)\n(.*?)(?=^##|\Z)", GUIDE, re.MULTILINE | re.DOTALL))
PROOFS = {
    "a step": (
        """
from flows import decide
from flows.cards.context import Scene
from flows.cards.thread_card import card
from flows.link.events import Action, Pressed
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import ADA, NOW, RULES, a_link

link = a_link(step=Step.NAMING)
assert "Naming rules" in card(Scene(link, RULES, load_words(), NOW), 1).text
done = Pressed(actor=ADA, action=Action.DONE, step=link.step, revision=link.revision)
decision = decide(link, done, NOW, RULES)
assert decision.link.step is Step.GROUP, decision.refusal
""",
        (
            "flows/words/test_words.py",
            "flows/words/test_words_drawn.py",
        ),
    ),
    "a diagnosis": (
        """
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.reasons import Reason
from tests.support.golden import golden

assert diagnose(golden({"layer": "login", "status": 529})).reason is Reason.EDGE_DOWN
""",
        (
            "flows/words/test_words.py",
            "flows/diagnosis/test_reasons.py",
            "flows/diagnosis/test_findings.py",
        ),
    ),
    "a rung of a reminder": (
        """
from datetime import timedelta
from flows.link.state import Cause
from flows.schedule.reminders import ladder
from tests.support.links import NOW, RULES, a_link

assert (ladder(a_link(), Cause.STALLED, RULES)[-1] - NOW).days in range(13, 18)
""",
        ("flows/words/test_words.py",),
    ),
    "a word": (
        """
from flows.cards.context import Scene
from flows.cards.thread_card import card
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import NOW, RULES, a_link

assert "5. Come back here" in str(card(Scene(a_link(step=Step.GROUP), RULES, load_words(), NOW), 1))
""",
        ("flows/words/test_words.py",),
    ),
    "a command": (
        """
import asyncio
import tempfile
from datetime import date

from bot.drawing import Drawing
from bot.slack.guests import People
from bot.slack.reading.organisations import Own
from bot.slack.start_link import Asked
from bot.staff.command import Answers
from flows.link.commands.reading import read
from flows.link.commands.rows import COUNT, Typed, usage_hint
from flows.words import load_words
from flows.words.library import Library
from storage import migrate
from storage.database.transactions import Database
from tests.support.links import NOW, RULES, SAM

assert read("count", date(2026, 11, 25)) == Typed(row=COUNT)
assert usage_hint().startswith("[status | count | list ")
database = Database(f"sqlite:///{tempfile.mkdtemp()}/link.db")
migrate.upgrade(database)
drawing = Drawing(rules=RULES, library=Library(words={"en": load_words()}, default="en"), clock=lambda: NOW)
people = People(None, own=Own(team_id=SAM.team_id), clock=lambda: NOW)
answers = Answers(None, database, drawing, people, slack_url="", has_pages=False)
typed = Asked(who=SAM, channel_id="C1", text="", typed=Typed(row=COUNT), trigger_id="", client=None, until=0)
assert "Links in this channel: 0" in str(asyncio.run(answers.answer(typed)))
database.close()
""",
        ("project/test_manifest.py", "flows/link/commands/test_reading.py::test_every_row_is_answered_and_said"),
    ),
    "a language": (
        """
from flows.cards.context import Scene
from flows.cards.thread_card import card
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import NOW, RULES, a_link

words = load_words(language="nl")
assert (words.language, words.locale) == ("nl", "nl_NL")
assert "Beveiligingsgroep" in str(card(Scene(a_link(step=Step.GROUP), RULES, words, NOW), 1))
""",
        ("flows/words/test_words.py",),
    ),
}
"""What holds after a recipe, and the tests of tests/unit that would name what is missing."""

DRAWN_AND_TESTED = """
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.reference.pages import write

write(Path("docs"))
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--noconftest", *sys.argv[1:]]))
"""
"""One interpreter does it all, as its start is most of the work; what only databases and browsers need stays out."""


def hunks(recipe: str) -> list[tuple[str, str, str]]:
    """Read the edits of a recipe: in which file what takes the place of what."""
    found = []
    for name, body in re.findall(r"^```diff\n\+\+\+ (\S+)\n(.*?)^```$", recipe, re.MULTILINE | re.DOTALL):
        for hunk in re.split(r"^@@\n", body, flags=re.MULTILINE):
            lines = hunk.splitlines(keepends=True)
            old, new = ("".join(line[1:] or "\n" for line in lines if line[0] != sign) for sign in "+-")
            found.append((name, old, new))
    return found


def run(home: Path, *command: str) -> None:
    done = subprocess.run(  # noqa: S603  this very interpreter
        (sys.executable, *command),
        cwd=home,
        env={"PYTHONPATH": str(home)},
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_each_recipe_adds_what_it_says(tmp_path: Path) -> None:
    """Make them all to one copy, as a start is most of the work; each has a proof of its own there."""
    home = tmp_path / "tree"
    # With what is compiled of it: all but the files of the recipes stays as it is.
    shutil.copytree(ROOT, home, ignore=shutil.ignore_patterns(".*", "build"))
    astray = [wrong for kind in PROOFS for wrong in carried_out(kind, home)]
    assert not astray, "\n".join(astray)
    proofs = (f"def test_{kind.replace(' ', '_')}():{indent(proof, '    ')}" for kind, (proof, _) in PROOFS.items())
    (home / "tests/unit/test_proofs.py").write_text("\n\n".join(proofs), encoding="utf-8")
    tests = dict.fromkeys(test for _, named in PROOFS.values() for test in named)
    run(home, "-c", DRAWN_AND_TESTED, *(f"tests/unit/{test}" for test in ("test_proofs.py", *tests)))


def carried_out(kind: str, home: Path) -> Iterator[str]:
    """Make a recipe's edits to a tree, and yield each that has no place there, or several."""
    for old, new in re.findall(r"^cp (\S+) (\S+)$", RECIPES[kind], re.MULTILINE):
        shutil.copy(home / old, home / new)
    for name, old, new in hunks(RECIPES[kind]):
        text = (home / name).read_text(encoding="utf-8")
        if text.count(old) != 1:
            yield f"{kind}: {name} holds this {text.count(old)} times:\n{old}"
        (home / name).write_text(text.replace(old, new), encoding="utf-8")


def test_every_recipe_is_proved_and_counted() -> None:
    table = re.findall(r"^\| (an? [^|]+?) \| (`.+`) \| (\d+) \|$", GUIDE, re.MULTILINE)
    assert [(kind, re.findall(r"`(.+?)`", files), int(lines)) for kind, files, lines in table] == [
        (
            kind,
            list(dict.fromkeys(name for name, _, _ in hunks(recipe))),
            sum(line.startswith("+") and not line.startswith("+++ ") for line in recipe.splitlines()),
        )
        for kind, recipe in RECIPES.items()
    ]
    assert list(RECIPES) == list(PROOFS)
