"""A secret was posted in the thread: what is ours is dropped or asked for anew, and nothing posted is taken later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.cards.thread_card import card
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Field, Owner, Reason
from flows.link.access.reading import refusal
from flows.link.attempt import Attempt, Checking, Hitch, Recheck, Topic
from flows.link.effects import Decision, Show, Whisper
from flows.link.events import Action, Form, Heard, Intent, Pressed, Submitted
from flows.link.setup import SecretRef
from flows.link.state import Link, Person, Status, Step
from flows.permissions import Way
from flows.transitions.decide import decide
from flows.transitions.leaked_secrets import MOST_MARKS
from flows.transitions.relink import reopen
from flows.words import load_words
from tests.support.links import ACCOUNT, ADA, API, BOB, ENDPOINT, EVE, KEY, NOW, RULES, SAM, a_link, changed

LATER = NOW + timedelta(minutes=5)
PASSWORD, SECRET, TOKEN, NEWER = (SecretRef(name) for name in ("s1", "s2", "s3", "s4"))
CHECKING = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,), secrets=(PASSWORD,))
EMPTY = Finding(kind=CheckKind.PERMISSIONS, reason=Reason.PERMISSIONS_EMPTY, owner=Owner.ADMIN, field=Field.PERMISSIONS)
RECHECK = Recheck(since=NOW, attempt=1, at=LATER)
WARNING = Whisper(person=BOB, key="whisper.secret")


def at(step: Step, **changes: object) -> Link:
    values: dict[str, object] = {"endpoint": ENDPOINT, "account": ACCOUNT}
    if step is Step.LINKED:
        values |= {"status": Status.LINKED, "linked": NOW}
    return a_link(step=step, revision=4, cards=(Step.WELCOME, step), **{**values, **changes})


def posts(link: Link, *found: SecretRef, actor: Person = BOB, marks: tuple[str, ...] = ()) -> Decision:
    heard = Heard(actor=BOB, intent=Intent.SECRET, found=frozenset(found), own=tuple(f"own {ref}" for ref in found))
    return decide(link, replace(heard, actor=actor, marks=marks), LATER, RULES)


@pytest.mark.parametrize(
    "link",
    [
        at(Step.GROUP, recheck=RECHECK, trouble=EMPTY, hitch=Hitch.COOLING, help=Topic.STUCK),
        at(Step.ISU, checking=CHECKING, account=replace(ACCOUNT, proved=False)),
        at(Step.GROUP, status=Status.PAUSED),
    ],
)
def test_a_posted_password_is_dropped(link: Link) -> None:
    decision = posts(link, PASSWORD)
    fresh = decision.link
    assert decision.effects[0] == WARNING
    assert not fresh.secrets
    assert fresh.setup.burnt
    assert fresh.burnt_own == ("own s1",)
    assert fresh.attempt == Attempt()
    assert posts(fresh).effects == (WARNING,)


def test_whoever_goes_back_to_the_address_is_asked_for_the_address() -> None:
    link = posts(at(Step.ISU), PASSWORD).link
    back = Pressed(actor=ADA, action=Action.BACK, step=link.step, revision=link.revision)
    gone_back = decide(link, back, LATER, RULES).link
    assert gone_back.step is Step.SERVICE_URL
    drawn = card(Scene(gone_back, RULES, load_words(), LATER), 1)
    assert "I have no password" not in drawn.text
    assert "Find the service URL" in drawn.text


def test_a_finished_link_works_on_with_the_posted_password() -> None:
    decision = posts(at(Step.LINKED), PASSWORD)
    assert decision.link.setup.burnt
    assert decision.link.setup.account == ACCOUNT
    again = posts(decision.link, PASSWORD)
    assert again == Decision(link=decision.link, effects=(WARNING,))


def test_a_new_password_that_was_posted_while_on_trial_is_not_taken() -> None:
    account = replace(ACCOUNT, candidate=NEWER)
    decision = posts(at(Step.LINKED, account=account, checking=CHECKING), NEWER)
    assert decision.link.setup.burnt
    assert decision.link.setup.account == ACCOUNT
    assert decision.link.attempt.checking is None


@pytest.mark.parametrize("step", [Step.WELCOME, Step.SERVICE_URL])
def test_before_the_user_is_asked_for_there_is_nothing_to_enter_anew(step: Step) -> None:
    link = at(step)
    decision = posts(link, PASSWORD)
    assert decision == Decision(link=changed(link, account=None, burnt_own=("own s1",)), effects=(WARNING,))


def test_a_secret_that_is_not_ours_drops_nothing_and_is_not_taken_later() -> None:
    link = at(Step.GROUP)
    decision = posts(link, actor=EVE, marks=("m1",))
    assert decision.link == replace(link, burnt_marks=("m1",))
    assert decision.effects == (Whisper(person=EVE, key="whisper.secret"),)


def test_nobody_pushes_out_what_others_have_posted() -> None:
    link = at(Step.GROUP, burnt_marks=tuple(f"m{number}" for number in range(MOST_MARKS - 1)))
    flooded = posts(link, actor=EVE, marks=("x1", "x2", "x3")).link
    assert flooded.burnt_marks == (*link.burnt_marks, "x1")
    assert posts(flooded, actor=EVE, marks=("x4",)).link.burnt_marks == flooded.burnt_marks
    by_admin = posts(flooded, actor=ADA, marks=("y1", "y2")).link
    assert by_admin.burnt_marks == (*flooded.burnt_marks[2:], "y1", "y2")
    ours = posts(by_admin, PASSWORD, marks=tuple(f"z{number}" for number in range(MOST_MARKS))).link
    assert ours.burnt_own == ("own s1",)
    assert posts(ours, PASSWORD).link.burnt_own == ("own s1",)


def test_after_the_end_there_is_nothing_to_drop() -> None:
    link = at(Step.GROUP, status=Status.CANCELLED, account=None)
    assert posts(link) == Decision(link=link, effects=(replace(WARNING, key="whisper.secret_ended"),))
    assert posts(link, PASSWORD).link.setup.burnt is False


@pytest.mark.parametrize("found", [SECRET, TOKEN])
def test_a_posted_secret_of_the_api_client_is_dropped_and_asked_for_anew(found: SecretRef) -> None:
    here = posts(at(Step.API_CLIENT, api=API, trouble=EMPTY), found)
    assert (here.link.setup.api, here.link.setup.burnt_client, here.link.step) == (None, True, Step.API_CLIENT)
    assert here.link.setup.account == ACCOUNT
    later = posts(at(Step.CHECK, api=API, checking=CHECKING), found)
    assert (later.link.setup.api, later.link.setup.burnt_client, later.link.step) == (None, True, Step.API_CLIENT)
    assert later.link.attempt.checking is None
    before = posts(at(Step.ACTIVATION, api=API), found)
    assert (before.link.setup.api, before.link.setup.burnt_client, before.link.step) == (None, False, Step.ACTIVATION)
    drawn = card(Scene(here.link, RULES, load_words(), LATER), 1)
    assert "API client was posted" in drawn.text
    sent = Submitted(
        actor=ADA,
        form=Form.API_CLIENT,
        step=Step.API_CLIENT,
        revision=here.link.revision,
        values={"client_id": "c"},
        secrets={"client_secret": NEWER, "refresh_token": NEWER},
    )
    assert not decide(here.link, sent, LATER, RULES).link.setup.burnt_client


def test_a_finished_link_is_opened_again_at_the_api_client() -> None:
    linked = at(Step.LINKED, api=API, absence=True)
    decision = posts(linked, TOKEN)
    link = decision.link
    assert (link.step, link.status, link.setup.api, link.setup.burnt_client) == (
        Step.API_CLIENT,
        Status.ACTIVE,
        None,
        True,
    )
    assert link.previous
    assert link.previous.api == API, "it works on until the new one is proved"
    old = Pressed(actor=ADA, action=Action.KEEP_OLD, step=link.step, revision=link.revision)
    assert refusal(link, old), "what was posted does not come back"
    drawn = parent(Scene(link, RULES, load_words(), LATER))
    assert drawn.menu
    assert Action.KEEP_OLD not in {button.action for button in drawn.menu.buttons}


def test_a_check_that_is_given_up_shows_so() -> None:
    link = at(Step.ISU, api=API, checking=CHECKING)
    decision = posts(link, SECRET)
    assert decision.link.attempt.checking is None
    assert Show(slot="card.1") in decision.effects


def test_a_client_that_is_not_needed_any_more_is_only_dropped() -> None:
    link = posts(at(Step.LINKED, api=API), SECRET).link
    assert (link.status, link.step, link.setup.api, link.setup.burnt_client) == (
        Status.LINKED,
        Step.LINKED,
        None,
        False,
    )


def test_a_password_on_trial_is_given_up_with_the_client() -> None:
    account = replace(ACCOUNT, candidate=NEWER)
    link = posts(at(Step.LINKED, api=API, absence=True, account=account, checking=CHECKING), SECRET).link
    assert link.setup.account == ACCOUNT
    assert link.previous
    assert link.previous.account == ACCOUNT
    assert link.attempt.checking is None


def test_what_is_kept_shows_that_it_is_burnt() -> None:
    opened = changed(reopen(at(Step.LINKED, api=API, absence=True), Step.SERVICE_URL).link, api=None)
    decision = posts(opened, TOKEN)
    assert Show(slot="parent") in decision.effects


def test_a_card_does_not_say_that_it_dropped_what_works_on() -> None:
    link = posts(at(Step.LINKED, api=API, absence=True), PASSWORD, SECRET).link
    drawn = card(Scene(link, RULES, load_words(), LATER), len(link.cards) - 1)
    assert "works on until then" in drawn.text
    assert "dropped my copy" not in drawn.text


def test_both_at_once() -> None:
    link = posts(at(Step.CHECK, api=API), PASSWORD, SECRET).link
    assert (link.setup.burnt, link.setup.burnt_client, link.setup.api) == (True, True, None)
    assert not link.secrets


def test_what_works_while_the_set_up_is_done_anew_is_burnt_too() -> None:
    opened = reopen(at(Step.LINKED, api=API), Step.SERVICE_URL).link
    opened = changed(opened, account=replace(ACCOUNT, secret=NEWER), api=None)
    assert posts(opened, PASSWORD).link.setup.account == opened.setup.account, "the new one was not posted"
    marked = posts(opened, PASSWORD).link
    assert marked.previous
    assert marked.previous.burnt
    old = Pressed(actor=ADA, action=Action.KEEP_OLD, step=marked.step, revision=marked.revision)
    back = decide(marked, old, LATER, RULES).link
    assert (back.status, back.setup.burnt, back.setup.account) == (Status.LINKED, True, ACCOUNT)
    client = posts(opened, TOKEN).link
    assert client.previous
    assert client.previous.burnt_client
    assert decide(client, replace(old, actor=SAM), LATER, RULES).refusal


def warned(link: Link, **told: object) -> Decision:
    heard = Heard(actor=BOB, intent=Intent.SECRET, marks=("m",), where="1.2")
    return decide(link, replace(heard, **told), LATER, RULES)  # type: ignore[arg-type]


def test_who_can_take_it_away_is_warned_where_it_stands() -> None:
    link = at(Step.GROUP)
    assert warned(link).effects == (Whisper(person=BOB, key="whisper.secret", where="1.2"),)
    by_key = at(Step.GROUP, way=Way.KEY, key=KEY)
    assert warned(by_key).effects == (Whisper(person=BOB, key="whisper.secret_key", where="1.2"),)
    elsewhere = warned(link, elsewhere=True).effects
    assert elsewhere == (Whisper(person=BOB, key="whisper.secret_elsewhere", where="1.2"),)


def test_what_an_app_posts_is_said_to_who_looks_after_the_link() -> None:
    key = "whisper.secret_of_app"
    assert warned(at(Step.GROUP), by_app=True).effects == (Whisper(person=ADA, key=key, where="1.2"),)
    nobody = at(Step.WELCOME, admin=None, account=None, endpoint=None)
    assert warned(nobody, by_app=True).effects == (Whisper(person=SAM, key=key, where="1.2"),)


def test_one_warning_is_enough() -> None:
    quiet = warned(at(Step.GROUP), told=True, found=frozenset({PASSWORD}))
    assert not any(isinstance(effect, Whisper) for effect in quiet.effects)
    assert quiet.link.setup.burnt
    assert quiet.link.burnt_marks == ("m",)
