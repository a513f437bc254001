"""The catalogue of everything that people can see, in one language: what hangs where; knows no HTML, sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.preview.examples import ADA, NOW, SAM, THREAD, Examples
from bot.preview.exhibits import Exhibit, Lines, Message, Room, Window
from bot.slack.block_kit import NOWHERE, Address, blocks, home_view, modal, start_view, window
from flows.cards.context import Scene
from flows.cards.messages import notice, said, whispered
from flows.cards.modals import dialog, start_dialog
from flows.cards.parent import parent
from flows.cards.parts import Card, Text
from flows.cards.reminder_card import nudge
from flows.cards.staff import board, lines
from flows.cards.staff.brief import brief
from flows.cards.staff.digest import digest, news
from flows.cards.staff.timeline import Happened, happened
from flows.cards.thread_card import card
from flows.diagnosis.reasons import Reason
from flows.link.commands import rows as commands
from flows.link.commands.rows import Typed
from flows.link.effects import Say, TellStaff, Whisper
from flows.link.events import Form
from flows.link.overview import Filter
from flows.link.rulebook import Rulebook
from flows.link.standing import State, state_of
from flows.link.state import Link, Status, Step
from flows.link.steps import STEPS
from flows.papers.permission_sheet import Signer, sheet, spelled_out
from flows.words import Entry, Words

_GIVEN: Final = {
    "person": "U0BOB",
    "step": "isu",
    "url": THREAD,
    "page": "https://link.example.com/slack/install",
    "code": "channel_not_found",
    "operation": "Put_Candidate",
    "policies": "Worker Data: Compensation",
    "reason": "We plan budgets elsewhere.",
    "until": "2026-12-08",
    "at": "2026-11-24T10:00:00+00:00",
    "head": "3f8a…",
    "lines": "812",
    "links": "41",
    "count": "2",
    "customers": "Brightwater, Dunmore",
    "known_host": "wd2-impl-services1.workday.com",
    "typed_host": "wd5-services1.myworkday.com",
    "typed_tenant": "acme2",
}
"""What texts name that belongs to no link."""

_AFTERWARDS: Final = frozenset(
    {"answer.address_linked", "say.handed_over_linked", "say.handed_off", "say.help.linked", "say.new_untried"}
)


class _Heard(Words):
    """Words that remember what they were asked for."""

    def __init__(self, words: Words) -> None:
        super().__init__({key: words.entry(key) for key in words.keys}, words.locale)
        self.asked = set[str]()

    def entry(self, key: str) -> Entry:
        self.asked.add(key)
        return super().entry(key)


class Gallery:
    """Draws every room for one installation, in one language."""

    def __init__(self, rules: Rulebook, words: Words) -> None:
        self._rules = rules
        self._words = _Heard(words)
        self._made = Examples(rules)

    def rooms(self) -> Iterator[Room]:
        """Draw every room, in the order in which people come by."""
        yield self._room("parent", (self._parent(one) for one in self._made.parents()))
        yield self._room("steps", self._steps())
        yield self._room("checks", (self._card(one) for one in self._made.checking()))
        yield self._room("refusals", self._refusals())
        yield self._room("help", (self._card(one, topic) for one, topic in self._made.helped()))
        yield self._room("waiting", self._waiting())
        yield self._room("reminders", self._reminders())
        yield self._room("forms", self._forms())
        yield self._room("thread", self._thread())
        yield self._room("whispers", self._whispers())
        yield self._room("notices", self._notices())
        yield self._room("staff", self._staff())
        yield self._room("board", self._board())
        yield self._room("sheet", self._sheet())
        yield self._room("rest", self._rest())

    def _room(self, name: str, exhibits: Iterable[Exhibit]) -> Room:
        return Room(name=name, title=self._words.say(f"preview.room.{name}"), exhibits=tuple(exhibits))

    def _title(self, name: str) -> str:
        return self._words.say(f"preview.title.{name}")

    def scene(self, link: Link) -> Scene:
        """Set out what a card of a made-up link is drawn from."""
        return Scene(link, self._rules, self._words, NOW)

    def _message(self, title: str, drawn: Card, link: Link | None = None) -> Message:
        address = Address(link_id=link.id, step=link.step, revision=link.revision, thread=THREAD) if link else NOWHERE
        return Message(title=title, blocks=tuple(blocks(drawn, address)))

    def _parent(self, link: Link) -> Message:
        return self._message(f"{state_of(link)} · {link.step}", parent(self.scene(link)), link)

    def _card(self, link: Link, title: str = "") -> Message:
        name = " · ".join(
            one for one in (link.step, title or (link.attempt.checking and link.attempt.checking.kind)) if one
        )
        return self._message(name, card(self.scene(link), len(link.cards) - 1), link)

    def _steps(self) -> Iterator[Exhibit]:
        for link in self._made.steps():
            yield self._card(link)
            if link.step is Step.PERMISSIONS:
                yield self._card(self._made.half_ticked(), self._title("half"))
        walked = self._made.at(Step.LINKED)
        done = "\n".join(card(self.scene(walked), number).text for number in range(len(walked.cards) - 1))
        yield self._message(self._title("done"), Card(parts=(Text(text=done),)))

    def _refusals(self) -> Iterator[Exhibit]:
        for link in self._made.refusals():
            yield self._card(link, link.attempt.trouble.reason if link.attempt.trouble else "")
        for link in self._made.hitches():
            yield self._card(link, link.attempt.hitch or self._title("guessed"))

    def _waiting(self) -> Iterator[Exhibit]:
        for link in (*self._made.exposed(), *self._made.standing()):
            yield self._card(link, f"{state_of(link)}")

    def _reminders(self) -> Iterator[Exhibit]:
        for link, cause in self._made.reminded():
            yield self._message(cause, nudge(self.scene(link), 0), link)
        ends = tuple(nudge(self.scene(link), 0).text for link in self._made.answered())
        yield Lines(title=self._title("shrunk"), texts=ends)

    def _forms(self) -> Iterator[Exhibit]:
        start = start_dialog(self._words, self._rules, "Acme", ("Zeta",), ("form.start.unshared",))
        yield Window(title=Form.START, view=start_view(start, channel_id="C0ACME", nonce="made-up"))
        for form in Form:
            if form not in {Form.START, Form.PICTURES}:
                yield self._form(self._made.at(_WHERE.get(form, Step.LINKED)), form)
        for step, row in STEPS.items():
            if row.pictures and self._rules.pictures:
                yield self._form(self._made.at(step), Form.PICTURES, f"{Form.PICTURES} · {step}")
        page = "https://pages.example/form"
        yield self._form(self._made.at(Step.ISU), Form.ISU, self._title("page_beside"), page)
        yield self._form(self._made.at(Step.ISU, web_only=True), Form.ISU, self._title("page_only"), page)

    def _form(self, link: Link, form: Form, title: str = "", page: str = "") -> Window:
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        view = modal(dialog(self.scene(link), form, page), address, "made-up")
        return Window(title=title or form, view=view)

    def _thread(self) -> Iterator[Exhibit]:
        walking, linked = self._made.at(Step.ISU), self._made.at(Step.LINKED)
        for key in sorted(self._words.keys):
            if key.endswith(".heard"):
                pasted = Say(key=key.removesuffix("heard") + "pasted")
                yield self._message(pasted.key, said(self.scene(walking), pasted), walking)
            elif key.startswith(("say.", "answer.", "signon.", "receipt.")):
                link = linked if key in _AFTERWARDS else walking
                yield self._message(key, said(self.scene(link), Say(key=key, names=self._names(key))), link)

    def _whispers(self) -> Iterator[Exhibit]:
        scene = self.scene(self._made.at(Step.ISU))
        for prefix in ("whisper.", "refusal.", "field."):
            keys = [key for key in sorted(self._words.keys) if key.startswith(prefix)]
            texts = (whispered(scene, Whisper(person=ADA, key=key, names=self._names(key))) for key in keys)
            yield Lines(
                title=prefix.rstrip("."), texts=tuple(f"`{key}` {text}" for key, text in zip(keys, texts, strict=True))
            )

    def _notices(self) -> Iterator[Exhibit]:
        link = self._made.refused(Reason.INVALID_CREDENTIALS)
        for key in sorted(self._words.keys):
            if key.startswith("staff.") and key not in _NO_NOTICES:
                yield self._message(
                    key, notice(self.scene(link), TellStaff(key=key, names=self._names(key)), THREAD), link
                )

    def _names(self, key: str) -> dict[str, str]:
        """Give a text the names that it asks for and no link has."""
        return {name: _GIVEN[name] for name in self._words.placeholders(key) if name in _GIVEN}

    def _many(self) -> list[Link]:
        """Make links of several customers, as a board shows them."""
        made = [Examples(self._rules, name) for name in ("Acme", "Brightwater", "Corvus Freight", "Dunmore", "Elmwood")]
        return [
            replace(made[0].failing(Reason.INVALID_CREDENTIALS), id="l1"),
            replace(made[1].refused(Reason.PERMISSIONS_MISSING), id="l2", touched=NOW - timedelta(days=4)),
            replace(made[2].at(Step.GROUP), id="l3", touched=NOW - timedelta(days=1, hours=3)),
            replace(made[3].at(Step.WELCOME, status=Status.PAUSED, approval=NOW.date() + timedelta(days=9)), id="l4"),
            replace(made[4].at(Step.LINKED), id="l5"),
        ]

    def _staff(self) -> Iterator[Exhibit]:
        words, link = self._words, self._made.refused(Reason.PERMISSIONS_MISSING)
        many = self._many()
        yield self._message("help", lines.helped(words))
        yield self._message("status", Card(parts=tuple(lines.one(self.scene(link), THREAD, SAM))))
        rows = [lines.row(self.scene(one), THREAD) for one in many]
        yield self._message("list", lines.listed(words, Typed(row=commands.LIST), list(rows), len(rows), 2))
        stuck = Typed(row=commands.LIST, filters=frozenset({Filter.STUCK}))
        yield self._message("list stuck", lines.listed(words, stuck, list(rows[1:3]), 2, 1))
        yield self._message(self._title("unknown"), lines.unknown(words, "statsu", Typed(row=commands.STATUS)))
        yield self._message(self._title("several"), lines.which(words, Typed(row=commands.RESUME), many))
        yield self._message("brief", brief(self.scene(link), THREAD, self.scene(link)))
        found = [news(self.scene(one), THREAD, is_new=at < 2) for at, one in enumerate(many)]  # noqa: PLR2004
        told = digest([one for one in found if one], words, left=3)
        if told:
            yield self._message(self._title("digest"), told)

    def _board(self) -> Iterator[Exhibit]:
        words, looking, many = self._words, board.Looking(), self._many()
        rows = [part for one in many for part in board.row(self.scene(one), THREAD)]
        counts = {State.LINKED: 31, State.STEP: 6, State.ISSUE: 2, State.PAUSED: 2}
        shown = board.Shown(rows=rows, total=41, pages=3, counts=counts)
        yield Window(title=self._title("board"), view=home_view(board.board(words, looking, shown)))
        narrowed = board.Looking(filters=frozenset({Filter.STUCK}), customer="acme")
        nothing = board.Shown(rows=[], total=0, pages=1, counts=counts)
        yield Window(title=self._title("board_empty"), view=home_view(board.board(words, narrowed, nothing)))
        yield Window(title=self._title("friendly"), view=home_view(board.friendly(words, self._rules)))
        link = replace(self._made.refused(Reason.PERMISSIONS_MISSING), id="l2")
        scene = self.scene(link)
        known = board.Known(
            past=[
                happened(scene, Happened(at=NOW, what="checkfinished", step=link.step)),
                happened(scene, Happened(at=NOW, what="sent.isu", actor="U0ADA", team="T0ACME", step=Step.ISU)),
            ],
            ahead=[
                words.say(
                    "board.reminder",
                    {"at": words.moment(NOW + timedelta(days=1)), "what": self.scene(link).say("plan.activation")},
                )
            ],
            notes=[
                words.say("board.note", {"when": words.moment(NOW), "who": "Sam", "text": "Ada is away until Monday."})
            ],
        )
        drawn = board.detail(self.scene(link), THREAD, SAM, "", known)
        yield Window(
            title=self._title("details"),
            view=window(words.say("board.title"), words.say("board.close"), drawn),
        )

    def _sheet(self) -> Iterator[Exhibit]:
        scene = self.scene(self._made.at(Step.LINKED))
        yield self._message(self._title("text"), spelled_out(scene, sheet(scene, Signer(name="Sam"))))

    def _rest(self) -> Iterator[Exhibit]:
        """Show what no exhibit before has asked for: names of parts, answers of the command, rare facts."""
        left = sorted(self._words.keys - self._words.asked)
        for group in sorted({key.partition(".")[0] for key in left}):
            keys = [key for key in left if key.startswith(f"{group}.")]
            yield Lines(title=group, texts=tuple(f"`{key}` {' / '.join(self._words.raw(key))}" for key in keys))


_WHERE: Final = {
    Form.SERVICE_URL: Step.SERVICE_URL,
    Form.ISU: Step.ISU,
    Form.EXPIRY: Step.EXPIRY,
    Form.GROUP: Step.GROUP,
    Form.API_CLIENT: Step.API_CLIENT,
    Form.HAND_OVER: Step.GROUP,
    Form.APPROVAL: Step.WELCOME,
    Form.LEAVE_OUT: Step.PERMISSIONS,
    Form.CANCEL: Step.GROUP,
    Form.NOTE: Step.GROUP,
    Form.MOVE: Step.GROUP,
}
"""The step at which a form is opened; the others belong to a finished link."""

_NO_NOTICES: Final = frozenset(
    f"staff.{name}"
    for name in ("digest", "export", "export_refused", "insight", "last_answer", "nothing_seen", "no_cause")
)
"""Texts that stand in others, or have an exhibit of their own."""
