"""Owns users.*: what the app may look up of people. It changes nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import INSTALL_TEAM, User

if TYPE_CHECKING:
    from sandbox.slack.workspace import Core


@method("users.info", "users:read", takes_json=False)
def user_info(core: Core, args: Args) -> Json:
    """Describe a person the workspace can see."""
    user = core.user(args.needed("user", "user_not_found"))
    shown = user_json(core, user)
    if args.flag("include_locale") and INSTALL_TEAM in {user.team_id, *user.also_in}:
        # Never of people of other organisations.
        shown["locale"] = user.locale
    return {"user": shown}


@method("users.list", "users:read", takes_json=False)
def user_list(core: Core, args: Args) -> Json:
    """List the workspace's own people; externals are never in it."""
    own = [user_json(core, user) for user in core.world.users.values() if user.team_id == INSTALL_TEAM]
    page, cursor = args.page(own, args.limit(200, 1000))
    return {
        "members": page,
        "cache_ts": int(core.world.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def user_json(core: Core, user: User) -> Json:
    """Return the user object; an external's may lack `tz`, and e-mail needs its own scope."""
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id}
    profile |= {"status_emoji": user.status, "status_text": "", "status_expiration": 0}
    if user.email and "users:read.email" in core.scopes:
        profile["email"] = user.email
    shown: Json = {
        "id": user.id,
        "team_id": user.team_in("look_up"),
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": False,
        "updated": int(core.world.clock()),
        "profile": profile,
    }
    enterprise = core.world.teams[user.team_id].enterprise_id
    if enterprise:
        shown["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": enterprise,
            "teams": [user.team_id, *user.also_in],
        }
    if INSTALL_TEAM in {user.team_id, *user.also_in}:
        # Of other workspaces' people Slack does not say it.
        shown |= {"is_restricted": user.is_guest, "is_ultra_restricted": user.is_guest}
    if user.tz and not user.deleted:
        moment = datetime.fromtimestamp(core.world.clock(), UTC).astimezone(user.zone)
        offset = moment.utcoffset()
        shown |= {
            "tz": user.tz,
            "tz_label": moment.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
        }
    return shown
