"""The verbs of `workday-link` beside serving."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import resource
import runpy
import signal
import socket
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from joserfc.jwk import ECKey
from sqlmodel import Session, col, update

from bot.clock import clock_of
from bot.config.settings import load_settings
from bot.ops.cli import main
from flows.link.effects import Say
from sandbox.slack import SlackSandbox
from storage import link_lists
from storage import links as store
from storage.credentials.keyring import new_key
from storage.database.transactions import Database
from storage.outbox import claims, errands
from storage.tables import LinkRow, SecretRow
from tests.support.command import NOW, store_link
from tests.support.secrets_at_rest import get, put
from tests.support.vault_server import TOKEN, TransitServer, serve


def test_links_can_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["links", "list"]) == 1
    assert "workday-link migrate" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    store_link()
    assert main(["links", "list"]) == 0
    assert "Acme  acme on wd2" in capsys.readouterr().out
    assert main(["links", "show", "abc"]) == 0
    assert '"customer": "Acme"' in capsys.readouterr().out
    assert main(["links", "show", "xyz"]) == 1
    assert "no link xyz" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["migrate"]) == 0
    store_link()
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        monkeypatch.setattr("sys.stdout", nobody)
        assert main(["links", "list"]) == 141
        nobody.write("what comes at the end goes nowhere")


def test_a_link_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    store_link()
    with closing(Database(load_settings().database_url)) as database:
        database.run_sync(lambda session: session.exec(update(LinkRow).values(document='{"schema":9,"value":{}}')))
    capsys.readouterr()
    assert main(["links", "list"]) == 0
    told = capsys.readouterr()
    assert told.out == "abc  set aside: stored Link is of a schema that this release does not have\n"
    assert told.err == ""
    assert main(["links", "show", "abc"]) == 2
    assert "`workday-link links list` names the link" in capsys.readouterr().err


def test_what_will_be_sent_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--until", "2026-03-20"]) == 1
    assert "workday-link migrate" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    assert main(["plan", "--until", "2099-03-20"]) == 0
    assert "Nothing will be sent" in capsys.readouterr().out
    store_link()
    assert main(["plan", "--until", "2099-03-20"]) == 0
    (line, *_) = capsys.readouterr().out.splitlines()
    assert "Acme  to U1: the link waits at Welcome (new message)" in line
    with pytest.raises(SystemExit):
        main(["plan", "--until", "tomorrow"])


def test_a_held_message_is_sent_again_or_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["held"]) == 1
    assert main(["migrate"]) == 0
    store_link()
    capsys.readouterr()

    def hold() -> str:
        with closing(Database(load_settings().database_url)) as database:

            def work(session: Session) -> str:
                errands.enqueue(session, "abc", (Say(key="say.back"),), NOW)
                (errand,) = claims.claim(session, now=NOW, lease=timedelta(minutes=1), free={claims.Hands.NOTICES: 1})
                assert errands.hold(session, errand, error="missing_scope")
                return errand.id

            return database.run_sync(work)

    first = hold()
    assert main(["held"]) == 0
    assert first in capsys.readouterr().out
    assert main(["held", first, "--found", "nonsense"]) == 1
    assert "link of a message in C1" in capsys.readouterr().out
    assert main(["held", first, "--found", "https://x.slack.com/archives/C1/p1700000000123456"]) == 0
    assert main(["held", first]) == 1
    assert "is held" in capsys.readouterr().out
    second = hold()
    assert main(["held", second]) == 0
    assert main(["held"]) == 0
    assert second not in capsys.readouterr().out.replace("Done.", "")


def test_slack_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.startswith("SLACK_API_URL: Slack does not answer")
    assert main(["check"]) == 1
    assert "failed   SLACK_API_URL: Slack does not answer" in capsys.readouterr().out


def test_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["workday-link", "migrate"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bot", run_name="__main__")
    assert ended.value.code == 0


@pytest.mark.parametrize("accepted", [False, True])
def test_a_staff_channel_that_others_read_is_refused(
    slack: SlackSandbox,
    accepted: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["migrate"]) == 0
    monkeypatch.setenv("STAFF_CHANNEL", "C0STAFF")
    assert main(["check"]) == 0
    assert "STAFF_CHANNEL: is not shared." in capsys.readouterr().out
    channel = slack.channel("cs-team")
    if accepted:
        channel.teams = (slack.team, "T0ACME")
    else:
        channel.invited = ("T0ACME",)
    assert main(["check"]) == 1
    assert "failed   STAFF_CHANNEL: is shared with another organisation" in capsys.readouterr().out
    assert main(["serve"]) == 2
    err = capsys.readouterr().err
    (line,) = [line for line in err.splitlines() if not line.startswith("{")]
    assert line.startswith("STAFF_CHANNEL: is shared with another organisation")


@pytest.mark.parametrize("app_token", [False, True])
def test_serving_ends_in_good_order(
    slack: SlackSandbox,
    app_token: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if app_token:
        monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    limits: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    monkeypatch.setenv("STAFF_CHANNEL", "C0NOWHERE")
    monkeypatch.setenv("WORKDAY_EXTRA_ORIGINS", "wd2.myworkday.com=http://127.0.0.1:4001")
    # Told to end before it has begun: it begins, and ends in good order.
    slack.faults.next("auth.test", delay=0.3)

    def end() -> None:
        while not slack.faults.happened:
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end, daemon=True).start()
    assert main(["serve"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("listening on port ")
    assert '"event": "stopped"' in err
    assert limits == [(resource.RLIMIT_CORE, (0, 0))]
    assert "WORKDAY_EXTRA_ORIGINS is set" in err
    assert "Slack cannot tell whether STAFF_CHANNEL is shared" in err


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"error": "internal_error"}, "Slack says internal_error, which passes; start again in a minute"),
        ({"rate_limited": 1}, "Slack says ratelimited, which passes"),
        ({"http": 503}, "a web page answers there"),
        ({"body": "<html>Sign in</html>"}, "a web page answers there"),
    ],
)
def test_a_slack_that_is_down_blames_no_token(
    slack: SlackSandbox, capsys: pytest.CaptureFixture[str], fault: dict[str, Any], said: str
) -> None:
    slack.faults.next("auth.test", **fault)
    assert main(["serve"]) == 2
    assert f"SLACK_API_URL: {said}" in capsys.readouterr().err


@pytest.mark.usefixtures("slack")
def test_what_slack_refuses_at_the_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-wrong")
    assert main(["serve"]) == 2
    err = capsys.readouterr().err
    assert "SLACK_APP_TOKEN: Slack says" in err
    assert "xapp-wrong" not in err
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    assert main(["serve"]) == 2
    assert "SLACK_BOT_TOKEN: Slack says invalid_auth" in capsys.readouterr().err


@pytest.mark.usefixtures("slack")
def test_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert main(["serve"]) == 2
    assert "PORT: listening on 127.0.0.1" in capsys.readouterr().err


@pytest.mark.usefixtures("slack")
def test_a_profile_or_a_key_that_is_in_use_must_stay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    store_link(profile="gone")
    assert main(["serve"]) == 2
    assert "PERMISSIONS_FILE: running links use the profile gone" in capsys.readouterr().err
    settings = load_settings()
    with closing(Database(settings.database_url)) as database:
        database.run_sync(lambda session: put(session, settings.key_ring, "abc", "x", NOW))
    for name, mend in (("k2", "add it behind the others"), ("k1", "under that name is another key")):
        monkeypatch.setenv("CREDENTIAL_KEYS", new_key(name))
        assert main(["serve"]) == 2
        said = capsys.readouterr().err
        assert "CREDENTIAL_KEYS: stored secrets need the key k1; " in said
        assert mend in said


def test_the_clock_runs_ahead_by_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("3600")
    monkeypatch.setenv("CLOCK_FILE", str(path))
    now = clock_of(load_settings().clock_file)
    ahead = now()
    path.write_text("nonsense")
    assert 3500 < (ahead - now()).total_seconds() < 3700


def test_keys_are_rotated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    store_link()
    old = os.environ["CREDENTIAL_KEYS"]
    ring = load_settings().key_ring
    with closing(Database(load_settings().database_url)) as database:
        ref = database.run_sync(lambda session: put(session, ring, "abc", "hunter2", NOW))
        new = new_key("k2")
        monkeypatch.setenv("CREDENTIAL_KEYS", f"{new},{old}")
        assert main(["rotate-keys"]) == 0
        said = capsys.readouterr().out
        assert "Secrets wrapped anew: 1, left: 0" in said
        assert "k2: needed by 1, seals, must stay\n" in said
        assert "k1: needed by 0, may go\n" in said
        monkeypatch.setenv("CREDENTIAL_KEYS", new)
        assert database.run_sync(partial(get, ring=load_settings().key_ring, ref=ref)) == "hunter2"


def test_keys_in_vault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    store_link()
    old = os.environ["CREDENTIAL_KEYS"]
    with serve(TransitServer()) as server, closing(Database(load_settings().database_url)) as database:
        ring = load_settings().key_ring
        ref = database.run_sync(lambda session: put(session, ring, "abc", "hunter2", NOW))
        monkeypatch.setenv("VAULT_ADDR", server.url)
        monkeypatch.setenv("VAULT_TOKEN", TOKEN)
        monkeypatch.setenv("CREDENTIAL_KEYS", f"k2:vault:link-workday,{old}")
        assert main(["serve"]) == 2
        said = capsys.readouterr()
        assert said.err.startswith("CREDENTIAL_KEYS: the key k2 cannot be used; Vault: the key link-workday cannot")
        assert TOKEN not in said.out + said.err
        assert main(["rotate-keys"]) == 2
        assert "CREDENTIAL_KEYS: Vault: the key link-workday" in capsys.readouterr().err
        server.create("link-workday")
        assert main(["rotate-keys"]) == 0
        assert "Secrets wrapped anew: 1, left: 0" in capsys.readouterr().out
        monkeypatch.setenv("CREDENTIAL_KEYS", "k2:vault:link-workday")
        assert database.run_sync(partial(get, ring=load_settings().key_ring, ref=ref)) == "hunter2"
        monkeypatch.setenv("CREDENTIAL_KEYS", old)
        database.run_sync(
            lambda session: session.exec(update(SecretRow).where(col(SecretRow.id) == ref).values(kek_id="k1"))
        )
        monkeypatch.setenv("CREDENTIAL_KEYS", f"{new_key('k2')},{old}")
        assert main(["rotate-keys"]) == 1
        assert f"The stored secret {ref} cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "begins"), [("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbfNo.,"), ("md", b"# What ")])
def test_a_sheet_is_written_with_its_signature_for_its_owner_alone(tmp_path: Path, ending: str, begins: bytes) -> None:
    assert main(["migrate"]) == 0
    store_link()
    to = tmp_path / f"sheet.{ending}"
    assert main(["links", "sheet", "abc", "--to", str(to)]) == 0
    assert to.read_bytes().startswith(begins)
    told = json.loads((tmp_path / "sheet.signatures.json").read_text())
    assert told["files"] == {to.name: {"sha256": sha256(to.read_bytes()).hexdigest(), "jws": ANY}}
    assert to.stat().st_mode & 0o777 == 0o600
    assert main(["audit", "export", "--to", str(tmp_path / "audit")]) == 0
    assert "operator.sheet" in (tmp_path / "audit").read_text()


def test_the_docs_say_how_to_check_a_sheet(tmp_path: Path) -> None:
    assert main(["migrate"]) == 0
    store_link()
    to = tmp_path / "sheet.md"
    assert main(["links", "sheet", "abc", "--to", str(to)]) == 0
    told = json.loads((tmp_path / "sheet.signatures.json").read_text())
    page = (Path(__file__).parents[4] / "docs" / "permission-sheet.md").read_text()
    names: dict[str, Any] = {}
    exec(page.partition("```python")[2].partition("```")[0], names)  # noqa: S102  the page's own words
    assert names["is_ours"](to.read_bytes(), told["files"]["sheet.md"]["jws"], told["key"])
    assert not names["is_ours"](to.read_bytes() + b" ", told["files"]["sheet.md"]["jws"], told["key"])


def test_what_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    store_link()
    key = tmp_path / "key.pem"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=False))
    monkeypatch.setenv("HANDOFF_PUBLIC_KEY", str(key))
    for what, to, says in (
        (("sheet", "nobody"), "a.pdf", "no link nobody"),
        (("sheet", "abc"), "a.txt", "must end in .pdf, .csv, .md"),
        (("sheet", "abc"), "nowhere/a.pdf", "cannot be written"),
        (("export",), "nowhere/links.jwe", "cannot be written"),
    ):
        assert main(["links", *what, "--to", str(tmp_path / to)]) == 1
        assert says in capsys.readouterr().out


def test_raw_rows_name_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    store_link()
    links, events = tmp_path / "links.csv", tmp_path / "events.csv"
    assert main(["links", "show", "abc"]) == 0
    assert main(["links", "export", "--csv", "--to", str(links)]) == 0
    assert ": 1." in capsys.readouterr().out
    assert main(["events", "export", "--csv", "--to", str(events)]) == 0
    (row,) = csv.DictReader(io.StringIO(links.read_text("utf-8-sig")))
    assert (row["link"], row["step"], row["status"]) == ("abc", "welcome", "active")
    told = list(csv.DictReader(io.StringIO(events.read_text("utf-8-sig"))))
    assert [(one["what"], one["role"]) for one in told] == [
        ("operator.show", "operator"),
        ("operator.export", "operator"),
    ]
    for name in ("Acme", "U1", "acme", getpass.getuser()):
        assert name not in links.read_text() + events.read_text()
    assert events.stat().st_mode & 0o777 == 0o600
    assert main(["events", "export", "--csv", "--to", str(tmp_path / "nowhere" / "x")]) == 1


def test_raw_rows_of_many_links_are_all_there(tmp_path: Path) -> None:
    assert main(["migrate"]) == 0
    store_link()
    with closing(Database(load_settings().database_url)) as database:
        (link,) = database.run_sync(link_lists.everywhere)
        many = [replace(link, id=f"m{number}", customer=f"C{number}") for number in range(1001)]

        def create(session: Session) -> None:
            for one in many:
                store.create(session, one, (), wake_at=None, now=NOW)

        database.run_sync(create)
    to = tmp_path / "links.csv"
    assert main(["links", "export", "--csv", "--to", str(to)]) == 0
    assert len({line.split(",")[0] for line in to.read_text().splitlines()}) == 1003
