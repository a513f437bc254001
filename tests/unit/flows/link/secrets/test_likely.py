"""One weak sign gives nothing away; two together do, and what else a word is said to be takes them back."""

from __future__ import annotations

import pytest

from flows.link.secrets.likely import is_likely
from flows.link.secrets.message import read
from flows.link.secrets.phrases import is_of_words, is_spelt_out
from flows.link.secrets.words import fold, names_in

USER = "ISU_Wintro"
SIGNS = {
    "named beside": ("password then tulipan44 again", "report then tulipan44 again"),
    "named in the line": (
        "Kestrel-77-barn, if I may say so here, as password",
        "Kestrel-77-barn, if I may say so here, as it is",
    ),
    "given": ("IT gave us OtterPond31 today", "IT said OtterPond31 today"),
    "judged": ("over here OtterPond31 fails", "over here OtterPond31 waits"),
    "pointed at": ("here you go: Kestrel-77-barn", "here you go Kestrel-77-barn"),
    "beside a user": ("ISU_Wintro tulipan44", "Kim tulipan44"),
    "below a user": ("Login: ISU_Wintro\nOpener: tulipan44", "Login: Kim\nOpener: tulipan44"),
    "last": ("IT sent garden44", "IT sent garden44 there"),
    "quoted": ("IT sent `garden44` there", "IT sent garden44 there"),
    "a character spoken of": ("granitefox89, no capitals", "granitefox89, no dinner"),
    "of somebody": ("I used tulipan44", "I used it for tulipan44"),
    "of something": ("it was tulipan44", "the folder was tulipan44"),
    "labelled": ("sent tulipan44", "sent tenant tulipan44"),
    "labelled near by": ("I typed tulipan44", "I typed our tenant here tulipan44"),
    "the name of a thing": ("and OtterBay01 failed", "job OtterBay01 failed"),
    "two names and a number": ("con la clave Puerto_Sur17 no entra", "con la puerta Puerto_Sur17 no entra"),
    "a sign inside": ("password then Vinter#Natt again", "password then VinterNatt again"),
    "numbered": ("tried Trondheim99 today", "tried Windows11 today"),
    "from one to another": ("set up Kite44Garden", "set up Kite2Garden"),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_more_tells_a_secret(sign: str) -> None:
    given, ordinary = SIGNS[sign]
    assert is_likely(read(given, USER)), given
    assert not is_likely(read(ordinary, USER)), ordinary


def test_the_output_of_a_program_is_not_weighed_word_by_word() -> None:
    lines = "\n".join(f"Trondheim{number} Bergenhus{number} x" for number in range(1000, 1100))
    assert is_likely(read("IT gave us OtterPond31", USER))
    assert not is_likely(read(f"{lines}\nIT gave us OtterPond31", USER))


@pytest.mark.parametrize(
    ("given", "ordinary"),
    [
        ("password: Light House 9", "password: Light House now"),
        ("password = Wel come 123!", "password = rule 12 applies"),
        ("password: Kim Lions 9", "password: Kim Has 9"),
        ("pw: Tulip Garden 3", "pw: Kim sends in Week 9"),
    ],
)
def test_a_password_of_few_words_holds_a_number(given: str, ordinary: str) -> None:
    assert is_of_words(read(given, USER))
    assert not is_of_words(read(ordinary, USER))


@pytest.mark.parametrize(
    ("given", "ordinary"),
    [
        ("the password is larkspur, all lower case", "the password has to be all lower case"),
        ("password all lowercase: larkspur", "password all lowercase: required"),
        ("password larkspur, all lowercase", "password always all lowercase"),
        ("das Passwort ist rittersporn, alles klein geschrieben", "das Passwort ist alles klein geschrieben"),
    ],
)
def test_a_password_whose_letters_are_explained_stands_beside(given: str, ordinary: str) -> None:
    assert is_spelt_out(read(given, USER))
    assert not is_spelt_out(read(ordinary, USER))


@pytest.mark.parametrize("slip", ["pasword", "passwrod", "kenwort", "contraseñia", "wachtword", "lössenord"])
def test_one_slip_leaves_a_long_name_what_it_is(slip: str) -> None:
    assert names_in(slip, fold(slip)) == [(0, len(slip))]


@pytest.mark.parametrize("other", ["keyword", "Kennwert", "passage", "salami"])
def test_what_is_near_a_name_and_another_word_is_none(other: str) -> None:
    assert names_in(other, fold(other)) == []
