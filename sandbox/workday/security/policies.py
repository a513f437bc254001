"""Owns the names a tenant knows: domain policies, functional areas, access columns; decides nothing."""

import difflib
from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """One thing a permission allows: Get and Put are for SOAP, View and Modify for REST, WQL and people."""

    GET = "Get"
    PUT = "Put"
    VIEW = "View"
    MODIFY = "Modify"


class Access(StrEnum):
    """The four choices in the column View/Modify Access."""

    GET_ONLY = "Get Only"
    GET_AND_PUT = "Get and Put"
    VIEW_ONLY = "View Only"
    VIEW_AND_MODIFY = "View and Modify"


INTEGRATION_RIGHTS = frozenset({Right.GET, Right.PUT})
TASK_RIGHTS = frozenset({Right.VIEW, Right.MODIFY})

RIGHTS = MappingProxyType(
    {
        Access.GET_ONLY: frozenset({Right.GET}),
        Access.GET_AND_PUT: INTEGRATION_RIGHTS,
        Access.VIEW_ONLY: frozenset({Right.VIEW}),
        Access.VIEW_AND_MODIFY: TASK_RIGHTS,
    }
)

# Functional area -> the policies in it. The areas are also the scopes of an API client.
FUNCTIONAL_AREAS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "Benefits": ("Worker Data: Benefit Elections",),
        "Contact Information": (
            "Person Data: Home Contact Information",
            "Person Data: Private Home Address Integration",
            "Person Data: Private Home Email Integration",
            "Person Data: Private Home Phone Integration",
            "Person Data: Public Work Address Integration",
            "Person Data: Public Work Email Address Integration",
            "Person Data: Public Work Phone Integration",
            "Person Data: Work Contact Information",
            "Work Contact Change (REST Service)",
        ),
        "Core Compensation": ("Worker Data: Compensation", "Worker Data: Compensation by Organization"),
        "Core Payroll": (
            "Reports: Pay Calculation Results for Worker (Results)",
            "Reports: Payroll (Payslips)",
            "Worker Data: Payroll",
        ),
        "Integration": (
            "External Account Provisioning",
            "Integration Build",
            "Integration Debug",
            "Integration Event",
            "Integration Process",
            "Integration Security",
            "Manage: Organization Integration",
        ),
        "Jobs & Positions": ("Job Information", "Job Profile: View", "Job Requisition Data"),
        "Organizations and Roles": (
            "Manage: Location",
            "Manage: Organization Roles",
            "Manage: Service Center",
            "Reports: Organization (Organizations and Roles)",
        ),
        "Personal Data": (
            "Person Data: Date of Birth",
            "Person Data: Gender",
            "Person Data: ID Information",
            "Person Data: Name",
            "Person Data: National IDs",
            "Person Data: Personal Data",
            "Personal Photo",
            "Set Up: Contact Info, IDs, and Personal Data",
            "Worker Data: Disabilities",
            "Worker: ID Information",
        ),
        "Performance and Goals": ("Worker Data: Employee Goals", "Worker Data: Employee Reviews"),
        "Recruiting": (
            "Candidate Data: Attachments",
            "Candidate Data: Edit Job Application",
            "Candidate Data: Job Application",
            "Candidate Data: Other Information",
            "Candidate Data: Personal Information",
            "Job Postings (External)",
            "Job Postings (Internal)",
            "Job Requisitions for Recruiting",
            "Manage Recruiting: Consider Applicants",
            "Manage: Evergreen Requisitions",
            "Manage: Pre-Hire Data",
            "Manage: Pre-Hire Process",
            "Move Candidate",
            "Prospects",
            "Questionnaire",
            "Set Up: Pre-Hire Process",
        ),
        "Staffing": (
            "Business Title on Worker Profile",
            "Historical Staffing Information",
            "Qualified Workers",
            "Worker Data: Active and Terminated Workers",
            "Worker Data: All Positions",
            "Worker Data: Business Title on Worker Profile",
            "Worker Data: Current Staffing Information",
            "Worker Data: Employment Data",
            "Worker Data: Organization Information",
            "Worker Data: Public Worker Reports",
            "Worker Data: Workers",
        ),
        "System": (
            "Business Process Administration",
            "Drive Web Services",
            "Security Administration",
            "Security Configuration",
            "Special OX Web Services",
            "System Auditing",
            "User-Based Security Group Administration",
            "WQL for Workday Extend",
            "Workday Accounts",
            "Workday Query Language",
        ),
        "Talent Pipeline": (
            "Worker Data: Succession",
            "Worker Data: Talent",
            "Worker: Skills and Experience",
        ),
        "Tenant Non-Configurable": ("Set Up: Tenant Setup - Security",),
        "Time Off and Leave": (
            "Access Leave Type (Segmented)",
            "Request Leave of Absence (REST Service)",
            "Request Time Off (REST Service)",
            "Set Up: Time Off",
            "Worker Data: Leave of Absence",
            "Worker Data: Time Off",
            "Worker Data: Time Off (Time Off Balances Manager View)",
            "Worker Data: Time Off (Time Off Balances)",
            "Worker Data: Time Off (Time Off Manager View)",
            "Worker Data: Time Off (Time Off)",
        ),
        "Time Tracking": ("Worker Data: Time Tracking",),
    }
)

# A child uses its parent's policy until someone overrides it.
PARENTS = MappingProxyType(
    {
        "Person Data: Private Home Address Integration": "Person Data: Home Contact Information",
        "Person Data: Private Home Email Integration": "Person Data: Home Contact Information",
        "Person Data: Private Home Phone Integration": "Person Data: Home Contact Information",
        "Person Data: Public Work Address Integration": "Person Data: Work Contact Information",
        "Person Data: Public Work Email Address Integration": "Person Data: Work Contact Information",
        "Person Data: Public Work Phone Integration": "Person Data: Work Contact Information",
        "Worker Data: Time Off (Time Off Balances Manager View)": "Worker Data: Time Off",
        "Worker Data: Time Off (Time Off Balances)": "Worker Data: Time Off",
        "Worker Data: Time Off (Time Off Manager View)": "Worker Data: Time Off",
        "Worker Data: Time Off (Time Off)": "Worker Data: Time Off",
    }
)

AREA_OF = MappingProxyType({name: area for area, names in FUNCTIONAL_AREAS.items() for name in names})
POLICIES = frozenset(AREA_OF)


class NotFoundInWorkdayError(LookupError):
    """A name that Workday's own search would not find; says which ones are close."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.close = difflib.get_close_matches(name, sorted(known), n=5, cutoff=0.6)
        hint = f"; close: {', '.join(self.close)}" if self.close else ""
        super().__init__(f"no {kind} is called {name!r} in this tenant{hint}")


def chosen(kind: str, name: str, known: Iterable[str]) -> str:
    """Return `name` as the search box would pick it; raise when nothing is called exactly so."""
    names = frozenset(known)
    if name not in names:
        raise NotFoundInWorkdayError(kind, name, names)
    return name
