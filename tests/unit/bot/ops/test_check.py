"""What `workday-link check` says: ok, warning or failed, each with the mend, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from sqlmodel import delete, update

from bot.config.preflight import HISTORY, clock_is_off
from bot.config.settings import load_settings
from bot.ops.cli import main
from sandbox.slack import SlackSandbox
from storage.credentials.keyring import new_key
from storage.database.transactions import Database
from storage.tables import LinkRow, SecretRow
from tests.support.command import NOW, store_link
from tests.support.ports import free_port
from tests.support.secrets_at_rest import put
from tests.support.vault_server import TOKEN


@pytest.mark.usefixtures("slack")
def test_check_greets_slack(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    assert main(["check"]) == 0, "a first run is healthy"
    said = capsys.readouterr().out
    assert f"warning  Database: there is no file {file} yet; `serve` makes it." in said
    assert "0 failed, 1 to look at" in said
    assert not file.exists(), "a look leaves nothing behind"
    file.touch()
    assert main(["check"]) == 0
    assert (
        "warning  Database: not up to date; `serve` brings it up, or `workday-link migrate`" in capsys.readouterr().out
    )
    assert main(["migrate"]) == 0
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "ok       Slack: Wintro knows us." in said
    assert "0 failed, 0 to look at" in said


@pytest.mark.usefixtures("slack")
def test_a_monitor_reads_it_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["failed"], told["warning"]) == (0, 1)
    assert len(told["lines"]) == told["ok"] + told["warning"] + told["failed"]
    assert {"level": "ok", "what": "Slack", "text": "Wintro knows us."} in told["lines"]
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    assert main(["check", "--json"]) == 1
    (wrong,) = [line for line in json.loads(capsys.readouterr().out)["lines"] if line["level"] == "failed"]
    assert wrong["what"] == "SLACK_BOT_TOKEN"
    assert "invalid_auth" in wrong["text"]


def test_a_fresh_key_is_offered_only_when_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert main(["check"]) == 2
    assert "fresh key" not in capsys.readouterr().out
    monkeypatch.delenv("CREDENTIAL_KEYS")
    assert main(["check"]) == 2
    said = capsys.readouterr().out
    assert "failed   PORT: must be a number" in said
    fresh = said.partition("CREDENTIAL_KEYS=")[2].splitlines()[0]
    monkeypatch.setenv("CREDENTIAL_KEYS", fresh)
    monkeypatch.delenv("PORT")
    load_settings()


def test_check_names_scopes_that_are_not_there(slack: SlackSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    slack.core.scopes -= {"users:read", "commands"}
    assert main(["check"]) == 1
    assert "failed   Scopes: the token lacks commands, users:read; add them" in capsys.readouterr().out


def test_check_compares_the_scopes_with_the_manifest(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.core.scopes -= set(HISTORY)
    assert main(["check"]) == 1
    assert "failed   Scopes: the token lacks channels:history, groups:history, im:history" in capsys.readouterr().out
    monkeypatch.setenv("READ_BACK", "off")
    slack.core.scopes.add("files:read")
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "warning  Scopes: without channels:history, groups:history, im:history nothing is heard" in said
    assert "warning  Scopes: the token has files:read, which the app does not use" in said


@pytest.mark.usefixtures("slack")
def test_check_tries_all_that_serving_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    store_link(profile="gone")
    settings = load_settings()
    with closing(Database(settings.database_url)) as database:
        database.run_sync(lambda session: put(session, settings.key_ring, "abc", "x", NOW))
        capsys.readouterr()
        assert main(["check"]) == 1
        said = capsys.readouterr().out
        assert "Link abc: uses the profile gone, which PERMISSIONS_FILE does not have; put it back." in said
        assert "Keys: fine;" in said
        assert "k1: needed by 1, seals, must stay" in said
        assert "ok       Request URL: HTTP;" in said
        database.run_sync(lambda session: session.exec(update(LinkRow).values(document='{"schema":9,"value":{}}')))
        monkeypatch.setenv("CREDENTIAL_KEYS", new_key("k2"))
        assert main(["check"]) == 1
        said = capsys.readouterr().out
        assert "Link abc: set aside, stored Link is of a schema that this release does not have." in said
        assert "Keys: some stored secrets do not open; add the key" in said
        assert "k1: needed by 1, is not in CREDENTIAL_KEYS" in said
        assert "password of link abc does not open" in said
        database.run_sync(lambda session: session.exec(delete(SecretRow)))
        database.run_sync(lambda session: session.exec(delete(LinkRow)))


@pytest.mark.usefixtures("slack")
def test_what_does_not_answer_is_named_and_the_rest_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "public.pem").write_bytes(ECKey.generate_key("P-256", private=True).as_pem(private=False))
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("HANDOFF_URL", f"{nowhere}/links")
    monkeypatch.setenv("HANDOFF_SIGNING_SECRET", "whsec_" + "A" * 32)
    monkeypatch.setenv("HANDOFF_PUBLIC_KEY", str(tmp_path / "public.pem"))
    monkeypatch.setenv("NOTIFY_URL", nowhere)
    monkeypatch.setenv("NOTIFY_SIGNING_SECRET", "whsec_" + "A" * 32)
    monkeypatch.setenv("PUBLIC_URL", nowhere)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "failed   HANDOFF_URL: nobody answers there (ConnectionRefusedError)." in said
    assert "failed   NOTIFY_URL: nobody answers there (ConnectionRefusedError)." in said
    assert f"warning  Request URL: {nowhere}/slack/events does not answer" in said
    assert "warning  PUBLIC_URL: /papers/keys.json does not come" in said
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-wrong")
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "failed   SLACK_APP_TOKEN: Slack says invalid_auth; copy it again" in said
    assert "HANDOFF_URL" in said


@pytest.mark.usefixtures("slack")
def test_check_compares_the_clocks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["migrate"]) == 0
    assert main(["check"]) == 0
    assert "ok       Clock: fine" in capsys.readouterr().out
    (tmp_path / "clock").write_text("400")
    monkeypatch.setenv("CLOCK_FILE", str(tmp_path / "clock"))
    assert main(["check"]) == 1
    assert re.search(r"Clock: \+(399|400|401) seconds beside Slack's", capsys.readouterr().out)
    assert clock_is_off("", NOW) == clock_is_off("yesterday", NOW) == 0


@pytest.mark.usefixtures("slack")
def test_check_names_files_that_others_can_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["migrate"]) == 0
    keys, token, database = tmp_path / "keys", tmp_path / "token", tmp_path / "x.db"
    keys.write_text(os.environ["CREDENTIAL_KEYS"])
    token.write_text(TOKEN)
    monkeypatch.delenv("CREDENTIAL_KEYS")
    monkeypatch.setenv("CREDENTIAL_KEYS_FILE", str(keys))
    monkeypatch.setenv("VAULT_TOKEN_FILE", str(token))
    for mode in (0o600, 0o700):
        keys.chmod(mode)
        token.chmod(mode)
        assert main(["check"]) == 0
        assert "others" not in capsys.readouterr().out
    keys.chmod(0o644)
    token.chmod(0o640)
    database.chmod(0o644)
    assert main(["check"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "can be read by others" in line]
    assert [line.partition(":")[0].split()[1] for line in lines] == ["CREDENTIAL_KEYS_FILE", "VAULT_TOKEN_FILE"]
    assert all(line.endswith("can be read by others on this machine; chmod 600 it.") for line in lines)
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    database.chmod(0o644)
    assert main(["check"]) == 0
    assert "DATABASE_URL: the file can be read by others" in capsys.readouterr().out


@pytest.mark.usefixtures("slack")
def test_check_says_that_something_stands_in_for_workday(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert main(["check"]) == 0
    assert "WORKDAY_EXTRA_ORIGINS" not in capsys.readouterr().out
    monkeypatch.setenv("WORKDAY_EXTRA_ORIGINS", "wd2.myworkday.com=http://127.0.0.1:4001")
    assert main(["check"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "WORKDAY_EXTRA_ORIGINS" in line]
    assert "wd2.myworkday.com at http://127.0.0.1:4001" in line


@pytest.mark.parametrize("why", ["missing_scope", "channel_not_found", "no answer", "no reason"])
def test_a_staff_channel_about_which_slack_says_nothing_is_taken(
    slack: SlackSandbox, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    monkeypatch.setenv("STAFF_CHANNEL", "C0NOWHERE" if why == "channel_not_found" else "C0STAFF")
    if why == "missing_scope":
        slack.core.scopes.discard("channels:read")
    if why == "no answer":
        slack.faults.next("conversations.info", lose_answer=True, times=2)
    if why == "no reason":
        slack.faults.next("conversations.info", http=502, times=9)
    assert main(["check"]) == (1 if why == "missing_scope" else 0)
    out = capsys.readouterr().out
    assert "STAFF_CHANNEL: Slack cannot tell whether it is shared" in out
    assert why in out or why == "no answer"


def test_the_readme_shows_what_it_says(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    guide = (Path(__file__).parents[4] / "README.md").read_text()
    commands = dict(re.findall(r"^\$ workday-link (.*)\n((?:.*\n)*?)```$", guide, re.MULTILINE))
    (first, looks) = sorted(commands, key=lambda command: "check" in command)
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "CREDENTIAL_KEYS", "DATABASE_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", dict(os.environ))  # the file's variables end with this test
    assert main(shlex.split(first)) == 0
    file = tmp_path / ".env"
    tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret}
    file.write_text(
        re.sub(r"^(\w+)=$", lambda match: f"{match[1]}={tokens[match[1]]}", file.read_text(), flags=re.MULTILINE)
    )
    capsys.readouterr()
    assert main(shlex.split(looks)) == 0
    assert capsys.readouterr().out.replace(str(tmp_path), "/srv/link-workday") == commands[looks]
