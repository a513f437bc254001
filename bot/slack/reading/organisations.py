"""Reads which organisation somebody or a channel belongs to; says nothing of what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.reading.json_values import a_list, a_name, an_object, attempt

TEAMS = ("connected", "shared", "internal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Our own side: the workspace that installed the app, and the Grid organisation it belongs to, if any."""

    team_id: str
    org_id: str = ""

    @property
    def is_org_wide(self) -> bool:
        """Whether the whole organisation has installed the app: it stands for its workspaces."""
        return self.team_id == self.org_id

    @property
    def ids(self) -> frozenset[str]:
        """Everything by which Slack may call us."""
        return frozenset({self.team_id, self.org_id} - {""})


def home_of(user: object, own: Own) -> str:
    """Return the id that stands for somebody's organisation, however Slack shows them; raises what reading raises.

    `user` is what users.info says. In an Enterprise Grid one person comes with the id of a workspace, of another one
    or of the organisation. Our own people get the id of the workspace that installed the app, everybody else the
    organisation's where there is one.
    """
    shown = an_object(user)
    grid = an_object(shown.get("enterprise_user"))
    team, told = a_name(shown.get("team_id")), {a_name(one) for one in a_list(grid.get("teams"))}
    org = a_name(grid.get("enterprise_id") or shown.get("enterprise_id")) or team
    if own.team_id in {team, *told} or (not told and org == own.org_id):
        return own.team_id
    return org


def foreign_teams(channel: object) -> set[str] | None:
    """Name the other organisations that Slack says share a channel; None when it cannot be read."""

    def read() -> set[str]:
        shown = an_object(channel)
        teams = {name: {a_name(team) for team in a_list(shown.get(f"{name}_team_ids"))} for name in TEAMS}
        return (teams["connected"] | teams["shared"]) - teams["internal"]

    return attempt("channel", read)
