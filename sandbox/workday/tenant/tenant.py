"""Owns one tenant and the tasks an admin runs in it, by their Workday names; answers no request."""

import copy
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Unpack

from sandbox.workday.http import Bucket, Guardrail, Oddity
from sandbox.workday.security import (
    DAY,
    FUNCTIONAL_AREAS,
    PARENTS,
    Account,
    AccountBoxes,
    Accounts,
    Activation,
    ApiClient,
    ApiClients,
    AuthenticationPolicies,
    AuthenticationPolicy,
    AuthenticationRule,
    ClientBoxes,
    GroupKind,
    Logins,
    SecurityGroup,
    SecurityPolicies,
    SignOn,
    chosen,
    public_keys,
    rows,
)
from sandbox.workday.tenant.reports import Report
from sandbox.workday.tenant.switches import Switches
from sandbox.workday.tenant.workers import Worker, staff

Version = tuple[int, int]


@dataclass(slots=True)
class Tenant:
    """A tenant of the sandbox; the attributes are its state, the methods what its admin does.

    `empty` names operations that have nothing to return; `writes` lists writes that went through, and
    `risks` those that came, permitted or not, and were no dry run: for good over REST, or about something that exists.
    """

    name: str
    clock: Callable[[], float]
    switches: Switches
    soap_bucket: Bucket
    rest_bucket: Bucket
    guardrail: Guardrail = field(default_factory=Guardrail)
    accounts: Accounts = field(default_factory=Accounts)
    security: SecurityPolicies = field(default_factory=SecurityPolicies)
    authentication: AuthenticationPolicies = field(default_factory=AuthenticationPolicies)
    api: ApiClients = field(default_factory=ApiClients)
    workers: list[Worker] = field(default_factory=list)
    min_version: Version = (10, 0)
    max_version: Version = (46, 2)
    services_not_entitled: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    writes: list[str] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)
    maintenance: bool = False
    maintenance_windows: list[tuple[float, float]] = field(default_factory=list)
    suspended: bool = False
    delegated_authentication: bool = False
    leave_types_are_segmented: bool = False
    reports: dict[tuple[str, str], Report] = field(default_factory=dict)
    wsdl_tenant: str | None = None
    language: str = "en"
    delay: float = 0.0
    oddity: Oddity | None = None

    @classmethod
    def new(cls, name: str, clock: Callable[[], float], switches: Switches) -> "Tenant":
        now = clock()
        return cls(name, clock, switches, Bucket.full(700, now), Bucket.full(3600, now), workers=staff(name))

    # Integration system users

    def create_integration_system_user(self, name: str, password: str, **boxes: Unpack[AccountBoxes]) -> Account:
        if name in self.accounts.by_name:
            raise ValueError(f"the user name {name!r} is already in use")
        account = Account(name, password, self.clock(), **boxes)
        self.accounts.by_name[name] = account
        return account

    def create_workday_account_for_worker(self, employee_id: str, name: str, password: str) -> Account:
        """Give a person an account; integrations are not meant to use it."""
        wid = next(worker.wid for worker in self.workers if worker.employee_id == employee_id)
        account = self.create_integration_system_user(name, password, is_integration_system_user=False)
        account.worker = wid
        return account

    def view_integration_system_user(self, name: str) -> Account:
        return self.accounts.get(name)

    def delete_integration_system_user(self, name: str) -> None:
        del self.accounts.by_name[self.accounts.get(name).name]

    def change_password(self, name: str, password: str, *, require_new_password: bool | None = None) -> None:
        account = self.accounts.get(name)
        account.password, account.password_set_at = password, self.clock()
        account.password_expired = False
        account.failed_attempts, account.locked_until = 0, None
        if require_new_password is not None:
            account.require_new_password = require_new_password
        elif self.switches.changing_password_requires_new_password:
            account.require_new_password = True

    def require_new_password_at_next_sign_in(self, name: str, *, ticked: bool = True) -> None:
        self.accounts.get(name).require_new_password = ticked

    def require_security_questions(self, name: str, *, due: bool = True) -> None:
        """Make the account answer security questions at its next sign-in, which no program can do."""
        self.accounts.get(name).security_questions_due = due

    def exempt_from_delegated_authentication(self, name: str, *, ticked: bool = True) -> None:
        self.accounts.get(name).exempt_from_delegated_authentication = ticked

    def disable(self, name: str) -> None:
        self.accounts.get(name).disabled = True

    def enable(self, name: str) -> None:
        self.accounts.get(name).disabled = False

    def lock(self, name: str) -> None:
        self.accounts.get(name).locked_by_admin = True

    def unlock(self, name: str) -> None:
        account = self.accounts.get(name)
        account.locked_by_admin = False
        if self.switches.unlock_undoes_lockout:
            account.failed_attempts, account.locked_until = 0, None

    def expire_account(self, name: str, *, never: bool = False) -> None:
        """Set Account Expiration Date to this moment, or empty it."""
        self.accounts.get(name).expires_at = None if never else self.clock()

    def expire_password(self, name: str) -> None:
        self.accounts.get(name).password_expired = True

    def password_expires_at(self, name: str) -> float | None:
        """Return what View Integration System User shows as Password Expiry, epoch seconds; None: never."""
        account, rules = self.accounts.get(name), self.accounts.rules
        if not rules.expiry_days or name in rules.exempt:
            return None
        return account.password_set_at + rules.expiry_days * DAY

    def maintain_password_rules(
        self,
        *,
        exempt: Iterable[str] | None = None,
        expiry_days: int | None = None,
        lock_after: int | None = None,
        lock_minutes: int | None = None,
    ) -> None:
        """Change the rules that are named; `exempt` is the whole list, 0 days or attempts mean never."""
        rules = self.accounts.rules
        if exempt is not None:
            rules.exempt = frozenset(self.accounts.get(name).name for name in exempt)
            for name in rules.exempt:
                self.accounts.get(name).password_expired = False
        rules.expiry_days = rules.expiry_days if expiry_days is None else expiry_days
        rules.lock_after = rules.lock_after if lock_after is None else lock_after
        rules.lock_minutes = rules.lock_minutes if lock_minutes is None else lock_minutes

    def sign_on_history(self, name: str | None = None) -> list[SignOn]:
        """Return Signons and Attempted Signons, of one account or of everybody."""
        return [row for row in self.accounts.history if name is None or row.account == name]

    def logins(self, name: str) -> Logins:
        return self.accounts.logins(name)

    # Security groups and domain policies

    def create_security_group(
        self,
        name: str,
        kind: str = GroupKind.UNCONSTRAINED,
        *,
        organizations: Iterable[str] = (),
    ) -> SecurityGroup:
        if name in self.security.groups:
            raise ValueError(f"the security group {name!r} is already there")
        group = SecurityGroup(name, GroupKind(kind), frozenset(organizations))
        self.security.groups[name] = group
        return group

    def create_segment_based_security_group(self, name: str, *, groups: Iterable[str]) -> SecurityGroup:
        """Make a group whose members are those of other groups; only such a group opens segmented leave types."""
        group = self.create_security_group(name, GroupKind.SEGMENT_BASED)
        group.includes = frozenset(self.security.group(one).name for one in groups)
        return group

    def delete_security_group(self, name: str) -> None:
        """Take a group away; its type cannot be changed, so a wrong one has to be made anew."""
        self.security.delete_group(name)

    def assign_integration_system_users(self, group: str, users: Iterable[str]) -> None:
        """Set the field Integration System Users of the group; it finds no other accounts."""
        systems = [one.name for one in self.accounts.by_name.values() if one.is_integration_system_user]
        names = frozenset(chosen("integration system user", user, systems) for user in users)
        self.security.pending.members[self.security.group(group).name] = names

    def assign_users_to_user_based_security_group(self, group: str, users: Iterable[str]) -> None:
        names = frozenset(self.accounts.get(user).name for user in users)
        self.security.pending.members[self.security.group(group).name] = names

    def maintain_permissions(self, group: str, permissions: Mapping[str, str | Iterable[str]]) -> None:
        """Write rows of Maintain Permissions for Security Group; nothing counts before activation."""
        for policy, access in rows(permissions):
            self.security.grant(group, policy, access)

    def revoke_permission(self, group: str, policy: str) -> None:
        self.security.revoke(group, policy)

    def override_child_policy(self, policy: str) -> None:
        """Give a child policy a life of its own: its parent's grants no longer reach it."""
        self.security.pending.overridden.add(chosen("child policy", policy, PARENTS))

    def disable_domain_security_policy(self, policy: str) -> None:
        known = chosen("domain security policy", policy, self.security.known())
        self.security.pending.disabled_policies.add(known)

    def enable_domain_security_policy(self, policy: str) -> None:
        self.security.pending.disabled_policies.discard(policy)

    def maintain_functional_area(self, area: str, *, enabled: bool) -> None:
        self.security.set_area(area, enabled=enabled)

    def register_domain_security_policy(self, policy: str) -> None:
        """Make a policy name known that only this tenant has."""
        self.security.extra_policies.add(policy)

    def domain_security_policies_with_pending_changes(self) -> tuple[str, ...]:
        return self.security.with_pending_changes()

    def activate_pending_security_policy_changes(self, comment: str) -> Activation:
        if not comment.strip():
            raise ValueError("Workday asks for a comment")
        return self.security.activate(at=self.clock(), comment=comment)

    def segment_leave_types(self) -> None:
        """Show time off and leave only to those with the policy for segments, without any error to the others."""
        self.leave_types_are_segmented = True

    def create_custom_report(
        self, name: str, owner: str, *, policies: Iterable[str], shared_with: Iterable[str] = ()
    ) -> Report:
        """Make a report that is enabled as a web service; what it shows is what its owner may view."""
        guards = frozenset(chosen("domain security policy", policy, self.security.known()) for policy in policies)
        readers = frozenset(self.accounts.get(user).name for user in (owner, *shared_with))
        report = Report(name, self.accounts.get(owner).name, guards, readers)
        self.reports[report.owner, name] = report
        return report

    # Authentication policies

    def manage_authentication_policies(self, *rules: AuthenticationRule, denied_networks: Iterable[str] = ()) -> None:
        """Replace the ordered rules and the deny-list; nothing counts before their own activation."""
        self.authentication.pending = AuthenticationPolicy(rules=rules, denied_networks=tuple(denied_networks))

    def add_authentication_rule(self, rule: AuthenticationRule, *, on_top: bool = True) -> None:
        before = self.authentication.pending
        rules = (rule, *before.rules) if on_top else (*before.rules, rule)
        self.authentication.pending = replace(before, rules=rules)

    def activate_all_pending_authentication_policy_changes(self) -> None:
        self.authentication.activate()

    # API clients

    def edit_tenant_setup_security(
        self, *, oauth_2_clients_enabled: bool | None = None, delegated_authentication: bool | None = None
    ) -> None:
        """Change the boxes that are named."""
        if oauth_2_clients_enabled is not None:
            self.api.enabled = oauth_2_clients_enabled
        if delegated_authentication is not None:
            self.delegated_authentication = delegated_authentication

    def register_api_client_for_integrations(
        self, name: str, *, scopes: Iterable[str], **boxes: Unpack[ClientBoxes]
    ) -> ApiClient:
        return self._register(name, scopes, for_integrations=True, boxes=boxes)

    def register_api_client(
        self, name: str, *, scopes: Iterable[str], x509_public_key: str = "", **boxes: Unpack[ClientBoxes]
    ) -> ApiClient:
        """Run the other task, wrong for refresh tokens; with a key its Client Grant Type is Jwt Bearer Grant."""
        if x509_public_key:
            chosen("x509 public key", x509_public_key, self.api.public_keys)
        client = self._register(name, scopes, for_integrations=False, boxes=boxes)
        client.takes_assertions, client.public_key = bool(x509_public_key), x509_public_key
        return client

    def create_x509_public_key(self, name: str, certificate: str) -> None:
        """Paste a certificate into the task; raises ValueError for what Workday does not take."""
        if name in self.api.public_keys:
            raise ValueError(f"the x509 public key {name!r} is already there")
        self.api.public_keys[name] = public_keys.read(name, certificate)

    def delete_x509_public_key(self, name: str) -> None:
        del self.api.public_keys[chosen("x509 public key", name, self.api.public_keys)]

    def generate_new_api_client_secret(self, client: ApiClient) -> str:
        client.client_secret = secrets.token_urlsafe(32)
        return client.client_secret

    def edit_api_client(
        self,
        client: ApiClient,
        *,
        scopes: Iterable[str] | None = None,
        disabled: bool | None = None,
        x509_public_key: str | None = None,
    ) -> None:
        if scopes is not None:
            client.scopes = _scopes(scopes)
        if disabled is not None:
            client.disabled = disabled
        if x509_public_key is not None:
            client.public_key = chosen("x509 public key", x509_public_key, self.api.public_keys)

    def manage_refresh_tokens_for_integrations(self, client: ApiClient, user: str) -> str:
        """Generate a new refresh token for the user; an older one of the same pair is dead."""
        return self.api.issue_refresh_token(client, self.accounts.get(user).name, self.clock())

    def delete_refresh_token(self, client: ApiClient, user: str) -> None:
        self.api.delete_refresh_token(client, user)

    # The environment itself

    def schedule_maintenance(self, start: float, end: float) -> None:
        """Be down from `start` until `end`, epoch seconds."""
        self.maintenance_windows.append((start, end))

    def is_down(self) -> bool:
        now = self.clock()
        return self.maintenance or any(start <= now < end for start, end in self.maintenance_windows)

    def throttle(self, *, soap: float | None = None, rest: float | None = None) -> None:
        """Leave this many tokens in the buckets and stop refilling them."""
        for bucket, tokens in ((self.soap_bucket, soap), (self.rest_bucket, rest)):
            if tokens is not None:
                bucket.tokens, bucket.per_second = tokens, 0.0

    def refresh_from(self, source: "Tenant") -> None:
        """Copy another tenant's set-up over this one, as the weekly sandbox refresh does."""
        self.accounts = copy.deepcopy(source.accounts)
        self.accounts.history = []
        self.security = copy.deepcopy(source.security)
        self.authentication = copy.deepcopy(source.authentication)
        self.api = copy.deepcopy(source.api)
        self.workers = list(source.workers)

    def _register(self, name: str, scopes: Iterable[str], *, for_integrations: bool, boxes: ClientBoxes) -> ApiClient:
        client = ApiClient(name, _scopes(scopes), for_integrations, **boxes)
        self.api.by_id[client.client_id] = client
        return client


def _scopes(scopes: Iterable[str]) -> frozenset[str]:
    return frozenset(chosen("scope (functional area)", scope, FUNCTIONAL_AREAS) for scope in scopes)
