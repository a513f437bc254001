"""Owns how an app is installed by OAuth: leave for a redirect, tokens for a code, a newer one for an older. No page."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sandbox.slack.json_object import Json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import APP_ID, BOT_USER, INSTALL_TEAM, ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.workspace import Core

TOKEN_SECONDS = 43_200


def approve(core: Core, query: Mapping[str, str]) -> str:
    """Return where the browser goes when somebody has allowed what the app asks for."""
    redirect = query["redirect_uri"]
    if query.get("client_id") != core.client_id:
        return f"{redirect}?{urlencode({'error': 'bad_client_id', 'state': query.get('state', '')})}"
    core.scopes = set(query.get("scope", "").split(","))
    code = secrets.token_urlsafe(16)
    core.codes[code] = redirect
    return f"{redirect}?{urlencode({'code': code, 'state': query.get('state', '')})}"


@method("oauth.v2.access", is_open=True)
def access(core: Core, args: Args) -> Json:
    """Hand out a token for a code or a refresh token, each of which works once."""
    if (args.get("client_id"), args.get("client_secret")) != (core.client_id, core.client_secret):
        raise ApiError("bad_client_secret")
    if args.get("grant_type") == "refresh_token":
        if not core.refresh_token or args.get("refresh_token") != core.refresh_token:
            raise ApiError("invalid_refresh_token")
    elif core.codes.pop(str(args.get("code")), None) != args.get("redirect_uri"):
        raise ApiError("invalid_code")
    return _granted(core)


def _granted(core: Core) -> Json:
    team = core.world.teams[INSTALL_TEAM]
    core.revoked, core.token_ends = False, 0.0
    core.older_tokens = {core.bot_token}
    core.bot_token = f"{'xoxe.' if core.rotates else ''}xoxb-{secrets.token_hex(12)}"
    enterprise = {"id": team.enterprise_id, "name": f"{team.name} Group"} if team.enterprise_id else None
    told: Json = {
        "access_token": core.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(core.scopes)),
        "bot_user_id": BOT_USER,
        "app_id": APP_ID,
        "team": None if core.is_org_wide else {"id": team.id, "name": team.name},
        "enterprise": enterprise,
        "authed_user": {"id": "U0SAM"},
        "is_enterprise_install": core.is_org_wide,
    }
    if core.rotates:
        core.refresh_token = f"xoxe-1-{secrets.token_hex(12)}"
        core.token_ends = core.world.clock() + TOKEN_SECONDS
        told |= {"refresh_token": core.refresh_token, "expires_in": TOKEN_SECONDS}
    return told


@method("auth.revoke")
def revoke(core: Core, _args: Args) -> Json:
    """Take the token back that asks for it."""
    core.revoked = True
    return {"revoked": True}


@method("auth.teams.list")
def teams_list(core: Core, _args: Args) -> Json:
    """List the workspaces that an org-wide install works in."""
    own = core.world.teams[INSTALL_TEAM]
    found = [team for team in core.world.teams.values() if team is own or (own.enterprise_id == team.enterprise_id)]
    return {"teams": [{"id": team.id, "name": team.name} for team in found]}
