"""Who may sign on and what they may see: accounts, groups, domain and authentication policies, API clients."""

from sandbox.workday.security.accounts import (
    DAY,
    Account,
    AccountBoxes,
    Accounts,
    Logins,
    PasswordRules,
    SignOn,
    SignOnFailure,
)
from sandbox.workday.security.api_clients import ApiClient, ApiClients, ClientBoxes
from sandbox.workday.security.authentication import (
    ALL_USERS,
    ANY,
    SAML,
    USER_NAME_PASSWORD,
    AuthenticationPolicies,
    AuthenticationPolicy,
    AuthenticationRule,
)
from sandbox.workday.security.groups import Activation, GroupKind, SecurityGroup, SecurityPolicies, Sight, rows
from sandbox.workday.security.policies import (
    FUNCTIONAL_AREAS,
    PARENTS,
    POLICIES,
    Access,
    NotFoundInWorkdayError,
    Right,
    chosen,
)
from sandbox.workday.security.public_keys import PublicKey

__all__ = [
    "ALL_USERS",
    "ANY",
    "DAY",
    "FUNCTIONAL_AREAS",
    "PARENTS",
    "POLICIES",
    "SAML",
    "USER_NAME_PASSWORD",
    "Access",
    "Account",
    "AccountBoxes",
    "Accounts",
    "Activation",
    "ApiClient",
    "ApiClients",
    "AuthenticationPolicies",
    "AuthenticationPolicy",
    "AuthenticationRule",
    "ClientBoxes",
    "GroupKind",
    "Logins",
    "NotFoundInWorkdayError",
    "PasswordRules",
    "PublicKey",
    "Right",
    "SecurityGroup",
    "SecurityPolicies",
    "Sight",
    "SignOn",
    "SignOnFailure",
    "chosen",
    "rows",
]
