"""What a variable may hold, a type each: a wrong value is refused with the way to mend it. No default stands here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, SecretStr, ValidationInfo

from bot.config.look_settings import addresses
from bot.config.receiver import KeyFileError, read_key, signing_keys
from flows.small_files import read_text
from flows.workday.origins import Origins
from flows.workday.outbound import read_ca_file, read_direct, read_proxy
from storage.database.address import DatabaseError, read_url

_Text = TypeVar("_Text", str, SecretStr)

SHORTEST_KEY = 24
"""Bytes of a signing secret, as the Standard Webhooks convention asks."""

DAYS = "must be a number of days from 1 to 3650"

HINTS = {
    "slack_bot_token": "is missing; copy it from OAuth & Permissions, it starts with xoxb-",
    "slack_signing_secret": "is missing; copy it from Basic Information > Signing Secret",
    "port": "must be a number such as 3000",
    "read_back": "must be on or off",
    "hide_buttons": "must be staff, all or off",
    "token_broker": "must be on or off",
    "keep_secrets": "must be until_unlinked or until_handed_off",
    "idle_days": DAYS,
    "quarantine_days": DAYS,
    "log_level": "must be debug, info, warning or error",
    "log_format": "must be json or console",
}
"""What is said where a value is missing, or is none of its kind."""

_LOCAL = r"http://(127\.0\.0\.1|localhost)(:\d+)?"
"""Plain http is for this machine."""

_CALLED_OR_NOT = rf"(https://[^\s/]+(/\S*)?|{_LOCAL}(/\S*)?)?"


def _like(pattern: str, mend: str) -> AfterValidator:
    """Take a text that is like a pattern, whole."""

    def check(value: _Text) -> _Text:
        if not re.fullmatch(pattern, _plain(value)):
            raise ValueError(mend)
        return value

    return AfterValidator(check)


def _readable(read: Callable[[str], object]) -> AfterValidator:
    """Take a text that can be read so; what reads it says how to mend it."""

    def check(value: _Text) -> _Text:
        try:
            read(_plain(value))
        except (DatabaseError, ValueError) as error:
            raise ValueError(str(error)) from None
        return value

    return AfterValidator(check)


def _within(least: int, most: int, mend: str) -> AfterValidator:
    """Take a number of a range."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise ValueError(mend)
        return value

    return AfterValidator(check)


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _bot_token(value: SecretStr, info: ValidationInfo) -> SecretStr:
    token, has_installs = value.get_secret_value(), bool(info.data.get("slack_client_id"))
    if has_installs and token:
        raise ValueError("is for one workspace; leave it out, or SLACK_CLIENT_ID")
    if not token and not has_installs:
        raise ValueError(HINTS["slack_bot_token"])
    if token.startswith("xoxe."):
        raise ValueError("ends after 12 hours, as its app rotates tokens; make another app from the manifest")
    if token and not token.startswith("xoxb-"):
        raise ValueError("must be a bot token; copy it from OAuth & Permissions, it starts with xoxb-")
    return value


def _installs(value: str) -> str:
    for one in addresses(value):
        if not re.fullmatch(r"[TE][A-Z0-9]{2,}", one):
            raise ValueError("must be ids of workspaces (T…) or of organisations (E…), set apart by commas")
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
            read_key(read_text(value))
        except (OSError, ValueError) as error:
            why = str(error) if isinstance(error, KeyFileError) else "must be a readable file"
            raise ValueError(f"{why}; docs/handoff.md says how to make one") from None
    return value


def _ca_file(value: Path | None) -> Path | None:
    if value is not None:
        read_ca_file(value)
    return value


def _clock_file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError("must be an existing file with a number of seconds in it; leave it out in production")
    return value


# Slack

ClientId: TypeAlias = Annotated[
    str,
    _like(r"(\d+\.\d+)?", "must look like 1234567890.1234567890; copy it from Basic Information > Client ID"),
]
Installs: TypeAlias = Annotated[str, AfterValidator(_installs)]
BotToken: TypeAlias = Annotated[SecretStr, AfterValidator(_bot_token)]
SigningSecret: TypeAlias = Annotated[
    SecretStr,
    _like(r"[0-9a-f]{32}", "must be the 32 hexadecimal digits under Basic Information > Signing Secret"),
]
AppToken: TypeAlias = Annotated[
    SecretStr,
    _like(r"((?s:xapp-.*))?", "must be an app-level token, it starts with xapp-; leave it out to listen on HTTP"),
]
ApiUrl: TypeAlias = Annotated[
    str,
    _like(
        rf"https://[^\s/]+/api/|{_LOCAL}/api/",
        "must look like https://slack.com/api/ (plain http only for this machine)",
    ),
]
MemberId: TypeAlias = Annotated[
    str,
    _like(r"([UW][A-Z0-9]{2,})?", "must be a Slack member ID such as U012AB3CD; take it from the person's profile"),
]

ChannelId: TypeAlias = Annotated[
    str,
    _like(r"([CG][A-Z0-9]{2,})?", "must be a channel's ID such as C012AB3CD; take it from the channel's details"),
]

# What is called, and how

HandoffUrl: TypeAlias = Annotated[
    SecretStr,
    _like(_CALLED_OR_NOT, "must be the https address of your backend; leave it out to hand nothing off"),
]
NotifyUrl: TypeAlias = Annotated[
    SecretStr,
    _like(_CALLED_OR_NOT, "must be the https address of what alerts your people; leave it out to tell none"),
]
HeartbeatUrl: TypeAlias = Annotated[
    SecretStr,
    _like(_CALLED_OR_NOT, "must be an https address that wants to be called each minute; leave it out to call none"),
]
Collector: TypeAlias = Annotated[
    str,
    _like(
        r"(https?://[^\s/@]+(/[^\s?#]*)?)?",
        "must be the address of an OTLP collector such as http://127.0.0.1:4318, without a user in it",
    ),
]
SharedSecret: TypeAlias = Annotated[SecretStr, AfterValidator(_whsec)]
HandoffPublicKey: TypeAlias = Annotated[Path | None, AfterValidator(_handoff_public_key)]
ExtraOrigins: TypeAlias = Annotated[str, _readable(Origins.parse)]
OutboundProxy: TypeAlias = Annotated[SecretStr, _readable(read_proxy)]
OutboundNoProxy: TypeAlias = Annotated[str, _readable(read_direct)]
CaFile: TypeAlias = Annotated[Path | None, AfterValidator(_ca_file)]

# This machine, and time

Port: TypeAlias = Annotated[int, _within(0, 65535, "must be a port from 0 to 65535")]
DatabaseUrl: TypeAlias = Annotated[str, _readable(read_url)]
Days: TypeAlias = Annotated[int, _within(1, 3650, DAYS)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
QuietHours: TypeAlias = Annotated[str, AfterValidator(_quiet_hours)]
ClockFile: TypeAlias = Annotated[Path | None, AfterValidator(_clock_file)]
