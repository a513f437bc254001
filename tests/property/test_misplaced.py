"""Reading names and secrets is total; what is refused stands nowhere in the answer."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from flows.link.events import Form
from flows.link.forms import fill
from flows.link.state import Step
from flows.tenant.account_names import check_user_name, names_password
from flows.tenant.misplaced import MISPLACED, looks_like_password
from tests.support.links import ENDPOINT, a_link

LINK = a_link(step=Step.ISU, endpoint=ENDPOINT)
PIECES = st.sampled_from(
    [
        *(
            "ISU_",
            "Wintro",
            "@acme_dpt1",
            "User Name",
            ": ",
            "Password",
            "=",
            "%20",
            "%",
            "`",
            "*",
            "“",
            "/",
            "\\",
            "(",
        ),
        *(")", "Integration System User", "1", "x", "A", "!", "#", "&amp;", "<mailto:", "|", ">", "\n", "\t", ".", "-"),
        "\u200b",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=10).map("".join))


@given(TEXTS, TEXTS)
def test_any_sign_on_is_read(user: str, password: str) -> None:
    filled = fill(Form.ISU, {"user": user, "password": password}, today=date(2026, 11, 28), link=LINK)
    name = check_user_name(user, ENDPOINT.tenant)
    assert name.value == name.value.strip()
    if filled.errors.get("user", "").startswith(MISPLACED):
        assert filled.values["user"] == ""
        assert not filled.secrets
    if looks_like_password(user, ENDPOINT.tenant) or names_password(user):
        assert filled.errors


@given(TEXTS, TEXTS, TEXTS)
def test_any_client_is_read(client_id: str, secret: str, token: str) -> None:
    typed = {"client_id": client_id, "client_secret": secret, "refresh_token": token}
    filled = fill(Form.API_CLIENT, typed, today=date(2026, 11, 28), link=LINK)
    assert {"client_id"} >= set(filled.values)
    if filled.errors.get("client_id", "").startswith(MISPLACED):
        assert filled.values["client_id"] == ""


@given(st.from_regex(r"[A-Z][a-z]{3,9}(_[A-Z][a-z]{2,9}){0,3}(_v?[0-9])?", fullmatch=True))
def test_words_are_names(name: str) -> None:
    assert check_user_name(name, "acme").value == name
    assert not looks_like_password(name, "acme") or name.casefold().startswith(("passw", "change", "letmein", "qwert"))
