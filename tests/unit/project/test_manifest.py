"""The manifest asks Slack for exactly what the code uses: no scope, event or command more or less."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import preflight as guards
from flows.link.commands.rows import usage_hint

ROOT = Path(__file__).parents[3]
SCOPES = {
    "auth.test": set[str](),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "conversations.history": {"im:history", "channels:history", "groups:history"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "users.info": {"users:read"},
    "views.open": set[str](),
    "views.publish": set[str](),
    "views.push": set[str](),
    "views.update": set[str](),
}
"""What Slack wants for each method (docs.slack.dev, each method's page)."""

EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set[str](),
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_id_changed": set[str](),
    "channel_unarchive": {"channels:read"},
    "channel_left": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "tokens_revoked": set[str](),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "app_manifest.yml").read_text())
    return loaded


def test_check_looks_for_the_same_scopes(manifest: dict[str, Any]) -> None:
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == guards.SCOPES


def test_the_security_page_gives_a_reason_for_each_scope() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    table = page.partition("## Slack scopes")[2].partition("## ")[0]
    assert set(re.findall(r"`([a-z_]+(?::[a-z]+)?)`", table)) == guards.SCOPES


def calls() -> list[tuple[str, str]]:
    """Every `x.name("literal", …)` and `x.name(…)` in bot/, as (name, literal or "")."""
    found = []
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                literal = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
                found.append((node.func.attr, literal))
    return found


def methods() -> set[str]:
    source = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    quoted = set(re.findall(r'"((?:auth|chat|conversations|users|views|reactions|files)\.[a-zA-Z.]+)"', source))
    by_client = {name.replace("_", ".", 1) for name in re.findall(r"client\.(\w+_\w+)\(", source)}
    return quoted | {name for name in by_client if name in SCOPES}


def test_scopes_are_those_of_the_methods_and_events(manifest: dict[str, Any]) -> None:
    used = methods()
    assert used <= set(SCOPES), "say in SCOPES what the new method needs"
    wanted = {"commands"}.union(*(SCOPES[name] for name in used))
    wanted |= set[str]().union(*(EVENT_SCOPES[name] for name in EVENT_SCOPES))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == wanted


def test_events_are_those_listened_to(manifest: dict[str, Any]) -> None:
    listened = {literal for name, literal in calls() if name == "event" and literal}
    asked = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert {name.split(".")[0] for name in asked} == listened
    assert asked == set(EVENT_SCOPES)


def test_commands_are_those_answered(manifest: dict[str, Any]) -> None:
    answered = {literal for name, literal in calls() if name == "command" and literal}
    assert {row["command"] for row in manifest["features"]["slash_commands"]} == answered


def test_the_hint_names_every_word_of_the_command(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["slash_commands"][0]["usage_hint"] == usage_hint()


def test_every_scope_has_its_reason() -> None:
    text = (ROOT / "app_manifest.yml").read_text()
    scopes = re.findall(
        r"^      - ([a-z_]+(?::[a-z]+)?)(.*)$", text.split("oauth_config:")[1].split("settings:")[0], re.MULTILINE
    )
    assert scopes
    assert all(re.match(r"\s+# \S", reason) for _, reason in scopes)


def test_the_manifest_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    command = manifest["features"]["slash_commands"][0]
    assert len(command["command"]) <= 32
    assert manifest["settings"]["interactivity"]["is_enabled"]
