"""Whatever is typed: nothing raises, steps grow with the text; words and numbers are never a secret, tokens always."""

from __future__ import annotations

import itertools
import string
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.link.events import Form, Intent
from flows.link.forms import FORMS, FieldKind, fill
from flows.link.secrets.text import looks_secret, posted_values
from flows.link.setup import Account, SecretRef
from flows.link.state import Step
from flows.link.thread_messages import hear
from flows.tenant.channel_name import customer_from_channel
from tests.support.corpus import MOMENTS
from tests.support.links import ADA, ENDPOINT, NOW, a_link
from tests.support.long_texts import LONG_PIECES, long_text

LENGTH = 2_500
"""Characters of a message of which one twice as long may take twice the steps, and a few more."""
A_FEW = 500
LINK = a_link(step=Step.SERVICE_URL)
KNOWN = a_link(step=Step.ISU, endpoint=ENDPOINT, account=Account(user_name="ISU_Wintro", secret=SecretRef("s1")))
WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=30).flatmap(
    lambda word: st.sampled_from((word, word.capitalize(), word.upper()))
)
NUMBERS = st.integers(0, 10**12).map(str)
ALPHABET = string.ascii_letters + string.digits


@given(text=st.text(max_size=400))
def test_any_text_is_heard(text: str) -> None:
    for link in (LINK, KNOWN):
        heard = hear(text, link, ADA)
        assert heard is None or heard.actor == ADA


def steps(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes, those of patterns and of other built-in functions too."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", LONG_PIECES)
def test_a_message_twice_as_long_takes_twice_the_steps_at_most(piece: str) -> None:
    link = MOMENTS["isu_refused"]
    hear(long_text(piece, 100), link, ADA)  # what is made once is made
    text = long_text(piece, 2 * LENGTH)
    once, twice = steps(lambda: hear(text[:LENGTH], link, ADA)), steps(lambda: hear(text, link, ADA))
    print(f"{piece!r}: {once} steps, {twice} for twice as much")  # noqa: T201  the counts are the point
    assert twice <= 2 * once + A_FEW


PIECES = st.sampled_from(
    [
        "password",
        "pw:",
        "=",
        "->",
        "is",
        "Passwort",
        "密码",
        "は",
        "|",
        "\t",
        "\n",
        "`",
        '"',
        "'",
        "<",
        ">",
        "&lt;",
        "&amp;lt;",
        "</",
        "https://",
        "?client_secret=",
        "@",
        ":",
        "ISU_Wintro",
        "/",
        ",",
        ";",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "$",
        "%",
        "#",
        "-u",
        "Basic",
        "Bearer",
        "eyJ",
        "auth=(",
        "Kestrel2026",
        "hidden",
        "****",
        "2026-11-23",
        "user:",
        "�",
    ]
)


@given(pieces=st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40), user=st.sampled_from(("", "ISU_Wintro")))
def test_nothing_that_is_posted_raises(pieces: list[str], user: str) -> None:
    text = "".join(pieces)
    looks_secret(text, user=user)
    assert all(len(value) >= 6 for value in posted_values(text))


@pytest.mark.parametrize("name", ["password", "Passwort", "client_secret", "пароль", "パスワード", "mot de passe"])
@given(secret=st.from_regex(r"[A-Z][a-z]{5,9}[0-9]{3}[!#*]", fullmatch=True), before=st.sampled_from(("", "ok ", "\n")))
def test_a_named_password_is_a_secret(name: str, secret: str, before: str) -> None:
    for sign in (": ", "=", " = ", " is ", " -> ", "\t", " | ", "\n"):
        assert looks_secret(f"{before}{name}{sign}{secret}")


@given(words=st.lists(st.one_of(WORDS, NUMBERS), min_size=2, max_size=12))
def test_words_and_numbers_are_no_secret(words: list[str]) -> None:
    names = {"password", "secret", "token", "pass", "pwd", "pw", "kennwort", "credential", "credentials"}
    if not names & {word.lower() for word in words}:
        assert not looks_secret(" ".join(words))


@given(wid=st.text("0123456789abcdef", min_size=32, max_size=32), before=st.sampled_from(("", "The WID is ")))
def test_an_id_of_workday_is_no_secret(wid: str, before: str) -> None:
    assert not looks_secret(before + wid, user="ISU_Wintro")


TOKENS = st.text(ALPHABET, min_size=32, max_size=80).filter(
    lambda text: sum(earlier.isdigit() != later.isdigit() for earlier, later in itertools.pairwise(text)) >= 8
)


@given(token=TOKENS, before=st.sampled_from(("", "here: ", "token=", "ISU_Wintro ")))
def test_a_long_token_is_a_secret(token: str, before: str) -> None:
    heard = hear(before + token, KNOWN, ADA)
    assert heard
    assert heard.intent is Intent.SECRET


@given(form=st.sampled_from(Form), typed=st.dictionaries(st.text(max_size=9), st.text(max_size=600)), data=st.data())
def test_any_filled_form_is_read(form: Form, typed: dict[str, str], data: st.DataObject) -> None:
    named = {row.name: data.draw(st.text(max_size=40)) for row in FORMS[form]}
    for link in (None, LINK, KNOWN):
        filled = fill(form, typed | named, today=NOW.date(), link=link)
        secret = {row.name for row in FORMS[form] if row.kind is FieldKind.SECRET}
        assert set(filled.errors) <= {row.name for row in FORMS[form]}
        assert set(filled.secrets) == (set() if filled.errors else secret)
        assert not secret & set(filled.values)
        assert all(key.startswith("field.") for key in filled.errors.values())


@given(channel=st.text(max_size=80), vendor=st.text(max_size=40))
def test_any_channel_gives_some_name(channel: str, vendor: str) -> None:
    name = customer_from_channel(channel, vendor)
    assert name == name.strip()
    assert len(name) <= 3 * len(channel)
