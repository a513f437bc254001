"""Finds passwords that are no odd word: several words behind their name, or one whose letters are explained."""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.message import Read
from flows.link.secrets.ordinary import is_numbered, is_placeholder
from flows.link.secrets.shapes import is_strong, is_word, says_how
from flows.link.secrets.vocabulary import is_bound, is_rare_part
from flows.link.secrets.words import EQUALS, GLUE, LINKS, OWNERS, STATES, TRADE_WORDS, fold, is_spoken_in, letters_in

_LONGEST_LINE: Final = 120
_MOST_WORDS: Final = 4
_FEWEST_OF_PHRASE: Final = 3
_MOST_OF_PHRASE: Final = 8
_MOST_LEFT: Final = 1
_FEWEST_LETTERS: Final = 4
"""Different ones: a row of ticks and numbers has fewer."""
_EQUALS: Final = rf"(?i:{'|'.join(map(re.escape, sorted(EQUALS)))})"
_BEHIND: Final = re.compile(
    r"[*_`\"']{0,3}(?:[ ]?[\[(][^\[\]()\n]{1,20}[\])])?"
    r"(?:\s(?P<owner>\w{2,4})\s[^:=\n.,;?!]{1,40}?(?=[:=]))?"
    rf"(?:\s?[:=]|(?:\s\w{{1,12}}){{0,4}}?\s{_EQUALS}(?=[\s:=])\s?[:=]?)\s?[*_`\"']{{0,3}}(?P<words>[^\n]{{6,80}})"
)
_ASIDE: Final = re.compile(r"\s\([^()]*\).*$|,\s.*$")
"""What is said of a phrase behind it."""
_PIECE: Final = re.compile(r"[^\W_]{1,16}[!?#$%&*+.]{0,3}")
_QUOTED: Final = re.compile(r"\s?(?:[:=]|(?P<equals>[^\s:=]{1,7})\s)\s?([\"'`])[^\"'`\n]{5,80}\2")
_IN_QUOTES: Final = re.compile(r"\s?([\"'`])([^\"'`\n]{6,60})\1")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def is_of_words(message: Read) -> bool:
    """Find `password: Light House 9`: a few words that look like one together, or that nobody binds."""
    for start, end in message.names:
        is_phrase = "phrase" in message.folded[start:end]
        quoted = _IN_QUOTES.match(message.plain, end)
        if quoted and _is_number_of_words(quoted[2].split(" ")):
            return True
        behind = _BEHIND.match(message.plain, end)
        if not behind or (behind["owner"] and fold(behind["owner"]) not in OWNERS):
            continue
        said = behind["words"]
        explained = letters_in(fold(said))
        words = _ASIDE.sub("", said[: explained[0][0]] if explained else said).strip(" *_`\"'.").split(" ")
        if is_phrase and _is_unbound(words):
            return True
        if _is_number_of_words(words) or _is_chain_of_words(words):
            return True
    return False


def _is_unbound(words: list[str]) -> bool:
    """Tell whether several words are those of a passphrase, wherever its number stands."""
    said = {fold(word.rstrip("!?#$%&*+.")) for word in words}
    is_short = _FEWEST_OF_PHRASE <= len(words) <= _MOST_OF_PHRASE
    return is_short and all(map(_PIECE.fullmatch, words)) and (GLUE | STATES).isdisjoint(said)


def _is_chain_of_words(words: list[str]) -> bool:
    """Tell whether words in lower case stand together as in no sentence, and one of them is of no ordinary talk."""
    *firsts, last = words
    letters = firsts if last.isdigit() else words
    if not (1 < len(words) <= _MOST_WORDS and letters and all(word.isalpha() and word.islower() for word in letters)):
        return False
    if any(map(is_bound, letters)):
        return False
    return any(map(is_rare_part, letters)) or (len(letters) > 1 and last.isdigit() and not any(map(says_how, letters)))


def _is_number_of_words(words: list[str]) -> bool:
    if not 1 < len(words) <= _MOST_WORDS or not all(map(_PIECE.fullmatch, words)):
        return False
    if words[0][0].isdigit() or (any(map(str.isdigit, words[:-1])) and words[-1].isalpha()):
        return False
    if is_numbered(" ".join(words[-2:]).rstrip("!?.")) or is_placeholder(words[0]):
        return False
    said = {fold(word.rstrip("!?#$%&*+.")) for word in words}
    return (GLUE | STATES | TRADE_WORDS).isdisjoint(said) and is_strong("".join(words))


def is_by_letters(message: Read) -> bool:
    """Find "R-i-v-e-r-m-o-s-s-9" and "capital M, i, n, k, dash, 4": nobody gives anything else away like that."""
    return any(map(_is_mixed, message.spelt)) or is_spoken_in(message.folded)


def _is_mixed(word: str) -> bool:
    return any(map(str.isdigit, word)) and len(set(filter(str.isalpha, fold(word)))) >= _FEWEST_LETTERS


def is_spelt_out(message: Read) -> bool:
    """Find "the password is larkspur, all lower case": who explains letters has written them."""
    return any(
        _is_explained(message, start, end, explained)
        for start, end in message.names
        for explained in letters_in(_line(message.folded, start, end))
    )


def _line(text: str, start: int, end: int) -> str:
    after = text.find("\n", end)
    return text[max(text.rfind("\n", 0, start) + 1, start - _LONGEST_LINE) : len(text) if after < 0 else after][
        :_LONGEST_LINE
    ]


def _is_explained(message: Read, start: int, end: int, explained: tuple[int, int]) -> bool:
    line = _line(message.plain, start, end)
    quoted = _QUOTED.match(message.plain, end)
    if quoted and (not quoted["equals"] or fold(quoted["equals"]) in EQUALS):
        return True
    said = (line[: explained[0]] + " " + line[explained[1] :]).replace(message.plain[start:end], " ", 1)
    left = [word for word in _LETTERS.findall(said) if fold(word) not in LINKS | OWNERS | {"isu"}]
    if len(left) > _MOST_LEFT or not left:
        return False
    return is_word(left[0], capital=False) and fold(left[0]) not in GLUE
