"""The words are whole: every text the code asks for exists, none is left over, all fit where Slack puts them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from flows.diagnosis.findings import Proof
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Hitch, Topic
from flows.link.events import Form
from flows.link.forms import FORMS, FieldKind
from flows.link.setup import ExpiryKind
from flows.link.state import Cause, Outcome, Status, Step
from flows.tenant.given_out import ValueProblem
from flows.tenant.service_url import PasswordProblem, PasteKind, UserNameProblem
from flows.words import Plain, Words, WordsError, escape, load_words, unescape, unmarked
from flows.words.files import FOLDER

ROOT = Path(__file__).parents[4]
WORDS = load_words()
# What a key may start with; anything else in quotes is not a key.
SPACES = frozenset(key.split(".")[0] for key in WORDS.keys)


@cache
def asked_for() -> frozenset[str]:
    """Every key in the code: literals as they are, the filled parts of f-strings as `*`."""
    found: set[str] = set()
    for path in (*(ROOT / "flows").rglob("*.py"), *(ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
                found.add("".join(map(str, parts)))
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "flows").rglob("*.py"))
    found |= {f"last.{key}" for text in texts for key in re.findall(r'Last\(key="(\w+)"', text)}
    return frozenset(key for key in found if re.fullmatch(r"[a-z_*]+(\.[a-z_*]+)+", key))


def test_every_literal_key_exists() -> None:
    literal = {key for key in asked_for() if "*" not in key and key.split(".")[0] in SPACES}
    # A prefix that is completed elsewhere is no key by itself.
    missing = {key for key in literal if not WORDS.has(key) and not any(k.startswith(f"{key}.") for k in WORDS.keys)}
    assert {key for key in missing if not key.endswith("_")} == set()


def test_no_text_is_left_over() -> None:
    keys = {key.removesuffix("_by_token") for key in WORDS.keys}
    asked = [key for key in asked_for() if not key.startswith("*")]
    patterns = [re.compile(re.escape(key).replace(r"\*", r"[a-z_.]+")) for key in asked if "*" in key]
    unused = [key for key in sorted(keys - set(asked)) if not any(one.fullmatch(key) for one in patterns)]
    assert unused == []


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("reason.{}.what", Reason),
        ("reason.{}.next", Reason),
        ("step.{}.title", Step),
        ("step.{}.lead", Step),
        ("step.{}.do", Step),
        ("step.{}.why", Step),
        (
            "waiting.{}",
            [*(step for step in Step if step is not Step.WELCOME), "admin", "start", "paused", "approval", "checking"],
        ),
        ("say.help.{}", Step),
        ("hitch.{}", Hitch),
        ("help.{}.text", Topic),
        ("verdict.{}", Proof),
        ("step.expiry.done_{}", ExpiryKind),
        ("expiry.{}", ExpiryKind),
        ("last.expiry_{}", ExpiryKind),
        ("nudge.{}", Cause),
        ("outcome.proved_{}", Cause),
        ("outcome.{}", set(Outcome) - {Outcome.PROVED}),
        ("staff.last.{}", Cause),
        ("refusal.status.{}", Status),
        ("field.url.{}", PasteKind),
        ("field.user.{}", UserNameProblem),
        ("field.password.{}", [problem for problem in PasswordProblem if problem.blocks]),
        ("field.secret.{}", ValueProblem),
        ("form.{}.title", Form),
        ("form.{}.submit", Form),
        ("form.{}.intro", Form),
    ],
)
def test_every_member_has_its_words(pattern: str, values: list[str]) -> None:
    assert [value for value in values if not WORDS.has(pattern.format(value))] == []


def test_every_field_has_its_words() -> None:
    for form, rows in FORMS.items():
        for row in rows:
            key = f"form.{form}.{row.name}"
            assert WORDS.has(f"{key}.label")
            assert WORDS.has(f"{key}.hint") == row.hint, key
            assert WORDS.has(f"{key}.option") == (row.kind is FieldKind.TICK), key


LIMITS = {
    r"form\.\w+\.(title|submit)|form\.close": 24,
    r"button\.\w+|help\.stuck\.(?!text)\w+|step\.\w+\.(primary|open)\w*|step\.permissions\.sure_(yes|no)": 30,
    r"step\.permissions\.sure_title": 100,
    r"step\.permissions\.sure": 300,
    r"form\.\w+\.\w+\.option|form\.relink\.change\.\w+|environment\.\w+": 75,
    r"form\.\w+\.\w+\.hint|field\..*": 250,
}
"""Characters for texts of each kind: Slack's limits, and thirty for what stands on a button."""


in_every_language = pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)


@in_every_language
def test_every_language_is_whole_and_fits_where_slack_puts_it(path: Path) -> None:
    words = load_words(language=path.stem)
    assert words.keys >= WORDS.keys
    for pattern, limit in LIMITS.items():
        keys = [key for key in words.keys if re.fullmatch(pattern, key)]
        assert keys, pattern
        names = {key: dict.fromkeys(words.placeholders(key), "Wintro") for key in keys}
        assert {key: len(words.say(key, names[key])) for key in keys if len(words.say(key, names[key])) > limit} == {}


@in_every_language
def test_a_language_asks_for_the_same_names_and_has_the_same_lines(path: Path) -> None:
    words = load_words(language=path.stem)
    assert {key for key in WORDS.keys if words.placeholders(key) != WORDS.placeholders(key)} == set()
    lists = [key for key in WORDS.keys if isinstance(WORDS.entry(key), tuple)]
    assert {key for key in lists if shape(words, key) != shape(WORDS, key)} == set()


def shape(words: Words, key: str) -> list[bool]:
    """Tell of every line of a list whether it is a block to copy."""
    return [line.startswith("> ") for line in words.raw(key)]


@in_every_language
def test_what_is_copied_into_workday_is_the_same_in_every_language(path: Path) -> None:
    words = load_words(language=path.stem)
    copied = {key: [line for line in WORDS.raw(key) if line.startswith("> ")] for key in WORDS.keys}
    assert {key for key, lines in copied.items() if not set(lines) <= set(words.raw(key))} == set()


@in_every_language
def test_texts_hold_no_blocks_and_no_addresses(path: Path) -> None:
    words = load_words(language=path.stem)
    for key in words.keys:
        text = "\n".join(words.raw(key))
        assert '"type"' not in text
        assert key == "form.service_url.url.hint" or "://" not in text.replace("https://", "", 1), key


@in_every_language
def test_sentences_stay_short(path: Path) -> None:
    words = load_words(language=path.stem)
    for key in words.keys:
        for sentence in re.split(r"(?<=[.!?:])\s|\n", "\n".join(words.raw(key))):
            assert len(sentence.split()) <= 36, (key, sentence)


def test_names_are_escaped_unless_they_are_markup() -> None:
    words = Words({"greet": "Hello {name}"})
    assert words.say("greet", {"name": "<b> & co"}) == "Hello &lt;b&gt; &amp; co"
    assert words.say("greet", {"name": Plain("<@U1>")}) == "Hello <@U1>"
    assert escape("a>b") == "a&gt;b"
    styled = "*E*TRADE* _x_ ISU_Wintro_a ~y~ `z` <b>"
    assert not re.search(r"[*~`<]|(?<!\w)_|_(?!\w)", escape(styled))
    assert "ISU_Wintro_a" in escape(styled)
    assert unescape(escape(styled)) == styled
    assert unmarked(f"*Bold {escape(styled)}* _a b_ `c`, 2 * 3 * 4, *a_b*") == f"Bold {styled} a b c, 2 * 3 * 4, a_b"


def test_a_vendor_may_change_texts(tmp_path: Path) -> None:
    own = tmp_path / "en.toml"
    own.write_text('[button]\nstart = "Los geht es, {customer}"\n[parent]\nheading = "{customer}"\n')
    with pytest.raises(WordsError, match=r"may not use \{customer\}"):
        load_words(own)
    own.write_text('[button]\nstart = "Off we go"\n')
    changed = load_words(own)
    assert changed.say("button.start") == "Off we go"
    assert changed.say("button.back") == WORDS.say("button.back")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [('[button]\nstrat = "x"', "no text called button.strat"), ("[button", "is not TOML")],
)
def test_a_wrong_words_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    own = tmp_path / "en.toml"
    own.write_text(text)
    with pytest.raises(WordsError, match=complaint):
        load_words(own)


def test_a_missing_words_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="cannot be read"):
        load_words(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0EVE> & <https://evil.example|x>", "&lt;@U0EVE&gt; &amp; &lt;https://evil.example|x&gt;"),
        ("\u202egnp.exe\u202c \u2066x\u2069\u200f\u061c", "gnp.exe x"),
        ("a\x00b\x1b[31m\x9bc\r\n\td", "ab[31mc\n\td"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d💻",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d💻",
        ),
    ],
)
def test_a_name_neither_marks_up_nor_turns_a_line_around(name: str, shown: str) -> None:
    assert escape(name) == shown
    assert escape(Plain(name)) == name


LABELS = re.compile(r"button\.\w+|step\.\w+\.(primary|open)\w*|command\.button\.\w+|board\.detail")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*")


@in_every_language
def test_a_text_that_names_a_button_names_it_as_it_is_labelled(path: Path) -> None:
    words = load_words(language=path.stem)
    labels: dict[str, set[str]] = {}
    for key in WORDS.keys:
        if LABELS.fullmatch(key):
            labels.setdefault(WORDS.raw(key)[0], set()).add(words.raw(key)[0])
    named = 0
    for key in WORDS.keys:
        for english in set(BOLD.findall("\n".join(WORDS.raw(key)))) & labels.keys():
            named += 1
            assert labels[english] & set(BOLD.findall("\n".join(words.raw(key)))), (key, english)
    assert named > 20
