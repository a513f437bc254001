"""Whatever is typed: nothing raises, quickly; words and numbers are never taken for a secret, tokens always."""

from __future__ import annotations

import itertools
import string
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.link.events import Form, Intent
from flows.link.forms import FORMS, FieldKind, customer_from_channel, fill
from flows.link.state import Account, SecretRef, Step
from flows.link.thread_messages import hear, looks_secret
from tests.support.links import ADA, ENDPOINT, NOW, a_link

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


@pytest.mark.parametrize(
    "text", ["a", "A1", "A-b1", "a.", "a@", ":a", "<a", "password ", "password is ", "token=", "1a."]
)
def test_the_longest_message_is_read_at_once(text: str) -> None:
    whole = text * (40_000 // len(text))
    begun = perf_counter()
    looks_secret(whole, KNOWN)
    assert perf_counter() - begun < 1


@given(words=st.lists(st.one_of(WORDS, NUMBERS), min_size=2, max_size=12))
def test_words_and_numbers_are_no_secret(words: list[str]) -> None:
    names = {"password", "secret", "token", "pass", "pwd", "pw", "kennwort", "credential", "credentials"}
    if not names & {word.lower() for word in words}:
        assert not looks_secret(" ".join(words), LINK)


@given(wid=st.text("0123456789abcdef", min_size=32, max_size=32), before=st.sampled_from(("", "The WID is ")))
def test_an_id_of_workday_is_no_secret(wid: str, before: str) -> None:
    assert not looks_secret(before + wid, KNOWN)


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
