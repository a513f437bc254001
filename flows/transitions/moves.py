"""The few ways a link can move: to another step, in place, into a check; used by every decision."""

from __future__ import annotations

from datetime import datetime

from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt, Checking
from flows.link.effects import Decision, Effect, LookUp, RunCheck, Say, Show, Slot
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, SecretRef
from flows.link.state import Last, Link, Person, Status, Step
from flows.link.steps import BEFORE_ISU, row_of
from flows.link.walk import following, needs_api, walk
from flows.replacing import replace
from flows.tenant.service_url import Endpoint, Environment


def card_slot(link: Link) -> str:
    """Name the message that holds the live card."""
    return f"{Slot.CARD}.{len(link.cards) - 1}"


def stay(link: Link, *effects: Effect) -> Decision:
    """Keep the step, make older buttons stale, redraw the live card and the parent message."""
    link = replace(link, revision=link.revision + 1)
    return Decision(link=link, effects=(*show_card(link), *effects))


def redraw(link: Link) -> Decision:
    """Redraw the live card without making its buttons stale."""
    return Decision(link=link, effects=(Show(slot=card_slot(link)),))


def go(link: Link, step: Step, *effects: Effect, fresh_card: bool = True) -> Decision:
    """Walk to `step`: the card so far shrinks to its done-line and the new one is posted below it.

    With `fresh_card=False` the live message itself turns into the other step (going back).
    """
    cards = (*link.cards, step) if fresh_card else (*link.cards[:-1], step)
    old = Show(slot=card_slot(link))
    link = replace(
        link,
        step=step,
        cards=cards,
        revision=link.revision + 1,
        attempt=Attempt(),
        setup=replace(link.setup, burnt=link.setup.burnt and step not in BEFORE_ISU),
    )
    new = Show(slot=card_slot(link))
    shown = (old, new) if fresh_card else (new,)
    return Decision(link=link, effects=(*shown, Show(slot=Slot.PARENT), *effects))


def repost(link: Link) -> Decision:
    """Bring the live card to the bottom of the thread as it is; its old place shrinks to one line."""
    old = Show(slot=card_slot(link))
    link = replace(link, cards=(*link.cards, link.step), revision=link.revision + 1)
    return Decision(link=link, effects=(old, *show_card(link)))


def resume(link: Link, now: datetime) -> Decision:
    """Take a paused link up again: a finished one is looked after, another one's card comes to the bottom."""
    link = replace(link, paused_until=None, last=Last(key="resumed", at=now))
    if link.step is Step.LINKED:
        return stay(replace(link, status=Status.LINKED))
    return repost(replace(link, status=Status.ACTIVE, approval=None))


def go_on(link: Link, rules: Rulebook, now: datetime) -> Decision:
    """Walk to the following step; the final check is skipped when all is proved, else it starts by itself.

    It does not start with a password that Workday has refused or has never seen: that takes a press.
    """
    step = following(link, rules.permissions)
    if step in {Step.CHECK, Step.LINKED} and is_proved(link, rules):
        return finish(link, now)
    if step is Step.LINKED:
        return stay(link)
    return go_and_ask(link, now) if step is Step.CHECK and link.setup.is_trusted else go(link, step)


def go_and_ask(link: Link, now: datetime) -> Decision:
    """Walk to the final check and ask for everything at once."""
    shown = go(link, Step.CHECK)
    checked = begin_check(shown.link, CheckKind.FULL, now)
    asked = (effect for effect in checked.effects if isinstance(effect, RunCheck))
    return Decision(link=checked.link, effects=(*shown.effects, *asked))


def use_endpoint(link: Link, endpoint: Endpoint, rules: Rulebook, now: datetime) -> Decision:
    """Take an address that answered and go on: what was proved at another one is proved no more, done stays done."""
    setup = link.setup
    back = _back_to(link, endpoint, rules)
    if setup.endpoint != endpoint:
        # Sign-ins are counted by tenant.
        link = replace(link, cooling_until=None)
        account = replace(setup.account, proved=False, owned=False, allowed=False) if setup.account else None
        api = replace(setup.api, proved=False) if setup.api else None
        setup = replace(setup, account=account, api=api, matrix=None)
    seen = Last(key="reached", at=now, names={"tenant": endpoint.tenant, "host": endpoint.host})
    named = endpoint.environment is not Environment.UNKNOWN
    environment = endpoint.environment if named else setup.environment
    setup = replace(setup, endpoint=endpoint, environment=environment)
    link = replace(link, setup=setup, last=seen)
    return go(link, back, say("say.done_stays")) if back else go_on(link, rules, now)


def _back_to(link: Link, endpoint: Endpoint, rules: Rulebook) -> Step | None:
    """Name the later step to go back to with another address, where its one check asks for all that depends on it.

    None where the walk begins anew: nothing was done yet, or a user works in another tenant, so nothing is made in
    this one.
    """
    old, account = link.setup.endpoint, link.setup.account
    is_same = old is not None and old.tenant == endpoint.tenant
    if old is None or account is None or not link.setup.can_sign_in or (account.worked_at and not is_same):
        return None
    order = walk(link, rules.permissions)
    # The last card is the live one; what stands before it was left behind as done.
    done = max((order.index(step) for step in link.cards[:-1] if step in order), default=0)
    farthest = Step.CHECK if link.previous else order[min(done + 1, len(order) - 1)]
    if farthest in {Step.API_CLIENT, Step.CHECK, Step.LINKED}:
        has_api = link.setup.api is not None or not needs_api(link, rules.permissions)
        return Step.CHECK if has_api else Step.ACTIVATION
    return farthest if order.index(farthest) > order.index(row_of(link.setup).proves) else None


def finish(link: Link, now: datetime) -> Decision:
    """Declare the link made."""
    link = replace(
        link,
        status=Status.LINKED,
        linked=link.linked or now,
        touched=now,
        snoozed_until=None,
        last=Last(key="relinked" if link.previous else "linked", at=now),
        previous=None,
        issue=None,
    )
    return go(link, Step.LINKED)


def is_proved(link: Link, rules: Rulebook) -> bool:
    """Tell whether Workday has accepted everything this link needs."""
    granted = link.setup.matrix is not None and is_enough(link, link.setup.matrix)
    api = not needs_api(link, rules.permissions) or (link.setup.api is not None and link.setup.api.proved)
    return link.setup.is_trusted and granted and api


def is_enough(link: Link, finding: Finding) -> bool:
    """Tell whether a finding lets the link go on: all is well, or what is empty was said to be right."""
    return finding.ok or (finding.reason is Reason.PERMISSIONS_EMPTY and link.setup.empty_is_right)


def begin_check(
    link: Link,
    kind: CheckKind,
    now: datetime,
    *,
    endpoints: tuple[Endpoint, ...] = (),
    secrets: tuple[SecretRef, ...] | None = None,
    guessed: bool = False,
    by_hand: bool = True,
) -> Decision:
    """Put the link into "checking" and ask Workday; `secrets` are the ones the answer will speak about."""
    is_quiet = link.status is Status.LINKED and not by_hand
    link = link if is_quiet else replace(link, revision=link.revision + 1)
    if not endpoints and link.setup.endpoint:
        endpoints = (link.setup.endpoint,)
    if secrets is None:
        secrets = () if kind is CheckKind.REACH else tuple(sorted(link.secrets))
    checking = Checking(
        id=f"{link.id}.{link.revision}.{int(now.timestamp())}" if is_quiet else f"{link.id}.{link.revision}",
        kind=kind,
        since=now,
        endpoints=endpoints,
        secrets=secrets,
        guessed=guessed,
        by_hand=by_hand,
    )
    attempt = replace(link.attempt, checking=checking, hitch=None)
    if by_hand:
        attempt = replace(attempt, tried=checking, help=None)
    link = replace(link, attempt=attempt)
    shown = () if is_quiet else show_card(link)
    return Decision(link=link, effects=(*shown, RunCheck(check_id=checking.id)))


def show_card(link: Link) -> tuple[Effect, ...]:
    """Redraw the live card and the parent message; their buttons keep."""
    return (Show(slot=card_slot(link)), Show(slot=Slot.PARENT))


def taken(link: Link, actor: Person) -> tuple[tuple[Effect, ...], Link]:
    """Make whoever presses first the admin, also in place of one who has gone, and ask Slack who that is."""
    if link.admin and link.admin.is_same(actor):
        return (), link
    return (LookUp(user_id=actor.user_id),), replace(link, admin=actor)


def say(key: str, **names: str) -> Say:
    """Write one message into the thread."""
    return Say(key=key, names=names)


def show_nudge(link: Link, *, standing: bool = False) -> tuple[Effect, ...]:
    """Redraw the newest reminder, if there is one; with `standing` only while it still asks for something."""
    nudge = link.standing_nudge if standing else link.nudge
    return (Show(slot=f"{Slot.NUDGE}.{nudge.number}"),) if nudge else ()


def is_cooling(link: Link, now: datetime) -> bool:
    """Tell whether Workday must not be given a password yet."""
    return link.cooling_until is not None and now < link.cooling_until


def answer_expiry(link: Link, expiry: Expiry, rules: Rulebook, now: datetime) -> Decision:
    """Take what is known about the password's end; reminders start anew from it."""
    setup = replace(link.setup, expiry=expiry, expiry_at=now)
    link = replace(link, setup=setup, last=Last(key=f"expiry_{expiry.kind}", at=now))
    return stay(link) if link.status is Status.LINKED else go_on(link, rules, now)
