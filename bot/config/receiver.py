"""Where finished links are handed to: address, signing secret, public key; hands over nothing itself."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import SecretStr

CURVE = "P-256"
SIGNED = "whsec_"


class KeyFileError(ValueError):
    """A public key that cannot be used; the text says what it must be."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where links are handed to: address, signing secret, public key."""

    url: SecretStr
    secret: SecretStr
    key: ECKey


def read_key(text: str) -> ECKey:
    """Read the backend's public key from PEM or JWK; raises KeyFileError."""
    try:
        raw: str | dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else text
        key = ECKey.import_key(raw)
    except (ValueError, TypeError, JoseError):
        raise KeyFileError("must be an EC public key (P-256) as PEM or JWK") from None
    if key.is_private:
        raise KeyFileError("holds a private key; the app needs the public one only")
    if key.curve_name != CURVE:
        raise KeyFileError(f"is on the curve {key.curve_name}; it must be an EC public key on {CURVE}")
    return key


def signing_key(secret: SecretStr) -> bytes:
    """Return the bytes of a `whsec_…` secret; raises ValueError."""
    try:
        return base64.b64decode(secret.get_secret_value().removeprefix(SIGNED), validate=True)
    except binascii.Error:
        raise ValueError("must be whsec_ and base64") from None
