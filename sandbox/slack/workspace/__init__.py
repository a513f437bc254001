"""What this Slack remembers: workspaces, people, channels, messages, open views, the app's tokens and scopes."""

from sandbox.slack.workspace.api_errors import ApiError, invalid_arguments
from sandbox.slack.workspace.core import DEFAULT_EVENTS, DEFAULT_SCOPES, Core, ResponseUrl, Upload
from sandbox.slack.workspace.message_object import as_json
from sandbox.slack.workspace.views import View
from sandbox.slack.workspace.world import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    INSTALL_TEAM,
    Channel,
    Post,
    Team,
    User,
    World,
    default_world,
)

__all__ = [
    "APP_ID",
    "BOT_ID",
    "BOT_USER",
    "DEFAULT_EVENTS",
    "DEFAULT_SCOPES",
    "INSTALL_TEAM",
    "ApiError",
    "Channel",
    "Core",
    "Post",
    "ResponseUrl",
    "Team",
    "Upload",
    "User",
    "View",
    "World",
    "as_json",
    "default_world",
    "invalid_arguments",
]
