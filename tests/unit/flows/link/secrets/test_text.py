"""What was posted in the thread is known again, in whatever shape it comes back."""

from __future__ import annotations

import pytest

from flows.link.secrets import is_elsewhere, looks_secret, posted_values, readings


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("the password is Tr0ub4dor&amp;3-horse", "Tr0ub4dor&3-horse"),
        ("pw: Tr0ub4dor!", "Tr0ub4dor!"),
        ("pw Tr0ub4dor#2.docx", "Tr0ub4dor#2"),
        ("pw: Tr0ub4dor.", "Tr0ub4dor"),
        ("`Tr0ub4dor#9`", "Tr0ub4dor#9"),
        ("password: correct horse battery staple", "correct horse battery staple"),
        ("hello\nTr0ub4dor 9\nbye", "Tr0ub4dor 9"),
        ('secret="abc=def=="', "abc=def=="),
        ("take <http://Tr0ub4dor.me|Tr0ub4dor.me>!x now", "Tr0ub4dor.me!x"),
        ("<mailto:P@ssw0rd.com|P@ssw0rd.com>9", "P@ssw0rd.com9"),
    ],
)
def test_what_may_be_the_secret_is_marked(text: str, secret: str) -> None:
    assert secret in posted_values(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("so: Tr0ub4dor&amp;3-horse!", "Tr0ub4dor&3-horse"),
        ("take <http://Tr0ub4dor.me|Tr0ub4dor.me>!x now", "Tr0ub4dor.me!x"),
        ("<mailto:P@ssw0rd.com|P@ssw0rd.com>9", "P@ssw0rd.com9"),
        ("<https://abc.de/x?y=1>", "abc.de/x?y=1"),
        ("Authorization: Basic SVNVOlRyMHViNGRvciYzLWhvcnNl", "Tr0ub4dor&3-horse"),
        ("https://ISU:Tr0ub4dor%263-horse@acme.com", "Tr0ub4dor&3-horse"),
        ("&amp;lt;Password&amp;gt;Tr0ub4dor&amp;amp;3&amp;lt;/Password&amp;gt;", "Tr0ub4dor&3"),
    ],
)
def test_a_secret_is_seen_in_whatever_slack_made_of_it(text: str, secret: str) -> None:
    assert any(secret in reading for reading in readings(text))


def test_what_is_not_there_is_not_seen() -> None:
    assert not any("Tr0ub4dor" in reading for reading in readings("nothing of that kind"))


def test_small_words_are_not_marked() -> None:
    assert posted_values("it is a dog") == ("it is a dog",)
    assert len(posted_values("a1b2c3d4 " * 5 + " ".join(f"word{n:04}" for n in range(200)))) <= 40


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [
        ("https://[broken/?client_secret=8kq2v7x9m1p3", True),
        ("https://[broken/?page=2", False),
        ("it's still Kestrel_48", True),
        ("at jdk.proxy2/jdk.proxy2.$Proxy118.getWorkers(Unknown Source)", False),
        ("password: Kestrel2026 :white_check_mark:", True),
        ("<https://vault.acme.com/x|password: Kestrel2026>", True),
        ("<@U02ABCDEF12> password: &lt;hidden&gt;", False),
    ],
)
def test_slacks_markup_hides_and_adds_nothing(text: str, is_secret: bool) -> None:  # noqa: FBT001
    assert looks_secret(text) is is_secret


def test_the_likeliest_values_are_marked_first() -> None:
    long = " ".join(f"ordinary-{number}-word" for number in range(60))
    assert "Kestrel2026" in posted_values(f"{long} password: Kestrel2026")


@pytest.mark.parametrize(
    ("text", "files", "is_one"),
    [
        ("here", ("ISU password.docx",), True),
        ("here", ("Workday creds.txt",), True),
        ("", ("", "Screenshot of the client secret"), True),
        ("<https://share.1password.com/s#abc123|share.1password.com>", (), True),
        ("take it from https://eu.onetimesecret.com/secret/x1", (), True),
        ("here", ("Password rules.pdf",), False),
        ("here", ("passport.pdf", "Screenshot 2026-11-23 at 10.15.32.png"), False),
        ("we keep it in 1Password", (), False),
        ("see https://wintro.com/help", (), False),
    ],
)
def test_a_secret_in_a_file_or_behind_a_link_is_known(text: str, files: tuple[str, ...], is_one: bool) -> None:  # noqa: FBT001
    assert is_elsewhere(text, files) is is_one


def test_what_is_said_again_and_again_hides_no_secret() -> None:
    log = "INFO the password policy is checked every hour for this tenant\n" * 30
    assert not looks_secret(log)
    assert looks_secret(f"{log}password: alderbrook")


@pytest.mark.parametrize("last", ["#", "=", "\x00"])
def test_a_long_word_behind_an_at_sign_is_read_at_once(last: str) -> None:
    # Where a part of a tenant's name may begin without its sign, the time doubles with each letter.
    assert looks_secret("abC1@" + 200 * "a" + last) in {True, False}
