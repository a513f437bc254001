"""What is odd about typed user names and passwords, and what is not."""

import pytest

from flows.tenant.account_names import account_key
from flows.tenant.service_url import (
    PasswordProblem,
    UserName,
    UserNameProblem,
    check_password,
    check_user_name,
    qualified_user,
)


@pytest.mark.parametrize(
    ("user", "qualified"),
    [
        ("isu", "isu@acme"),
        ("isu@acme", "isu@acme"),
        ("ISU@ACME", "ISU@acme"),
        ("jane@acme.com", "jane@acme.com@acme"),
        ("jane@acme.com@acme", "jane@acme.com@acme"),
    ],
)
def test_the_tenant_is_added_once(user: str, qualified: str) -> None:
    assert qualified_user(user, "acme") == qualified
    assert qualified_user(qualified, "acme") == qualified


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("ISU_Wintro", "ISU_Wintro", None),
        ("ISU_Wintro<br>", "ISU_Wintro", None),
        (" ISU_Wintro\u200b ", "ISU_Wintro", None),
        ("\u202aISU_Wintro\u202c", "ISU_Wintro", None),
        ("\u2068ISU\u202e_Wintro\u2069", "ISU_Wintro", None),
        ("ISU_Wintro@acme", "ISU_Wintro", None),
        ("jane@acme.com", "jane@acme.com", None),
        ("jane@acme.com@acme", "jane@acme.com", None),
        ('"ISU_Wintro"', "ISU_Wintro", None),
        ("", "", UserNameProblem.BLANK),
        ("@acme", "", UserNameProblem.BLANK),
        ("ISU Wintro", "ISU Wintro", None),
        ("ISU\x07x", "ISU\x07x", UserNameProblem.CONTROL_CHARACTERS),
        ("ISU_Wintro@other", "ISU_Wintro@other", UserNameProblem.MISMATCHED_TENANT),
        ("“ISU_Wintro”", "ISU_Wintro", UserNameProblem.SMART_QUOTES),
        ("User Name: ISU_Wintro", "ISU_Wintro", UserNameProblem.PASTED_LABEL),
        ("<wsse:Username>ISU_Wintro@acme</wsse:Username>", "ISU_Wintro", UserNameProblem.PASTED_LABEL),
        ('<td class="x">ISU_Wintro</td>', "ISU_Wintro", None),
        ("User Name: “ISU_Wintro”", "ISU_Wintro", UserNameProblem.PASTED_LABEL),
        ("https://impl.workday.com/acme", "https://impl.workday.com/acme", UserNameProblem.ADDRESS),
    ],
)
def test_a_user_name_is_cleaned_and_judged(text: str, value: str, problem: UserNameProblem | None) -> None:
    assert check_user_name(text, "acme") == UserName(value=value, problem=problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("p&<>\"'ä☃ %#", None),
        ("inner space is fine", None),
        ("", PasswordProblem.BLANK),
        ("   ", PasswordProblem.BLANK),
        (" edge", PasswordProblem.EDGE_SPACES),
        ("edge\u00a0", PasswordProblem.EDGE_SPACES),
        ("edge\u200b", PasswordProblem.CONTROL_CHARACTERS),
        ("\u202aedge", PasswordProblem.CONTROL_CHARACTERS),
        ("tab\there", PasswordProblem.CONTROL_CHARACTERS),
        ("lone\ud800", PasswordProblem.CONTROL_CHARACTERS),
        ("Password: hunter2", PasswordProblem.PASTED_LABEL),
        ("contraseña=hunter2", PasswordProblem.PASTED_LABEL),
        ("pw: hunter2", PasswordProblem.PASTED_LABEL),
        ("pw=hunter2", None),
        ("pwd=a=b", None),
        ("pass:word", None),
        ("it’s", PasswordProblem.SMART_QUOTES),  # noqa: RUF001 - the quote is the point
    ],
)
def test_a_password_is_judged(text: str, problem: PasswordProblem | None) -> None:
    assert check_password(text) is problem


def test_only_smart_quotes_are_a_mere_warning() -> None:
    assert [problem for problem in PasswordProblem if not problem.blocks] == [PasswordProblem.SMART_QUOTES]


@pytest.mark.parametrize(
    ("tenant", "user"),
    [
        ("ACME", "isu"),
        ("acme", "ISU"),
        ("acme", "isu@Acme"),
        ("acme", "i\u200bs\u00adu\ufe0f"),
        ("acme", "\u202eisu\U000e0100"),
        ("acme", "isu@ac\u2060me"),
        ("acme", "\uff49\uff53\uff55"),
        ("a\u034fcme\u3164", "\U0001d422su"),
    ],
)
def test_all_spellings_of_an_account_are_counted_as_one(tenant: str, user: str) -> None:
    assert account_key(tenant, user) == account_key("acme", "isu") == "isu@acme"


def test_other_accounts_are_counted_by_themselves() -> None:
    named = [("acme", "isu"), ("acme", "isu2"), ("acme_dpt1", "isu"), ("acme", "isu@acme.com"), ("acme", "isu@other")]
    assert len({account_key(tenant, user) for tenant, user in named}) == len(named)
    assert account_key("acme", "stra\u00dfe") == account_key("acme", "STRASSE")
