"""Every transition of a link: `decide(link, event, now)`. Pure and total: no event raises, none is half done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from flows import outcomes
from flows.actions import refusal
from flows.endpoints import Pasted, PasteKind
from flows.messages import (
    Action,
    ChannelMoved,
    CheckBroken,
    CheckFinished,
    CheckRefused,
    Decision,
    Effect,
    Event,
    Form,
    Heard,
    Intent,
    LookUp,
    PersonKnown,
    Pressed,
    Reachable,
    Refusal,
    Say,
    Show,
    Slot,
    Submitted,
    TellStaff,
    Undeliverable,
    Whisper,
    Woke,
)
from flows.moves import begin_check, card_slot, go, go_on, next_check, redraw, repost, say, stay
from flows.observations import CheckKind
from flows.reminders import Rulebook, Snooze, cause_of, is_last, next_due, snooze_until
from flows.state import (
    Account,
    ApiAccess,
    Cause,
    Expiry,
    ExpiryKind,
    Last,
    Link,
    Nudge,
    Person,
    Status,
    Step,
    Topic,
)
from flows.steps import STEPS, preceding


def start(link: Link) -> Decision:
    """Open a new link: the parent message, the welcome card, and who the admin is."""
    people = tuple(LookUp(user_id=person.user_id) for person in (link.owner, link.admin) if person)
    return Decision(link=link, effects=(Show(slot=Slot.PARENT), *people, Show(slot=card_slot(link))))


def decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    """Work out the link after `event`, and the effects to run.

    `now` is aware UTC. Late, doubled and forged events come back as a refusal or as no change.
    """
    decision = _decide(link, event, now, rules)
    return _settle_nudge(decision)


def _decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    match event:
        case Pressed():
            return _pressed(link, event, now, rules)
        case Submitted():
            return _submitted(link, event, now, rules)
        case Heard():
            return _heard(link, event, now, rules)
        case CheckFinished():
            return outcomes.finished(link, event, rules, now)
        case CheckRefused():
            return outcomes.refused(link, event)
        case CheckBroken():
            return outcomes.broken(link, event)
        case PersonKnown():
            return _known(link, event)
        case Undeliverable():
            return _undeliverable(link, event)
        case Reachable():
            return Decision(link=replace(link, blocked=None)) if link.blocked else Decision(link=link)
        case ChannelMoved():
            return Decision(link=replace(link, channel_id=event.channel_id))
        case Woke():
            return _woke(link, now, rules)
        case _:
            assert_never(event)


def _pressed(link: Link, event: Pressed, now: datetime, rules: Rulebook) -> Decision:
    refused = refusal(link, event)
    if refused:
        return Decision(link=link, refusal=refused)
    if event.action is not Action.SNOOZE:
        link = replace(link, touched=now)
    match event.action:
        case Action.START:
            admin = link.admin or event.actor
            known = () if link.admin else (LookUp(user_id=admin.user_id),)
            started = Last(key="started", at=now, names={"person": admin.user_id})
            return go(replace(link, admin=admin, last=started), Step.SERVICE_URL, *known)
        case Action.APPROVAL:
            admin = link.admin or event.actor
            link = replace(link, admin=admin, status=Status.PAUSED, last=Last(key="approval", at=now))
            return stay(link, say("say.sheet"))
        case Action.OPEN_FORM | Action.HAND_OVER | Action.CANCEL | Action.EVIDENCE:
            return Decision(link=link)
        case Action.DONE | Action.EXPIRY_UNKNOWN:
            if event.action is Action.EXPIRY_UNKNOWN:
                link = replace(link, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
            return go_on(replace(link, last=_finished(link, now)), rules, now)
        case Action.EXEMPT:
            return _answer_expiry(link, Expiry(kind=ExpiryKind.EXEMPT), rules, now)
        case Action.BACK:
            return go(link, preceding(link, rules.permissions), fresh_card=False)
        case Action.HELP:
            return stay(replace(link, help=_topic(event.value)))
        case Action.CLOSE_HELP:
            return stay(replace(link, help=None))
        case Action.CALL_STAFF:
            return Decision(link=link, effects=(Say(key="say.call_staff"), TellStaff(key="staff.called")))
        case Action.PAUSE:
            return stay(replace(link, status=Status.PAUSED, last=Last(key="paused", at=now)))
        case Action.RESUME:
            return repost(replace(link, status=Status.ACTIVE, last=Last(key="resumed", at=now)))
        case Action.CONTINUE:
            return repost(link)
        case Action.RESTART:
            return go(_undone(link), link.step)
        case Action.CHECK:
            return _check(link, now)
        case Action.TICK:
            return redraw(replace(link, ticked=link.ticked | {event.value}))
        case Action.USE_OFFER:
            return _use_offer(link, rules, now)
        case Action.REFUSE_OFFER:
            return stay(replace(link, offer=None))
        case Action.POLICY_LATER:
            return _policy_later(link, rules, now)
        case Action.EMPTY_IS_RIGHT:
            return go_on(replace(link, empty_is_right=True, trouble=None), rules, now)
        case Action.SNOOZE:
            return _snoozed(link, event, now, rules)
        case _:
            assert_never(event.action)


def _finished(link: Link, now: datetime) -> Last:
    return Last(key="step", at=now, names={"step": link.step.value})


def _topic(value: str) -> Topic | None:
    return Topic(value) if value in set(Topic) else Topic.STUCK


def _undone(link: Link) -> Link:
    match link.step:
        case Step.ISU:
            return replace(link, account=None)
        case Step.API_CLIENT:
            return replace(link, api=None)
        case Step.PERMISSIONS:
            return replace(link, ticked=frozenset())
        case _:
            return link


def _use_offer(link: Link, rules: Rulebook, now: datetime) -> Decision:
    if link.offer is None:
        return stay(link)
    seen = Last(key="reached", at=now, names={"tenant": link.offer.tenant, "host": link.offer.host})
    account = replace(link.account, proved=False) if link.account else None
    link = replace(link, endpoint=link.offer, account=account, environment=link.offer.environment, last=seen)
    return go_on(link, rules, now)


def _policy_later(link: Link, rules: Rulebook, now: datetime) -> Decision:
    link = replace(link, policy_needed=True)
    return go_on(link, rules, now) if link.step is Step.ISU else go(link, Step.AUTH_POLICY)


def _snoozed(link: Link, event: Pressed, now: datetime, rules: Rulebook) -> Decision:
    choice = Snooze(event.value) if event.value in set(Snooze) else Snooze.DAY
    until = snooze_until(choice, link, now, rules)
    nudge = replace(link.nudge, over=True) if link.nudge else None
    link = replace(link, snoozed_until=until, nudge=nudge, nudged={**link.nudged, **_sent(link, now)})
    return Decision(link=link, effects=_nudge_effects(link))


def _sent(link: Link, now: datetime) -> dict[Cause, datetime]:
    cause = cause_of(link)
    return {cause: now} if cause else {}


def _check(link: Link, now: datetime) -> Decision:
    kind = next_check(link)
    if kind is None or (kind is not CheckKind.REACH and link.account is None):
        return stay(link)
    if link.cooling_until and now < link.cooling_until:
        return Decision(link=link, refusal=Refusal(key="refusal.cooling"))
    if link.step is Step.ACTIVATION and link.policy_needed and link.account and not link.account.proved:
        return go(link, Step.AUTH_POLICY)
    if kind is CheckKind.REACH and link.tried:
        return begin_check(link, kind, now, endpoints=link.tried.endpoints, guessed=link.tried.guessed)
    return begin_check(link, kind, now)


def _submitted(link: Link, event: Submitted, now: datetime, rules: Rulebook) -> Decision:
    refused = refusal(link, event)
    if refused:
        return Decision(link=link, refusal=refused)
    if event.secrets and link.cooling_until and now < link.cooling_until and event.form is not Form.API_CLIENT:
        return Decision(link=link, refusal=Refusal(fields={"password": "field.cooling"}))
    link = replace(link, touched=now)
    match event.form:
        case Form.SERVICE_URL:
            return _address(link, event.pasted, now)
        case Form.ISU:
            account = Account(user_name=event.values["user"], secret=event.secrets["password"])
            link = replace(link, account=account, matrix=None, burnt=False, recheck=None)
            kind = STEPS[link.step].check
            return begin_check(link, kind if kind is CheckKind.PERMISSIONS else CheckKind.LOGIN, now)
        case Form.ROTATE:
            return _rotate(link, event, now)
        case Form.EXPIRY:
            expiry = _policy(event)
            return _answer_expiry(link, expiry, rules, now)
        case Form.API_CLIENT:
            api = ApiAccess(
                client_id=event.values["client_id"],
                secret=event.secrets["client_secret"],
                refresh_token=event.secrets["refresh_token"],
            )
            return begin_check(replace(link, api=api), CheckKind.API, now)
        case Form.HAND_OVER:
            admin = Person(user_id=event.values["person"])
            given = Last(key="handed_over", at=now, names={"person": admin.user_id})
            decision = stay(replace(link, admin=admin, last=given), say("say.handed_over", person=admin.user_id))
            return replace(decision, effects=(LookUp(user_id=admin.user_id), *decision.effects))
        case Form.CANCEL:
            link = replace(link, status=Status.CANCELLED, account=None, api=None, checking=None, recheck=None)
            return stay(replace(link, last=Last(key="cancelled", at=now)))
        case Form.START | Form.EVIDENCE:
            return Decision(link=link)
        case _:
            assert_never(event.form)


def _rotate(link: Link, event: Submitted, now: datetime) -> Decision:
    if link.account is None:
        return stay(link)
    candidate = event.secrets["password"]
    link = replace(link, account=replace(link.account, candidate=candidate))
    return begin_check(link, CheckKind.LOGIN, now, secrets=(candidate,))


def _policy(event: Submitted) -> Expiry:
    return Expiry(
        kind=ExpiryKind.POLICY,
        days=int(event.values["days"]),
        set_on=date.fromisoformat(event.values["set_on"]),
    )


def _answer_expiry(link: Link, expiry: Expiry, rules: Rulebook, now: datetime) -> Decision:
    link = replace(link, expiry=expiry, nudged={}, last=Last(key=f"expiry_{expiry.kind}", at=now))
    return stay(link) if link.status is Status.LINKED else go_on(link, rules, now)


def _address(link: Link, pasted: Pasted | None, now: datetime) -> Decision:
    if pasted is None:
        return Decision(link=link, refusal=Refusal(fields={"url": f"field.url.{PasteKind.NOT_A_URL}"}))
    if pasted.endpoint:
        return begin_check(link, CheckKind.REACH, now, endpoints=(pasted.endpoint,))
    if pasted.candidates:
        return begin_check(link, CheckKind.REACH, now, endpoints=pasted.candidates, guessed=True)
    return Decision(link=link, refusal=Refusal(fields={"url": f"field.url.{pasted.kind}"}))


def _heard(link: Link, event: Heard, now: datetime, rules: Rulebook) -> Decision:
    match event.intent:
        case Intent.SECRET:
            return _burnt(link, event.actor)
        case Intent.HELP:
            return Decision(link=link, effects=(say(f"say.help.{link.step}"),))
        case Intent.FAULT if event.reason:
            return Decision(link=link, effects=(say(f"reason.{event.reason}.chat"),))
        case Intent.URL if link.step is Step.SERVICE_URL:
            typed = Submitted(
                actor=event.actor,
                form=Form.SERVICE_URL,
                step=link.step,
                revision=link.revision,
                pasted=event.pasted,
            )
            decision = _submitted(link, typed, now, rules)
            for key in decision.refusal.fields.values() if decision.refusal else ():
                return Decision(link=link, effects=(Say(key=key),))
            return decision
        case _:
            return Decision(link=link)


def _burnt(link: Link, actor: Person) -> Decision:
    """Drop a password that was posted where others can read it; a finished link works on until a new one is in."""
    warning = Whisper(person=actor, key="whisper.secret")
    if link.status is Status.CANCELLED:
        return Decision(link=link, effects=(warning,))
    if link.account and link.status is not Status.LINKED:
        account = replace(link.account, secret=None, proved=False)
        link = replace(link, account=account, checking=None, recheck=None, trouble=None)
    shown = stay(replace(link, burnt=True))
    return replace(shown, effects=(warning, *shown.effects))


def _known(link: Link, event: PersonKnown) -> Decision:
    person = event.person
    if link.owner.user_id == person.user_id:
        link = replace(link, owner=person)
    if link.admin is None or link.admin.user_id != person.user_id:
        return Decision(link=link)
    absent: tuple[Effect, ...] = () if event.present else (Say(key="say.absent", names={"person": person.user_id}),)
    return Decision(link=replace(link, admin=person), effects=(Show(slot=card_slot(link)), *absent))


def _undeliverable(link: Link, event: Undeliverable) -> Decision:
    if link.blocked == event.code:
        return Decision(link=link)
    told = TellStaff(key="staff.undeliverable", names={"code": event.code})
    return Decision(link=replace(link, blocked=event.code), effects=(told,))


def _woke(link: Link, now: datetime, rules: Rulebook) -> Decision:
    if link.status is Status.ACTIVE and link.recheck and not link.checking and link.recheck.at <= now:
        return outcomes.look_again(link, now)
    due = next_due(link, rules)
    if due is None or due.at > now:
        return Decision(link=link)
    number = link.nudge.number if link.nudge else -1
    effects: list[Effect] = []
    if due.new_post or link.nudge is None:
        if link.nudge and not link.nudge.over:
            effects.append(Show(slot=f"{Slot.NUDGE}.{number}"))
        number += 1
    nudge = Nudge(cause=due.cause, number=number, rung=due.rung, at=now)
    told = (TellStaff(key=f"staff.last.{due.cause}"),) if is_last(link, due, rules) else ()
    link = replace(link, nudge=nudge, nudged={**link.nudged, due.cause: now})
    return Decision(link=link, effects=(*effects, Show(slot=f"{Slot.NUDGE}.{number}"), *told))


def _settle_nudge(decision: Decision) -> Decision:
    """Shrink the standing reminder to one line as soon as its reason is gone."""
    link = decision.link
    nudge = link.nudge
    if nudge is None or nudge.over or not _is_settled(link, nudge):
        return decision
    link = replace(link, nudge=replace(nudge, over=True))
    return replace(decision, link=link, effects=(*decision.effects, *_nudge_effects(link)))


def _is_settled(link: Link, nudge: Nudge) -> bool:
    if cause_of(link) is not nudge.cause:
        return True
    if nudge.cause is Cause.PASSWORD:
        return not link.nudged
    return nudge.cause is Cause.STALLED and link.touched > nudge.at


def _nudge_effects(link: Link) -> tuple[Effect, ...]:
    return (Show(slot=f"{Slot.NUDGE}.{link.nudge.number}"),) if link.nudge else ()
