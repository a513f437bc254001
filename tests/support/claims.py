"""What our sentences claim of a link, as predicates over what is known of it; it knows the cards by their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card
from flows.diagnosis.reasons import Owner
from flows.link.attempt import Hitch
from flows.link.rulebook import Rulebook
from flows.link.state import Cause, Link, Outcome, Status
from flows.schedule.office_hours import local_day
from flows.schedule.wakeups import next_wake
from flows.words import Entry, Words, load_words


class Listening(Words):
    """Words that remember what they were asked for."""

    def __init__(self, words: Words) -> None:
        super().__init__({key: words.entry(key) for key in words.keys}, words.locale)
        self.asked: set[str] = set()

    def entry(self, key: str) -> Entry:
        self.asked.add(key)
        return super().entry(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A link at a moment, and what has happened to it before.

    `was_told` means our own people, `was_refused` the password by Workday, `was_answered` that Workday has answered
    since the newest reminder.
    """

    link: Link
    rules: Rulebook
    now: datetime
    was_told: bool
    was_refused: bool
    was_answered: bool

    @property
    def goes_on(self) -> bool:
        """Tell whether the link is woken by itself, or stands still and says so elsewhere."""
        return bool(self.link.blocked or self.link.frozen or next_wake(self.link, self.rules))

    @property
    def today(self) -> datetime:
        """A whole day is left for whoever reads in another zone."""
        return self.now + timedelta(days=1)


def _is_open(known: Known, *, away: bool) -> bool:
    issue = known.link.open_issue
    return issue is not None and (issue.reason.traits.owner is Owner.NOBODY) is away


def _is_ended(known: Known) -> bool:
    return known.link.status is Status.CANCELLED and not known.link.secrets


def _is_cooling(known: Known) -> bool:
    return known.link.attempt.hitch is Hitch.COOLING and known.link.cooling_until is not None


def _is_kept(known: Known) -> bool:
    """Tell whether what was entered is tried when the pause is over."""
    account = known.link.setup.account
    return bool(known.goes_on and known.link.setup.can_sign_in and account and not account.refused)


def _is_spared(known: Known) -> bool:
    account = known.link.setup.account
    return _is_cooling(known) and known.goes_on and account is not None and account.worked_at is not None


def _waits_for_approval(known: Known) -> bool:
    return known.link.status is Status.PAUSED and known.link.approval is not None


def _is_approval_due(known: Known) -> bool:
    day = known.link.approval
    return _waits_for_approval(known) and day is not None and day <= known.today.date()


def _is_announced(known: Known) -> bool:
    due = known.link.setup.expiry.due if known.link.setup.expiry else None
    return Cause.PASSWORD in known.link.nudged and due is not None and due < known.today.date() and known.was_refused


def _is_ahead(known: Known) -> bool:
    due = known.link.setup.expiry.due if known.link.setup.expiry else None
    return due is not None and due >= local_day(known.link, known.now, known.rules) - timedelta(days=1)


def _works_partly(known: Known) -> bool:
    return known.link.setup.matrix is not None and known.link.setup.matrix.granted > 0


def _is_burnt(known: Known) -> bool:
    return known.link.setup.burnt


CLAIMS: dict[str, Callable[[Known], object]] = {
    "parent.linked": lambda known: known.link.status is Status.LINKED and known.link.open_issue is None,
    "parent.attention": lambda known: _is_open(known, away=False),
    "parent.away": lambda known: _is_open(known, away=True),
    "parent.cancelled": _is_ended,
    "card.cancelled": _is_ended,
    "parent.approval": _waits_for_approval,
    "card.approval": _waits_for_approval,
    **dict.fromkeys(
        ("parent.paused_until", "card.paused_until"),
        lambda known: known.link.status is Status.PAUSED and known.goes_on,
    ),
    "card.burnt": _is_burnt,
    "card.burnt_linked": _is_burnt,
    "card.forgotten": lambda known: not known.link.setup.can_sign_in,
    "trouble.again": lambda known: known.link.attempt.recheck and known.goes_on,
    "trouble.unsure": lambda known: not known.link.setup.is_trusted,
    "offer.ask": lambda known: known.link.attempt.offer,
    "hitch.back": lambda known: known.link.attempt.hitch is Hitch.BACK,
    **dict.fromkeys(("hitch.cooling", "hitch.cooling_client"), lambda known: _is_cooling(known) and _is_kept(known)),
    **dict.fromkeys(
        ("hitch.cooling_refused", "hitch.cooling_client_refused"),
        lambda known: _is_cooling(known) and not _is_kept(known),
    ),
    "hitch.spared": _is_spared,
    "reason.invalid_credentials.what": lambda known: known.was_refused,
    "reason.invalid_credentials.checked": lambda known: known.link.setup.account and known.link.setup.endpoint,
    "issue.announced": _is_announced,
    "issue.partly": _works_partly,
    "nudge.approval": _is_approval_due,
    "nudge.password": _is_ahead,
    "nudge.broken": lambda known: _is_open(known, away=False),
    "nudge.broken_partly": lambda known: _is_open(known, away=False) and _works_partly(known),
    "nudge.activation": lambda known: known.link.attempt.recheck,
    "nudge.gone": lambda known: known.link.doer and not known.link.doer.present,
    "nudge.nobody": lambda known: known.link.doer is None,
    "last.attention": lambda known: not (known.link.open_issue and known.link.open_issue.reason.traits.outage),
    "last.ours": lambda known: known.link.open_issue is None or known.link.open_issue.reason.traits.owner is Owner.US,
    "last.away": lambda known: not known.link.open_issue or known.link.open_issue.reason.traits.outage,
    "last.looked_well": lambda known: known.link.open_issue is None,
    "last.looked_unwell": lambda known: known.link.open_issue,
    "step.linked.lead": lambda known: known.link.status is Status.LINKED and known.link.setup.matrix,
    "outcome.expired": lambda known: known.was_refused,
    **{f"outcome.{Outcome.PROVED}_{cause}": lambda known: known.was_answered for cause in Cause},
}
"""Texts of the parent, the live card and the newest reminder, and what has to be so where they stand."""


@cache
def _telling(words: Words) -> frozenset[str]:
    return frozenset(key for key in words.keys if any("has been told" in line for line in words.raw(key)))


words = cache(lambda: Listening(load_words()))


def false_claims(known: Known) -> list[str]:
    """Name every text that stands in the thread right now and is not true."""
    heard = words()
    scene = Scene(known.link, known.rules, heard, known.now)
    telling = _telling(heard)
    assert scene.names
    # What was asked for by now stands nowhere yet.
    heard.asked.clear()
    drawn = (parent(scene), card(scene, len(known.link.cards) - 1))
    assert all(one.text for one in (*drawn, *((nudge(scene, known.link.nudge.number),) if known.link.nudge else ())))
    wrong = [key for key in heard.asked & CLAIMS.keys() if not CLAIMS[key](known)]
    return [*wrong, *(heard.asked & telling if not known.was_told else ())]
