"""What may be typed into each modal: the clean value, or one complaint at the right field."""

from __future__ import annotations

from datetime import date

import pytest

from flows.endpoints import PasteKind
from flows.forms import FORMS, FieldKind, customer_from_channel, fill
from flows.messages import Form
from tests.unit.links import ENDPOINT, a_link

TODAY = date(2026, 11, 23)
START = {"customer": " Acme ", "profile": "recruiting", "environment": "unknown"}
GOOD_SECRET = "k" * 40


@pytest.mark.parametrize(
    ("form", "typed", "errors"),
    [
        (Form.START, START, {}),
        (Form.START, {**START, "customer": "  "}, {"customer": "field.blank"}),
        (Form.START, {**START, "customer": "…"}, {"customer": "field.customer"}),
        (Form.START, {**START, "customer": "x" * 81}, {"customer": "field.customer"}),
        (Form.START, {**START, "profile": ""}, {"profile": "field.blank"}),
        (Form.SERVICE_URL, {"url": ENDPOINT.rest_url}, {}),
        (Form.SERVICE_URL, {}, {"url": "field.blank"}),
        (Form.ISU, {"user": "ISU_Wintro", "password": "x<&>y z"}, {}),
        (Form.ISU, {"user": "ISU_Wintro@acme_dpt1", "password": "“curly”"}, {}),
        (Form.ISU, {"user": "ISU Wintro", "password": "x"}, {"user": "field.user.has_spaces"}),
        (Form.ISU, {"user": "", "password": ""}, {"user": "field.user.blank", "password": "field.password.blank"}),
        (Form.ISU, {"user": "a", "password": " x"}, {"password": "field.password.edge_spaces"}),
        (Form.ISU, {"user": "a", "password": "Password: x"}, {"password": "field.password.pasted_label"}),
        (Form.ISU, {"user": "a", "password": "x\ny"}, {"password": "field.password.control_characters"}),
        (Form.ISU, {"user": "a", "password": "x" * 501}, {"password": "field.secret.too_long"}),
        (Form.EXPIRY, {"days": "90", "set_on": "2026-11-01"}, {}),
        (Form.EXPIRY, {"days": "90", "set_on": "2026-11-24"}, {}),
        (Form.EXPIRY, {"days": "0", "set_on": "2026-11-01"}, {"days": "field.days"}),
        (Form.EXPIRY, {"days": "100000", "set_on": "2026-11-01"}, {"days": "field.days"}),
        (Form.EXPIRY, {"days": "ninety", "set_on": "2026-11-01"}, {"days": "field.days"}),
        (Form.EXPIRY, {"days": "", "set_on": ""}, {"days": "field.blank", "set_on": "field.blank"}),
        (Form.EXPIRY, {"days": "90", "set_on": "2026-02-30"}, {"set_on": "field.date"}),
        (Form.EXPIRY, {"days": "90", "set_on": "2027-01-01"}, {"set_on": "field.date_future"}),
        (Form.EXPIRY, {"days": "90", "set_on": "2026-01-01"}, {"set_on": "field.date_over"}),
        (Form.EXPIRY, {"days": "x", "set_on": "2026-01-01"}, {"days": "field.days"}),
        (Form.API_CLIENT, {"client_id": "abc", "client_secret": GOOD_SECRET, "refresh_token": GOOD_SECRET}, {}),
        (
            Form.API_CLIENT,
            {"client_id": "https://x", "client_secret": " k", "refresh_token": ""},
            {
                "client_id": "field.client_id",
                "client_secret": "field.secret.edge_spaces",
                "refresh_token": "field.secret.blank",
            },
        ),
        (Form.HAND_OVER, {"person": "U1"}, {}),
        (Form.HAND_OVER, {}, {"person": "field.blank"}),
        (Form.ROTATE, {"password": "new"}, {}),
        (Form.CANCEL, {}, {}),
        (Form.EVIDENCE, {"forged": "x"}, {}),
    ],
)
def test_a_form(form: Form, typed: dict[str, str], errors: dict[str, str]) -> None:
    filled = fill(form, typed, today=TODAY, link=a_link(endpoint=ENDPOINT))
    assert filled.errors == errors
    secret = {row.name for row in FORMS[form] if row.kind is FieldKind.SECRET}
    assert set(filled.secrets) == (set() if errors else secret)
    assert not any(name in filled.values for name in secret)
    for name in secret:
        assert not typed.get(name) or typed[name] not in repr(filled)


def test_values_come_out_clean() -> None:
    filled = fill(Form.START, START, today=TODAY)
    assert filled.values == {
        "customer": "Acme",
        "admin": "",
        "profile": "recruiting",
        "absence": "",
        "environment": "unknown",
    }
    isu = fill(
        Form.ISU, {"user": " ISU_Wintro@acme_dpt1 ", "password": "x"}, today=TODAY, link=a_link(endpoint=ENDPOINT)
    )
    assert isu.values["user"] == "ISU_Wintro"
    assert isu.secrets["password"].get_secret_value() == "x"
    free = fill(Form.ISU, {"user": "ISU_Wintro", "password": "x"}, today=TODAY)
    assert free.values["user"] == "ISU_Wintro"


def test_an_address_is_read_once() -> None:
    filled = fill(Form.SERVICE_URL, {"url": "https://www.example.com/x"}, today=TODAY)
    assert filled.pasted
    assert filled.pasted.kind is PasteKind.FOREIGN


@pytest.mark.parametrize(
    ("channel", "customer"),
    [
        ("ext-acme-wintro", "Acme"),
        ("#wintro_shared_globex-corp", "Globex Corp"),
        ("privategroup", ""),
        ("ext-ACME-workday", "ACME"),
        ("wintro", ""),
    ],
)
def test_the_customer_is_guessed_from_the_channel(channel: str, customer: str) -> None:
    assert customer_from_channel(channel, "Wintro") == customer
