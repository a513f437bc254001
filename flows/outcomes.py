"""What Workday's answer to a check does to the link; knows rules and findings, never the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.messages import CheckBroken, CheckFinished, CheckRefused, Decision, TellStaff
from flows.moves import begin_check, finish, go_on, is_enough, is_proved, stay
from flows.observations import CheckKind, Layer
from flows.reminders import RECHECKS, Rulebook
from flows.state import Account, Expiry, ExpiryKind, Hitch, Last, Link, Recheck, Step
from flows.troubleshooting import Finding, Owner, Reason, conclude

MOST_SEEN = 60
"""How many observations of a check are kept for whoever wants to see them."""


def finished(link: Link, event: CheckFinished, rules: Rulebook, now: datetime) -> Decision:
    """Take one report: go on when it is good, otherwise say what is wrong and when it is looked at again.

    A result for another check, or for a secret that has been replaced since, changes nothing.
    """
    checking = link.checking
    if checking is None or checking.id != event.check_id or not link.secrets.issuperset(checking.secrets):
        return Decision(link=link)
    rows = rules.permissions.rows(link.profile, absence=link.absence)
    finding = conclude(event.report, rows)
    link = replace(link, checking=None, trouble=None if finding.reason is Reason.OK else finding)
    link = replace(_keep_rotated(link, event), seen=event.report.observations[:MOST_SEEN])
    match checking.kind:
        case CheckKind.REACH:
            return _reached(link, event, finding, rules, now, guessed=checking.guessed)
        case CheckKind.LOGIN:
            return _logged_in(link, finding, rules, now)
        case CheckKind.PERMISSIONS | CheckKind.FULL | CheckKind.API:
            return _probed(link, event, finding, rules, now)


def refused(link: Link, event: CheckRefused) -> Decision:
    """Pause the tries so that Workday does not lock the user."""
    if link.checking is None or link.checking.id != event.check_id:
        return Decision(link=link)
    return stay(replace(link, checking=None, recheck=None, hitch=Hitch.COOLING, cooling_until=event.until))


def broken(link: Link, event: CheckBroken) -> Decision:
    """Give the button back after a check whose answer was lost."""
    if link.checking is None or link.checking.id != event.check_id:
        return Decision(link=link)
    return stay(replace(link, checking=None, recheck=None, hitch=Hitch.INTERRUPTED))


def _keep_rotated(link: Link, event: CheckFinished) -> Link:
    if event.rotated and link.api:
        return replace(link, api=replace(link.api, refresh_token=event.rotated))
    return link


def _reached(
    link: Link, event: CheckFinished, finding: Finding, rules: Rulebook, now: datetime, *, guessed: bool
) -> Decision:
    endpoint = event.report.endpoint
    if finding.reason is not Reason.OK or endpoint is None:
        return stay(link)
    if event.rival:
        return stay(replace(link, hitch=Hitch.RIVAL))
    if guessed:
        return stay(replace(link, offer=endpoint))
    if link.account and link.endpoint != endpoint:
        link = replace(link, account=replace(link.account, proved=False), matrix=None)
    seen = Last(key="reached", at=now, names={"tenant": endpoint.tenant, "host": endpoint.host})
    environment = endpoint.environment if endpoint.environment != "unknown" else link.environment
    return go_on(replace(link, endpoint=endpoint, environment=environment, last=seen), rules, now)


def _logged_in(link: Link, finding: Finding, rules: Rulebook, now: datetime) -> Decision:
    account = link.account
    if account is None:
        return stay(link)
    if finding.reason is not Reason.OK:
        return stay(_refused_account(link, account, finding))
    if account.candidate:
        account = replace(account, secret=account.candidate, candidate=None)
        link = replace(link, nudged={}, burnt=False, expiry=_from_today(link.expiry, now))
    accepted = Last(key="login", at=now, names={"isu": account.user_name})
    link = replace(link, account=replace(account, proved=True), last=accepted, cooling_until=None)
    return go_on(link, rules, now) if link.step is Step.ISU else stay(link)


def _from_today(expiry: Expiry | None, now: datetime) -> Expiry | None:
    if expiry and expiry.kind is ExpiryKind.POLICY:
        return replace(expiry, set_on=now.date())
    return expiry


def _refused_account(link: Link, account: Account, finding: Finding) -> Link:
    if finding.reason is not Reason.INVALID_CREDENTIALS:
        return link
    if account.candidate:
        return replace(link, account=replace(account, candidate=None))
    return replace(link, account=replace(account, proved=False), recheck=None)


def _probed(link: Link, event: CheckFinished, finding: Finding, rules: Rulebook, now: datetime) -> Decision:
    layers = {seen.layer for seen in event.report.observations}
    account = link.account
    if account and finding.reason is Reason.INVALID_CREDENTIALS:
        link = _refused_account(link, account, finding)
    elif account and Layer.PERMISSION in layers:
        link = replace(link, account=replace(account, proved=True), cooling_until=None)
    if finding.rows and finding.kind is not CheckKind.API:
        link = replace(link, before=link.matrix.granted if link.matrix else None, matrix=finding)
    if is_enough(link, finding):
        link = replace(link, trouble=None)
        if link.api and Layer.TOKEN in layers:
            link = replace(link, api=replace(link.api, proved=True))
        link = replace(link, recheck=None, last=_granted(finding, now))
        if link.step is Step.CHECK:
            return finish(link, now) if is_proved(link, rules) else stay(link)
        return go_on(link, rules, now)
    link = _look_again(link, finding, now)
    told = (TellStaff(key="staff.unknown_answer"),) if finding.owner is Owner.US and not link.recheck else ()
    return stay(link, *told)


def _granted(finding: Finding, now: datetime) -> Last:
    names = {"granted": str(finding.granted), "askable": str(finding.askable)}
    return Last(key="granted" if finding.rows else "api", at=now, names=names)


LOOK_AGAIN = frozenset(
    {
        Reason.NOT_ACTIVE_OR_NOT_IN_GROUP,
        Reason.PERMISSIONS_MISSING,
        Reason.PERMISSIONS_EMPTY,
        Reason.NOT_ANSWERING,
        Reason.MAINTENANCE,
        Reason.THROTTLED,
        Reason.HTML_INSTEAD,
    }
)
"""Troubles that may mend without a button: only these are asked about again by the clock."""


def _look_again(link: Link, finding: Finding, now: datetime) -> Link:
    if finding.reason not in LOOK_AGAIN or link.account is None or not link.account.proved:
        return replace(link, recheck=None)
    ladder = link.recheck or Recheck(since=now, attempt=0, at=now)
    attempt = ladder.attempt + 1
    if attempt >= len(RECHECKS):
        return replace(link, recheck=replace(ladder, attempt=attempt, at=now + RECHECKS[-1]))
    at = max(ladder.since + RECHECKS[attempt], now)
    return replace(link, recheck=replace(ladder, attempt=attempt, at=at))


def look_again(link: Link, now: datetime) -> Decision:
    """Start the check of the present step without anybody's press."""
    kind = link.trouble.kind if link.trouble else CheckKind.PERMISSIONS
    return begin_check(link, kind, now, by_hand=False)
