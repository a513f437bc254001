"""What a card gives as somebody's words is what came, and nobody is said to have said anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.slack.block_kit import fallback
from flows.cards.context import Scene
from flows.cards.messages import said
from flows.cards.parent import parent
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Content
from flows.diagnosis.reasons import Reason
from flows.link.effects import Say
from flows.link.state import Issue, Link, Status, Step
from flows.words import load_words
from tests.support.links import ACCOUNT, ENDPOINT, FORBIDDEN, INVALID, NO_CLIENT, NOW, RULES, a_link, report

WORDS = load_words()
ROWS = RULES.permissions.rows("recruiting", absence=True)
UNSAID: dict[str, Any] = {"http_status": 401}
IN_GERMAN: dict[str, Any] = {
    "http_status": 500,
    "fault_code": "SOAP-ENV:Client.authenticationError",
    "fault_text": "Benutzername oder Passwort ungültig",
}
A_PAGE: dict[str, Any] = {"http_status": 200, "content": Content.HTML, "fault_text": "Blocked by policy"}


def scene_of(link: Link) -> Scene:
    return Scene(link, RULES, WORDS, NOW)


@pytest.mark.parametrize(
    ("step", "kind", "answers", "words"),
    [
        (Step.ISU, CheckKind.LOGIN, {"login": INVALID}, "Workday's words: “invalid username or password”"),
        (Step.ISU, CheckKind.LOGIN, {"login": IN_GERMAN}, "Workday's words: “Benutzername oder Passwort ungültig”"),
        (Step.ISU, CheckKind.LOGIN, {"login": UNSAID}, ""),
        (Step.SERVICE_URL, CheckKind.REACH, {"login": A_PAGE}, "What came back: “Blocked by policy”"),
        (Step.API_CLIENT, CheckKind.API, {"token": NO_CLIENT}, "Workday's words: “invalid_client”"),
        (Step.API_CLIENT, CheckKind.API, {"token": UNSAID}, ""),
    ],
)
def test_only_what_came_is_quoted(step: Step, kind: CheckKind, answers: dict[str, Any], words: str) -> None:
    trouble = conclude(report(kind, absence=True, **answers), ROWS)
    link = a_link(step=step, absence=True, endpoint=ENDPOINT, account=ACCOUNT, trouble=trouble)
    lines = fallback(card(scene_of(link), 0)).splitlines()
    assert "".join(line for line in lines if "“" in line) == words
    assert not any("said:" in line for line in lines)


def test_what_a_finished_link_was_refused_with_is_quoted_wherever_it_is_told() -> None:
    issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, issue=issue)
    chat = Say(key=f"reason.{Reason.INVALID_CREDENTIALS}.chat")
    for told, is_quoted in ((INVALID, True), (UNSAID, False)):
        scene = scene_of(replace(link, seen=report(CheckKind.LOGIN, login=told).observations))
        for drawn in (parent(scene), card(scene, 0), said(scene, chat)):
            assert ("“invalid username or password”" in fallback(drawn)) is is_quoted


def test_what_rest_refuses_names_the_access_once() -> None:
    trouble = conclude(report(CheckKind.API, absence=True, rest=(FORBIDDEN,)), ROWS)
    link = a_link(step=Step.API_CLIENT, absence=True, endpoint=ENDPOINT, account=ACCOUNT, trouble=trouble)
    text = fallback(card(scene_of(link), 0))
    assert "*View*" not in text
    assert "View Only" in text
