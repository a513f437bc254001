"""The card of a step that did not work out: what was tried, what went wrong, what to do next."""

from __future__ import annotations

from dataclasses import replace

from flows.endpoints import Endpoint
from flows.hypotheses import Hypothesis
from flows.messages import Action, Form
from flows.naming import moment, rows_of
from flows.observations import CheckKind
from flows.parts import Button, Buttons, Copy, Part, Row, Small, Table, Text
from flows.scene import Scene, human, sideways
from flows.state import Hitch, Step, Topic
from flows.steps import STEPS
from flows.troubleshooting import Finding, Owner, Reason, Verdict
from flows.windows import likely_window
from flows.words import Plain

SHOWN_ROWS = 8
"""How many refused permissions a card lists by name."""

ASK_AGAIN: dict[Reason, Form] = {
    Reason.HOST_NOT_FOUND: Form.SERVICE_URL,
    Reason.ADDRESS_REFUSED: Form.SERVICE_URL,
    Reason.REDIRECTED: Form.SERVICE_URL,
    Reason.UNKNOWN_TENANT_OR_HOST: Form.SERVICE_URL,
    Reason.UNSENDABLE: Form.ISU,
    Reason.OAUTH_INVALID_CLIENT: Form.API_CLIENT,
    Reason.OAUTH_INVALID_GRANT: Form.API_CLIENT,
    Reason.OAUTH_WRONG_CLIENT_KIND: Form.API_CLIENT,
    Reason.REST_INVALID_TOKEN: Form.API_CLIENT,
}
"""Reasons whose mend is a new answer in a form, rather than another look at Workday."""

CREDENTIAL_CAUSES: tuple[tuple[str, Topic], ...] = (
    ("retype", Topic.RETYPE),
    ("flags", Topic.FLAGS),
    ("locked", Topic.LOCKED),
    ("policy", Topic.POLICY),
)
"""Why Workday says "invalid username or password", in the order that costs the admin least."""


def trouble(scene: Scene, finding: Finding) -> list[Part]:
    """Take one finding apart."""
    if finding.reason is Reason.INVALID_CREDENTIALS:
        return _credentials(scene)
    parts: list[Part] = [Text(text=reason_text(scene, finding.reason, "what"))]
    bad = (*finding.ids(Verdict.DENIED), *finding.ids(Verdict.EMPTY))
    if bad and finding.reason is not Reason.NOT_ACTIVE_OR_NOT_IN_GROUP:
        parts += [Text(text=_counted(scene, finding)), *_missing(scene, finding, bad)]
    parts += [Text(text=_likely(scene, one)) for one in scene.link.likely]
    parts.append(Text(text=reason_text(scene, finding.reason, "next")))
    if finding.kind in {CheckKind.PERMISSIONS, CheckKind.FULL} and bad:
        parts += [Copy(text=task) for task in STEPS[Step.ACTIVATION].tasks]
    if finding.granted and bad:
        parts.append(_matrix(scene, finding))
    parts += _asides(scene, finding)
    return [*parts, Buttons(buttons=_trouble_buttons(scene, finding))]


def _likely(scene: Scene, one: Hypothesis) -> str:
    facts = scene.say("likely.and").join(scene.say(f"fact.{fact.name}", **fact.names) for fact in one.because)
    return scene.say(f"likely.{one.confidence}", cause=scene.say(f"cause.{one.cause}"), facts=Plain(facts))


def _credentials(scene: Scene) -> list[Part]:
    parts: list[Part] = [
        Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "what")),
        Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "next")),
    ]
    for cause, topic in CREDENTIAL_CAUSES:
        if topic is Topic.RETYPE:
            button = scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU)
        else:
            button = scene.button(Action.HELP, "button.show_me", value=topic)
        line = reason_text(scene, Reason.INVALID_CREDENTIALS, cause)
        parts.append(Row(text=line, button=replace(button, spoken=f"{button.text}: {line}")))
    parts += [Small(text=reason_text(scene, Reason.INVALID_CREDENTIALS, line)) for line in ("report", "tries")]
    again = scene.button(Action.CHECK)
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    return [*parts, Buttons(buttons=(again, scene.button(Action.BACK), *human(scene), seen))]


def reason_text(scene: Scene, reason: Reason, part: str) -> str:
    """Give one part (what, next) of the words for a reason."""
    return scene.say(f"reason.{reason}.{part}")


def _counted(scene: Scene, finding: Finding) -> str:
    before = scene.link.before
    if before is not None and before != finding.granted:
        return scene.say("trouble.delta", before=str(before), **counts(finding))
    return scene.say("trouble.granted", **counts(finding))


def counts(finding: Finding) -> dict[str, str]:
    """Count what is granted of what can be asked about at all."""
    return {"granted": str(finding.granted), "askable": str(finding.askable)}


def _missing(scene: Scene, finding: Finding, bad: tuple[str, ...]) -> list[Part]:
    rows = {row.id: row for row in rows_of(scene.link, scene.rules)}
    empty = set(finding.ids(Verdict.EMPTY))
    lines = [
        scene.say(
            "trouble.missing",
            policy=rows[name].policy,
            access=rows[name].access,
            reason=scene.say("row.empty" if name in empty else "row.denied"),
        )
        for name in bad[:SHOWN_ROWS]
        if name in rows
    ]
    if len(bad) > SHOWN_ROWS:
        lines.append(scene.say("trouble.more", count=str(len(bad) - SHOWN_ROWS)))
    return [Text(text="\n".join(lines))]


def _matrix(scene: Scene, finding: Finding) -> Part:
    """Show every permission with its verdict, in the order of the list."""
    verdicts = {row.permission_id: row.verdict for row in finding.rows}
    head = tuple(scene.say(f"matrix.{column}") for column in ("policy", "access", "verdict"))
    rows = (row for row in rows_of(scene.link, scene.rules) if row.id in verdicts)
    table = ((row.policy, row.access.value, scene.say(f"verdict.{verdicts[row.id]}")) for row in rows)
    return Table(rows=(head, *table))


def _asides(scene: Scene, finding: Finding) -> list[Part]:
    parts: list[Part] = []
    closed = likely_window(scene.link.environment, scene.now) if finding.owner is Owner.NOBODY else None
    if closed:
        parts.append(Small(text=scene.say("trouble.window", when=moment(closed))))
    if scene.link.recheck:
        parts.append(Small(text=scene.say("trouble.again", when=moment(scene.link.recheck.at))))
    if finding.evidence and finding.evidence.fault_text:
        parts.append(Small(text=scene.say("trouble.evidence", fault=finding.evidence.fault_text)))
    return parts


def _trouble_buttons(scene: Scene, finding: Finding) -> tuple[Button, ...]:
    form = ASK_AGAIN.get(finding.reason)
    # The address can be sent at its own step only; later on it is looked at again, or one goes back.
    if form and (form is not Form.SERVICE_URL or scene.link.step is Step.SERVICE_URL):
        key = "step.service_url.open" if form is Form.SERVICE_URL else "button.enter_again"
        first = scene.button(Action.OPEN_FORM, key, form=form)
    else:
        first = scene.button(Action.CHECK)
    right = (scene.button(Action.EMPTY_IS_RIGHT),) if finding.reason is Reason.PERMISSIONS_EMPTY else ()
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    return (replace(first, primary=True), *right, *sideways(scene), *human(scene), seen)


def helped(scene: Scene, topic: Topic) -> list[Part]:
    """Unfold one piece of help, with its own way on."""
    link = scene.link
    if topic is Topic.STUCK:
        offered = tuple(
            scene.button(Action.HELP, f"help.stuck.{topic}", value=topic) for topic in STEPS[link.step].topics
        )
        parts: list[Part] = [Text(text=scene.say("help.stuck.text")), Buttons(buttons=offered)]
    else:
        key = "help.policy_after" if topic is Topic.POLICY and link.step is not Step.ISU else f"help.{topic}"
        parts = [Text(text=scene.say(f"{key}.text"))]
    return [*parts, Buttons(buttons=(*_help_forward(scene, topic), scene.button(Action.CLOSE_HELP), *human(scene)))]


def _help_forward(scene: Scene, topic: Topic) -> tuple[Button, ...]:
    match topic:
        case Topic.RETYPE | Topic.LOCKED | Topic.USER_NAME:
            return (replace(scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU), primary=True),)
        case Topic.FLAGS | Topic.NOT_ACTIVE | Topic.MEMBERSHIP:
            return (replace(scene.button(Action.CHECK), primary=True),)
        case Topic.POLICY:
            return (replace(scene.button(Action.POLICY_LATER), primary=True),)
        case Topic.NO_TASK:
            return (replace(scene.button(Action.HAND_OVER, form=Form.HAND_OVER), primary=True),)
        case Topic.WDSL:
            return (
                replace(scene.button(Action.OPEN_FORM, "step.service_url.open", form=Form.SERVICE_URL), primary=True),
            )
        case _:
            return ()


def hitched(scene: Scene, hitch: Hitch) -> list[Part]:
    """Say why a check brought no finding, and give the button back."""
    form = STEPS[scene.link.step].form
    match hitch:
        case Hitch.RIVAL if form:
            first: tuple[Button, ...] = (scene.button(Action.OPEN_FORM, "button.enter_again", form=form),)
        case _:
            first = (replace(scene.button(Action.CHECK), primary=True),)
    words = Text(text=scene.say(f"hitch.{hitch}"))
    return [words, Buttons(buttons=(*first, scene.button(Action.BACK), *human(scene)))]


def offered(scene: Scene, offer: Endpoint) -> list[Part]:
    """Ask whether the address we found is the one that is meant."""
    names = {
        "offer_tenant": offer.tenant,
        "offer_environment": scene.say(f"environment.{offer.environment}"),
    }
    yes = replace(scene.button(Action.USE_OFFER), primary=True)
    return [
        Text(text=scene.say("offer.text", **names)),
        Copy(text=offer.host),
        Text(text=scene.say("offer.ask", **names)),
        Buttons(buttons=(yes, scene.button(Action.REFUSE_OFFER))),
    ]
