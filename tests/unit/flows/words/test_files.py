"""A language is one file: a made-up one, written as a single file, leaves no English anywhere that people read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.slack.block_kit import Address, blocks, fallback, modal, start_view
from flows.cards.context import Scene
from flows.cards.modals import dialog, start_dialog, web_page
from flows.cards.staff.digest import News, digest, news
from flows.diagnosis.causes import FactName
from flows.diagnosis.reasons import Reason
from flows.link.events import Form
from flows.link.state import Link, Status, Step
from flows.link.steps import STEPS
from flows.permissions import Access
from flows.schedule.attention import Worry
from flows.words import Plural, Words, WordsError, load_words
from tests.support.drawing import cards_of, read_in, standing_of, texts_of
from tests.support.drawn_states import at, every_state
from tests.support.links import ACCOUNT, DENIED, ENDPOINT, FORBIDDEN, INVALID, KEY, NOW, OTHER, RULES, STRANGE

ENGLISH = load_words()
FORMS = ("one", "few", "many", "other")
"""The plural forms of Russian, whose letters are told from Latin ones."""

PROFILES = RULES.permissions.profiles.values()
ROWS = {row.id: row for profile in PROFILES for row in profile.permissions}


def strange(text: str) -> str:
    """Write every letter in full width, but for what is filled in and the address of a link."""
    kept = re.compile(r"(\{[^}]*\}|<[^<>|]*\|)")
    return "".join(
        part if kept.fullmatch(part) else re.sub(r"[A-Za-z]", lambda found: chr(ord(found[0]) + 0xFEE0), part)
        for part in kept.split(text)
    )


def strange_file() -> str:
    """Write the whole language as one file."""
    lines = ['locale = "ru"']
    for key in sorted(ENGLISH.keys):
        found = ENGLISH.entry(key)
        if key.startswith("format."):
            pattern = re.sub(r"'[^']*'", lambda part: strange(part[0]), str(found))
            lines.append(f"{key} = {quoted(pattern)}")
        elif isinstance(found, Plural):
            forms = ", ".join(f"{form} = {quoted(strange(found.forms['other']))}" for form in FORMS)
            lines.append(f'{key} = {{ by = "{found.by}", {forms} }}')
        elif isinstance(found, tuple):
            lines.append(f"{key} = [{', '.join(quoted(strange(line)) for line in found)}]")
        else:
            lines.append(f"{key} = {quoted(strange(found))}")
    for row in ROWS.values():
        lines += [f"permission.{row.id}.{part} = {quoted(strange(getattr(row, part)))}" for part in OF_A_ROW]
    for profile in PROFILES:
        lines += [f"profile.{profile.id}.{part} = {quoted(strange(getattr(profile, part)))}" for part in OF_A_PROFILE]
    return "\n".join(lines)


OF_A_ROW = ("why", "unprobed_because")
OF_A_PROFILE = ("title", "description")


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    path = tmp_path_factory.mktemp("words") / "ru.toml"
    path.write_text(strange_file(), encoding="utf-8")
    return load_words(path, "ru")


# What stays as it is in every language: people's and customers' names, Workday's own, codes for support.
NAMES = {
    *("Wintro", "Acme", "ISU_Wintro", "ISSG_Wintro", "ISU", "recruiting"),
    *(ENDPOINT.host, ENDPOINT.tenant, OTHER.host, OTHER.tenant),
    *(access.value for access in Access),
    *(row.policy for row in ROWS.values()),
    *(row.area for row in ROWS.values()),
    *(row.id for row in ROWS.values()),
    *(row.scope for row in ROWS.values()),
    *(scope for profile in PROFILES for scope in profile.scopes),
    *(name for row in STEPS.values() for name in (*row.rights, *row.tasks)),
    *(str(said) for facts in (INVALID, DENIED, FORBIDDEN, STRANGE) for said in facts.values()),
    *("Name_Data", "is_archived", "one", KEY.certificate.strip()),
    *KEY.certificate.splitlines(),
    *(row.area.replace("&", "&amp;") for row in ROWS.values()),
}
CODES = re.compile(
    r"Ask_\w+|[a-z]+(?:-[a-z]+)+|rest_\w+|https://\S+|<[@#]\w+>|<!date\^\d+\^\u200b\{date_short_pretty\} um \{time\}\|"
    r"|<[^<>|]*\|"
)


LONGEST_FIRST = sorted(NAMES - {""}, key=len, reverse=True)


@cache  # most texts stand on many cards
def english_in(text: str) -> str:
    """Return what is left of a text in Latin letters once names and codes are taken out."""
    for name in LONGEST_FIRST:
        text = text.replace(name, "")
    return " ".join(re.findall(r"[A-Za-z]+", CODES.sub("", text)))


def shown(link: Link, words: Words) -> Iterator[str]:
    """Give every text a link can show: its messages, its modals, what is said beside them."""
    scene = Scene(link, RULES, words, NOW)
    address = Address(link_id=link.id, step=link.step, revision=link.revision)
    for drawn in cards_of(scene):
        yield fallback(drawn)
        for pictures in (True, False):
            yield from read_in(blocks(drawn, address, pictures=pictures))
    for form in set(Form) - {Form.START}:
        yield from read_in(modal(dialog(scene, form, "https://example.com/form"), address, "n"))
        yield from read_in(modal(web_page(scene, form, NOW), address, "n"))
    yield from texts_of(scene)


@pytest.mark.no_cover
def test_a_strange_language_leaves_no_english_on_any_card(words: Words) -> None:
    left = set[str]()
    for number, link in enumerate(every_state()):
        # Modals, answers and whispers are the same for many states, so that they are drawn of every tenth only.
        if number % 10 == 0:
            left |= {english_in(text) for text in shown(link, words)}
        else:
            scene = Scene(link, RULES, words, NOW)
            address = Address(link_id=link.id, step=link.step, revision=link.revision)
            left |= {english_in(text) for one in standing_of(scene) for text in read_in(blocks(one, address))}
    assert left == {""}


def test_a_strange_language_leaves_no_english_before_and_beside_the_cards(words: Words) -> None:
    left = set[str]()
    for customer in ("", "Acme"):
        view = start_view(start_dialog(words, RULES, customer), channel_id="C1", nonce="n")
        left |= {english_in(text) for text in read_in(view)}
    late = replace(at(Step.GROUP), touched=NOW.replace(year=2025), admin=replace(at(Step.GROUP).owner, present=False))
    found = [news(Scene(late, RULES, words, NOW), "", is_new=True)]
    linked = Scene(at(Step.LINKED), RULES, words, NOW)
    found += [
        News(scene=linked, worry=Worry(link=linked.link, key=key, since=NOW), is_new=False, thread="")
        for key in DIGESTED
    ]
    drawn = digest((one for one in found if one), words, 2)
    assert drawn
    left |= {english_in(drawn.text)}
    plain = [key for key in words.keys if key.startswith(("refusal.", "field.", "command.", "whisper."))]
    scene = Scene(at(Step.ISU, account=ACCOUNT, status=Status.PAUSED), RULES, words, NOW)
    names = dict.fromkeys(ALL - set(scene.names), "") | {"code": "is_archived"}
    left |= {english_in(scene.say(key, **names)) for key in plain}
    assert left == {""}


DIGESTED = ("broken", "blocked", "password", "refused", "stalled")


def test_every_reason_and_fact_is_said_in_the_strange_language(words: Words) -> None:
    for reason in Reason:
        assert re.search(r"[\uFF21-\uFF5A]", words.say(f"reason.{reason}.what", dict.fromkeys(ALL, "1")))
    for fact in FactName:
        assert re.search(r"[\uFF21-\uFF5A]", words.say(f"fact.{fact}", dict.fromkeys(ALL, "1")))


ALL = frozenset(name for key in ENGLISH.keys for name in ENGLISH.placeholders(key))


def test_the_test_sees_english() -> None:
    assert english_in("Link Workday · Acme") == "Link Workday"
    assert english_in(f"<@U0ADA>, {strange('press')}") == ""
    assert english_in("<!date^1^\u200b{date_short_pretty} um {time}|2026-11-23 10:00 UTC>") == "UTC"


@pytest.mark.parametrize(
    ("count", "said"),
    [("1", "1 day"), ("2", "2 days"), ("0", "0 days"), ("21", "21 days"), ("{count}", "{count} days")],
)
def test_a_number_chooses_the_form(count: str, said: str) -> None:
    assert ENGLISH.say("took.days", {"count": count}) == said


def test_each_language_has_its_own_forms_days_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "ru.toml"
    lines = strange_file().splitlines()
    own = 'took.days = { one = "{count} день", few = "{count} дня", many = "{count} дней", other = "{count} дня" }'
    path.write_text("\n".join(own if line.startswith("took.days") else line for line in lines), encoding="utf-8")
    words = load_words(path, "ru")
    assert words.language == "ru"
    said = [words.say("took.days", {"count": str(count)}) for count in (1, 3, 5, 21)]
    assert said == ["1 день", "3 дня", "5 дней", "21 день"]
    assert words.day(NOW.date()) == "пн 23 нояб. 2026"
    assert words.listed(["a", "b"]) == "a и b"
    assert ENGLISH.listed(["a & b", "b", "c"]) == "a &amp; b, b and c"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("button.back", ""), "button.back has no text"),
        (('locale = "ru"', 'locale = "xx_QQ"'), "there is no locale xx_QQ"),
        (('locale = "ru"', 'locale = "de"'), "needs the plural forms one, other"),
        (("locale", ""), "needs the plural forms one, other"),
        (("took.days = { by", "took.nights = { by"), "no text called took.nights"),
        (('took.days = { by = "count"', 'took.days = { by = "days"'), r"took.days has no number \{days\}"),
    ],
)
def test_a_language_that_is_not_whole_is_refused(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    path = tmp_path / "ru.toml"
    old, new = change
    text = strange_file()
    assert old in text
    lines = (line.replace(old, new) for line in text.split("\n") if new or not line.startswith(f"{old} ="))
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(WordsError, match=complaint):
        load_words(path, "ru")


def test_a_language_beside_english_is_found_by_its_name_and_changed_like_it(tmp_path: Path) -> None:
    (tmp_path / "ru.toml").write_text(strange_file(), encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text('button.start = "Start"\n')
    words = load_words(own, "ru", tmp_path)
    assert words.say("button.start") == "Start"
    assert words.say("button.back") == strange(ENGLISH.say("button.back"))
    assert words.clock(NOW) == f"10:00 {strange('UTC')}"
    assert words.second(NOW) == f"10:00:00 {strange('UTC')}"


def test_a_language_nobody_has_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="no words in the language 'fi'"):
        load_words(language="fi")
    only_changes = tmp_path / "fi.toml"
    only_changes.write_text('[button]\nstart = "Aloita"\n')
    with pytest.raises(WordsError, match="no words in the language 'fi'"):
        load_words(only_changes, "fi")
