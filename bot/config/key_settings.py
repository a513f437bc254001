"""What the operator sets about the keys that seal credentials; asks nobody whether they work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.small_files import read_text
from storage.credentials.hashicorp_vault import VaultServer
from storage.credentials.keyring import KeyRing, KeyRingError


def _vault_addr(value: str) -> str:
    if value and not re.fullmatch(r"https://[A-Za-z0-9.:-]+/?|http://(127\.0\.0\.1|localhost)(:\d+)?/?", value):
        raise ValueError("must be the https address of Vault (plain http only for an agent on this machine)")
    return value


def _readable(value: Path | None) -> Path | None:
    try:
        if value is not None:
            read_text(value, "latin-1")
    except OSError:
        raise ValueError("must be a readable file") from None
    return value


def _mount(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", value):
        raise ValueError("must be the path of Vault's transit engine, such as transit")
    return value


def _keys_file(value: Path | None) -> Path | None:
    try:
        if value is not None:
            read_text(value, "ascii")
    except (OSError, UnicodeDecodeError):
        raise ValueError("must be a readable file with one id:base64 of 32 bytes on each line") from None
    return value


def _from_file(value: object, info: ValidationInfo) -> object:
    file = info.data.get("credential_keys_file")
    if not isinstance(file, Path):
        return value
    if isinstance(value, SecretStr) and not value.get_secret_value():
        return ",".join(line for line in read_text(file, "ascii").splitlines() if line.strip())
    raise ValueError("is set beside CREDENTIAL_KEYS_FILE; keep one of them")


def _keys(value: SecretStr, info: ValidationInfo) -> SecretStr:
    try:
        _ring(value, info.data)
    except KeyRingError as error:
        raise ValueError(str(error)) from None
    return value


def _ring(keys: SecretStr, said: Mapping[str, Any]) -> KeyRing:
    address = said.get("vault_addr")
    server = (
        VaultServer(
            address=address,
            token=said.get("vault_token", SecretStr("")),
            token_file=said.get("vault_token_file"),
            namespace=said.get("vault_namespace", ""),
            ca_file=said.get("vault_cacert"),
            mount=said.get("vault_mount", "transit"),
        )
        if address
        else None
    )
    return KeyRing.parse(keys.get_secret_value(), server.key if server else None)


class KeySettings(BaseSettings):
    """The key ring and, for keys that are kept by HashiCorp Vault, the way to it; the order is that of the checks."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    vault_addr: Annotated[str, AfterValidator(_vault_addr)] = ""
    vault_token: SecretStr = SecretStr("")
    vault_token_file: Annotated[Path | None, AfterValidator(_readable)] = None
    vault_namespace: str = ""
    vault_cacert: Annotated[Path | None, AfterValidator(_readable)] = None
    vault_mount: Annotated[str, AfterValidator(_mount)] = "transit"
    credential_keys_file: Annotated[Path | None, AfterValidator(_keys_file)] = None
    credential_keys: Annotated[SecretStr, BeforeValidator(_from_file), AfterValidator(_keys)] = Field(
        default=SecretStr(""), validate_default=True
    )

    @property
    def key_ring(self) -> KeyRing:
        """The keys that seal credentials."""
        return _ring(self.credential_keys, dict(self))
