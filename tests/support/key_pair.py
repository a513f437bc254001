"""Key pairs, certificates and signed JWTs, made by hand: another way than the app's own."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pair:
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def private_pem(self) -> str:
        pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()

    def certificate(self, start: datetime, days: int = 730) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
        built = (
            x509.CertificateBuilder(name, name, self.key.public_key(), 1)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .sign(self.key, SHA256())
        )
        return built.public_bytes(serialization.Encoding.PEM).decode()

    def signed(self, *, alg: str = "RS256", **claims: object) -> str:
        message = f"{_encoded({'alg': alg, 'typ': 'JWT'})}.{_encoded(claims)}"
        return f"{message}.{_plain(self.key.sign(message.encode(), PKCS1v15(), SHA256()))}"


@cache
def pair(number: int = 0, bits: int = 2048) -> Pair:
    """Give one of the key pairs of this run; to make one takes a while."""
    assert number >= 0
    return Pair(rsa.generate_private_key(65537, bits))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _encoded(part: object) -> str:
    return _plain(json.dumps(part).encode())


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
