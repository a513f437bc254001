"""What is odd about typed user names and passwords, and what is not."""

import pytest

from flows.endpoints import (
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
        (" ISU_Wintro\u200b ", "ISU_Wintro", None),
        ("ISU_Wintro@acme", "ISU_Wintro", None),
        ("jane@acme.com", "jane@acme.com", None),
        ("jane@acme.com@acme", "jane@acme.com", None),
        ('"ISU_Wintro"', "ISU_Wintro", None),
        ("", "", UserNameProblem.BLANK),
        ("@acme", "", UserNameProblem.BLANK),
        ("ISU Wintro", "ISU Wintro", UserNameProblem.HAS_SPACES),
        ("ISU\x07x", "ISU\x07x", UserNameProblem.CONTROL_CHARACTERS),
        ("ISU_Wintro@other", "ISU_Wintro@other", UserNameProblem.MISMATCHED_TENANT),
        ("“ISU_Wintro”", "ISU_Wintro", UserNameProblem.SMART_QUOTES),
        ("User Name: ISU_Wintro", "ISU_Wintro", UserNameProblem.PASTED_LABEL),
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
        ("edge\u200b", PasswordProblem.EDGE_SPACES),
        ("tab\there", PasswordProblem.CONTROL_CHARACTERS),
        ("lone\ud800", PasswordProblem.CONTROL_CHARACTERS),
        ("Password: hunter2", PasswordProblem.PASTED_LABEL),
        ("it’s", PasswordProblem.SMART_QUOTES),  # noqa: RUF001 - the quote is the point
    ],
)
def test_a_password_is_judged(text: str, problem: PasswordProblem | None) -> None:
    assert check_password(text) is problem


def test_only_smart_quotes_are_a_mere_warning() -> None:
    assert [problem for problem in PasswordProblem if not problem.blocks] == [PasswordProblem.SMART_QUOTES]
