"""Owns the x509 public keys of a tenant, and whether a signature is by one of them; must not know any client."""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

LEAST_BITS = 2048


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What Create x509 Public Key keeps of a certificate; times are epoch seconds."""

    name: str
    key: RSAPublicKey = field(repr=False)
    valid_from: float
    valid_to: float

    def is_valid(self, now: float) -> bool:
        return self.valid_from <= now <= self.valid_to

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key's owner signed the message, RSA with SHA-256."""
        try:
            self.key.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True


def read(name: str, certificate: str) -> PublicKey:
    """Read a PEM certificate as the task does; raises ValueError with what an admin would read."""
    if "PRIVATE KEY" in certificate:
        raise ValueError("this is a private key; paste the certificate")
    try:
        found = x509.load_pem_x509_certificate(certificate.encode())
    except ValueError:
        raise ValueError("the certificate is not valid") from None
    key = found.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"the certificate needs an RSA key of {LEAST_BITS} bits or more")
    start, end = found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()
    return PublicKey(name, key, start, end)
