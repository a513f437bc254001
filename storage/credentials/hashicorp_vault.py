"""Owns the keys that stay in HashiCorp Vault (its transit engine); it sees data keys, never a secret."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from flows.small_files import read_text
from storage.credentials.keyring import KeyRefusedError, KeyRingError, KeyServiceError

__all__ = ["TransitKey", "VaultServer"]

_SECONDS: Final = 1.4
"""Two secrets of one form are sealed one after the other, and Slack waits three seconds."""

_PREFIX: Final = "vault:v"
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultServer:
    """Where Vault is and how it knows us; a token file is read anew each time, because an agent renews it."""

    address: str
    token: SecretStr = field(default_factory=lambda: SecretStr(""))
    token_file: Path | None = None
    namespace: str = ""
    ca_file: Path | None = None
    mount: str = "transit"

    def key(self, name: str) -> TransitKey:
        """Name a key; whether it is there shows when it is used. Raises KeyRingError."""
        if find_spec("hvac") is None:
            raise KeyRingError("CREDENTIAL_KEYS: keys in Vault need `pip install link-workday[vault]`")
        return TransitKey(self, name)

    def read_token(self) -> str:
        """Return the token; empty behind an agent that adds its own. Raises KeyServiceError."""
        if self.token_file is None:
            return self.token.get_secret_value()
        try:
            return read_text(self.token_file, "ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise KeyServiceError("VAULT_TOKEN_FILE: cannot be read") from None


@dataclass(frozen=True, slots=True)
class TransitKey:
    """A key that never leaves Vault; `Key` says what each call does."""

    server: VaultServer = field(repr=False)
    name: str

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """See `Key`."""
        told = self._ask("encrypt_data", plaintext=_encode(data_key), associated_data=_encode(bound))
        wrapped = str(told.get("ciphertext"))
        if not wrapped.startswith(_PREFIX) or not wrapped.isascii() or len(wrapped) > _LONGEST:
            raise KeyServiceError("Vault: its answer cannot be read")
        return wrapped.encode("ascii")

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """See `Key`."""
        try:
            ciphertext = wrapped.decode("ascii")
        except UnicodeDecodeError:
            raise KeyRefusedError from None
        told = self._ask("decrypt_data", ciphertext=ciphertext, associated_data=_encode(bound))
        return _decode(told.get("plaintext"))

    def _ask(self, method: str, **said: object) -> dict[str, Any]:
        # Imported here, because they come with an extra that only this needs.
        hvac, requests, errors = map(import_module, ("hvac", "requests", "hvac.exceptions"))
        server = self.server
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(server.ca_file) if server.ca_file else True
            client = hvac.Client(
                url=server.address,
                token=server.read_token(),
                timeout=_SECONDS,
                allow_redirects=False,
                namespace=server.namespace or None,
                session=session,
            )
            try:
                answer = getattr(client.secrets.transit, method)(self.name, mount_point=server.mount, **said)
            except errors.InvalidRequest:
                if method == "decrypt_data":
                    raise KeyRefusedError from None
                raise KeyServiceError(f"Vault: the key {self.name} cannot be used; check its name and type") from None
            except errors.Forbidden:
                raise KeyServiceError(f"Vault: may not use the key {self.name}; check token and policy") from None
            except (errors.VaultError, requests.RequestException, ValueError) as error:
                raise KeyServiceError(f"Vault: does not answer as it should ({type(error).__name__})") from None
        try:
            return dict(answer["data"])
        except (KeyError, TypeError, ValueError):
            raise KeyServiceError("Vault: its answer cannot be read") from None


def _encode(plain: bytes) -> str:
    return base64.b64encode(plain).decode("ascii")


def _decode(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise KeyServiceError("Vault: its answer cannot be read") from None
