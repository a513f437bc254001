"""JWT assertions: what a client signs on with at the token endpoint instead of a secret; it keeps no key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE: Final = "wd"
LIFE: Final = timedelta(seconds=300)
"""How long an assertion may be used; Workday's own example has as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClient:
    """An API client of the grant type Jwt Bearer Grant: `private_key` is PEM, `user` whom it signs on."""

    client_id: str
    user: str
    private_key: SecretStr


def assertion(client: KeyClient, now: datetime) -> SecretStr:
    """Sign what says that the client comes for its user; raises ValueError for a key that is none.

    `now` is aware UTC. Whoever has it can ask for a token until it ends, so it is a secret for that long.
    """
    claims: dict[str, object] = {
        "iss": client.client_id,
        "sub": client.user,
        "aud": AUDIENCE,
        "exp": int((now + LIFE).timestamp()),
    }
    return SecretStr(jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, _key(client.private_key)))


def _key(pem: SecretStr) -> RSAKey:
    try:
        # It was made here and has been sealed since: to prove again that it is a good one takes up to 0.3 s, in which
        # nobody is served.
        key = load_pem_private_key(pem.get_secret_value().encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    match key:
        case RSAPrivateKey():
            return RSAKey(key, key)
        case _:
            # What is wrong with it may quote it.
            raise ValueError("this is no private RSA key in PEM")
