"""Generator of the reference pages that tables already hold: troubleshooting, states, pitfalls; it decides nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from flows.diagnosis.answer_rules import RULES
from flows.diagnosis.permission_cause_table import SUSPICIONS
from flows.diagnosis.reasons import Owner, Reason
from flows.diagnosis.sign_on_cause_table import SignOnLine
from flows.link.access.rows import PRESSES, SENDS, Rule
from flows.link.events import Action, Form
from flows.link.state import Status, Step
from flows.link.steps import STEPS
from flows.reference.pitfalls import PITFALLS, Pitfall, Shown
from flows.words import Plain, Words, load_words

OWNERS = {Owner.ADMIN: "Workday admin", Owner.US: "vendor", Owner.NOBODY: "nobody"}
MADE = "<!-- Written by `make docs` from the tables in flows/. Change those, not this page. -->"


def troubleshooting(words: Words) -> str:
    """Return docs/troubleshooting.md: each reason with symptom, fix and whose move it is."""
    lines = [MADE, "", "# Troubleshooting", "", "What the app says when something is rejected, and what mends it.", ""]
    lines += ["| Reason | What went wrong | What to do | Whose move | Rules |", "|---|---|---|---|---|"]
    for reason in Reason:
        if reason is Reason.OK:
            continue
        rules = ", ".join(f"`{rule.id}`" for rule in RULES if rule.reason is reason) or "drawn from all rows"
        texts = (_text(words, f"reason.{reason}.{part}") for part in ("what", "next"))
        lines.append("| " + " | ".join((f"`{reason}`", *texts, OWNERS[reason.traits.owner], rules)) + " |")
    lines += ["", "## Invalid username or password, cause by cause", ""]
    for line in SignOnLine:
        lines.append(f"- {_text(words, f'reason.{Reason.INVALID_CREDENTIALS}.{line}')}")
        lines.append(f"  {_text(words, f'help.{line}.text')}")
    lines += ["", "## What lies behind denied permissions", ""]
    lines += ["| How sure | Probably | Because |", "|---|---|---|"]
    for row in SUSPICIONS:
        facts = "; ".join(_text(words, f"fact.{fact}") for fact in row.because)
        lines.append(f"| {row.confidence} | {_text(words, f'cause.{row.cause}')} | {facts} |")
    return "\n".join(lines) + "\n"


def states(words: Words) -> str:
    """Return docs/states.md: the steps, and who may press or send what, when."""
    lines = [MADE, "", "# States", "", "## Steps", ""]
    lines += ["| Step | Title | Ends by | Workday tasks | Rights |", "|---|---|---|---|---|"]
    for step, row in STEPS.items():
        name = words.say(f"step.{step}.title")
        cells = (f"`{step}`", name, row.kind, ", ".join(row.tasks) or "-", ", ".join(row.rights) or "-")
        lines.append("| " + " | ".join(cells) + " |")
    lines += _rules("Button", PRESSES) + _rules("Form", SENDS)
    return "\n".join(lines) + "\n"


def pitfalls(words: Words) -> str:
    """Return docs/pitfalls.md: each known pitfall, how it shows, what the app says first, its mend and its proof."""
    lines = [MADE, "", "# Pitfalls", ""]
    lines += ["The ways to get a Workday link wrong, what the app says first, and the story that proves it."]
    lines += ["A code in the second column is a reason of [troubleshooting.md](troubleshooting.md).", ""]
    lines += ["| | Pitfall | What Workday answers | What the app says first | Who mends it, and how | Proved by |"]
    lines += ["|---|---|---|---|---|---|"]
    for row in PITFALLS:
        tests = "<br>".join(f"`{name}`" for name in row.tests)
        says = "<br>".join(_text(words, key) for key in row.says) or "nothing"
        mend = f"{OWNERS[row.mended_by]}: {_bold(row.mend)}"
        lines.append("| " + " | ".join((row.id, row.title, _shows(row), says, mend, tests)) + " |")
    return "\n".join(lines) + "\n"


def _shows(row: Pitfall) -> str:
    also = ("the same for other causes, too",) if row.is_hidden else ()
    return "<br>".join((*map(_shown, row.shows), *also))


def _shown(how: Shown) -> str:
    return f"`{how}`" if isinstance(how, Reason) else how.value


def _rules(title: str, table: Mapping[Action, Rule] | Mapping[Form, Rule]) -> list[str]:
    head = ["", f"## {title}s", "", f"| {title} | Who | When | Where |", "|---|---|---|---|"]
    return head + [f"| `{name}` | {_rule(rule)} |" for name, rule in table.items()]


def _rule(rule: Rule) -> str:
    who = ", ".join(sorted(rule.roles))
    when = ", ".join(status for status in Status if status in rule.statuses)
    every = rule.steps == frozenset(Step)
    where = "everywhere" if rule.anywhere or every else ", ".join(step for step in Step if step in rule.steps)
    return f"{who} | {when} | {where}"


def _text(words: Words, key: str) -> str:
    names: dict[str, str] = {name: Plain(f"{{{name}}}") for name in words.placeholders(key)}
    return _bold(words.say(key, names))


def _bold(text: str) -> str:
    plain = re.sub(r"\*(\S(?:.*?\S)?)\*", r"**\1**", text)
    return plain.replace("\n> ", " ").replace("\n", " ").replace("|", "\\|").replace("•", "·")


PAGES = {"troubleshooting.md": troubleshooting, "states.md": states, "pitfalls.md": pitfalls}


def write(folder: Path) -> None:
    """Write every page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(load_words()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
