"""Works out whose morning it is, and which links their digest has news of; draws and sends nothing."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlmodel import Session

from flows.cards.staff.digest import KEY, LINES
from flows.link.effects import TellStaff
from flows.link.rulebook import Rulebook
from flows.schedule.attention import next_opening, todays_opening, worries
from storage.database.transactions import Database
from storage.outbox import errands
from storage.reports import digests
from storage.reports.digests import CHANNEL, Reader


async def write_digests(database: Database, now: datetime, rules: Rulebook, *, to_channel: bool) -> None:
    """Let everybody whose morning it is be told what is news.

    What there is to tell is settled here, in one transaction with the errand; the errand holds none of it.
    """
    readers = await database.run(lambda session: _due(session, now, rules, to_channel=to_channel))
    for reader in readers:
        await _write(database, reader, now, rules)


def _due(session: Session, now: datetime, rules: Rulebook, *, to_channel: bool) -> list[Reader]:
    newcomers = [Reader(who=CHANNEL, zone="")] if to_channel else digests.newcomers(session)
    for one in newcomers:
        digests.join(session, one, next_opening(now, rules, one.zone))
    return digests.due(session, now, channel=to_channel)


async def _write(database: Database, reader: Reader, now: datetime, rules: Rulebook) -> None:
    opens, following = todays_opening(now, rules, reader.zone), next_opening(now, rules, reader.zone)
    if opens is None or now < opens:
        until = following if opens is None else opens
        await database.run(lambda session: digests.put_off(session, reader.who, now, until))
        return
    found: list[tuple[tuple[int, datetime], str, str]] = []
    after = ""
    while True:
        links, after = await database.run(partial(digests.page, who=reader.who, after=after))
        found += [(one.rank, one.link.id, one.mark) for one in worries(links, now, rules)]
        if not after:
            break
    marks = {link_id: mark for _, link_id, mark in sorted(found)}

    def work(session: Session) -> None:
        if not digests.put_off(session, reader.who, now, following):
            return
        news = digests.tell(session, reader.who, marks, now, most=LINES)
        if news.said:
            told = TellStaff(key=KEY, names={"at": now.isoformat(), "left": str(news.left)}, to=reader.who)
            # An errand belongs to a link; which one does not matter.
            errands.enqueue(session, news.said[0], (told,), now)

    await database.run(work)
