"""The card of a refused sign-on: the possible causes as lines with their help; it judges none of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.cards.context import Scene, human
from flows.cards.parts import Buttons, Part, Row, Small, Text
from flows.cards.problem_card import facts, likely, reason_text
from flows.diagnosis.causes import Confidence, FactName, Hypothesis, RootCause
from flows.diagnosis.reasons import Reason
from flows.link.events import Action, Form
from flows.link.state import Step, Topic
from flows.words import Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One line of a refused sign-on: its words (`reason.invalid_credentials.<key>`), its help, what it stands for.

    An unusual one is shown only when the facts speak for it.
    """

    key: str
    topic: Topic
    causes: frozenset[RootCause]
    is_usual: bool = True


_C = RootCause

# In the order that costs the admin least; what is known about the link changes it.
DOUBTS: tuple[Doubt, ...] = (
    Doubt(key="refreshed", topic=Topic.REFRESHED, causes=frozenset({_C.SANDBOX_REFRESHED}), is_usual=False),
    Doubt(key="retype", topic=Topic.RETYPE, causes=frozenset({_C.PASSWORD_WRONG})),
    Doubt(key="name", topic=Topic.USER_NAME, causes=frozenset({_C.USER_NAME_WRONG, _C.OTHER_ENVIRONMENT})),
    Doubt(
        key="flags",
        topic=Topic.FLAGS,
        causes=frozenset(
            {
                *(_C.NEW_PASSWORD_REQUIRED, _C.ACCOUNT_DISABLED, _C.ACCOUNT_EXPIRED),
                *(_C.DELEGATED_AUTHENTICATION, _C.SECURITY_QUESTIONS, _C.SESSION_TIMEOUT),
            }
        ),
    ),
    Doubt(key="locked", topic=Topic.LOCKED, causes=frozenset({_C.ACCOUNT_LOCKED, _C.PASSWORD_EXPIRED})),
    Doubt(key="policy", topic=Topic.POLICY, causes=frozenset({_C.AUTHENTICATION_POLICY, _C.NETWORK_BLOCKED})),
)

TOLD_ANYWAY = frozenset({FactName.NAME_FORM_FINE, FactName.TENANT_ADDED, FactName.TENANT_TYPED})
"""Facts that the card of a refused sign-on states in its first sentence."""


def doubted(scene: Scene) -> tuple[tuple[Doubt, Hypothesis | None], ...]:
    """List the lines of a refused sign-on, the likeliest first, each with what speaks for it most."""
    link = scene.link
    best = [(row, next((one for one in link.likely if one.cause in row.causes), None)) for row in DOUBTS]
    found = sorted(((row, one) for row, one in best if one), key=lambda pair: link.likely.index(pair[1]))
    if link.step is Step.AUTH_POLICY:
        # The rule was made a moment ago, so it is looked at first.
        found.sort(key=lambda pair: pair[0].topic is not Topic.POLICY)
    return tuple(found) or tuple((row, None) for row in DOUBTS if row.is_usual)


def refused(scene: Scene) -> list[Part]:
    """Draw what may be behind a refused user name and password, the likeliest cause first."""
    parts: list[Part] = [Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "what"))]
    rows = doubted(scene)
    is_sure = bool(rows[0][1] and rows[0][1].confidence is Confidence.CERTAIN)
    if is_sure and rows[0][1]:
        parts.append(Text(text=likely(scene, rows[0][1])))
    else:
        parts.append(Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "next")))
    parts += [_doubt(scene, number, *row, is_sure=is_sure) for number, row in enumerate(rows, 1)]
    lines = ("tries",) if is_sure else ("report", "tries")
    parts += [Small(text=reason_text(scene, Reason.INVALID_CREDENTIALS, line)) for line in lines]
    again = scene.button(Action.CHECK)
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    # Where a slip is ruled out no line offers it, and a mended password has to be entered all the same.
    has_form = any(row.topic is Topic.RETYPE for row, _ in rows)
    form = () if has_form else (scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU),)
    return [*parts, Buttons(buttons=(*form, again, scene.button(Action.BACK), *human(scene), seen))]


def _doubt(scene: Scene, number: int, row: Doubt, one: Hypothesis | None, *, is_sure: bool) -> Part:
    if row.topic is Topic.RETYPE:
        button = scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU)
    else:
        button = scene.button(Action.HELP, "button.show_me", value=row.topic)
    key = f"{row.key}_rule" if row.topic is Topic.POLICY and scene.link.step is Step.AUTH_POLICY else row.key
    line = reason_text(scene, Reason.INVALID_CREDENTIALS, key)
    if not is_sure:
        line = scene.say("trouble.numbered", number=str(number), line=Plain(line))
    told = tuple(fact for fact in one.because if fact.name not in TOLD_ANYWAY) if one else ()
    if told and one and one.confidence is Confidence.LIKELY:
        line = scene.say("trouble.because", line=Plain(line), facts=facts(scene, told))
    return Row(text=line, button=replace(button, spoken=f"{button.text}: {line}"))
