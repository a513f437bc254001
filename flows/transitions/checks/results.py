"""What Workday's answer to a check does to the link; knows rules and findings, never the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.causes import Hypothesis
from flows.diagnosis.findings import Finding, conclude, merged, wrote
from flows.diagnosis.limits import PAUSE
from flows.diagnosis.observations import CheckKind, Layer, Observation
from flows.diagnosis.reasons import Reason, Stops, Verdict
from flows.link.attempt import Attempt, Checking, Hitch
from flows.link.effects import Decision, TellStaff
from flows.link.events import CheckFinished
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import is_of_other_environment
from flows.link.state import Last, Link, Status, Step
from flows.link.steps import PROVING, refuses, row_of
from flows.link.walk import asked_of
from flows.schedule.office_hours import local_day
from flows.transitions.checks.likely_causes import behind_permissions, behind_sign_on
from flows.transitions.checks.rechecks import again_after, up_the_ladder
from flows.transitions.checks.unanswered import without_candidate
from flows.transitions.health import is_refused, looked_after, resolved, told_ours
from flows.transitions.moves import (
    begin_check,
    finish,
    go_and_ask,
    go_on,
    is_enough,
    is_proved,
    say,
    stay,
    use_endpoint,
)

MOST_SEEN = 60
"""How many observations of a check are kept for whoever wants to see them."""


def finished(link: Link, event: CheckFinished, rules: Rulebook, now: datetime) -> Decision:
    """Take one report: go on when it is good, otherwise say what is wrong and when it is looked at again.

    A result for another check, or for a secret that has been replaced since, changes nothing.
    """
    checking = link.attempt.checking
    if checking is None or checking.id != event.check_id or not link.secrets.issuperset(checking.secrets):
        return Decision(link=link)
    rows = asked_of(link, rules.permissions)
    finding = _by_date(link, conclude(event.report, rows), now)
    link = _keep_rotated(
        replace(link, attempt=replace(link.attempt, checking=None), asked_at=now, looked_at=now), event
    )
    if _is_only_whether_back(link, checking):
        return _back(link, finding, now)
    link = replace(link, attempt=replace(link.attempt, likely=(), tries_left=event.tries_left), seen=_seen(event))
    if link.status is Status.LINKED and checking.kind is CheckKind.FULL:
        before = link.setup.matrix
        link = _noted(_proved(_distrusted(link, finding, now), event, finding, now), finding)
        link = _with_likely(link, behind_sign_on(link, finding.reason, event.report.deep, now))
        return looked_after(link, finding, rules, now, by_hand=checking.by_hand, before=before)
    # When somebody is at it, what the clock does about the new answer starts anew.
    recheck = None if checking.by_hand else link.attempt.recheck
    trouble = None if finding.reason is Reason.OK else finding
    link = replace(link, attempt=replace(link.attempt, trouble=trouble, recheck=recheck))
    match checking.kind:
        case CheckKind.REACH:
            return _reached(link, event, finding, rules, now, guessed=checking.guessed)
        case CheckKind.LOGIN:
            return _logged_in(link, event, finding, rules, now)
        case CheckKind.PERMISSIONS | CheckKind.FULL | CheckKind.API:
            return _probed(link, event, finding, rules, now)
        case _:
            assert_never(checking.kind)


def _seen(event: CheckFinished) -> tuple[Observation, ...]:
    deep = event.report.deep
    return (*event.report.observations, *(deep.observations if deep else ()))[:MOST_SEEN]


def _is_only_whether_back(link: Link, checking: Checking) -> bool:
    """Tell whether the clock asked for Workday itself, because a password that nobody proved must not be tried."""
    return checking.kind is CheckKind.REACH and not checking.by_hand and link.step is not Step.SERVICE_URL


def _back(link: Link, finding: Finding, now: datetime) -> Decision:
    """Go on where it was, or say that Workday answers again and give the button back; else look again later."""
    if finding.ok and link.setup.is_trusted and link.attempt.trouble:
        return begin_check(link, link.attempt.trouble.kind, now, by_hand=False)
    if finding.ok:
        # A page of help would cover the button that is given back.
        attempt = replace(link.attempt, trouble=None, recheck=None, hitch=Hitch.BACK, help=None)
        return stay(replace(link, attempt=attempt), say("say.back"))
    return stay(again_after(link, now))


def _keep_rotated(link: Link, event: CheckFinished) -> Link:
    if event.rotated and link.setup.api:
        api = replace(link.setup.api, refresh_token=event.rotated)
        return replace(link, setup=replace(link.setup, api=api))
    return link


def _reached(
    link: Link, event: CheckFinished, finding: Finding, rules: Rulebook, now: datetime, *, guessed: bool
) -> Decision:
    endpoint = event.report.endpoint
    if finding.reason is not Reason.OK or endpoint is None:
        return _not_yet(up_the_ladder(link, finding, now), finding)
    attempt = replace(link.attempt, recheck=None)
    if event.rival:
        return stay(replace(link, attempt=replace(attempt, hitch=Hitch.RIVAL)))
    offered = replace(link, attempt=replace(attempt, offer=endpoint))
    is_other = is_of_other_environment(link, endpoint)
    shown = stay(offered) if guessed or is_other else use_endpoint(link, endpoint, rules, now)
    news = (("staff.elsewhere", event.elsewhere), ("staff.other_environment", is_other))
    told = tuple(TellStaff(key=key) for key, is_so in news if is_so)
    return replace(shown, effects=(*shown.effects, *told))


def _logged_in(link: Link, event: CheckFinished, finding: Finding, rules: Rulebook, now: datetime) -> Decision:
    account = link.setup.account
    if account is None or finding.reason is not Reason.OK:
        if link.status is Status.LINKED:
            told = told_ours(finding)
            # Nothing of a new password is kept, so what silence means for it is said in words of its own.
            key = "say.new_untried" if finding.reason.traits.outage else f"reason.{finding.reason}.chat"
            return stay(without_candidate(link), say(key), *told)
        link = _with_likely(
            _distrusted(link, finding, now), behind_sign_on(link, finding.reason, event.report.deep, now)
        )
        return _not_yet(up_the_ladder(link, finding, now), finding)
    setup = link.setup
    if account.candidate:
        account = replace(account, secret=account.candidate, candidate=None)
        setup = replace(setup, burnt=False, expiry_at=now, expiry=_from_today(link, rules, now))
    accepted = Last(key="login", at=now, names={"isu": account.user_name})
    account = replace(account, proved=True, refused=False, worked_at=now, owned=True)
    # A user whom Workday lets in needs no rule of its own.
    policy_needed = setup.policy_needed and link.step not in PROVING
    setup = replace(setup, account=account, policy_needed=policy_needed)
    link = replace(link, setup=setup, attempt=Attempt(), last=accepted, cooling_until=None)
    if is_refused(link):
        link = resolved(link, now)
    if link.step not in PROVING:
        return stay(link)
    return go_and_ask(link, now) if _is_all_there(link) else go_on(link, rules, now)


def _is_all_there(link: Link) -> bool:
    """Tell whether only the way to sign in was replaced: what the same user may do is as it was."""
    old, new = link.previous, link.setup
    if old is None or old.account is None or new.account is None or not row_of(new).bearer:
        return False
    return (old.account.user_name, old.endpoint) == (new.account.user_name, new.endpoint)


def _from_today(link: Link, rules: Rulebook, now: datetime) -> Expiry | None:
    if link.setup.expiry and link.setup.expiry.kind is ExpiryKind.POLICY:
        return replace(link.setup.expiry, set_on=local_day(link, now, rules))
    return link.setup.expiry


def _distrusted(link: Link, finding: Finding, now: datetime) -> Link:
    """After a refusal nothing signs in with the same again until a person asks for it."""
    if link.setup.account is None or not refuses(link.setup, finding.reason):
        return link
    setup = replace(link.setup, account=replace(link.setup.account, proved=False, refused=True))
    # With no try left another one would only begin the pause.
    until = now + PAUSE if link.attempt.tries_left == 0 else link.cooling_until
    return replace(link, setup=setup, cooling_until=until, attempt=replace(link.attempt, recheck=None))


def _not_yet(link: Link, finding: Finding) -> Decision:
    """Show what is wrong; what only we can mend is told to staff, once where the clock looks again anyway."""
    is_new = link.attempt.recheck is None or link.attempt.recheck.since == link.asked_at
    return stay(link, *(told_ours(finding) if is_new else ()))


def _probed(link: Link, event: CheckFinished, finding: Finding, rules: Rulebook, now: datetime) -> Decision:
    link = _proved(_distrusted(link, finding, now), event, finding, now)
    likely = behind_sign_on(link, finding.reason, event.report.deep, now) or behind_permissions(
        link, event, finding, rules
    )
    link = _noted(_with_likely(link, likely), finding)
    decision = _judged(link, finding, rules, now)
    taken = tuple(TellStaff(key="staff.wrote", names={"operation": one.operation}) for one in wrote(event.report))
    return replace(decision, effects=(*decision.effects, *taken))


def _noted(link: Link, finding: Finding) -> Link:
    """Keep the newest verdict on each permission, and how many of those asked about now were good before."""
    old = link.setup.matrix
    is_cut_short = finding.reason.traits.stops is Stops.CHECK
    if is_cut_short or not (finding.ok or finding.askable):
        return link
    if finding.kind is CheckKind.API:
        # Without the other half there is nothing to keep: it is asked about before or with the last check.
        return replace(link, setup=replace(link.setup, matrix=merged(old, finding))) if old else link
    asked = {row.permission_id for row in finding.rows if row.evidence}
    before = len(asked.intersection(old.ids(Verdict.GRANTED))) if old else None
    setup = replace(link.setup, matrix=merged(old, finding))
    return replace(link, setup=setup, attempt=replace(link.attempt, before=before))


def _with_likely(link: Link, likely: tuple[Hypothesis, ...]) -> Link:
    return replace(link, attempt=replace(link.attempt, likely=likely))


def _by_date(link: Link, finding: Finding, now: datetime) -> Finding:
    """Name the certificate where Workday refuses what its key signed, does not say why, and its last day is over."""
    due = link.setup.expiry.due if link.setup.expiry else None
    if finding.reason is not Reason.JWT_REFUSED or due is None or due >= now.date():
        return finding
    traits = Reason.JWT_KEY_EXPIRED.traits
    return replace(finding, reason=Reason.JWT_KEY_EXPIRED, owner=traits.owner, field=traits.field)


def _judged(link: Link, finding: Finding, rules: Rulebook, now: datetime) -> Decision:
    if not is_enough(link, finding):
        return _not_yet(up_the_ladder(link, finding, now), finding)
    policy_needed = link.setup.policy_needed and link.step is not Step.ACTIVATION
    setup = replace(link.setup, policy_needed=policy_needed)
    link = replace(link, setup=setup, attempt=Attempt(), last=_granted(finding, now))
    if link.step is Step.CHECK:
        return finish(link, now) if is_proved(link, rules) else stay(link)
    return go_on(link, rules, now)


def _proved(link: Link, event: CheckFinished, finding: Finding, now: datetime) -> Link:
    """Note what Workday accepted on the way, whatever it said after that."""
    layers = {seen.layer for seen in event.report.observations}
    answers = [(seen.layer, diagnose(seen).reason) for seen in event.report.observations]
    accepted = {layer for layer, reason in answers if reason is Reason.OK}
    signed_in = Layer.LOGIN in accepted or Layer.PERMISSION in layers
    setup = link.setup
    if setup.account and signed_in and not refuses(link.setup, finding.reason):
        setup = replace(setup, account=replace(setup.account, proved=True, refused=False, worked_at=now, owned=True))
        link = replace(link, cooling_until=None)
    # Only what Workday says of the client disproves it, never its silence.
    told = {reason for layer, reason in answers if layer is Layer.TOKEN and not reason.traits.outage}
    if setup.api and told:
        setup = replace(setup, api=replace(setup.api, proved=Layer.TOKEN in accepted))
    return replace(link, setup=setup)


def _granted(finding: Finding, now: datetime) -> Last:
    names = {"granted": str(finding.granted), "askable": str(finding.askable)}
    return Last(key="granted" if finding.rows else "api", at=now, names=names)
