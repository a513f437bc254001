"""Access tokens at hand, until shortly before they end; in memory only, and never for another credential."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from pydantic import SecretStr

from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import secrets_of
from flows.workday.rest import Grant
from flows.workday.tokens.assertions import KeyClient

MOST: Final = 1024
"""Tokens at hand; the one that was used longest ago goes first."""

UNTOLD_SECONDS: Final = 300
"""How long a token is taken to last where Workday does not say."""

MARGIN_SECONDS: Final = 60
"""How long before its end a token is not used any more: a check may still be on its way."""


class TokenCache:
    """Keeps tokens by endpoint and by all that they were asked for with; `clock` is in seconds and only runs on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[SecretStr, float]] = OrderedDict()

    def find(self, endpoint: Endpoint, grant: Grant) -> SecretStr | None:
        """Return a token that lasts a while yet."""
        key = _key(endpoint, grant)
        token, until = self._kept.get(key, (None, 0.0))
        if token is None or self._clock() >= until:
            return None
        self._kept.move_to_end(key)
        return token

    def keep(self, endpoint: Endpoint, grant: Grant, token: SecretStr, seconds: int | None) -> None:
        """Keep a token that lasts for `seconds`, as far as that is known."""
        lasts = (UNTOLD_SECONDS if seconds is None else seconds) - MARGIN_SECONDS
        key = _key(endpoint, grant)
        self._kept[key] = (token, self._clock() + lasts)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def drop(self, endpoint: Endpoint, grant: Grant) -> None:
        """Forget the token of one credential."""
        self._kept.pop(_key(endpoint, grant), None)


def _key(endpoint: Endpoint, grant: Grant) -> bytes:
    """Name a credential without keeping it: a new secret of the same client is another one."""
    user = grant.user if isinstance(grant, KeyClient) else ""
    secrets = (one.get_secret_value() for one in secrets_of(grant))
    digest = hashlib.sha256()
    for part in (endpoint.host, endpoint.tenant, grant.client_id, user, *secrets):
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.digest()
