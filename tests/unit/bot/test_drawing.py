"""For whom something is drawn: everybody who reads a link, one person who reads of it, or one of none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.drawing import Drawing
from flows.link.state import Link, Person
from flows.words import Library, load_words
from tests.support.links import ADA, BOB, NOW, RULES, SAM, a_link

LIBRARY = Library(words={"en": load_words(), "de": load_words(language="de")}, default="en")
DRAWING = Drawing(rules=RULES, library=LIBRARY, clock=lambda: NOW)
GERMAN, ENGLISH = "Zurück", "Back"
GUS = replace(ADA, locale="de-DE")


def said(drawing: Drawing, link: Link) -> str:
    return drawing.scene(link).say("button.back")


@pytest.mark.parametrize(
    ("link", "text"), [(a_link(), ENGLISH), (a_link(admin=GUS), GERMAN), (a_link(admin=GUS, language="en"), ENGLISH)]
)
def test_what_everybody_reads_is_in_the_links_language(link: Link, text: str) -> None:
    assert said(DRAWING, link) == text


@pytest.mark.parametrize(
    ("reader", "text"), [(BOB, GERMAN), (replace(SAM, locale="en-US"), ENGLISH), (replace(ADA, locale="en-US"), GERMAN)]
)
def test_what_one_person_reads_is_in_theirs(reader: Person, text: str) -> None:
    drawing = DRAWING.to_person(a_link(language="de"), reader)
    assert said(drawing, a_link(language="de")) == drawing.words.say("button.back") == text


def test_of_no_link_everybody_reads_their_own_and_else_the_vendors() -> None:
    assert DRAWING.to_person(None, GUS).words.say("button.back") == GERMAN
    assert DRAWING.to_person(None, ADA).words.say("button.back") == DRAWING.words.say("button.back") == ENGLISH


def test_staff_read_a_german_link_in_their_own_language() -> None:
    assert said(DRAWING.to("en-GB"), a_link(admin=GUS)) == ENGLISH
    assert said(DRAWING.to(""), a_link(admin=GUS)) == ENGLISH, "in the staff channel it is the vendor's"
