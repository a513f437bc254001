"""Trouble that somebody has now is told from trouble that is over, denied, supposed or another's."""

from __future__ import annotations

import pytest

from flows.talk.hearsay import is_denied, is_hearsay


@pytest.mark.parametrize(
    "text",
    [
        "no more invalid_client",
        "it is fixed now, invalid_grant is gone",
        "we don't see that error any more",
        "invalid_client worked itself out, it works now",
        "we had invalid_grant last week",
        "another customer had invalid_client",
        "the docs say invalid_request means a wrong tenant",
        "my laptop says the certificate is wrong",
        "she was locked out",
        "Tom said he got invalid_client",
        "FYI from the vendor: invalid_client",
        "in the demo it was invalid_client",
        "what happens after invalid_client?",
        "if you see invalid_grant, make a new token",
        "will it say invalid_client, could that happen?",
        "did anybody see invalid_client?",
        "das ist behoben",
        "ya no sale invalid_client",
    ],
)
def test_trouble_that_is_not_here_and_now(text: str) -> None:
    assert is_hearsay(text)


@pytest.mark.parametrize(
    "text",
    [
        "invalid_client",
        "yesterday it worked, today it says invalid_client",
        "still invalid_client, as last week",
        "you said it's fine and now it isn't",
        "it is not fixed: invalid_client",
        "the other field says invalid_client",
        "```it works now, last week```",
        '{"error": "it is gone"}',
        "com.acme.Error: no longer " + "x" * 600,
    ],
)
def test_trouble_that_is(text: str) -> None:
    assert not is_hearsay(text)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("no FAULT", True),
        ("we never got a FAULT", True),
        ("I don't see FAULT", True),
        ('no "FAULT"', True),
        ("FAULT", False),
        ("no, FAULT", False),
        ("it did not work: FAULT", False),
        ("I cannot log in, FAULT", False),
        ("no idea what to do now about this FAULT", False),
        ('it says "no", then "FAULT"', False),
    ],
)
def test_a_denial_stands_right_before_what_it_denies(text: str, denied: bool) -> None:  # noqa: FBT001
    assert is_denied(text, text.index("FAULT")) == denied
