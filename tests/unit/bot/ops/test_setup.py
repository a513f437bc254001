"""`workday-link setup`: a finished manifest, fresh keys that stay, and the next clicks."""

from __future__ import annotations

import re
import shlex
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config.preflight import HISTORY, SCOPES
from bot.config.settings import load_settings
from bot.ops import setup
from bot.ops.cli import main
from storage.credentials.keyring import new_key

ROOT = Path(__file__).parents[4]
ADDRESS = "https://link.wintro.example"
HTTP = ("--address", ADDRESS, "--vendor", "Wintro")
SOCKET = ("--socket-mode",)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*setup.COMMENTS, "CREDENTIAL_KEYS_FILE"):
        monkeypatch.delenv(name, raising=False)


def written() -> dict[str, str]:
    return {name: value or "" for name, value in setup.read_environment(Path(".env")).items()}


def manifest() -> dict[str, Any]:
    text = Path("manifest.yml").read_text()
    assert "example.com" not in text
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_over_http_every_address_is_filled_in() -> None:
    assert main(["setup", *HTTP]) == 0
    made, template = manifest(), yaml.safe_load((ROOT / "app_manifest.yml").read_text())
    url = f"{ADDRESS}/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["oauth_config"] == template["oauth_config"]
    assert written()["PUBLIC_URL"] == ADDRESS


def test_socket_mode_has_no_address_and_its_own_token() -> None:
    assert main(["setup", *SOCKET]) == 0
    text, made = Path("manifest.yml").read_text(), manifest()
    assert "url" not in re.findall(r"^\s*(\w*url):", text, re.MULTILINE)
    assert "request_url" not in text
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert made["settings"]["event_subscriptions"]["bot_events"]
    assert "SLACK_APP_TOKEN" in written()
    assert "PUBLIC_URL" not in written()


def test_without_read_back_no_right_to_history_is_asked_for() -> None:
    assert main(["setup", *HTTP, "--read-back", "off"]) == 0
    made = manifest()
    assert set(made["oauth_config"]["scopes"]["bot"]) == SCOPES - set(HISTORY)
    assert not [name for name in made["settings"]["event_subscriptions"]["bot_events"] if name.startswith("message")]
    assert written()["READ_BACK"] == "off"


@pytest.mark.parametrize("flags", [HTTP, SOCKET, (*SOCKET, *HTTP, "--read-back", "off")])
def test_once_the_tokens_are_in_the_settings_are_whole(
    flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", *flags]) == 0
    said = capsys.readouterr().out
    assert written()["CREDENTIAL_KEYS"].partition(":")[2] not in said
    assert Path(".env").stat().st_mode & 0o777 == 0o600
    filled = Path(".env").read_text().replace("SLACK_BOT_TOKEN=", "SLACK_BOT_TOKEN=xoxb-1")
    filled = filled.replace("SLACK_SIGNING_SECRET=", f"SLACK_SIGNING_SECRET={'0' * 32}")
    Path(".env").write_text(filled.replace("SLACK_APP_TOKEN=", "SLACK_APP_TOKEN=xapp-1"))
    assert main(["setup"]) == 0
    said = capsys.readouterr().out.partition("Next:")[2]
    assert said.startswith("\n1. workday-link --env-file .env check\n"), "what is done is not asked for again"
    for name, value in written().items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert bool(settings.slack_app_token.get_secret_value()) == ("--socket-mode" in flags)


def test_a_second_run_overwrites_nothing_that_has_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    key = new_key("k7")
    Path(".env").write_text(
        f"# mine\nexport CREDENTIAL_KEYS='{key}'\nSLACK_BOT_TOKEN=\nPUBLIC_URL=https://old.example\n"
    )
    assert main(["setup", *HTTP]) == 0
    assert written()["CREDENTIAL_KEYS"] == key
    assert written()["PUBLIC_URL"] == "https://old.example"
    assert Path(".env").read_text().startswith(f"# mine\nexport CREDENTIAL_KEYS='{key}'\n")
    said = capsys.readouterr().out
    assert "CREDENTIAL_KEYS stays as it was." in said
    assert f"PUBLIC_URL stays https://old.example, though you said {ADDRESS}" in said
    assert key.partition(":")[2] not in said
    again = Path(".env").read_bytes()
    assert main(["setup", *HTTP]) == 0
    assert Path(".env").read_bytes() == again


@pytest.mark.parametrize("file", ["typo.env", ".", "torn.env"])
def test_a_file_that_cannot_be_read_is_named(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("torn.env").write_bytes(b"SLACK_BOT_TOKEN=\xff")
    assert main(["--env-file", file, "check"]) == 2
    assert capsys.readouterr().err.startswith(f"--env-file: {file} must be a readable file")


def test_an_empty_key_is_filled_in_where_it_stands() -> None:
    Path(".env").write_text("CREDENTIAL_KEYS=\nLOG_LEVEL=debug\n")
    assert main(["setup", *SOCKET]) == 0
    assert Path(".env").read_text().startswith("CREDENTIAL_KEYS=k1:")
    assert written()["LOG_LEVEL"] == "debug"


@pytest.mark.parametrize("vendor", ["Wintro", "Levi's & Söhne #1", "7 = 7; ls"])
def test_a_shell_reads_the_file_as_we_do(vendor: str) -> None:
    assert main(["setup", *HTTP, "--vendor", vendor]) == 0
    assert written()["VENDOR_NAME"] == vendor
    shell = ("/bin/sh", "-c", 'set -a; . ./.env; printf "%s|%s" "$VENDOR_NAME" "$CREDENTIAL_KEYS"')
    read = subprocess.run(shell, check=True, capture_output=True, text=True, env={})  # noqa: S603
    assert read.stdout == f"{vendor}|{written()['CREDENTIAL_KEYS']}"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--address", "http://link.wintro.example"), "--address: must be an https address"),
        (("--address", "link.wintro.example"), "--address: must be an https address"),
        ((*HTTP, "--vendor", 'The "Best"'), "--vendor: must have none of"),
        ((), "--address: say where Slack reaches the app"),
        ((*HTTP, "--to", "file"), "--to:"),
    ],
)
def test_what_cannot_be_used_writes_nothing(
    flags: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("")
    assert main(["setup", *flags]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert [path.name for path in Path().iterdir()] == ["file"]


def test_a_terminal_is_asked() -> None:
    parser = ArgumentParser()
    setup.add_verb(parser)
    questions: list[str] = []
    replies = iter(["", "Wintro"])

    def ask(question: str) -> str:
        questions.append(question)
        return next(replies)

    assert setup.answer(parser.parse_args([]), lambda _: None, ask) == 0
    assert [question.partition(" (")[0] for question in questions] == [
        "Public https address",
        "What your customers call you",
    ]
    assert manifest()["settings"]["socket_mode_enabled"] is True
    assert written()["VENDOR_NAME"] == "Wintro"


def test_the_readme_shows_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (command, shown), *_ = re.findall(
        r"^\$ workday-link (setup .*)\n((?:.*\n)*?)```$", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out == shown
