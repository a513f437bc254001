"""Who a link belongs to: hand-overs of all of it or of one step, apps and strangers, people who leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.messages import notice, said
from flows.cards.modals import dialog
from flows.cards.parent import parent
from flows.cards.reminder_card import nudge
from flows.cards.staff import lines
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.access.reading import refusal, roles_of
from flows.link.access.rows import Role
from flows.link.attempt import Checking
from flows.link.effects import Decision, LookUp, Say, Show, TellStaff
from flows.link.events import Action, CheckFinished, Form, PersonKnown, Pressed, Submitted, Woke
from flows.link.standing import Mover, standing
from flows.link.state import Cause, Issue, Link, Nudge, Person, Status, Step
from flows.link.walk import parts_ahead
from flows.schedule.attention import worries
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.links import (
    ACCOUNT,
    ADA,
    BOB,
    ENDPOINT,
    EVE,
    INVALID,
    KIM,
    NOW,
    RULES,
    SAM,
    SILENT,
    a_link,
    changed,
    report,
)

WORDS = load_words()
COL = Person(user_id="U0COL", team_id=BOB.team_id)
WITH_KIM = replace(RULES, backup=KIM.user_id)


def at(step: Step, **changes: object) -> Link:
    return a_link(step=step, endpoint=ENDPOINT, account=ACCOUNT, **changes)


FINISHED = at(Step.LINKED, status=Status.LINKED)
REMINDED = Nudge(cause=Cause.PASSWORD, number=0, rung=0, at=NOW)
BROKEN = Issue(reason=Reason.PERMISSIONS_MISSING, first_seen=NOW, last_seen=NOW)


def given(
    link: Link, to: Person, actor: Person = ADA, *, part: str = "", outside: str = "", app: bool = False
) -> Decision:
    event = Submitted(
        actor=actor,
        form=Form.HAND_OVER,
        step=link.step,
        revision=link.revision,
        values={"person": to.user_id, "part": part, "outside": outside},
        chosen=to,
        chosen_app=app,
    )
    return decide(link, event, NOW, RULES)


@pytest.mark.parametrize(
    ("link", "key", "reads"),
    [
        (at(Step.PERMISSIONS), "", "give the group its"),
        (at(Step.WELCOME, status=Status.PAUSED, approval=NOW.date()), "", "go on once it is approved"),
        (at(Step.ISU, trouble=conclude(report(CheckKind.LOGIN, login=INVALID), ())), "", "look at the user name"),
        (at(Step.ISU, trouble=conclude(report(CheckKind.LOGIN, login=SILENT), ())), "_waits", "nothing for you to do"),
        (FINISHED, "_linked", "It is finished; I write here only"),
        (replace(FINISHED, nudge=REMINDED), "_reminded", "the reminder above is yours"),
        (replace(FINISHED, issue=BROKEN), "_needed", "look at the permissions again"),
        (replace(FINISHED, status=Status.PAUSED), "_needed", "continue when ready"),
    ],
)
def test_whoever_gets_a_link_reads_what_is_to_be_done_now(link: Link, key: str, reads: str) -> None:
    handed = given(link, BOB)
    assert Say(key=f"say.handed_over{key}", names={"person": BOB.user_id}) in handed.effects
    assert reads in says(handed)[0]
    hint = next(one.hint for one in dialog(Scene(link, RULES, WORDS, NOW), Form.HAND_OVER).inputs)
    assert hint.endswith("." if link.step is Step.LINKED else "Activation.")
    assert "domains" not in hint or link.step is not Step.LINKED


def pressing(link: Link, action: Action, actor: Person) -> Pressed:
    return Pressed(actor=actor, action=action, step=link.step, revision=link.revision)


def says(decision: Decision) -> list[str]:
    scene = Scene(decision.link, RULES, WORDS, NOW)
    return [said(scene, effect).text for effect in decision.effects if isinstance(effect, Say)]


def tells(decision: Decision) -> list[TellStaff]:
    return [effect for effect in decision.effects if isinstance(effect, TellStaff)]


def test_one_step_goes_to_another_person_and_comes_back_when_it_is_done() -> None:
    link = at(Step.AUTH_POLICY, policy_needed=True)
    handed = given(link, BOB, part="step")
    link = handed.link
    assert (link.doer, link.admin) == (BOB, ADA)
    (told,) = says(handed)
    assert "<@U0BOB>" in told
    assert "Set Up: Tenant Setup - Security" in told
    assert [one.key for one in tells(handed)] == ["staff.step_handed_over"]
    assert "<@U0BOB>" in parent(Scene(link, RULES, WORDS, NOW)).text
    assert refusal(link, pressing(link, Action.CHECK, BOB)) is None
    assert refusal(link, pressing(link, Action.CHECK, ADA)) is None
    for action in (Action.PAUSE, Action.CANCEL, Action.BACK):
        denied = refusal(link, pressing(link, action, BOB))
        assert denied
        assert denied.key == "refusal.holder"
    asked = decide(link, pressing(link, Action.CHECK, BOB), NOW, RULES).link
    checking = asked.attempt.checking
    assert checking
    done = decide(asked, CheckFinished(check_id=checking.id, report=report(CheckKind.PERMISSIONS)), NOW, RULES)
    if done.link.step is Step.AUTH_POLICY:  # the activation of the policy may need the whole check first
        pytest.fail("the step is not done")
    assert done.link.doer == ADA
    assert not done.link.holders
    if done.link.step is not Step.LINKED:
        assert "you need not do it any more" in says(done)[-1], "who asked for the check is not known any more"


def test_of_a_step_that_workday_ends_nobody_is_said_to_have_done_it() -> None:
    link = given(at(Step.ISU), BOB, part="step").link
    asked = decide(link, pressing(link, Action.CHECK, ADA), NOW, RULES).link
    assert asked.attempt.checking
    told = CheckFinished(check_id=asked.attempt.checking.id, report=report(CheckKind.LOGIN))
    (said,) = says(decide(asked, told, NOW, RULES))
    assert said.startswith("<@U0ADA>, *Integration user* is done.")
    assert said.endswith("<@U0BOB>, you need not do it any more. Thank you!")


def test_a_held_step_that_is_done_is_given_back_aloud() -> None:
    link = given(at(Step.GROUP), BOB, part="step").link
    done = decide(link, pressing(link, Action.DONE, BOB), NOW, RULES)
    assert done.link.step is Step.PERMISSIONS
    assert (done.link.doer, done.link.holders) == (ADA, {})
    assert says(done) == ["<@U0ADA>, <@U0BOB> has finished *Security group*. The next step is yours: the card above."]


def test_what_somebody_else_has_done_is_not_said_of_whoever_had_the_step() -> None:
    link = given(at(Step.GROUP), BOB, part="step").link
    by_admin = decide(link, pressing(link, Action.DONE, ADA), NOW, RULES)
    assert says(by_admin) == ["<@U0BOB>, you need not do *Security group* any more. Thank you!"]
    left = replace(link, holders={Step.GROUP: replace(BOB, present=False)})
    assert says(decide(left, pressing(left, Action.DONE, ADA), NOW, RULES)) == []


def test_several_people_hold_a_step_each_and_are_called_when_it_comes() -> None:
    link = at(Step.GROUP)
    later = given(link, BOB, part=Step.PERMISSIONS)
    assert says(later)[0].startswith(
        "<@U0BOB>, one step of linking Acme's Workday is yours when it comes: *Permissions*"
    )
    assert "Security Configuration for it" in says(later)[0]
    assert tells(later)[0].names == {"person": "U0BOB", "step": "permissions"}
    link = given(later.link, COL, part=Step.ACTIVATION).link
    shown = parent(Scene(link, RULES, WORDS, NOW)).text
    assert "Handed out: *Permissions* to <@U0BOB> and *Activate* to <@U0COL>" in shown
    assert "Handed out: *Permissions* to <@U0BOB>" in lines.line(Scene(link, RULES, WORDS, NOW), "")
    assert link.doer == ADA
    for one in (BOB, COL):
        denied = refusal(link, pressing(link, Action.DONE, one))
        assert denied
        assert denied.key == "refusal.colleague", "a step that has not come is nobody's but the admin's"
    on = decide(link, pressing(link, Action.DONE, ADA), NOW, RULES)
    assert says(on) == [
        (
            "<@U0BOB>, it is your turn: *Permissions*. The buttons of the card above work for you until it is done. "
            "Your Workday account needs Security Configuration."
        )
    ]
    denied = refusal(on.link, pressing(on.link, Action.DONE, COL))
    assert denied
    assert denied.key == "refusal.colleague"
    after = decide(on.link, pressing(on.link, Action.DONE, BOB), NOW, RULES)
    assert "<@U0COL>, it is your turn: *Activate*" in says(after)[-1]
    assert after.link.holders == {Step.ACTIVATION: COL}


def test_who_holds_two_steps_in_a_row_goes_on() -> None:
    link = given(given(at(Step.GROUP), BOB, part="step").link, BOB, part=Step.PERMISSIONS).link
    on = decide(link, pressing(link, Action.DONE, BOB), NOW, RULES)
    assert (on.link.doer, on.link.holders) == (BOB, {Step.PERMISSIONS: BOB})
    assert [text.partition(".")[0] for text in says(on)] == ["<@U0BOB>, it is your turn: *Permissions*"]


def test_a_step_ahead_is_taken_back_or_given_to_another() -> None:
    link = given(at(Step.GROUP), BOB, part=Step.ACTIVATION).link
    other = given(link, COL, part=Step.ACTIVATION)
    assert other.link.holders == {Step.ACTIVATION: COL}
    assert says(other)[-1] == "<@U0BOB>, you need not do *Activate* any more. Thank you!"
    back = given(link, ADA, part=Step.ACTIVATION)
    assert back.link.holders == {}
    assert says(back) == ["<@U0BOB>, you need not do *Activate* any more. Thank you!"]


def test_going_back_leaves_a_step_with_whoever_has_it() -> None:
    link = given(at(Step.PERMISSIONS), BOB, part="step").link
    back = decide(link, pressing(link, Action.BACK, ADA), NOW, RULES)
    assert back.link.step is Step.GROUP
    assert back.link.holders == {Step.PERMISSIONS: BOB}
    assert says(back) == []


@pytest.mark.parametrize(
    ("step", "actor", "part", "key"),
    [
        (Step.GROUP, BOB, Step.ACTIVATION, "refusal.holder"),
        (Step.ACTIVATION, ADA, Step.GROUP, "field.part_over"),
        (Step.GROUP, ADA, Step.API_CLIENT, "field.part_over"),
        (Step.GROUP, ADA, "nonsense", "field.part_over"),
    ],
)
def test_what_is_not_ahead_or_not_ones_own_is_not_handed_out(step: Step, actor: Person, part: str, key: str) -> None:
    link = at(step, holders={step: BOB})
    refused = given(link, COL, actor=actor, part=part)
    assert refused.refusal
    assert refused.refusal.fields == {"part": key}
    assert refused.link == link


def test_the_form_offers_each_step_that_is_ahead() -> None:
    scene = Scene(at(Step.PERMISSIONS), RULES, WORDS, NOW)
    (part,) = (one for one in dialog(scene, Form.HAND_OVER).inputs if one.field.name == "part")
    assert [choice.text for choice in part.choices] == [
        "With the whole link",
        "With this step only: Permissions",
        "Only with a later step: Activate",
    ]
    assert not parts_ahead(at(Step.PERMISSIONS, admin=None), RULES.permissions)


def test_whoever_holds_a_step_can_pass_on_no_more_than_that() -> None:
    link = given(at(Step.GROUP), BOB, part="step").link
    passed = given(link, COL, actor=BOB, part="whole")
    assert (passed.link.doer, passed.link.admin) == (COL, ADA)
    back = given(passed.link, ADA, actor=COL, part="step")
    assert (back.link.doer, back.link.holders) == (ADA, {})


def test_the_whole_releases_the_one_before_and_says_what_the_next_must_be_able_to_do() -> None:
    link = at(Step.PERMISSIONS, holders={Step.PERMISSIONS: KIM})
    handed = given(link, BOB, part="whole")
    assert (handed.link.admin, handed.link.holders) == (BOB, {})
    told, *released = says(handed)
    assert "Security Configuration and Security Activation" in told
    assert "*give the group its 14 permissions*" in told
    assert [one.partition(",")[0] for one in released] == ["<@U0ADA>", "<@U0KIM>"]
    finished = given(at(Step.LINKED, status=Status.LINKED, linked=NOW), BOB)
    assert "finished" in says(finished)[0]
    assert given(a_link(admin=None), BOB, actor=SAM).link.admin == BOB


def test_apps_are_refused_and_strangers_asked_about_at_the_field() -> None:
    link = at(Step.GROUP)
    for app, key in ((True, "field.person_app"), (False, "field.person_outside")):
        refused = given(link, EVE, app=app)
        assert refused.refusal
        assert refused.refusal.fields == {"person": key}
        assert refused.link == link
    assert given(link, EVE, outside="yes").link.admin == EVE
    # Our own people, guests too, are none of another organisation's; nor can be said of whom Slack shows no team.
    assert given(link, KIM).link.admin == KIM
    assert given(link, Person(user_id="U0NEW")).link.admin == Person(user_id="U0NEW")


def test_the_form_offers_the_step_alone_where_there_is_one() -> None:
    def fields(link: Link) -> set[str]:
        return {one.field.name for one in dialog(Scene(link, RULES, WORDS, NOW), Form.HAND_OVER).inputs}

    assert fields(at(Step.GROUP)) == {"person", "part", "outside"}
    assert fields(a_link()) == {"person", "part", "outside"}
    assert fields(a_link(admin=None)) == {"person", "outside"}
    assert fields(at(Step.LINKED, status=Status.LINKED)) == {"person", "outside"}


def test_whoever_holds_a_step_and_is_not_here_leaves_it_to_the_admin() -> None:
    link = given(at(Step.GROUP), BOB, part="step").link
    gone = decide(link, PersonKnown(person=BOB, present=False), NOW, RULES)
    assert gone.link.doer == ADA
    (said,) = says(gone)
    assert said.startswith("<@U0BOB> is not in this channel. Please invite them")
    assert "Handed out" not in parent(Scene(gone.link, RULES, WORDS, NOW)).text
    reminded = replace(link, nudge=Nudge(cause=Cause.STALLED, number=2, rung=0, at=NOW))
    stays = decide(reminded, PersonKnown(person=BOB, present=False), NOW, RULES)
    assert Show(slot="nudge.2") in stays.effects, "a reminder asks nobody who has left"
    assert decide(gone.link, PersonKnown(person=BOB, present=False), NOW, RULES).effects == ()
    back = decide(gone.link, PersonKnown(person=BOB), NOW, RULES)
    assert back.link.doer == BOB
    assert not says(back)
    elsewhere = replace(gone.link, step=Step.PERMISSIONS)
    assert decide(elsewhere, PersonKnown(person=BOB), NOW, RULES).effects == ()
    cancelled = replace(back.link, status=Status.CANCELLED)
    assert roles_of(cancelled, BOB) == {Role.HOLDER}


def test_our_own_people_are_told_when_an_approval_waits_for_somebody_who_has_left() -> None:
    missing = PersonKnown(person=ADA, present=False)
    never_came, left_meanwhile = a_link(), a_link(status=Status.PAUSED, approval=NOW.date())
    assert TellStaff(key="staff.gone") not in decide(never_came, missing, NOW, RULES).effects
    assert TellStaff(key="staff.gone") in decide(left_meanwhile, missing, NOW, RULES).effects


def test_a_standing_reminder_asks_for_what_is_to_be_done_now() -> None:
    """What was to be done can change without anybody moving, as when a password is forgotten after long."""
    old = NOW - timedelta(days=RULES.idle_days)
    standing_one = Nudge(cause=Cause.STALLED, number=2, rung=0, at=NOW - timedelta(hours=1))
    link = at(Step.EXPIRY, touched=old, nudge=standing_one, nudged={Cause.STALLED: NOW})
    forgot = decide(link, Woke(), NOW, RULES)
    assert not forgot.link.secrets
    assert Show(slot="nudge.2") in forgot.effects
    assert "enter the password" in nudge(Scene(forgot.link, RULES, WORDS, NOW), 2).text
    again = decide(forgot.link, Woke(), NOW, RULES)
    assert Show(slot="nudge.2") not in again.effects
    asking = changed(
        link, checking=Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(), by_hand=False), touched=NOW
    )
    assert nudge(Scene(asking, RULES, WORDS, NOW), 2).text == nudge(Scene(link, RULES, WORDS, NOW), 2).text


def left(link: Link, rules: object = RULES) -> Decision:
    return decide(link, PersonKnown(person=SAM, present=False, left=True), NOW, rules)  # type: ignore[arg-type]


def test_an_owner_who_has_left_is_followed_by_whoever_stands_in() -> None:
    followed = left(at(Step.GROUP), WITH_KIM)
    assert (followed.link.owner.user_id, followed.link.owner.team_id) == (KIM.user_id, SAM.team_id)
    assert LookUp(user_id=KIM.user_id) in followed.effects
    assert [(one.key, one.to) for one in tells(followed)] == [("staff.owner_replaced", KIM.user_id)]
    assert not tells(left(followed.link, WITH_KIM))


def test_without_one_the_team_is_asked_once_and_whoever_acts_has_it() -> None:
    asked = left(at(Step.GROUP))
    link = asked.link
    (told,) = tells(asked)
    drawn = notice(Scene(link, RULES, WORDS, NOW), told, "there")
    assert "Who takes it" in drawn.text
    assert Action.TAKE in {button.action for part in drawn.parts for button in getattr(part, "buttons", ())}
    assert not tells(left(link))
    assert [one.key for one in worries([link], NOW, RULES)] == ["ownerless"]
    assert "<@U0SAM>" not in str(dict(Scene(link, RULES, WORDS, NOW).names))
    nobody = standing(replace(link, admin=replace(ADA, present=False)), NOW)
    assert nobody.mover is Mover.OWNER
    taken = decide(link, pressing(link, Action.TAKE, KIM), NOW, RULES)
    assert taken.link.owner == KIM
    assert [one.key for one in tells(taken)] == ["staff.taken"]
    for actor in (replace(KIM, user_id="U0LEE"), KIM):
        second = decide(taken.link, pressing(taken.link, Action.TAKE, actor), NOW, RULES)
        assert second.refusal
        assert second.refusal.key == "refusal.taken"
    assert decide(link, pressing(link, Action.DONE, KIM), NOW, RULES).link.owner == KIM
    assert decide(link, pressing(link, Action.DONE, ADA), NOW, RULES).link.owner == link.owner
    assert not left(replace(link, status=Status.CANCELLED, owner=SAM)).effects


def test_what_slack_says_of_an_admin_anew_changes_nothing_when_it_is_the_same() -> None:
    link = at(Step.GROUP)
    assert decide(link, PersonKnown(person=ADA, present=True), NOW, RULES) == Decision(link=link)


def test_what_slack_says_of_the_admin_of_a_finished_link_is_kept_and_shows_nothing_new() -> None:
    link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, linked=NOW)
    moved = replace(ADA, zone="Asia/Tokyo")
    assert decide(link, PersonKnown(person=moved), NOW, RULES) == Decision(link=replace(link, admin=moved))


@pytest.mark.parametrize("person", [ADA, SAM])
def test_of_a_link_that_is_over_nobody_has_to_be_there(person: Person) -> None:
    link = a_link(step=Step.GROUP, status=Status.CANCELLED)
    assert decide(link, PersonKnown(person=person, present=False, left=True), NOW, RULES) == Decision(link=link)


def test_an_admin_who_comes_back_is_said_to_be_there_everywhere() -> None:
    gone = replace(ADA, present=False)
    for link in (at(Step.GROUP, admin=gone), replace(FINISHED, admin=gone)):
        here = decide(link, PersonKnown(person=ADA), NOW, RULES)
        assert {Show(slot="card.0"), Show(slot="parent")} <= set(here.effects)
        assert TellStaff(key="staff.gone") not in here.effects
        assert decide(here.link, PersonKnown(person=ADA), NOW, RULES).effects == ()


def test_whose_workspace_has_joined_a_grid_is_asked_about_once_more() -> None:
    link = at(Step.GROUP, holders={Step.GROUP: BOB})
    for person in (ADA, BOB):
        moved = replace(person, team_id="E0ACME")
        pressed = Pressed(actor=moved, action=Action.DONE, step=Step.GROUP, revision=1)
        refused = decide(link, pressed, NOW, RULES)
        assert refused.refusal
        assert refused.refusal.key == "refusal.looking_up"
        assert refused.effects == (LookUp(user_id=person.user_id),)
        known = decide(link, PersonKnown(person=moved), NOW, RULES).link
        assert decide(known, pressed, NOW, RULES).refusal is None
