"""The sentences people read, one TOML file per language; holds no sentence of its own and draws nothing."""

from flows.words.dress import PRODUCT, Dress, Tone
from flows.words.files import FOLDER, WordsError, load_words
from flows.words.library import Library, own_name
from flows.words.words import Entry, Plain, Plural, Words, escape, unescape, unmarked, untimed

__all__ = [
    "FOLDER",
    "PRODUCT",
    "Dress",
    "Entry",
    "Library",
    "Plain",
    "Plural",
    "Tone",
    "Words",
    "WordsError",
    "escape",
    "load_words",
    "own_name",
    "unescape",
    "unmarked",
    "untimed",
]
