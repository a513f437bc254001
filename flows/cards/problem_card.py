"""The card of a step that did not work out: what was tried, what went wrong, what to do next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.cards.context import Scene, human, sideways
from flows.cards.parts import Button, Buttons, Copy, Part, Row, Small, Table, Text
from flows.cards.placeholders import moment, rows_of
from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding, Owner, Reason, RowVerdict, Verdict
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Field as AnswerField
from flows.diagnosis.reasons import field_of
from flows.link.events import Action, Form
from flows.link.state import Hitch, Issue, Link, Step, Topic
from flows.link.steps import STEPS
from flows.permissions import Access, Permission
from flows.tenant.maintenance import likely_window
from flows.tenant.service_url import Endpoint
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
    Reason.OAUTH_TOKEN_OF_ANOTHER: Form.API_CLIENT,
    Reason.REST_INVALID_TOKEN: Form.API_CLIENT,
}
"""Reasons whose mend is a new answer in a form, rather than another look at Workday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One line of a refused sign-on: its words (`reason.invalid_credentials.<key>`), its help, what it stands for.

    An unusual one is shown only when the facts speak for it.
    """

    key: str
    topic: Topic
    causes: frozenset[RootCause]
    is_usual: bool = True


_C = RootCause

# In the order that costs the admin least; what is known about the link changes it.
DOUBTS: tuple[Doubt, ...] = (
    Doubt(key="refreshed", topic=Topic.REFRESHED, causes=frozenset({_C.SANDBOX_REFRESHED}), is_usual=False),
    Doubt(key="retype", topic=Topic.RETYPE, causes=frozenset({_C.PASSWORD_WRONG})),
    Doubt(key="name", topic=Topic.USER_NAME, causes=frozenset({_C.USER_NAME_WRONG, _C.OTHER_ENVIRONMENT})),
    Doubt(
        key="flags",
        topic=Topic.FLAGS,
        causes=frozenset(
            {
                *(_C.NEW_PASSWORD_REQUIRED, _C.ACCOUNT_DISABLED, _C.ACCOUNT_EXPIRED),
                *(_C.DELEGATED_AUTHENTICATION, _C.SECURITY_QUESTIONS, _C.SESSION_TIMEOUT),
            }
        ),
    ),
    Doubt(key="locked", topic=Topic.LOCKED, causes=frozenset({_C.ACCOUNT_LOCKED, _C.PASSWORD_EXPIRED})),
    Doubt(key="policy", topic=Topic.POLICY, causes=frozenset({_C.AUTHENTICATION_POLICY, _C.NETWORK_BLOCKED})),
)

GUESS = "~"
"""The mark of a probe of which it is only plausible that the policy guards it."""

TOLD_ANYWAY = frozenset({FactName.NAME_FORM_FINE, FactName.TENANT_ADDED, FactName.TENANT_TYPED})
"""Facts that the card of a refused sign-on states in its first sentence."""


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
    cause = scene.say(f"cause.{one.cause}")
    return scene.say(f"likely.{one.confidence}", cause=cause, facts=_facts(scene, one.because))


def _facts(scene: Scene, facts: tuple[Fact, ...]) -> Plain:
    return Plain(scene.say("likely.and").join(scene.say(f"fact.{fact.name}", **fact.names) for fact in facts))


def doubted(scene: Scene) -> tuple[tuple[Doubt, Hypothesis | None], ...]:
    """List the lines of a refused sign-on, the likeliest first, each with what speaks for it most."""
    link = scene.link
    best = [(row, next((one for one in link.likely if one.cause in row.causes), None)) for row in DOUBTS]
    found = sorted(((row, one) for row, one in best if one), key=lambda pair: link.likely.index(pair[1]))
    if link.step is Step.AUTH_POLICY:
        # The rule was made a moment ago, so it is looked at first.
        found.sort(key=lambda pair: pair[0].topic is not Topic.POLICY)
    return tuple(found) or tuple((row, None) for row in DOUBTS if row.is_usual)


def _credentials(scene: Scene) -> list[Part]:
    parts: list[Part] = [Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "what"))]
    rows = doubted(scene)
    is_sure = bool(rows[0][1] and rows[0][1].confidence is Confidence.CERTAIN)
    if is_sure and rows[0][1]:
        parts.append(Text(text=_likely(scene, rows[0][1])))
    else:
        parts.append(Text(text=reason_text(scene, Reason.INVALID_CREDENTIALS, "next")))
    parts += [_doubt(scene, number, *row, is_sure=is_sure) for number, row in enumerate(rows, 1)]
    lines = ("tries",) if is_sure else ("report", "tries")
    parts += [Small(text=reason_text(scene, Reason.INVALID_CREDENTIALS, line)) for line in lines]
    again = scene.button(Action.CHECK)
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    # Where a slip is ruled out no line offers it, and a mended password has to be entered all the same.
    has_form = any(row.topic is Topic.RETYPE for row, _ in rows)
    form = () if has_form else (scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU),)
    return [*parts, Buttons(buttons=(*form, again, scene.button(Action.BACK), *human(scene), seen))]


def _doubt(scene: Scene, number: int, row: Doubt, one: Hypothesis | None, *, is_sure: bool) -> Part:
    if row.topic is Topic.RETYPE:
        button = scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU)
    else:
        button = scene.button(Action.HELP, "button.show_me", value=row.topic)
    key = f"{row.key}_rule" if row.topic is Topic.POLICY and scene.link.step is Step.AUTH_POLICY else row.key
    line = reason_text(scene, Reason.INVALID_CREDENTIALS, key)
    if not is_sure:
        line = scene.say("trouble.numbered", number=str(number), line=Plain(line))
    told = tuple(fact for fact in one.because if fact.name not in TOLD_ANYWAY) if one else ()
    if told and one and one.confidence is Confidence.LIKELY:
        line = scene.say("trouble.because", line=Plain(line), facts=_facts(scene, told))
    return Row(text=line, button=replace(button, spoken=f"{button.text}: {line}"))


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
    verdicts = {row.permission_id: row for row in finding.rows}
    lines = [
        scene.say(
            "trouble.missing",
            policy=rows[name].policy,
            access=rows[name].access,
            reason=_evidence(scene, verdicts[name]) + (scene.say("row.guess") if rows[name].evidence == GUESS else ""),
        )
        for name in bad[:SHOWN_ROWS]
        if name in rows
    ]
    if len(bad) > SHOWN_ROWS:
        lines.append(scene.say("trouble.more", count=str(len(bad) - SHOWN_ROWS)))
    return [Text(text="\n".join(lines))]


def _evidence(scene: Scene, row: RowVerdict) -> str:
    seen = row.evidence
    names = {"operation": seen.operation if seen else "", "missing": ", ".join(seen.missing) if seen else ""}
    if row.only_write_denied:
        return scene.say("row.write_denied", **names)
    if row.verdict is Verdict.DENIED:
        return scene.say("row.denied", **names)
    return scene.say("row.missing" if names["missing"] else "row.empty", **names)


def _verdict(row: RowVerdict, permission: Permission) -> str:
    """Name the verdict for the table: reading alone proves only half of Get and Put."""
    if row.only_write_denied:
        return "write_denied"
    half = permission.access is Access.GET_AND_PUT and row.write is not Verdict.GRANTED
    return "read" if half and row.verdict is Verdict.GRANTED else row.verdict.value


def _matrix(scene: Scene, finding: Finding) -> Part:
    """Show every permission with its verdict, in the order of the list."""
    verdicts = {row.permission_id: row for row in finding.rows}
    head = tuple(scene.say(f"matrix.{column}") for column in ("policy", "access", "verdict"))
    rows = (row for row in rows_of(scene.link, scene.rules) if row.id in verdicts)
    table = ((row.policy, row.access.value, scene.say(f"verdict.{_verdict(verdicts[row.id], row)}")) for row in rows)
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
    if form is None and finding.kind is CheckKind.API:
        # What REST refuses can be the fault of the token, too.
        right = (*right, scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.API_CLIENT))
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
    buttons = (*_help_forward(scene, topic), *_not_it(scene, topic), scene.button(Action.CLOSE_HELP), *human(scene))
    return [*parts, Buttons(buttons=buttons)]


def _not_it(scene: Scene, topic: Topic) -> tuple[Button, ...]:
    """Lead from one cause of a refused sign-on to the next, so that one tap answers each question."""
    trouble = scene.link.trouble
    topics = [row.topic for row, _ in doubted(scene)]
    if trouble is None or trouble.reason is not Reason.INVALID_CREDENTIALS or topic not in topics[:-1]:
        return ()
    return (scene.button(Action.HELP, "button.not_it", value=topics[topics.index(topic) + 1]),)


def _help_forward(scene: Scene, topic: Topic) -> tuple[Button, ...]:
    match topic:
        case Topic.RETYPE | Topic.LOCKED | Topic.USER_NAME:
            return (replace(scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.ISU), primary=True),)
        case Topic.FLAGS | Topic.NOT_ACTIVE | Topic.MEMBERSHIP | Topic.REFRESHED:
            return (replace(scene.button(Action.CHECK), primary=True),)
        case Topic.POLICY:
            return (replace(scene.button(Action.POLICY_LATER), primary=True),)
        case Topic.NO_TASK:
            return (replace(scene.button(Action.HAND_OVER, form=Form.HAND_OVER), primary=True),)
        case Topic.WDSL:
            return (
                replace(scene.button(Action.OPEN_FORM, "step.service_url.open", form=Form.SERVICE_URL), primary=True),
            )
        case Topic.NO_POLICY:
            return (replace(scene.button(Action.DONE, "step.permissions.primary"), primary=True),)
        case _:
            return ()


def attention(scene: Scene, issue: Issue) -> list[Part]:
    """Say what is wrong with a finished link, and give the one press that mends or proves it."""
    parts: list[Part] = [Text(text=scene.say("parent.attention")), Text(text=reason_text(scene, issue.reason, "what"))]
    found = scene.link.matrix
    bad = (*found.ids(Verdict.DENIED), *found.ids(Verdict.EMPTY)) if found else ()
    if found and bad and field_of(issue.reason) is AnswerField.PERMISSIONS:
        parts += [Text(text=_counted(scene, found)), *_missing(scene, found, bad)]
    is_refused = issue.reason is Reason.INVALID_CREDENTIALS
    parts.append(Text(text=scene.say("issue.refused") if is_refused else reason_text(scene, issue.reason, "next")))
    return [
        *parts,
        Buttons(buttons=(*mends(scene, issue), *human(scene), scene.button(Action.EVIDENCE, form=Form.EVIDENCE))),
    ]


def has_secret(link: Link) -> bool:
    """Tell whether there is a password to sign in with."""
    return link.account is not None and link.account.secret is not None


def mends(scene: Scene, issue: Issue) -> tuple[Button, ...]:
    """Give the presses that mend a finished link, or show that it is mended."""
    look = (scene.button(Action.LOOK),) if has_secret(scene.link) else ()
    match field_of(issue.reason):
        case AnswerField.CREDENTIALS:
            first = scene.button(Action.OPEN_FORM, "button.rotated", form=Form.ROTATE)
            return (replace(first, primary=True), *look)
        case AnswerField.CLIENT | AnswerField.REFRESH_TOKEN | AnswerField.ENDPOINT:
            first = scene.button(Action.OPEN_FORM, "button.relink", form=Form.RELINK)
            return (replace(first, primary=True), *look)
        case _:
            return tuple(replace(one, primary=True) for one in look)


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
