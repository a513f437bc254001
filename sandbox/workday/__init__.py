"""Owns a Workday on this machine, strict where Workday is and silent where Workday is."""

from sandbox.workday.accounts import Account, Logins, PasswordRules, SignOn, SignOnFailure
from sandbox.workday.answer import Outcome
from sandbox.workday.authentication import ALL_USERS, ANY, SAML, USER_NAME_PASSWORD, AuthenticationRule
from sandbox.workday.clients import ApiClient
from sandbox.workday.oddities import Oddity
from sandbox.workday.policies import FUNCTIONAL_AREAS, POLICIES, Access, NotFoundInWorkdayError
from sandbox.workday.reports import Report
from sandbox.workday.security import Activation, GroupKind, SecurityGroup
from sandbox.workday.server import RequestRecord, WorkdaySandbox
from sandbox.workday.switches import InvalidTokenBody, MaintenanceAnswer, Switches, UnknownTenantSoap
from sandbox.workday.tenant import Tenant

__all__ = [
    "ALL_USERS",
    "ANY",
    "FUNCTIONAL_AREAS",
    "POLICIES",
    "SAML",
    "USER_NAME_PASSWORD",
    "Access",
    "Account",
    "Activation",
    "ApiClient",
    "AuthenticationRule",
    "GroupKind",
    "InvalidTokenBody",
    "Logins",
    "MaintenanceAnswer",
    "NotFoundInWorkdayError",
    "Oddity",
    "Outcome",
    "PasswordRules",
    "Report",
    "RequestRecord",
    "SecurityGroup",
    "SignOn",
    "SignOnFailure",
    "Switches",
    "Tenant",
    "UnknownTenantSoap",
    "WorkdaySandbox",
]
