"""Owns auth.test and apps.connections.open: who a token is, and a ticket for one socket. It checks no token."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, INSTALL_TEAM

if TYPE_CHECKING:
    from sandbox.slack.workspace import Core


@method("auth.test")
def auth_test(core: Core, _args: Args) -> Json:
    """Return whom the token belongs to."""
    team, bot = core.world.teams[INSTALL_TEAM], core.world.users[BOT_USER]
    grid = {"enterprise_id": team.enterprise_id} if team.enterprise_id else {}
    name, team_id = (f"{team.name} Group", team.enterprise_id) if core.is_org_wide else (team.name, team.id)
    return {
        **grid,
        "url": f"https://{team.domain}.slack.example/",
        "team": name,
        "user": bot.name,
        "team_id": team_id,
        "user_id": bot.id,
        "bot_id": BOT_ID,
        "is_enterprise_install": core.is_org_wide,
    }


@method("apps.connections.open")
def connections_open(core: Core, _args: Args) -> Json:
    """Return a single-use Socket Mode address."""
    ticket = secrets.token_urlsafe(16)
    core.tickets.add(ticket)
    return {"url": f"{core.origin.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP_ID}"}
