"""Looks before the start at what the app stands on: files, keys, profiles, origins; it mends nothing."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.config.secret_files import secret_files
from bot.config.settings import SECRETS, Settings, SettingsError
from flows.link.rulebook import Rulebook
from flows.words import Library
from storage import link_lists
from storage.credentials.keyring import KeyRefusedError, KeyRing, KeyServiceError
from storage.credentials.rotation import missing_keys
from storage.database.address import read_url, sqlite_file
from storage.database.transactions import Database

_PERTURB, _ANY_BYTE = -6, 0xA5
"""`M_PERTURB` of glibc's malloc.h, and what is written."""

log = logging.getLogger(__name__)

OTHERS_READ = 0o044
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
"""What slack_sdk reads by itself, and goes by without any exception."""

CLOCK_SECONDS = 60
"""Slack's requests are refused when they seem five minutes old; this leaves time to notice."""

HISTORY = ("channels:history", "groups:history", "im:history")
"""What READ_BACK=off does without; the app then hears nothing that is typed in a thread, either."""

SCOPES = frozenset(
    {
        *HISTORY,
        "commands",
        "chat:write",
        "files:write",
        "app_mentions:read",
        "channels:read",
        "groups:read",
        "im:write",
        "users:read",
    }
)
"""What the manifest asks for."""


def look_at_words(library: Library) -> None:
    """Write one line in the log for each language that lacks texts; people read those in English."""
    for tag, words in library.words.items():
        if words.lacking:
            log.warning(
                "a language lacks texts, which are said in English",
                extra={"part": tag, "lines": len(words.lacking), "key": min(words.lacking)},
            )


def dump_no_core() -> None:
    """See that a crash leaves no file with the memory in it, where the platform has such a limit."""
    try:
        import resource  # noqa: PLC0415  not on every platform
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def overwrite_what_is_freed() -> None:
    """Have the C library write over all memory that is given back, where it can: glibc; a secret then stays nowhere.

    Its own small cache escapes this until GLIBC_TUNABLES, which counts from the start of a process, turns it off.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(_PERTURB, _ANY_BYTE)


def forget_proxies() -> str:
    """Take out of the environment what the libraries would read behind the settings' back; names what was there."""
    found = ", ".join(name for name in PROXY_VARIABLES if os.environ.pop(name, ""))
    if found:
        log.warning("OUTBOUND_PROXY counts, and not the environment", extra={"ignored": found})
    return found


def open_files(settings: Settings) -> Iterator[str]:
    """Yield one line for each file with secrets in it that others can read."""
    files = {f"{name.upper()}_FILE": file for name, file in secret_files(SECRETS).items()} | {
        "CREDENTIAL_KEYS_FILE": settings.credential_keys_file,
        "VAULT_TOKEN_FILE": settings.vault_token_file,
        "DATABASE_URL": sqlite_file(read_url(settings.database_url)),
    }
    for name, file in files.items():
        if file and file.exists() and file.stat().st_mode & OTHERS_READ:
            yield f"{name}: the file can be read by others on this machine; chmod 600 it"


def clock_is_off(date: str, now: datetime) -> int:
    """Return by how many seconds our clock is ahead of Slack's, 0 when that is little; `date` is Slack's header."""
    try:
        ahead = int((now - parsedate_to_datetime(date)).total_seconds())
    except (TypeError, ValueError):
        return 0
    return ahead if abs(ahead) > CLOCK_SECONDS else 0


def look_at_keys(database: Database, ring: KeyRing) -> None:
    """Refuse keys that open nothing, or do not open all that is stored; raises SettingsError."""
    try:
        ring.prove()
        missing = missing_keys(database, ring)
    except (KeyServiceError, KeyRefusedError) as error:
        why = str(error) or "it does not open what it has sealed"
        raise SettingsError(f"CREDENTIAL_KEYS: the key {ring.sealing_id} cannot be used; {why}") from None
    if missing:
        names = ", ".join(sorted(missing))
        mend = "add it behind the others" if missing - ring.ids else "what stands there under that name is another key"
        raise SettingsError(f"CREDENTIAL_KEYS: stored secrets need the key {names}; {mend}")


def look_at_profiles(database: Database, rules: Rulebook) -> None:
    """Refuse a file of permissions that lacks a profile which links use; raises SettingsError."""
    missing = database.run_sync(link_lists.profiles) - set(rules.permissions.profiles)
    if missing:
        names = ", ".join(sorted(missing))
        raise SettingsError(f"PERMISSIONS_FILE: running links use the profile {names}; keep it in the file")


def extra_origins(settings: Settings) -> str:
    """Say what is called beside Workday's own hosts; empty when nothing is."""
    return ", ".join(f"{name} at {origin}" for name, origin in sorted(settings.origins.own.items()))
