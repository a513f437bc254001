"""The vendor's own file: what it may say, each fault with its place, and what a variable has to say against it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config.look_settings import LookSettings, SettingsError, look_of
from bot.config.vendor_file import VendorFile, VendorFileError, read_vendor_file
from flows.link.state import Step
from flows.permissions import BUILT_IN

OWN = """
product = "Acme Connect"
name = "Acme"
tone = "plain"
security_page = "https://acme.example/security"
pictures = "https://acme.example/pictures/"

[greeting]
en = "Welcome to Acme!"
de = "Willkommen bei Acme!"

[support]
contact = "help@acme.example"

[[support.links]]
text = "What Acme reads"
url = "https://acme.example/data"
steps = ["permissions", "activation"]

[[support.links]]
text = { en = "Questions", de = "Fragen" }
url = "https://acme.example/faq"

[words.en.button]
start = "Let us go"

[profiles.small]
title = "Small"
description = "Workers only"
permissions = ["workers", "pay"]

[permissions.workers]
policy = "Worker Data: Workers"
access = "Get Only"
why = "To know who works there."
data = "Names"
probe = "workers"

[permissions.pay]
policy = "Worker Data: Compensation"
access = "Get Only"
why = "To show pay."
data = "Pay"
probe = "worker_compensation"
optional = true
"""

WRONG = [
    ("prodct = 'x'", "prodct is not known; use product, name, tone"),
    ("product = ''", "product must be a name of 1 to 24 characters"),
    ("product = 'A name that is far too long'", "product must be a name of 1 to 24 characters"),
    ("product = 'Acme <b>'", "without any of < >"),
    ("product = 7", "product must be a text in quotes"),
    ("name = ' Acme'", "name must be a name"),
    ("tone = 'loud'", "tone must be warm or plain"),
    ("greeting = ''", "greeting must have 1 to 500 characters in en"),
    ("greeting = {}", "greeting must be a text, or a table of texts by language"),
    ("greeting = { klingon = 'nuqneH' }", "greeting knows no language 'klingon'"),
    (f"greeting = '{'x' * 501}'", "greeting must have 1 to 500 characters in en"),
    ("security_page = 'ftp://acme.example'", "security_page must be an https address"),
    ("pictures = 'http://acme.example'", "pictures must be an https address"),
    ("support = 'me'", "support must be a table"),
    ("[support]\nphone = '1'", "support.phone is not known; use contact, links"),
    ('[support]\ncontact = "a\\nb"', "support.contact must be an address of mail, a page or words"),
    ("[[support.links]]\ntext = 'x'", "support.links.0.url is missing"),
    ("[[support.links]]\ntext = 'x'\nurl = 'x'", "support.links.0.url must be an https address"),
    ("[[support.links]]\ntext = 'x'\nurl = 'https://x.y'\nlabel = 1", "support.links.0.label is not known; use text"),
    (
        "[[support.links]]\ntext = 'x'\nurl = 'https://x.y'\nsteps = ['isu', 'end']",
        "support.links.0.steps.1 must be one",
    ),
    ("[[support.links]]\ntext = 'x'\nurl = 'https://x.y'\nsteps = 'isu'", "support.links.0.steps must be a list"),
    ("[[support.links]]\ntext = 'x'\nurl = 'https://x.y'\n" * 11, "support must have at most 10 links"),
    ("[words]\nxx1 = {}", "words knows no language 'xx1'"),
    ("[words.en]\nlocale = 'en_GB'", "takes no locale"),
    ("words = 'x'", "words must be a table"),
    ("[profiles.a]\ntitle = 'x'", "The file has no permissions"),
    ("[permissions.a]\npolicy = 'x'", "permissions.a: access must be one of"),
    ("product = ", "is not TOML in UTF-8"),
]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LookSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(folder: Path, text: str) -> VendorFile:
    path = folder / "vendor.toml"
    path.write_text(text, encoding="utf-8")
    return read_vendor_file(path)


def look(folder: Path, text: str = OWN) -> LookSettings:
    (folder / "vendor.toml").write_text(text, encoding="utf-8")
    return LookSettings(vendor_file=folder / "vendor.toml")


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_fault_is_named_with_its_place_and_mend(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(VendorFileError, match=re.escape(said)) as raised:
        read(tmp_path, text)
    assert all(line.startswith(f"{tmp_path}/vendor.toml") for line in str(raised.value).splitlines())


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        look(tmp_path, "product = ''\ntone = 'loud'\nsecurity_page = 'x'").vendor()
    lines = str(raised.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("VENDOR_FILE: ") for line in lines)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^VENDOR_FILE: .*vendor\.toml cannot be read"):
        LookSettings(vendor_file=tmp_path / "vendor.toml").vendor()


def test_everything_that_it_says_is_taken(tmp_path: Path) -> None:
    settings = look(tmp_path)
    rules, words = look_of(settings, "the workspace"), settings.words()
    assert (rules.vendor, rules.security_page) == ("Acme", "https://acme.example/security")
    assert rules.pictures == "https://acme.example/pictures"
    assert rules.voice.contact == "help@acme.example"
    assert rules.voice.greeting["de"] == "Willkommen bei Acme!"
    assert [one.steps for one in rules.voice.links] == [{Step.PERMISSIONS, Step.ACTIVATION}, set()]
    assert words.say("form.start.title") == "Acme Connect"
    assert words.say("button.start") == "Let us go"
    assert "!" not in words.raw("outcome.moved")[0]
    (small,) = rules.permissions.profiles.values()
    assert [(row.policy, row.optional) for row in small.permissions] == [
        ("Worker Data: Workers", False),
        ("Worker Data: Compensation", True),
    ]


def test_a_variable_that_is_set_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.toml").write_text('[button]\nstart = "Off we go"\n', encoding="utf-8")
    for name, value in {
        "VENDOR_NAME": "Acme Corporation",
        "SECURITY_URL": "https://corp.example/security",
        "PICTURES_URL": "https://corp.example/pictures",
        "PERMISSIONS_FILE": str(BUILT_IN),
        "WORDS_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    settings = look(tmp_path)
    rules = look_of(settings)
    assert (rules.vendor, rules.security_page) == ("Acme Corporation", "https://corp.example/security")
    assert rules.pictures == "https://corp.example/pictures"
    assert "recruiting" in rules.permissions.profiles
    assert settings.words().say("button.start") == "Off we go"


def test_without_it_everything_is_as_it_was() -> None:
    rules = look_of(LookSettings(), "the workspace")
    assert (rules.vendor, rules.security_page, rules.pictures) == ("the workspace", "", "")
    assert "recruiting" in rules.permissions.profiles
    assert LookSettings().words().say("form.start.title") == "Link Workday"


def test_a_text_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^VENDOR_FILE: .*vendor\.toml: there is no text called button\.begin"):
        look(tmp_path, "[words.en.button]\nbegin = 'x'").words()


def test_the_example_to_copy_can_be_used() -> None:
    settings = LookSettings(vendor_file=Path(__file__).parents[4] / "docs" / "vendor.toml")
    rules = look_of(settings)
    assert (rules.vendor, len(rules.voice.links), len(rules.permissions.rows("people"))) == ("Acme", 2, 3)
    assert settings.words().say("button.start") == "I can do this: let's start"
