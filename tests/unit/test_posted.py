"""What was posted in the thread is known again, in whatever shape it comes back."""

from __future__ import annotations

import pytest

from flows.hearing import posted_values


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("the password is Tr0ub4dor&amp;3-horse", "Tr0ub4dor&3-horse"),
        ("pw: Tr0ub4dor!", "Tr0ub4dor!"),
        ("pw: Tr0ub4dor.", "Tr0ub4dor"),
        ("`Tr0ub4dor#9`", "Tr0ub4dor#9"),
        ("password: correct horse battery staple", "correct horse battery staple"),
        ("hello\nTr0ub4dor 9\nbye", "Tr0ub4dor 9"),
        ('secret="abc=def=="', "abc=def=="),
    ],
)
def test_what_may_be_the_secret_is_marked(text: str, secret: str) -> None:
    assert secret in posted_values(text)


def test_small_words_are_not_marked() -> None:
    assert posted_values("it is a dog") == ("it is a dog",)
    assert len(posted_values("a1b2c3d4 " * 5 + " ".join(f"word{n:04}" for n in range(200)))) <= 40
