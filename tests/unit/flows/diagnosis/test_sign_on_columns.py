"""Columns are read as a table, as two lists and as pairs; what has no value is left in the text."""

from __future__ import annotations

import pytest

from flows.diagnosis.sign_on_columns import Column, read_columns

C = Column


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Failed Signon\tInvalid Credentials\nYes\tNo", [{C.FAILED: True, C.INVALID_CREDENTIALS: False}]),
        ("User;Failed Signon\nISU;Yes\nISU;No", [{C.FAILED: True}, {C.FAILED: False}]),
        ("User,Failed Signon\nISU,Yes\nshort", [{C.FAILED: True}]),
        ("User|Failed Signon\nISU|perhaps", []),
        ("Failed Signon\nInvalid Credentials\nYes\nNo", [{C.FAILED: True, C.INVALID_CREDENTIALS: False}]),
        ("Failed Signon\nInvalid Credentials\nYes", [{C.INVALID_CREDENTIALS: True}]),
        ("Failed Signon: Yes", [{C.FAILED: True}]),
        ("failedSignOn=false", [{C.FAILED: False}]),
        ("a Yes in the column Failed Signon", [{C.FAILED: True}]),
        ("Konto gesperrt, deaktiviert oder abgelaufen ist Ja", [{C.LOCKED_DISABLED_EXPIRED: True}]),
        ("User|Failed Signon|Account Locked\nISU|Yes|Yes", [{C.FAILED: True, C.LOCKED_DISABLED_EXPIRED: True}]),
        ("Failed Signon;Password Expired;Region\nNo;Yes;No", [{C.FAILED: False, C.PASSWORD_EXPIRED: True}]),
        ("Failed Signon: Y; Invalid Credentials=N", [{C.FAILED: True, C.INVALID_CREDENTIALS: False}]),
        ("Failed Signon y Invalid Credentials", []),
        ("all No except Invalid for Authentication Policy", [{C.INVALID_FOR_POLICY: True}]),
        ("Invalid for Authentication Policy ✓?", []),
        ("Failed Signon \u2705 Invalid Credentials \u274c", [{C.FAILED: True, C.INVALID_CREDENTIALS: False}]),
        ("Failed Signon\n1\nInvalid Credentials\n0", [{C.FAILED: True, C.INVALID_CREDENTIALS: False}]),
        ("Required Password Change ticked", [{C.NEW_PASSWORD: True}]),
        ("nothing of it", []),
        ("ISU_Wintro\nYes\nAccount Locked\nNo\nYes", []),
    ],
)
def test_layouts(text: str, rows: list[dict[Column, bool]]) -> None:
    assert list(read_columns(text).rows) == rows


def test_what_is_not_read_stays() -> None:
    assert read_columns("Invalid Credentials").rest == "Invalid Credentials"
    assert "password" in read_columns("Failed Signon: Yes\nInvalid Password").rest


@pytest.mark.parametrize(
    "text",
    [
        "Failed Signon: Yes, Authentication Failure Message: Invalid Credentials",
        "Failed Signon\tYes\nAuthentication Failure Message\tInvalid Credentials",
        "Account\tFailed Signon\tFailure Message\nISU\tYes\tInvalid Credentials",
    ],
)
def test_a_heading_may_be_what_the_report_says(text: str) -> None:
    assert "invalid credentials" in read_columns(text).rest


def test_a_heading_above_its_column_says_nothing() -> None:
    text = "Failed Signon\tFailure Message\tInvalid Credentials\nYes\tInvalid Password\tNo"
    assert "invalid credentials" not in read_columns(text).rest
