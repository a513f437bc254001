"""Looks again at messages whose outcome was unknown once: deletes copies, has cards drawn anew; posts nothing.

A look takes back what it finds, so one too many does no harm; only a last one that comes too early leaves a copy. So
the first goes by the clock, and the last by how long this process has known of the message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.clock import Clock
from bot.slack.delivery_errors import SHUTS, NotNowError, SaidNoError
from bot.slack.web_api import Speaker
from flows.link.effects import Farewell, Show, Slot, TellStaff, Whisper
from storage import deduplication as inbox
from storage import links as store
from storage import messages
from storage.database.transactions import Database
from storage.outbox import errands, recovery
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

AUDIT_AFTER = timedelta(seconds=90)
"""An errand's lease plus the time Slack's history may lag."""

CLOSED_AFTER = timedelta(minutes=15)
"""How long a process knows of a message before its last look: Slack's history should never lag as long.

Counted by a clock that nobody sets, as one that jumps could end an audit within the seconds in which a copy is hidden.
"""

AT_A_TIME = 20

MOST_WATCHED = 400
"""Messages between their first look and their last at most: about as many as Slack lets us look at within that time."""

PUT_OFF = timedelta(minutes=1)
"""How long a message makes way for the others that Slack cannot tell of right now."""

MOST_FAILURES = 3
"""Of one round, after which the rest waits for the next one: Slack is busy or away."""


@dataclass(slots=True)
class Watch:
    """Of one message, in seconds of the event loop: from when a look at it is the last, and when the next may be."""

    closes: float
    next: float = 0.0


class Auditor:
    """Keeps the promise that no message is left doubled; without `read_back` nobody can keep it.

    `speaker_of` tells who speaks about a link.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        speaker_of: Callable[[str], Awaitable[Speaker]],
        *,
        after: timedelta = AUDIT_AFTER,
        closed_after: timedelta = CLOSED_AFTER,
        most_watched: int = MOST_WATCHED,
        read_back: bool = True,
    ) -> None:
        self._database = database
        self._clock = clock
        self._speaker_of = speaker_of
        self._after = after
        self._closed_after = closed_after
        self._most_watched = most_watched
        self._read_back = read_back
        # By its end as well, which moves when somebody suspects another copy: then it is watched anew.
        self._watched: dict[tuple[str, datetime], Watch] = {}

    async def run(self) -> int:
        """Audit what is due; returns how many copies were taken back."""
        now, here = self._clock(), asyncio.get_running_loop().time()
        most = min(AT_A_TIME + len(self._watched), self._most_watched)
        closes = here + self._closed_after.total_seconds()
        doubtful = await self._database.run(lambda session: recovery.to_audit(session, limit=most))
        known = self._watched
        self._watched = {sent.version: known.get(sent.version) or Watch(closes) for sent in doubtful}
        removed = failures = 0
        for sent in doubtful:
            watch = self._watched[sent.version]
            is_last = here >= watch.closes
            if here < watch.next or not (is_last or sent.sent_at <= now - self._after):
                continue
            try:
                removed += await self._audit(sent)
                if not is_last:
                    await self._draw_anew(sent, now)
            except (NotNowError, StoredValueError):
                # One that is never told of must not keep the others from being looked at.
                watch.next, failures = here + PUT_OFF.total_seconds(), failures + 1
                if failures == MOST_FAILURES:
                    return removed
                continue
            except SaidNoError as error:
                log.warning("a message could not be audited", extra={"errand": sent.id, "code": error.code})
                if error.outcome in SHUTS:
                    # Once we are let in again, a copy may still stand there.
                    watch.next = watch.closes = closes
                    continue
            if is_last:
                await self._close(sent, now)
            else:
                watch.next = watch.closes
        return removed

    async def _audit(self, sent: recovery.Sent) -> int:
        # A card that had nothing to say any more, or was whispered at last, may have been posted by an earlier try.
        is_gone = sent.channel_id is None and isinstance(sent.effect, Show | Whisper)
        link = await self._database.run(lambda session: store.load(session, sent.link_id)) if is_gone else None
        channel = link.channel_id if link else sent.channel_id
        if not channel or not self._read_back:
            return 0
        is_root = isinstance(sent.effect, TellStaff) or sent.effect == Show(slot=Slot.PARENT)
        thread = None
        if not is_root:
            left = sent.effect.number if isinstance(sent.effect, Farewell) else 0
            slot = messages.left_slot(left) if left else Slot.PARENT.value
            parent = await self._database.run(lambda session: messages.posted(session, sent.link_id, slot))
            thread = parent.ts if parent else None
        speaker = await self._speaker_of(sent.link_id)
        copies = await speaker.copies(
            channel=channel,
            thread_ts=thread,
            errand_id=sent.id,
            # Our clock may run far ahead; of what was recorded Slack has told the time.
            since=min(sent.first_try_at, _by_slack(sent.ts)) if sent.ts else sent.first_try_at,
        )
        # Of files that were shared Slack does not say where they stand: the first ones stay.
        stray = copies if is_gone else [ts for ts in copies if ts != (sent.ts or copies[0])]
        for ts in stray:
            await speaker.delete(channel=channel, ts=ts)
        if not copies and sent.ts == "":
            await self._share_again(sent)
        return len(stray)

    async def _share_again(self, sent: recovery.Sent) -> None:
        """Share files once more that Slack has taken and never shown."""
        now = self._clock()

        def work(session: Session) -> bool:
            is_first = inbox.first_time(session, f"dropped {sent.id}", now)
            if is_first:
                recovery.send_again(session, sent, now)
            return is_first

        if await self._database.run(work):
            log.warning("files that Slack has taken are not there and are shared again", extra={"errand": sent.id})

    async def _draw_anew(self, sent: recovery.Sent, now: datetime) -> None:
        """Have a card drawn once more: a process that stood still may have edited it last, from what it knew before."""
        effect = sent.effect
        if not isinstance(effect, Show):
            return

        def work(session: Session) -> None:
            link = store.load(session, sent.link_id)
            if link and not link.blocked:
                errands.enqueue(session, link.id, (effect,), now)

        await self._database.run(work)

    async def _close(self, sent: recovery.Sent, now: datetime) -> None:
        await self._database.run(lambda session: recovery.audited(session, sent, now))


def _by_slack(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
