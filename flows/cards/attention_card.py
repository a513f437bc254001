"""The card of a finished link that does not work any more: what is wrong, and the one press that mends or proves it."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.context import Scene, human, new_password
from flows.cards.parts import Button, Buttons, Part, Text
from flows.cards.placeholders import rows_of
from flows.cards.problem_card import (
    SHOWN_ROWS,
    advising,
    counted,
    is_spent,
    may_look,
    missing,
    quote,
    reason_text,
    seen_of,
    spent_until,
)
from flows.cards.sign_on_card import causes
from flows.diagnosis.reasons import Field as AnswerField
from flows.diagnosis.reasons import Owner, Reason, Verdict
from flows.link.events import Action, Form
from flows.link.standing import has_expired
from flows.link.state import Cause, Issue, Link

LOOKED = frozenset({"looked_away", "looked_unwell"})
"""What somebody's look at a link that is not well came to, where that is no news."""


def attention(scene: Scene, issue: Issue) -> list[Part]:
    """Say what is wrong with a finished link and give the one press that mends or proves it, then the rows refused."""
    found = scene.link.setup.matrix
    bad = (*found.ids(Verdict.DENIED), *found.ids(Verdict.EMPTY)) if found else ()
    has_rows = bool(bad) and issue.reason.traits.field is AnswerField.PERMISSIONS
    what = what_is_wrong(scene, issue)
    lost = works_partly(scene.link, issue)
    is_refused = issue.reason is Reason.INVALID_CREDENTIALS
    parts: list[Part] = [
        Text(text="\n".join((attention_line(scene), *_looked(scene.link, scene)))),
        Text(text=f"{counted(scene, found)} {what}" if found and has_rows and not lost else what),
        Text(text=_what_next(scene, issue)),
        Buttons(buttons=(*mends(scene, issue), *human(scene), scene.button(Action.EVIDENCE, form=Form.EVIDENCE))),
    ]
    if is_refused:
        parts += causes(scene)
    return [*parts, *missing(scene, found, bad)] if found and has_rows else parts


def _looked(link: Link, scene: Scene) -> tuple[str, ...]:
    """Return a line on what the last press of *Check now* came to, where nothing has happened since."""
    if link.last is None or link.last.key not in LOOKED:
        return ()
    said = scene.say(f"last.{link.last.key}")
    return (scene.say("parent.last", last=said, when=scene.words.moment(link.last.at)),)


def _what_next(scene: Scene, issue: Issue) -> str:
    if scene.link.keeps_new:
        return scene.say("issue.kept_new")
    if (until := spent_until(scene)) and is_spent(scene):
        return scene.say("issue.spent", until=scene.words.moment(until))
    if issue.is_long_away:
        return scene.say("issue.away_long")
    if issue.reason is not Reason.INVALID_CREDENTIALS:
        return reason_text(scene, advising(issue.reason, scene.link.setup.matrix), "next")
    return scene.say("issue.renew" if has_expired(scene.link) else "issue.refused")


def attention_line(scene: Scene) -> str:
    """Return the line that says since when a finished link does not work, or Workday is away."""
    away = scene.link.open_issue is not None and scene.link.open_issue.reason.traits.owner is Owner.NOBODY
    return scene.say("parent.away" if away else "parent.attention")


def what_is_wrong(scene: Scene, issue: Issue) -> str:
    """Return what is wrong with a finished link; an expiry that was announced goes by its date."""
    if has_expired(scene.link):
        return scene.say("issue.announced" if Cause.PASSWORD in scene.link.nudged else "issue.expired")
    lost = works_partly(scene.link, issue)
    if not lost:
        said = quote(scene, seen_of(scene.link, issue.reason))
        return " ".join(filter(None, (reason_text(scene, issue.reason, "what"), said)))
    policies = [row.policy for row in rows_of(scene.link, scene.rules) if row.id in lost]
    askable = scene.link.setup.matrix.askable if scene.link.setup.matrix else len(lost)
    named = scene.words.listed(policies[:SHOWN_ROWS])
    return scene.say("issue.partly", denied=str(len(lost)), askable=str(askable), policies=named)


def works_partly(link: Link, issue: Issue) -> tuple[str, ...]:
    """Return the permissions that a finished link has lost while all the others work; empty in any other case."""
    found = link.setup.matrix
    if found is None or issue.reason is not Reason.PERMISSIONS_MISSING or found.ids(Verdict.EMPTY):
        return ()
    return found.ids(Verdict.DENIED) if found.granted else ()


def mends(scene: Scene, issue: Issue) -> tuple[Button, ...]:
    """Return the buttons that mend a finished link, or show that it is mended."""
    look = (scene.button(Action.LOOK),) if may_look(scene) else ()
    match issue.reason.traits.field:
        case AnswerField.CREDENTIALS:
            return (new_password(scene), *look)
        case AnswerField.CLIENT | AnswerField.REFRESH_TOKEN | AnswerField.ENDPOINT:
            key = "button.new_key" if issue.reason is Reason.JWT_KEY_EXPIRED else "button.relink"
            first = scene.button(Action.OPEN_FORM, key, form=Form.RELINK)
            return (replace(first, primary=True), *look)
        case _:
            moved = (scene.button(Action.OPEN_FORM, "button.relink", form=Form.RELINK),) if issue.is_long_away else ()
            return (*(replace(one, primary=True) for one in look), *moved)
