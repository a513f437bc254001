"""What the operator sets, read from the environment and checked before anything starts; holds no behaviour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo

from bot.config.key_settings import KeySettings
from bot.config.look_settings import LookSettings, SettingsError, addresses, look_of
from bot.config.receiver import TOKENS_PATH, KeyFileError, Receiver, read_key, signing_keys
from bot.config.secret_files import SecretFileError, read_secrets
from flows.link.rulebook import Rulebook
from flows.workday.origins import Origins
from flows.workday.outbound import USUAL, Outbound, read_ca_file, read_direct, read_proxy
from storage.database import DatabaseError, read_url

__all__ = ["HINTS", "SECRETS", "Settings", "SettingsError", "load_look", "load_settings", "rules_of"]

SHORTEST_KEY = 24
"""Bytes of a signing secret, as the Standard Webhooks convention asks."""


def _bot_token(value: SecretStr, info: ValidationInfo) -> SecretStr:
    token, has_installs = value.get_secret_value(), bool(info.data.get("slack_client_id"))
    if has_installs and token:
        raise ValueError("is for one workspace; leave it out, or SLACK_CLIENT_ID")
    if not token and not has_installs:
        raise ValueError(HINTS["slack_bot_token"])
    if token and not token.startswith(("xoxb-", "xoxe.")):
        raise ValueError("must be a bot token; copy it from OAuth & Permissions, it starts with xoxb-")
    return value


def _client_id(value: str) -> str:
    if value and not re.fullmatch(r"\d+\.\d+", value):
        raise ValueError("must look like 1234567890.1234567890; copy it from Basic Information > Client ID")
    return value


def _installs(value: str) -> str:
    for one in addresses(value):
        if not re.fullmatch(r"[TE][A-Z0-9]{2,}", one):
            raise ValueError("must be ids of workspaces (T…) or of organisations (E…), set apart by commas")
    return value


def _app_token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not value.get_secret_value().startswith("xapp-"):
        raise ValueError("must be an app-level token, it starts with xapp-; leave it out to listen on HTTP")
    return value


def _signing_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9a-f]{32}", value.get_secret_value()):
        raise ValueError("must be the 32 hexadecimal digits under Basic Information > Signing Secret")
    return value


def _api_url(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+/api/|http://(127\.0\.0\.1|localhost)(:\d+)?/api/", value):
        raise ValueError("must look like https://slack.com/api/ (plain http only for this machine)")
    return value


def _database_url(value: str) -> str:
    try:
        read_url(value)
    except DatabaseError as error:
        raise ValueError(str(error)) from None
    return value


def _origins(value: str) -> str:
    try:
        Origins.parse(value)
    except ValueError as error:
        raise ValueError(str(error)) from None
    return value


def _user(value: str) -> str:
    if not re.fullmatch(r"([UW][A-Z0-9]{2,})?", value):
        raise ValueError("must be a Slack member ID such as U012AB3CD; take it from the person's profile")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be a time zone such as Europe/Berlin") from None
    return value


def _quiet_hours(value: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", value)
    if not match or match[1] + match[2] <= match[3] + match[4]:
        raise ValueError("must be the quiet part of a day such as 17:00-09:00, from evening to morning")
    return value


def _port(value: int) -> int:
    if not 0 <= value <= 65535:  # noqa: PLR2004  the range of ports
        raise ValueError("must be a port from 0 to 65535")
    return value


def _handoff_url(value: SecretStr) -> SecretStr:
    if not _is_called(value):
        raise ValueError("must be the https address of your backend; leave it out to hand nothing off")
    return value


def _notify_url(value: SecretStr) -> SecretStr:
    if not _is_called(value):
        raise ValueError("must be the https address of what alerts your people; leave it out to tell none")
    return value


def _heartbeat_url(value: SecretStr) -> SecretStr:
    if not _is_called(value):
        raise ValueError("must be an https address that wants to be called each minute; leave it out to call none")
    return value


def _is_called(value: SecretStr) -> bool:
    """Return whether an address can be called, or is left out; plain http is for this machine."""
    url = value.get_secret_value()
    return not url or bool(re.fullmatch(r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", url))


def _whsec(value: SecretStr) -> SecretStr:
    try:
        short = value.get_secret_value() and min(map(len, signing_keys(value))) < SHORTEST_KEY
    except ValueError as error:
        raise ValueError(f"{error}; both sides sign and verify with it") from None
    if short:
        raise ValueError("must hold at least 24 bytes; make one with `openssl rand -base64 32`")
    return value


def _handoff_public_key(value: Path | None) -> Path | None:
    if value is not None:
        try:
            read_key(value.read_text("utf-8"))
        except (OSError, ValueError) as error:
            why = str(error) if isinstance(error, KeyFileError) else "must be a readable file"
            raise ValueError(f"{why}; docs/handoff.md says how to make one") from None
    return value


def _days(value: int) -> int:
    if not 1 <= value <= 3650:  # noqa: PLR2004  ten years
        raise ValueError("must be a number of days from 1 to 3650")
    return value


def _collector(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/@]+(/[^\s?#]*)?", value):
        raise ValueError("must be the address of an OTLP collector such as http://127.0.0.1:4318, without a user in it")
    return value


def _outbound_proxy(value: SecretStr) -> SecretStr:
    read_proxy(value.get_secret_value())
    return value


def _outbound_direct(value: str) -> str:
    read_direct(value)
    return value


def _ca_file(value: Path | None) -> Path | None:
    if value is not None:
        read_ca_file(value)
    return value


def _clock_file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError("must be an existing file with a number of seconds in it; leave it out in production")
    return value


class Settings(LookSettings, KeySettings):
    """Every setting with its default; `docs/operations.md` says what each one is for."""

    slack_client_id: Annotated[str, AfterValidator(_client_id)] = ""
    slack_client_secret: SecretStr = SecretStr("")
    slack_installs: Annotated[str, AfterValidator(_installs)] = ""
    # Behind the client id: with that, each install brings a token of its own.
    slack_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] = Field(
        default=SecretStr(""), validate_default=True
    )
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_signing_secret)]
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] = SecretStr("")
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: Annotated[int, AfterValidator(_port)] = 3000
    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///workday-link.db"
    outbound_proxy: Annotated[SecretStr, AfterValidator(_outbound_proxy)] = SecretStr("")
    outbound_no_proxy: Annotated[str, AfterValidator(_outbound_direct)] = USUAL
    ca_file: Annotated[Path | None, AfterValidator(_ca_file)] = None
    workday_extra_origins: Annotated[str, AfterValidator(_origins)] = ""
    staff_channel: str = ""
    backup_owner: Annotated[str, AfterValidator(_user)] = ""
    read_back: Literal["on", "off"] = "on"
    heartbeat_url: Annotated[SecretStr, AfterValidator(_heartbeat_url)] = SecretStr("")
    notify_url: Annotated[SecretStr, AfterValidator(_notify_url)] = SecretStr("")
    notify_signing_secret: Annotated[SecretStr, AfterValidator(_whsec)] = SecretStr("")
    handoff_url: Annotated[SecretStr, AfterValidator(_handoff_url)] = SecretStr("")
    handoff_signing_secret: Annotated[SecretStr, AfterValidator(_whsec)] = SecretStr("")
    handoff_public_key: Annotated[Path | None, AfterValidator(_handoff_public_key)] = None
    token_broker: Literal["on", "off"] = "off"  # noqa: S105  a switch
    keep_secrets: Literal["until_unlinked", "until_handed_off"] = "until_unlinked"
    idle_days: Annotated[int, AfterValidator(_days)] = 90
    quarantine_days: Annotated[int, AfterValidator(_days)] = 14
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    quiet_hours: Annotated[str, AfterValidator(_quiet_hours)] = "17:00-09:00"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(_collector)] = ""
    clock_file: Annotated[Path | None, AfterValidator(_clock_file)] = None

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
        key = read_key(self.handoff_public_key.read_text("utf-8"))
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

HINTS = {
    "slack_bot_token": "is missing; copy it from OAuth & Permissions, it starts with xoxb-",
    "slack_signing_secret": "is missing; copy it from Basic Information > Signing Secret",
    "port": "must be a number such as 3000",
    "read_back": "must be on or off",
    "hide_buttons": "must be staff, all or off",
    "token_broker": "must be on or off",
    "log_level": "must be debug, info, warning or error",
    "log_format": "must be json or console",
}


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
    own = message.removeprefix("Value error, ") if kind == "value_error" else HINTS.get(name, "cannot be used")
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
        idle_days=settings.idle_days,
        quarantine_days=settings.quarantine_days,
    )
