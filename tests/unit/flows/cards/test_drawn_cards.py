"""What people read and may press, state by state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.messages import overheard, said, told, whispered
from flows.cards.modals import dialog, start_dialog
from flows.cards.parent import parent
from flows.cards.parts import Button, Buttons, Card, Copy, Heading, Row, Small, Text
from flows.cards.placeholders import scopes_of, slug, took
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card
from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind, Layer
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking, Hitch, Recheck, Topic
from flows.link.effects import Say, TellStaff, Whisper
from flows.link.events import Form
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Cause, Last, Link, Nudge, Outcome, Status, Step
from flows.permissions import Access, Permissions, load_permissions
from flows.tenant.service_url import Environment
from flows.words import load_words
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    FORBIDDEN,
    GOOD,
    INVALID,
    KIM,
    NO_CLIENT,
    NOTHING,
    NOW,
    RULES,
    SAM,
    SILENT,
    a_link,
    a_setup,
    changed,
    report,
    seen,
)

WORDS = load_words()
ALL_BUT_ONE = frozenset(row.id for row in RULES.permissions.rows("recruiting")) - {"integration-build"}
GET_AND_PUT = frozenset(row.id for row in RULES.permissions.rows("recruiting") if row.access is Access.GET_AND_PUT)
UNPROVED = replace(ACCOUNT, proved=False)


def scene_of(link: Link) -> Scene:
    return Scene(link, RULES, WORDS, NOW)


def texts(drawn: Card) -> str:
    lines = [part.text for part in drawn.parts if isinstance(part, Heading | Text | Small | Row | Copy)]
    return "\n".join(lines)


def buttons(drawn: Card) -> list[Button]:
    found = [button for part in drawn.parts if isinstance(part, Buttons) for button in part.buttons]
    return found + [part.button for part in drawn.parts if isinstance(part, Row)]


def labels(drawn: Card) -> list[str]:
    return [button.text for button in buttons(drawn)]


def finding(kind: CheckKind, *, absence: bool = False, **answers: Any) -> Finding:  # noqa: ANN401
    rows = RULES.permissions.rows("recruiting", absence=absence)
    return conclude(report(kind, absence=absence, **answers), rows)


def checking(kind: CheckKind) -> Checking:
    return Checking(id="l1.2", kind=kind, since=NOW, endpoints=(ENDPOINT,))


@pytest.mark.parametrize(
    ("changes", "reads", "presses"),
    [
        ({}, "asks you to connect Acme's Workday", ["I can do this: start", "Someone else is our admin"]),
        ({"step": Step.SERVICE_URL}, "View API Clients", ["Paste the URL", "Back", "I'm stuck"]),
        ({"step": Step.SERVICE_URL, "offer": ENDPOINT}, ENDPOINT.host, ["Yes, use it", "No, paste another"]),
        ({"step": Step.ISU}, "ISU_Wintro", ["Enter user name and password"]),
        ({"step": Step.EXPIRY, "account": ACCOUNT}, "Maintain Password Rules", ["I've exempted it", "I don't know"]),
        ({"step": Step.GROUP}, "ISSG_Wintro", ["Group created, user added"]),
        ({"step": Step.PERMISSIONS}, "*Get and Put* for these 5 policies", ["Added", "All saved: next"]),
        ({"step": Step.PERMISSIONS, "ticked": GET_AND_PUT}, "✓ *Get and Put* · 5 added", ["Added", "Undo"]),
        ({"step": Step.PERMISSIONS, "ticked": ALL_BUT_ONE}, "Integration Build", ["Added"]),
        (
            {"step": Step.ACTIVATION, "account": ACCOUNT},
            "Permissions for the Wintro integration (ISSG_Wintro)",
            ["Activated: check"],
        ),
        (
            {"step": Step.ACTIVATION, "account": UNPROVED, "policy_needed": True},
            "saved but not active",
            ["Activated: go on"],
        ),
        ({"step": Step.AUTH_POLICY, "policy_needed": True}, "above the broader rules", ["Activated: check"]),
        ({"step": Step.API_CLIENT, "absence": True}, "Time Off and Leave", ["Enter the three values"]),
        ({"step": Step.CHECK}, "One last check", ["Check again", "Back"]),
        ({"step": Step.LINKED, "status": Status.LINKED, "linked": NOW}, "is linked", ["Show what you saw"]),
        ({"step": Step.ISU, "checking": checking(CheckKind.LOGIN)}, "Checking with Workday", ["Back"]),
        (
            {"step": Step.LINKED, "status": Status.LINKED, "linked": NOW, "checking": checking(CheckKind.LOGIN)},
            "Checking with Workday",
            [],
        ),
        ({"step": Step.ISU, "burnt": True}, "was posted in this thread", ["Enter the new password"]),
        (
            {"step": Step.LINKED, "status": Status.LINKED, "linked": NOW, "burnt": True},
            "The link works on until then",
            ["Enter the new password"],
        ),
        ({"step": Step.ISU, "status": Status.PAUSED}, "Everything is kept", ["Continue where we stopped"]),
        ({"step": Step.ISU, "status": Status.CANCELLED}, "I keep no password and no key", []),
        ({"step": Step.ISU, "hitch": Hitch.INTERRUPTED}, "interrupted on our side", ["Check again"]),
        (
            {"step": Step.ISU, "hitch": Hitch.COOLING, "cooling_until": NOW},
            "so that Workday doesn't lock it",
            ["Enter it again"],
        ),
        ({"step": Step.SERVICE_URL, "hitch": Hitch.RIVAL}, "linked already, or being linked", ["Enter it again"]),
        ({"step": Step.CHECK, "hitch": Hitch.RIVAL}, "linked already, or being linked", ["Check again"]),
        ({"step": Step.ISU, "help": Topic.STUCK}, "What is in the way?", ["I can't see this task"]),
        ({"step": Step.ISU, "help": Topic.NO_TASK}, "Integration Security", ["Hand over", "Back to the step"]),
        ({"step": Step.SERVICE_URL, "help": Topic.WDSL}, "Public Web Services", ["Paste the URL"]),
        (
            {"step": Step.PERMISSIONS, "help": Topic.NO_POLICY},
            "Maintain Functional Areas",
            ["Go on without", "Back to the step"],
        ),
        ({"step": Step.ISU, "help": Topic.FLAGS}, "Account Disabled", ["Try the same password"]),
        ({"step": Step.ISU, "help": Topic.LOCKED}, "Signons and Attempted Signons", ["Enter it again"]),
        ({"step": Step.ISU, "help": Topic.POLICY}, "I come back to this", ["We have such a policy"]),
        ({"step": Step.ACTIVATION, "help": Topic.POLICY}, "I show you how", ["We have such a policy"]),
        ({"step": Step.ACTIVATION, "help": Topic.MEMBERSHIP}, "View Security Group", ["Check again"]),
    ],
)
def test_the_live_card(changes: dict[str, Any], reads: str, presses: list[str]) -> None:
    drawn = card(scene_of(a_link(**changes)), 0)
    assert reads in texts(drawn)
    assert [label for label in presses if label not in labels(drawn)] == []
    assert bool(buttons(drawn)) == bool(presses)
    assert drawn.text
    assert sum(button.primary for button in buttons(drawn)) <= 2


def test_a_policy_is_put_off_only_where_it_comes_later() -> None:
    drawn = card(scene_of(a_link(step=Step.SERVICE_URL, help=Topic.POLICY)), 0)
    assert "We have such a policy" not in labels(drawn)
    assert "Back to the step" in labels(drawn)


@pytest.mark.parametrize(
    ("step", "found", "reads", "presses"),
    [
        (Step.SERVICE_URL, finding(CheckKind.REACH, login=SILENT), "not answering", ["Check again"]),
        (
            Step.SERVICE_URL,
            finding(CheckKind.REACH, login={"http_status": 302}),
            "another page",
            ["Paste the URL"],
        ),
        (Step.ACTIVATION, finding(CheckKind.REACH, login={"http_status": 302}), "another page", ["Check again"]),
        (Step.ISU, finding(CheckKind.LOGIN, login=INVALID), "quickest first", ["Enter it again", "Show me"]),
        (Step.ACTIVATION, finding(CheckKind.PERMISSIONS, rows=(DENIED,)), "refuses every", ["Check again"]),
        (Step.ACTIVATION, finding(CheckKind.PERMISSIONS, rows=(GOOD, DENIED)), "refused", ["Check again"]),
        (
            Step.ACTIVATION,
            finding(CheckKind.PERMISSIONS, rows=(GOOD, NOTHING)),
            "came without Name_Data",
            ["No such data yet: go on"],
        ),
        (Step.API_CLIENT, finding(CheckKind.API, absence=True, token=NO_CLIENT), "invalid_client", ["Enter it again"]),
        (
            Step.API_CLIENT,
            finding(CheckKind.API, absence=True, rest=(FORBIDDEN,)),
            "refused it some of the data",
            ["Check again"],
        ),
    ],
)
def test_a_card_in_trouble(step: Step, found: Finding, reads: str, presses: list[str]) -> None:
    link = a_link(step=step, absence=True, account=ACCOUNT, endpoint=ENDPOINT, trouble=found)
    drawn = card(scene_of(link), 0)
    assert reads in texts(drawn)
    assert "not yet" in texts(drawn)
    assert [label for label in presses if label not in labels(drawn)] == []
    assert "Show what you saw" in labels(drawn)


def test_missing_permissions_stand_on_the_card_and_all_in_the_evidence() -> None:
    found = finding(CheckKind.PERMISSIONS, rows=(GOOD, GOOD, DENIED))
    recheck = Recheck(since=NOW, attempt=1, at=NOW + timedelta(minutes=2))
    told = report(CheckKind.PERMISSIONS, rows=(GOOD, GOOD, DENIED)).observations
    link = a_link(step=Step.ACTIVATION, account=ACCOUNT, trouble=found, before=2, recheck=recheck, seen=told)
    drawn = card(scene_of(link), 0)
    pages = [part.text for part in dialog(scene_of(link), Form.EVIDENCE).parts if isinstance(part, Text)]
    rows = [line.rsplit(" · ") for page in pages for line in page.splitlines() if line[:2] in {"✓ ", "✗ ", "· "}]
    assert len(rows) == found.total
    assert {line.partition(" ·")[0] for line in (row[0] for row in rows)} >= {
        "✓ granted",
        "✓ granted to read",
        "✗ refused",
    }
    assert "granted to read" not in texts(drawn)
    assert f"2 → {found.granted} of {found.askable} granted" in texts(drawn)
    assert "I'll check again" in texts(drawn)
    assert "The task submitted is not authorized." in texts(drawn)
    same = card(scene_of(changed(link, before=None)), 0)
    assert "→" not in texts(same)


def test_many_refused_rows_are_cut_short() -> None:
    found = finding(CheckKind.FULL, absence=True, rows=(DENIED,) * 9 + (GOOD,), rest=(FORBIDDEN,))
    drawn = card(scene_of(a_link(step=Step.CHECK, absence=True, account=ACCOUNT, trouble=found)), 0)
    assert "more" in texts(drawn)


def test_the_card_says_what_is_most_likely_and_why() -> None:
    facts = (Fact(name=FactName.ALL_DENIED, names={"count": "10"}), Fact(name=FactName.LOGIN_FINE))
    likely = Hypothesis(cause=RootCause.NOT_ACTIVATED, confidence=Confidence.LIKELY, because=facts)
    found = finding(CheckKind.PERMISSIONS, rows=(DENIED,))
    drawn = card(scene_of(a_link(step=Step.ACTIVATION, account=ACCOUNT, trouble=found, likely=(likely,))), 0)
    assert "*Most likely:* the changes are saved, but *not active yet*." in texts(drawn)
    assert "Because all 10 are refused and the sign-in works." in texts(drawn)


def test_an_outage_at_the_weekend_names_the_hour() -> None:
    saturday = NOW + timedelta(days=5)
    link = a_link(
        step=Step.SERVICE_URL, environment=ENDPOINT.environment, trouble=finding(CheckKind.REACH, login=SILENT)
    )
    drawn = card(Scene(link, RULES, WORDS, saturday), 0)
    assert "usually closed until" in texts(drawn)


@pytest.mark.parametrize(
    ("cards", "changes", "line"),
    [
        ((Step.WELCOME, Step.ISU), {}, "✓ *Welcome* · Started by <@U0ADA>"),
        ((Step.ISU, Step.ISU), {}, "↓ *Integration user* · continues below"),
        ((Step.SERVICE_URL, Step.SERVICE_URL, Step.ISU), {}, "↺ *Service URL* · answered again below"),
        ((Step.PERMISSIONS, Step.ISU), {}, "↺ *Permissions* · left to do an earlier step again"),
        ((Step.AUTH_POLICY, Step.API_CLIENT), {"absence": True}, "· *Authentication policy* · not needed now"),
        ((Step.ISU, Step.GROUP), {"account": ACCOUNT}, "✓ *Integration user* · Workday accepted ISU_Wintro"),
        ((Step.ISU, Step.GROUP), {"account": UNPROVED}, "✓ *Integration user* · ISU_Wintro is entered"),
        ((Step.EXPIRY, Step.GROUP), {"expiry": Expiry(kind=ExpiryKind.EXEMPT)}, "is exempt from expiry"),
        ((Step.EXPIRY, Step.GROUP), {}, "Not known yet"),
        ((Step.ACTIVATION, Step.CHECK), {"matrix": finding(CheckKind.PERMISSIONS)}, "4 more can't be seen"),
        (
            (Step.ACTIVATION, Step.CHECK),
            {"matrix": replace(finding(CheckKind.PERMISSIONS), rows=(), total=0)},
            "permissions it lets me ask about.",
        ),
        ((Step.ACTIVATION, Step.CHECK), {}, "checked after the authentication policy"),
    ],
)
def test_a_finished_card_is_one_line(cards: tuple[Step, ...], changes: dict[str, Any], line: str) -> None:
    drawn = card(scene_of(a_link(step=cards[-1], cards=cards, **changes)), 0)
    assert line in drawn.text
    assert buttons(drawn) == []


@pytest.mark.parametrize(
    ("changes", "reads", "presses"),
    [
        ({}, "Environment and service URL not known yet", ["Continue", "Hand over"]),
        ({"environment": Environment.SANDBOX}, "Sandbox* · service URL not known yet", ["Continue", "Hand over"]),
        (
            {"step": Step.ISU, "endpoint": ENDPOINT, "last": Last(key="handed_over", at=NOW, names={"person": "U9"})},
            "Last: handed over to <@U9>",
            ["Continue", "Hand over"],
        ),
        (
            {"step": Step.GROUP, "last": Last(key="step", at=NOW, names={"step": "expiry"})},
            "*Password expiry* done",
            ["Continue"],
        ),
        ({"step": Step.ISU, "checking": checking(CheckKind.LOGIN)}, "Workday is being asked", ["Continue"]),
        ({"step": Step.AUTH_POLICY}, "7 of 7", ["Continue"]),
        ({"step": Step.ISU, "status": Status.PAUSED}, "Paused", ["Continue where we stopped"]),
        ({"step": Step.LINKED, "status": Status.PAUSED}, "Paused", []),
        ({"step": Step.ISU, "status": Status.CANCELLED}, "Ended", []),
        (
            {
                "step": Step.LINKED,
                "status": Status.LINKED,
                "linked": NOW,
                "expiry": Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 11, 1)),
            },
            "password set to expire on Sat 30 Jan 2027",
            [],
        ),
        ({"admin": None}, "whoever manages Workday at Acme, press the start button", ["Continue"]),
    ],
)
def test_the_parent_message(changes: dict[str, Any], reads: str, presses: list[str]) -> None:
    drawn = parent(scene_of(a_link(**changes)))
    assert reads in texts(drawn)
    assert labels(drawn)[: len(presses)] == presses
    assert (drawn.menu is None) == (changes.get("status") is Status.CANCELLED)


@pytest.mark.parametrize(
    ("changes", "number", "reads"),
    [
        ({"nudge": Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW)}, 0, "waits for you"),
        ({"nudge": Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW), "status": Status.PAUSED}, 0, "Is it time"),
        (
            {
                "nudge": Nudge(cause=Cause.ACTIVATION, number=0, rung=0, at=NOW),
                "trouble": finding(CheckKind.PERMISSIONS, rows=(DENIED,)),
            },
            0,
            "10 permissions of ISU_Wintro still do not work",
        ),
        (
            {
                "nudge": Nudge(cause=Cause.PASSWORD, number=2, rung=0, at=NOW),
                "expiry": Expiry(kind=ExpiryKind.POLICY, days=30, set_on=date(2026, 11, 1)),
            },
            2,
            "expires on Tue 1 Dec 2026",
        ),
        (
            {
                "nudge": Nudge(cause=Cause.PASSWORD, number=2, rung=0, at=NOW),
                "expiry": Expiry(kind=ExpiryKind.POLICY, days=22, set_on=date(2026, 11, 1)),
            },
            2,
            "expires on Mon 23 Nov 2026",
        ),
        (
            {
                "nudge": Nudge(cause=Cause.PASSWORD, number=2, rung=0, at=NOW),
                "expiry": Expiry(kind=ExpiryKind.POLICY, days=2, set_on=date(2026, 11, 1)),
            },
            2,
            "was to expire on",
        ),
        (
            {"nudge": Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW), "admin": replace(ADA, present=False)},
            0,
            "has left or is not in this channel",
        ),
        ({"nudge": Nudge(cause=Cause.PASSWORD, number=1, rung=0, at=NOW, outcome=Outcome.PROVED)}, 1, "accepted"),
        ({"nudge": Nudge(cause=Cause.PASSWORD, number=1, rung=0, at=NOW, outcome=Outcome.EXPIRED)}, 1, "has ended"),
        (
            {
                "nudge": Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW, outcome=Outcome.SNOOZED),
                "snoozed_until": NOW + timedelta(days=1),
            },
            0,
            "set aside until",
        ),
    ],
)
def test_a_reminder(changes: dict[str, Any], number: int, reads: str) -> None:
    assert reads in nudge(scene_of(a_link(**changes)), number).text


def test_a_reminder_that_a_newer_one_follows_has_nothing_to_say_any_more() -> None:
    followed = a_link(nudge=Nudge(cause=Cause.PASSWORD, number=1, rung=0, at=NOW))
    assert nudge(scene_of(followed), 1).parts
    assert not nudge(scene_of(followed), 0).parts


@pytest.mark.parametrize("form", Form)
def test_every_modal_has_its_fields_and_no_secret_filled_in(form: Form) -> None:
    if form is Form.START:
        drawn = start_dialog(WORDS, RULES, "Acme")
    else:
        drawn = dialog(scene_of(a_link(step=Step.ISU, account=ACCOUNT, endpoint=ENDPOINT)), form)
    assert drawn.title
    assert all(field.initial == "" for field in drawn.inputs if field.field.kind == "secret")


def test_the_start_modal_offers_absence_only_where_there_is_a_profile_for_it() -> None:
    with_it = start_dialog(WORDS, RULES, "")
    assert "absence" in {field.field.name for field in with_it.inputs}
    profiles = {name: row for name, row in load_permissions().profiles.items() if name != "absence"}
    without = start_dialog(WORDS, replace(RULES, permissions=Permissions(profiles=profiles)), "Acme")
    assert "absence" not in {field.field.name for field in without.inputs}


def test_the_evidence_is_the_last_check_request_by_request() -> None:
    link = a_link(
        step=Step.ACTIVATION, seen=(seen(Layer.LOGIN, **INVALID), seen(Layer.PERMISSION, "workers", **DENIED))
    )
    shown = "\n".join(part.text for part in dialog(scene_of(link), Form.EVIDENCE).parts if isinstance(part, Text))
    assert "HTTP 500 · invalid username or password" in shown
    assert "workers · HTTP 500" in shown
    empty = dialog(scene_of(a_link()), Form.EVIDENCE)
    assert any("No check has been made" in part.text for part in empty.parts if isinstance(part, Text))


@pytest.mark.parametrize(
    ("effect", "reads"),
    [
        (Say(key="say.handed_over", names={"person": KIM.user_id}), "<@U0KIM>, this is yours from now on"),
        (Say(key=f"reason.{Reason.INVALID_CREDENTIALS}.chat"), "A slip"),
        (Say(key=f"reason.{Reason.NOT_AUTHORIZED}.chat"), "not active yet"),
        (Say(key="signon.locked"), "*locked*"),
    ],
)
def test_sayings(effect: Say, reads: str) -> None:
    assert reads in texts(said(scene_of(a_link(endpoint=ENDPOINT)), effect))


def test_whispers_and_their_fallback() -> None:
    effect = Whisper(person=ADA, key="whisper.secret")
    assert "I have not kept it" in whispered(scene_of(a_link()), effect)
    assert "<@U0ADA>" in overheard(scene_of(a_link()), effect)
    ended = overheard(scene_of(a_link()), replace(effect, key="whisper.secret_ended"))
    assert "this link is over" in ended
    assert "card" not in ended
    of_key = replace(effect, key="whisper.secret_key")
    assert "if that was its own key" in whispered(scene_of(a_link()), of_key)
    assert "if that was its own key" in overheard(scene_of(a_link()), of_key)


def test_staff_are_told_with_the_evidence() -> None:
    effect = TellStaff(key="staff.unknown_answer")
    found = finding(CheckKind.LOGIN, login=INVALID)
    assert "`Ask_login · 500 · invalid username or password · soap-authentication-text" in told(
        scene_of(a_link(trouble=found)), effect, "https://x"
    )
    called = told(scene_of(a_link()), TellStaff(key="staff.called"), "https://x")
    assert "*Welcome*. Workday has refused nothing there. Press" in called, "what is not there is not quoted"


def test_names() -> None:
    assert slug("Wintro, Inc.") == "Wintro_Inc"
    assert slug("…") == "Integration"
    assert scopes_of(a_link(), RULES) == ()
    assert "Staffing" in scopes_of(a_link(absence=True), RULES)
    assert [took(a_link(linked=NOW + timedelta(minutes=n)), WORDS) for n in (0, 9, 300, 4000)] == [
        "1 minute",
        "9 minutes",
        "5 hours",
        "2 days",
    ]
    assert SAM.team_id == a_link().team_id


@pytest.mark.parametrize(("before", "says"), [({}, True), ({"burnt": True}, False), ({"burnt_client": True}, False)])
def test_the_parent_says_that_the_set_up_from_before_stays_in_use(before: dict[str, Any], *, says: bool) -> None:
    link = a_link(step=Step.ISU, endpoint=ENDPOINT, previous=a_setup(endpoint=ENDPOINT, account=ACCOUNT, **before))
    assert ("stays in use" in texts(parent(scene_of(link)))) is says
    assert "stays in use" not in texts(parent(scene_of(replace(link, status=Status.CANCELLED))))
    assert "stays in use" not in texts(parent(scene_of(replace(link, previous=None))))
