"""Which words a reader gets: of their very language, of its family, or the vendor's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.words import Library, Words, load_words, own_name
from flows.words.files import FOLDER

GERMAN = (FOLDER / "de.toml").read_text(encoding="utf-8")
LIBRARY = Library(
    words={tag: Words({"hello": tag}, tag) for tag in ("en", "de", "pt", "pt_BR")},
    default="de",
)


@pytest.mark.parametrize(
    ("locale", "tag"),
    [
        *(("en-GB", "en"), ("en_US", "en"), ("de-AT", "de"), ("pt-BR", "pt_BR"), ("pt-PT", "pt"), ("pt", "pt")),
        *(("", "de"), ("tlh", "de"), ("nonsense of any kind", "de")),
    ],
)
def test_a_reader_gets_the_nearest_words(locale: str, tag: str) -> None:
    assert LIBRARY.of(locale).say("hello") == tag


def test_the_vendors_own_language_comes_first() -> None:
    assert LIBRARY.languages == ("de", "en", "pt", "pt_BR")


@pytest.mark.parametrize(("tag", "name"), [("de", "Deutsch"), ("en", "English"), ("fr", "Français")])
def test_a_language_has_a_name_of_its_own(tag: str, name: str) -> None:
    assert own_name(tag) == name


def test_what_a_language_lacks_is_borrowed_and_named(tmp_path: Path) -> None:
    lines = GERMAN.splitlines(keepends=True)
    lacking = ("start = ", "days = {")
    kept = [line for line in lines if not line.startswith(lacking)]
    (tmp_path / "de.toml").write_text("".join(kept), encoding="utf-8")
    words = load_words(language="de", folder=tmp_path, borrows=True)
    assert {"button.start", "took.days"} <= words.lacking
    assert words.say("button.start") == "I can do this: start"
    assert words.say("took.days", {"count": "3"}) == "3 days"
    assert words.say("button.back") == "Zurück"
    own = tmp_path / "own.toml"
    own.write_text('[button]\nstart = "Los"\n', encoding="utf-8")
    mended = load_words(own, "de", tmp_path, borrows=True)
    assert mended.lacking == words.lacking - {"button.start"}


def test_a_borrowed_text_has_the_forms_of_the_language_it_is_borrowed_from(tmp_path: Path) -> None:
    (tmp_path / "ru.toml").write_text('locale = "ru"\n', encoding="utf-8")
    words = load_words(language="ru", folder=tmp_path, borrows=True)
    assert [words.say("took.days", {"count": count}) for count in ("1", "3")] == ["1 day", "3 days"]


def test_of_a_vendors_own_permissions_nothing_is_said_by_us() -> None:
    assert load_words(language="de").has("permission.location.why")
    words = load_words(language="de", own_rows=True)
    assert not [key for key in words.keys if key.startswith(("permission.", "profile."))]
    assert words.say("button.back") == "Zurück"
