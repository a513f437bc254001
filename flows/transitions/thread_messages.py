"""What a message in the thread does to a link; it was read and understood before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flows.diagnosis.reasons import Owner
from flows.link.access.reading import may_say, roles_of
from flows.link.access.rows import OWN
from flows.link.effects import Decision, Effect, Say, Show, TellStaff
from flows.link.events import (
    Form,
    Heard,
    Intent,
    Submitted,
)
from flows.link.rulebook import Rulebook
from flows.link.standing import Mover, State, standing
from flows.link.state import Link, Status, Step
from flows.link.thread_messages import asks_for_address
from flows.tenant.service_url import Pasted
from flows.transitions.checks.likely_causes import explained
from flows.transitions.forms import submitted
from flows.transitions.leaked_secrets import posted
from flows.transitions.moves import card_slot

SAID, AGAIN = "said", timedelta(hours=4)
"""When anything was said last, kept in `answered` as a second; and how long a talk may pause and still be the same."""
ASIDE = "asked_aside"
"""Kept in `answered` for what somebody asked who is not the admin, of which only our own people hear."""

ENDED = "answer.ended"
"""What is said of a link that is over: none of its buttons is there any more."""

AFTERWARDS = frozenset({"api_client", "back", "environment", "existing_user", "group", "single_sign_on"})
"""Questions that a finished link answers with `answer.<question>_linked`: there is no step ahead any more."""


def heard(link: Link, event: Heard, now: datetime, rules: Rulebook) -> Decision:
    """Answer one message of somebody who has a say in it; of anybody else only a posted secret counts."""
    if not may_say(link, event):
        return Decision(link=link)
    match event.intent:
        case Intent.SECRET:
            return posted(link, event, rules)
        case Intent.HELP:
            # Their card is looked after, too: somebody may have deleted it.
            return Decision(link=link, effects=(_aside(f"say.help.{_topic(link, now)}"), Show(slot=card_slot(link))))
        case Intent.FAULT | Intent.SIGN_ON | Intent.QUESTION if link.status is Status.CANCELLED:
            return _answered(link, ENDED, now)
        case Intent.FAULT if event.reason:
            told = (_asked(event),) if event.reason.traits.owner is Owner.US else ()
            return _answered(link, f"reason.{event.reason}.pasted", now, *told)
        case Intent.SIGN_ON if event.sign_on:
            return explained(link, event.sign_on, now)
        case Intent.QUESTION if event.question:
            return _answered(link, _answer(link, event.question), now)
        case Intent.QUESTION if roles_of(link, event.actor) & OWN:
            return _answered(link, "say.question", now, _asked(event))
        case Intent.QUESTION:
            # It may as well be put to the admin, so nothing is said in between.
            return _once(link, ASIDE, now, _asked(event))
        case Intent.URL if asks_for_address(link):
            typed = Submitted(
                actor=event.actor,
                form=Form.SERVICE_URL,
                step=link.step,
                revision=link.revision,
                pasted=event.pasted,
            )
            decision = submitted(link, typed, now, rules)
            wrong = decision.refusal.fields.get("url") if decision.refusal else None
            return Decision(link=link, effects=(_aside(wrong),)) if wrong else decision
        case Intent.URL if event.pasted and event.pasted.candidates:
            return _unasked_address(link, event.pasted, now)
        case _:
            return Decision(link=link)


def _unasked_address(link: Link, typed: Pasted, now: datetime) -> Decision:
    """Say how an address is entered or changed where none is asked for; nobody is moved by what may be talk."""
    known = link.setup.endpoint
    if link.status is Status.CANCELLED:
        return _answered(link, ENDED, now)
    if known is None:
        return _answered(link, f"say.help.{_topic(link, now)}", now)
    if not typed.is_elsewhere(known):
        return Decision(link=link)
    state = f"_{link.status}" if link.status in {Status.PAUSED, Status.LINKED} else ""
    key = f"answer.address{state}"
    names = {"known_host": known.host, "typed_tenant": typed.tenant, "typed_host": typed.host}
    return _once(link, key, now, Say(key=key, names=names, aside=True))


def _topic(link: Link, now: datetime) -> str:
    """Name what helps: of a step that is in trouble that is not how the step is done."""
    found = standing(link, now)
    match found.state:
        case State.PAUSED | State.CANCELLED | State.CHECKING:
            return found.state
        case State.STEP | State.LINKED:
            return link.step
        case _:
            return "waits" if found.mover is Mover.NOBODY else "state"


def _answer(link: Link, question: str) -> str:
    """Name the answer to a common question: of a link that is done not everything is true any more."""
    if question == "back" and link.status is Status.PAUSED:
        # There is nothing but the way on until then.
        return f"say.help.{State.PAUSED}"
    if link.step is not Step.LINKED:
        return f"answer.{question}"
    if question == "how_long":
        return "say.help.linked"
    return f"answer.{question}_linked" if question in AFTERWARDS else f"answer.{question}"


def _answered(link: Link, key: str, now: datetime, *more: Effect) -> Decision:
    """Say something once in a talk, unless the link has moved: the second time it would help no more than the first."""
    return _once(link, key, now, _aside(key), *more)


def _once(link: Link, key: str, now: datetime, *effects: Effect) -> Decision:
    """Do something once in a talk.

    A link may stand at a step for days. What is asked then is another talk, and news to our own people.
    """
    second = int(now.timestamp())
    if link.answered.get(key) == link.revision and second - link.answered.get(SAID, 0) < AGAIN.total_seconds():
        return Decision(link=link)
    answered = {**link.answered, key: link.revision, SAID: second}
    return Decision(link=replace(link, answered=answered), effects=effects)


def _asked(event: Heard) -> TellStaff:
    return TellStaff(key="staff.question", names={"person": event.actor.user_id})


def _aside(key: str) -> Say:
    return Say(key=key, aside=True)
