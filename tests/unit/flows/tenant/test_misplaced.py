"""A secret in a field that is shown, a name in a secret's: refused at once, kept nowhere, shown nowhere."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from flows.link.events import Form
from flows.link.forms import fill
from flows.link.state import Step
from flows.tenant import misplaced
from flows.tenant.misplaced import looks_like_password, misplaced_in_client, misplaced_in_login
from tests.support.links import ACCOUNT, ENDPOINT, a_link, changed

TODAY = date(2026, 11, 28)
LINK = a_link(step=Step.ISU, endpoint=ENDPOINT)
CLIENT_ID = b64encode(str(UUID(int=7)).encode()).decode()
CLIENT_SECRET = "4w7rl6v2h3x9k1m5q8t0b2n4c6z8p1d3f5g7j9s1a3y5u7i9o1"
TOKEN = CLIENT_SECRET[::-1] * 2


@pytest.mark.parametrize(
    ("user", "password", "errors"),
    [
        ("ISU_Wintro", "Welcome123!", {}),
        ("ISU_Wintro2", "isu", {}),
        ("Welcome123!", "ISU_Wintro", {"user": "password", "password": "name"}),
        ("Pineapple7", "ISU_Wintro", {"user": "password", "password": "name"}),
        ("Pineapple7", "ISU_Wintro@acme_dpt1", {"user": "password", "password": "name"}),
        ("Pineapple7", "pear tree", {}),
        ("ISU_Wintro Pineapple7", "Pineapple7", {"user": "password"}),
        ("ISU_Wintro", "ISU_Wintro", {"user": "same", "password": "same"}),
        ("ISU_Wintro@acme_dpt1", "isu_wintro", {"user": "same", "password": "same"}),
        ("ISU_Wintro", "ISU_xK9mP2qL!", {}),
        ("Welcome123!", "", {"user": "password"}),
        ("ISU_Wintro", "user: ISU_Wintro password: pear tree", {"password": "both"}),
        ("ISU_Wintro@acme_dpt1", "-u ISU_Wintro@acme_dpt1:pear", {"password": "both"}),
        ("ISU_Wintro", '{"username":"ISU_Wintro","password":"pear"}', {"password": "both"}),
        ("ISU_Wintro", "ISU_Wintro-2026!", {}),
        ("isu", "isu in a pear tree", {}),
        ("ISU_Wintro", "", {}),
        ("", "Welcome123!", {}),
    ],
)
def test_name_and_password_in_each_others_field(user: str, password: str, errors: dict[str, str]) -> None:
    found = misplaced_in_login(user, password, "acme_dpt1", "")
    assert found == {name: f"field.misplaced.{key}" for name, key in errors.items()}


def test_the_known_name_is_no_password() -> None:
    link = changed(LINK, account=replace(ACCOUNT, user_name="Assistly"))
    filled = fill(Form.ROTATE, {"password": "assistly"}, today=TODAY, link=link)
    assert filled.errors == {"password": "field.misplaced.name"}
    assert filled.secrets == {}
    assert fill(Form.ROTATE, {"password": "assistly9"}, today=TODAY, link=link).errors == {}
    beside = fill(Form.ROTATE, {"password": "Assistly / pear tree"}, today=TODAY, link=link)
    assert beside.errors == {"password": "field.misplaced.both"}
    swapped = fill(Form.ISU, {"user": "Pineapple7", "password": "Assistly"}, today=TODAY, link=link)
    assert set(swapped.errors) == {"user", "password"}


@pytest.mark.parametrize(
    ("client_id", "secret", "token", "errors"),
    [
        (CLIENT_ID, CLIENT_SECRET, TOKEN, {}),
        ("an-id-of-another-kind", CLIENT_SECRET, TOKEN, {}),
        (CLIENT_SECRET, CLIENT_ID, TOKEN, {"client_id": "client_secret", "client_secret": "client_id"}),
        (TOKEN, CLIENT_SECRET, CLIENT_ID, {"client_id": "client_secret", "refresh_token": "client_id"}),
        ("Welcome123!", CLIENT_SECRET, TOKEN, {"client_id": "client_secret"}),
        ("6d1f8s9a0d8f", CLIENT_ID, TOKEN, {"client_id": "client_secret", "client_secret": "client_id"}),
        ("6d1f8s9a0d8f", TOKEN, "", {"client_id": "client_secret"}),
        ("plumtree", CLIENT_ID, TOKEN, {"client_id": "client_secret", "client_secret": "client_id"}),
        (CLIENT_ID, CLIENT_SECRET, CLIENT_ID, {"client_id": "same", "refresh_token": "client_id"}),
        ("0e44c92412d34b01ace61e80a47aaf6d", CLIENT_SECRET, TOKEN, {}),
        ("wintro2link4workday", CLIENT_SECRET, TOKEN, {}),
        ("Q7rT2mZ9kLp4Xw8Yb3Nd", CLIENT_SECRET, TOKEN, {}),
        (CLIENT_ID, TOKEN, TOKEN, {"client_secret": "same", "refresh_token": "same"}),
        ("ab12", "ab12", TOKEN, {"client_id": "same", "client_secret": "same"}),
        ("", "", "", {}),
    ],
)
def test_id_and_secret_in_each_others_field(client_id: str, secret: str, token: str, errors: dict[str, str]) -> None:
    typed = {"client_id": client_id, "client_secret": secret, "refresh_token": token}
    found = misplaced_in_client(typed)
    assert found == {name: f"field.misplaced.{key}" for name, key in errors.items()}


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        (Form.ISU, {"user": "Harbor_fog!123", "password": "ISU_Wintro"}),
        (Form.ISU, {"user": "Username: ISU_Wintro Password: Harbor_fog!123", "password": "Harbor_fog!123"}),
        (Form.API_CLIENT, {"client_id": CLIENT_SECRET, "client_secret": CLIENT_ID, "refresh_token": TOKEN}),
    ],
)
def test_nothing_of_it_is_kept_or_shown(form: Form, typed: dict[str, str]) -> None:
    filled = fill(form, typed, today=TODAY, link=LINK)
    assert filled.errors
    assert filled.secrets == {}
    assert not any(secret in repr(filled) for secret in ("Harbor_fog", CLIENT_SECRET))


@pytest.mark.parametrize("text", ["jane+hr@acme.com", "R&D_Feed", "ISU_WD2_Sync3", "O'Brien", "Hunter", "ISU#1"])
def test_a_name_is_no_password(text: str) -> None:
    assert not looks_like_password(text, "acme")


@pytest.mark.parametrize(
    ("user", "is_found"),
    [
        ("ISU_Wintro Corr3ct!Horse", True),
        ("Corr3ct!Horse", True),
        ("xCorr3ct!Horse /Corr3ct!Horse", True),
        ("xCorr3ct!Horse", False),
        ("Corr3ct!Horses", False),
        ("ISU_Wintro", False),
    ],
)
def test_a_password_in_the_users_field_is_found_and_remembered_nowhere(user: str, is_found: bool) -> None:  # noqa: FBT001
    re.purge()
    assert misplaced._holds(user, "Corr3ct!Horse") is is_found  # noqa: SLF001  alone, without what looks like a password
    misplaced.misplaced_in_login(user, "Corr3ct!Horse", "acme", "")
    kept = [str(key) for key in re._cache]  # type: ignore[attr-defined]  # noqa: SLF001  what `re` remembers
    assert not [key for key in kept if "Corr3ct" in key]


def test_the_user_and_the_id_in_each_others_field() -> None:
    found = misplaced_in_client({"client_id": "ISU_Wintro", "user": CLIENT_ID}, "acme_dpt1", "")
    assert found == {"client_id": "field.misplaced.user", "user": "field.misplaced.client_id"}
    assert (
        misplaced_in_client({"client_id": "isu", "user": "isu"}, "acme", "isu")["client_id"] == "field.misplaced.same"
    )
    assert misplaced_in_client({"client_id": CLIENT_ID, "user": CLIENT_SECRET}) == {"user": "field.misplaced.password"}
