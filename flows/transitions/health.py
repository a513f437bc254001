"""What a finished link goes through: quiet checks, issues that open and close, a set-up that is done anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Owner, Stops, Verdict
from flows.link.attempt import Recheck
from flows.link.effects import Decision, Effect, TellStaff
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Issue, Last, Link, Status
from flows.link.steps import STEPS, refuses
from flows.permissions import Way
from flows.schedule.attention import UNLOOKED
from flows.schedule.office_hours import local_day
from flows.transitions.moves import begin_check, is_enough, show_card, show_nudge, stay

LOOKS_SOON = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4))
"""How soon a quiet look that brought no answer is made once more."""

BY_CHANCE = 2
"""How many silent answers in a row say nothing yet: the next one is an outage that people see."""


def look_quietly(link: Link, now: datetime) -> Decision:
    """Ask Workday without anybody's press: all of a finished link, else what its step ends with."""
    kind = CheckKind.FULL if link.status is Status.LINKED else STEPS[link.step].check or CheckKind.FULL
    return begin_check(link, kind, now, by_hand=False)


def looked_after(
    link: Link, finding: Finding, rules: Rulebook, now: datetime, *, by_hand: bool, before: Finding | None
) -> Decision:
    """Take what a check of a finished link came to: no change stays without a sound.

    `before` holds the verdicts that its cards were drawn from.
    """
    if not by_hand and finding.reason.traits.outage and not link.open_issue and not _is_lasting(link):
        return Decision(link=look_soon(link, now))
    link = replace(link, attempt=replace(link.attempt, recheck=None))
    decision = _well(link, rules, now) if is_enough(link, finding) else _unwell(link, finding, before, now)
    if not by_hand:
        return decision
    shown = stay(_looked(link, decision.link, finding, now))
    return replace(shown, effects=(*shown.effects, *(one for one in decision.effects if one not in shown.effects)))


def _looked(before: Link, after: Link, finding: Finding, now: datetime) -> Link:
    """Say that somebody has looked, where the answer is no news: whoever pressed has to see that it came."""
    if after.last != before.last:
        return after
    kind = "well" if after.open_issue is None else "away" if finding.reason.traits.outage else "unwell"
    return replace(after, last=Last(key=f"looked_{kind}", at=now))


def look_soon(link: Link, after: datetime) -> Link:
    """Look at a finished link again within minutes, because Workday's answer did not come; then as every day."""
    ladder = link.attempt.recheck
    number = ladder.attempt + 1 if ladder else 0
    again = (
        Recheck(since=ladder.since if ladder else after, attempt=number, at=after + LOOKS_SOON[number])
        if number < len(LOOKS_SOON)
        else None
    )
    return replace(link, attempt=replace(link.attempt, recheck=again))


def not_looked(link: Link, after: datetime) -> Decision:
    """Look again soon after a quiet look that was refused or interrupted; after a day of those tell our own people."""
    told = (TellStaff(key="staff.unlooked"),) if _is_now_unlooked(link, after) else ()
    return Decision(link=look_soon(replace(link, asked_at=after), after), effects=told)


def _is_now_unlooked(link: Link, after: datetime) -> bool:
    """Tell whether the last look that saw anything lies too long ago now, and did not at the try before this one."""
    if link.looked_at is None:
        return False
    before = (link.asked_at or link.looked_at) - link.looked_at
    return before < UNLOOKED <= after - link.looked_at


def _is_lasting(link: Link) -> bool:
    """Tell whether Workday has been silent more often than by chance."""
    return link.attempt.recheck is not None and link.attempt.recheck.attempt + 1 >= BY_CHANCE


def _well(link: Link, rules: Rulebook, now: datetime) -> Decision:
    after = resolved(link, now)
    due = link.setup.expiry.due if link.setup.expiry else None
    if due and due < local_day(link, now, rules) and link.setup.way is Way.PASSWORD:
        # It works after its end, so it was changed or exempted; which of the two is asked in time.
        setup = replace(link.setup, expiry=Expiry(kind=ExpiryKind.UNKNOWN), expiry_at=now)
        after = replace(after, setup=setup, touched=now)
    changed = (after.issue, after.setup.expiry) != (link.issue, link.setup.expiry)
    return Decision(link=after, effects=show_card(after) if changed else ())


def resolved(link: Link, now: datetime) -> Link:
    """Close the open issue, if there is one; what is known about it stays."""
    if link.open_issue is None:
        return link
    return replace(link, issue=replace(link.open_issue, resolved=now), last=Last(key="recovered", at=now))


def _unwell(link: Link, finding: Finding, drawn: Finding | None, now: datetime) -> Decision:
    before = link.issue
    is_silent = finding.reason.traits.stops is Stops.CHECK
    if before and not before.resolved and is_silent and before.reason.traits.stops is not Stops.CHECK:
        # Silence takes back nothing of what Workday said before.
        return Decision(link=link)
    is_away = before is not None and before.reason.traits.outage and finding.reason.traits.outage
    if before and not before.resolved and (is_away or before.reason is finding.reason):
        # One absence may look now like this and now like that.
        issue = replace(before, reason=finding.reason, last_seen=now)
        after = replace(link, issue=issue)
        is_now_long = issue.is_long_away and not before.is_long_away
        is_other = issue.reason is not before.reason or _refused(drawn) != _refused(link.setup.matrix)
        shown = (*show_card(after), *show_nudge(after, standing=True)) if is_now_long or is_other else ()
        return Decision(link=after, effects=(*shown, *((TellStaff(key="staff.away"),) if is_now_long else ())))
    raised = before.raised + 1 if before and before.reason is finding.reason else 1
    issue = Issue(reason=finding.reason, first_seen=now, last_seen=now, raised=raised)
    came_to = "away" if finding.reason.traits.outage else "ours" if is_in_between(finding) else "attention"
    link = replace(link, issue=issue, last=Last(key=came_to, at=now))
    staff: tuple[Effect, ...] = told_ours(finding)
    return Decision(link=link, effects=(*show_card(link), *staff))


def _refused(matrix: Finding | None) -> tuple[tuple[str, ...], ...]:
    """Return what a card names of the verdicts on permissions."""
    return (matrix.ids(Verdict.DENIED), matrix.ids(Verdict.EMPTY)) if matrix else ()


def is_in_between(finding: Finding) -> bool:
    """Tell whether something of ours stands between us and Workday, which has said nothing."""
    return finding.owner is Owner.US and finding.reason.traits.stops is Stops.CHECK


def told_ours(finding: Finding) -> tuple[TellStaff, ...]:
    """Tell our own people of what only they can mend, or read."""
    if finding.owner is not Owner.US:
        return ()
    return (TellStaff(key="staff.ours" if is_in_between(finding) else "staff.unknown_answer"),)


def is_refused(link: Link) -> bool:
    """Tell whether what it signs in with is what Workday refuses."""
    return link.open_issue is not None and refuses(link.setup, link.open_issue.reason)
