"""A link that is paused until a day is left alone until then, and goes on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.link.effects import Say
from flows.link.events import Action, Form, Pressed, Submitted, Woke
from flows.link.state import Link, Status, Step
from flows.schedule.reminders import next_due
from flows.schedule.wakeups import next_wake, resumes_at
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.links import ACCOUNT, ENDPOINT, NOW, RULES, SAM, a_link, changed

GROUP = a_link(step=Step.GROUP, endpoint=ENDPOINT, account=ACCOUNT)
LINKED = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, linked=NOW)
FIRST = date(2026, 12, 1)
OPENS = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""Nine o'clock in New York, where Ada is."""


def press(link: Link, action: Action, value: str = "") -> Pressed:
    return Pressed(actor=SAM, action=action, step=link.step, revision=link.revision, value=value)


def paused(link: Link, value: str = "2026-12-01") -> Link:
    return decide(link, press(link, Action.PAUSE, value), NOW, RULES).link


@pytest.mark.parametrize(("link", "status"), [(GROUP, Status.ACTIVE), (LINKED, Status.LINKED)])
def test_it_goes_on_as_that_day_opens(link: Link, status: Status) -> None:
    waiting = paused(link)
    assert (waiting.status, waiting.paused_until) == (Status.PAUSED, FIRST)
    assert next_wake(waiting, RULES) == resumes_at(waiting, RULES) == OPENS
    assert next_due(waiting, RULES) is None
    assert decide(waiting, Woke(), OPENS - timedelta(minutes=1), RULES).link == waiting
    decision = decide(waiting, Woke(), OPENS, RULES)
    assert (decision.link.status, decision.link.paused_until, decision.link.touched) == (status, None, OPENS)
    assert Say(key="say.pause_over") in decision.effects


def test_on_a_weekend_it_waits_for_monday() -> None:
    assert resumes_at(paused(GROUP, "2026-12-05"), RULES) == datetime(2026, 12, 7, 14, 0, tzinfo=UTC)


def test_somebody_takes_it_up_earlier() -> None:
    waiting = paused(GROUP)
    going = decide(waiting, press(waiting, Action.RESUME), NOW, RULES).link
    assert (going.status, going.paused_until) == (Status.ACTIVE, None)
    assert resumes_at(replace(going, paused_until=FIRST), RULES) is None


def test_while_slack_shuts_it_out_it_stays_paused() -> None:
    assert resumes_at(replace(paused(GROUP), blocked="is_archived"), RULES) is None


def test_the_day_is_set_and_moved_while_it_is_paused() -> None:
    for value in ("", "2026-12-24"):
        waiting = paused(GROUP, value)
        decision = decide(waiting, press(waiting, Action.PAUSE_UNTIL, "2026-12-01"), NOW, RULES)
        assert (decision.link.status, decision.link.paused_until) == (Status.PAUSED, FIRST)
        assert next_wake(decision.link, RULES) == OPENS
        for again in ("2026-12-01", "soon"):
            refused = decide(decision.link, press(decision.link, Action.PAUSE_UNTIL, again), NOW, RULES)
            assert refused.refusal
            assert refused.link == decision.link
    for link in (replace(paused(GROUP), approval=FIRST), GROUP):
        assert decide(link, press(link, Action.PAUSE_UNTIL, "2026-12-01"), NOW, RULES).refusal


def test_an_ended_link_waits_for_no_day() -> None:
    waiting = paused(GROUP)
    end = Submitted(actor=SAM, form=Form.CANCEL, step=waiting.step, revision=waiting.revision)
    assert decide(waiting, end, NOW, RULES).link.paused_until is None


@pytest.mark.parametrize("value", ["", "soon", "2026-99-99"])
def test_without_a_day_it_is_paused_until_somebody_takes_it_up(value: str) -> None:
    waiting = paused(GROUP, value)
    assert (waiting.status, waiting.paused_until) == (Status.PAUSED, None)
    assert next_due(waiting, RULES)


def test_the_parent_names_the_day() -> None:
    words = load_words()
    assert words.day(FIRST) in parent(Scene(paused(GROUP), RULES, words, NOW)).text
    assert words.day(FIRST) in parent(Scene(paused(LINKED), RULES, words, NOW)).text
    assert "until" not in parent(Scene(changed(paused(GROUP, "")), RULES, words, NOW)).text
