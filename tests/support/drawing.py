"""Draws everything a link can show and holds it against the sandbox's own table of Block Kit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from bot.slack.block_kit import Address, blocks, fallback, modal, start_view
from flows.cards.context import Scene
from flows.cards.messages import overheard, said, told, whispered
from flows.cards.modals import dialog, start_dialog
from flows.cards.parent import parent
from flows.cards.parts import Button, Buttons, Card, Row
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card
from flows.diagnosis.pasted_errors import PASTED_FAULTS
from flows.diagnosis.reasons import Reason
from flows.link.access.reading import refusal
from flows.link.effects import Say, TellStaff, Whisper
from flows.link.events import Action, Form, Pressed, Submitted
from flows.link.rulebook import Rulebook
from flows.link.state import Cause, Link, Person, Step
from flows.replacing import replace
from flows.talk.common_questions import COMMON_QUESTIONS
from flows.transitions.thread_messages import AFTERWARDS
from flows.words import Words, load_words
from sandbox.slack.block_kit import elements_of, faults_in_blocks, faults_in_view, is_too_large
from tests.support.links import ADA, BOB, KIM, RULES

SAYINGS = (
    "say.call_staff",
    *(f"say.help.{step}" for step in (*Step, "state", "waits")),
    *(f"say.handed_over_{state}" for state in ("linked", "needed", "reminded", "waits")),
    *(f"answer.{question}" for question in (*COMMON_QUESTIONS, "ended", *(f"{one}_linked" for one in AFTERWARDS))),
    *(f"reason.{reason}.chat" for reason in Reason),
    *(f"reason.{reason}.pasted" for reason in PASTED_FAULTS),
)
NOTICES = ("staff.called", "staff.unknown_answer", *(f"staff.last.{cause}" for cause in Cause))


@cache
def words(language: str = "en") -> Words:
    """Read a language once."""
    return load_words(language=language)


def check_what_stands(link: Link, now: datetime, rules: Rulebook = RULES, language: str = "en") -> None:
    """Draw what people see at the moment: the parent, the live card, the newest reminder."""
    scene = Scene(link, rules, words(language), now)
    address = Address(link_id=link.id, step=link.step, revision=link.revision)
    for one in newest_of(scene):
        check_card(one, address)
    check_buttons(scene)


def check_everything_drawn(link: Link, now: datetime, rules: Rulebook = RULES, language: str = "en") -> None:
    """Draw all messages and modals of a link; none may raise or break a limit of Slack."""
    scene = Scene(link, rules, words(language), now)
    address = Address(link_id=link.id, step=link.step, revision=link.revision)
    for drawn in cards_of(scene):
        check_card(drawn, address)
    for form in set(Form) - {Form.START}:
        check_view(modal(dialog(scene, form), address, "nonce"))
    check_buttons(scene)
    for text in texts_of(scene):
        assert text.strip()
        assert "{" not in text.replace("{date_short_pretty}", "").replace("{time}", ""), text


def cards_of(scene: Scene) -> Iterator[Card]:
    """Draw every message in the thread, and the parent."""
    yield from standing_of(scene)
    yield from (said(scene, Say(key=key)) for key in SAYINGS)
    yield from (said(scene, Say(key=key, names={"person": ADA.user_id})) for key in ("say.absent", "say.handed_over"))


def standing_of(scene: Scene) -> Iterator[Card]:
    """Draw the messages that are kept up to date: the parent, the cards, the reminder."""
    link = scene.link
    yield parent(scene)
    # All but the newest have shrunk to a line; a handful of them shows that.
    yield from (card(scene, number) for number in range(max(len(link.cards) - 12, 0), len(link.cards)))
    if link.nudge:
        yield nudge(scene, link.nudge.number)


def newest_of(scene: Scene) -> tuple[Card, ...]:
    """Draw what stands in the thread right now, once for each scene: the parent, the live card, the reminder."""
    kept = vars(scene)  # where a scene keeps its names, too
    if "newest" not in kept:
        link = scene.link
        reminder = (nudge(scene, link.nudge.number),) if link.nudge else ()
        kept["newest"] = (parent(scene), card(scene, len(link.cards) - 1), *reminder)
    drawn: tuple[Card, ...] = kept["newest"]
    return drawn


def texts_of(scene: Scene) -> Iterator[str]:
    """Give every text that stands without blocks."""
    for secret in (Whisper(person=ADA, key=f"whisper.secret{kind}") for kind in ("", "_key", "_ended")):
        yield whispered(scene, secret)
        yield overheard(scene, secret)
    yield from (told(scene, TellStaff(key=key), "https://acme.slack.com/archives/C1/p1") for key in NOTICES)
    yield told(scene, TellStaff(key="staff.undeliverable", names={"code": "is_archived"}), "")


def read_in(block: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    """Give every text of a payload that somebody reads or hears."""
    if isinstance(block, dict):
        for name, value in block.items():
            if name in {"text", "alt_text", "accessibility_label"} and isinstance(value, str):
                yield value
            else:
                yield from read_in(value)
    elif isinstance(block, list):
        for one in block:
            yield from read_in(one)


def check_buttons(scene: Scene) -> None:
    """See that every button that stands there does something for somebody."""
    link = scene.link
    for drawn in newest_of(scene):
        for button in buttons_of(drawn):
            if link.admin is None and button.action is Action.CALL_STAFF:
                continue  # there is nobody yet who could ask
            keys = {_refused(link, actor, button) for actor in (link.admin or ADA, link.owner)}
            assert None in keys or keys & TAKES_TIME, (button.action, button.form, keys)


ASIDE = {Action.EVIDENCE, Action.HELP, Action.CLOSE_HELP, Action.CALL_STAFF, Action.SNOOZE, Action.CANCEL, Action.PAUSE}
ASIDE |= {Action.LANGUAGE}
"""What helps, waits or ends, and leads nobody on."""


def ways_on(scene: Scene) -> list[tuple[Person, Button]]:
    """List who may press which button that leads on, on what stands in the thread right now."""
    link = scene.link
    above, live, *_ = newest_of(scene)
    buttons = [button for drawn in (above, live) for button in buttons_of(drawn) if button.action not in ASIDE]
    found = [
        (one, button)
        for one in who_is_here(link)
        for button in buttons
        if one.user_id in button.only or not button.only
    ]
    return [(actor, button) for actor, button in found if _refused(link, actor, button) in {None, *TAKES_TIME}]


def who_is_here(link: Link) -> list[Person]:
    """List people who are there to press: those of the link who have not left, a colleague, somebody of our own."""
    named = (link.admin or ADA, link.holders.get(link.step), link.owner)
    return [*(one for one in named if one and one.present), BOB, KIM]


TAKES_TIME = {"refusal.looking_up", "refusal.checking"}


def _refused(link: Link, actor: Person, button: Button) -> str | None:
    press = Pressed(actor=actor, action=button.action, step=link.step, revision=link.revision, value=button.value)
    refused = refusal(link, press)
    if refused is None and button.form:
        sending = Submitted(actor=actor, form=button.form, step=link.step, revision=link.revision)
        # Whoever presses is taken to be there until Slack says again that they are not.
        admin = link.admin if link.admin and link.admin.is_same(actor) else None
        refused = refusal(replace(link, admin=replace(admin, present=True)) if admin else link, sending)
    return refused.key if refused else None


_NAMED = re.compile(r"[Pp]ress \*([^*\n]+)\*|\*([^*\n]+)\* (?:in the menu of the first message|on the board)")


def named_in(text: str) -> list[str]:
    """List the buttons that a text names: ours are pressed, Workday's are clicked."""
    return [press or place for press, place in _NAMED.findall(text)]


def named_in_vain(scene: Scene, text: str, own: Card | None = None) -> set[str]:
    """List the buttons that a text tells to press and that stand neither in the thread nor at the text itself."""
    shown = [*newest_of(scene), *([own] if own else [])]
    return set(named_in(text)) - {button.text for one in shown for button in buttons_of(one)}


def buttons_of(drawn: Card) -> Iterator[Button]:
    """Give every button of a message."""
    for part in drawn.parts:
        if isinstance(part, Row):
            yield part.button
        if isinstance(part, Buttons):
            yield from part.buttons
    if drawn.menu:
        yield from drawn.menu.buttons


def check_card(drawn: Card, address: Address) -> None:
    """Hold one message against Slack's limits."""
    text = fallback(drawn)
    assert text.strip()
    with_pictures, without = (blocks(drawn, address, pictures=pictures) for pictures in (True, False))
    for shown in [with_pictures] if with_pictures == without else [with_pictures, without]:
        assert faults_in_blocks(shown, "message") == []
        assert len(shown) <= 50
        check_ids(shown)
        check_plain(shown)
        for block in shown:
            check_elements(block)


def check_plain(block: Any) -> None:  # noqa: ANN401  any JSON
    """See that nothing stands in plain text that Slack draws only elsewhere: a moment, or somebody's name."""
    if isinstance(block, dict):
        assert block.get("type") != "plain_text" or not re.search("<[!@#]", block["text"]), block["text"]
        for value in block.values():
            check_plain(value)
    elif isinstance(block, list):
        for one in block:
            check_plain(one)


def check_view(view: dict[str, Any]) -> None:
    """Hold one modal against Slack's limits."""
    assert faults_in_view(view) == []
    assert not is_too_large(view)
    check_plain(view)
    check_ids(view["blocks"])


def check_ids(shown: list[dict[str, Any]]) -> None:
    """Refuse a block id or a button's id that stands twice."""
    named = Counter(block["block_id"] for block in shown if "block_id" in block)
    pressed = Counter(element["action_id"] for block in shown for _, element in elements_of(block))
    assert [key for ids in (named, pressed) for key, count in ids.items() if count > 1] == []


def check_elements(block: dict[str, Any]) -> None:
    """Hold buttons and menus against the limits that are easiest to break."""
    for _, element in elements_of(block):
        if element["type"] == "button":
            assert len(element["text"]["text"]) <= 75
            assert len(element["value"]) <= 2000
        for option in element.get("options", ()):
            assert len(option["value"]) <= 150


def check_start(texts: Words, rules: Rulebook, customer: str) -> None:
    """Hold the modal that starts a link against Slack's limits."""
    check_view(start_view(start_dialog(texts, rules, customer), channel_id="C0123456789", nonce="nonce"))
