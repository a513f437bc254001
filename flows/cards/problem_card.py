"""The card of a step that did not work out: what was tried, what went wrong, what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from flows.cards.context import Scene, human, sideways, to_service_url
from flows.cards.parts import Button, Buttons, Copy, Part, Small, Text
from flows.cards.placeholders import rows_of
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.causes import Fact, Hypothesis
from flows.diagnosis.findings import Finding, RowVerdict
from flows.diagnosis.limits import NOT_SENT, PAUSE
from flows.diagnosis.observations import CheckKind, Content, Observation
from flows.diagnosis.reasons import Field as AnswerField
from flows.diagnosis.reasons import Login, Owner, Reason, Retry, Verdict
from flows.link.attempt import Hitch
from flows.link.events import Action, Form
from flows.link.standing import is_of_other_environment
from flows.link.state import Link, Step
from flows.link.steps import STEPS, row_of
from flows.tenant.maintenance import likely_window
from flows.tenant.service_url import Endpoint
from flows.words import Plain

SHOWN_ROWS = 8
"""How many refused permissions a card lists by name."""

SHOWN_CAUSES = 4
"""How many causes a card names; less likely ones come to the top when these are ruled out."""

FORMS: Final = {
    AnswerField.ENDPOINT: Form.SERVICE_URL,
    AnswerField.CREDENTIALS: Form.ISU,
    AnswerField.CLIENT: Form.API_CLIENT,
    AnswerField.REFRESH_TOKEN: Form.API_CLIENT,
}
"""Where each answer is entered anew."""


OF_CLIENTS: Final = frozenset({AnswerField.CREDENTIALS, AnswerField.CLIENT, AnswerField.REFRESH_TOKEN})
"""What is entered in one form where an API client signs the user in."""

GUESS = "~"
"""The mark of a probe of which it is only plausible that the policy guards it."""


def trouble(scene: Scene, finding: Finding) -> list[Part]:
    """Take one finding apart: what, the likeliest cause, what to do, and only then what is not as it should be."""
    bad = (*finding.ids(Verdict.DENIED), *finding.ids(Verdict.EMPTY))
    has_rows = bool(bad) and finding.reason is not Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    what = reason_text(scene, finding.reason, "what")
    parts: list[Part] = [Text(text=f"{counted(scene, finding)} {what}" if has_rows else what)]
    if scene.link.attempt.likely:
        first, *others = scene.link.attempt.likely[:SHOWN_CAUSES]
        or_else = (scene.say("likely.possible", cause=cause_text(scene, one)) for one in others)
        parts.append(Text(text="\n".join((likely(scene, first), *or_else))))
    parts.append(Text(text=reason_text(scene, advising(finding.reason, finding), "next")))
    if finding.kind in {CheckKind.PERMISSIONS, CheckKind.FULL} and bad:
        parts += [Copy(text=task) for task in STEPS[Step.ACTIVATION].tasks]
    if has_rows:
        parts += missing(scene, finding, bad)
    parts += _asides(scene, finding)
    return [*parts, Buttons(buttons=_trouble_buttons(scene, finding))]


def likely(scene: Scene, one: Hypothesis) -> str:
    """Return the sentence on one cause: how sure it is, what it is, and what speaks for it."""
    return scene.say(f"likely.{one.confidence}", cause=cause_text(scene, one), facts=facts(scene, one.because))


def cause_text(scene: Scene, one: Hypothesis) -> Plain:
    """Return the words for a cause, of as many permissions as it explains."""
    return Plain(scene.say(f"cause.{one.cause}", count=str(len(one.rows))))


def facts(scene: Scene, seen: tuple[Fact, ...]) -> Plain:
    """Return the half-sentences after "because", as one enumeration."""
    return scene.words.listed(Plain(_fact(scene, fact)) for fact in seen)


def _fact(scene: Scene, fact: Fact) -> str:
    names = dict(fact.names)
    if "date" in names:
        names["date"] = scene.words.day(date.fromisoformat(names["date"]))
    return scene.say(f"fact.{fact.name}", **names)


def reason_text(scene: Scene, reason: Reason, part: str) -> str:
    """Return one part (what, next) of the words for a reason."""
    return scene.say(f"reason.{reason}.{part}")


def advising(reason: Reason, found: Finding | None) -> Reason:
    """Return the reason whose advice helps: what the REST API alone refuses may lack a scope, too."""
    refused = {row.reason for row in found.rows if row.verdict is Verdict.DENIED} if found else set[Reason]()
    is_rest = reason is Reason.PERMISSIONS_MISSING and refused == {Reason.REST_FORBIDDEN}
    return Reason.REST_FORBIDDEN if is_rest else reason


def counted(scene: Scene, finding: Finding) -> str:
    """Return how many permissions are granted, and how many were before when that differs."""
    before = scene.link.attempt.before
    if before is not None and before != finding.granted:
        return scene.say("trouble.delta", before=str(before), **counts(finding))
    return scene.say("trouble.granted", **counts(finding))


def counts(finding: Finding) -> dict[str, str]:
    """Count what is granted of what can be asked about at all."""
    return {"granted": str(finding.granted), "askable": str(finding.askable)}


def missing(scene: Scene, finding: Finding, bad: tuple[str, ...]) -> list[Part]:
    """List the permissions that are denied or empty, each with the answer that says so."""
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
    lacking = scene.words.listed(seen.missing if seen else ())
    if row.only_write_denied:
        return scene.say("row.write_denied")
    if row.verdict is Verdict.DENIED:
        return scene.say("row.denied")
    return scene.say("row.missing", missing=lacking) if lacking else scene.say("row.empty")


def _asides(scene: Scene, finding: Finding) -> list[Part]:
    parts: list[Part] = []
    is_unsure = finding.kind not in {CheckKind.REACH, CheckKind.API} and not scene.link.setup.is_trusted
    is_unsure = is_unsure and not row_of(scene.link.setup).bearer
    is_unsure = is_unsure and not (finding.evidence and finding.evidence.transport in NOT_SENT)
    if finding.reason.traits.outage and finding.reason.traits.login is Login.NO_ANSWER and is_unsure:
        parts.append(Text(text=f"{scene.say('trouble.unsure')} {tries_left(scene)}"))
    closed = likely_window(scene.link.setup.environment, scene.now) if finding.owner is Owner.NOBODY else None
    if closed:
        parts.append(Small(text=scene.say("trouble.window", when=scene.words.moment(closed))))
    if scene.link.attempt.recheck:
        parts.append(Small(text=scene.say("trouble.again", when=scene.words.moment(scene.link.attempt.recheck.at))))
    return [*parts, *quoted(scene, finding)]


def quoted(scene: Scene, finding: Finding | None) -> list[Part]:
    """Give what the answer said as the last small words of a card."""
    text = quote(scene, finding.evidence if finding else None)
    return [Small(text=text)] if text else []


def quote(scene: Scene, seen: Observation | None) -> str:
    """Quote what an answer said, if anything; a page for people may be of whoever stands in between."""
    fault = (seen.fault_text or seen.error_code) if seen else ""
    is_own = seen is not None and seen.content in {Content.XML, Content.JSON}
    return scene.say("trouble.evidence" if is_own else "trouble.evidence_else", fault=fault) if fault else ""


def seen_of(link: Link, reason: Reason) -> Observation | None:
    """Return the newest answer that means this, as far back as answers are kept."""
    return next((one for one in link.seen if diagnose(one).reason is reason), None)


def _trouble_buttons(scene: Scene, finding: Finding) -> tuple[Button, ...]:
    field, row = finding.reason.traits.field, row_of(scene.link.setup)
    form = FORMS[field] if finding.reason.traits.asks_again else None
    is_own = row.bearer and field in OF_CLIENTS
    form = row.form if form and is_own else form
    # The address can be sent at its own step only; later on it is looked at again, or one goes back.
    if form and (form is not Form.SERVICE_URL or scene.link.step is Step.SERVICE_URL):
        key = "step.service_url.open" if form is Form.SERVICE_URL else "button.enter_again"
        first = scene.button(Action.OPEN_FORM, key, form=form)
        # What the clock asks again may be right as it is.
        is_worth_it = finding.reason.traits.retry is Retry.ALWAYS or is_own
        again = (scene.button(Action.CHECK),) if is_worth_it else ()
    else:
        first, again = scene.button(Action.CHECK), ()
    if finding.reason.traits.field is AnswerField.ENDPOINT:
        again = (*again, *to_service_url(scene))
    right = (scene.button(Action.EMPTY_IS_RIGHT),) if finding.reason is Reason.PERMISSIONS_EMPTY else ()
    if form is None and is_own:
        right = (*right, scene.button(Action.OPEN_FORM, "button.enter_again", form=row.form))
        if finding.reason is Reason.JWT_KEY_EXPIRED and scene.link.step is Step.KEY_CLIENT:
            right = (scene.button(Action.NEW_KEY), *right)
    if form is None and finding.kind is CheckKind.API:
        # What REST refuses can be the fault of the token, too.
        right = (*right, scene.button(Action.OPEN_FORM, "button.enter_again", form=Form.API_CLIENT))
    if finding.reason in {Reason.PERMISSIONS_MISSING, Reason.PERMISSIONS_EMPTY}:
        right = (*right, scene.button(Action.OPEN_FORM, "button.leave_out", form=Form.LEAVE_OUT))
    seen = scene.button(Action.EVIDENCE, form=Form.EVIDENCE)
    return (replace(first, primary=True), *again, *right, *sideways(scene), *human(scene), seen)


def tries_left(scene: Scene) -> str:
    """Say how many sign-ins may still fail before a pause; the rule, where nobody has counted."""
    left = scene.link.attempt.tries_left
    if until := spent_until(scene):
        return scene.say("tries.none", until=scene.words.moment(until))
    if left and scene.now < _counts_until(scene):
        return scene.say("tries.left", left=str(left))
    return scene.say("tries.rule")


def spent_until(scene: Scene) -> datetime | None:
    """Tell until when no sign-in may fail any more; None where one may."""
    until = _counts_until(scene)
    return until if scene.link.attempt.tries_left == 0 and scene.now < until else None


def may_look(scene: Scene) -> bool:
    """Tell whether a look at a finished link would bring more than the end of a pause."""
    return scene.link.setup.can_sign_in and not scene.link.keeps_new and not is_spent(scene)


def is_spent(scene: Scene) -> bool:
    """Tell whether what Workday has refused may not be tried again yet."""
    account = scene.link.setup.account
    return account is not None and account.refused and spent_until(scene) is not None


def _counts_until(scene: Scene) -> datetime:
    return (scene.link.asked_at or scene.now) + PAUSE


def hitched(scene: Scene, hitch: Hitch) -> list[Part]:
    """Render why a check brought no finding, with the button that starts another."""
    form, row = STEPS[scene.link.step].form, row_of(scene.link.setup)
    match hitch:
        case Hitch.COOLING if scene.link.setup.is_trusted:
            # What works is asked again by the clock, and sooner by nobody.
            first: tuple[Button, ...] = ()
        case Hitch.COOLING:
            first = (replace(scene.button(Action.OPEN_FORM, "button.enter_again", form=row.form), primary=True),)
        case Hitch.RIVAL if form:
            first = (scene.button(Action.OPEN_FORM, "button.enter_again", form=form),)
        case Hitch.OWNED:
            other = scene.button(Action.OPEN_FORM, "button.enter_again", form=row.form)
            first = (scene.button(Action.ALLOW_LOGIN), other)
        case _:
            first = (replace(scene.button(Action.CHECK), primary=True),)
    key = _paused(scene.link) if hitch is Hitch.COOLING else hitch.value
    return [Text(text=scene.say(f"hitch.{key}")), Buttons(buttons=(*first, scene.button(Action.BACK), *human(scene)))]


def _paused(link: Link) -> str:
    """Name the words for a pause: whether what signs in worked before, was refused, or is still to be tried."""
    bearer = row_of(link.setup).bearer
    if link.setup.is_trusted and not bearer:
        return "spared"
    refused = "_refused" if link.setup.account and link.setup.account.refused else ""
    return f"cooling_client{refused}" if bearer else f"cooling{refused}"


def offered(scene: Scene, offer: Endpoint) -> list[Part]:
    """Render the question whether the address we found is the one that is meant."""
    names = {
        "offer_tenant": offer.tenant,
        "offer_environment": scene.say(f"environment.{offer.environment}"),
    }
    key = "offer.elsewhere" if is_of_other_environment(scene.link, offer) else "offer.text"
    yes = replace(scene.button(Action.USE_OFFER), primary=True)
    return [
        Text(text=scene.say(key, **names)),
        Copy(text=offer.host),
        Text(text=scene.say("offer.ask", **names)),
        Buttons(buttons=(yes, scene.button(Action.REFUSE_OFFER))),
    ]
