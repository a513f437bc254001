"""The daily digest for our own people, one line a link; which links are in it, `schedule.attention` says."""

from __future__ import annotations

from datetime import datetime

from flows.cards.context import Scene
from flows.link.rulebook import Rulebook
from flows.schedule.attention import Worry
from flows.words import Plain, Words

KEY = "staff.digest"
"""The notice that holds nothing: it is drawn when it is sent, from the links as they are then."""

LINES = 20
"""The most links one digest names."""


def digest(found: tuple[Worry, ...], rules: Rulebook, words: Words, now: datetime) -> str:
    """Write the digest; empty when there is nothing to say."""
    if not found:
        return ""
    lines = [Scene(one.link, rules, words, now).say(f"digest.{one.key}", **_names(one)) for one in found[:LINES]]
    if len(found) > LINES:
        lines.append(words.say("digest.more", {"count": str(len(found) - LINES)}))
    return words.say(KEY, {"lines": Plain("\n".join(lines))})


def _names(one: Worry) -> dict[str, str]:
    looked = f"{one.link.looked_at:%Y-%m-%d}" if one.link.looked_at else ""
    return {"channel": Plain(f"<#{one.link.channel_id}>"), "code": one.link.blocked or "", "looked": looked}
