"""Every secret can stand in a file: read without the end of its line, refused beside the variable itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config.preflight import open_files
from bot.config.secret_files import OWN_WAY
from bot.config.settings import SECRETS, Settings, SettingsError, load_settings
from tests.support import operator


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    operator.set_up(monkeypatch, tmp_path)


def test_every_secret_has_its_file() -> None:
    named = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert named <= set(SECRETS)
    assert {"slack_bot_token", "slack_signing_secret", "slack_app_token", "handoff_signing_secret"} <= named
    assert all(f"{name}_file" in Settings.model_fields for name in OWN_WAY)


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-canary\n")
    file.chmod(0o644)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(file))
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-canary"
    assert "SLACK_BOT_TOKEN_FILE: the file can be read by others on this machine; chmod 600 it" in open_files(settings)


def test_a_file_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN_FILE: is set beside SLACK_BOT_TOKEN"):
        load_settings()
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN_FILE: must be a readable file"):
        load_settings()
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/dev/zero")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN_FILE: must be a readable file"):
        load_settings()
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    (tmp_path / "token").write_text("canary")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN: must be a bot token") as caught:
        load_settings()
    assert "canary" not in str(caught.value)
