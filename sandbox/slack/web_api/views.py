"""Owns views.*: checking a view and putting it before a person. The view desk keeps the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.block_kit import faults_in_view, is_too_large, unreachable_images
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import ApiError, invalid_arguments

if TYPE_CHECKING:
    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import Core, View


def checked(core: Core, view: object, kind: str, but: View | None = None) -> Json:
    """Return a view that Slack would take, or refuse it."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    faults = faults_in_view(view) or unreachable_images(view.get("blocks") or [], core.unreachable_images)
    if not faults and view["type"] != kind:
        faults = [f"must be a {kind} [json-pointer:/view/type]"]
    if faults:
        raise invalid_arguments(*faults)
    if is_too_large(view):
        raise ApiError("view_too_large")
    if core.views.is_taken(view.get("external_id"), but):
        raise ApiError("duplicate_external_id")
    accepted: Json = view
    return accepted


@method("views.open")
def open_view(core: Core, args: Args) -> Json:
    """Open a modal for whoever the trigger belongs to."""
    view = checked(core, args.structure("view", "invalid_arguments"), "modal")
    return {"view": core.views.open(args.get("trigger_id"), view).as_json()}


@method("views.push")
def push_view(core: Core, args: Args) -> Json:
    """Put a modal on top of that person's stack."""
    view = checked(core, args.structure("view", "invalid_arguments"), "modal")
    user, _ = core.views.exchange(args.get("trigger_id"))
    return {"view": core.views.push(user, view).as_json()}


@method("views.update")
def update_view(core: Core, args: Args) -> Json:
    """Redraw an open view, guarded by its hash."""
    if not args.get("view_id") and not args.get("external_id"):
        raise invalid_arguments("must provide one of view_id or external_id")
    known = core.views.find(args.get("view_id"), args.get("external_id"))
    view = checked(core, args.structure("view", "invalid_arguments"), known.spec["type"], known)
    if args.get("hash") and args["hash"] != known.hash:
        raise ApiError("hash_conflict")
    return {"view": core.views.update(known, view).as_json()}


@method("views.publish")
def publish_view(core: Core, args: Args) -> Json:
    """Set a person's Home."""
    user = core.world.users.get(args.needed("user_id"))
    if user is None or not core.world.is_visible(user):
        raise invalid_arguments("invalid `user_id`")
    view = checked(core, args.structure("view", "invalid_arguments"), "home")
    known = core.views.homes.get(user.id)
    if args.get("hash") and known is not None and args["hash"] != known.hash:
        raise ApiError("hash_conflict")
    return {"view": core.views.publish(user, view).as_json()}
