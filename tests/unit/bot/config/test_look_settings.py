"""Which languages an installation speaks: built in and in WORDS_DIR, and what is said where one lacks a text."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.config.look_settings import LookSettings, SettingsError, look_of
from bot.config.preflight import look_at_words
from flows.words import Library, Words, load_words
from flows.words.files import FOLDER

BUILT_IN = FOLDER / "en.toml"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VENDOR_FILE", "WORDS_DIR", "WORDS_LANGUAGE", "PERMISSIONS_FILE"):
        monkeypatch.delenv(name, raising=False)


def settings(folder: Path, language: str = "en") -> LookSettings:
    return LookSettings(words_dir=folder, words_language=language)


def test_english_and_german_are_built_in() -> None:
    library = LookSettings().library()
    assert library.languages == look_of(LookSettings()).languages == ("en", "de")
    assert library.of("de-CH").say("button.back") == "Zurück"
    assert LookSettings(words_language="de").library().of("").say("button.back") == "Zurück"
    assert LookSettings(words_language="de").words().say("button.back") == "Back", "who operates the app reads English"


def test_a_third_language_is_one_file(tmp_path: Path) -> None:
    third = BUILT_IN.read_text("utf-8").replace("en_GB", "nl_NL", 1).replace('back = "Back"', 'back = "Terug"')
    (tmp_path / "nl.toml").write_text(third, encoding="utf-8")
    (tmp_path / "permissions.toml").write_text("[profiles]", encoding="utf-8")
    (tmp_path / "en.toml").write_text('[button]\nback = "Go back"', encoding="utf-8")
    library = settings(tmp_path).library()
    assert library.languages == ("en", "de", "nl")
    assert [library.of(tag).say("button.back") for tag in ("nl-BE", "en-US", "de")] == ["Terug", "Go back", "Zurück"]


def test_a_language_that_lacks_texts_borrows_them_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "nl.toml").write_text('locale = "nl_NL"\n[button]\nback = "Terug"', encoding="utf-8")
    library = settings(tmp_path, "nl").library()
    assert library.languages == ("nl", "de", "en")
    assert [library.of("").say(f"button.{one}") for one in ("back", "start")] == ["Terug", "I can do this: start"]
    with caplog.at_level(logging.WARNING):
        look_at_words(library)
    (line,) = caplog.records
    assert (vars(line)["part"], vars(line)["key"]) == ("nl", min(load_words().keys))
    caplog.clear()
    look_at_words(Library(words={"en": Words({})}, default="en"))
    assert not caplog.records


def test_what_is_wrong_in_a_language_that_is_not_the_vendors_own_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text("", encoding="utf-8")
    (tmp_path / "de.toml").write_text('[button]\nbackwards = "Zurück"', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^WORDS_DIR: .*de\.toml: there is no text called button\.backwards"):
        settings(tmp_path).library()


def test_our_reasons_are_not_given_for_a_vendors_own_permissions() -> None:
    own = LookSettings(permissions_file=FOLDER.parent / "permissions.toml")
    assert not own.library().of("de").has("permission.location.why")
    assert LookSettings().library().of("de").has("permission.location.why")
