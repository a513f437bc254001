"""Owns a static HTML page of messages and modals that looks close to Slack, for the docs; nothing in it can be used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.slack.block_kit import fresh_values
from sandbox.slack.drawing.block_html import BlockWriter
from sandbox.slack.drawing.html import Html, el
from sandbox.slack.people import Message
from sandbox.slack.reading import shown_to, text_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.slack.people import Modal
    from sandbox.slack.workspace import World

STYLE = Path(__file__).with_name("web_page.css")
_FACES = ("#4a154b", "#1264a3", "#00724f", "#b3134a", "#7a5200")


def page(things: Sequence[Message | Modal], world: World, title: str = "Link Workday") -> str:
    """Return one complete HTML page with these messages and modals, in order."""
    body = "\n".join(message(t, world) if isinstance(t, Message) else _modal(t, world) for t in things)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{el("title", title)}'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def message(
    shown: Message, world: World, *more: Html, target: Mapping[str, str] | None = None, scope: str = ""
) -> Html:
    """Write one message; with a `target` it can be used, and `more` stands below it."""
    post = shown.post
    reader = shown.reader.user if shown.reader else None
    zone = zone_of(reader)
    chosen = post.chosen.get(reader.id if reader else "")
    writer = BlockWriter(world, zone, fresh_values(post.blocks, chosen), scope=scope, target=target)
    seen = shown_to(post.blocks, reader.id if reader else "")
    inside = writer.blocks(seen) if post.blocks else el("p", writer.mrkdwn(post.text)) if post.text else None
    author = world.users[post.user]
    moment = datetime.fromtimestamp(float(post.ts), UTC).astimezone(zone or UTC)
    kind = "message" + " reply" * bool(post.thread_ts) + " whisper" * bool(post.only_for)
    only = el("div", "Only visible to you", class_="dim") if post.only_for else None
    face = "#611f69" if author.is_bot else _FACES[sum(map(ord, author.id)) % len(_FACES)]
    head = el(
        "div",
        el("span", author.real_name, class_="who"),
        " ",
        el("span", "APP", class_="app") if author.is_bot else None,
        " ",
        el("span", f"{moment:%H:%M}", class_="when"),
    )
    edited = el("span", " (edited)", class_="dim") if post.is_marked_edited else None
    return el(
        "article",
        el("div", author.real_name[0], class_="face", style=f"background:{face}", aria_hidden="true"),
        el("div", only, head, inside, edited, *more, class_="body"),
        class_=kind,
        aria_label=f"{author.real_name}, {moment:%H:%M}",
        id=f"{scope}-{post.ts}" if scope else None,
    )


def _modal(modal: Modal, world: World) -> Html:
    spec = modal.view.spec
    inside = BlockWriter(world, zone_of(modal.person.user), modal.view.values, modal.view.errors).blocks(modal.blocks)
    submit = text_of(spec.get("submit"), world)
    foot = el(
        "footer",
        el("span", text_of(spec.get("close"), world) or "Cancel", class_="button"),
        el("span", submit, class_="button primary") if submit else None,
    )
    head = el("header", modal.title or "Home")
    body = el("div", inside, class_="inside")
    return el("div", head, body, foot if spec["type"] == "modal" else None, class_="modal")
