"""The page needs nothing beside it, and shows a vendor's own texts, names and languages as they will be."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.config.look_settings import LookSettings, look_of
from bot.ops import preview
from bot.ops.cli import main
from bot.preview.blocks_html import mrkdwn
from bot.preview.page import OWN_PICTURES, page
from flows.link.rulebook import Voice
from flows.words import Dress, load_words
from flows.words.files import DEFAULT

RULES = look_of(LookSettings(), "Northwind")
EXAMPLE = Path(__file__).parents[4] / "docs" / "vendor.toml"
VOID = {"meta", "br", "img", "input"}


class Balanced(HTMLParser):
    """Reads a page and notes what is not closed as it was opened, and every address that would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "background", "poster"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*LookSettings.model_fields, "slack_bot_token", "credential_keys"):
        monkeypatch.delenv(name.upper(), raising=False)


def read(html: str) -> Balanced:
    found = Balanced()
    found.feed(html)
    return found


def test_it_is_whole_and_fetches_nothing() -> None:
    html = page(replace(RULES, pictures=OWN_PICTURES), [load_words()])
    found = read(html)
    assert (found.open, found.wrong) == ([], [])
    assert not found.tags & {"script", "link", "object", "embed"}
    assert all(address.startswith("data:image/png;base64,") for address in found.fetched)
    assert not re.findall(r"url\((?!data:)", html)
    assert html.count(".picture.isu{") == 1
    assert len(found.ids) == len(set(found.ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(found.ids)


def test_what_a_vendor_says_is_no_markup() -> None:
    wild = "<script>alert(1)</script>\" onload=x '"
    rules = replace(RULES, vendor=wild, voice=Voice(contact=wild, greeting={"en": "Hello &lt;b&gt;"}))
    found = read(page(rules, [load_words()]))
    assert "script" not in found.tags
    assert (found.open, found.wrong) == ([], [])


@pytest.mark.no_cover
def test_each_language_has_its_column(tmp_path: Path) -> None:
    english = DEFAULT.read_text("utf-8")
    (tmp_path / "nl.toml").write_text(
        english.replace('locale = "en_GB"', 'locale = "nl_NL"').replace("Security group", "Beveiligingsgroep"), "utf-8"
    )
    html = preview.written(LookSettings(words_dir=tmp_path, words_language="nl"))
    dutch, _, rest = html.partition('<div lang="nl">\n')[2].partition("\n</div>\n<div lang=")
    assert "Beveiligingsgroep" in dutch
    assert "Beveiligingsgroep" not in rest
    german = html.partition('<div lang="de">\n')[2].partition("\n</div>\n<div lang=")[0]
    assert "<h2>Was Workday ablehnt</h2>" in german
    assert "<h3>die Morgenübersicht</h3>" in german
    assert "What Workday refuses" not in german
    assert '<label for="in-nl">Nederlands</label><input type="radio" name="language" id="in-en">' in html.replace(
        '<input type="radio" name="language" id="in-de"><label for="in-de">Deutsch</label>', ""
    )


def test_the_command_needs_no_other_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VENDOR_FILE", str(EXAMPLE))
    assert main(["preview", "--to", "seen.html"]) == 0
    assert capsys.readouterr().out == "Everything that people see is in seen.html.\n"
    html = (tmp_path / "seen.html").read_text("utf-8")
    for text in ("Welcome to Acme!", "I can do this: let's start", "Or ask Acme", "Worker Data: Compensation"):
        assert text in html.replace("&#x27;", "'"), text


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("VENDOR_FILE", "/nowhere.toml", "VENDOR_FILE: /nowhere.toml cannot be read"),
        ("PUBLIC_URL", "x", "PUBLIC_URL: "),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(["preview", "--to", "seen.html"]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_file_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--to", "/nowhere/seen.html"]) == 2
    assert capsys.readouterr().err.startswith("--to: /nowhere/seen.html cannot be written")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _soft_ and ~old~", "<b>bold</b> and <i>soft</i> and <s>old</s>"),
        ("`*as it is*`", "<code>*as it is*</code>"),
        ("*<@U0ADA>*, hello", '<b><span class="at">@Ada</span></b>, hello'),
        ("<!date^1^{time}|10:00 UTC> &lt;b&gt;", "10:00 UTC &lt;b&gt;"),
        ("<https://a.b/c?d=1&amp;e|*there*>", '<a href="https://a.b/c?d=1&amp;amp;e" rel="noreferrer">*there*</a>'),
        ("a_b_c 2*3*4", "a_b_c 2*3*4"),
        ("one\n• two", 'one<br><span class="item">two</span>'),
        ("<#C0ACME>", '<span class="at">#acme-workday</span>'),
    ],
)
def test_slacks_markup_is_read(text: str, html: str) -> None:
    assert mrkdwn(text) == html


def test_a_name_of_the_vendors_is_everywhere() -> None:
    html = page(RULES, [load_words(dress=Dress(product="Acme Connect"))])
    assert "Link Workday" not in html
    assert "<title>Acme Connect: everything that people see</title>" in html
