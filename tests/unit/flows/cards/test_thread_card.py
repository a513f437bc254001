"""What stands on a card in each state: the way forward, the way back, the way to a human, and no state undrawn."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack.block_kit import BUTTON_TEXT, Address, blocks, fallback
from flows.cards.context import Scene
from flows.cards.modals import dialog, start_dialog
from flows.cards.parent import parent
from flows.cards.parts import Button, Card, Copy, Text
from flows.cards.reminder_card import nudge
from flows.cards.staff import lines
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Evidence
from flows.diagnosis.reasons import Owner, Reason, Verdict
from flows.link.attempt import Topic
from flows.link.events import Action, Form, Pressed
from flows.link.state import Cause, Issue, Last, Link, Nudge, Outcome, Person, Status, Step
from flows.permissions import Permissions, Way
from flows.tenant.service_url import Environment
from flows.transitions.decide import decide
from flows.words import unmarked
from tests.support.drawing import buttons_of, check_everything_drawn, check_start, check_what_stands, newest_of, read_in
from tests.support.drawn_states import POLICY, ROWS, WORDS, at, every_scene, every_state, finding
from tests.support.links import (
    ACCOUNT,
    ADA,
    KEY,
    NOW,
    OTHER,
    RULES,
    a_link,
    a_setup,
    changed,
    report,
)


def live(link: Link) -> Card:
    return card(Scene(link, RULES, WORDS, NOW), len(link.cards) - 1)


def told(drawn: Card) -> str:
    return "\n".join(getattr(part, "text", "") for part in drawn.parts)


def actions(drawn: Card) -> list[Action]:
    return [button.action for button in buttons_of(drawn)]


LANGUAGES = ("en", "de")
SPOKEN = replace(RULES, languages=LANGUAGES)


@pytest.mark.no_cover
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_drawn_within_slacks_limits(language: str) -> None:
    drawn = 0
    for link in every_state():
        check_what_stands(link, NOW, SPOKEN, language)
        drawn += 1
    assert drawn > 300


def test_workdays_night_off_is_named() -> None:
    friday = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)  # late on Friday in California
    found = finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)
    link = at(Step.ACTIVATION, trouble=found, environment=Environment.IMPLEMENTATION)
    lines = told(card(Scene(link, RULES, WORDS, friday), 2)).splitlines()
    assert len(lines) == len(told(live(link)).splitlines()) + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", Step)
def test_everything_is_drawn_at_every_step(step: Step, language: str) -> None:
    standing = Nudge(
        cause=Cause.STALLED, number=1, rung=0, at=NOW, outcome=Outcome.MOVED if step is Step.LINKED else None
    )
    check_everything_drawn(at(step, cards=(*Step, step), nudge=standing), NOW, SPOKEN, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_do_not_break_a_card(language: str) -> None:
    rules = replace(SPOKEN, vendor="A Vendor & Sons <Holding> " + "x" * 20)
    for link in (at(Step.WELCOME), at(Step.PERMISSIONS), at(Step.LINKED, last=Last(key="linked", at=NOW))):
        check_everything_drawn(replace(link, customer="<&>" * 26), NOW, rules, language)


@pytest.mark.parametrize("customer", ["", "Acme", "<Acme & Sons>"])
def test_the_start_modal_fits(customer: str) -> None:
    check_start(WORDS, RULES, customer)
    without = Permissions(profiles={"hris": RULES.permissions.profile("hris")})
    check_start(WORDS, replace(RULES, permissions=without), customer)
    beside = start_dialog(WORDS, RULES, customer, running=["Globex", "<Initech>"])
    last = beside.parts[-1]
    assert isinstance(last, Text)
    assert "Globex and &lt;Initech&gt;" in last.text


SOME = every_state()[::5]
STUCK = [link for link in SOME if link.status is Status.ACTIVE and not link.attempt.checking]


def test_every_card_has_a_way_forward_back_and_to_a_human() -> None:
    for link in STUCK:
        names = actions(live(link))
        assert names, link
        pages = {*names, *actions(parent(Scene(link, RULES, WORDS, NOW)))}
        assert Action.CALL_STAFF in pages
        assert Action.CONTINUE in pages
        if link.step is not Step.WELCOME and not link.attempt.help and not link.setup.burnt and not link.attempt.offer:
            assert Action.BACK in names or Action.HAND_OVER in names, link


@pytest.mark.no_cover
def test_at_most_one_button_of_a_card_stands_out() -> None:
    for scene in every_scene()[::5]:
        for drawn in newest_of(scene):
            assert len([button for button in buttons_of(drawn) if button.primary]) <= 1, scene.link


@pytest.mark.parametrize(
    ("link", "action", "form"),
    [
        (at(Step.WELCOME), Action.START, None),
        (at(Step.SERVICE_URL), Action.OPEN_FORM, Form.SERVICE_URL),
        (at(Step.SERVICE_URL, offer=OTHER), Action.USE_OFFER, None),
        (at(Step.ISU), Action.OPEN_FORM, Form.ISU),
        (at(Step.EXPIRY), Action.EXEMPT, None),
        (at(Step.GROUP), Action.DONE, None),
        (at(Step.PERMISSIONS), Action.DONE, None),
        (at(Step.ACTIVATION), Action.CHECK, None),
        (at(Step.AUTH_POLICY, policy_needed=True), Action.CHECK, None),
        (at(Step.API_CLIENT, absence=True), Action.OPEN_FORM, Form.API_CLIENT),
        (at(Step.CHECK), Action.CHECK, None),
        (at(Step.GROUP, burnt=True), Action.OPEN_FORM, Form.ISU),
        (at(Step.LINKED, burnt=True), Action.OPEN_FORM, Form.ROTATE),
        (at(Step.GROUP, status=Status.PAUSED), Action.RESUME, None),
        (at(Step.ISU, trouble=finding(CheckKind.LOGIN, Reason.UNSENDABLE)), Action.OPEN_FORM, Form.ISU),
        (
            at(Step.API_CLIENT, trouble=finding(CheckKind.API, Reason.OAUTH_INVALID_GRANT)),
            Action.OPEN_FORM,
            Form.API_CLIENT,
        ),
        (at(Step.ACTIVATION, trouble=finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)), Action.CHECK, None),
    ],
)
def test_the_way_forward_is_the_one_that_stands_out(link: Link, action: Action, form: Form | None) -> None:
    (button,) = [one for one in buttons_of(live(link)) if one.primary]
    assert (button.action, button.form) == (action, form)


@pytest.mark.parametrize("status", [Status.LINKED, Status.CANCELLED])
def test_nothing_is_to_be_pressed_on_a_closed_link(status: Status) -> None:
    link = at(Step.LINKED if status is Status.LINKED else Step.GROUP, status=status)
    asks = {Action.EVIDENCE, Action.SHEET, Action.OPEN_FORM} if status is Status.LINKED else set()
    assert set(actions(live(link))) == asks
    above = {Action.LOOK, Action.HAND_OVER, Action.OPEN_FORM, Action.CALL_STAFF} if asks else set()
    if asks:
        above |= {Action.PAUSE, Action.CANCEL}
    assert set(actions(parent(Scene(link, RULES, WORDS, NOW)))) == above


def test_what_is_to_be_copied_is_never_escaped() -> None:
    rules = replace(RULES, vendor="A&B")
    link = at(Step.ACTIVATION, account=None)
    drawn = card(Scene(link, rules, WORDS, NOW), 2)
    copies = [part.text for part in drawn.parts if isinstance(part, Copy)]
    assert "Permissions for the A&B integration (ISSG_A_B)" in copies


def test_a_card_that_is_over_is_one_line_without_buttons() -> None:
    for link in SOME:
        for number in range(len(link.cards) - 1):
            drawn = card(Scene(link, RULES, WORDS, NOW), number)
            assert len(drawn.parts) == 1
            assert list(buttons_of(drawn)) == []


def test_a_reminder_speaks_to_whoever_has_to_move() -> None:
    for cause in Cause:
        standing = Nudge(cause=cause, number=0, rung=0, at=NOW)
        link = at(Step.LINKED if cause is Cause.PASSWORD else Step.ACTIVATION, nudge=standing, expiry=POLICY)
        drawn = nudge(Scene(link, RULES, WORDS, NOW), 0)
        assert "<@U0ADA>" in told(drawn)
        assert Action.SNOOZE in actions(drawn)
        for outcome in Outcome:
            over = nudge(Scene(replace(link, nudge=replace(standing, outcome=outcome)), RULES, WORDS, NOW), 0)
            assert actions(over) == []
            assert ("✓" in told(over)) is (outcome is Outcome.PROVED), "green needs proof"


def test_no_customer_name_can_write_markup() -> None:
    link = at(Step.LINKED, customer="<!channel> & <@U1> E*TRADE _b_ ~c~ `d`")
    for drawn in (live(link), parent(Scene(link, RULES, WORDS, NOW))):
        assert "<!channel>" not in told(drawn)
        assert not re.search(r"E\*TRADE|_b_|~c~|`d`", told(drawn)), "it would end the bold around it"
        assert "E*TRADE _b_ ~c~ `d`" in unmarked(told(drawn))


def test_the_card_of_a_colleague_shows_the_colleague() -> None:
    link = at(Step.GROUP, admin=Person(user_id="U0NEW"))
    assert "<@U0NEW>" in told(parent(Scene(link, RULES, WORDS, NOW)))
    assert ADA.user_id not in told(parent(Scene(link, RULES, WORDS, NOW)))
    assert Reason.NOT_ANSWERING.traits.owner is Owner.NOBODY


def test_the_card_of_a_finished_link_in_trouble_does_not_begin_with_its_success() -> None:
    for reason in Reason:
        issue = Issue(reason=reason, first_seen=NOW, last_seen=NOW)
        first = live(at(Step.LINKED, issue=issue)).text.splitlines()[0]
        assert ("Not answering" if reason.traits.owner is Owner.NOBODY else "Needs attention") in first


def test_a_password_that_ran_out_or_worked_before_is_no_slip() -> None:
    issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    over = replace(POLICY, set_on=NOW.date() - timedelta(days=200))
    for expiry, says in ((over, "Set a new one in Workday"), (POLICY, "Most often the password expired, was changed")):
        assert says in told(live(at(Step.LINKED, issue=issue, expiry=expiry)))
    for worked_at, says, shows in ((None, "*A slip.*", "copy it without"), (NOW, "*Changed.*", "whoever looks after")):
        broken = at(Step.LINKED, issue=issue, account=replace(ACCOUNT, worked_at=worked_at))
        assert says in told(live(broken))
        assert shows in told(live(changed(broken, help=Topic.RETYPE)))


def test_a_pause_until_a_day_is_nobodys_move() -> None:
    link = at(Step.GROUP, status=Status.PAUSED, paused_until=NOW.date() + timedelta(days=3))
    assert "I go on by myself on Thu 26 Nov 2026 · nobody's move" in lines.line(Scene(link, RULES, WORDS, NOW), "")
    assert "Then I go on by myself" in told(live(link))
    waits = at(Step.WELCOME, status=Status.PAUSED, approval=NOW.date())
    assert "Waiting for an approval" in told(live(waits))
    gone = changed(link, admin=replace(ADA, present=False))
    assert "bring <@U0ADA> into this channel" in lines.line(Scene(gone, RULES, WORDS, NOW), "")


def test_what_workday_refuses_is_not_said_to_be_in_use() -> None:
    for proved, said in ((True, "stays in use until"), (False, "although Workday refused it")):
        before = a_setup(endpoint=OTHER, account=replace(ACCOUNT, proved=proved))
        assert said in told(parent(Scene(at(Step.ISU, previous=before), RULES, WORDS, NOW)))


def test_a_key_that_ends_is_replaced_by_a_button_and_a_form_that_say_so() -> None:
    issue = Issue(reason=Reason.JWT_KEY_EXPIRED, first_seen=NOW, last_seen=NOW)
    standing = Nudge(cause=Cause.CERTIFICATE, number=0, rung=0, at=NOW)
    key = replace(KEY, client_id="c")
    for changes in ({"issue": issue}, {"nudge": standing}):
        link = at(Step.LINKED, way=Way.KEY, key=key, expiry=POLICY, **changes)
        scene = Scene(link, RULES, WORDS, NOW)
        shown = live(link) if link.issue else nudge(scene, 0)
        assert "Make a new key" in [button.text for button in buttons_of(shown)]
        (change,) = dialog(scene, Form.RELINK).inputs
        assert change.initial == "key"


def test_no_button_has_two_meanings() -> None:
    for link in SOME:
        seen_buttons: set[tuple[str, str, str]] = set()
        for button in buttons_of(live(link)):
            key = (button.action, button.value, button.form or "")
            assert key not in seen_buttons, (link.step, key)
            seen_buttons.add(key)
            assert isinstance(button, Button)


def without_confirm(block: Any) -> Any:  # noqa: ANN401  any JSON
    """Leave out what is asked only after a press."""
    if isinstance(block, dict):
        return {name: without_confirm(value) for name, value in block.items() if name != "confirm"}
    return [without_confirm(one) for one in block] if isinstance(block, list) else block


@pytest.mark.no_cover
def test_the_text_says_all_that_the_blocks_say() -> None:
    for scene in every_scene()[::5]:
        for drawn in newest_of(scene):
            spoken = set(re.findall(r"\w+", fallback(drawn)))
            shown = blocks(drawn, Address(link_id="l1", step=scene.link.step, revision=0))
            # What is only heard at a button is cut where Slack cuts it.
            texts = (text for text in read_in(without_confirm(shown)) if len(text) != BUTTON_TEXT)
            assert {word for text in texts for word in re.findall(r"\w+", text)} - spoken == set()


def test_a_batch_of_permissions_is_ticked_off_and_on_again() -> None:
    link = at(Step.PERMISSIONS)
    for said in ("Added", "Undo"):
        button = next(one for one in buttons_of(live(link)) if one.text == said)
        press = Pressed(actor=ADA, action=button.action, step=link.step, revision=link.revision, value=button.value)
        link = decide(link, press, NOW, RULES).link
        assert bool(link.setup.ticked) is (said == "Added")
        assert decide(link, press, NOW, RULES).refusal


def test_whoever_goes_on_without_a_tick_is_asked_first() -> None:
    def asked(ticked: frozenset[str]) -> str:
        (button,) = (one for one in buttons_of(live(at(Step.PERMISSIONS, ticked=ticked))) if one.action is Action.DONE)
        return button.confirm.text if button.confirm else ""

    every = frozenset(row.id for row in RULES.permissions.rows("recruiting"))
    assert asked(every - {"location"}).startswith("1 permission is not ticked off. Go on anyway?")
    assert asked(frozenset()).startswith(f"{len(every)} permissions are not ticked off.")
    assert asked(every) == ""


def test_a_client_whose_secret_was_posted_gets_one_instruction() -> None:
    link = a_link(step=Step.API_CLIENT, absence=True, account=ACCOUNT, burnt_client=True)
    text = card(Scene(link, RULES, WORDS, NOW), 0).text
    assert "Generate New API Client Secret" in text
    assert "[Enter the three values]" in text
    assert "Register API Client for Integrations" not in text


def test_a_question_that_workday_did_not_take_is_said_not_to_be_proved() -> None:
    found = conclude(report(CheckKind.PERMISSIONS), ROWS)
    row = replace(found.rows[0], verdict=Verdict.UNPROBED, evidence=Evidence(operation="Get_Workers"))
    link = at(Step.LINKED, cards=(Step.WELCOME, Step.ACTIVATION, Step.LINKED), matrix=replace(found, rows=(row,)))
    policy = {one.id: one.policy for one in ROWS}[row.permission_id]
    assert f"Workday did not take my question: {policy}." in card(Scene(link, RULES, WORDS, NOW), 1).text


def test_what_was_left_out_on_purpose_is_counted_when_it_is_done() -> None:
    found, cards = conclude(report(CheckKind.PERMISSIONS), ROWS), (Step.WELCOME, Step.ACTIVATION, Step.LINKED)
    link = at(Step.LINKED, cards=cards, matrix=found, left_out={ROWS[0].id: "not used"})
    assert "1 was left out on purpose." in card(Scene(link, RULES, WORDS, NOW), 1).text


@pytest.mark.parametrize("absence", [False, True])
def test_a_new_api_client_is_offered_to_a_link_that_has_one(*, absence: bool) -> None:
    drawn = dialog(Scene(at(Step.LINKED, absence=absence), RULES, WORDS, NOW), Form.RELINK)
    (change,) = (part for part in drawn.inputs if part.field.name == "change")
    assert ("api_client" in [one.value for one in change.choices]) is absence


@pytest.mark.parametrize(("chosen", "initial"), [("address", "address"), ("", "user"), ("gone", "user")])
def test_the_part_that_a_button_names_is_chosen_in_the_window(chosen: str, initial: str) -> None:
    drawn = dialog(Scene(at(Step.LINKED), RULES, WORDS, NOW), Form.RELINK, chosen=chosen)
    assert [part.initial for part in drawn.inputs if part.field.name == "change"] == [initial]
