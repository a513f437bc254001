"""What each message shows, from the link's state alone: neutral parts and words, no Slack, no sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flows.messages import Action, Form
from flows.naming import expiry_kind, mention, moment, names_of, rows_of
from flows.parts import Button, Buttons, Card, Copy, Heading, Menu, Part, Picture, Row, Small, Table, Text
from flows.permissions import Permission
from flows.reminders import Rulebook, Snooze
from flows.state import Cause, Hitch, Link, Status, Step, Topic
from flows.steps import STEPS, Kind, walk
from flows.troubleshooting import Finding, Reason, Verdict
from flows.words import Words

PAGE = 6
"""How many permissions a card unfolds at a time."""

SHOWN_ROWS = 8
"""How many refused permissions a card lists by name."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a card is drawn from."""

    link: Link
    rules: Rulebook
    words: Words
    now: datetime

    @property
    def names(self) -> dict[str, str]:
        """The names for this link."""
        return names_of(self.link, self.rules, self.words, self.now)

    def say(self, key: str, **more: str) -> str:
        """Give one text with this link's names."""
        return self.words.say(key, self.names | more)

    def button(self, action: Action, key: str = "", *, value: str = "", form: Form | None = None) -> Button:
        """Make a plain button; its words are `button.<action>` unless `key` says otherwise."""
        return Button(action=action, text=self.say(key or f"button.{action}"), value=value, form=form)


def parent(scene: Scene) -> Card:
    """Draw the one message in the channel: how far, whose move, what was last."""
    link, names = scene.link, scene.names
    where = scene.say("parent.where" if link.endpoint else "parent.where_open")
    lines = [where, *_standing(scene)]
    if link.last:
        lines.append(scene.say("parent.last", last=_last(scene), when=moment(link.last.at)))
    parts: list[Part] = [Heading(text=scene.say("parent.heading")), Text(text="\n".join(lines))]
    buttons = _parent_buttons(scene)
    if buttons:
        parts.append(Buttons(buttons=buttons))
    menu = Menu(buttons=_menu(scene)) if link.status in {Status.ACTIVE, Status.PAUSED} else None
    return Card(parts=tuple(parts), text=f"Link Workday · {link.customer}: {names['waiting']}", menu=menu)


def _standing(scene: Scene) -> list[str]:
    link = scene.link
    match link.status:
        case Status.LINKED:
            return [scene.say("parent.linked", expiry=scene.say(f"expiry.{expiry_kind(link)}"))]
        case Status.CANCELLED:
            return [scene.say("parent.cancelled")]
        case Status.PAUSED:
            return [scene.say("parent.paused"), scene.say("parent.move")]
        case Status.ACTIVE if link.checking:
            return [_progress(scene), scene.say("parent.asking")]
        case Status.ACTIVE:
            return [_progress(scene), scene.say("parent.move")]


def _progress(scene: Scene) -> str:
    steps = walk(scene.link, scene.rules.permissions)
    done = steps.index(scene.link.step) if scene.link.step in steps else 0
    return scene.say("parent.progress", bar="▓" * done + "░" * (len(steps) - 1 - done))


def _last(scene: Scene) -> str:
    last = scene.link.last
    if last is None:
        return ""
    names = dict(last.names)
    if "person" in names:
        names["person"] = mention(replace(scene.link.owner, user_id=names["person"]))
    if "step" in names:
        names["step"] = scene.say(f"step.{names['step']}.title")
    return scene.say(f"last.{last.key}", **names)


def _parent_buttons(scene: Scene) -> tuple[Button, ...]:
    match scene.link.status:
        case Status.ACTIVE:
            going = scene.button(Action.CONTINUE)
        case Status.PAUSED:
            going = scene.button(Action.RESUME)
        case _:
            return ()
    return (replace(going, primary=True), scene.button(Action.HAND_OVER, form=Form.HAND_OVER))


def _menu(scene: Scene) -> tuple[Button, ...]:
    cancel = scene.button(Action.CANCEL, form=Form.CANCEL)
    if scene.link.status is Status.PAUSED:
        return (scene.button(Action.CALL_STAFF), cancel)
    return (
        scene.button(Action.PAUSE),
        scene.button(Action.CALL_STAFF),
        scene.button(Action.RESTART),
        cancel,
    )


def card(scene: Scene, number: int) -> Card:
    """Draw card message `number`: the live card if it is the last, otherwise the one line it shrank to."""
    link = scene.link
    if number < len(link.cards) - 1:
        line = _done_line(scene, number)
        return Card(parts=(Text(text=line),), text=line)
    if link.status in {Status.PAUSED, Status.CANCELLED}:
        line = scene.say(f"card.{link.status}")
        parts: tuple[Part, ...] = (Text(text=line),)
        if link.status is Status.PAUSED:
            going = replace(scene.button(Action.RESUME), primary=True)
            parts += (Buttons(buttons=(going, scene.button(Action.HAND_OVER, form=Form.HAND_OVER))),)
        return Card(parts=parts, text=line)
    return _live(scene)


def _done_line(scene: Scene, number: int) -> str:
    link = scene.link
    step = link.cards[number]
    title = scene.say(f"step.{step}.title")
    if step in link.cards[number + 1 : -1]:
        return scene.say("card.again", title=title)
    if link.cards[-1] is step:
        return scene.say("card.moved", title=title)
    steps = walk(link, scene.rules.permissions)
    if step not in steps or steps.index(step) > steps.index(link.step):
        return scene.say("card.passed", title=title)
    return scene.say("card.done", title=title, done=_done(scene, step))


def _done(scene: Scene, step: Step) -> str:
    link = scene.link
    proved = link.account is not None and link.account.proved
    match step:
        case Step.EXPIRY:
            return scene.say(f"step.expiry.done_{expiry_kind(link)}")
        case Step.ISU if not proved:
            return scene.say("step.isu.done_unproved")
        case Step.ACTIVATION if link.matrix:
            return scene.say("step.activation.done", **counts(link.matrix)) + _unasked(scene, link.matrix)
        case Step.ACTIVATION:
            return scene.say("step.activation.done_unproved")
        case _:
            return scene.say(f"step.{step}.done")


def _live(scene: Scene) -> Card:
    link = scene.link
    row = STEPS[link.step]
    trouble = link.trouble if link.status is Status.ACTIVE else None
    heading = scene.say("trouble.heading" if trouble and not link.checking else "card.heading")
    if link.step is Step.LINKED:
        heading = scene.say("step.linked.title")
    parts: list[Part] = [Heading(text=heading)]
    if link.burnt:
        parts += _burnt(scene)
    if link.checking:
        parts += [Text(text=_checking(scene)), *_waiting_buttons(scene)]
    elif link.burnt and link.step is not Step.LINKED:
        pass
    elif link.help:
        parts += _help(scene, link.help)
    elif link.hitch:
        parts += [Text(text=scene.say(f"hitch.{link.hitch}")), *_after_hitch(scene, link.hitch)]
    elif trouble:
        parts += _trouble(scene, trouble)
    elif link.offer:
        parts += _offer(scene)
    else:
        parts += _instructions(scene, row.kind)
    text = next((part.text for part in parts[1:] if isinstance(part, Text)), "")
    return Card(parts=tuple(parts), text=f"{heading}: {text}" if text else heading)


def _burnt(scene: Scene) -> list[Part]:
    linked = scene.link.step is Step.LINKED
    form = Form.ROTATE if linked else Form.ISU
    button = replace(scene.button(Action.OPEN_FORM, "button.new_password", form=form), primary=True)
    return [Text(text=scene.say("card.burnt_linked" if linked else "card.burnt")), Buttons(buttons=(button,))]


def _checking(scene: Scene) -> str:
    return scene.say(f"checking.{scene.link.checking.kind}") if scene.link.checking else ""


def _waiting_buttons(scene: Scene) -> list[Part]:
    return [Buttons(buttons=(scene.button(Action.BACK),))] if scene.link.step is not Step.LINKED else []


def _recipe(scene: Scene) -> list[Part]:
    parts: list[Part] = []
    for line in scene.words.lines(f"step.{scene.link.step}.do", scene.names):
        if line.startswith("> "):
            parts.append(Copy(text=_unescape(line[2:])))
        else:
            parts.append(Text(text=line))
    return parts


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _instructions(scene: Scene, kind: Kind) -> list[Part]:
    link = scene.link
    key = f"step.{link.step}"
    parts: list[Part] = [Text(text=scene.say(f"{key}.lead")), *_recipe(scene)]
    if link.step is Step.PERMISSIONS:
        parts += _permission_rows(scene)
    if STEPS[link.step].picture:
        parts.append(Picture(url=STEPS[link.step].picture, alt=scene.say(f"{key}.picture")))
    parts.append(Small(text=scene.say(f"{key}.why")))
    buttons = (*_forward(scene, kind), *_sideways(scene))
    return [*parts, Buttons(buttons=buttons)] if buttons else parts


def _permission_rows(scene: Scene) -> list[Part]:
    link = scene.link
    rows = rows_of(link, scene.rules)
    ticked = [row for row in rows if row.id in link.ticked]
    rest = [row for row in rows if row.id not in link.ticked]
    parts: list[Part] = []
    if ticked:
        parts.append(Text(text="\n".join(scene.say("step.permissions.row_done", policy=row.policy) for row in ticked)))
    for row in rest[:PAGE]:
        button = scene.button(Action.TICK, value=row.id)
        parts.append(Copy(text=row.policy))
        parts.append(
            Row(text=_permission_line(scene, row), button=replace(button, spoken=f"{button.text}: {row.policy}"))
        )
    if len(rest) > PAGE:
        parts.append(Small(text=scene.say("step.permissions.more", count=str(len(rest) - PAGE))))
    return parts


def _permission_line(scene: Scene, row: Permission) -> str:
    return scene.say("step.permissions.row", access=row.access, why=row.why)


def _forward(scene: Scene, kind: Kind) -> tuple[Button, ...]:
    link = scene.link
    match link.step:
        case Step.WELCOME:
            return (
                replace(scene.button(Action.START), primary=True),
                scene.button(Action.HAND_OVER, "button.not_me", form=Form.HAND_OVER),
                scene.button(Action.APPROVAL),
            )
        case Step.EXPIRY:
            return (
                replace(scene.button(Action.EXEMPT), primary=True),
                scene.button(Action.OPEN_FORM, "button.expiry_form", form=Form.EXPIRY),
                scene.button(Action.EXPIRY_UNKNOWN),
            )
        case Step.LINKED:
            return ()
        case _ if kind is Kind.FORM:
            button = scene.button(Action.OPEN_FORM, f"step.{link.step}.open", form=STEPS[link.step].form)
            return (replace(button, primary=True),)
        case Step.ACTIVATION if link.policy_needed and link.account and not link.account.proved:
            return (replace(scene.button(Action.CHECK, "step.activation.primary_later"), primary=True),)
        case _ if kind is Kind.CHECK:
            return (replace(scene.button(Action.CHECK, f"step.{link.step}.primary"), primary=True),)
        case _:
            return (replace(scene.button(Action.DONE, f"step.{link.step}.primary"), primary=True),)


def _sideways(scene: Scene) -> tuple[Button, ...]:
    step = scene.link.step
    if step in {Step.WELCOME, Step.LINKED}:
        return ()
    stuck = scene.button(Action.HELP, "button.stuck", value=Topic.STUCK)
    return (scene.button(Action.BACK), stuck) if STEPS[step].topics else (scene.button(Action.BACK),)


def _help(scene: Scene, topic: Topic) -> list[Part]:
    link = scene.link
    if topic is Topic.STUCK:
        offered = tuple(
            scene.button(Action.HELP, f"help.stuck.{topic}", value=topic) for topic in STEPS[link.step].topics
        )
        parts: list[Part] = [Text(text=scene.say("help.stuck.text")), Buttons(buttons=offered)]
    else:
        key = "help.policy_after" if topic is Topic.POLICY and link.step is not Step.ISU else f"help.{topic}"
        parts = [Text(text=scene.say(f"{key}.text"))]
    return [*parts, Buttons(buttons=(*_help_forward(scene, topic), scene.button(Action.CLOSE_HELP), *_human(scene)))]


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
        case Topic.STUCK:
            return ()


def _human(scene: Scene) -> tuple[Button, ...]:
    return (scene.button(Action.CALL_STAFF),)


def _after_hitch(scene: Scene, hitch: Hitch) -> list[Part]:
    form = STEPS[scene.link.step].form
    match hitch:
        case Hitch.RIVAL if form:
            first: tuple[Button, ...] = (scene.button(Action.OPEN_FORM, "button.enter_again", form=form),)
        case _:
            first = (replace(scene.button(Action.CHECK), primary=True),)
    return [Buttons(buttons=(*first, scene.button(Action.BACK), *_human(scene)))]


def _offer(scene: Scene) -> list[Part]:
    offer = scene.link.offer
    if offer is None:
        return []
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


def _trouble(scene: Scene, finding: Finding) -> list[Part]:
    if finding.reason is Reason.INVALID_CREDENTIALS:
        return _credentials(scene)
    parts: list[Part] = [Text(text=reason_text(scene, finding.reason, "what"))]
    bad = (*finding.ids(Verdict.DENIED), *finding.ids(Verdict.EMPTY))
    if bad and finding.reason is not Reason.NOT_ACTIVE_OR_NOT_IN_GROUP:
        parts += [Text(text=_counted(scene, finding)), *_missing(scene, finding, bad)]
    parts.append(Text(text=reason_text(scene, finding.reason, "next")))
    if finding.kind in {"permissions", "full"} and bad:
        parts += [Copy(text=task) for task in STEPS[Step.ACTIVATION].tasks]
    if finding.granted and bad:
        parts.append(_matrix(scene, finding))
    parts += _asides(scene, finding)
    return [*parts, Buttons(buttons=_trouble_buttons(scene, finding))]


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
    parts.append(Small(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "tries")))
    again = scene.button(Action.CHECK)
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    return [*parts, Buttons(buttons=(again, scene.button(Action.BACK), *_human(scene), seen))]


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


def _unasked(scene: Scene, finding: Finding) -> str:
    unasked = finding.total - finding.askable
    return scene.say("step.activation.unasked", count=str(unasked)) if unasked else ""


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
    if scene.link.recheck:
        parts.append(Small(text=scene.say("trouble.again", when=moment(scene.link.recheck.at))))
    if finding.evidence and finding.evidence.fault_text:
        parts.append(Small(text=scene.say("trouble.evidence", fault=finding.evidence.fault_text)))
    return parts


def _trouble_buttons(scene: Scene, finding: Finding) -> tuple[Button, ...]:
    form = ASK_AGAIN.get(finding.reason)
    if form:
        key = "step.service_url.open" if form is Form.SERVICE_URL else "button.enter_again"
        first = scene.button(Action.OPEN_FORM, key, form=form)
    else:
        first = scene.button(Action.CHECK)
    right = (scene.button(Action.EMPTY_IS_RIGHT),) if finding.reason is Reason.PERMISSIONS_EMPTY else ()
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    return (replace(first, primary=True), *right, *_sideways(scene), *_human(scene), seen)


def nudge(scene: Scene, number: int) -> Card:
    """Draw reminder `number`: in full while it stands, as one line when its reason is gone."""
    link = scene.link
    standing = link.nudge
    if standing is None or standing.number != number or standing.over:
        cause = standing.cause if standing and standing.number == number else Cause.STALLED
        if standing and standing.number == number and _is_snoozed(scene):
            line = scene.say("nudge.snoozed", until=moment(link.snoozed_until or scene.now))
        else:
            line = scene.say(f"nudge.{cause}_over")
        return Card(parts=(Text(text=line),), text=line)
    denied = str(link.trouble.askable - link.trouble.granted) if link.trouble else ""
    key = f"nudge.{standing.cause}"
    if standing.cause is Cause.STALLED and link.status is Status.PAUSED:
        key = "nudge.paused"
    if standing.cause is Cause.PASSWORD and link.expiry and link.expiry.due and link.expiry.due < scene.now.date():
        key = "nudge.password_ended"
    line = scene.say(key, denied=denied)
    return Card(parts=(Text(text=line), Buttons(buttons=_nudge_buttons(scene, standing.cause))), text=line)


def _is_snoozed(scene: Scene) -> bool:
    until = scene.link.snoozed_until
    return until is not None and until > scene.now


def _nudge_buttons(scene: Scene, cause: Cause) -> tuple[Button, ...]:
    later = (
        scene.button(Action.SNOOZE, "button.snooze_day", value=Snooze.DAY),
        scene.button(Action.SNOOZE, "button.snooze_monday", value=Snooze.MONDAY),
        scene.button(Action.HAND_OVER, "button.not_mine", form=Form.HAND_OVER),
    )
    if cause is Cause.PASSWORD:
        exempt = replace(scene.button(Action.EXEMPT, "button.exempted_check"), primary=True)
        return (exempt, scene.button(Action.OPEN_FORM, "button.rotated", form=Form.ROTATE), *later)
    going = Action.RESUME if scene.link.status is Status.PAUSED else Action.CONTINUE
    return (replace(scene.button(going), primary=True), *later)
