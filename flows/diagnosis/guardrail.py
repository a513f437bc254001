"""Workday's guardrail against requests that it must refuse: what counts for it, and how many we allow ourselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Report
from flows.diagnosis.reasons import Reason

MOST: Final = 40
"""Dry runs stop once so many requests were refused within `WINDOW`; where Workday's own limit lies is not known."""

WINDOW: Final = timedelta(hours=1)

_REFUSED: Final = frozenset(
    {
        *(Reason.NOT_AUTHORIZED, Reason.REST_FORBIDDEN, Reason.REST_NOT_FOUND),
        *(Reason.OUR_REQUEST_REFUSED, Reason.BAD_VERSION, Reason.WRONG_SERVICE),
    }
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
