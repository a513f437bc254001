"""What each modal takes: clean values, hidden secrets, one word-key for each wrong field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from flows.link.events import Form
from flows.link.forms import FORMS, LONGEST_SECRET, MOST_DAYS, FieldKind, fill
from flows.link.state import Step
from flows.tenant.service_url import PasteKind
from tests.support.links import ENDPOINT, a_link, changed

TODAY = date(2028, 2, 29)
LINK = a_link(step=Step.ISU, endpoint=ENDPOINT)
GOOD: dict[Form, dict[str, str]] = {
    Form.START: {
        "customer": " Acme ",
        "admin": "",
        "profile": "hris",
        "absence": "",
        "environment": "sandbox",
        "writes": "yes",
        "language": "de",
    },
    Form.SERVICE_URL: {"url": "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"},
    Form.ISU: {"single_sign_on": "no", "user": "ISU_Wintro", "password": "correct horse"},
    Form.EXPIRY: {"days": "90", "set_on": "2028-02-28"},
    Form.API_CLIENT: {"client_id": "ab12", "client_secret": "s3cret", "refresh_token": "t0ken"},
    Form.KEY_CLIENT: {"client_id": "ab12", "user": "ISU_Wintro"},
    Form.TOKEN_CLIENT: {
        "client_id": "ab12",
        "client_secret": "s3cret",
        "refresh_token": "t0ken",
        "user": "ISU_Wintro",
    },
    Form.HAND_OVER: {"person": "U0BOB", "part": "whole", "outside": ""},
    Form.ROTATE: {"password": "correct horse"},
    Form.CANCEL: {},
    Form.LEAVE_OUT: {"rows": "location", "reason": "we have no such policy"},
    Form.APPROVAL: {"until": (TODAY + timedelta(days=9)).isoformat()},
    Form.GROUP: {"group": "ISSG_Ours"},
    Form.EVIDENCE: {},
    Form.PICTURES: {},
    Form.COPY: {"environment": "production"},
    Form.RELINK: {"change": "user"},
    Form.PROFILE: {"profile": "hris", "absence": ""},
    Form.MOVE: {"channel": "C0NEW"},
    Form.NOTE: {"text": "On holiday until Monday.\nAsk for Bob."},
}


@pytest.mark.parametrize("form", Form)
def test_a_well_filled_form_is_taken(form: Form) -> None:
    filled = fill(form, GOOD[form], today=TODAY, link=LINK)
    assert filled.errors == {}
    secret = {row.name for row in FORMS[form] if row.kind is FieldKind.SECRET}
    assert set(filled.secrets) == secret
    assert {name: one.get_secret_value() for name, one in filled.secrets.items()} == {
        name: GOOD[form][name] for name in secret
    }
    assert filled.values == {row.name: GOOD[form][row.name].strip() for row in FORMS[form] if row.name not in secret}
    assert (filled.pasted is not None) is (form is Form.SERVICE_URL)


def test_a_name_that_was_pasted_with_a_line_break_is_one_line() -> None:
    """It stands in headings, in commands and in the rows of `links list`."""
    typed = {**GOOD[Form.START], "customer": " Acme\n\t Inc\u00a0& Co "}
    assert fill(Form.START, typed, today=TODAY, link=LINK).values["customer"] == "Acme Inc & Co"
    note = fill(Form.NOTE, {"text": "one\ntwo"}, today=TODAY, link=LINK)
    assert note.values["text"] == "one\ntwo", "a note has lines"


@pytest.mark.parametrize("form", Form)
def test_an_empty_form_names_each_field_that_is_needed(form: Form) -> None:
    filled = fill(form, {}, today=TODAY, link=LINK)
    assert set(filled.errors) == {row.name for row in FORMS[form] if not row.optional}
    assert all(key.endswith(".blank") for key in filled.errors.values())
    assert filled.secrets == {}


@pytest.mark.parametrize(
    ("form", "name", "text", "key"),
    [
        (Form.START, "customer", "…", "field.customer"),
        (Form.START, "customer", "x" * 81, "field.customer"),
        (Form.START, "customer", "x" * 80, ""),
        (Form.START, "profile", "", "field.blank"),
        (Form.EVIDENCE, "forged", "x", ""),
        (Form.LEAVE_OUT, "reason", "x" * 200, ""),
        (Form.APPROVAL, "until", TODAY.isoformat(), "field.date_ahead"),
        (Form.APPROVAL, "until", (TODAY + timedelta(days=366)).isoformat(), ""),
        (Form.APPROVAL, "until", (TODAY + timedelta(days=367)).isoformat(), "field.date_ahead"),
        (Form.APPROVAL, "until", "soon", "field.date"),
        (Form.GROUP, "group", "x" * 100, ""),
        (Form.GROUP, "group", "x" * 101, "field.group"),
        (Form.GROUP, "group", "a\x00b", "field.group"),
        (Form.LEAVE_OUT, "reason", "x" * 201, "field.reason"),
        (Form.LEAVE_OUT, "reason", "the password is Hunter2-Battery!", "field.misplaced.reason"),
        (Form.GROUP, "group", "Hunter2-Battery!", "field.misplaced.group"),
        (Form.GROUP, "group", "ISSG_Wintro 2026", ""),
        (Form.NOTE, "text", "x " * 1000, ""),
        (Form.NOTE, "text", "x " * 1000 + "xy", "field.note"),
        (Form.NOTE, "text", "the password is Hunter2-Battery!", "field.note_secret"),
        (Form.EXPIRY, "days", "0", "field.days"),
        (Form.EXPIRY, "days", str(MOST_DAYS), ""),
        (Form.EXPIRY, "days", str(MOST_DAYS + 1), "field.days"),
        (Form.EXPIRY, "days", "9" * 400, "field.days"),
        (Form.EXPIRY, "days", "-3", "field.days"),
        (Form.EXPIRY, "days", "ninety", "field.days"),
        (Form.EXPIRY, "days", "٩٠", "field.days"),
        (Form.EXPIRY, "days", "1.5", "field.days"),
        (Form.EXPIRY, "set_on", "yesterday", "field.date"),
        (Form.EXPIRY, "set_on", "2028-02-30", "field.date"),
        (Form.EXPIRY, "set_on", "2028-03-01", ""),  # tomorrow, for those east of the sender
        (Form.EXPIRY, "set_on", "2028-03-02", "field.date_future"),
        (Form.EXPIRY, "set_on", "2027-12-01", ""),
        (Form.EXPIRY, "set_on", "2027-11-30", "field.date_over"),
        (Form.API_CLIENT, "client_id", "two words", "field.client_id"),
        (Form.API_CLIENT, "client_id", "https://x", "field.client_id"),
        (Form.API_CLIENT, "client_secret", "x" * (LONGEST_SECRET + 1), "field.secret.too_long"),
        (Form.API_CLIENT, "client_secret", "x" * LONGEST_SECRET, ""),
        (Form.API_CLIENT, "client_id", "Client ID: ab12", "field.secret.pasted_label"),
        (Form.API_CLIENT, "client_id", "ISU_Wintro", "field.misplaced.user"),
        (Form.API_CLIENT, "refresh_token", "t0ken t0ken", "field.secret.more"),
        (Form.API_CLIENT, "refresh_token", "t0\x07ken", "field.secret.control_characters"),
        (Form.API_CLIENT, "client_secret", "••••••••", "field.secret.masked"),
        (Form.KEY_CLIENT, "client_id", "6d1f8s9a0d8f", "field.misplaced.client_secret"),
        (Form.KEY_CLIENT, "user", "Welcome123!", "field.misplaced.password"),
        (Form.TOKEN_CLIENT, "user", "Welcome123!", "field.misplaced.password"),
        (Form.ROTATE, "password", "********", "field.password.masked"),
        (Form.ROTATE, "password", "https://wd5-services1.myworkday.com/ccx/api/v1/acme", "field.password.address"),
        (Form.ROTATE, "password", "WD_PASSWORD=x1", "field.password.pasted_label"),
        (Form.ROTATE, "password", "das Passwort lautet x1", "field.password.pasted_label"),
        (Form.ROTATE, "password", "x" * (LONGEST_SECRET + 1), "field.password.too_long"),
        (Form.ISU, "password", "ISU_Wintro / x1", "field.misplaced.both"),
        (Form.ROTATE, "password", "line\nbreak", "field.password.control_characters"),
        (Form.ROTATE, "password", "password: x", "field.password.pasted_label"),
        (Form.ROTATE, "password", "“quoted”", ""),
        (Form.ISU, "user", "", "field.user.blank"),
        (Form.ISU, "user", "impl/acme1", "field.user.address"),
        (Form.ISU, "user", "ISU_Wintro/Kestrel_47", "field.misplaced.password"),
        (Form.TOKEN_CLIENT, "user", "ISU_Wintro\nKestrel_47", "field.misplaced.password"),
        (Form.ISU, "user", "Welcome123!", "field.misplaced.password"),
        (Form.ISU, "user", "ISU_Wintro@other", "field.user.mismatched_tenant"),
    ],
)
def test_a_field_is_checked(form: Form, name: str, text: str, key: str) -> None:
    filled = fill(form, {**GOOD[form], name: text}, today=TODAY, link=LINK)
    assert filled.errors == ({name: key} if key else {})
    assert name in {row.name for row in FORMS[form]} or name not in filled.values
    assert bool(filled.secrets) == (not key and any(row.kind is FieldKind.SECRET for row in FORMS[form]))


def test_what_a_clipboard_adds_and_nobody_sees_is_left_out_of_all_but_peoples_own_words() -> None:
    client = {**GOOD[Form.API_CLIENT], "client_id": "\u202aab12\u202c "}
    assert fill(Form.API_CLIENT, client, today=TODAY).values["client_id"] == "ab12"
    assert fill(Form.GROUP, {"group": "ISSG\u200b_Ours"}, today=TODAY).values["group"] == "ISSG_Ours"
    reason = {**GOOD[Form.LEAVE_OUT], "reason": "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u06cc\u0645"}
    assert fill(Form.LEAVE_OUT, reason, today=TODAY).values["reason"] == reason["reason"], "it joins letters"


def test_what_stands_around_a_value_that_workday_gives_out_is_left_out() -> None:
    typed = {"client_id": " “ab12”,", "client_secret": "s3cret\u200b\n", "refresh_token": '"t0ken"'}
    filled = fill(Form.API_CLIENT, typed, today=TODAY)
    assert (filled.values, filled.errors) == ({"client_id": "ab12"}, {})
    assert [one.get_secret_value() for one in filled.secrets.values()] == ["s3cret", "t0ken"]


def test_an_address_is_read_once() -> None:
    filled = fill(Form.SERVICE_URL, {"url": "https://www.example.com/x"}, today=TODAY)
    assert filled.errors == {}
    assert filled.pasted
    assert filled.pasted.kind is PasteKind.FOREIGN


def test_two_wrong_fields_are_both_named() -> None:
    filled = fill(Form.EXPIRY, {"days": "x", "set_on": "x"}, today=TODAY)
    assert filled.errors == {"days": "field.days", "set_on": "field.date"}


def test_the_tenant_is_taken_off_a_user_name() -> None:
    typed = {"user": "ISU_Wintro@acme_dpt1", "password": "x1"}
    assert fill(Form.ISU, typed, today=TODAY, link=LINK).values["user"] == "ISU_Wintro"
    for link in (None, changed(LINK, endpoint=None)):
        assert fill(Form.ISU, typed, today=TODAY, link=link).errors == {"user": "field.user.mismatched_tenant"}


def test_no_secret_shows_itself() -> None:
    for form in (Form.ISU, Form.API_CLIENT, Form.ROTATE):
        filled = fill(form, GOOD[form], today=TODAY, link=LINK)
        wrong = fill(form, {**GOOD[form], "password": "hunter2 ", "client_secret": "hunter2 x"}, today=TODAY, link=LINK)
        for text in (repr(filled), str(filled), repr(wrong)):
            assert "correct horse" not in text
            assert "s3cret" not in text
            assert "hunter2" not in text
