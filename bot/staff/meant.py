"""Which link somebody means by what they typed: finds the one, or says why that is not clear; does nothing with it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.start_link import Asked
from bot.staff.lookup import PAGE, Lookup
from bot.staff.telling import Telling
from flows.cards.parts import Card, ControlRow
from flows.cards.staff import lines
from flows.link.commands.rows import Typed
from flows.link.effects import Denial
from flows.link.state import Link, Status
from storage.board.finding import Found


class Meant:
    """`lookup` finds what is asked for, `tell` says what is not clear."""

    def __init__(self, lookup: Lookup, tell: Telling) -> None:
        self._lookup = lookup
        self._tell = tell

    async def one(self, asked: Asked, typed: Typed) -> Link | Card:
        """Find the one link that is meant, or say why it is not clear."""
        is_guess = more = False
        if typed.link:
            found = await self._lookup.by_id(typed.link)
        elif typed.name:
            named = await self._lookup.named(asked.who.user_id, typed.name)
            found, more = list(named.found), named.more
            is_guess = typed.row in lines.ASKED_AGAIN and not named.is_whole
        else:
            found = await self._lookup.here(asked.channel_id)
        links = [one.link for one in found if one.link and one.link.status is not Status.CANCELLED]
        if not links:
            return self._none(asked, typed, found)
        if len(links) > 1:
            # Of several only those are meant with which it can be done; where it is none, each says why.
            day = typed.day.isoformat() if typed.day else ""
            why = {
                one.id: lines.why_not(typed.row, self._tell.to(asked.who).scene(one), asked.who, day) for one in links
            }
            able = [one for one in links if why[one.id] is None]
            if not able and not more:
                each = ((one, why[one.id]) for one in links[:PAGE])
                return Card(parts=tuple(self._tell.why_not(asked, one, refused) for one, refused in each if refused))
            links = able or links
        if len(links) > 1 or more or (is_guess and links[0].channel_id != asked.channel_id):
            return lines.which(self._tell.to(asked.who).words, typed, links, more=more)
        return links[0]

    def _none(self, asked: Asked, typed: Typed, found: Sequence[Found]) -> Card:
        """Say why there is no link to do something with; `found` may hold what has ended or cannot be read."""
        unread = next((one for one in found if one.link is None), None)
        if unread:
            return Card(parts=(self._tell.row(unread, asked.who),))
        ended = next((one.link for one in found if one.link), None)
        if ended and typed.link:
            return self._tell.refused(asked, ended, Denial(key=f"refusal.status.{Status.CANCELLED}"))
        if typed.name and typed.row in lines.NO_SUCH_NAME:
            return self.wrong(asked, lines.NO_SUCH_NAME[typed.row], typed)
        return self._tell.said(asked, "command.open_none" if typed.name or typed.link else "command.none_here")

    def wrong(self, asked: Asked, key: str, typed: Typed) -> Card:
        """Say what cannot be read behind a word, with the window that asks for it where there is one."""
        said = self._tell.said(asked, key)
        if typed.row not in lines.OPENS:
            return said
        control = lines.control(self._tell.to(asked.who).words, Typed(row=typed.row, link=typed.link))
        return Card(parts=(ControlRow(text=said.text, control=control),))
