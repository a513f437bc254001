"""What a variable may hold, a type each: a wrong value is refused with the way to mend it. No default stands here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, SecretStr, ValidationInfo

from bot.config.look_settings import addresses
from bot.config.receiver import KeyFileError, read_key, signing_keys
from flows.workday.origins import Origins
from flows.workday.outbound import read_ca_file, read_direct, read_proxy
from storage.database import DatabaseError, read_url

SHORTEST_KEY = 24
"""Bytes of a signing secret, as the Standard Webhooks convention asks."""

_CALLABLE = r"(?:https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)?"


def _bot_token(value: SecretStr, info: ValidationInfo) -> SecretStr:
    token, has_installs = value.get_secret_value(), bool(info.data.get("slack_client_id"))
    if has_installs and token:
        raise ValueError("is for one workspace; leave it out, or SLACK_CLIENT_ID")
    if not token and not has_installs:
        raise ValueError(HINTS["slack_bot_token"])
    if token and not token.startswith(("xoxb-", "xoxe.")):
        raise ValueError("must be a bot token; copy it from OAuth & Permissions, it starts with xoxb-")
    return value


BotToken: TypeAlias = Annotated[SecretStr, AfterValidator(_bot_token)]


def _client_id(value: str) -> str:
    if value and not re.fullmatch(r"\d+\.\d+", value):
        raise ValueError("must look like 1234567890.1234567890; copy it from Basic Information > Client ID")
    return value


ClientId: TypeAlias = Annotated[str, AfterValidator(_client_id)]


def _installs(value: str) -> str:
    for one in addresses(value):
        if not re.fullmatch(r"[TE][A-Z0-9]{2,}", one):
            raise ValueError("must be ids of workspaces (T…) or of organisations (E…), set apart by commas")
    return value


Installs: TypeAlias = Annotated[str, AfterValidator(_installs)]


def _app_token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not value.get_secret_value().startswith("xapp-"):
        raise ValueError("must be an app-level token, it starts with xapp-; leave it out to listen on HTTP")
    return value


AppToken: TypeAlias = Annotated[SecretStr, AfterValidator(_app_token)]


def _signing_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9a-f]{32}", value.get_secret_value()):
        raise ValueError("must be the 32 hexadecimal digits under Basic Information > Signing Secret")
    return value


SigningSecret: TypeAlias = Annotated[SecretStr, AfterValidator(_signing_secret)]


def _api_url(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+/api/|http://(127\.0\.0\.1|localhost)(:\d+)?/api/", value):
        raise ValueError("must look like https://slack.com/api/ (plain http only for this machine)")
    return value


ApiUrl: TypeAlias = Annotated[str, AfterValidator(_api_url)]


def _database_url(value: str) -> str:
    try:
        read_url(value)
    except DatabaseError as error:
        raise ValueError(str(error)) from None
    return value


DatabaseUrl: TypeAlias = Annotated[str, AfterValidator(_database_url)]


def _origins(value: str) -> str:
    try:
        Origins.parse(value)
    except ValueError as error:
        raise ValueError(str(error)) from None
    return value


ExtraOrigins: TypeAlias = Annotated[str, AfterValidator(_origins)]


def _user(value: str) -> str:
    if not re.fullmatch(r"([UW][A-Z0-9]{2,})?", value):
        raise ValueError("must be a Slack member ID such as U012AB3CD; take it from the person's profile")
    return value


MemberId: TypeAlias = Annotated[str, AfterValidator(_user)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be a time zone such as Europe/Berlin") from None
    return value


Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]


def _quiet_hours(value: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", value)
    if not match or match[1] + match[2] <= match[3] + match[4]:
        raise ValueError("must be the quiet part of a day such as 17:00-09:00, from evening to morning")
    return value


QuietHours: TypeAlias = Annotated[str, AfterValidator(_quiet_hours)]


def _port(value: int) -> int:
    if not 0 <= value <= 65535:  # noqa: PLR2004  the range of ports
        raise ValueError("must be a port from 0 to 65535")
    return value


Port: TypeAlias = Annotated[int, AfterValidator(_port)]


def _called(mend: str) -> AfterValidator:
    """Take an address that can be called, or none; plain http is for this machine."""

    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(_CALLABLE, value.get_secret_value()):
            raise ValueError(mend)
        return value

    return AfterValidator(check)


HandoffUrl: TypeAlias = Annotated[
    SecretStr, _called("must be the https address of your backend; leave it out to hand nothing off")
]
NotifyUrl: TypeAlias = Annotated[
    SecretStr, _called("must be the https address of what alerts your people; leave it out to tell none")
]
HeartbeatUrl: TypeAlias = Annotated[
    SecretStr, _called("must be an https address that wants to be called each minute; leave it out to call none")
]


def _whsec(value: SecretStr) -> SecretStr:
    try:
        short = value.get_secret_value() and min(map(len, signing_keys(value))) < SHORTEST_KEY
    except ValueError as error:
        raise ValueError(f"{error}; both sides sign and verify with it") from None
    if short:
        raise ValueError("must hold at least 24 bytes; make one with `openssl rand -base64 32`")
    return value


SharedSecret: TypeAlias = Annotated[SecretStr, AfterValidator(_whsec)]


def _handoff_public_key(value: Path | None) -> Path | None:
    if value is not None:
        try:
            read_key(value.read_text("utf-8"))
        except (OSError, ValueError) as error:
            why = str(error) if isinstance(error, KeyFileError) else "must be a readable file"
            raise ValueError(f"{why}; docs/handoff.md says how to make one") from None
    return value


HandoffPublicKey: TypeAlias = Annotated[Path | None, AfterValidator(_handoff_public_key)]


def _days(value: int) -> int:
    if not 1 <= value <= 3650:  # noqa: PLR2004  ten years
        raise ValueError("must be a number of days from 1 to 3650")
    return value


Days: TypeAlias = Annotated[int, AfterValidator(_days)]


def _collector(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/@]+(/[^\s?#]*)?", value):
        raise ValueError("must be the address of an OTLP collector such as http://127.0.0.1:4318, without a user in it")
    return value


Collector: TypeAlias = Annotated[str, AfterValidator(_collector)]


def _outbound_proxy(value: SecretStr) -> SecretStr:
    read_proxy(value.get_secret_value())
    return value


OutboundProxy: TypeAlias = Annotated[SecretStr, AfterValidator(_outbound_proxy)]


def _outbound_direct(value: str) -> str:
    read_direct(value)
    return value


OutboundNoProxy: TypeAlias = Annotated[str, AfterValidator(_outbound_direct)]


def _ca_file(value: Path | None) -> Path | None:
    if value is not None:
        read_ca_file(value)
    return value


CaFile: TypeAlias = Annotated[Path | None, AfterValidator(_ca_file)]


def _clock_file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError("must be an existing file with a number of seconds in it; leave it out in production")
    return value


ClockFile: TypeAlias = Annotated[Path | None, AfterValidator(_clock_file)]


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
"""What is said where a value is missing, or is none of its kind."""
