"""What our own people can do about a link next, as a table: two moves for each situation, the better one first."""

from __future__ import annotations

from flows.cards.context import Scene
from flows.diagnosis.reasons import Owner
from flows.link.standing import Mover, Standing, State, standing
from flows.link.state import Status, Step
from flows.schedule.attention import worry_of

MOVES: dict[str, tuple[str, str]] = {
    "called": ("join", "brief"),
    "blocked": ("open_channel", "other_channel"),
    "ownerless": ("take", "board"),
    "gone": ("find_admin", "hand_over"),
    "unlooked": ("check_now", "operator"),
    "password": ("new_password", "exempt"),
    "certificate": ("new_key", "offer_call"),
    "refused": ("write_admin", "offer_call"),
    "broken": ("write_admin", "offer_call"),
    "stalled": ("ask_admin", "hand_step_over"),
    "start": ("ask_admin", "hand_over"),
    "ours": ("read_evidence", "operator"),
    "away": ("wait", "ask_it"),
    "away_long": ("ask_address", "ask_it"),
    "approval": ("send_sheet", "await_day"),
    "approval_due": ("ask_approval", "send_sheet"),
    "rival": ("choose_link", "offer_call"),
    "paused": ("ask_resume", "resume"),
    "paused_until": ("wait", "resume"),
    "burnt": ("ask_secret", "web_only"),
    "forgotten": ("ask_secret", "offer_call"),
    "waiting": ("wait", "read_evidence"),
    "owned": ("allow", "other_user"),
    "walking": ("let_work", "offer_call"),
    "linked": ("nothing", "copy"),
    "cancelled": ("ended", "start_anew"),
}
"""What can be done, by situation; the words are `advice.<move>`."""

BY_STATE = {
    State.CHECKING: "waiting",
    State.BURNT: "burnt",
    State.FORGOTTEN: "forgotten",
    State.OFFER: "walking",
    State.CANCELLED: "cancelled",
    State.LINKED: "linked",
}
"""The situation that a state is by itself; what a refusal and a hitch are depends on whose move it is."""


BY_MOVE = {
    "away_long": "away_long",
    "gone": "gone",
    "hitch_owned": "owned",
    "hitch_rival": "rival",
    "kept_new": "waiting",
}
"""The situation that a link waits for by name, whatever else it is in."""


def situation(scene: Scene) -> str:
    """Name what a link is in for our own people: what worries them, else where it stands."""
    link = scene.link
    found = standing(link, scene.now)
    worry = worry_of(link, scene.now, scene.rules)
    if worry and worry.key not in {"broken", "refused", "stalled"}:
        return worry.key
    return _standing(scene, found) or (worry.key if worry else "walking")


def _standing(scene: Scene, found: Standing) -> str:
    """Name the situation that follows from where a link stands; empty where only its age says what it is."""
    link = scene.link
    if found.waits in BY_MOVE:
        return BY_MOVE[found.waits]
    if link.status is Status.PAUSED and link.approval:
        return "approval" if link.approval > scene.now.date() else "approval_due"
    if link.status is Status.PAUSED and link.paused_until:
        return "paused_until"
    if link.status is Status.PAUSED:
        return "paused"
    if found.state is State.HITCH:
        return "waiting" if found.mover is Mover.NOBODY else ""
    if found.state in BY_STATE:
        return BY_STATE[found.state]
    if found.reason:
        return {Owner.US: "ours", Owner.NOBODY: "away", Owner.ADMIN: "refused"}[found.reason.traits.owner]
    return "start" if link.step is Step.WELCOME else ""


def moves(scene: Scene) -> tuple[str, str]:
    """Return the two next moves in words."""
    first, second = MOVES[situation(scene)]
    return scene.say(f"advice.{first}"), scene.say(f"advice.{second}")
