"""Whatever happens to a link, in whatever order, at whatever time: the invariants of its decisions hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows import decide, start
from flows.cards.context import Scene
from flows.cards.messages import said, whispered
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Owner, Reason
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.access.reading import refusal
from flows.link.effects import Decision, LookUp, RunCheck, Say, Show, TellStaff, Whisper
from flows.link.events import (
    Action,
    CallLost,
    ChannelMoved,
    CheckBroken,
    CheckFinished,
    CheckRefused,
    Event,
    Form,
    Heard,
    Intent,
    PersonKnown,
    Pressed,
    Reachable,
    Submitted,
    Undeliverable,
    Woke,
)
from flows.link.forms import ONE_STEP, WHOLE
from flows.link.rulebook import Rulebook
from flows.link.setup import SecretRef
from flows.link.standing import Mover, has_expired, standing
from flows.link.state import Cause, Link, Nudge, Outcome, Person, Status, Step
from flows.replacing import replace
from flows.schedule.office_hours import waiting_on, zone_of
from flows.schedule.reminders import RECHECKS, next_due
from flows.schedule.wakeups import cooled_at, next_health, next_wake
from flows.talk.common_questions import COMMON_QUESTIONS
from flows.tenant.service_url import read_endpoint
from flows.words import load_words
from storage.serialization import LINKS, read_effect, write_effect
from tests.support.claims import Known, false_claims
from tests.support.drawing import check_everything_drawn, named_in_vain, ways_on
from tests.support.links import (
    ADA,
    BOB,
    DENIED,
    EVE,
    FORBIDDEN,
    GOOD,
    INVALID,
    KIM,
    NO_CLIENT,
    NOTHING,
    OTHER,
    RULES,
    SAM,
    SILENT,
    STRANGE,
    a_link,
    changed,
    report,
)

pytestmark = pytest.mark.no_cover

WORDS = load_words()
ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("America/Sao_Paulo", "UTC", None, "", "Mars/Olympus", "America", "../etc/passwd", "\x00", "x" * 300),
)
PEOPLE = (SAM, KIM, ADA, BOB, EVE, Person(user_id="U0ADA"), Person(user_id=""))
CHOSEN = {one.user_id: one for one in (ADA, BOB, SAM, Person(user_id="U0NEW", team_id=EVE.team_id))}
SIGNS_IN = frozenset({CheckKind.LOGIN, CheckKind.PERMISSIONS, CheckKind.FULL})
OPENS_ONLY = frozenset(
    {Action.OPEN_FORM, Action.APPROVAL, Action.PICTURES, Action.HAND_OVER, Action.CANCEL, Action.EVIDENCE}
    | {Action.NOTE, Action.MOVE}
)
URLS = (
    "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1",
    "https://wd5-services1.myworkday.com/ccx/api/v1/acme",
    "https://impl.workday.com/acme_dpt1/d/home.htmld",
    "https://example.com",
    "acme",
    "",
)
VALUES = ("", "stuck", "policy", "monday", "three_days", "nonsense", "location", "public-worker-reports", "de")
LAPSES = st.one_of(
    st.just(timedelta(0)),
    st.sampled_from(RECHECKS),
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.timedeltas(timedelta(days=-2), timedelta(0)),
)
FORMS_OF = {Step.SERVICE_URL: Form.SERVICE_URL, Step.ISU: Form.ISU, Step.API_CLIENT: Form.API_CLIENT}
BUTTONS_OF = {
    Step.WELCOME: Action.START,
    Step.EXPIRY: Action.EXEMPT,
    Step.GROUP: Action.DONE,
    Step.PERMISSIONS: Action.DONE,
    Step.ACTIVATION: Action.CHECK,
    Step.AUTH_POLICY: Action.CHECK,
    Step.CHECK: Action.CHECK,
}
REPORTS: dict[CheckKind, tuple[dict[str, Any], ...]] = {
    CheckKind.REACH: ({}, {}, {"login": SILENT, "endpoint": None}, {"endpoint": OTHER}),
    CheckKind.LOGIN: ({}, {}, {"login": INVALID}, {"login": SILENT}, {"login": STRANGE}),
    CheckKind.PERMISSIONS: (
        *({}, {}, {"login": INVALID}, {"login": SILENT}, {"rows": (DENIED,)}, {"rows": (GOOD, DENIED)}),
        *({"rows": (NOTHING,)}, {"rows": (GOOD, NOTHING)}, {"rows": (STRANGE,)}, {"rows": (GOOD, INVALID)}),
    ),
    CheckKind.API: ({}, {}, {"token": NO_CLIENT}, {"token": SILENT}, {"rest": (FORBIDDEN,)}, {"rest": (NOTHING,)}),
    CheckKind.FULL: ({}, {"login": INVALID}, {"rows": (NOTHING,)}, {"rows": (NOTHING,), "token": NO_CLIENT}),
}


class AnyLink(RuleBasedStateMachine):
    """A link and everything that can reach it."""

    link: Link
    now: datetime
    given: set[SecretRef]
    refused: set[SecretRef]
    last_nudge: dict[str, datetime]
    days: int | None
    book: Rulebook
    was_told: bool
    was_refused: bool
    was_answered: bool

    @initialize(
        at=st.datetimes(datetime(2024, 2, 26), datetime(2033, 1, 1)),  # noqa: DTZ001  made aware below
        zone=st.sampled_from(ZONES),
        admin=st.sampled_from((ADA, ADA, None, SAM, replace(ADA, team_id=""))),
        absence=st.booleans(),
        walked=st.integers(0, 22),
        days=st.sampled_from((None, 1, 5, 30, 45, 90, 3650)),
        backup=st.sampled_from(("", KIM.user_id)),
    )
    def begin(
        self,
        at: datetime,
        zone: str | None,
        admin: Person | None,
        walked: int,
        days: int | None,
        backup: str,
        *,
        absence: bool,
    ) -> None:
        self.book = replace(RULES, backup=backup, languages=("en", "de"))
        self.now = at.replace(tzinfo=UTC)
        someone = replace(admin, zone=zone) if admin else None
        self.link = a_link(admin=someone, absence=absence, created=self.now, touched=self.now)
        self.given, self.refused, self.last_nudge = set(), set(), {}
        self.was_told = self.was_refused = self.was_answered = False
        self.days = days
        assert start(self.link).link == self.link
        self.all_goes_well(walked)

    def happens(self, event: Event) -> Decision:
        before = self.link
        decision = decide(before, event, self.now, self.book)
        after = decision.link
        if decision.refusal:
            assert after == before
        assert after.secrets <= self.given
        assert after.revision >= before.revision
        assert len(after.cards) >= len(before.cards) or after.cards[:-1] == before.cards[:-1]
        assert after.cards[-1] is after.step
        for effect in decision.effects:
            assert read_effect(*write_effect(effect)) == effect
        self.check_checks(event, before, decision)
        self.check_claims(event, before, decision)
        self.check_people(event, before, decision)
        self.check_nudges(event, before, after, decision)
        if _is_new(before.nudge, after.nudge):
            self.was_answered = False
        elif isinstance(event, CheckFinished) and after != before:
            self.was_answered = True
        self.was_told |= any(isinstance(effect, TellStaff) for effect in decision.effects)
        asked = (
            isinstance(event, CheckFinished) and before.attempt.checking and before.attempt.checking.kind in SIGNS_IN
        )
        if asked and after.setup.account and after.setup.account.proved and after.setup.account.secret:
            # What a person had tried once more and Workday then took is trusted again.
            self.refused.discard(after.setup.account.secret)
        self.link = after
        self.check_named(decision)
        return decision

    def check_named(self, decision: Decision) -> None:
        """What an answer tells people to press is there to be pressed."""
        scene = Scene(self.link, self.book, WORDS, self.now)
        for effect in decision.effects:
            match effect:
                case Say():
                    drawn = said(scene, effect)
                    assert not (vain := named_in_vain(scene, drawn.text, drawn)), (effect, vain)
                case Whisper():
                    assert not (vain := named_in_vain(scene, whispered(scene, effect))), (effect, vain)
                case _:
                    pass
        if decision.refusal and decision.refusal.key:
            text = scene.say(decision.refusal.key, **decision.refusal.names)
            assert not (vain := named_in_vain(scene, text)), (decision.refusal.key, vain)

    def check_checks(self, event: Event, before: Link, decision: Decision) -> None:
        started = [effect.check_id for effect in decision.effects if isinstance(effect, RunCheck)]
        checking = decision.link.attempt.checking
        assert started == ([checking.id] if checking and checking != before.attempt.checking else [])
        if checking and started:
            assert checking.endpoints
            assert before.status is not Status.CANCELLED
            assert set(checking.secrets) <= decision.link.secrets
            if checking.kind in SIGNS_IN:
                used = _password(decision.link)
                assert used
                if not isinstance(event, Pressed | Submitted):
                    assert used not in self.refused

    def check_claims(self, event: Event, before: Link, decision: Decision) -> None:
        """Whatever is said of Workday follows from an answer of Workday's."""
        after = decision.link
        closed = after.nudge.outcome if after.nudge and before.standing_nudge else None
        assert closed is not Outcome.PROVED or isinstance(event, CheckFinished)
        told = any(isinstance(effect, TellStaff) for effect in decision.effects)
        claims = [effect.key for effect in decision.effects if isinstance(effect, Say)]
        assert told or not any("has been told" in text for key in claims for text in said_at(key))
        if isinstance(event, CheckFinished):
            trouble = after.attempt.trouble
            is_new = trouble is not None and trouble is not before.attempt.trouble
            assert told or not (is_new and trouble and trouble.owner is Owner.US)
            return
        if after.open_issue and after.open_issue != before.open_issue:
            assert isinstance(event, Pressed)
            assert event.action is Action.KEEP_OLD
        if isinstance(event, CheckBroken | CheckRefused | Woke | PersonKnown):
            assert after.setup.matrix == before.setup.matrix
            assert after.setup.is_trusted == (before.setup.is_trusted and after.setup.can_sign_in)

    def check_people(self, event: Event, before: Link, decision: Decision) -> None:
        """An owner who has left is followed by somebody, and one step comes back when it is done."""
        after = decision.link
        told = [effect.key for effect in decision.effects if isinstance(effect, TellStaff)]
        if before.owner.present and not after.owner.present:
            assert isinstance(event, PersonKnown)
            assert not self.book.backup or after.owner.user_id == self.book.backup or not is_open(after)
            assert "staff.owner_gone" in told or not is_open(after)
        else:
            assert "staff.owner_gone" not in told
        if list(Step).index(after.step) > list(Step).index(before.step) and is_open(after):
            assert before.step not in after.holders
        closed = after.nudge.outcome if after.nudge and before.standing_nudge else None
        assert closed is not Outcome.EXPIRED or (isinstance(event, CheckFinished) and has_expired(after))

    def check_moves(self) -> None:
        """What stands there is true, whoever has the move can make it, and somebody who is here has a way on."""
        known = Known(
            link=self.link,
            rules=self.book,
            now=self.now,
            was_told=self.was_told,
            was_refused=self.was_refused,
            was_answered=self.was_answered,
        )
        assert false_claims(known) == []
        found = standing(self.link, self.now)
        ways = ways_on(Scene(self.link, self.book, WORDS, self.now))
        if found.mover is Mover.ADMIN:
            doer = self.link.doer
            assert doer
            assert doer.present
            assert any(actor.is_same(doer) or not actor.team_id for actor, _ in ways), found
        if is_open(self.link):
            assert ways, found

    def check_nudges(self, event: Event, before: Link, after: Link, decision: Decision) -> None:
        posted = after.nudge if _is_new(before.nudge, after.nudge) else None
        if not isinstance(event, Woke | CheckFinished | CheckBroken | CheckRefused):
            assert posted is None
            return
        if isinstance(event, Woke):
            wake = next_wake(after, self.book)
            # What was paused until today is looked at as soon as it goes on.
            goes_on = before.status is Status.PAUSED and after.status is not Status.PAUSED
            # The end of a pause for logins is one wake, what else came due meanwhile the next.
            goes_on = goes_on or cooled_at(before) is not None
            # So is a quiet look that came due with the reminder, also where that waits for its reader's hours.
            health = next_health(after) if posted or after.not_before != before.not_before else None
            goes_on = goes_on or (health is not None and health <= self.now)
            assert goes_on or wake is None or wake > self.now
            assert posted or not any(isinstance(effect, TellStaff) for effect in decision.effects)
        if posted is None:
            return
        assert before.status is not Status.CANCELLED
        assert not before.blocked
        assert not before.attempt.checking or not before.attempt.checking.by_hand
        assert before.snoozed_until is None or before.snoozed_until <= self.now
        local = self.now.astimezone(zone_of(waiting_on(before), self.book))
        last = self.last_nudge.get(posted.cause)
        assert last is None or last.astimezone(local.tzinfo).date() != local.date()
        self.last_nudge[posted.cause] = self.now
        assert len([effect for effect in decision.effects if isinstance(effect, Show)]) <= 2 or before.attempt.checking
        assert local.weekday() < 5
        assert self.book.opens <= local.time() < self.book.closes

    def again(self, event: Pressed, others: tuple[Person, ...]) -> None:
        """Press the same button once more, and let everybody else who may press it do so too."""
        for actor in (event.actor, *others):
            repeated = decide(self.link, replace(event, actor=actor), self.now, self.book)
            if any(isinstance(effect, LookUp) for effect in repeated.effects):
                # Who was said to be gone is there after all, so that something else may be the matter by now.
                continue
            if _people(repeated.link) != _people(self.link):
                # Slack says something else of whoever presses, as another zone, in which something else may be wrong.
                continue
            assert repeated.refusal, event.action
            assert repeated.link == self.link

    @rule(
        action=st.sampled_from(Action),
        actor=st.sampled_from(PEOPLE),
        step=st.none() | st.sampled_from(Step),
        back=st.integers(0, 3),
        value=st.sampled_from(VALUES),
    )
    def press(self, action: Action, actor: Person, step: Step | None, back: int, value: str) -> None:
        revision = self.link.revision - back
        event = Pressed(actor=actor, action=action, step=step or self.link.step, revision=revision, value=value)
        self.pressed(event)

    @rule(actor=st.sampled_from((SAM, ADA)), picks=st.lists(st.integers(0, 20), min_size=1, max_size=6))
    def press_what_may_be_pressed(self, actor: Person, picks: list[int]) -> None:
        for pick in picks:
            link = self.link
            value = VALUES[pick % len(VALUES)]
            events = [
                Pressed(actor=actor, action=action, step=link.step, revision=link.revision, value=value)
                for action in Action
            ]
            allowed = [one for one in events if refusal(link, one) is None and one.action not in OPENS_ONLY]
            if allowed:
                self.pressed(allowed[pick % len(allowed)])

    def pressed(self, event: Pressed) -> None:
        # Whoever presses is here, whatever was known of them.
        event = replace(event, actor=replace(event.actor, present=True))
        if event.action in {Action.PAUSE, Action.PAUSE_UNTIL} and event.value:
            event = replace(event, value=(self.now + timedelta(days=len(event.value))).date().isoformat())
        allowed = refusal(self.link, event) is None
        before = self.link
        decision = self.happens(event)
        if not allowed:
            assert decision.refusal
        elif event.action in OPENS_ONLY:
            # Of an admin who was said to be gone and presses all the same, Slack is asked, and no reminder says so.
            asked = tuple(one for one in decision.effects if not isinstance(one, LookUp | Show))
            assert asked == decision.effects or not (before.admin and before.admin.present)
            # A link whose owner has left has one again with the first press of our own people.
            owner = decision.link.owner if before.owner.present else before.owner
            seen = replace(decision, link=replace(decision.link, admin=before.admin, owner=owner), effects=asked)
            assert seen == Decision(link=before)
        elif not decision.refusal:
            self.again(event, PEOPLE)

    @rule(
        form=st.sampled_from(Form),
        actor=st.sampled_from((ADA, ADA, ADA, *PEOPLE)),
        person=st.sampled_from(("U0ADA", "U0BOB", "U0SAM", "U0NEW")),
        url=st.sampled_from(URLS),
        days=st.sampled_from((1, 20, 30, 90, 365, 3650)),
        back=st.integers(0, 2),
        user=st.sampled_from(("ISU_Wintro", "isu_wintro", "ISU_2")),
    )
    def send(self, form: Form, actor: Person, person: str, url: str, days: int, back: int, user: str) -> None:
        if form is not Form.CANCEL or not back:
            self.send_form(form, actor, person, url, days, back, user)

    def send_form(self, form: Form, actor: Person, person: str, url: str, days: int, back: int, user: str) -> None:
        link = self.link
        names = {
            Form.ISU: ("password",),
            Form.ROTATE: ("password",),
            Form.API_CLIENT: ("client_secret", "refresh_token"),
        }
        secrets = {name: SecretRef(f"{name}{len(self.given)}") for name in names.get(form, ())}
        self.given |= set(secrets.values())
        local = self.now.astimezone(zone_of(waiting_on(link), self.book)).date()
        values = {"person": person, "days": str(days), "set_on": local.isoformat(), "user": user, "client_id": "id"}
        values |= {"change": ("user", "address", "api_client")[days % 3], "profile": ("recruiting", "hris")[days % 2]}
        values |= {"rows": "location,evergreen-requisitions", "reason": "so", "group": "ISSG_Ours"}
        values |= {"until": (local + timedelta(days=days)).isoformat(), "single_sign_on": ("no", "yes")[days % 2]}
        values |= {"channel": ("C0ONE", "C0TWO")[days % 2], "text": "call Bob"}
        values |= {"absence": "yes" if days > 100 else "", "environment": "production"}
        values |= {
            "part": (WHOLE, ONE_STEP, Step.PERMISSIONS, Step.ACTIVATION)[days % 4],
            "outside": "yes" if days > 100 else "",
        }
        event = Submitted(
            actor=actor,
            form=form,
            step=link.step,
            revision=link.revision - back,
            values=values,
            secrets=secrets,
            pasted=read_endpoint(url),
            chosen=replace(CHOSEN[person], present=True),
            chosen_app=days == 1,
        )
        decision = self.happens(event)
        fresh = set(secrets.values())
        if decision.refusal:
            assert not fresh & self.link.secrets
        elif form is Form.ISU:
            api = {link.setup.api.secret, link.setup.api.refresh_token} if link.setup.api else set()
            assert self.link.secrets == fresh | api | changed(link, account=None, api=None).secrets
        elif form is Form.CANCEL:
            assert not self.link.secrets
            assert next_wake(self.link, self.book) is None
        elif fresh:
            assert fresh <= self.link.secrets

    @precondition(lambda self: self.link.step is Step.WELCOME and self.link.status is Status.ACTIVE)
    @rule(days=st.sampled_from((1, 20, 90)))
    def an_approval_comes_first(self, days: int) -> None:
        """Wait for an approval until its day, on which the clock asks whether it has come."""
        self.send_form(Form.APPROVAL, self.link.admin or ADA, "U0ADA", URLS[0], days, 0, "ISU_Wintro")
        if self.link.approval is None or self.link.secrets:
            return
        self.wake_when_due(late=timedelta(0))
        nudge = self.link.standing_nudge
        assert self.link.blocked or (nudge and nudge.cause is Cause.APPROVAL)
        self.check_moves()

    @rule(times=st.integers(1, 6))
    def all_goes_well(self, times: int) -> None:
        """Walk on as the admin would; whoever the admin is now."""
        for _ in range(times):
            link = self.link
            if link.attempt.checking:
                told = report(link.attempt.checking.kind, absence=link.setup.absence)
                self.happens(CheckFinished(check_id=link.attempt.checking.id, report=told))
            elif link.step is Step.EXPIRY and self.days:
                self.send_as(Form.EXPIRY, link.admin or ADA)
            elif link.setup.burnt or link.step in FORMS_OF:
                form = (
                    Form.ROTATE if link.step is Step.LINKED else Form.ISU if link.setup.burnt else FORMS_OF[link.step]
                )
                self.send_as(form, link.admin or ADA)
            elif link.step in BUTTONS_OF:
                action = Action.RESUME if link.status is Status.PAUSED else BUTTONS_OF[link.step]
                actor = link.admin or ADA
                self.pressed(Pressed(actor=actor, action=action, step=link.step, revision=link.revision))

    def send_as(self, form: Form, actor: Person) -> None:
        self.send_form(form, actor, "U0ADA", URLS[0], self.days or 90, 0, "ISU_Wintro")

    @rule(
        actor=st.sampled_from(PEOPLE),
        intent=st.sampled_from(Intent),
        url=st.sampled_from(URLS),
        pick=st.integers(0, 9),
        question=st.sampled_from(("", *COMMON_QUESTIONS)),
    )
    def say(self, actor: Person, intent: Intent, url: str, pick: int, question: str) -> None:
        reason = Reason.INVALID_CREDENTIALS if url else None
        ours = sorted(self.link.secrets)
        found = frozenset(ours[pick : pick + 1]) if intent is Intent.SECRET else frozenset[SecretRef]()
        heard = Heard(actor=actor, intent=intent, pasted=read_endpoint(url), reason=reason, question=question)
        self.happens(replace(heard, found=found, sign_on=list(SignOnCause)[pick] if pick else None))

    @precondition(lambda self: self.link.attempt.checking)
    @rule(
        pick=st.integers(0, 30),
        old=st.sampled_from((False, False, False, True)),
        rival=st.sampled_from((False, False, True)),
        rotates=st.booleans(),
    )
    def answer(self, pick: int, *, old: bool, rival: bool, rotates: bool) -> None:
        checking = self.link.attempt.checking
        assert checking
        facts = REPORTS[checking.kind][pick % len(REPORTS[checking.kind])]
        told = report(checking.kind, absence=self.link.setup.absence, **facts)
        rotated = SecretRef(f"rotated{len(self.given)}") if rotates and self.link.setup.api else None
        self.given |= {rotated} if rotated else set()
        check_id = f"{self.link.id}.{self.link.revision + 7}" if old else checking.id
        used, before = _password(self.link), self.link
        rows = self.book.permissions.rows(self.link.setup.profile, absence=self.link.setup.absence)
        if used and not old and conclude(told, rows).reason is Reason.INVALID_CREDENTIALS:
            self.refused.add(used)
            self.was_refused = True
        self.happens(CheckFinished(check_id=check_id, report=told, rival=rival, rotated=rotated))
        if old:
            assert self.link == before
        else:
            assert self.link.attempt.checking is None or self.link.attempt.checking.id != checking.id

    @rule(check=st.sampled_from(("", "l1.1", "l1.2")), kind=st.sampled_from(CheckKind))
    def answer_to_nothing(self, check: str, kind: CheckKind) -> None:
        current = self.link.attempt.checking.id if self.link.attempt.checking else None
        for event in (
            CheckFinished(check_id=check, report=report(kind)),
            CheckBroken(check_id=check),
            CheckRefused(check_id=check, until=self.now),
        ):
            if check != current:
                assert self.happens(event) == Decision(link=self.link)

    @precondition(lambda self: self.link.attempt.checking)
    @rule(is_broken=st.booleans(), wait=st.timedeltas(timedelta(0), timedelta(minutes=30)))
    def lose_answer(self, wait: timedelta, *, is_broken: bool) -> None:
        checking = self.link.attempt.checking
        assert checking
        lost = CheckBroken(check_id=checking.id)
        # Only what signs in is refused.
        is_lost = is_broken or checking.kind not in SIGNS_IN
        self.happens(lost if is_lost else CheckRefused(check_id=checking.id, until=self.now + wait))
        assert self.link.attempt.checking is None

    @rule(
        person=st.sampled_from(PEOPLE),
        zone=st.sampled_from(ZONES),
        knows=st.booleans(),
        present=st.booleans(),
        left=st.booleans(),
    )
    def learn(self, person: Person, zone: str | None, *, knows: bool, present: bool, left: bool = False) -> None:
        team = (person.team_id or "T0ACME") if knows else ""
        self.happens(
            PersonKnown(person=replace(person, zone=zone, team_id=team), present=present and not left, left=left)
        )
        assert person.user_id != self.link.owner.user_id or self.link.owner.team_id

    @rule(
        event=st.sampled_from(
            (
                Undeliverable(code="is_archived"),
                Undeliverable(code="not_in_channel"),
                Reachable(),
                Reachable(),
                Reachable(),
                ChannelMoved(channel_id="C2"),
                CallLost(),
            )
        )
    )
    def slack_says(self, event: Event) -> None:
        self.happens(event)

    @rule(lapse=LAPSES)
    def time_passes(self, lapse: timedelta) -> None:
        self.now += lapse
        # What was sent in days that the clock has taken back counts no more: somebody may ask for it again.
        self.last_nudge = {cause: at for cause, at in self.last_nudge.items() if at <= self.now}

    @rule(late=st.sampled_from((timedelta(0), timedelta(0), timedelta(seconds=20), timedelta(days=9))))
    def wake_when_due(self, late: timedelta) -> None:
        wake = next_wake(self.link, self.book)
        if wake is not None:
            self.now = max(self.now, wake) + late
            local = wake.astimezone(zone_of(waiting_on(self.link), self.book))
            due = next_due(self.link, self.book)
            if due and due.at == wake:
                assert local.weekday() < 5
                assert self.book.opens <= local.time() < self.book.closes
            self.happens(Woke())

    @rule()
    def wake_for_nothing(self) -> None:
        self.happens(Woke())
        self.happens(Woke())
        before = self.link
        assert self.happens(Woke()) == Decision(link=before)

    @invariant()
    def closed_links_rest(self) -> None:
        if hasattr(self, "link") and (self.link.status is Status.CANCELLED or self.link.blocked):
            assert next_wake(self.link, self.book) is None

    @invariant()
    def a_linked_link_is_proved(self) -> None:
        if hasattr(self, "link") and self.link.status is Status.LINKED:
            assert self.link.step is Step.LINKED
            assert self.link.setup.account
            assert self.link.setup.account.secret

    def teardown(self) -> None:
        if hasattr(self, "link"):
            self.check_moves()
            assert LINKS.read(LINKS.write(self.link)) == self.link
            check_everything_drawn(self.link, self.now)


def is_open(link: Link) -> bool:
    """Tell whether anybody can still go on with a link."""
    return link.status is not Status.CANCELLED


def said_at(key: str) -> tuple[str, ...]:
    """Return what a message says, before names are filled in."""
    name, _, way = key.rpartition(".")
    if way == "pasted":
        pairs = (("heard", "what"), ("heard_next", "next"))
        keys = [f"{name}.{own if WORDS.has(f'{name}.{own}') else other}" for own, other in pairs]
    else:
        keys = [f"{name}.what", f"{name}.next"] if way == "chat" else [key]
    return tuple(line for one in keys for line in WORDS.raw(one))


def _password(link: Link) -> SecretRef | None:
    return (link.setup.account.candidate or link.setup.account.secret) if link.setup.account else None


def _is_new(before: Nudge | None, after: Nudge | None) -> bool:
    """Tell whether somebody is reminded: to say the standing reminder in other words, as its day is over, is none."""
    return after is not None and (
        before is None or (before.cause, before.number, before.rung) != (after.cause, after.number, after.rung)
    )


TestAnyLink = AnyLink.TestCase
TestAnyLink.settings = settings(stateful_step_count=40)


def _people(link: Link) -> tuple[Person | None, ...]:
    return link.owner, link.admin, link.doer


@given(seed=st.integers(0, 2**63))
def test_a_long_walk(seed: int) -> None:
    """Go much further than the machine above does, at the price that a failure is not made small."""
    dice = Random(seed)  # noqa: S311  no secret
    walk = AnyLink()
    start_at = datetime(2024, 2, 26, tzinfo=UTC) + timedelta(minutes=dice.randrange(5_000_000))
    walk.begin(
        at=start_at.replace(tzinfo=None),
        zone=dice.choice(ZONES),
        admin=dice.choice((ADA, ADA, ADA, None, SAM)),
        walked=dice.randrange(22),
        days=dice.choice((None, 1, 5, 30, 45, 90, 3650)),
        backup=dice.choice(("", KIM.user_id)),
        absence=dice.random() < 0.5,
    )
    for _ in range(120):
        dice.choice(MOVES)(walk, dice)
        walk.closed_links_rest()
        walk.a_linked_link_is_proved()
        if dice.random() < 0.2:
            walk.check_moves()
    walk.teardown()


def _press(walk: AnyLink, dice: Random) -> None:
    step = dice.choice((None, None, None, *Step))
    walk.press(
        action=dice.choice(list(Action)),
        actor=dice.choice(PEOPLE),
        step=step,
        back=dice.choice((0, 0, 0, 1, 3)),
        value=dice.choice(VALUES),
    )


def _send(walk: AnyLink, dice: Random) -> None:
    form = dice.choice([form for form in Form if form is not Form.CANCEL or dice.random() < 0.05])
    walk.send_form(
        form,
        dice.choice((walk.link.admin or ADA, *PEOPLE)),
        dice.choice(("U0ADA", "U0ADA", "U0BOB", "U0SAM", "U0NEW")),
        dice.choice(URLS),
        dice.choice((1, 20, 30, 90, 3650)),
        dice.choice((0, 0, 1)),
        dice.choice(("ISU_Wintro", "isu_wintro", "ISU_2")),
    )


def _answer(walk: AnyLink, dice: Random) -> None:
    if walk.link.attempt.checking and dice.random() < 0.8:
        odds = [dice.random() < chance for chance in (0.1, 0.1, 0.2)]
        walk.answer(pick=dice.randrange(30), old=odds[0], rival=odds[1], rotates=odds[2])
    elif walk.link.attempt.checking:
        walk.lose_answer(wait=timedelta(minutes=dice.randrange(30)), is_broken=dice.random() < 0.5)
    else:
        walk.answer_to_nothing(check="l1.1", kind=dice.choice(list(CheckKind)))


def _learn(walk: AnyLink, dice: Random) -> None:
    knows, present = dice.random() < 0.7, dice.random() < 0.8
    person, left = dice.choice((walk.link.owner, *PEOPLE)), dice.random() < 0.2
    walk.learn(person=person, zone=dice.choice(ZONES), knows=knows, present=present, left=left)


def _slack_says(walk: AnyLink, dice: Random) -> None:
    walk.slack_says(event=dice.choice((Undeliverable(code="is_archived"), Reachable(), Reachable(), Reachable())))


def _time_passes(walk: AnyLink, dice: Random) -> None:
    longest = dice.choice((0.01, 0.1, 1, 5, 60, 400))
    walk.time_passes(lapse=timedelta(days=longest * (dice.random() - (0.1 if longest < 5 else 0))))


def _wake(walk: AnyLink, dice: Random) -> None:
    walk.wake_when_due(late=timedelta(days=dice.choice((0, 0, 0, 0.001, 9))))


def _say(walk: AnyLink, dice: Random) -> None:
    walk.say(
        actor=dice.choice(PEOPLE),
        intent=dice.choice(list(Intent)),
        url=dice.choice(URLS),
        pick=dice.randrange(10),
        question=dice.choice(("", *COMMON_QUESTIONS)),
    )


def _wait_for_approval(walk: AnyLink, dice: Random) -> None:
    if walk.link.step is Step.WELCOME and walk.link.status is Status.ACTIVE:
        walk.an_approval_comes_first(days=dice.choice((1, 20, 90)))


def _walk_on(walk: AnyLink, dice: Random) -> None:
    walk.all_goes_well(times=dice.randrange(1, 5))


def _press_what_may_be(walk: AnyLink, dice: Random) -> None:
    actor = dice.choice((walk.link.admin or ADA, SAM))
    walk.press_what_may_be_pressed(actor=actor, picks=[dice.randrange(21) for _ in range(dice.randrange(1, 4))])


MOVES: tuple[Callable[[AnyLink, Random], None], ...] = (
    *(_press, _send, _send, _answer, _answer, _answer, _answer, _learn, _slack_says),
    *(_time_passes, _wake, _wake, _wake, _say, _walk_on, _walk_on, _press_what_may_be, _press_what_may_be),
    _wait_for_approval,
)
