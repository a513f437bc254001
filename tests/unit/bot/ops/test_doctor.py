"""The report on a live tenant names nobody, in whatever case Workday writes a name."""

from __future__ import annotations

from bot.ops.doctor import Patient, report
from flows.diagnosis.observations import Layer
from flows.workday.survey import Survey
from tests.support.links import ACCOUNT, ENDPOINT, seen


def test_what_workday_says_is_kept_without_the_customers_names() -> None:
    names = (ENDPOINT.host, ENDPOINT.tenant.upper(), ACCOUNT.user_name.lower())
    said = seen(
        Layer.LOGIN,
        http_status=500,
        fault_text=f"No entry for {names[2]}@{names[1]} on {names[0]}",
        error_code=names[1],
    )
    found = report(Survey(seen=[said]), Patient(endpoint=ENDPOINT, user=ACCOUNT.user_name))
    (line,) = found["answers"]
    assert (line["fault_text"], line["error"]) == ("No entry for USER@TENANT on HOST", "TENANT")
    assert not any(name.casefold() in str(found).casefold() for name in names)
