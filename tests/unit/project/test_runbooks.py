"""Each runbook of docs/operations.md was played: by tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLAYED = {
    "The database is gone": ("test_trouble_is_told_within_a_tick_and_nothing_is_lost",),
    "The disk is full": (
        "test_trouble_is_told_within_a_tick_and_nothing_is_lost",
        "test_each_failure_has_its_mend",
    ),
    "A key is lost": (
        "test_only_what_a_lost_key_sealed_is_given_up",
        "test_hashes_are_made_anew_when_their_key_is_lost",
        "test_a_profile_or_a_key_that_is_in_use_must_stay",
    ),
    "The token is revoked": (
        "test_a_revoked_token_is_tried_again_after_the_restart",
        "test_our_own_revocation_freezes_and_a_new_token_thaws",
    ),
    "Slack is down for a day": ("test_slack_is_down_for_a_while",),
    "Workday is down over a weekend": ("test_a_long_outage_uses_up_no_tries",),
    "The clock is wrong": (
        "test_what_slack_did_not_take_meanwhile_is_sent_when_the_clock_is_right",
        "test_check_compares_the_clocks",
    ),
    "A migration broke off": ("test_dangling_rows_stop_a_migration",),
    "An errand is poisoned": (
        "test_an_unreadable_errand_stops_no_other",
        "test_a_person_says_that_a_held_message_is_not_there",
    ),
    "A customer leaves": (
        "test_a_customer_is_forgotten_with_a_receipt",
        "test_no_byte_of_a_forgotten_secret_stays_on_disk",
    ),
    "A reviewer asks": (
        "test_a_whole_history_holds",
        "test_the_broken_line_is_named",
        "test_an_export_says_who_did_what_when_and_why",
        "test_a_sheet_is_written_with_its_signature_for_its_owner_alone",
    ),
}


def test_every_runbook_was_played_by_tests_that_are_there() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("## Runbooks")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z][^|]+?) \|", page, re.MULTILINE)
    assert [row for row in rows if row != "What happened"] == list(PLAYED)
    source = "".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for names in PLAYED.values() for name in names if f"def {name}(" not in source] == []
