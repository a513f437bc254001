"""What an operator sets before the app can start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.credentials.keyring import new_key

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Set all that is required, with a database in this folder."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0" * 32)
    monkeypatch.setenv("CREDENTIAL_KEYS", new_key("k1"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/x.db")
