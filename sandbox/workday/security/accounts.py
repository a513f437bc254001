"""Owns accounts, password rules and the sign-on history of a tenant; knows no HTTP and no permission."""

import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from sandbox.workday.security.policies import chosen

DAY = 86_400


class SignOnFailure(StrEnum):
    """Why a sign-on failed: only the report inside Workday tells, never the answer to the caller."""

    UNKNOWN_USER = "Invalid user name"
    WRONG_PASSWORD = "Invalid password"  # noqa: S105 (a reason, not a secret)
    DISABLED = "Account disabled"
    LOCKED = "Account locked due to excessive failed sign on attempts"
    EXPIRED_ACCOUNT = "Account expired"
    PASSWORD_EXPIRED = "Password expired"  # noqa: S105 (a reason, not a secret)
    NEW_PASSWORD_REQUIRED = "New password required at sign in"  # noqa: S105 (a reason, not a secret)
    SECURITY_QUESTIONS = "Security questions not set up"
    SESSION_TIMEOUT = "Session timed out"
    DELEGATED = "Delegated authentication failed"
    AUTHENTICATION_POLICY = "Authentication policy does not allow this sign on"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """One row of the report Signons and Attempted Signons."""

    at: float
    user_name: str
    account: str | None
    failure: SignOnFailure | None
    authentication_type: str
    address: str

    @property
    def succeeded(self) -> bool:
        return self.failure is None

    @property
    def invalid_credentials(self) -> bool:
        return self.failure in {SignOnFailure.UNKNOWN_USER, SignOnFailure.WRONG_PASSWORD}

    @property
    def account_locked_disabled_or_expired(self) -> bool:
        return self.failure in {
            SignOnFailure.DISABLED,
            SignOnFailure.LOCKED,
            SignOnFailure.EXPIRED_ACCOUNT,
            SignOnFailure.PASSWORD_EXPIRED,
        }


@dataclass(frozen=True, slots=True)
class Logins:
    """How many sign-ons of one account were accepted and refused."""

    good: int
    bad: int


class AccountBoxes(TypedDict, total=False):
    """The boxes of Create Integration System User beyond name and password."""

    require_new_password: bool
    ui_sessions_blocked: bool
    session_timeout: int
    is_integration_system_user: bool
    exempt_from_delegated_authentication: bool


@dataclass(slots=True)
class Account:
    """A Workday account; `expires_at` and `password_set_at` are epoch seconds, `worker` is whose account it is."""

    name: str
    password: str = field(repr=False)
    password_set_at: float
    require_new_password: bool = False
    ui_sessions_blocked: bool = False
    session_timeout: int = 0
    is_integration_system_user: bool = True
    exempt_from_delegated_authentication: bool = False
    security_questions_due: bool = False
    worker: str | None = None
    disabled: bool = False
    locked_until: float | None = None
    locked_by_admin: bool = False
    expires_at: float | None = None
    password_expired: bool = False
    failed_attempts: int = 0


@dataclass(slots=True)
class PasswordRules:
    """What Maintain Password Rules holds; 0 means never."""

    expiry_days: int = 90
    lock_after: int = 5
    lock_minutes: int = 30
    exempt: frozenset[str] = frozenset()


@dataclass(slots=True)
class Accounts:
    """The accounts of one tenant, by name."""

    by_name: dict[str, Account] = field(default_factory=dict)
    rules: PasswordRules = field(default_factory=PasswordRules)
    history: list[SignOn] = field(default_factory=list)

    def get(self, name: str) -> Account:
        return self.by_name[chosen("Workday account", name, self.by_name)]

    def find(self, name: str, *, case_sensitive: bool) -> Account | None:
        if case_sensitive or name in self.by_name:
            return self.by_name.get(name)
        folded = name.casefold()
        return next((one for one in self.by_name.values() if one.name.casefold() == folded), None)

    def is_locked(self, account: Account, now: float) -> bool:
        until = account.locked_until
        return account.locked_by_admin or (until is not None and now < until)

    def password_is_expired(self, account: Account, now: float) -> bool:
        if account.password_expired:
            return True
        if not self.rules.expiry_days or account.name in self.rules.exempt:
            return False
        return now >= account.password_set_at + self.rules.expiry_days * DAY

    def check(self, account: Account, password: str, now: float) -> SignOnFailure | None:
        """Judge a user name and password, counting towards the lock; None means they are good."""
        if account.disabled:
            return SignOnFailure.DISABLED
        if self.is_locked(account, now):
            return SignOnFailure.LOCKED
        if account.expires_at is not None and now >= account.expires_at:
            return SignOnFailure.EXPIRED_ACCOUNT
        if not hmac.compare_digest(account.password.encode(), password.encode()):
            self._count_failure(account, now)
            return SignOnFailure.WRONG_PASSWORD
        account.failed_attempts = 0
        account.locked_until = None
        if self.password_is_expired(account, now):
            return SignOnFailure.PASSWORD_EXPIRED
        if account.require_new_password:
            return SignOnFailure.NEW_PASSWORD_REQUIRED
        return SignOnFailure.SECURITY_QUESTIONS if account.security_questions_due else None

    def logins(self, name: str) -> Logins:
        mine = [row for row in self.history if row.account == name]
        good = sum(row.succeeded for row in mine)
        return Logins(good=good, bad=len(mine) - good)

    def _count_failure(self, account: Account, now: float) -> None:
        if account.locked_until is not None and now >= account.locked_until:
            account.locked_until, account.failed_attempts = None, 0
        account.failed_attempts += 1
        if self.rules.lock_after and account.failed_attempts >= self.rules.lock_after:
            account.locked_until = now + self.rules.lock_minutes * 60
