"""The key that papers are signed with, and their signatures; keeps no key in the clear but in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from storage.credentials import store as credentials
from storage.credentials.keyring import KeyRing
from storage.database.transactions import Database

_NAME: Final = "papers"
_ALGORITHM: Final = "Ed25519"
PATH: Final = "/papers/keys.json"
"""Where the public key stands, below PUBLIC_URL."""


class PaperKey:
    """An Ed25519 key of the app's own; the same seed gives the same key, and the same file the same signature."""

    def __init__(self, seed: bytes) -> None:
        self._key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed))
        self.thumbprint = self._key.thumbprint()

    @classmethod
    def load(cls, database: Database, ring: KeyRing, now: datetime) -> PaperKey:
        """Read the key, or make it the first time; raises SecretError and KeyServiceError."""
        return cls(credentials.own(database, ring, _NAME, now))

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JWK (RFC 7517); `kid` is its RFC 7638 thumbprint."""
        return {**self._key.as_dict(private=False), "kid": self.thumbprint, "alg": _ALGORITHM, "use": "sig"}

    def sign(self, content: bytes) -> str:
        """Return a detached JWS (RFC 7515, appendix F) of a file: compact, its payload left out."""
        header = {"alg": _ALGORITHM, "kid": self.thumbprint}
        return jws.detach_content(jws.serialize_compact(header, content, self._key, algorithms=[_ALGORITHM]))

    def signatures(self, files: Mapping[str, bytes]) -> bytes:
        """Return, as JSON, the SHA-256 and the signature of each file, with the key."""
        told = {
            name: {"sha256": sha256(content).hexdigest(), "jws": self.sign(content)} for name, content in files.items()
        }
        return json.dumps({"key": self.public, "files": told}, indent=2).encode()
