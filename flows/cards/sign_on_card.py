"""The card of a rejected sign-on: the possible causes as lines with their help; it judges none of them."""

from __future__ import annotations

from dataclasses import replace

from flows.cards.context import Scene, human, to_service_url
from flows.cards.parts import Button, Buttons, Confirm, Part, Row, Small, Text
from flows.cards.problem_card import facts, is_spent, likely, quoted, reason_text, tries_left
from flows.diagnosis.causes import Confidence, FactName, Hypothesis
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_cause_table import LINE_OF, USUAL_LINES, SignOnLine
from flows.link.events import Action, Form
from flows.link.state import Link, Step
from flows.words import Plain

TOLD_ANYWAY = frozenset({FactName.NAME_FORM_FINE, FactName.TENANT_ADDED, FactName.TENANT_TYPED})
"""Facts that the card of a rejected sign-on states in its first sentence."""


CHANGED = "changed"
"""What is said of a password that worked before, in place of a slip."""


def suspected(scene: Scene) -> tuple[tuple[SignOnLine, Hypothesis | None], ...]:
    """List the lines of a rejected sign-on, the likeliest first, each with what speaks for it most."""
    best: dict[SignOnLine, Hypothesis] = {}
    for one in scene.link.attempt.likely:
        if one.cause in LINE_OF:
            best.setdefault(LINE_OF[one.cause], one)
    found = list(best.items())
    if scene.link.step is Step.AUTH_POLICY:
        # The rule was made a moment ago, so it is looked at first.
        found.sort(key=lambda pair: pair[0] is not SignOnLine.POLICY)
    return tuple(found) or tuple((line, None) for line in USUAL_LINES)


def refused(scene: Scene) -> list[Part]:
    """Render what may be behind a rejected user name and password, the likeliest cause first."""
    said = ("what", "checked") if scene.link.setup.account and scene.link.setup.endpoint else ("what",)
    parts: list[Part] = [Text(text=" ".join(reason_text(scene, Reason.INVALID_CREDENTIALS, part) for part in said))]
    parts += quoted(scene, scene.link.attempt.trouble)
    lines = suspected(scene)
    first = lines[0][1]
    is_sure = first is not None and first.confidence is Confidence.CERTAIN
    if first and is_sure:
        parts.append(Text(text=likely(scene, first)))
    else:
        parts.append(Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "next")))
    parts += causes(scene)
    if not is_sure:
        parts.append(Small(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "report")))
    left = tries_left(scene)
    parts.append(Small(text=left))
    same = () if is_spent(scene) else (_same_again(scene, left),)
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    # Where a slip is ruled out no line offers it, and a mended password has to be entered all the same.
    has_form = any(line is SignOnLine.RETYPE for line, _ in lines)
    form = () if has_form else (scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU),)
    return [
        *parts,
        Buttons(buttons=(*form, *same, scene.button(Action.BACK), *to_service_url(scene), *human(scene), seen)),
    ]


def _same_again(scene: Scene, left: str) -> Button:
    again = scene.button(Action.CHECK, "button.same_again")
    sure = {part: scene.say(f"trouble.sure.{part}", left=Plain(left)) for part in ("title", "text", "yes", "no")}
    return replace(again, confirm=Confirm(**sure))


def causes(scene: Scene) -> list[Part]:
    """Return one line for each possible cause, with its help."""
    lines = suspected(scene)
    first = lines[0][1]
    is_sure = first is not None and first.confidence is Confidence.CERTAIN
    return [_row(scene, number, *line, is_sure=is_sure) for number, line in enumerate(lines, 1)]


def _said_of(scene: Scene, line: SignOnLine) -> str:
    """Name the words of a line as it is for this link."""
    if line is SignOnLine.POLICY and scene.link.step is Step.AUTH_POLICY:
        return f"{line}_rule"
    return CHANGED if line is SignOnLine.RETYPE and has_worked(scene.link) else line.value


def has_worked(link: Link) -> bool:
    """Tell whether Workday took the very password before, so that nobody has mistyped it."""
    return link.setup.account is not None and link.setup.account.worked_at is not None


def _row(scene: Scene, number: int, line: SignOnLine, one: Hypothesis | None, *, is_sure: bool) -> Part:
    if line is SignOnLine.RETYPE and scene.link.step is not Step.LINKED:
        button = scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU)
    else:
        # A finished link has the button for a new password above all causes.
        button = scene.button(Action.HELP, "button.show_me", value=line)
    text = reason_text(scene, Reason.INVALID_CREDENTIALS, _said_of(scene, line))
    if not is_sure:
        text = scene.say("trouble.numbered", number=str(number), line=Plain(text))
    told = tuple(fact for fact in one.because if fact.name not in TOLD_ANYWAY) if one else ()
    if told and one and one.confidence is Confidence.LIKELY:
        text = scene.say("trouble.because", line=Plain(text), facts=facts(scene, told))
    return Row(text=text, button=replace(button, spoken=f"{button.text}: {text}"))
