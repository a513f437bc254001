"""What the app is loaded with while it is meddled with, and the count of what came of it; it meddles with nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from flows.link.effects import Effect, LookUp, Say, Show, TellStaff
from flows.link.state import Link
from flows.transitions.moves import card_slot
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace import Channel
from storage import links as store
from storage.database.transactions import Database
from storage.tables import UNAUDITED, ErrandRow
from tests.support.links import a_link

WORDS = ("one", "two", "three", "four")
CHANCES = {
    "http500": 0.02,
    "http503_performed": 0.02,
    "rate_limited": 0.01,
    "lose_answer": 0.06,
    "timeout": 0.02,
    "internal_error": 0.01,
    "slow": 0.03,
}
MORNING = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""A Thursday, in the working hours of everybody."""


@dataclass
class Load:
    """Links that are begun one after another, each in a channel of its own, and what people ask in their threads."""

    slack: SlackSandbox
    database: Database
    now: Callable[[], datetime]
    dice: Random
    links: list[Link] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)

    def begin(self) -> Link:
        """Begin one link; every other one has waited for days, so that a reminder is due."""
        number, now = len(self.links), self.now()
        channel = replace(self.slack.world.channel("C0ACME"), id=f"C0N{number}", name=f"n{number}")
        channel.messages, channel.replies = {}, {}
        self.slack.world.channels[channel.id] = channel
        since = now - timedelta(days=3) if number % 2 else now
        link = replace(
            a_link(id=f"n{number}", team_id=self.slack.team, channel_id=channel.id, customer=f"Number {number}"),
            created=since,
            touched=since,
        )
        says = [Say(key="command.unknown", names={"word": word}) for word in WORDS]
        staff = TellStaff(key="staff.refused", names={"code": "nothing"})
        effects: tuple[Effect, ...] = (
            Show(slot="parent"),
            LookUp(user_id="U0ADA"),
            *says[:2],
            Show(slot=card_slot(link)),
            staff,
            *says[2:],
        )
        wake = now if number % 2 else None
        self.database.run_sync(lambda session: store.create(session, link, effects, wake_at=wake, now=now))
        self.links.append(link)
        return link

    async def ask(self, link: Link) -> None:
        """Ask for help in the thread of a link whose card stands; now and then Slack says so twice."""
        channel = self.slack.world.channels[link.channel_id]
        card = next((post for post in channel.messages.values() if post.thread_ts and post.blocks), None)
        if link.id in self.asked or card is None or card.thread_ts is None:
            return
        self.slack.duplicate_events(self.dice.choice((0, 0, 1)))
        parent = next(message for message in self.slack.messages(channel.id) if message.ts == card.thread_ts)
        said = await self.slack.person("ada").says("help", thread=parent)
        self.asked[link.id] = said.ts

    def was_taken(self, link: Link) -> bool:
        """Tell whether the app has ever acknowledged the question, so that it has to be answered."""
        return any(
            one.reply.problem is None
            for one in self.slack.delivery.log
            if one.kind == "event" and one.payload["event"].get("ts") == self.asked.get(link.id)
        )

    def unsent(self) -> int:
        return self._count(col(ErrandRow.settled_at).is_(None))

    def left(self) -> int:
        """Count what is not sent, or not audited to the end."""
        return self._count(col(ErrandRow.settled_at).is_(None) | UNAUDITED)

    def _count(self, which: ColumnElement[bool]) -> int:
        rows = select(func.count()).select_from(ErrandRow).where(which)
        return self.database.run_sync(lambda session: session.exec(rows).one())


def kinds(channel: Channel) -> Counter[str]:
    """Name what the app has said in a channel."""
    found = Counter[str]()
    for post in channel.messages.values():
        if not post.by_app or post.deleted:
            continue
        word = next((word for word in WORDS if f"`{word}`" in post.text), None)
        if word:
            found[word] += 1
        elif post.thread_ts is None:
            found["parent"] += 1
        elif "waits for you" in post.text:
            found["reminder"] += 1
        elif post.blocks and post.text.startswith("Welcome"):
            found["card"] += 1
        else:
            found["answer"] += 1
    return found


def judge(load: Load) -> tuple[int, list[str], list[str]]:
    """Count the messages, and name what is lost and what stands more than once."""
    total, lost, doubled = 0, list[str](), list[str]()
    for number, link in enumerate(load.links):
        found = kinds(load.slack.world.channels[link.channel_id])
        wanted = {"parent", "card", *WORDS} | ({"reminder"} if number % 2 else set())
        if link.id in load.asked:
            wanted |= {"answer"} if load.was_taken(link) else set()
        lost += [f"{link.id}: {kind}" for kind in wanted - found.keys()]
        doubled += [f"{link.id}: {kind} {count} times" for kind, count in found.items() if count > 1]
        total += found.total()
    staff = Counter(
        link.id
        for post in load.slack.world.channel("C0STAFF").messages.values()
        for link in load.links
        if not post.deleted and f"*{link.customer}*" in post.text
    )
    lost += [f"{link.id}: notice" for link in load.links if not staff[link.id]]
    doubled += [f"{name}: notice {count} times" for name, count in staff.items() if count > 1]
    return total + staff.total(), lost, doubled
