"""What the operator sets, read from the environment and checked before anything starts; holds no behaviour."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Literal

from pydantic import Field, SecretStr, ValidationError

from bot.config import variables
from bot.config.key_settings import KeySettings
from bot.config.look_settings import LookSettings, SettingsError, addresses, look_of
from bot.config.receiver import TOKENS_PATH, Receiver, read_key
from bot.config.secret_files import SecretFileError, read_secrets
from flows.link.rulebook import Rulebook
from flows.small_files import read_text
from flows.workday.origins import Origins
from flows.workday.outbound import USUAL, Outbound, read_direct

__all__ = ["SECRETS", "Settings", "SettingsError", "load_look", "load_settings", "rules_of"]


class Settings(LookSettings, KeySettings):
    """Every setting with its default; `docs/operations.md` says what each one is for."""

    slack_client_id: variables.ClientId = ""
    slack_client_secret: SecretStr = SecretStr("")
    slack_installs: variables.Installs = ""
    # Behind the client id: with that, each install brings a token of its own.
    slack_bot_token: variables.BotToken = Field(default=SecretStr(""), validate_default=True)
    slack_signing_secret: variables.SigningSecret
    slack_app_token: variables.AppToken = SecretStr("")
    slack_api_url: variables.ApiUrl = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: variables.Port = 3000
    database_url: variables.DatabaseUrl = "sqlite:///workday-link.db"
    outbound_proxy: variables.OutboundProxy = SecretStr("")
    outbound_no_proxy: variables.OutboundNoProxy = USUAL
    ca_file: variables.CaFile = None
    workday_extra_origins: variables.ExtraOrigins = ""
    staff_channel: variables.ChannelId = ""
    backup_owner: variables.MemberId = ""
    read_back: Literal["on", "off"] = "on"
    heartbeat_url: variables.HeartbeatUrl = SecretStr("")
    notify_url: variables.NotifyUrl = SecretStr("")
    notify_signing_secret: variables.SharedSecret = SecretStr("")
    handoff_url: variables.HandoffUrl = SecretStr("")
    handoff_signing_secret: variables.SharedSecret = SecretStr("")
    handoff_public_key: variables.HandoffPublicKey = None
    token_broker: Literal["on", "off"] = "off"  # noqa: S105  a switch
    keep_secrets: Literal["until_unlinked", "until_handed_off"] = "until_unlinked"
    idle_days: variables.Days = 90
    quarantine_days: variables.Days = 14
    timezone: variables.Zone = "UTC"
    quiet_hours: variables.QuietHours = "17:00-09:00"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    otel_exporter_otlp_endpoint: variables.Collector = ""
    clock_file: variables.ClockFile = None

    @property
    def has_installs(self) -> bool:
        """Whether several workspaces install the app, each with a token of its own."""
        return bool(self.slack_client_id)

    @property
    def installs(self) -> frozenset[str]:
        """The workspaces and organisations that may install it."""
        return frozenset(addresses(self.slack_installs))

    @property
    def opens(self) -> time:
        """The end of the quiet hours: reminders may be sent from here on."""
        return time.fromisoformat(self.quiet_hours.split("-")[1])

    @property
    def closes(self) -> time:
        """The start of the quiet hours."""
        return time.fromisoformat(self.quiet_hours.split("-")[0])

    @property
    def receiver(self) -> Receiver | None:
        """Where finished links are handed to, if anywhere."""
        if self.handoff_public_key is None or not self.handoff_url.get_secret_value():
            return None
        key = read_key(read_text(self.handoff_public_key))
        return Receiver(self.handoff_url, self.handoff_signing_secret, key, self.tokens_at)

    @property
    def tokens_at(self) -> str:
        """Where the backend fetches tokens, so that no key of a link leaves; empty where it gets the key."""
        return f"{self.public_url}{TOKENS_PATH}" if self.token_broker == ON else ""

    @property
    def outbound(self) -> Outbound:
        """How all calls leave: to Slack, Workday, the backend, NOTIFY_URL and the heartbeat."""
        return Outbound(
            proxy=self.outbound_proxy.get_secret_value(),
            direct=read_direct(self.outbound_no_proxy),
            ca_file=self.ca_file,
        )

    @property
    def origins(self) -> Origins:
        """What may be called beyond Workday's own hosts."""
        return Origins.parse(self.workday_extra_origins)


ON = "on"


SECRETS = (*(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr), "database_url")
"""What may stand in a file; the address of a database holds its password."""


def load_settings() -> Settings:
    """Read the environment; raises SettingsError with one line per wrong variable."""
    try:
        settings = Settings.model_validate(read_secrets(SECRETS))
    except SecretFileError as error:
        raise SettingsError(str(error)) from None
    except ValidationError as error:
        raise _wrong(error) from None
    if settings.clock_file and not settings.slack_api_url.startswith("http://"):
        raise SettingsError("CLOCK_FILE: is for the sandbox only; remove it")
    if settings.slack_api_url.startswith("https://") and any(
        origin.startswith("http://") for origin in settings.origins.own.values()
    ):
        raise SettingsError("WORKDAY_EXTRA_ORIGINS: plain http is for the sandbox only; use https, or remove it")
    if settings.has_installs:
        _check_installs(settings)
    if settings.notify_url.get_secret_value() and not settings.notify_signing_secret.get_secret_value():
        raise SettingsError("NOTIFY_URL: needs NOTIFY_SIGNING_SECRET beside it")
    url, secret = settings.handoff_url.get_secret_value(), settings.handoff_signing_secret.get_secret_value()
    if url and not (secret and settings.handoff_public_key):
        raise SettingsError("HANDOFF_URL: needs HANDOFF_SIGNING_SECRET and HANDOFF_PUBLIC_KEY beside it")
    if settings.keep_secrets == "until_handed_off" and not url:
        raise SettingsError("KEEP_SECRETS: until_handed_off needs HANDOFF_URL")
    if settings.token_broker == ON and not (url and settings.public_url):
        raise SettingsError("TOKEN_BROKER: on needs HANDOFF_URL, for its keys, and PUBLIC_URL, where tokens are given")
    settings.permissions()
    settings.library()
    return settings


def load_look() -> LookSettings:
    """Read from the environment what people see, without the rest; raises SettingsError as `load_settings` does."""
    try:
        return LookSettings()
    except ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: ValidationError) -> SettingsError:
    found = error.errors(include_input=False)
    return SettingsError("\n".join(_line(str(entry["loc"][0]), entry["type"], entry["msg"]) for entry in found))


def _check_installs(settings: Settings) -> None:
    """Refuse what goes with one workspace only, and what is missing for several; raises SettingsError."""
    for name, is_wrong, why in (
        ("SLACK_CLIENT_SECRET", not settings.slack_client_secret.get_secret_value(), "is missing beside the client id"),
        ("SLACK_INSTALLS", not settings.installs, "must name the workspaces that may install the app"),
        ("PUBLIC_URL", not settings.public_url, "is missing; Slack sends whoever installs the app back to it"),
        ("VENDOR_NAME", not settings.vendor_name, "is missing; several workspaces have several names"),
        ("STAFF_CHANNEL", bool(settings.staff_channel), "is for one workspace; leave it out, owners are told directly"),
        ("BACKUP_OWNER", bool(settings.backup_owner), "is for one workspace; leave it out"),
        ("SLACK_APP_TOKEN", bool(settings.slack_app_token.get_secret_value()), "several installs come over HTTP"),
    ):
        if is_wrong:
            raise SettingsError(f"{name}: {why}")


def _line(name: str, kind: str, message: str) -> str:
    own = (
        message.removeprefix("Value error, ") if kind == "value_error" else variables.HINTS.get(name, "cannot be used")
    )
    variable = name.upper()
    return own if own.startswith(variable) else f"{variable}: {own.removeprefix(f'{variable} ')}"


def rules_of(settings: Settings, vendor: str = "") -> Rulebook:
    """Make the rulebook that the settings describe; `vendor` stands in for a name that nothing gives."""
    return replace(
        look_of(settings, vendor),
        zone=settings.timezone,
        opens=settings.opens,
        closes=settings.closes,
        backup=settings.backup_owner,
        hands_off=settings.receiver is not None,
        keeps_secrets=settings.keep_secrets == "until_unlinked",
        keeps_keys=bool(settings.tokens_at),
        idle_days=settings.idle_days,
        quarantine_days=settings.quarantine_days,
    )
