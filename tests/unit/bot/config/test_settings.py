"""Every wrong or missing setting: one line that names the variable and the mend, exit code 2, the value never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from bot.config.settings import Settings, SettingsError, load_settings
from bot.ops.cli import main
from storage.credentials.keyring import new_key

SECRET = "VeryTelling9Value"
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    "CREDENTIAL_KEYS": new_key("k1"),
}

WRONG = [
    ("SLACK_BOT_TOKEN", "", "starts with xoxb-"),
    ("SLACK_BOT_TOKEN", f"xoxp-{SECRET}", "starts with xoxb-"),
    ("SLACK_BOT_TOKEN", f"xoxe.xoxb-{SECRET}", "rotates tokens"),
    ("STAFF_CHANNEL", f"#{SECRET}", "channel's ID such as C012AB3CD"),
    ("SLACK_SIGNING_SECRET", "", "Signing Secret"),
    ("SLACK_SIGNING_SECRET", SECRET, "32 hexadecimal digits"),
    ("SLACK_APP_TOKEN", SECRET, "starts with xapp-"),
    ("SLACK_API_URL", f"http://slack.example/{SECRET}", "https://slack.com/api/"),
    ("SLACK_API_URL", "http://slack.com/api/", "https://slack.com/api/"),
    ("PORT", SECRET, "a number such as 3000"),
    ("PORT", "65536", "0 to 65535"),
    ("DATABASE_URL", f"mysql://root:{SECRET}@db/x", "sqlite:///workday-link.db"),
    ("DATABASE_URL", SECRET, "sqlite:///workday-link.db"),
    ("DATABASE_URL", "sqlite://", "name a file"),
    ("CREDENTIAL_KEYS", "", "workday-link check"),
    ("CREDENTIAL_KEYS", SECRET, "CREDENTIAL_KEYS"),
    ("CREDENTIAL_KEYS_FILE", f"/{SECRET}", "readable file"),
    ("CREDENTIAL_KEYS", f"k1:{SECRET}", "CREDENTIAL_KEYS"),
    ("CREDENTIAL_KEYS", "k1:vault:link-workday", "set VAULT_ADDR"),
    ("VAULT_ADDR", f"http://vault.example/{SECRET}", "https address"),
    ("VAULT_ADDR", f"https://user:{SECRET}@vault.example", "https address"),
    ("VAULT_TOKEN_FILE", f"/{SECRET}", "readable file"),
    ("VAULT_CACERT", f"/{SECRET}", "readable file"),
    ("VAULT_MOUNT", f"../{SECRET}", "transit"),
    ("WORKDAY_EXTRA_ORIGINS", f"ftp://{SECRET.lower()}", "write it as"),
    ("WORKDAY_EXTRA_ORIGINS", "http://intranet.example", "plain http"),
    ("OUTBOUND_PROXY", f"https://user:{SECRET}@proxy.example:1", "http://proxy.example.com:3128"),
    ("OUTBOUND_PROXY", f"http://user:{SECRET}@proxy.example", "http://proxy.example.com:3128"),
    ("OUTBOUND_NO_PROXY", "https://intranet.example", "host names, addresses or networks"),
    ("CA_FILE", f"/{SECRET}", "PEM file"),
    ("READ_BACK", SECRET, "on or off"),
    ("HIDE_BUTTONS", SECRET, "staff, all or off"),
    ("HEARTBEAT_URL", f"http://example.com/{SECRET}", "https address"),
    ("HEARTBEAT_URL", f"ftp://example.com/{SECRET}", "https address"),
    ("HEARTBEAT_URL", f"https:///{SECRET}", "https address"),
    ("NOTIFY_URL", f"http://example.com/{SECRET}", "https address"),
    ("NOTIFY_URL", f"https://example.com/{SECRET}", "needs NOTIFY_SIGNING_SECRET"),
    ("NOTIFY_SIGNING_SECRET", SECRET, "whsec_"),
    ("PUBLIC_URL", f"http://example.com/{SECRET}", "https address"),
    ("PUBLIC_URL", f"https://example.com/?{SECRET}", "https address"),
    ("PUBLIC_URL", f"https://user:{SECRET}@example.com", "https address"),
    ("TIMEZONE", f"Mars/{SECRET}", "Europe/Berlin"),
    ("QUIET_HOURS", SECRET, "17:00-09:00"),
    ("QUIET_HOURS", "09:00-17:00", "from evening to morning"),
    ("LOG_LEVEL", SECRET, "debug, info, warning or error"),
    ("LOG_FORMAT", SECRET, "json or console"),
    ("CLOCK_FILE", f"/{SECRET}", "existing file"),
    ("PERMISSIONS_FILE", "/nowhere.toml", "PERMISSIONS_FILE"),
    ("WORDS_DIR", "/nowhere", "WORDS_DIR"),
    ("WORDS_LANGUAGE", "xx", "WORDS_LANGUAGE"),
    ("VENDOR_FILE", "/nowhere.toml", "cannot be read"),
    *((name, "/dev/zero", name) for name in ("CREDENTIAL_KEYS_FILE", "VAULT_CACERT", "CA_FILE", "HANDOFF_PUBLIC_KEY")),
    *((name, "/dev/zero", "cannot be read") for name in ("VENDOR_FILE", "PERMISSIONS_FILE")),
]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in {name for name, _, _ in WRONG} | {"HOST", "HANDOFF_PUBLIC_KEY", "STAFF_CHANNEL", "VENDOR_NAME"}:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")


@pytest.mark.parametrize(("name", "value", "mend"), WRONG)
def test_a_wrong_setting_is_one_line_with_the_mend(
    name: str, value: str, mend: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["serve"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith(name)
    assert err.count("\n") == 1
    assert mend in err
    if name != "WORKDAY_EXTRA_ORIGINS":
        assert SECRET not in err


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORT", "x")
    assert main(["check"]) == 2
    out, _ = capsys.readouterr()
    for name in (*GOOD, "PORT"):
        assert f"{name}: " in out
    assert "k1:" in out


def test_no_value_is_refused_without_the_way_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    for name in Settings.model_fields:
        with monkeypatch.context() as wrong:
            wrong.setenv(name.upper(), "~x~")
            try:
                load_settings()
            except SettingsError as error:
                said.append(str(error))
    assert len(said) > 30
    assert not [line for line in said if "cannot be used" in line]


@pytest.mark.parametrize("around", ["{}\n", '"{}"', "'{}' \n"])
def test_what_comes_along_is_no_part_of_a_value(monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    """As where a secret of Kubernetes was made with `echo`, or a file with quotes is read by Docker."""
    for name, value in {**GOOD, "SLACK_APP_TOKEN": "xapp-1", "READ_BACK": "off", "STAFF_CHANNEL": "C0STAFF"}.items():
        monkeypatch.setenv(name, around.format(value))
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == GOOD["SLACK_BOT_TOKEN"]
    assert settings.slack_app_token.get_secret_value() == "xapp-1"
    assert (settings.read_back, settings.staff_channel) == ("off", "C0STAFF")


def test_keys_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{new_key('k2')}\n\n{new_key('k1')}\n")
    monkeypatch.setenv("CREDENTIAL_KEYS_FILE", str(path))
    with pytest.raises(SettingsError, match=r"^CREDENTIAL_KEYS: is set beside CREDENTIAL_KEYS_FILE; keep one of them$"):
        load_settings()
    monkeypatch.delenv("CREDENTIAL_KEYS")
    assert load_settings().key_ring.ids == {"k1", "k2"}
    assert load_settings().key_ring.sealing_id == "k2"
    for content, mend in (("", "is missing"), ("k1:canary", "entry 1"), ("é", "readable")):
        path.write_text(content)
        with pytest.raises(SettingsError, match=mend) as caught:
            load_settings()
        assert "canary" not in str(caught.value)


def test_a_clock_that_runs_ahead_is_for_the_sandbox_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("0")
    monkeypatch.setenv("CLOCK_FILE", str(tmp_path / "clock"))
    with pytest.raises(SettingsError, match="CLOCK_FILE"):
        load_settings()
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    assert load_settings().clock_file


def test_good_settings_have_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIET_HOURS", "18:30-08:00")
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert (settings.idle_days, settings.quarantine_days) == (90, 14), "as docs/security.md says"
    assert settings.opens.isoformat() == "08:00:00"
    assert settings.closes.isoformat() == "18:30:00"
    for value in GOOD.values():
        assert value not in repr(settings)
        assert value not in str(settings.model_dump())


def test_a_database_out_of_reach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/nowhere/x.db")
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("DATABASE_URL")


@pytest.mark.parametrize("curve", ["P-384", "P-521", "secp256k1"])
@pytest.mark.parametrize("is_jwk", [True, False])
def test_a_public_key_on_another_curve_is_refused(
    curve: str,
    is_jwk: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settings(curve: str) -> Settings:
        key = ECKey.generate_key(curve, private=True)
        public = json.dumps(key.as_dict(private=False)) if is_jwk else key.as_pem(private=False).decode()
        (tmp_path / "public").write_text(public)
        return load_settings()

    monkeypatch.setenv("HANDOFF_PUBLIC_KEY", str(tmp_path / "public"))
    with pytest.raises(SettingsError, match=rf"^HANDOFF_PUBLIC_KEY: is on the curve {curve}; .* on P-256; [^\n]+$"):
        settings(curve)
    assert settings("P-256").handoff_public_key


def test_plain_http_stands_in_for_workday_in_the_sandbox_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKDAY_EXTRA_ORIGINS", "https://workday.example,wd2.myworkday.com=http://127.0.0.1:4001")
    with pytest.raises(SettingsError, match=r"^WORKDAY_EXTRA_ORIGINS: plain http [^\n]+$"):
        load_settings()
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    assert len(load_settings().origins.own) == 2
    monkeypatch.delenv("SLACK_API_URL")
    monkeypatch.setenv("WORKDAY_EXTRA_ORIGINS", "https://workday.example")
    assert load_settings().origins.own
