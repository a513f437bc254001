"""Writes the reference pages that tables already hold: troubleshooting and states; decides nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from flows.actions import PRESSES, SENDS, Rule
from flows.diagnosis import RULES
from flows.messages import Action, Form
from flows.reasons import Owner, Reason, owner_of
from flows.state import Status, Step
from flows.steps import STEPS
from flows.words import Plain, Words, load_words

OWNERS = {Owner.ADMIN: "Workday admin", Owner.US: "vendor", Owner.NOBODY: "nobody"}
MADE = "<!-- Written by `make docs` from the tables in flows/. Change those, not this page. -->"


def troubleshooting(words: Words) -> str:
    """Give docs/troubleshooting.md: each reason with symptom, fix and whose move it is."""
    lines = [MADE, "", "# Troubleshooting", "", "What the app says when something is refused, and what mends it.", ""]
    lines += ["| Reason | What went wrong | What to do | Whose move | Rules |", "|---|---|---|---|---|"]
    for reason in Reason:
        if reason is Reason.OK:
            continue
        rules = ", ".join(f"`{rule.id}`" for rule in RULES if rule.reason is reason) or "drawn from all rows"
        texts = (_text(words, f"reason.{reason}.{part}") for part in ("what", "next"))
        lines.append("| " + " | ".join((f"`{reason}`", *texts, OWNERS[owner_of(reason)], rules)) + " |")
    causes = ("retype", "flags", "locked", "policy")
    lines += ["", "## Invalid username or password, cause by cause", ""]
    for cause in causes:
        lines.append(f"- {_text(words, f'reason.{Reason.INVALID_CREDENTIALS}.{cause}')}")
        lines.append(f"  {_text(words, f'help.{cause}.text')}")
    return "\n".join(lines) + "\n"


def states(words: Words) -> str:
    """Give docs/states.md: the steps, and who may press or send what, when."""
    lines = [MADE, "", "# States", "", "## Steps", ""]
    lines += ["| Step | Title | Ends by | Workday tasks | Rights |", "|---|---|---|---|---|"]
    for step, row in STEPS.items():
        name = words.say(f"step.{step}.title")
        cells = (f"`{step}`", name, row.kind, ", ".join(row.tasks) or "-", ", ".join(row.rights) or "-")
        lines.append("| " + " | ".join(cells) + " |")
    lines += _rules("Button", PRESSES) + _rules("Form", SENDS)
    return "\n".join(lines) + "\n"


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
    plain = re.sub(r"\*(\S(?:.*?\S)?)\*", r"**\1**", words.say(key, names))
    return plain.replace("\n", " ").replace("|", "\\|").replace("•", "·")


PAGES = {"troubleshooting.md": troubleshooting, "states.md": states}


def write(folder: Path) -> None:
    """Write every page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(load_words()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
