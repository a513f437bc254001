"""Messages that stand by themselves: what `Say`, `Whisper` and `TellStaff` turn into; no card, no sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.cards.context import Scene, human, new_password
from flows.cards.parts import Button, Buttons, Card, Controls, Part, Small, Text
from flows.cards.pasted_fault import is_known, pasted
from flows.cards.placeholders import mention
from flows.cards.problem_card import cause_text, is_spent, quote, seen_of
from flows.cards.staff import lines
from flows.cards.staff.advice import moves
from flows.cards.staff.brief import noted, opened
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Observation
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_cause_table import USUAL_LINES
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.attempt import Hitch
from flows.link.effects import Say, TellStaff, Whisper
from flows.link.events import Action, Form
from flows.link.standing import State, reason_of, state_of
from flows.link.state import Link, Person, Status, Step
from flows.link.steps import row_of
from flows.link.walk import ADDRESS
from flows.words import Plain

ANSWERS = {"staff.called": Action.COMING, "staff.owner_gone": Action.TAKE}
"""The press that answers a notice, where one does; it works in the thread as well."""

OFFERS: Mapping[str, Callable[[Scene], Button]] = {
    "say.call_staff": lambda scene: scene.button(Action.COMING),
    "answer.data": lambda scene: scene.button(Action.SHEET),
    "answer.address": lambda scene: scene.button(Action.BACK, "button.to_service_url", value=Step.SERVICE_URL),
    "answer.address_linked": lambda scene: scene.button(
        Action.OPEN_FORM, "button.relink", value=ADDRESS, form=Form.RELINK
    ),
}
"""The press that a message of the thread brings along."""

PASTED = ".pasted"
"""Ends the key of what is said of a fault that somebody pasted, rather than of one that we met."""
BY_PASTED = {f"reason.{reason}{PASTED}": reason for reason in Reason}
BY_CHAT = {f"reason.{reason}.chat": reason for reason in Reason}
MENDED = frozenset(
    f"signon.{said}"
    for said in (
        *(SignOnCause.SUCCESS, SignOnCause.DISABLED, SignOnCause.ACCOUNT_EXPIRED, SignOnCause.NEW_PASSWORD_REQUIRED),
        *(SignOnCause.DELEGATED, SignOnCause.SECURITY_QUESTIONS, SignOnCause.SESSION_TIMEOUT),
    )
)
"""Sign-on causes after which the same password is the right one."""

REFUSED = f"reason.{Reason.INVALID_CREDENTIALS}.chat"
HITCHED = frozenset({"say.new_untried"} | {f"hitch.{hitch}{new}" for hitch in Hitch for new in ("", "_new")})
TO_NEW_PASSWORD = HITCHED | {REFUSED, f"reason.{Reason.INVALID_CREDENTIALS}{PASTED}"}
"""Of a finished link, these lead to a new password."""


def said(scene: Scene, effect: Say) -> Card:
    """Draw one message of the thread."""
    names = _names(scene, effect.names)
    if effect.key in BY_PASTED:
        texts = pasted(scene, BY_PASTED[effect.key])
    elif effect.key.startswith("reason."):
        reason = effect.key.removesuffix(".chat")
        has_lines = reason == "reason.invalid_credentials" and not row_of(scene.link.setup).bearer
        lines = USUAL_LINES if has_lines else ()
        texts = [scene.say(key) for part in ("what", "next", *lines) if is_known(scene, key := f"{reason}.{part}")]
        if (chat := BY_CHAT.get(effect.key)) and (quoted := quote(scene, seen_of(scene.link, chat))):
            texts.insert(1, quoted)
        # What was entered last on a finished link was a new password, which is not kept.
        if effect.key.endswith(".chat") and not row_of(scene.link.setup).bearer:
            texts.append(f"{scene.say('say.new_refused')} {scene.say('tries.rule')}")
    else:
        texts = [scene.say(effect.key, **names), *(_retried(scene) if effect.key in MENDED else ())]
    parts: tuple[Part, ...] = tuple(Text(text=text) for text in texts)
    offers = (OFFERS[effect.key](scene),) if effect.key in OFFERS else ()
    if answers := (*_answers(scene, effect.key), *offers):
        # Such a message is never drawn anew: after a hand-over somebody else may press its buttons.
        parts = (*parts, Buttons(buttons=tuple(replace(one, only=()) for one in answers)))
    return Card(parts=parts)


def _answers(scene: Scene, key: str) -> tuple[Button, ...]:
    """Return the buttons of what is said of a finished link that may not work any more."""
    if scene.link.step is not Step.LINKED:
        return ()
    renewed = (new_password(scene), *human(scene)) if key in TO_NEW_PASSWORD else ()
    is_looked_at = key in BY_PASTED and scene.link.status is Status.LINKED and scene.link.setup.can_sign_in
    return (*((scene.button(Action.LOOK),) if is_looked_at else ()), *renewed)


def _retried(scene: Scene) -> tuple[str, ...]:
    """Say where the same password is tried once more, if there is a way now."""
    link, state = scene.link, state_of(scene.link)
    if link.status is Status.LINKED:
        return (scene.say("signon_then.look"),)
    if state is State.HITCH and link.attempt.hitch is Hitch.COOLING:
        return (scene.say("signon_then.later"),)
    is_refused = state is State.TROUBLE and reason_of(link) is Reason.INVALID_CREDENTIALS
    if is_refused and is_spent(scene):
        return (scene.say("signon_then.later"),)
    return (scene.say("signon_then.same"),) if is_refused else ()


def whispered(scene: Scene, effect: Whisper) -> str:
    """Return the words of a whisper."""
    return scene.say(effect.key, **_names(scene, effect.names))


ALOUD = {f"whisper.{key}": f"say.{key}" for key in ("secret_key", "secret_ended")}
"""What is said of a secret in the thread in place of a whisper, where it is not `say.secret`."""


def overheard(scene: Scene, effect: Whisper) -> str:
    """Return the words for the thread when a whisper cannot be shown to the person alone."""
    key = ALOUD.get(effect.key, "say.secret")
    return scene.say(key, person=mention(effect.person))


OF_THE_APP = frozenset(
    f"staff.{key}" for key in ("audit_head", "frozen", "second_app", "staff_channel_shared", "thawed", "unrenewed")
)
"""Notices that are about no link, although they come with the errands of one."""


SAYS_ITS_MOVE = frozenset(
    f"staff.{key}"
    for key in (
        *("handoff", "handoff_gone", "held", "refused", "sheet", "wrote", "question", "elsewhere", "crowded"),
        *("unshared", "other_environment"),
    )
)
"""Notices about something else than where the link stands: that it works, or whose move it is, is no answer to them."""


def notice(scene: Scene, effect: TellStaff, thread: str) -> Card:
    """Draw a notice for our own people: what it is, where the link stands, what to do next, and the presses for that.

    `thread` is a link to the conversation.
    """
    what = Text(text=told(scene, effect, thread))
    if effect.key in OF_THE_APP:
        return Card(parts=(what,))
    answer = ANSWERS.get(effect.key)
    presses: tuple[Part, ...] = (Buttons(buttons=(scene.button(answer),)),) if answer else ()
    move = () if effect.key in SAYS_ITS_MOVE else (Text(text=scene.say("digest.move", move=Plain(moves(scene)[0]))),)
    return Card(
        parts=(
            what,
            Small(text=lines.line(scene, "")),
            *move,
            *presses,
            Controls(controls=(*opened(scene), noted(scene))),
        )
    )


def told(scene: Scene, effect: TellStaff, thread: str) -> str:
    """Return the words for our own people; `thread` is a link to the conversation."""
    seen = _seen(scene.link)
    evidence = _evidence(seen) if seen else scene.say("staff.nothing_seen")
    likely = scene.link.attempt.likely[:1]
    cause = scene.words.listed(cause_text(scene, one) for one in likely) or scene.say("staff.no_cause")
    answer = scene.say("staff.last_answer", evidence=evidence, cause=cause) if seen else evidence
    names = {"step": scene.link.step, **effect.names}
    return scene.say(effect.key, thread=thread, evidence=evidence, answer=answer, **_names(scene, names))


def _seen(link: Link) -> Observation | None:
    """Return the answer that is told of: what a step was refused by, or what is wrong with a finished link."""
    trouble, issue = link.attempt.trouble, link.open_issue
    if trouble or issue is None:
        return trouble.evidence if trouble else None
    return seen_of(link, issue.reason)


def _evidence(seen: Observation) -> str:
    said = (
        seen.operation,
        str(seen.http_status or seen.transport),
        seen.fault_code or seen.error_code,
        seen.fault_text,
    )
    return " · ".join((*(part for part in said if part), diagnose(seen).rule_id, seen.request_ids))


def _names(scene: Scene, names: dict[str, str]) -> dict[str, str]:
    found = dict(names)
    if "step" in found:
        found["step"] = scene.say(f"step.{found['step']}.title")
    if "person" in found:
        found["person"] = mention(Person(user_id=found["person"]))
    return found
