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
TOKENS_PATH = "/workday-tokens"


class KeyFileError(ValueError):
    """A public key that cannot be used; the text says what it must be."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where links are handed to: address, signing secrets, public key.

    `tokens_at` is where tokens of a link's key are fetched in place of that key; empty where the key itself is brought.
    """

    url: SecretStr
    secret: SecretStr
    key: ECKey
    tokens_at: str = ""


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


def signing_keys(secrets: SecretStr) -> tuple[bytes, ...]:
    """Return the bytes of `whsec_…` secrets set apart by commas, the newest first; raises ValueError."""
    try:
        return tuple(
            base64.b64decode(one.strip().removeprefix(SIGNED), validate=True)
            for one in secrets.get_secret_value().split(",")
        )
    except binascii.Error:
        raise ValueError("must be whsec_ and base64, several set apart by commas") from None
