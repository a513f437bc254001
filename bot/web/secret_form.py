"""The page on which somebody enters secrets without Slack: plain HTML, no script, one use; decides nothing.

Whoever holds the address is taken for the person it was made for. It is worth ten minutes and one form, shows nothing
secret, and stands nowhere but in that person's window in Slack.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl

from aiohttp import web

from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.guests import People, UnknownPersonError
from bot.web.connections import DOOR
from bot.web.form_tokens import FormTokens
from flows.cards.context import Scene
from flows.cards.modals import web_page
from flows.cards.parts import Input, Text
from flows.link.access.reading import refusal
from flows.link.effects import Denial
from flows.link.events import Form, Submitted
from flows.link.forms import FieldKind
from flows.link.state import Link
from flows.tenant.misplaced import MISPLACED
from flows.words import Words, unescape, untimed
from storage.database.trouble import TROUBLE
from storage.database.workers import ANSWER, within
from storage.form_tokens import Ticket
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

LARGEST_FORM = 16 * 1024
MOST_FIELDS = 10
FORM_TYPE = "application/x-www-form-urlencoded"

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1d1c1d}"
    "h1{font-size:1.4rem}label{display:block;font-weight:600;margin-top:1.2rem}"
    "input{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid #868686;border-radius:4px}"
    "button{margin-top:1.5rem;font:inherit;padding:.6rem 1.2rem;border:0;border-radius:4px}"
    "button{background:#0b6e4f;color:#fff}"
    ".who{color:#555;border-bottom:1px solid #ccc;padding-bottom:.6rem}a{color:#0b6e4f}"
    "small{color:#555}[role=alert]{color:#b00020}"
)
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
}
"""What this page says differently from every other answer."""

BUSY = Denial(key="refusal.busy")
UNREADABLE = Denial(key="refusal.unreadable")
UNSAVED = Denial(key="refusal.unsaved")

Errors = Mapping[str, str]
Answer = Callable[[web.Request], Awaitable[web.Response]]


PeopleOf = Callable[[str], People | None]
"""Who tells people apart in the install that links of a team belong to."""


class Pages:
    """Shows a form and takes it, exactly as a modal would be."""

    def __init__(self, engine: Engine, drawing: Drawing, tokens: FormTokens, people_of: PeopleOf) -> None:
        self._engine = engine
        self._drawing = drawing
        self._tokens = tokens
        self._people_of = people_of

    @property
    def words(self) -> Words:
        """What pages say."""
        return self._drawing.words

    def register(self, application: web.Application) -> None:
        """Offer the page."""
        # 43 characters hold the 256 bits of a token; whatever else is asked for is not even looked up.
        application.router.add_get("/form/{token:[A-Za-z0-9_-]{43}}", self._kindly(self.show))
        application.router.add_post("/form/{token:[A-Za-z0-9_-]{43}}", self._kindly(self.take))

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the form, as often as it is asked for: looking does not use it up."""
        found = await self._tokens.find(request.match_info["token"])
        if found is None:
            return self._over()
        ticket, sent = found[0], await self._submitted(found[0], found[1])
        scene = self._scene(found[1], ticket, sent)
        refused = refusal(scene.link, sent) if sent else BUSY
        if refused:
            text = scene.say(refused.key or "refusal.stale", **refused.names)
            return said_page(scene.words, 403, "form.web.refused", text)
        return form_page(scene, ticket.form, ticket.until, 200, {}, {})

    async def take(self, request: web.Request) -> web.Response:
        """Take the form; what was wrong is shown at its field, and nothing but the secrets has to be typed again."""
        if request.content_type != FORM_TYPE:
            return web.Response(status=415)
        if (request.content_length or 0) > LARGEST_FORM:
            return web.Response(status=413)
        token = request.match_info["token"]
        found = await self._tokens.find(token)
        if found is None:
            return self._over()
        ticket = found[0]
        typed = _read(await request.app[DOOR].read(request))
        if typed is None:
            return web.Response(status=400)
        sent = await self._submitted(ticket, found[1])
        if sent is None:
            words = self._scene(found[1], ticket, None).words
            return said_page(words, 503, "form.web.refused", words.say(BUSY.key))
        decision, errors = await self._engine.submit(ticket.link_id, ticket.form, typed, sent, token=token)
        if decision is None:
            return self._over()
        scene = self._scene(decision.link, ticket, sent)
        refused = decision.refusal
        if refused and refused.key:
            # Whoever may not send a form is not shown what stands in it.
            return said_page(scene.words, 409, "form.web.refused", scene.say(refused.key, **refused.names))
        if errors:
            return form_page(scene, ticket.form, ticket.until, 422, typed, errors)
        return said_page(scene.words, 200, "form.web.sent", scene.say("form.web.sent_next"))

    def _scene(self, link: Link, ticket: Ticket, sent: Submitted | None) -> Scene:
        """Set out what whoever holds the page reads, in their own language."""
        return self._drawing.to_person(link, sent.actor if sent else ticket.person).scene(link)

    async def _submitted(self, ticket: Ticket, link: Link) -> Submitted | None:
        """Read who sends what; None while Slack does not say who that is by now."""
        people = self._people_of(link.team_id)
        if people is None:
            return None
        try:
            actor = await people.known(ticket.person)
        except UnknownPersonError:
            return None
        return Submitted(actor=actor, form=ticket.form, step=ticket.step, revision=0, on_web=True)

    def _kindly(self, answer: Answer) -> Answer:
        """Say of a link that cannot be read that this is so, and that nothing was saved where the database is away.

        A newer release beside this one may have written the link.
        """

        async def answered(request: web.Request) -> web.Response:
            try:
                with within(ANSWER):
                    return await answer(request)
            except StoredValueError:
                refused = UNREADABLE
            except TROUBLE as error:
                log.exception("a page failed", extra={"why": type(error).__name__})
                refused = UNSAVED
            words = self._drawing.words
            return said_page(words, 503, "form.web.refused", words.say(refused.key))

        return answered

    def _over(self) -> web.Response:
        words = self._drawing.words
        return said_page(words, 410, "form.web.over", words.say("form.web.over_next"))


def form_page(
    scene: Scene, form: Form, until: datetime, status: int, typed: Mapping[str, str], errors: Errors
) -> web.Response:
    """Draw the page on which a form is filled in until a moment; with `errors` some of it needs another look."""
    drawn = web_page(scene, form, until)
    lines = [f"<p>{_html(part.text)}</p>" for part in drawn.parts if isinstance(part, Text)]
    page = scene.rules.security_page
    if page:
        lines.append(f'<p>{_html(scene.say("form.web.security"))} <a href="{escape(page)}">{escape(page)}</a></p>')
    lines.insert(0, f'<p class="who">{_html(scene.say("form.web.who"))}</p>')
    if errors:
        lines.insert(0, f'<p role="alert">{_html(scene.say("form.web.again"))}</p>')
    lines += ['<form method="post" autocomplete="off">']
    for field in drawn.inputs:
        error = errors.get(field.field.name, "")
        shown = {} if error.startswith(MISPLACED) else typed
        lines += _field(field, shown, scene.say(error) if error else "")
    lines += [f"<button>{_html(drawn.submit)}</button>", "</form>"]
    return _page(scene.words.language, drawn.title, lines, status)


def _read(body: bytes) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding="utf-8", errors="strict"
        )
    except ValueError:
        return None
    return dict(pairs) if len(body) <= LARGEST_FORM else None


def _field(one: Input, typed: Mapping[str, str], error: str) -> list[str]:
    name = one.field.name
    is_secret = one.field.kind is FieldKind.SECRET
    # A secret never travels back, not even to whoever has just typed it.
    value = "" if is_secret else typed.get(name, one.initial)
    notes = [f'<small id="{name}-hint">{_html(one.hint)}</small>'] if one.hint else []
    notes += [f'<p role="alert" id="{name}-error">{_html(error)}</p>'] if error else []
    described = " ".join(f"{name}-{kind}" for kind, text in (("hint", one.hint), ("error", error)) if text)
    if one.choices:
        options = (
            f'<option value="{escape(way.value)}"{" selected" * (way.value == value)}>{_html(way.text)}</option>'
            for way in one.choices
        )
        return [
            f'<label for="{name}">{_html(one.label)}</label>',
            f'<select id="{name}" name="{name}">{"".join(options)}</select>',
            *notes,
        ]
    return [
        f'<label for="{name}">{_html(one.label)}</label>',
        f'<input id="{name}" name="{name}" type="{"password" if is_secret else "text"}" value="{escape(value)}"'
        # Browsers take no notice of "off" where a password is asked for, and would fill in one that they have kept.
        f' autocomplete="{"new-password" if is_secret else "off"}" autocapitalize="off" spellcheck="false" required'
        + (f' aria-describedby="{described}"' if described else "")
        + (' aria-invalid="true">' if error else ">"),
        *notes,
    ]


def said_page(words: Words, status: int, title: str, text: str) -> web.Response:
    """Draw a page that says one thing; `title` is the key of its heading."""
    return _page(words.language, words.say(title), [f"<p>{_html(text)}</p>"], status)


def _page(language: str, title: str, lines: list[str], status: int) -> web.Response:
    heading = _html(title)
    text = "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{heading}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{heading}</h1>",
            *lines,
            "</main></body></html>",
        ]
    )
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=HEADERS)


def _html(text: str) -> str:
    """Turn the little of Slack's markup that our texts use into HTML."""
    pieces = [escape(unescape(piece)) for piece in re.split(r"\*([^*]+)\*", untimed(text))]
    return "".join(f"<strong>{piece}</strong>" if at % 2 else piece for at, piece in enumerate(pieces))
