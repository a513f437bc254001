"""Owns reading a JWT that a client signs on with, by hand; must not know who may sign on."""

import base64
import binascii
import json
from dataclasses import dataclass, field

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "wd"
LEEWAY = 60.0
"""How far clocks may be apart, in seconds."""

LONGEST = 600.0
"""How far ahead an assertion may end, in seconds."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an assertion says, believed by nobody yet."""

    issuer: str
    subject: str
    audience: object
    expires: float
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def is_timely(self, now: float) -> bool:
        return now - LEEWAY < self.expires <= now + LONGEST + LEEWAY


def read(text: str) -> Assertion | None:
    """Take a JWT apart; None for anything that is no RS256 JWT with the claims Workday wants."""
    try:
        head, body, signature = text.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        if header["alg"] != "RS256":
            return None
        return Assertion(
            str(claims["iss"]),
            str(claims["sub"]),
            claims["aud"],
            float(claims["exp"]),
            f"{head}.{body}".encode(),
            _decoded(signature),
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
