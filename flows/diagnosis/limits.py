"""What of a check counts against Workday's limits: logins that may lock an account, requests that it must refuse.

It keeps no count and asks nothing. No answer counts as a bad login, because it may hide a rejection, and is yet told
apart from one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Content, Layer, Observation, Report, Transport
from flows.diagnosis.reasons import Login, Reason

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

MOST_REFUSED: Final = 40
"""Dry runs stop once so many requests were refused within `WINDOW`; where Workday's own limit lies is not known."""

WINDOW: Final = timedelta(hours=1)

_REFUSED: Final = frozenset(
    {
        *(Reason.NOT_AUTHORIZED, Reason.REST_FORBIDDEN, Reason.REST_NOT_FOUND),
        *(Reason.OUR_REQUEST_REFUSED, Reason.BAD_VERSION, Reason.WRONG_SERVICE),
    }
)


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


def refused(report: Report) -> int:
    """Count the requests of a check that Workday had to refuse: denied, or about something that does not exist."""
    deep = report.deep.observations if report.deep else ()
    return len(
        {
            seen.our_request_id
            for seen in (*report.observations, *deep)
            if seen.http_status is not None and (seen.write or diagnose(seen).reason in _REFUSED)
        }
    )
