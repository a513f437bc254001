"""What a message in the thread does to a link; it was read and understood before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.access import may_say
from flows.link.effects import Decision, Say, TellStaff
from flows.link.events import (
    Form,
    Heard,
    Intent,
    Submitted,
)
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Step
from flows.transitions import check_results as outcomes
from flows.transitions.forms import submitted
from flows.transitions.leaked_secrets import posted
from flows.transitions.moves import say


def heard(link: Link, event: Heard, now: datetime, rules: Rulebook) -> Decision:
    """Answer one message of somebody who has a say in it; of anybody else only a posted secret counts."""
    if not may_say(link, event):
        return Decision(link=link)
    match event.intent:
        case Intent.SECRET:
            return posted(link, event, rules)
        case Intent.HELP:
            return Decision(link=link, effects=(say(f"say.help.{link.step}"),))
        case Intent.FAULT if event.reason:
            return Decision(link=link, effects=(say(f"reason.{event.reason}.chat"),))
        case Intent.SIGN_ON if event.sign_on:
            return outcomes.explained(link, event.sign_on, now)
        case Intent.QUESTION:
            return _asked(link, event)
        case Intent.URL if link.step is Step.SERVICE_URL:
            typed = Submitted(
                actor=event.actor,
                form=Form.SERVICE_URL,
                step=link.step,
                revision=link.revision,
                pasted=event.pasted,
            )
            decision = submitted(link, typed, now, rules)
            wrong = decision.refusal.fields.get("url") if decision.refusal else None
            return Decision(link=link, effects=(Say(key=wrong),)) if wrong else decision
        case _:
            return Decision(link=link)


QUESTION = "question"
"""Where `answered` notes that a question was handed on; the next one counts after the link has moved."""


def _asked(link: Link, event: Heard) -> Decision:
    """Hand on what the app has no answer to, once between two moves of the link."""
    if link.answered.get(QUESTION, 0) >= link.revision:
        return Decision(link=link)
    link = replace(link, answered={**link.answered, QUESTION: link.revision})
    told = TellStaff(key="staff.question", names={"person": event.actor.user_id})
    return Decision(link=link, effects=(say("say.question"), told))
