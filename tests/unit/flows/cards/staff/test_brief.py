"""What to say on a call: plain text with two moves, in every state, and nothing of Slack's markup in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.slack.block_kit import NOWHERE, blocks, window
from flows.cards.context import Scene
from flows.cards.messages import OF_THE_APP, notice
from flows.cards.parts import Copy, Text
from flows.cards.staff.advice import MOVES, moves, situation
from flows.cards.staff.brief import brief, plain
from flows.diagnosis.causes import Confidence, Hypothesis, RootCause
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Layer
from flows.diagnosis.reasons import Reason
from flows.link.effects import TellStaff
from flows.link.state import Issue, Step
from flows.link.walk import asked_of
from flows.words import load_words
from sandbox.slack.block_kit import faults_in_view
from tests.support.drawn_states import at, every_state, finding
from tests.support.links import (
    ADA,
    BOB,
    FORBIDDEN,
    GOOD,
    INVALID,
    NO_CLIENT,
    NOW,
    RULES,
    SAM,
    SILENT,
    a_link,
    report,
    seen,
)

WORDS = load_words()
THREAD = "https://x.slack.com/archives/C1/p1"


@pytest.mark.no_cover
def test_every_state_has_a_brief_in_plain_text() -> None:
    met = set[str]()
    for number, link in enumerate(every_state()):
        scene = Scene(link, RULES, WORDS, NOW)
        met.add(situation(scene))
        if number % 9:
            continue
        card = brief(scene, THREAD if number % 2 else "", scene)
        assert not faults_in_view(window("Brief", "Close", card))
        texts = [part.text for part in card.parts if isinstance(part, Copy)]
        assert len(texts) == 2
        for text in texts:
            assert not re.search(r"<[@#!]|&lt;|\*\S", text), text
        assert "Likely cause: " in texts[0]
        assert "Next: 1. " in texts[0]
    assert met <= set(MOVES)


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (INVALID | {"at": NOW}, "2026-11-23 10:00 UTC: Workday answered “invalid username or password”."),
        (NO_CLIENT, "Last evidence: Workday answered “invalid_client”."),
        (SILENT, "Last evidence: Workday answered “timeout”."),
        (GOOD, "Last evidence: Workday refused nothing that is needed."),
    ],
)
def test_the_last_evidence_is_said_in_plain_words(facts: dict[str, Any], shown: str) -> None:
    found = None if facts == GOOD else finding(CheckKind.LOGIN, Reason.INVALID_CREDENTIALS)
    link = a_link(step=Step.CHECK, trouble=found, seen=(seen(Layer.LOGIN), seen(Layer.LOGIN, **facts)))
    scene, unasked = Scene(link, RULES, WORDS, NOW), Scene(a_link(), RULES, WORDS, NOW)
    assert shown in brief(scene, "", scene).text
    assert "Workday has not been asked yet." in brief(unasked, "", unasked).text


def test_what_was_refused_beside_the_permissions_is_no_evidence_against_a_link_that_works() -> None:
    link = at(Step.LINKED, seen=(seen(Layer.LOGIN), seen(Layer.REST, **FORBIDDEN)))
    scene = Scene(link, RULES, WORDS, NOW)
    assert "Last evidence: Workday refused nothing" in brief(scene, "", scene).text
    asleep = Scene(at(Step.LINKED, seen=(seen(Layer.LOGIN, **SILENT),)), RULES, WORDS, NOW)
    assert "Workday answered “timeout”" in brief(asleep, "", asleep).text
    away = Issue(reason=Reason.NOT_ANSWERING, first_seen=NOW, last_seen=NOW)
    silent = Scene(replace(link, issue=away), RULES, WORDS, NOW)
    assert "Likely cause: Workday is away" in brief(silent, "", silent).text
    issue = Issue(reason=Reason.REST_FORBIDDEN, first_seen=NOW, last_seen=NOW)
    broken = Scene(replace(link, issue=issue), RULES, WORDS, NOW)
    assert "Workday answered “A13”" in brief(broken, "", broken).text


def test_a_card_is_quoted_in_the_admins_language_beside_the_readers() -> None:
    link = a_link(step=Step.GROUP)
    ours, theirs = (Scene(link, RULES, load_words(language=one), NOW) for one in ("de", "en"))
    card = brief(ours, "", theirs)
    intro, said, ask, read, quoted, told = (str(part.text) for part in card.parts if isinstance(part, Text | Copy))
    assert (ask, quoted) == ("Was der Admin jetzt sieht:", "So steht es dort, auf Englisch:")
    assert "Gruppe da, Benutzer darin" in read
    assert "Group created, user added" in told
    assert "Group created" not in f"{intro}{said}{read}"
    assert THREAD in brief(ours, THREAD, ours).text


def test_a_likely_cause_is_named() -> None:
    doubt = Hypothesis(cause=RootCause.NOT_ACTIVATED, confidence=Confidence.LIKELY)
    scene = Scene(a_link(step=Step.ACTIVATION, likely=(doubt,)), RULES, WORDS, NOW)
    text = brief(scene, "", scene).text
    assert "Likely cause: " in text
    assert "not known" not in text


def test_every_move_has_words_and_every_situation_two_of_them() -> None:
    for first, second in MOVES.values():
        assert first != second
        assert WORDS.has(f"advice.{first}")
        assert WORDS.has(f"advice.{second}")
    asked = {f"advice.{move}" for row in MOVES.values() for move in row}
    assert asked == {key.removesuffix("_by_token") for key in WORDS.keys if key.startswith("advice.")}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U0ADA> and <@U0SAM>", "their Workday admin and our owner"),
        ("<@U0BOB>, <@U9>", "who has this step, somebody"),
        ("• *Acme* · `is_archived`", "Acme · is_archived"),
        ("at <!date^1^{date}|2026-11-23 10:00 UTC>", "at 2026-11-23 10:00 UTC"),
        ("<https://x.com/a|Open> <https://y.com>", "Open (https://x.com/a) https://y.com"),
        ("2 * 3 * 4 &lt;b&gt; &amp;", "2 * 3 * 4 <b> &"),
    ],
)
def test_markup_becomes_plain(text: str, shown: str) -> None:
    link = a_link(step=Step.GROUP, holders={Step.GROUP: BOB})
    assert plain(Scene(link, RULES, WORDS, NOW), text) == shown
    assert plain(Scene(a_link(admin=None), RULES, WORDS, NOW), f"<@{ADA.user_id}>") == "somebody"


def test_the_one_who_does_both_is_the_admin() -> None:
    scene = Scene(a_link(admin=SAM), RULES, WORDS, NOW)
    assert plain(scene, f"<@{SAM.user_id}>") == "their Workday admin"


def test_a_notice_says_where_the_link_stands_what_to_do_and_opens_its_brief() -> None:
    scene = Scene(a_link(step=Step.GROUP, called=NOW), RULES, WORDS, NOW)
    card = notice(scene, TellStaff(key="staff.called"), THREAD)
    assert moves(scene)[0] in card.text
    assert "[Brief]" in card.text
    values = [
        element["value"]
        for block in blocks(card, NOWHERE)
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("detail.")
    ]
    assert values == ["open #l1", "brief #l1", "note #l1"]


def test_what_is_about_no_link_has_no_brief() -> None:
    scene = Scene(a_link(), RULES, WORDS, NOW)
    for key in OF_THE_APP:
        names = dict.fromkeys(WORDS.placeholders(key) - set(scene.names) - {"thread", "evidence", "cause"}, "1")
        assert "[Brief]" not in notice(scene, TellStaff(key=key, names=names), "").text


def test_what_a_profile_asks_for_since_a_link_was_made_is_named_and_looked_at_by_nobody() -> None:
    rows = RULES.permissions.rows("recruiting")
    few = conclude(report(CheckKind.FULL, rows=(GOOD,)), rows[:3])
    for step, newer in ((Step.LINKED, rows[3:]), (Step.CHECK, ())):
        scene = Scene(at(step, matrix=few), RULES, WORDS, NOW)
        assert asked_of(scene.link, RULES.permissions) == (rows if step is Step.CHECK else rows[:3])
        told = [line for line in brief(scene, "", scene).text.splitlines() if line.startswith("In the profile since")]
        assert all(row.policy in told[0] for row in newer)
        assert len(told) == bool(newer)
    # Where no row is the same any more, it is looked at anew.
    renamed = conclude(report(CheckKind.FULL, rows=(GOOD,)), [replace(row, id=f"old-{row.id}") for row in rows])
    assert asked_of(at(Step.LINKED, matrix=renamed), RULES.permissions) == rows
