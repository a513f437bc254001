"""Owns a Workday on this machine, strict where Workday is and silent where Workday is."""

from sandbox.workday.http.answer import Outcome
from sandbox.workday.http.oddities import Oddity
from sandbox.workday.security.accounts import Account, Logins, PasswordRules, SignOn, SignOnFailure
from sandbox.workday.security.api_clients import ApiClient
from sandbox.workday.security.authentication import ALL_USERS, ANY, SAML, USER_NAME_PASSWORD, AuthenticationRule
from sandbox.workday.security.groups import Activation, GroupKind, SecurityGroup
from sandbox.workday.security.policies import FUNCTIONAL_AREAS, POLICIES, Access, NotFoundInWorkdayError
from sandbox.workday.server import RequestRecord, WorkdaySandbox
from sandbox.workday.tenant.reports import Report
from sandbox.workday.tenant.switches import InvalidTokenBody, MaintenanceAnswer, Switches, UnknownTenantSoap
from sandbox.workday.tenant.tenant import Tenant

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
