"""Everybody reads their own language: a whole link in German, with staff who read English."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from flows.link.state import Step
from flows.words import load_words
from sandbox.slack import Message, Person
from tests.support.backdrop import CHANNEL, ISU, PASSWORD, REST_URL
from tests.support.stage import Stage

ENGLISH, GERMAN = load_words(), load_words(language="de")
LONG_ENOUGH = 12
"""Characters of a piece of a sentence; a shorter one may be a name that stands in both languages."""


def pieces(text: str) -> Iterator[str]:
    """Give what stands between the names of a text, where it is of several words."""
    for piece in re.split(r"\{[^}]*\}|\n|\*", text):
        shown = piece.strip(" .,:·_`")
        if len(shown) >= LONG_ENOUGH and " " in shown:
            yield shown


ALL_GERMAN = "\n".join(text.replace("*", "") for key in GERMAN.keys for text in GERMAN.raw(key))
ONLY_ENGLISH = {
    piece for key in ENGLISH.keys for text in ENGLISH.raw(key) for piece in pieces(text) if piece not in ALL_GERMAN
}


def english_in(text: str) -> set[str]:
    return {piece for piece in ONLY_ENGLISH if piece in text.replace("*", "")}


def read_by(person: Person) -> list[str]:
    """Give all that one person has before them in the channel: messages, whispers, and the modal on top."""
    shown = [one.text for one in (*person.messages, *person.whispers) if one.by_app and one.channel.startswith("C")]
    return [*shown, *(modal.text for modal in person.modals)]


@pytest.fixture
async def gus(stage: Stage) -> Person:
    """Give an admin who is a guest of our workspace, so that Slack tells his language."""
    stage.slack.join("gus", CHANNEL)
    gus = stage.slack.person("gus")
    gus.user.locale = "de-DE"
    return gus


async def press(person: Person, label: str) -> Message:
    card = await person.sees(label, timeout=10)
    await card.press(label)
    return card


async def test_a_whole_link_in_german_with_staff_who_read_english(stage: Stage, gus: Person) -> None:
    stage.ada = gus
    modal = await stage.open_start(channel=CHANNEL)
    assert "guide Acme's Workday admin" in modal.text
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@gus"})
    assert (await modal.submit()).closed
    tenant = stage.tenant()
    await press(gus, "Das kann ich: starten")
    await stage.quiet()
    await press(gus, "URL einfügen")
    wrong = await stage.send(gus, "Service-URL von Workday", {"Endpoint": "acme_dpt1"})
    assert "nur der Tenant" in str(wrong.errors)
    await (await gus.modal("Service-URL")).close()
    await press(gus, "URL einfügen")
    assert (await stage.send(gus, "Service-URL von Workday", {"Endpoint": REST_URL})).closed
    await press(gus, "Zugangsdaten eingeben")
    sent = await stage.send(gus, "Integrationsbenutzer", {"Benutzername": ISU, "Passwort": PASSWORD})
    assert sent.closed, sent
    await press(gus, "Ist ausgenommen")
    card = await gus.sees("Gruppe da, Benutzer darin")
    await card.choose("press.menu", "English")
    card = await gus.sees("Group created, user added")
    await gus.sees("Started by")
    await card.choose("press.menu", "Deutsch")
    await press(gus, "Gruppe da, Benutzer darin")
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Frei")
    await press(gus, "Alles gespeichert: weiter")
    await (await gus.sees("Aktiviert: prüfen")).press("Aktiviert: prüfen")
    done = await gus.sees("Das Workday von Acme ist verbunden", timeout=15)
    assert done.broadcast
    assert stage.link.step is Step.LINKED
    await stage.said()[0].press("Wintro dazuholen", by=gus)
    notice = await stage.sam.sees("asks you to join", timeout=10)
    assert notice.channel.startswith("D"), "staff read their own language"
    await stage.said()[0].press("Übergeben", by=stage.kim)
    assert (await stage.kim.modal("Hand over")).text
    left = {text: found for text in read_by(gus) if (found := english_in(text))}
    assert left == {}
    assert english_in(notice.text), "the test sees English"


async def test_the_language_of_somebody_elsewhere_is_chosen_at_the_start_and_staff_read_theirs(stage: Stage) -> None:
    stage.kim.user.locale, stage.ada.user.locale = "de-AT", "de-DE"
    await stage.kim.command("/link-workday", channel=CHANNEL)
    modal = await stage.kim.modal("Link Workday")
    assert not english_in(modal.text)
    await modal.fill({"Sprache der Nachrichten": "Deutsch", "Workday-Admin": "@ada"})
    assert (await modal.submit()).closed
    await press(stage.ada, "Das kann ich: starten")
    await stage.quiet()
    assert stage.link.admin
    assert not stage.link.admin.locale, "Slack tells nothing of people elsewhere"
    parent = stage.said()[0]
    assert "Als Nächstes" in parent.text
    answer = await stage.kim.command("/link-workday", "status", channel=CHANNEL)
    assert "die Service-URL einfügen" in str(answer)
    assert not english_in((await stage.kim.home()).text)
    answer = await stage.sam.command("/link-workday", "status", channel=CHANNEL)
    assert "paste the service URL" in str(answer)
    await parent.press("Weitermachen", by=stage.col)
    assert "macht das gerade" in (await stage.col.whispered("Übergeben")).text
    assert not english_in("\n".join(read_by(stage.ada)))


async def test_our_own_people_read_theirs_wherever_they_look(stage: Stage) -> None:
    stage.kim.user.locale = "de-DE"
    await stage.kim.command("/link-workday", channel=CHANNEL)
    modal = await stage.kim.modal("Link Workday")
    await modal.fill({"Sprache der Nachrichten": "English", "Workday-Admin": "@ada"})
    assert (await modal.submit()).closed
    await press(stage.ada, "I can do this")
    await press(stage.ada, "Someone else is our admin")
    seen = [(await stage.kim.home()).text]
    await (await stage.kim.home()).press("Einzelheiten")
    window = await stage.kim.modal("Workday-Verbindung")
    seen.append(window.text)
    await window.press("Briefing")
    briefed = (await stage.kim.modal("Workday-Verbindung")).text
    ours, quoted, theirs = briefed.partition("So steht es dort, auf Englisch:")
    assert quoted
    assert english_in(theirs)
    seen.append(ours)
    for typed in (
        "hilfe",
        "liste",
        "status",
        "zeig acme",
        "sttaus",
        "pause bis bald",
        "zahlen",
        "exportiere",
        "stumm",
        "laut",
    ):
        answer = await stage.kim.command("/link-workday", typed, channel=CHANNEL)
        assert answer, typed
        seen.append(answer.text)
    await stage.quiet()
    await stage.days(3)
    told = [message for message in stage.kim.dms if message.by_app]
    assert {"Wie weit sie kamen", "als Tabelle", "die heute jemanden brauchen"} <= {
        piece
        for piece in ("Wie weit sie kamen", "als Tabelle", "die heute jemanden brauchen")
        for one in told
        if piece in one.text
    }, [one.text for one in told]
    left = {text: found for text in (*seen, *(one.text for one in told)) if (found := english_in(text))}
    assert left == {}
