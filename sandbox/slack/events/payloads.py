"""Owns the exact shape of what Slack sends: commands, clicks, submissions, events. It sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.workspace import APP_ID, BOT_USER, INSTALL_TEAM, Channel, Post, User, as_json

if TYPE_CHECKING:
    from sandbox.slack.workspace import Core, View


def command_fields(core: Core, user: User, channel: Channel, command: str, text: str) -> dict[str, str]:
    """Return the form fields of a slash command."""
    team = core.world.teams[user.team_id]
    return {
        "token": core.verification_token,
        "team_id": user.team_in("command"),
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": str(core.is_org_wide).lower(),
        **({"enterprise_id": str(_org(core)), "enterprise_name": "Group"} if core.is_org_wide else {}),
        "response_url": core.response_url(user, channel),
        "trigger_id": core.views.trigger(user),
    }


def shown_name(channel: Channel) -> str:
    """Return what commands and clicks call a channel: of a private one Slack tells no name."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _org(core: Core) -> str | None:
    """Return the organisation that has installed the app as a whole, if one has."""
    return core.world.teams[INSTALL_TEAM].enterprise_id if core.is_org_wide else None


def person(user: User, place: str) -> Json:
    """Return the `user` of an interaction: with the clicker's own team, or what Slack takes for it in a Grid."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_in(place)}


def team(core: Core, team_id: str) -> Json:
    """Return the `team` of an interaction."""
    return {"id": team_id, "domain": core.world.teams[team_id].domain}


def message_action(core: Core, user: User, post: Post, action: Json, values: Json) -> Json:
    """Return the block_actions payload of a message: `team` is the installing one, whoever clicked."""
    channel = core.world.channels[post.channel]
    container: Json = {
        "type": "message",
        "message_ts": post.ts,
        "channel_id": channel.id,
        "is_ephemeral": post.only_for is not None,
    }
    if post.thread_ts:
        container["thread_ts"] = post.thread_ts
    payload: Json = {
        "type": "block_actions",
        "user": person(user, "press"),
        "api_app_id": APP_ID,
        "token": core.verification_token,
        "container": container,
        "trigger_id": core.views.trigger(user),
        "team": team(core, INSTALL_TEAM),
        "enterprise": {"id": _org(core), "name": "Group"} if core.is_org_wide else None,
        "is_enterprise_install": core.is_org_wide,
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "state": {"values": values},
        "response_url": core.response_url(user, channel, message_ts=post.ts, thread_ts=post.thread_ts),
        "actions": [action],
    }
    if post.only_for is None:  # Slack gives no message object for an ephemeral one
        payload["message"] = as_json(core, post)
    return payload


def view_action(core: Core, view: View, action: Json) -> Json:
    """Return the block_actions payload of a modal or Home: `team` is the clicker's."""
    return {
        "type": "block_actions",
        "user": person(view.user, "press"),
        "api_app_id": APP_ID,
        "token": core.verification_token,
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.views.trigger(view.user, view),
        "team": team(core, view.user.team_id),
        "enterprise": None,
        "is_enterprise_install": False,
        "view": view.as_json(),
        "actions": [action],
    }


def submission(core: Core, view: View) -> Json:
    """Return the view_submission payload: `team` is the clicker's, the install is `view.app_installed_team_id`."""
    return {
        "type": "view_submission",
        "team": team(core, view.user.team_id),
        "user": person(view.user, "form"),
        "api_app_id": APP_ID,
        "token": core.verification_token,
        "trigger_id": core.views.trigger(view.user, view),
        "view": view.as_json(),
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def closed(core: Core, view: View, *, is_cleared: bool) -> Json:
    """Return the view_closed payload."""
    return {
        "type": "view_closed",
        "team": team(core, view.user.team_id),
        "user": person(view.user, "form"),
        "api_app_id": APP_ID,
        "token": core.verification_token,
        "view": view.as_json(),
        "is_cleared": is_cleared,
        "is_enterprise_install": False,
        "enterprise": None,
    }


def envelope(core: Core, event: Json, channel: Channel | None) -> Json:
    """Return the Events API envelope: delivered once for the app, with the installing team's authorization.

    Of what other organisations' people say in a shared channel it names theirs; of a mention it tells less.
    """
    is_foreign = bool(channel and channel.is_ext_shared) and event["type"] == "message"
    context = {} if event["type"] == "app_mention" else {"context_team_id": INSTALL_TEAM, "context_enterprise_id": None}
    return {
        "token": core.verification_token,
        "team_id": event.get("team", INSTALL_TEAM) if is_foreign else INSTALL_TEAM,
        **context,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": core.world.next_id("Ev"),
        "event_time": int(core.world.clock()),
        "authorizations": [
            {
                "enterprise_id": _org(core),
                "team_id": INSTALL_TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": core.is_org_wide,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": f"4-{core.world.next_id('EC')}",
    }
