"""Owns the REST resources: paths, scopes and the policies that guard them; answers nothing."""

import re
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.workday.security import Right

TIME_OFF_AND_LEAVE = "Time Off and Leave"
STAFFING = "Staffing"
SYSTEM = "System"
CORE = "v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A path below a module, `{wid}` standing for a worker, `{id}` for a data source; `right` on any policy opens it.

    `named` is what a write has to name: the field, and the kind of thing.
    """

    module: str
    path: str
    scopes: tuple[str, ...]
    policies: tuple[str, ...]
    method: str = "GET"
    right: Right = Right.VIEW
    named: str = ""

    def match(self, path: str) -> re.Match[str] | None:
        """Match the rest of a request path."""
        return re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)), path)


_REPORTS = ("Worker Data: Public Worker Reports",)
_BALANCES = (
    "Worker Data: Time Off (Time Off Balances)",
    "Worker Data: Time Off (Time Off Balances Manager View)",
    "Worker Data: Leave of Absence",
)
_DETAILS = ("Worker Data: Time Off (Time Off)", "Worker Data: Time Off (Time Off Manager View)")
_REQUESTS = ("Request Time Off (REST Service)", "Request Leave of Absence (REST Service)")
_PAY_SLIPS = ("Reports: Pay Calculation Results for Worker (Results)", "Reports: Payroll (Payslips)")
_WQL = ("Workday Query Language", "WQL for Workday Extend")
_AREA = "Organizations and Roles"

# Module and version as they stand in the path; the old core API has a version only.
MODULES = frozenset({CORE, "absenceManagement/v1", "common/v1", "staffing/v6", "wql/v1", "privacy/v1"})


def _resource(module: str, path: str, scope: str, policies: tuple[str, ...], method: str = "GET") -> Resource:
    return Resource(module=module, path=path, scopes=(scope,), policies=policies, method=method)


RESOURCES = (
    _resource(CORE, "workers", STAFFING, _REPORTS),
    _resource(CORE, "workers/{wid}", STAFFING, _REPORTS),
    _resource(CORE, "organizations", _AREA, ("Reports: Organization (Organizations and Roles)",)),
    _resource("absenceManagement/v1", "workers", STAFFING, _REPORTS),
    _resource("absenceManagement/v1", "workers/{wid}", STAFFING, _REPORTS),
    _resource("absenceManagement/v1", "balances", TIME_OFF_AND_LEAVE, _BALANCES),
    _resource("absenceManagement/v1", "workers/{wid}/timeOffDetails", TIME_OFF_AND_LEAVE, _DETAILS),
    _resource(
        "absenceManagement/v1",
        "workers/{wid}/leavesOfAbsence",
        TIME_OFF_AND_LEAVE,
        ("Worker Data: Leave of Absence",),
    ),
    _resource("absenceManagement/v1", "workers/{wid}/eligibleAbsenceTypes", TIME_OFF_AND_LEAVE, _REQUESTS),
    _resource("absenceManagement/v1", "workers/{wid}/validTimeOffDates", TIME_OFF_AND_LEAVE, _REQUESTS),
    Resource(
        module="absenceManagement/v1",
        path="workers/{wid}/requestTimeOff",
        scopes=(TIME_OFF_AND_LEAVE,),
        policies=_REQUESTS[:1],
        method="POST",
        right=Right.MODIFY,
        named="timeOffType",
    ),
    _resource("common/v1", "workers", STAFFING, _REPORTS),
    _resource("common/v1", "workers/{wid}/paySlips", "Core Payroll", _PAY_SLIPS),
    _resource("staffing/v6", "workers", STAFFING, _REPORTS),
    _resource("staffing/v6", "workers/{wid}", STAFFING, _REPORTS),
    _resource("privacy/v1", "activityLogging", SYSTEM, ("System Auditing",)),
    _resource("wql/v1", "dataSources", SYSTEM, _WQL),
    _resource("wql/v1", "dataSources/{id}/fields", SYSTEM, _WQL),
    _resource("wql/v1", "data", SYSTEM, _WQL),
    _resource("wql/v1", "data", SYSTEM, _WQL, "POST"),
)

# Where a tenant has segmented its leave types, these show nothing without the policy for segments.
SEGMENTED = "Access Leave Type (Segmented)"
LEAVE_TYPED = frozenset({"balances", "timeOffDetails", "leavesOfAbsence", "eligibleAbsenceTypes"})

# WQL data source -> the further policies a reader needs.
DATA_SOURCES = MappingProxyType(
    {
        "allSystemAccountSignons": ("Workday Accounts", "Security Administration"),
        "allWorkers": _REPORTS,
        "businessProcessSecurityPoliciesWithPendingChanges": ("Security Configuration",),
        "domainSecurityPoliciesWithPendingChanges": ("Security Configuration",),
        "oAuth20RefreshTokenDataSource": ("Security Administration",),
    }
)
