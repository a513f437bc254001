"""What is said of an error text that somebody pasted: what it means and what helps; claims nothing of what we did.

The text may be of another tool or of another step, so that "I asked" or "the API client works" would be untrue.
"""

from __future__ import annotations

from typing import Final

from flows.cards.context import Scene
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_cause_table import USUAL_LINES
from flows.link.state import Step
from flows.link.steps import row_of
from flows.link.walk import walk
from flows.permissions import Way

_OF_STEP: Final = {
    Reason.INVALID_CREDENTIALS: Step.ISU,
    Reason.NOT_AUTHORIZED: Step.PERMISSIONS,
    Reason.OAUTH_INVALID_CLIENT: Step.API_CLIENT,
    Reason.OAUTH_INVALID_GRANT: Step.API_CLIENT,
    Reason.OAUTH_BAD_TENANT: Step.API_CLIENT,
    Reason.OAUTH_WRONG_CLIENT_KIND: Step.API_CLIENT,
    Reason.REST_FORBIDDEN: Step.API_CLIENT,
    Reason.REST_INVALID_TOKEN: Step.API_CLIENT,
}
"""The step at which a link meets each; the others can come at any."""

_BY_KEY: Final = {
    Reason.OAUTH_INVALID_CLIENT: Reason.JWT_UNKNOWN_CLIENT,
    Reason.OAUTH_INVALID_GRANT: Reason.JWT_REFUSED,
    Reason.OAUTH_WRONG_CLIENT_KIND: Reason.JWT_GRANT_NOT_ALLOWED,
    Reason.REST_INVALID_TOKEN: Reason.BEARER_REFUSED,
}
"""What each means where a key signs the user in: there is neither a secret nor a refresh token."""


def pasted(scene: Scene, reason: Reason) -> list[str]:
    """Return the texts on a pasted fault; what to do is said once its step is reached."""
    setup, step = scene.link.setup, _OF_STEP.get(reason)
    bearer = row_of(setup).bearer
    if bearer and step in {Step.ISU, Step.API_CLIENT}:
        step = row_of(setup).proves
    reason = _BY_KEY.get(reason, reason) if setup.way is Way.KEY else reason
    meaning = scene.say(_own(scene, reason, "heard", "what"))
    steps = walk(scene.link, scene.rules.permissions)
    if step and step not in steps:
        return [meaning, scene.say("say.fault_elsewhere")]
    if step and steps.index(step) > steps.index(scene.link.step):
        return [meaning, scene.say("say.fault_ahead", title=scene.say(f"step.{step}.title"))]
    lines = USUAL_LINES if reason is Reason.INVALID_CREDENTIALS and not bearer else ()
    keys = (_own(scene, reason, "heard_next", "next"), *(f"reason.{reason}.{line}" for line in lines))
    return [meaning, *(scene.say(key) for key in keys if is_known(scene, key))]


def _own(scene: Scene, reason: Reason, part: str, otherwise: str) -> str:
    own = f"reason.{reason}.{part}"
    return own if scene.words.has(own) else f"reason.{reason}.{otherwise}"


def is_known(scene: Scene, key: str) -> bool:
    """Tell whether everything that a text names is known by now."""
    return all(scene.names.get(name, name) for name in scene.words.placeholders(key))
