"""What each form that was sent does to a link; whether its fields are well formed is for `flows.link.forms` to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from flows.diagnosis.observations import CheckKind
from flows.link.access.reading import refusal, roles_of
from flows.link.access.rows import Role, check_of
from flows.link.attempt import Attempt
from flows.link.effects import Decision, Denial, SendSheet, TellStaff
from flows.link.events import Form, Submitted
from flows.link.rulebook import Rulebook
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, Setup
from flows.link.state import Last, Link, Person, Status, Step
from flows.link.steps import RELINKS, STEPS, row_of
from flows.link.walk import asked, replaceable
from flows.permissions import Way
from flows.tenant.service_url import Pasted, PasteKind
from flows.transitions.checks.rechecks import try_new
from flows.transitions.moves import answer_expiry, begin_check, go, go_on, say, stay, taken
from flows.transitions.people import handed_over, moved, told_owner
from flows.transitions.relink import client_entered, of_way, reopen


def submitted(link: Link, event: Submitted, now: datetime, rules: Rulebook) -> Decision:
    """Take one form, if this person may send it now; its fields are well formed."""
    refused = refusal(link, event)
    if refused:
        return Decision(link=link, refusal=refused)
    if event.form not in {Form.EVIDENCE, Form.PICTURES, Form.COPY, Form.HAND_OVER, Form.NOTE, Form.MOVE}:
        link = replace(link, touched=now)
    match event.form:
        case Form.SERVICE_URL:
            return _address(link, event.pasted, now)
        case Form.ISU:
            return _sign_in(link, event, rules, now)
        case Form.ROTATE:
            return _rotate(link, event, now)
        case Form.EXPIRY:
            return answer_expiry(link, _policy(event), rules, now)
        case Form.API_CLIENT:
            api = ApiAccess(
                client_id=event.values["client_id"],
                secret=event.secrets["client_secret"],
                refresh_token=event.secrets["refresh_token"],
            )
            setup = replace(link.setup, api=api, burnt_client=False)
            return begin_check(replace(link, setup=setup, attempt=Attempt()), CheckKind.API, now)
        case Form.KEY_CLIENT | Form.TOKEN_CLIENT:
            return client_entered(link, event, now)
        case Form.HAND_OVER:
            return handed_over(link, event, rules, now)
        case Form.RELINK:
            return _told_of(link, event.actor, _relinked(link, event.values["change"], rules), now)
        case Form.PROFILE:
            return _told_of(link, event.actor, _profiled(link, event), now)
        case Form.APPROVAL:
            return _waiting_for_approval(link, event, now)
        case Form.GROUP:
            return stay(replace(link, setup=replace(link.setup, group=event.values["group"])))
        case Form.LEAVE_OUT:
            return _left_out(link, event, rules, now)
        case Form.MOVE:
            return moved(link, event, now)
        case Form.CANCEL:
            return _ended(link, event.actor, now)
        case Form.START | Form.EVIDENCE | Form.PICTURES | Form.COPY | Form.NOTE:
            return Decision(link=link)
        case _:
            assert_never(event.form)


def _waiting_for_approval(link: Link, event: Submitted, now: datetime) -> Decision:
    """Wait for somebody who does not press here, with everything that they have to know."""
    until = date.fromisoformat(event.values["until"])
    known, link = taken(link, event.actor)
    # A reminder that was put off before was about another wait.
    link = replace(link, status=Status.PAUSED, approval=until, sheet_at=now, snoozed_until=None)
    return stay(replace(link, last=Last(key="approval", at=now)), *known, SendSheet(), TellStaff(key="staff.approval"))


def _sign_in(link: Link, event: Submitted, rules: Rulebook, now: datetime) -> Decision:
    """Try a user and a password; in a pause of that user's they are kept, and tried when it is over.

    Where people sign in some other way, they would be refused before they have a rule of their own, and are kept.
    """
    user = event.values["user"]
    is_known = link.setup.account is not None and link.setup.account.user_name.casefold() == user.casefold()
    account = Account(user_name=user, secret=event.secrets["password"])
    if is_known and link.setup.account:
        account = replace(account, owned=link.setup.account.owned, allowed=link.setup.account.allowed)
    setup = replace(link.setup, account=account, matrix=None, burnt=False)
    link = replace(link, setup=setup, attempt=Attempt(), cooling_until=None)
    if event.values.get("single_sign_on") == "yes" and link.step is Step.ISU:
        return go_on(replace(link, setup=replace(link.setup, policy_needed=True)), rules, now)
    kind = STEPS[link.step].check
    proving = kind if kind in {CheckKind.PERMISSIONS, CheckKind.FULL} else None
    return begin_check(link, proving or CheckKind.LOGIN, now)


def _relinked(link: Link, change: str, rules: Rulebook) -> Decision:
    if change not in replaceable(link, rules.permissions):
        return Decision(link=link, refusal=Denial(fields={"change": "field.no_api"}))
    changed = of_way(link.setup, Way(change)) if change in set(Way) else None
    return reopen(link, RELINKS[change], changed)


def _told_of(link: Link, actor: Person, decision: Decision, now: datetime) -> Decision:
    """Say in the thread, and to whoever owns the link, who has opened a finished one again: they thought it done.

    Whoever has it is called when it was somebody else.
    """
    if not (link.status is Status.LINKED and decision.link.status is Status.ACTIVE):
        return decision
    is_by_another = link.doer is not None and not link.doer.is_same(actor)
    said = say("say.reopened" if is_by_another else "say.reopened_own", person=actor.user_id)
    opened = replace(decision.link, last=Last(key="reopened", at=now, names={"person": actor.user_id}))
    told = told_owner(link, actor, "staff.reopened")
    return replace(decision, link=opened, effects=(*decision.effects, said, *told))


def _profiled(link: Link, event: Submitted) -> Decision:
    """Ask for other permissions; a link on its way comes to them again if it has passed them."""
    if link.status is Status.LINKED and event.step is not Step.LINKED:
        # It was opened while the link was on its way, and must not open again what has been finished since.
        return Decision(link=link, refusal=Denial(key="refusal.stale"))
    profile, absence = event.values["profile"], bool(event.values["absence"])
    setup = replace(link.setup, profile=profile, absence=absence, matrix=None, left_out={})
    if link.status is Status.LINKED:
        decision = reopen(link, Step.PERMISSIONS, setup)
        # What the group has works, so only the rest has to be added.
        kept = frozenset[str]() if link.open_issue else link.setup.ticked
        return replace(decision, link=replace(decision.link, setup=replace(decision.link.setup, ticked=kept)))
    link, walked = replace(link, setup=setup), tuple(Step)
    if walked.index(link.step) < walked.index(Step.PERMISSIONS):
        return stay(link)
    return go(link, Step.PERMISSIONS)


def _left_out(link: Link, event: Submitted, rules: Rulebook, now: datetime) -> Decision:
    """Go on without some permissions; what the vendor cannot do without only its own people leave out."""
    rows, wanted = asked(link.setup, rules.permissions), set(event.values["rows"].split(","))
    chosen = [row for row in rows if row.id in wanted]
    if not chosen or len(chosen) == len(rows):
        return Decision(link=link, refusal=Denial(fields={"rows": "field.some_rows"}))
    if Role.STAFF not in roles_of(link, event.actor) and not all(row.optional for row in chosen):
        return Decision(link=link, refusal=Denial(fields={"rows": "field.needed_row"}))
    because = event.values["reason"]
    left_out = link.setup.left_out | {row.id: because for row in chosen}
    last = Last(key="left_out", at=now, names={"policies": ", ".join(row.policy for row in chosen)})
    link = replace(link, setup=replace(link.setup, left_out=left_out, matrix=None), last=last)
    told = TellStaff(key="staff.left_out", names={**last.names, "reason": because, "person": event.actor.user_id})
    kind = check_of(link)
    can_ask = kind is not None and link.setup.is_trusted and link.step is not Step.PERMISSIONS
    decision = begin_check(link, kind, now) if kind and can_ask else stay(link)
    return replace(decision, effects=(*decision.effects, told))


def _ended(link: Link, actor: Person, now: datetime) -> Decision:
    """End a link as somebody wishes, with a receipt of what is deleted."""
    row = row_of(link.setup)
    own = "client" if link.setup.api and not row.bearer else row.deleted
    deleted = own if link.setup.credentials else "nothing"
    isu = link.setup.account.user_name if link.setup.account else ""
    decision = cancelled(link, now)
    receipt = say(f"receipt.{deleted}", person=actor.user_id, isu=isu)
    told = told_owner(link, actor, "staff.ended")
    return replace(decision, effects=(*decision.effects, receipt, *told))


def cancelled(link: Link, now: datetime, why: str = "cancelled") -> Decision:
    """End a link for good; what was entered is forgotten in the same breath."""
    return stay(_forgotten(replace(link, status=Status.CANCELLED, last=Last(key=why, at=now))))


def _forgotten(link: Link) -> Link:
    """Keep the record of a link, and nothing that was entered or seen on the way."""
    setup = link.setup
    return replace(
        link,
        setup=Setup(
            profile=setup.profile, absence=setup.absence, environment=setup.environment, endpoint=setup.endpoint
        ),
        previous=None,
        attempt=Attempt(),
        seen=(),
        cooling_until=None,
        snoozed_until=None,
        called=None,
        approval=None,
        paused_until=None,
        issue=None,
        isu=setup.account.user_name if setup.account else link.isu,
    )


def _rotate(link: Link, event: Submitted, now: datetime) -> Decision:
    """Try a new password; in a pause of its user's it is kept, and tried when that is over."""
    account = replace(link.setup.account, candidate=event.secrets["password"]) if link.setup.account else None
    return try_new(replace(link, setup=replace(link.setup, account=account)), now)


def _policy(event: Submitted) -> Expiry:
    return Expiry(
        kind=ExpiryKind.POLICY,
        days=int(event.values["days"]),
        set_on=date.fromisoformat(event.values["set_on"]),
    )


def _address(link: Link, pasted: Pasted | None, now: datetime) -> Decision:
    if pasted is None:
        return Decision(link=link, refusal=Denial(fields={"url": f"field.url.{PasteKind.NOT_A_URL}"}))
    if pasted.endpoint:
        return begin_check(link, CheckKind.REACH, now, endpoints=(pasted.endpoint,))
    if pasted.candidates:
        return begin_check(link, CheckKind.REACH, now, endpoints=pasted.candidates, guessed=True)
    return Decision(link=link, refusal=Denial(fields={"url": f"field.url.{pasted.kind}"}))
