"""Owns the questions about Workday that nobody outside it has settled; must not hold what is known."""

from dataclasses import dataclass
from enum import StrEnum


class UnknownTenantSoap(StrEnum):
    """What a SOAP call to a tenant that is not on this host gets."""

    AUTHENTICATION_FAULT = "authentication fault"
    UNAVAILABLE = "503 Service Unavailable"
    SERVER_ERROR = "500 without a fault"


class MaintenanceAnswer(StrEnum):
    """How the services host says that the tenant is down."""

    UNAVAILABLE = "503 with an HTML page"
    REDIRECT = "303 to the maintenance page"
    SCRIPT = "500 with an HTML page that moves on by script"


class InvalidTokenBody(StrEnum):
    """What REST puts in the body of a 401."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True, kw_only=True)
class Switches:
    """Every unconfirmed behaviour, set to the likeliest; flip one to see how a client copes.

    `timestamp_policy` names the domain that guards Get_Server_Timestamp; None means no domain does.
    """

    auth_fault_status: int = 500
    not_authorized_status: int = 500
    unknown_tenant_soap: UnknownTenantSoap = UnknownTenantSoap.AUTHENTICATION_FAULT
    unknown_tenant_wsdl_status: int = 500
    schema_before_authentication: bool = True
    version_before_authentication: bool = True
    user_names_are_case_sensitive: bool = True
    soap_accepts_http_basic: bool = False
    soap_accepts_tokens: bool = True
    soap_refused_token_status: int = 500
    timestamp_policy: str | None = None
    pending_policy_field: str = "domainSecurityPolicy1"
    denied_workers_are_empty: bool = False
    membership_needs_activation: bool = False
    user_based_groups_serve_integrations: bool = False
    unlock_undoes_lockout: bool = True
    changing_password_requires_new_password: bool = False
    session_timeout_stops_services: bool = False
    password_expiry_kills_refresh_tokens: bool = False
    disabling_kills_refresh_tokens: bool = True
    rotate_refresh_tokens: bool = False
    idle_refresh_token_days: int = 30
    access_token_seconds: int = 3600
    expires_in_is_told: bool = False
    unauthorized_client_status: int = 400
    token_refusals_are_described: bool = False
    client_locks_after: int = 5
    client_lock_minutes: int = 30
    invalid_token_body: InvalidTokenBody = InvalidTokenBody.TEXT
    hidden_subresource_is_404: bool = False
    validate_only_is_known: bool = True
    tenant_non_configurable_scope_needed: bool = False
    workday_owned_scope_needed: bool = False
    soap_throttle_is_a_fault: bool = True
    soap_throttle_has_retry_after: bool = True
    throttle_body_is_json: bool = True
    guardrail_after: int = 500
    guardrail_seconds: float = 600.0
    maintenance_answer: MaintenanceAnswer = MaintenanceAnswer.UNAVAILABLE
    fault_detail_has_code: bool = False
