"""What will be sent, to whom and why, if nobody does anything: plays the clock of one link, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flows.link.effects import Decision, TellStaff
from flows.link.events import CheckBroken, Woke
from flows.link.rulebook import Rulebook
from flows.link.state import Cause, Link, Status
from flows.replacing import replace
from flows.schedule.office_hours import waiting_on
from flows.schedule.wakeups import next_move, wants_asking
from flows.transitions.decide import decide

MOST_STEPS = 10_000
"""The most moments of one link that are played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One message to come: `to` is a Slack user, or empty for the channel of our own people."""

    at: datetime
    link: Link
    to: str
    cause: Cause
    is_new: bool
    to_staff: bool = False


def forecast(
    link: Link, now: datetime, until: datetime, rules: Rulebook, *, most: int = MOST_STEPS
) -> Iterator[Planned]:
    """Play the link's clock up to `until`; checks are taken to bring no news, so quiet looks are passed over."""
    for _ in range(most):
        wake = next_move(link, rules)
        if wake is None or wake > until:
            return
        now = max(now, wake)
        if link.status is Status.LINKED and wants_asking(link, now):
            # The quiet look before a reminder brings no news and shows nothing: that it was made is all it leaves.
            link = replace(link, asked_at=now)
        decision = decide(link, Woke(), now, rules)
        yield from _planned(link, decision, now)
        link = decision.link
        if link.attempt.checking:
            silent = CheckBroken(check_id=link.attempt.checking.id)
            decision = decide(link, silent, now, rules)
            yield from _planned(link, decision, now)
            link = decision.link


def _planned(before: Link, decision: Decision, now: datetime) -> Iterator[Planned]:
    link, nudge = decision.link, decision.link.nudge
    # One that is only said in other words, as its day lies behind, is no message to come.
    if nudge is None or nudge.outcome or (before.nudge and replace(nudge, at=before.nudge.at) == before.nudge):
        return
    is_new = before.nudge is None or before.nudge.number != nudge.number
    yield Planned(at=now, link=link, to=waiting_on(link).user_id, cause=nudge.cause, is_new=is_new)
    for effect in decision.effects:
        if isinstance(effect, TellStaff):
            yield Planned(at=now, link=link, to=effect.to, cause=nudge.cause, is_new=True, to_staff=True)
