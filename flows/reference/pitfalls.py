"""The 26 known ways to get a Workday link wrong and what this app does about each; it judges nothing and runs nothing.

Owns which pitfalls there are, how each shows, which words name it first and which stories prove it. The words are in
`flows/words`, the judgement in `answer_rules`, `sign_on_causes` and `permission_cause_table` of `flows.diagnosis`;
this table points there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from flows.diagnosis.causes import RootCause
from flows.diagnosis.reasons import Owner, Reason


class Unanswered(StrEnum):
    """How a pitfall shows when no answer of Workday tells of it."""

    AT_THE_FORM = "refused at the form, before Workday is asked"
    PREVENTED = "cannot happen: the app takes care of it"
    INVISIBLE = "nothing: it cannot be seen from outside"


Shown: TypeAlias = Reason | Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitfall:
    """One row: how the pitfall shows, the words that name it first, who mends it and how, and its stories.

    `says` are keys of words. `is_hidden` says that Workday gives the same answer for other pitfalls too, so that the
    words name it among others.
    """

    id: str
    title: str
    shows: tuple[Shown, ...]
    says: tuple[str, ...]
    mend: str
    tests: tuple[str, ...]
    is_hidden: bool = False
    mended_by: Owner = Owner.ADMIN


def _cause(cause: RootCause) -> str:
    return f"cause.{cause}"


def _reason(reason: Reason, part: str) -> str:
    return f"reason.{reason}.{part}"


_C, _R, _U = RootCause, Reason, Unanswered

PITFALLS: Final[tuple[Pitfall, ...]] = (
    Pitfall(
        id="P1",
        title="The user name comes without its tenant, with two or with another one",
        shows=(_U.PREVENTED, _U.AT_THE_FORM),
        says=("form.isu.user.hint", "field.user.mismatched_tenant"),
        mend="Enter the bare name; the app adds the tenant.",
        tests=(
            "test_p01_a_wrong_tenant_behind_the_name_is_refused_at_its_field",
            "test_p01_the_tenant_is_put_behind_the_name_exactly_once",
        ),
    ),
    Pitfall(
        id="P2",
        title="The user name has other capitals than in Workday",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "user_name"),),
        mend="Compare with *View Integration System User* and enter the name again.",
        tests=("test_p02_the_letter_case_of_the_name_is_named",),
    ),
    Pitfall(
        id="P3",
        title="The password holds & < >, or something was pasted along with it",
        shows=(_U.PREVENTED, _U.AT_THE_FORM, _R.INVALID_CREDENTIALS),
        says=(
            "field.password.edge_spaces",
            "field.password.control_characters",
            "field.password.pasted_label",
            _reason(_R.INVALID_CREDENTIALS, "retype"),
        ),
        mend="Nothing for & < >: they are escaped. Otherwise copy the password alone.",
        tests=(
            "test_p03_any_character_of_a_password_reaches_workday",
            "test_p03_what_was_pasted_along_is_refused_at_its_field",
            "test_p03_curly_quotes_are_named_when_workday_refuses_them",
        ),
    ),
    Pitfall(
        id="P4",
        title="The address of the pages for people is given instead of the one for programs",
        shows=(_U.PREVENTED, _U.AT_THE_FORM),
        says=("offer.text", "field.url.browser"),
        mend="Accept the address that the app found, or paste the one of *View API Clients*.",
        tests=(
            "test_p04_the_page_for_people_leads_to_the_address_for_programs",
            "test_p04_a_page_for_people_on_an_unknown_server_is_refused_at_its_field",
        ),
    ),
    Pitfall(
        id="P5",
        title="Address and user belong to different environments",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "user_name"),),
        mend="Go back to the address and paste that of the user's environment, or make the user in this one.",
        tests=("test_p05_a_user_of_another_environment",),
    ),
    Pitfall(
        id="P6",
        title="View is chosen where Get is needed, or the other way round",
        shows=(_R.NOT_ACTIVE_OR_NOT_IN_GROUP, _R.PERMISSIONS_MISSING, _R.REST_FORBIDDEN),
        is_hidden=True,
        says=(_cause(_C.VIEW_INSTEAD_OF_GET), _cause(_C.GET_INSTEAD_OF_VIEW)),
        mend="Change the access of the rows in *Maintain Permissions for Security Group* and activate.",
        tests=(
            "test_p06_view_everywhere_instead_of_get",
            "test_p06_view_in_two_rows_instead_of_get",
            "test_p06_get_instead_of_view",
        ),
    ),
    Pitfall(
        id="P7",
        title="The permissions are saved and not activated",
        shows=(_R.NOT_ACTIVE_OR_NOT_IN_GROUP,),
        is_hidden=True,
        says=(_cause(_C.NOT_ACTIVATED),),
        mend="Run *Activate Pending Security Policy Changes* to its last *OK*.",
        tests=("test_p07_granted_but_not_activated",),
    ),
    Pitfall(
        id="P8",
        title="The other activation task was run",
        shows=(_R.NOT_ACTIVE_OR_NOT_IN_GROUP, _R.INVALID_CREDENTIALS),
        is_hidden=True,
        says=(
            _reason(_R.NOT_ACTIVE_OR_NOT_IN_GROUP, "next"),
            _reason(_R.INVALID_CREDENTIALS, "policy_rule"),
        ),
        mend="Run the task that the card names; the two have no effect on each other.",
        tests=(
            "test_p08_the_task_for_authentication_policies_activates_no_permission",
            "test_p08_the_task_for_permissions_activates_no_authentication_policy",
        ),
    ),
    Pitfall(
        id="P9",
        title="The group is there and the user is not in it",
        shows=(_R.NOT_ACTIVE_OR_NOT_IN_GROUP,),
        is_hidden=True,
        says=(_cause(_C.NOT_IN_GROUP),),
        mend="Add the user in *Edit Security Group*.",
        tests=("test_p09_the_user_is_not_in_the_group",),
    ),
    Pitfall(
        id="P10",
        title="The group is one for people, or limited to some organisations",
        shows=(_R.NOT_ACTIVE_OR_NOT_IN_GROUP, _R.PERMISSIONS_EMPTY, _U.INVISIBLE),
        is_hidden=True,
        says=(_cause(_C.NOT_IN_GROUP), _cause(_C.GROUP_CONSTRAINED), "step.group.why"),
        mend="Make the group anew as an unconstrained integration system security group: a type cannot be changed.",
        tests=(
            "test_p10_a_group_for_people",
            "test_p10_a_constrained_group_that_sees_nobody",
            "test_p10_a_constrained_group_that_sees_some_is_warned_of_before",
        ),
    ),
    Pitfall(
        id="P11",
        title="Workday's search does not find a policy",
        shows=(_R.PERMISSIONS_MISSING, _U.PREVENTED),
        says=(_cause(_C.AREA_SWITCHED_OFF), "help.no_policy.text"),
        mend="Switch the functional area on, or compare the name from its first words on.",
        tests=(
            "test_p11_a_functional_area_is_switched_off",
            "test_p11_each_name_to_copy_is_the_one_workday_finds",
        ),
    ),
    Pitfall(
        id="P12",
        title="The authentication rule stands below a broader one",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "policy_rule"),),
        mend="Move the rule up in *Manage Authentication Policies* and activate.",
        tests=("test_p12_the_rule_stands_below_a_catch_all",),
    ),
    Pitfall(
        id="P13",
        title="The authentication rule is saved and not activated",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "policy_rule"),),
        mend="Run *Activate All Pending Authentication Policy Changes*.",
        tests=("test_p13_the_rule_is_not_activated",),
    ),
    Pitfall(
        id="P14",
        title="An authentication policy lets only some networks in",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "policy"),),
        mend="Leave the networks of the rule open, or add the vendor's, and activate.",
        tests=("test_p14_our_network_is_kept_out",),
    ),
    Pitfall(
        id="P15",
        title="The user is locked, disabled or ended, or its password is expired or to be replaced",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "flags"), _reason(_R.INVALID_CREDENTIALS, "locked")),
        mend="Change the box in *Edit Workday Account*, or set a new password and exempt the user from expiry.",
        tests=(
            "test_p15_the_state_of_the_user_is_named",
            "test_p15_a_line_of_workdays_own_report_leaves_one_cause",
        ),
    ),
    Pitfall(
        id="P16",
        title="The API client was made with the task for people",
        shows=(_R.OAUTH_WRONG_CLIENT_KIND,),
        says=(_reason(_R.OAUTH_WRONG_CLIENT_KIND, "next"),),
        mend="Make a new one with *Register API Client for Integrations* and enter its values.",
        tests=("test_p16_the_other_task_made_the_client",),
    ),
    Pitfall(
        id="P17",
        title="The refresh token is a person's, or a newer one has replaced it",
        shows=(_R.OAUTH_TOKEN_OF_ANOTHER, _R.REST_FORBIDDEN, _R.OAUTH_INVALID_GRANT),
        is_hidden=True,
        says=(
            _reason(_R.OAUTH_TOKEN_OF_ANOTHER, "what"),
            _cause(_C.TOKEN_OF_ANOTHER_USER),
            _reason(_R.OAUTH_INVALID_GRANT, "next"),
        ),
        mend="Generate a token for the integration user and enter it.",
        tests=(
            "test_p17_the_token_is_a_persons_who_sees_nothing",
            "test_p17_the_token_is_a_persons_who_sees_everything",
            "test_p17_a_newer_token_has_replaced_it",
        ),
    ),
    Pitfall(
        id="P18",
        title="The API client lacks a scope",
        shows=(_R.REST_FORBIDDEN, _U.INVISIBLE),
        is_hidden=True,
        says=(_cause(_C.SCOPE_MISSING), _reason(_R.REST_FORBIDDEN, "next")),
        mend="Add the scope to the API client. Without System nothing fails; Workday then only tells less of itself.",
        tests=(
            "test_p18_a_scope_is_missing",
            "test_p18_system_is_asked_for_and_nothing_fails_without_it",
        ),
    ),
    Pitfall(
        id="P19",
        title="The tenant has OAuth switched off",
        shows=(_R.OAUTH_INVALID_CLIENT,),
        is_hidden=True,
        says=(_reason(_R.OAUTH_INVALID_CLIENT, "next"),),
        mend="Tick *OAuth 2.0 Clients Enabled* in *Edit Tenant Setup - Security*.",
        tests=("test_p19_oauth_is_switched_off",),
    ),
    Pitfall(
        id="P20",
        title="The page with the client secret was left before it was copied",
        shows=(_U.INVISIBLE, _R.OAUTH_INVALID_CLIENT),
        is_hidden=True,
        says=(_reason(_R.OAUTH_INVALID_CLIENT, "next"),),
        mend="Copy it before *Done*, as the card says; later on only *Generate New API Client Secret* helps.",
        tests=("test_p20_the_secret_was_not_copied",),
    ),
    Pitfall(
        id="P21",
        title="The weekly copy of production has wiped the sandbox",
        shows=(_R.INVALID_CREDENTIALS,),
        is_hidden=True,
        says=(_reason(_R.INVALID_CREDENTIALS, "refreshed"),),
        mend="Make the user and its group in production, too, and again in the sandbox.",
        tests=("test_p21_a_refreshed_sandbox_is_named",),
    ),
    Pitfall(
        id="P22",
        title="The tenant has other versions of the web services",
        shows=(_U.PREVENTED, _R.BAD_VERSION),
        says=(_reason(_R.BAD_VERSION, "what"),),
        mend="The app tries other versions by itself; when none fits, its makers add one.",
        mended_by=Owner.US,
        tests=(
            "test_p22_an_older_version_is_found_without_a_word",
            "test_p22_a_version_that_nothing_answers_to_is_ours_to_mend",
        ),
    ),
    Pitfall(
        id="P23",
        title="The owner of a report lacks rights, so it comes out empty",
        shows=(_U.PREVENTED,),
        says=(),
        mend="Nothing: the app asks no custom report, and takes from the address of one only server and tenant.",
        mended_by=Owner.NOBODY,
        tests=("test_p23_no_report_is_asked_so_its_owner_does_not_matter",),
    ),
    Pitfall(
        id="P24",
        title="A colleague's pending change goes live with the same activation",
        shows=(_U.INVISIBLE,),
        says=("step.activation.why",),
        mend="Read the list that the task shows before confirming it.",
        tests=("test_p24_what_colleagues_left_pending_is_warned_of_before",),
    ),
    Pitfall(
        id="P25",
        title="Workday is in its service window",
        shows=(_R.MAINTENANCE, _R.NOT_ANSWERING),
        says=(_reason(_R.MAINTENANCE, "what"),),
        mend="Nothing: the app looks again by itself.",
        mended_by=Owner.NOBODY,
        tests=("test_p25_a_service_window_is_called_one_and_ends_by_itself",),
    ),
    Pitfall(
        id="P26",
        title="The types of time off are segmented",
        shows=(_U.INVISIBLE,),
        says=("step.api_client.why",),
        mend="Put the group into a segment-based security group with *Access Leave Type (Segmented)*.",
        tests=("test_p26_segmented_leave_types_are_warned_of_before",),
    ),
)
