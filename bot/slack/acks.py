"""What a person sees at once: errors at the fields of a modal, a whisper where there is no link; records nothing."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing import Drawing
from bot.slack.block_kit import window
from bot.slack.reading.json_values import Body
from bot.slack.reading.payloads import Sent, reply_url
from flows.cards.parts import Card, Text
from flows.link.state import Link
from flows.words import Plain, Words, unmarked

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]
Respond = Callable[..., Awaitable[Any]]

ANSWER_SECONDS = 1.5

OPEN_SECONDS = 2.6
"""How long Slack may take to say who somebody is and to open a modal; the press has to be answered within three."""

ASKING_SECONDS = 2.0
"""How long Slack may take for all that one request makes us ask; the third second is for the database."""

REQUEST_SECONDS = 3.0

BEGAN: ContextVar[float | None] = ContextVar("began", default=None)
"""When the request came that the running task answers, by the loop's clock."""

MENTION = re.compile(r"<@([A-Z0-9]+)>")

NO_ANSWER = (SlackApiError, aiohttp.ClientError, OSError)
"""What calling Slack can raise; OSError stands for timeouts too."""


@asynccontextmanager
async def asking(seconds: float) -> AsyncGenerator[None]:
    """Give Slack so many seconds for an answer, and no more than are left for the request that it waits for itself.

    Raises TimeoutError. What goes on behind an answered request has all of the seconds.
    """
    now, began = asyncio.get_running_loop().time(), BEGAN.get()
    is_waited_for = began is not None and now < began + REQUEST_SECONDS
    until = min(now + seconds, (began or 0) + ASKING_SECONDS) if is_waited_for else now + seconds
    async with asyncio.timeout_at(until):
        yield


async def at_fields(drawing: Drawing, ack: Ack, sent: Sent, errors: Mapping[str, str], link: Link | None) -> None:
    """Close a modal, or keep it open with one word-key per wrong field."""
    if not errors or not sent.places:
        # Below a form that was pushed stands what was so before it was sent.
        await (ack(response_action="clear") if sent.is_pushed else ack())
        return
    drawing = drawing.to_person(link, sent.actor)
    words = drawing.words
    names = drawing.scene(link).names if link else {}
    first = next(iter(sent.places.values()))
    # What is wrong with a field that the modal does not have stands at its first one.
    said = {sent.places.get(name, first): unmarked(words.say(key, names)) for name, key in errors.items()}
    texts = {place: _named(text, words, link, drawing.rules.vendor) for place, text in said.items()}
    await ack(response_action="errors", errors=texts)


def _named(text: str, words: Words, link: Link | None, vendor: str) -> str:
    """Name whose people somebody is of: at a field Slack shows the id that stands for a name as it is."""
    if link is None:
        return text
    ours, houses = link.owner.user_id, (link.customer, vendor)

    def somebody(found: re.Match[str]) -> str:
        return words.say("form.someone", {"house": Plain(houses[found[1] == ours])})

    named = MENTION.sub(somebody, text)
    return named[:1].upper() + named[1:]


async def not_kept(ack: Ack, words: Words, key: str) -> None:
    """Show in place of a modal why nothing of it was kept; closed in silence, it would look as if it was."""
    card = Card(parts=(Text(text=words.say(key)),))
    view = window(words.say("form.not_kept"), words.say("board.close"), card)
    await ack(response_action="update", view=view)


async def whisper_back(words: Words, body: Body, client: AsyncWebClient, respond: Respond, key: str) -> bool:
    """Whisper where there is no link to write an errand for; being lost does no harm. Return whether Slack took it."""
    if reply_url(body, client.base_url) is None:
        return False
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await respond(text=words.say(key), response_type="ephemeral", replace_original=False)
    except NO_ANSWER as error:
        log.info("a whisper did not arrive", extra={"why": type(error).__name__})
        return False
    return True
