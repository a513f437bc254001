"""Every transition of a link: `decide(link, event, now)`. Pure and total: no event raises, none is half done."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from flows.link.access.reading import has_left
from flows.link.effects import Decision, Denial, Effect, LookUp, Say, Show, Slot, TellStaff
from flows.link.events import (
    DELETED,
    Action,
    CallLost,
    ChannelMoved,
    CheckBroken,
    CheckFinished,
    CheckHeld,
    CheckRefused,
    Event,
    Forgotten,
    Frozen,
    HandedOff,
    Heard,
    KeyMade,
    PersonKnown,
    Pressed,
    Reachable,
    SecretsLost,
    Submitted,
    Thawed,
    Undeliverable,
    Woke,
)
from flows.link.rulebook import Rulebook
from flows.link.setup import Setup
from flows.link.state import Link, Step
from flows.replacing import replace
from flows.schedule.attention import unmuted
from flows.schedule.staff_news import with_staff_news
from flows.tenant.service_url import Environment
from flows.transitions.buttons import pressed
from flows.transitions.checks import results, unanswered
from flows.transitions.forms import cancelled, submitted
from flows.transitions.handoff import handed, with_news
from flows.transitions.lost_secrets import lost
from flows.transitions.moves import card_slot, repost, show_card, show_nudge, stay
from flows.transitions.people import given_back, known, with_new_owner
from flows.transitions.quarantine import froze, still, thawed, waited
from flows.transitions.relink import made, with_key
from flows.transitions.reminding import with_fresh_nudge, with_reminder, with_settled_nudge, woke
from flows.transitions.thread_messages import heard


def start(link: Link) -> Decision:
    """Open a new link: the parent message, the welcome card, and who the admin is."""
    people = tuple(LookUp(user_id=person.user_id) for person in (link.owner, link.admin) if person)
    return Decision(link=link, effects=(Show(slot=Slot.PARENT), *people, Show(slot=card_slot(link))))


def decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    """Work out the link after `event`, and the effects to run.

    `now` is aware UTC. Late, doubled and forged events come back as a refusal or as no change.
    """
    back = _back_again(link, event)
    decision = still(link, event) or _decide(back, event, now, rules)
    if decision.refusal:
        if isinstance(event, Pressed) and decision.refusal.key == "refusal.stale" and event.revision >= link.revision:
            return replace(_up_to_date(link, event), refusal=decision.refusal)
        return Decision(link=link, refusal=decision.refusal, effects=_ask_again(event, decision.refusal))
    decision = with_key(link, _said_anew(link, given_back(link, decision, event)))
    if link.admin and back.admin != link.admin:
        # A press says so, and Slack has the last word.
        decision = replace(decision, effects=(*decision.effects, LookUp(user_id=link.admin.user_id)))
    checking = link.attempt.checking
    if checking and not checking.by_hand and isinstance(event, CheckFinished | CheckRefused | CheckBroken):
        decision = with_reminder(link, decision, event, now, rules)
    decision = with_fresh_nudge(link, with_settled_nudge(link, decision, event), now)
    return with_news(link, with_staff_news(link, decision), rules)


def _said_anew(before: Link, decision: Decision) -> Decision:
    """Draw all that stands in the channel once more when it is to be in another language."""
    link = decision.link
    if link.spoken == before.spoken:
        return decision
    slots = (Slot.PARENT, *(f"{Slot.CARD}.{number}" for number in range(len(link.cards))))
    shown = (*(Show(slot=slot) for slot in slots), *show_nudge(link))
    return replace(decision, effects=(*decision.effects, *(one for one in shown if one not in decision.effects)))


def _back_again(link: Link, event: Event) -> Link:
    """See that an admin who was said to be gone is here, and that a link without an owner has one again.

    A press says so; a modal stays open also for whoever has left.
    """
    if not isinstance(event, Pressed | Submitted):
        return link
    if link.admin and has_left(link, event.actor) and isinstance(event, Pressed):
        return replace(link, admin=replace(link.admin, present=True))
    is_asked_for = isinstance(event, Pressed) and event.action is Action.TAKE
    return link if is_asked_for else with_new_owner(link, event.actor)


def _up_to_date(link: Link, event: Pressed) -> Decision:
    """Show where the link stands, to whoever presses what is refused on a card that is as new as the link, or newer.

    It was drawn before the vendor's settings changed. Or it is newer than all that is known: the database has lost its
    last moments, as when a server takes over that lagged behind.
    """
    if event.revision == link.revision:
        return Decision(link=link, effects=show_card(link))
    link = replace(link, revision=event.revision)
    return stay(link) if link.step is Step.LINKED else repost(link)


def _ask_again(event: Event, refused: Denial) -> tuple[Effect, ...]:
    """Ask Slack once more about a person whose press had to wait for Slack's answer."""
    if refused.key in {"refusal.looking_up", "refusal.left"} and isinstance(event, Pressed | Submitted):
        return (LookUp(user_id=event.actor.user_id),)
    return ()


def _decide(link: Link, event: Event, now: datetime, rules: Rulebook) -> Decision:
    match event:
        case Pressed():
            return pressed(link, event, now, rules)
        case Submitted():
            return submitted(link, event, now, rules)
        case Heard():
            return heard(link, event, now, rules)
        case CheckFinished():
            return results.finished(link, event, rules, now)
        case CheckRefused():
            return unanswered.refused(link, event)
        case CheckHeld():
            return unanswered.held(link, event, now)
        case CheckBroken():
            return unanswered.broken(link, event, now)
        case PersonKnown():
            return known(link, event, rules)
        case Undeliverable():
            return _undeliverable(link, event)
        case Reachable():
            return Decision(link=replace(link, blocked=None))
        case ChannelMoved():
            return Decision(link=replace(link, channel_id=event.channel_id, blocked=None))
        case Woke() if link.frozen:
            return waited(link, now, rules)
        case Woke():
            return woke(unmuted(link, now, rules), now, rules)
        case HandedOff():
            return handed(link, event, now, rules)
        case KeyMade():
            return made(link, event, now)
        case SecretsLost():
            return lost(link, event, now)
        case Frozen():
            return froze(link, now)
        case Thawed():
            return thawed(link, now)
        case CallLost():
            # It can be asked for again, and nobody waits for somebody who knows nothing of it.
            return Decision(link=replace(link, called=None), effects=(Say(key="say.call_lost"),) if link.called else ())
        case Forgotten():
            return cancelled(replace(link, erase=True, frozen=None), now)
        case _:
            assert_never(event)


def _undeliverable(link: Link, event: Undeliverable) -> Decision:
    # That a channel is gone for good is news, too, where a message was refused before Slack told of it.
    if link.blocked == event.code and event.told != DELETED:
        return Decision(link=link)
    told = TellStaff(key=event.told, names={"code": event.code})
    return Decision(link=replace(link, blocked=event.code), effects=(told,))


def copied(link: Link, link_id: str, environment: Environment, now: datetime) -> Link:
    """Make a new link for another environment of the same customer: the answers, never the secrets."""
    return Link(
        id=link_id,
        team_id=link.team_id,
        channel_id=link.channel_id,
        customer=link.customer,
        setup=Setup(
            profile=link.setup.profile,
            absence=link.setup.absence,
            environment=environment,
            group=link.setup.group,
            way=link.setup.way,
        ),
        writes=link.writes,
        web_only=link.web_only,
        language=link.language,
        isu=link.setup.account.user_name if link.setup.account else link.isu,
        owner=link.owner,
        admin=link.admin,
        created=now,
        touched=now,
    )
