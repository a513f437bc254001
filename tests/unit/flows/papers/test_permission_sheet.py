"""The sheet says everything that is asked, and of what was found no more than Workday has shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from bot.slack.block_kit import NOWHERE, blocks
from flows.cards.context import Scene
from flows.cards.parts import Text
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.link.setup import Setup
from flows.link.state import Step
from flows.papers.permission_sheet import LONGEST_PART, Page, Sheet, Signer, comment_key, digest_of, sheet, spelled_out
from flows.permissions import Access
from flows.words import load_words
from sandbox.slack.block_kit import are_too_long
from tests.support.links import (
    ACCOUNT,
    API,
    DENIED,
    ENDPOINT,
    GOOD,
    NOTHING,
    NOW,
    RULES,
    a_link,
    a_setup,
    report,
    seen,
)

WORDS = load_words()
ROWS = RULES.permissions.rows("recruiting")
SIGNER = Signer(name="Sam Winter", thumbprint="thumb", published_at="https://link.example/papers/keys.json")
PUT = [row.id for row in ROWS if row.access is Access.GET_AND_PUT]


def written(**changes: Any) -> Sheet:  # noqa: ANN401  any field of a link
    return sheet(Scene(a_link(**changes), RULES, WORDS, NOW), SIGNER)


def found(*answers: dict[str, Any], left_out: Sequence[str] = ()) -> Sheet:
    """Write the sheet of a link that Workday answered so, NOW."""
    matrix = conclude(report(CheckKind.FULL, rows=answers), ROWS)
    left = dict.fromkeys(left_out, "no")
    return written(endpoint=ENDPOINT, account=ACCOUNT, matrix=matrix, left_out=left)


def facts(page: Page) -> dict[str, str]:
    return dict(page.facts)


def column(page: Page, name: str) -> list[str]:
    return [row[page.columns.index(name)] for row in page.rows]


def test_every_permission_stands_there_with_all_that_is_known_of_it() -> None:
    page = written(endpoint=ENDPOINT).asked
    assert column(page, "Domain security policy") == [row.policy for row in ROWS]
    assert column(page, "Access") == [row.access.value for row in ROWS]
    assert column(page, "Data it opens") == [row.data for row in ROWS]
    assert column(page, "Why") == [row.why for row in ROWS]
    assert [text == "reads and writes" for text in column(page, "Reads or writes")] == [row.id in PUT for row in ROWS]
    assert [text == "may be left out" for text in column(page, "Needed")] == [row.optional for row in ROWS]
    assert facts(page)["Asked by"] == "Sam Winter, Wintro"
    assert facts(page)["Asked of"] == "Acme"
    assert facts(page)["Workday tenant"] == f"{ENDPOINT.tenant} ({ENDPOINT.host})"
    assert facts(page)["Signed with the key"] == f"{SIGNER.thumbprint} {SIGNER.published_at}"


def test_what_is_not_known_yet_is_not_claimed() -> None:
    plain = sheet(Scene(a_link(), RULES, WORDS, NOW), Signer())
    assert facts(plain.asked)["Workday tenant"] == "not known yet"
    assert facts(plain.asked)["Asked by"] == "Wintro"
    assert "Signed with the key" not in facts(plain.asked)
    assert plain.found.rows == ()
    assert "Nothing has been found yet" in plain.found.lead[0]


def test_an_area_that_the_file_does_not_name_is_a_dash() -> None:
    row = replace(ROWS[0], area="")
    profile = replace(RULES.permissions.profile("recruiting"), permissions=(row,))
    rules = replace(RULES, permissions=replace(RULES.permissions, profiles={"recruiting": profile}))
    page = sheet(Scene(a_link(), rules, WORDS, NOW), SIGNER).asked
    assert column(page, "Functional area") == ["-"]


def test_no_name_is_markup_on_a_page() -> None:
    page = written(customer="Tom & <Jerry>", group="A<B>&C").asked
    assert facts(page)["Asked of"] == "Tom & <Jerry>"
    assert facts(page)["Security group"] == "A<B>&C"
    assert "Tom & <Jerry>" in page.title


def test_the_digest_is_what_the_docs_say_and_knows_no_tenant() -> None:
    lines = "".join(sorted(f"{row.policy}\t{row.access}\n" for row in ROWS))
    assert written().digest == sha256(lines.encode()).hexdigest()
    assert written().digest == written(endpoint=ENDPOINT, customer="Globex", step=Step.LINKED).digest
    assert facts(written().asked)["SHA-256 of what is asked"] == written().digest
    assert written(left_out={ROWS[0].id: "no"}).digest != written().digest
    assert digest_of(ROWS, ("System",)) != digest_of(ROWS, ())


def test_what_is_left_out_is_named_with_its_reason_and_not_asked() -> None:
    page = written(left_out={ROWS[3].id: "We have none"}).asked
    assert ROWS[3].policy not in column(page, "Domain security policy")
    assert any(ROWS[3].policy in note and "We have none" in note for note in page.notes)


def test_the_scopes_of_an_api_client_are_asked_for_too() -> None:
    page = written(profile="absence", api=API).asked
    scopes = RULES.permissions.profile("absence").scopes
    assert facts(page)["API client scopes"] == ", ".join(scopes)
    assert "API client" in page.lead[1]
    assert "API client scopes" not in facts(written().asked)


@pytest.mark.parametrize(
    ("sheet_found", "reads"),
    [
        (found(GOOD), "found granted to read. Whether it may be written"),
        (found(GOOD, left_out=PUT), "Everything that could be seen was found granted as"),
        (found(GOOD, DENIED), "Not everything was found granted"),
        (found(NOTHING), "Not everything was found granted"),
    ],
)
def test_all_is_said_to_be_granted_only_where_workday_has_shown_all(sheet_found: Sheet, reads: str) -> None:
    assert reads in sheet_found.found.lead[1]


def test_each_row_says_what_was_found_when_and_by_which_answer() -> None:
    asked = report(CheckKind.FULL, rows=(GOOD, DENIED))
    asked = replace(asked, observations=tuple(replace(one, at=NOW) for one in asked.observations))
    page = written(matrix=conclude(asked, ROWS)).found
    shown = dict(zip(column(page, "Domain security policy"), page.rows, strict=True))
    when = "2026-11-23 10:00 UTC"
    assert shown["Worker Data: Public Worker Reports"][-3:] == ("granted", when, "Ask_permission · HTTP 200")
    assert "The task submitted is not authorized." in shown["Job Requisition Data"][-1]
    because = next(row.unprobed_because for row in ROWS if row.policy == "Move Candidate")
    assert shown["Move Candidate"][-3:] == ("not asked", "-", because)


def test_the_sums_are_those_of_the_rows() -> None:
    page = found(GOOD, DENIED, NOTHING).found
    verdicts = column(page, "Found")
    unseen = verdicts.count("not asked")
    granted, read = verdicts.count("granted"), verdicts.count("granted to read")
    assert page.lead[0] == (
        f"Permissions asked for: {len(ROWS)}. Workday showed something of {len(ROWS) - unseen} of them. "
        f"Found granted: {granted}; of others, found granted to read: {read}. Not to be seen: {unseen}."
    )


def test_a_permission_that_was_never_asked_about_is_not_called_seen() -> None:
    nothing = written(matrix=conclude(report(CheckKind.LOGIN), ()))
    assert set(column(nothing.found, "Found")) == {"not asked"}
    assert "Nothing was seen yet" in column(nothing.found, "By which answer")
    assert set(column(nothing.found, "Asked")) == {"-"}
    assert len(nothing.found.lead) == 1


def test_while_a_part_is_done_anew_the_sheet_is_that_of_what_works() -> None:
    works = a_setup(endpoint=ENDPOINT, account=ACCOUNT, matrix=conclude(report(CheckKind.FULL), ROWS))
    new: dict[str, Any] = {"step": Step.ISU, "previous": works, "account": None}
    page = written(**new)
    assert facts(page.asked)["Workday tenant"] == f"{ENDPOINT.tenant} ({ENDPOINT.host})"
    assert page.found.rows


@pytest.mark.parametrize("is_opened", [True, False])
def test_what_a_profile_asks_for_since_stands_on_no_sheet_of_what_works(*, is_opened: bool) -> None:
    works = a_setup(endpoint=ENDPOINT, account=ACCOUNT, matrix=conclude(report(CheckKind.FULL), ROWS[:3]))
    link = (
        a_link(step=Step.PERMISSIONS, previous=works) if is_opened else replace(a_link(step=Step.LINKED), setup=works)
    )
    page = sheet(Scene(link, RULES, WORDS, NOW), SIGNER)
    assert len(page.asked.rows) == len(page.found.rows) == 3


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "asked"),
        ({"approval": (NOW + timedelta(days=3)).date()}, "approval"),
        ({"matrix": conclude(report(CheckKind.FULL), ROWS)}, "found"),
    ],
)
def test_the_comment_fits_what_the_sheet_says(changes: dict[str, Any], key: str) -> None:
    scene = Scene(a_link(**changes), RULES, WORDS, NOW)
    assert comment_key(scene) == f"sheet.comment.{key}"
    # As text it comes without files, and says nothing of them.
    lead = next(part.text for part in spelled_out(scene, sheet(scene, SIGNER)).parts if isinstance(part, Text))
    assert ("for your approval" in lead, "PDF" in lead, "showed to be granted" in lead) == (
        key == "approval",
        False,
        False,
    )


@pytest.mark.parametrize(("why", "is_whole"), [("w" * 100, True), ("w" * 300, False)])
def test_forty_rows_are_spelled_out_to_the_last(why: str, *, is_whole: bool) -> None:
    many = tuple(replace(ROWS[0], id=f"row-{n}", policy=f"Policy <{n}>", why=why) for n in range(40))
    profile = replace(RULES.permissions.profile("recruiting"), permissions=many)
    rules = replace(RULES, permissions=replace(RULES.permissions, profiles={"recruiting": profile}))
    scene = Scene(a_link(), rules, WORDS, NOW)
    card = spelled_out(scene, sheet(scene, SIGNER))
    texts = [part.text for part in card.parts if isinstance(part, Text)]
    assert (len(texts) > 1) == is_whole
    assert all(0 < len(text) <= LONGEST_PART for text in texts)
    whole = "\n".join(texts)
    assert all(f"*Policy &lt;{n}&gt;*" in whole for n in range(40))
    assert sheet(scene, SIGNER).digest in texts[-1]
    assert ("too long for a message" not in whole, why in whole) == (is_whole, is_whole)
    assert not are_too_long(blocks(card, NOWHERE))


def test_evidence_names_what_was_missing_and_the_request() -> None:
    answer = replace(seen(report(CheckKind.FULL).observations[1].layer, ROWS[0].id, **NOTHING), request_id="REQ-1")
    asked = replace(report(CheckKind.FULL), observations=(report(CheckKind.FULL).observations[0], answer))
    page = written(matrix=conclude(asked, ROWS)).found
    assert page.rows[0][-1] == "Ask_permission · HTTP 200 · Name_Data · REQ-1"
    assert isinstance(a_link().setup, Setup)
