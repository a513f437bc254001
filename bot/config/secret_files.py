"""Secrets that stand in a file instead of the environment: NAME_FILE for every setting that is one; keeps none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from flows.small_files import read_text

OWN_WAY = frozenset({"credential_keys", "vault_token"})
"""These are read from their files by rules of their own."""


class SecretFileError(Exception):
    """A file that cannot be used; one line that names the variable and the mend."""


def secret_files(names: Iterable[str]) -> dict[str, Path]:
    """Return the files that are named for these settings, by setting."""
    named = ((name, os.environ.get(f"{name.upper()}_FILE", "")) for name in names if name not in OWN_WAY)
    return {name: Path(path) for name, path in named if path}


def read_secrets(names: Iterable[str]) -> dict[str, str]:
    """Read what stands in the files, without the end of the line; raises SecretFileError."""
    found: dict[str, str] = {}
    for name, path in secret_files(names).items():
        variable = name.upper()
        if os.environ.get(variable):
            raise SecretFileError(f"{variable}_FILE: is set beside {variable}; keep one of them")
        try:
            found[name] = read_text(path).strip()
        except (OSError, UnicodeDecodeError):
            raise SecretFileError(f"{variable}_FILE: must be a readable file") from None
    return found
