"""The vendor's dress of the words: its name for the app, a plainer tone, texts of its own, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.words import Dress, Plural, Tone, WordsError, load_words

WARM, CALM = load_words(), load_words(dress=Dress(tone=Tone.PLAIN))


def test_the_app_has_the_vendors_name_everywhere() -> None:
    words = load_words(dress=Dress(product="Acme Connect"))
    texts = [line for key in words.keys for line in words.raw(key)]
    assert not [line for line in texts if "{product}" in line or "Link Workday" in line]
    assert words.say("parent.heading", {"customer": "Zeta"}) == "Acme Connect · Zeta"


def test_a_plain_tone_is_without_waves_and_loud_ends() -> None:
    loud = [key for key in WARM.keys if any("👋" in line or "!" in line for line in WARM.raw(key))]
    assert len(loud) > 8
    assert not [line for key in CALM.keys for line in CALM.raw(key) if "👋" in line or "!" in line]
    assert CALM.raw("nudge.paused")[0].startswith("{person}, ")


def test_a_plain_tone_changes_nothing_else() -> None:
    for key in WARM.keys:
        warm, calm = WARM.entry(key), CALM.entry(key)
        if isinstance(warm, Plural) and isinstance(calm, Plural):
            assert (warm.by, set(warm.forms)) == (calm.by, set(calm.forms))
        assert [len(WARM.placeholders(key)), len(WARM.raw(key))] == [len(CALM.placeholders(key)), len(CALM.raw(key))]
    assert "✅" in CALM.raw("parent.linked")[0]


@pytest.mark.parametrize("text", ["> Do it now!", "<!here> is called"])
def test_what_is_copied_or_means_something_stays(text: str) -> None:
    dress = Dress(tone=Tone.PLAIN, changes={"en": {"step": {"group": {"do": [text]}}}}, source="vendor.toml")
    assert load_words(dress=dress).raw("step.group.do") == (text,)


def test_own_texts_lie_over_a_whole_language_too(tmp_path: Path) -> None:
    whole = Path("flows/words/en.toml").read_text("utf-8").replace('locale = "en_GB"', 'locale = "nl_NL"')
    (tmp_path / "nl.toml").write_text(whole, encoding="utf-8")
    dress = Dress(changes={"nl": {"button": {"start": "Ik begin"}}}, source="vendor.toml")
    assert load_words(tmp_path / "nl.toml", "nl", dress=dress).say("button.start") == "Ik begin"
    with pytest.raises(WordsError, match=r"^vendor\.toml: there is no text called x"):
        load_words(dress=Dress(changes={"en": {"x": "y"}}, source="vendor.toml"))
