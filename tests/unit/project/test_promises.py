"""What is promised of every state, "never false, never stuck", and the tests that hold each promise to the end."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[2]
TRUE = {
    "a closing line follows what became of a reminder": (
        "test_a_press_is_what_it_is",
        "test_a_password_that_ran_out_is_not_taken_care_of",
        "test_the_password_ladder_ends_in_an_issue_and_the_issue_in_a_fix",
    ),
    "the parent, its text and status speak from the state of the card": (
        "test_a_link_stands_somewhere_and_somebody_has_the_move",
        "test_every_state_says_whose_move_it_is_in_words",
        "test_status_tells_whose_move_it_is",
    ),
    "an announced expiry goes by its date and has one button": (
        "test_an_announced_expiry_goes_by_its_date",
        "test_the_password_ladder_ends_in_an_issue_and_the_issue_in_a_fix",
    ),
    "nothing is claimed that was not done, and no name is empty": (
        "test_a_pasted_rejection_claims_no_check_before_anything_was_entered",
        "test_whoever_is_said_to_have_been_told_was_told",
        "test_no_name_is_empty_in_a_sentence",
    ),
    "a part that is lost is not the whole": (
        "test_one_permission_lost_is_not_the_whole_link",
        "test_a_permission_taken_away_is_found_and_its_return_too",
    ),
    "numbers are true": (
        "test_the_time_it_took_counts_from_the_admins_first_press",
        "test_a_number_chooses_the_form",
        "test_only_rows_that_are_asked_for_count_as_ticked",
        "test_the_minutes_of_the_permissions_come_from_their_rows",
        "test_a_place_on_the_walk",
    ),
    "an environment that was chosen is not overruled by an address": (
        "test_the_environment_that_was_chosen_is_not_overruled_by_an_address",
        "test_an_address_of_another_environment_than_was_chosen_is_asked_about",
    ),
    "a question that Workday did not take proves nothing": (
        "test_a_write_without_its_wrapper_proves_nothing",
        "test_a_write_that_workday_did_not_take_is_not_proved_and_says_why",
        "test_a_row_that_was_just_asked_is_never_called_not_asked",
    ),
    "Workday is asked for fields that it has": (
        "test_the_name_of_a_field_is_looked_up",
        "test_a_field_that_is_not_there_leaves_less_known",
        "test_what_other_accounts_do_is_not_asked_for",
    ),
}
SILENCE = {
    "overload neither proves nor rejects a password": (
        "test_an_overloaded_workday_neither_proves_nor_rejects_a_password",
    ),
    "a service at rest does not make the address wrong": (
        "test_a_token_service_at_rest_does_not_make_the_address_wrong",
        "test_a_rest_service_at_rest_does_not_make_the_address_wrong",
    ),
    "resets, truncation, pages and proxies are unknown": (
        "test_a_strange_answer_to_the_login",
        "test_a_strange_answer_to_the_address",
        "test_a_proxy_that_says_no_is_told_from_one_that_finds_no_way",
    ),
    "one look without an answer is made again soon and is no news": (
        "test_one_answer_that_did_not_come_opens_no_issue",
        "test_a_healthy_link_is_looked_at_daily_in_silence",
    ),
    "a look that was refused or lost is made again": (
        "test_a_quiet_look_that_is_lost_is_no_news",
        "test_a_look_that_stays_lost_is_made_a_few_times_and_then_as_every_day",
    ),
    "a proved password is not accused, and its check goes on": (
        "test_two_resets_of_a_proved_password_wait_and_accuse_nobody",
        "test_a_check_with_a_proved_password_goes_on_by_itself_when_its_worker_is_gone",
        "test_a_promised_check_survives_one_by_hand_that_is_lost",
    ),
    "an answer that did not come counts, and is named as none": (
        "test_no_answer_counts_and_is_never_called_a_refusal",
        "test_two_lost_answers_pause_the_third_try",
    ),
    "before the address is proved both possibilities are named": ("test_a_tenant_nobody_knows",),
    "what Workday says of its limits slows us down before it": (
        "test_what_is_asked_near_the_limit_waits_before_it_and_not_after_it",
        "test_workday_asks_to_slow_down_in_the_middle",
    ),
    "requests name themselves, and the evidence names them": (
        "test_the_evidence_names_time_request_rule_and_id_and_nothing_secret",
    ),
}
WAYS_ON = {
    "no admin was named": (
        "test_with_no_admin_named_anybody_of_the_customer_may_say_who_it_is",
        "test_a_reminder_for_nobody_in_particular_does_not_ask_our_own_people",
    ),
    "the admin has left": (
        "test_a_colleague_goes_on_for_an_admin_who_has_left",
        "test_an_admin_who_left_is_replaced_by_asking_the_owner",
    ),
    "a permission is not there, or refused for good": (
        "test_a_permission_that_this_tenant_does_not_have_is_left_out",
        "test_our_own_people_change_the_list_on_the_way",
    ),
    "a finished link is paused, ended and copied": (
        "test_a_finished_link_is_paused_by_our_people_and_ended_by_the_customer",
        "test_a_finished_link_is_looked_at_copied_and_ended",
        "test_whoever_ends_a_link_gets_a_receipt",
    ),
    "the owner has left": (
        "test_a_link_whose_owner_has_left_asks_the_team_and_goes_on",
        "test_an_owner_who_has_left_is_followed_by_whoever_stands_in",
    ),
    "somebody is asked to join": ("test_a_call_for_help_reaches_somebody_once_who_says_to_come",),
    "a finished link has trouble": (
        "test_a_finished_link_that_is_refused_shows_what_to_look_at",
        "test_a_wrong_new_password_is_answered_and_the_next_is_kept_in_a_pause",
    ),
    "two tries were refused": (
        "test_after_two_refusals_nothing_more_reaches_workday_for_half_an_hour",
        "test_when_the_pause_is_over_what_was_entered_meanwhile_is_tried",
        "test_while_it_pauses_the_causes_stay_on_the_card",
        "test_the_same_password_is_sent_again_only_after_a_question",
    ),
    "one step, or the whole, goes to somebody else": (
        "test_one_step_is_done_by_it_security_and_the_admin_goes_on",
        "test_stuck_names_the_right_and_the_link_is_handed_over",
    ),
    "an approval comes first": ("test_an_approval_is_asked_about_on_its_day",),
    "a user or group is there already, or people use single sign-on": (
        "test_with_single_sign_on_the_policy_is_set_up_before_the_first_try",
        "test_a_sandbox_is_explained_and_its_link_copied_to_production",
    ),
    "the address is wrong after all": ("test_from_a_later_step_one_press_leads_back_to_the_service_url",),
    "menus show what this person may press": (
        "test_what_only_our_people_may_press_is_shown_to_those_who_can_be_named",
        "test_nobody_who_may_press_a_button_is_kept_from_seeing_it",
    ),
    "the command and the parent lead to the thread": (
        "test_a_second_command_for_a_linked_customer_names_the_finished_link",
        "test_the_button_in_the_channel_leads_to_the_thread",
    ),
}
READ = {
    "people read it on a phone, and hear all of it": (
        "test_the_first_thing_to_do_is_on_the_first_screen_of_a_phone",
        "test_no_message_is_longer_than_people_read",
        "test_labels_are_short_and_without_markup",
        "test_the_text_says_all_that_the_blocks_say",
    ),
    "a button that a sentence names is there": (
        "test_a_button_that_a_sentence_names_is_there_to_press",
        "test_a_long_walk",
    ),
    "the customer's guide arrives whole": ("test_the_guide_arrives_whole",),
    "whatever happens, each claim is proved and somebody has a way on": ("test_a_long_walk",),
}
PROMISES = {**TRUE, **SILENCE, **WAYS_ON, **READ}


def test_each_promise_is_held_by_tests_that_are_there() -> None:
    names = Counter(
        name for file in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))
    )
    assert {name: names[name] for held in PROMISES.values() for name in held if names[name] != 1} == {}
