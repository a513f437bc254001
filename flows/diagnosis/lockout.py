"""Lockout protection: what a check did with a password or a client, for whoever counts; it counts and asks nothing.

No answer counts as a bad login, because it may hide a rejection, and is yet told apart from one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Content, Layer, Observation, Report, Transport
from flows.diagnosis.reasons import Login

PAUSE: Final = timedelta(minutes=30)
"""For so long a sign-in that failed counts."""

_SIGNED: Final = frozenset({Layer.LOGIN, Layer.PERMISSION})
NOT_SENT: Final = frozenset(
    {
        *(Transport.DNS, Transport.ADDRESS_REFUSED, Transport.CONNECT, Transport.TLS),
        *(Transport.UNSENDABLE, Transport.HELD_BACK),
    }
)
"""Failures before a password could have reached Workday."""
_BAD: Final = (Login.REJECTED, Login.NO_ANSWER)
_WORST_FIRST: Final = (*_BAD, Login.ACCEPTED, Login.NOT_TRIED)


def login_of(seen: Observation) -> Login:
    """Return what became of the password in one request."""
    if seen.layer not in _SIGNED or seen.bearer:
        return Login.NOT_TRIED
    if seen.transport:
        return Login.NOT_TRIED if seen.transport in NOT_SENT else Login.NO_ANSWER
    login = diagnose(seen).reason.traits.login
    is_fault = seen.content is Content.XML and bool(seen.fault_code or seen.fault_text) and not seen.malformed
    if seen.layer is Layer.PERMISSION and is_fault and login is Login.NO_ANSWER:
        # Asked only after the same password was accepted, and a rejection is known by its code whatever its words.
        return Login.ACCEPTED
    return login


def outcome_of(report: Report) -> Login:
    """Return what became of the password in a whole check: the worst that any of its requests came to."""
    seen = {login_of(one) for one in report.observations}
    return next((login for login in _WORST_FIRST if login in seen), Login.NOT_TRIED)


def may_be_bad(seen: Observation) -> bool:
    """Return whether a request counts as a bad login."""
    return login_of(seen) in _BAD


def is_harmless(report: Report) -> bool:
    """Return whether none of the requests of a check counts as a bad login."""
    return outcome_of(report) not in _BAD


def spares_client(report: Report) -> bool:
    """Return whether a check gave Workday no reason to lock the API client: nothing of it was refused."""
    return not any(
        seen.layer is Layer.TOKEN and diagnose(seen).reason.traits.login is Login.REJECTED
        for seen in report.observations
    )
