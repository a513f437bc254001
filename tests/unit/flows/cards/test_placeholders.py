"""The names a card fills in: right for this customer, this tenant, this reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.parts import Text
from flows.cards.placeholders import (
    expiry_kind,
    isu_name,
    mention,
    names_of,
    rows_of,
    scopes_of,
    slug,
    took,
)
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Layer
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking
from flows.link.setup import Account, Expiry, ExpiryKind, SecretRef
from flows.link.state import Link, Status, Step
from flows.words import Plain, load_words
from tests.support.links import ACCOUNT, ADA, ENDPOINT, NOW, OTHER, RULES, SILENT, a_link, changed, report

WORDS = load_words()
CHECKING = Checking(id="l1.1", kind=CheckKind.REACH, since=NOW, endpoints=(OTHER,))


def named(link: Link, name: str) -> str:
    return names_of(link, RULES, WORDS, NOW)[name]


@pytest.mark.parametrize(
    ("text", "word"),
    [("Wintro", "Wintro"), ("Acme & Sons, Inc.", "Acme_Sons_Inc"), ("株式会社", "Integration"), ("", "Integration")],
)
def test_a_vendor_becomes_part_of_a_user_name(text: str, word: str) -> None:
    assert slug(text) == word


def test_the_user_that_was_entered_outranks_the_suggestion() -> None:
    assert isu_name(a_link(), RULES) == "ISU_Wintro"
    assert isu_name(a_link(account=Account(user_name="ISU_2", secret=SecretRef("s1"))), RULES) == "ISU_2"


def test_days_and_moments_are_written_for_every_reader() -> None:
    assert WORDS.day(date(2028, 2, 29)) == "Tue 29 Feb 2028"
    assert (
        WORDS.moment(NOW)
        == f"<!date^{int(NOW.timestamp())}^\u200b{{date_short_pretty}} at {{time}}|2026-11-23 10:00 UTC>"
    )
    assert isinstance(mention(ADA), Plain)
    assert mention(ADA) == "<@U0ADA>"


@pytest.mark.parametrize(
    ("link", "host", "tenant"),
    [
        (a_link(step=Step.SERVICE_URL), "", ""),
        (a_link(step=Step.SERVICE_URL, tried=CHECKING), OTHER.host, "acme"),
        (a_link(step=Step.SERVICE_URL, tried=CHECKING, endpoint=ENDPOINT), OTHER.host, "acme"),
        (a_link(step=Step.ISU, tried=CHECKING, endpoint=ENDPOINT), ENDPOINT.host, "acme_dpt1"),
        (a_link(step=Step.ISU, tried=replace(CHECKING, endpoints=()), endpoint=ENDPOINT), ENDPOINT.host, "acme_dpt1"),
        (
            a_link(step=Step.SERVICE_URL, tried=CHECKING, trouble=conclude(report(CheckKind.REACH, login=SILENT))),
            ENDPOINT.host,
            "acme",
        ),
    ],
)
def test_the_address_is_the_one_spoken_of(link: Link, host: str, tenant: str) -> None:
    assert (named(link, "host"), named(link, "tenant")) == (host, tenant)


@pytest.mark.parametrize(
    ("expiry", "kind", "due"),
    [
        (None, ExpiryKind.UNKNOWN, ""),
        (Expiry(kind=ExpiryKind.EXEMPT), ExpiryKind.EXEMPT, ""),
        (Expiry(kind=ExpiryKind.POLICY, days=1, set_on=date(2028, 2, 28)), ExpiryKind.POLICY, "Tue 29 Feb 2028"),
    ],
)
def test_the_end_of_the_password(expiry: Expiry | None, kind: ExpiryKind, due: str) -> None:
    link = a_link(expiry=expiry)
    assert expiry_kind(link) is kind
    assert named(link, "due") == due


@pytest.mark.parametrize(("days", "words"), [(30, "in 30 days"), (1, "tomorrow"), (0, "today")])
def test_days_left_are_said(days: int, words: str) -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=days + 1, set_on=NOW.date() - timedelta(days=1))
    assert named(a_link(expiry=expiry), "left") == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 minute"), (1, "1 minute"), (2, "2 minutes"), (119, "119 minutes"), (120, "2 hours"), (2879, "47 hours")],
)
def test_how_long_it_took(minutes: int, words: str) -> None:
    assert took(a_link(linked=NOW + timedelta(minutes=minutes)), WORDS) == words
    assert took(a_link(touched=NOW + timedelta(days=9)), WORDS) == "9 days"


def test_a_place_on_the_walk() -> None:
    link = a_link(step=Step.GROUP)
    assert (named(link, "n"), named(link, "m")) == ("4", "6")
    assert named(changed(link, absence=True, policy_needed=True), "m") == "8"
    assert named(replace(link, status=Status.LINKED, step=Step.LINKED), "time") == "1 minute"


def test_only_rows_that_are_asked_for_count_as_ticked() -> None:
    link = a_link(ticked=frozenset({"location", "gone"}))
    assert (named(link, "ticked"), named(link, "total")) == ("1", str(len(rows_of(link, RULES))))


def test_scopes_come_from_the_profile_or_from_absence() -> None:
    assert scopes_of(a_link(), RULES) == ()
    assert "Time Off and Leave" in scopes_of(a_link(absence=True), RULES)
    assert scopes_of(a_link(profile="absence"), RULES) == scopes_of(a_link(absence=True), RULES)


def test_what_a_link_waits_for() -> None:
    assert named(a_link(), "waiting") == "press the start button in the thread"
    assert named(a_link(step=Step.SERVICE_URL, checking=CHECKING), "waiting") == "Workday is being asked"


def test_evidence_decides_only_while_there_is_trouble() -> None:
    trouble = conclude(report(CheckKind.REACH, login=SILENT))
    assert trouble.reason is Reason.NOT_ANSWERING
    assert trouble.evidence
    assert trouble.evidence.layer is Layer.REACH
    assert named(a_link(cooling_until=NOW, linked=NOW), "until") == WORDS.moment(NOW)


@pytest.mark.parametrize(
    ("is_kept", "account", "words"),
    [
        (True, ACCOUNT, "until the link is ended"),
        (False, ACCOUNT, "only until Wintro has them"),
        (False, replace(ACCOUNT, secret=None), "I have forgotten"),
    ],
)
def test_how_long_secrets_are_kept_stands_on_the_last_card(is_kept: bool, account: Account, words: str) -> None:  # noqa: FBT001
    rules = replace(RULES, keeps_secrets=is_kept)
    link = a_link(
        step=Step.LINKED,
        cards=(Step.LINKED,),
        status=Status.LINKED,
        endpoint=ENDPOINT,
        account=account,
        linked=NOW,
        handed=NOW,
    )
    parts = card(Scene(link, rules, WORDS, NOW), 0).parts
    assert any(words in part.text for part in parts if isinstance(part, Text))
