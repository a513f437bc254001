"""What every card is drawn from: the link, the rules, the words, the time; draws no card itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flows.cards.parts import Button, Copy, Part, Small, Text
from flows.cards.placeholders import key_for, mention, names_of
from flows.link.access.reading import pressers
from flows.link.attempt import Topic
from flows.link.events import Action, Form
from flows.link.rulebook import HelpLink, Rulebook, in_language
from flows.link.state import Link, Step
from flows.link.steps import BEFORE_ISU, STEPS, row_of
from flows.link.walk import UNKNOWN, Usual, held, is_usual
from flows.replacing import replace
from flows.words import Plain, Words, escape, unescape

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


PEM = "-----BEGIN "
"""How a certificate begins, which is copied as one."""


@dataclass(frozen=True)  # without slots: its names are kept once they are made
class Scene:
    """Everything a card is drawn from; `theirs` are the words of the cards in the thread, where the reader's differ."""

    link: Link
    rules: Rulebook
    words: Words
    now: datetime
    usual: Usual = field(default_factory=lambda: UNKNOWN)
    theirs: Words | None = None

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names for this link, each made once for everything that is drawn from this scene."""
        return names_of(self.link, self.rules, self.words, self.now, self.usual, self.theirs)

    def say(self, key: str, **more: str) -> str:
        """Return one text with this link's names: that of links without a password, where there is one for them."""
        return self.words.say(key_for(self.link, self.words, key), self.names, **more)

    @property
    def is_usual(self) -> bool:
        """Tell whether the time that is left is what it usually took."""
        return is_usual(self.link, self.rules.permissions, self.usual)

    @property
    def held(self) -> str:
        """Name the steps that somebody else than the admin does, with who does them; empty where there are none."""
        who = held(self.link, self.rules.permissions)
        return self.words.listed(
            Plain(self.say("parent.holder", step=self.say(f"step.{step}.title"), person=mention(person)))
            for step, person in who.items()
        )

    def button(self, action: Action, key: str = "", *, value: str = "", form: Form | None = None) -> Button:
        """Build a plain button; its words are `button.<action>` unless `key` says otherwise."""
        only = pressers(self.link, action, form) if self.rules.hides_admins_buttons else ()
        text = self.say(key or f"button.{action}")
        return Button(action=action, text=text, value=value, form=form, only=only)


def sideways(scene: Scene) -> tuple[Button, ...]:
    """Return the ways back and to help that every card of a step has."""
    step = scene.link.step
    if step in {Step.WELCOME, Step.LINKED}:
        return ()
    stuck = scene.button(Action.HELP, "button.stuck", value=Topic.STUCK)
    return (scene.button(Action.BACK), stuck) if STEPS[step].topics else (scene.button(Action.BACK),)


def new_password(scene: Scene, key: str = "button.new_password") -> Button:
    """Return the way to enter anew what the integration user signs in with; `key` names what the button says."""
    row = row_of(scene.link.setup)
    if row.bearer:
        if scene.link.step is Step.LINKED:
            again = scene.button(Action.OPEN_FORM, "button.relink", form=Form.RELINK)
        elif scene.link.step is Step.KEY_CLIENT:
            again = scene.button(Action.NEW_KEY)
        else:
            again = scene.button(Action.BACK, f"button.again_{row.way}", value=row.proves)
        return replace(again, primary=True)
    form = Form.ROTATE if scene.link.step is Step.LINKED else Form.ISU
    return replace(scene.button(Action.OPEN_FORM, key, form=form), primary=True)


def to_service_url(scene: Scene) -> tuple[Button, ...]:
    """Return the way back to the address where that is more than one step behind."""
    if scene.link.step in {*BEFORE_ISU, Step.ISU, Step.USER, Step.LINKED}:
        return ()
    return (scene.button(Action.BACK, "button.to_service_url", value=Step.SERVICE_URL),)


def human(scene: Scene) -> tuple[Button, ...]:
    """Return the way to a person, for whoever is not that person themselves."""
    if scene.link.doer and scene.link.owner.is_same(scene.link.doer):
        return ()
    return (scene.button(Action.CALL_STAFF),)


def recipe(scene: Scene, key: str) -> list[Part]:
    """Return the lines of one text as parts; what is to be copied stands in a block of its own, unescaped."""
    parts: list[Part] = []
    for line in scene.words.lines(key, scene.names):
        # A name that stands for several things to copy becomes a block for each.
        copies = line[2:].splitlines() if line.startswith("> ") else []
        copies = [line[2:]] if line.startswith(f"> {PEM}") else copies
        parts += [Copy(text=unescape(one)) for one in copies] or [Text(text=line)]
    return parts


def pages_of(scene: Scene, step: Step) -> list[Part]:
    """Return a line with the vendor's own pages about a step, where it has any."""
    return _ways(
        scene.words, scene.names, "support.more", [one for one in scene.rules.voice.links if step in one.steps]
    )


def support(words: Words, rules: Rulebook, names: Mapping[str, str]) -> list[Part]:
    """Return a line that says whom else to ask and where more stands, where the vendor has said so."""
    voice = rules.voice
    return _ways(words, names, "support.ask", [one for one in voice.links if not one.steps], contact(voice.contact))


def _ways(words: Words, names: Mapping[str, str], key: str, links: Sequence[HelpLink], first: str = "") -> list[Part]:
    pages = [Plain(f"<{one.url}|{escape(in_language(one.text, words.language))}>") for one in links]
    ways = words.listed([*([Plain(first)] if first else []), *pages])
    return [Small(text=words.say(key, names, ways=ways))] if ways else []


def contact(said: str) -> str:
    """Write whom to ask as mrkdwn: an address of mail or a page as a link, anything else as words."""
    if said.startswith(("https://", "http://127.0.0.1")):
        return f"<{said}>"
    return f"<mailto:{said}|{said}>" if _MAIL.fullmatch(said) else escape(said)
