"""What hangs in the rooms of the preview: messages, windows, lines; draws none of them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.block_kit import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as Slack gets it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A modal, or with the type `home` the Home tab."""

    title: str
    view: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Texts that stand by themselves: whispers, and what is said at a field."""

    title: str
    texts: tuple[str, ...]


Exhibit = Message | Window | Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Exhibits of one kind; `name` is its address on the page and the name of its file among the snapshots."""

    name: str
    title: str
    exhibits: tuple[Exhibit, ...]
