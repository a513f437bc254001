"""Owns API clients, refresh tokens and access tokens of a tenant; answers no request itself."""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TypedDict
from uuid import uuid4

from sandbox.workday.security.accounts import DAY
from sandbox.workday.security.public_keys import PublicKey


class ClientBoxes(TypedDict, total=False):
    """The boxes of Register API Client for Integrations beyond name and scopes."""

    non_expiring_refresh_tokens: bool
    include_workday_owned_scope: bool


@dataclass(slots=True)
class ApiClient:
    """A registered API client; `for_integrations` tells which of the two tasks made it.

    `takes_assertions` is the grant type Jwt Bearer Grant, `public_key` the name of the key it checks them with.
    """

    name: str
    scopes: frozenset[str]
    for_integrations: bool
    client_id: str = field(default_factory=lambda: b64encode(str(uuid4()).encode()).decode())
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    non_expiring_refresh_tokens: bool = True
    include_workday_owned_scope: bool = False
    disabled: bool = False
    takes_assertions: bool = False
    public_key: str = ""
    failed_tries: int = 0
    locked_until: float = 0.0

    def fail(self, now: float, most: int, minutes: int) -> None:
        """Count a failed try; `most` of them lock the client, 0 never does."""
        self.failed_tries += 1
        if most and self.failed_tries >= most:
            self.failed_tries, self.locked_until = 0, now + minutes * 60

    def is_locked(self, now: float) -> bool:
        return now < self.locked_until


@dataclass(slots=True)
class RefreshToken:
    """A refresh token, bound to one client and one account."""

    value: str = field(repr=False)
    client_id: str
    account: str
    used_at: float


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token and until when it is good."""

    value: str = field(repr=False)
    client_id: str
    account: str
    expires_at: float


@dataclass(slots=True)
class ApiClients:
    """The clients and tokens of one tenant; `enabled` is the box OAuth 2.0 Clients Enabled."""

    enabled: bool = True
    by_id: dict[str, ApiClient] = field(default_factory=dict)
    public_keys: dict[str, PublicKey] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)

    def issue_refresh_token(self, client: ApiClient, account: str, now: float) -> str:
        """Make a refresh token; the one this client had for this account is dead from now on."""
        self.delete_refresh_token(client, account)
        token = RefreshToken(secrets.token_urlsafe(40), client.client_id, account, now)
        self.refresh_tokens[token.value] = token
        return token.value

    def delete_refresh_token(self, client: ApiClient, account: str) -> None:
        self.refresh_tokens = {
            value: token
            for value, token in self.refresh_tokens.items()
            if (token.client_id, token.account) != (client.client_id, account)
        }

    def usable_refresh_token(self, client: ApiClient, value: str, idle_days: int, now: float) -> RefreshToken | None:
        token = self.refresh_tokens.get(value)
        if token is None or token.client_id != client.client_id:
            return None
        if not client.non_expiring_refresh_tokens and now >= token.used_at + idle_days * DAY:
            return None
        return token

    def issue_access_token(self, client: ApiClient, account: str, seconds: int, now: float) -> AccessToken:
        token = AccessToken(secrets.token_urlsafe(40), client.client_id, account, now + seconds)
        self.access_tokens[token.value] = token
        client.failed_tries = 0
        return token

    def bearer(self, value: str, now: float) -> tuple[ApiClient, str] | None:
        """Return the client and account behind a living access token."""
        token = self.access_tokens.get(value)
        client = self.by_id.get(token.client_id) if token else None
        if token is None or client is None or client.disabled or not self.enabled or now >= token.expires_at:
            return None
        return client, token.account
