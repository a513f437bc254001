"""Puts together what the command answers, in the reader's language; finds nothing and does nothing."""

from __future__ import annotations

from bot.drawing import Drawing, thread_url
from bot.slack.start_link import Asked
from bot.staff.lookup import PAGE
from flows.cards.parts import Card, Part, Small, Text
from flows.cards.staff import lines
from flows.link.effects import Denial
from flows.link.state import Link, Person
from flows.words import Plain
from storage.board.finding import Found
from storage.messages import Posted


class Telling:
    """`slack_url` is the address of the workspace, in which threads stand."""

    def __init__(self, drawing: Drawing, slack_url: str) -> None:
        self._drawing = drawing
        self._slack_url = slack_url

    def shown(self, found: list[Found], who: Person, *, more: bool = False) -> Card:
        """Draw links, each with what can be done about it."""
        parts: list[Part] = []
        # A channel can have more than one message holds.
        for one in found[:PAGE]:
            if one.link:
                parts += lines.one(self.to(who).scene(one.link), self.thread(one.parent), who)
            else:
                parts.append(self.row(one, who))
        if more or len(found) > PAGE:
            parts.append(Small(text=self.to(who).words.say("command.which_more")))
        return Card(parts=tuple(parts))

    def row(self, one: Found, who: Person) -> Part:
        """Draw one link of a list."""
        if one.link is None:
            return Text(text=self.to(who).words.say("command.unreadable", {"link": one.link_id}))
        return lines.row(self.to(who).scene(one.link), self.thread(one.parent))

    def thread(self, parent: Posted | None) -> str:
        """Return the address of a link's conversation; empty where it has none yet."""
        return thread_url(self._slack_url, parent)

    def to(self, who: Person) -> Drawing:
        """Return what somebody is drawn for, in their own language."""
        return self._drawing.to(who.locale)

    def refused(self, asked: Asked, link: Link, refused: Denial) -> Card:
        """Say of a link why nothing was done."""
        key = refused.key or next(iter(refused.fields.values()), "refusal.unknown")
        return Card(parts=(Text(text=self.to(asked.who).scene(link).say(key, **refused.names)),))

    def why_not(self, asked: Asked, link: Link, refused: Denial) -> Text:
        """Say of one of several links why it is not the one that is meant."""
        scene = self.to(asked.who).scene(link)
        why = scene.say(refused.key, **refused.names)
        return Text(text=why if link.customer in why else scene.say("command.none_can", why=Plain(why)))

    def done(self, asked: Asked, link: Link, key: str) -> Card:
        """Say of a link what was done."""
        return Card(parts=(Text(text=self.to(asked.who).scene(link).say(key)),))

    def said(self, asked: Asked, key: str, **names: str) -> Card:
        """Say what is about no link."""
        return Card(parts=(Text(text=self.to(asked.who).words.say(key, names)),))
