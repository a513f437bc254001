"""Owns the two decisions of a tenant: who is signed on, and what that account may see; builds no answer."""

from collections.abc import Iterable

from sandbox.workday.security import (
    USER_NAME_PASSWORD,
    Account,
    ApiClient,
    GroupKind,
    Right,
    SecurityGroup,
    Sight,
    SignOn,
    SignOnFailure,
)
from sandbox.workday.tenant.tenant import Tenant


def sign_on(tenant: Tenant, user_name: str, password: str, address: str) -> Account | None:
    """Sign on with `name@tenant`, write the attempt into the history, return the account or None."""
    name, _, suffix = user_name.rpartition("@")
    now = tenant.clock()
    account = None
    if name and suffix == tenant.name:
        case_sensitive = tenant.switches.user_names_are_case_sensitive
        account = tenant.accounts.find(name, case_sensitive=case_sensitive)
    if account is None:
        failure: SignOnFailure | None = SignOnFailure.UNKNOWN_USER
    else:
        failure = tenant.accounts.check(account, password, now)
        failure = failure or _kept_out(tenant, account, address)
    tenant.accounts.history.append(
        SignOn(
            at=now,
            user_name=user_name,
            account=account.name if account else None,
            failure=failure,
            authentication_type=USER_NAME_PASSWORD,
            address=address,
        )
    )
    return None if failure else account


def _kept_out(tenant: Tenant, account: Account, address: str) -> SignOnFailure | None:
    """Return what of the tenant's set-up turns a good password away."""
    if tenant.delegated_authentication and not account.exempt_from_delegated_authentication:
        return SignOnFailure.DELEGATED
    if tenant.switches.session_timeout_stops_services and account.session_timeout:
        return SignOnFailure.SESSION_TIMEOUT
    names = [group.name for group in _all_groups(tenant, account)]
    allowed = tenant.authentication.active.allows(names, address, USER_NAME_PASSWORD)
    return None if allowed else SignOnFailure.AUTHENTICATION_POLICY


def bearer(tenant: Tenant, token: str) -> tuple[ApiClient, Account] | None:
    """Return the API client and account an access token stands for, or None when it is no good."""
    found = tenant.api.bearer(token, tenant.clock())
    if found is None:
        return None
    client, name = found
    account = tenant.accounts.by_name.get(name)
    if account is None or token_is_dead(tenant, account):
        return None
    return client, account


def may_not_sign_on(tenant: Tenant, account: Account) -> bool:
    """Return whether the state of the account keeps it from a new token of an assertion."""
    now = tenant.clock()
    is_over = account.expires_at is not None and now >= account.expires_at
    is_locked = account.locked_by_admin or (account.locked_until is not None and now < account.locked_until)
    return account.disabled or is_over or is_locked


def token_is_dead(tenant: Tenant, account: Account) -> bool:
    """Return whether the state of the account kills the tokens made for it."""
    switches, now = tenant.switches, tenant.clock()
    if switches.disabling_kills_refresh_tokens and account.disabled:
        return True
    return switches.password_expiry_kills_refresh_tokens and tenant.accounts.password_is_expired(account, now)


def sight(tenant: Tenant, account: Account, policies: Iterable[str], right: Right) -> Sight | None:
    """Return what the account sees through any of the policies, or None; no policy at all guards nothing."""
    names = tuple(policies)
    if not names:
        return Sight()
    return tenant.security.sight(groups(tenant, account), names, right)


def groups(tenant: Tenant, account: Account) -> list[SecurityGroup]:
    """Return the groups whose permissions the account has."""
    found = _all_groups(tenant, account)
    if account.is_integration_system_user and not tenant.switches.user_based_groups_serve_integrations:
        return [group for group in found if group.kind is not GroupKind.USER_BASED]
    return found


def _all_groups(tenant: Tenant, account: Account) -> list[SecurityGroup]:
    return tenant.security.groups_of(account.name, activated_members=tenant.switches.membership_needs_activation)
