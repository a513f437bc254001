"""Owns custom reports that are enabled as web services, and their answers; must not know who may sign on how."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.workday.http import Answer, Outcome, json_answer


@dataclass(frozen=True, slots=True)
class Report:
    """A custom report: whose it is, the policies behind its data, and who may run it."""

    name: str
    owner: str
    policies: frozenset[str]
    readers: frozenset[str]


def answer(report: Report | None, caller: str | None, sees: Callable[[str], bool], entries: list[object]) -> Answer:
    """Return the report as JSON; `sees` tells whether its owner may view a policy. Exact bodies are unconfirmed."""
    operation = f"report {report.name}" if report else "report"
    if caller is None:
        refusal = {"error": "invalid username or password"}
        return json_answer(401, refusal, Outcome.AUTHENTICATION_FAULT, operation=operation)
    if report is None or caller not in report.readers:
        refusal = {"error": "permission denied"}
        return json_answer(403, refusal, Outcome.NOT_AUTHORIZED, operation=operation, account=caller)
    shown = entries if all(sees(policy) for policy in report.policies) else []
    outcome = Outcome.OK if shown else Outcome.EMPTY
    return json_answer(200, {"Report_Entry": shown}, outcome, operation=operation, account=caller)
