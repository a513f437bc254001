"""What of a change our own people are told at once, and once: a row for each kind of news; sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flows.diagnosis.reasons import Owner
from flows.link.effects import Decision, TellStaff
from flows.link.events import DELETED
from flows.link.state import Link, Status


def _is_linked(before: Link, after: Link) -> bool:
    return before.status is not Status.LINKED and after.status is Status.LINKED and _says(after, "linked")


def _is_relinked(before: Link, after: Link) -> bool:
    return before.status is not Status.LINKED and after.status is Status.LINKED and _says(after, "relinked")


def _says(link: Link, key: str) -> bool:
    return link.last is not None and link.last.key == key


def _fails(before: Link, after: Link) -> bool:
    """Tell whether something was found wrong that the customer's admin has to mend; the rest is told elsewhere.

    What was wrong before a set-up was opened again, and is so still, is no news when that is given up.
    """
    if _says(after, "kept") and not _says(before, "kept"):
        return False
    new, old = after.open_issue, before.open_issue
    is_new = new is not None and (old is None or old.reason is not new.reason)
    return is_new and new is not None and new.reason.traits.owner is Owner.ADMIN


NEWS: dict[str, Callable[[Link, Link], bool]] = {
    "staff.linked": _is_linked,
    "staff.relinked": _is_relinked,
    "staff.failing": _fails,
}


OUTDATED: dict[str, Callable[[Link], bool]] = {
    "staff.frozen": lambda link: link.frozen is None,
    "staff.gone": lambda link: link.admin is None or link.admin.present,
    "staff.called": lambda link: link.called is None,
    **dict.fromkeys(
        ("staff.undeliverable", "staff.archived", DELETED, "staff.not_allowed", "staff.token"),
        lambda link: link.blocked is None,
    ),
}
"""Notices that ask for what is no longer to be done, once their link stands otherwise."""


def is_outdated(link: Link, told: TellStaff) -> bool:
    """Tell whether a notice that waited, as while Slack shut us out, asks for what is no longer to be done."""
    return told.key in OUTDATED and OUTDATED[told.key](link)


def with_staff_news(before: Link, decision: Decision) -> Decision:
    """Add the notices that a change is worth."""
    told = tuple(TellStaff(key=key) for key, is_so in NEWS.items() if is_so(before, decision.link))
    return replace(decision, effects=(*decision.effects, *told)) if told else decision
