"""What a refused sign-on and refused permissions look like: causes in order, proofs of reading and writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.modals import dialog
from flows.cards.parent import parent
from flows.cards.parts import Buttons, Part, Row, Small, Text
from flows.cards.thread_card import card
from flows.diagnosis.causes import Confidence, Hypothesis, RootCause
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Layer, Observation, Transport
from flows.diagnosis.reasons import Reason, Verdict
from flows.diagnosis.sign_on_causes import credentials_causes, credentials_facts
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.attempt import Topic
from flows.link.effects import Say, TellStaff
from flows.link.events import Action, Form, Heard, Intent, Pressed
from flows.link.setup import Account, SecretRef
from flows.link.state import Issue, Link, Status, Step
from flows.link.thread_messages import hear
from flows.permissions import Access
from flows.tenant.service_url import Environment
from flows.transitions.decide import copied, decide
from flows.words import load_words
from tests.support.links import (
    ADA,
    BOB,
    DENIED,
    ENDPOINT,
    FORBIDDEN,
    GOOD,
    INVALID,
    NOTHING,
    NOW,
    RULES,
    SAM,
    SILENT,
    a_link,
    changed,
    report,
    seen,
)

WORDS = load_words()
ACCOUNT = Account(user_name="ISU_Wintro", secret=SecretRef("s1"))
REFUSED = conclude(report(CheckKind.LOGIN, login=INVALID))


def refused(pasted: SignOnCause | None = None, due: date | None = None, **changes: object) -> Link:
    facts = credentials_facts("ISU_Wintro", ENDPOINT, None, NOW - timedelta(days=9), due, NOW)
    likely = credentials_causes(facts, pasted=pasted)
    values = {"step": Step.ISU, "endpoint": ENDPOINT, "account": ACCOUNT, "trouble": REFUSED, "likely": likely}
    return a_link(**{**values, **changes})


def scene(link: Link) -> Scene:
    return Scene(link, RULES, WORDS, NOW)


def rows(link: Link) -> list[str]:
    return [part.text for part in card(scene(link), 0).parts if isinstance(part, Row)]


def evidence_of(link: Link) -> list[str]:
    return [line for part in dialog(scene(link), Form.EVIDENCE).parts for line in part_text(part).splitlines()]


def part_text(part: Part) -> str:
    return part.text if isinstance(part, Text) else ""


def buttons(link: Link) -> list[tuple[str, str]]:
    found = [part.buttons for part in card(scene(link), 0).parts if isinstance(part, Buttons)]
    return [(button.action, button.value) for group in found for button in group]


def test_causes_are_numbered_and_say_what_speaks_for_them() -> None:
    shown = rows(refused())
    assert [line[:2] for line in shown] == [f"{number}." for number in range(1, len(shown) + 1)]
    assert not [line for line in shown if "name's form" in line]
    assert not [line for line in shown if "Likely, because" in line]
    ended = rows(refused(due=NOW.date()))[0]
    assert ended.startswith("1. *Locked or expired.*")
    assert "the password was due on Mon 23 Nov 2026" in ended
    # Nothing known: all the usual ones, none of the unusual.
    assert len(rows(refused(likely=()))) == 5


def test_a_sure_cause_stands_alone() -> None:
    link = refused(SignOnCause.LOCKED)
    (line,) = rows(link)
    assert line.startswith("*Locked")
    texts = [part.text for part in card(scene(link), 0).parts if isinstance(part, Text)]
    assert any("Workday says" in text for text in texts)
    smalls = [part.text for part in card(scene(link), 0).parts if isinstance(part, Small)]
    assert not any("paste the newest row" in text for text in smalls)


def test_at_the_policy_step_the_new_rule_is_looked_at_first() -> None:
    first = rows(refused(step=Step.AUTH_POLICY))[0]
    assert "Activate All Pending Authentication Policy Changes" in first
    assert rows(refused())[0] != first


def test_one_tap_leads_through_the_causes_and_ends() -> None:
    link, seen = refused(help=Topic.RETYPE), []
    while following := [value for action, value in buttons(link) if action == Action.HELP and value]:
        seen.append(following[0])
        link = changed(link, help=Topic(following[0]))
    assert seen == ["locked", "flags", "policy"]


WRITES: dict[str, dict[str, Any]] = {
    "granted": {"http_status": 500, "fault_code": "x.validationError", "fault_text": "'X' is not a valid ID value"},
    "denied": DENIED,
    "not taken": {
        "http_status": 500,
        "fault_code": "SOAP-ENV:Client.validationError",
        "fault_text": "Element Content 'Move_Candidate_Data' is required",
    },
}


@pytest.mark.parametrize(
    ("write", "verdict"), [(None, "✓ granted to read"), ("granted", "✓ granted"), ("denied", "✗ reads, can't write")]
)
def test_reading_and_writing_are_told_apart(write: str | None, verdict: str) -> None:
    asked = RULES.permissions.rows("recruiting")
    told = report(CheckKind.PERMISSIONS, rows=(GOOD, GOOD, NOTHING))
    granted = conclude(told, asked).ids(Verdict.GRANTED)
    both = {row.id for row in asked if row.access is Access.GET_AND_PUT and row.id in granted}
    assert both
    if write:
        writes = tuple(seen(Layer.PERMISSION, row, write=True, **WRITES[write]) for row in both)
        told = replace(told, observations=(*told.observations, *writes))
    link = a_link(
        step=Step.ACTIVATION,
        endpoint=ENDPOINT,
        account=ACCOUNT,
        trouble=conclude(told, asked),
        seen=told.observations,
    )
    drawn = card(scene(link), 0)
    policies = {row.policy for row in asked if row.id in both}
    shown = [line.split(" · ") for line in evidence_of(link) if line.endswith(" · Get and Put")]
    assert {said for said, policy, _ in shown if policy in policies} == {verdict}
    told_so = "reading works" in " ".join(part.text for part in drawn.parts if isinstance(part, Text))
    assert told_so is (write == "denied")


HELD: dict[str, Any] = {**SILENT, "transport": Transport.HELD_BACK}


def test_a_write_that_workday_did_not_take_is_not_proved_and_says_why() -> None:
    rows = RULES.permissions.rows("recruiting")
    policy = "Candidate Data: Personal Information"
    told = report(CheckKind.PERMISSIONS)
    write = seen(Layer.PERMISSION, "candidate-personal-information", write=True, **WRITES["not taken"])
    told = replace(told, observations=(*told.observations, write))
    found = conclude(told, rows)
    link = a_link(step=Step.PERMISSIONS, endpoint=ENDPOINT, account=ACCOUNT, matrix=found, seen=told.observations)
    assert found.ok
    assert "candidate-personal-information" not in found.ids(Verdict.GRANTED)
    (line,) = (line for line in evidence_of(link) if policy in line and "Get and Put" in line)
    assert line.startswith("· reads; writing not proved")
    assert "Element Content 'Move_Candidate_Data' is required" in line
    link = changed(link, account=replace(ACCOUNT, proved=True), cards=(Step.ACTIVATION, Step.LINKED), step=Step.LINKED)
    (done,) = (part.text for part in card(scene(link), 0).parts if isinstance(part, Text))
    assert f"Not proved, because Workday did not take my question: {policy}." in done


def test_a_write_that_was_held_back_says_so_and_when_it_is_asked() -> None:
    rows, policy = RULES.permissions.rows("recruiting"), "Candidate Data: Personal Information"
    told = report(CheckKind.PERMISSIONS)
    held = seen(Layer.PERMISSION, "candidate-personal-information", write=True, **HELD)
    told = replace(told, observations=(*told.observations, held))
    found = conclude(told, rows)
    link = a_link(step=Step.PERMISSIONS, endpoint=ENDPOINT, account=ACCOUNT, matrix=found, seen=told.observations)
    assert found.ok
    (line,) = (line for line in evidence_of(link) if policy in line and "Get and Put" in line)
    assert line.startswith("· reads; writing not proved")
    assert "it had to refuse many of my questions" in line
    link = changed(link, account=replace(ACCOUNT, proved=True), cards=(Step.ACTIVATION, Step.LINKED), step=Step.LINKED)
    (done,) = (part.text for part in card(scene(link), 0).parts if isinstance(part, Text))
    assert f"Not asked yet whether I may write, so that Workday is not asked too much in one hour: {policy}." in done
    assert "did not take" not in done


def test_the_evidence_speaks_only_of_what_the_last_check_asked() -> None:
    matrix = conclude(report(CheckKind.PERMISSIONS), RULES.permissions.rows("recruiting", absence=True))
    link = a_link(step=Step.API_CLIENT, endpoint=ENDPOINT, account=ACCOUNT, absence=True, matrix=matrix)
    signed_in = changed(link, seen=report(CheckKind.LOGIN).observations)
    assert len(evidence_of(signed_in)) == 2
    over_rest = evidence_of(changed(link, seen=report(CheckKind.API, absence=True).observations))
    assert len([line for line in over_rest if line.startswith("✓ granted ·")]) == 4
    assert not [line for line in over_rest if "Get Only" in line or "not asked" in line]
    names = {row.id: row.policy for row in RULES.permissions.rows("recruiting", absence=True)}
    requests = [line for line in over_rest if line.startswith("Ask_rest")]
    assert requests
    assert all(f" · {names[one.probe]} · " in line for one, line in zip(_rest(), requests, strict=True))


def _rest() -> list[Observation]:
    return [one for one in report(CheckKind.API, absence=True).observations if one.probe]


def test_a_row_that_was_just_asked_is_never_called_not_asked() -> None:
    moving = "move-candidate"
    told = (seen(Layer.LOGIN), seen(Layer.PERMISSION, moving, write=True, **WRITES["granted"]))
    link = a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT, seen=told)
    lines = [line for line in evidence_of(link) if "Move Candidate" in line]
    assert [line.partition(" · ")[0] for line in lines] == ["✓ granted", f"Ask_{Layer.PERMISSION}"]
    (unasked,) = (line for line in evidence_of(link) if "Job Postings (Internal)" in line)
    assert unasked.startswith("· not asked")
    assert unasked.endswith("cannot be told from the other.")
    (cut,) = (line for line in evidence_of(link) if "Manage: Location" in line)
    assert cut.endswith("The check ended before it.")


@pytest.mark.parametrize("form", [Form.EVIDENCE, Form.PICTURES])
def test_what_is_only_read_has_one_way_to_close(form: Form) -> None:
    drawn = dialog(scene(a_link(step=Step.ISU)), form)
    assert (drawn.submit, drawn.close) == ("", "Close")


def test_writes_are_switched_on_and_off_and_never_twice() -> None:
    link = a_link(step=Step.GROUP)
    press = Pressed(actor=SAM, action=Action.ASK_WRITES, step=Step.GROUP, revision=1, value="on")
    on = decide(link, press, NOW, RULES)
    assert on.link.writes
    assert Say(key="say.writes_on") in on.effects
    assert decide(on.link, press, NOW, RULES).refusal
    off = decide(on.link, replace(press, value=""), NOW, RULES)
    assert not off.link.writes

    def offered(link: Link) -> list[str]:
        buttons = [one for part in parent(scene(link)).parts if isinstance(part, Buttons) for one in part.buttons]
        assert all(one.only == (SAM.user_id,) for one in buttons if one.action is Action.ASK_WRITES)
        return [button.text for button in buttons if button.action is Action.ASK_WRITES]

    assert offered(link) == ["Ask about writing, too"]
    assert offered(on.link) == ["Don't ask about writing"]
    assert offered(changed(link, profile="hris")) == []


def test_a_question_of_the_admins_is_handed_on_once_in_a_talk() -> None:
    link = a_link(step=Step.GROUP)
    assert hear("It looks like this", link, BOB, has_picture=True) is None
    assert hear("It looks like this", link, ADA) is None
    for heard in (hear("It looks like this", link, ADA, has_picture=True), hear("Which task is it?", link, ADA)):
        assert heard == Heard(actor=ADA, intent=Intent.QUESTION)
    asked = decide(link, Heard(actor=ADA, intent=Intent.QUESTION), NOW, RULES)
    assert [type(effect) for effect in asked.effects] == [Say, TellStaff]
    again = Heard(actor=ADA, intent=Intent.QUESTION)
    assert decide(asked.link, again, NOW + timedelta(hours=1), RULES).effects == ()
    other = decide(asked.link, replace(again, question="safe"), NOW + timedelta(hours=3), RULES)
    assert decide(other.link, again, NOW + timedelta(hours=5), RULES).effects == (), "it is the same talk"
    assert decide(other.link, again, NOW + timedelta(hours=8), RULES).effects == asked.effects


def test_a_copy_holds_the_answers_and_no_secret() -> None:
    link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, absence=True, writes=True)
    new = copied(link, "l2", Environment.PRODUCTION, NOW)
    assert (new.id, new.setup.environment, new.isu) == ("l2", Environment.PRODUCTION, "ISU_Wintro")
    assert (new.customer, new.setup.profile, new.setup.absence, new.writes, new.admin) == (
        "Acme",
        "recruiting",
        True,
        True,
        ADA,
    )
    assert (new.secrets, new.setup.account, new.setup.endpoint, new.step) == (frozenset(), None, None, Step.WELCOME)
    assert copied(changed(link, account=None, isu="ISU_X"), "l3", Environment.PREVIEW, NOW).isu == "ISU_X"


def test_a_sandbox_says_that_it_is_copied_over() -> None:
    def smalls(step: Step, environment: Environment) -> str:
        link = a_link(step=step, endpoint=ENDPOINT, environment=environment, linked=NOW)
        return " ".join(part.text for part in card(scene(link), 0).parts if isinstance(part, Small))

    assert "copies production over it" in smalls(Step.ISU, Environment.SANDBOX)
    assert "copies production over it" in smalls(Step.LINKED, Environment.SANDBOX)
    assert "copies production over it" not in smalls(Step.GROUP, Environment.SANDBOX)
    assert "copies production over it" not in smalls(Step.ISU, Environment.PRODUCTION)
    link = a_link(step=Step.LINKED, status=Status.LINKED, linked=NOW, environment=Environment.PRODUCTION)
    assert [action for action, _ in buttons(link)] == [Action.EVIDENCE, Action.SHEET]


def test_a_sign_on_that_explains_nothing_here_is_only_answered() -> None:
    link = a_link(step=Step.GROUP)
    heard = Heard(actor=ADA, intent=Intent.SIGN_ON, sign_on=SignOnCause.LOCKED)
    assert decide(link, heard, NOW, RULES).link == link


def test_a_cause_that_is_none_of_a_sign_on_has_no_line_on_its_card() -> None:
    other = Hypothesis(cause=RootCause.NOT_ACTIVATED, confidence=Confidence.LIKELY)
    assert rows(refused(likely=(other,))) == rows(refused(likely=()))


@pytest.mark.parametrize(
    ("soap", "rest", "names_scopes"),
    [(GOOD, (FORBIDDEN, GOOD), True), (DENIED, (FORBIDDEN, GOOD), False), (DENIED, (GOOD,), False)],
)
@pytest.mark.parametrize("is_linked", [True, False])
def test_what_rest_alone_refuses_may_lack_a_scope(
    soap: dict[str, Any],
    rest: tuple[dict[str, Any], ...],
    names_scopes: bool,  # noqa: FBT001
    is_linked: bool,  # noqa: FBT001
) -> None:
    told = report(CheckKind.FULL, absence=True, rows=(GOOD, soap), rest=rest)
    found = conclude(told, RULES.permissions.rows("recruiting", absence=True))
    assert found.reason is Reason.PERMISSIONS_MISSING
    issue = Issue(reason=found.reason, first_seen=NOW, last_seen=NOW)
    known: dict[str, Any] = {"endpoint": ENDPOINT, "account": ACCOUNT, "absence": True, "matrix": found}
    linked = a_link(step=Step.LINKED, status=Status.LINKED, linked=NOW, issue=issue, **known)
    link = linked if is_linked else a_link(step=Step.CHECK, trouble=found, **known)
    drawn = "\n".join(part_text(part) for part in card(scene(link), 0).parts)
    assert ("the client has the scopes" in drawn) is names_scopes
    assert ("'s list, the access too" in drawn) is not names_scopes
