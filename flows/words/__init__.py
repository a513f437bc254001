"""The sentences people read, one TOML file per language; holds no sentence of its own and draws nothing."""

from flows.words.dress import PRODUCT, Dress, Tone
from flows.words.files import WordsError, load_words
from flows.words.words import Entry, Plain, Plural, Words, escape, unescape

__all__ = [
    "PRODUCT",
    "Dress",
    "Entry",
    "Plain",
    "Plural",
    "Tone",
    "Words",
    "WordsError",
    "escape",
    "load_words",
    "unescape",
]
