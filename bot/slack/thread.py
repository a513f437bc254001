"""Compares what is said in the thread with the secrets of its link, and has it understood; keeps no word of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlmodel import Session

from bot.clock import Clock
from bot.encryption import SECONDS as KEY_SECONDS
from bot.encryption import Sealing
from bot.slack.payloads import Message
from flows.link.access import MOVERS, roles_of
from flows.link.events import Heard, Intent
from flows.link.secrets.text import is_posted, posted_values
from flows.link.setup import SecretRef
from flows.link.state import Link, Person, Status
from flows.link.thread_messages import hear
from storage import links as store
from storage import messages
from storage.credentials import store as vault
from storage.credentials.store import Sealed
from storage.database import Database

LONGEST_GUESS = 2_000
"""Characters of a message in which secrets are looked for when it comes from somebody who may not move the link."""


MOST_GUESSES = 20
"""Messages of a person in an hour that are compared with secrets; beyond them a secret is only known by its looks."""


class Guesses:
    """Counts guesses by person and link, in this process, and starts anew with every hour."""

    def __init__(self) -> None:
        self._hour = ""
        self._counted: Counter[str] = Counter()

    def may(self, who: str, now: datetime) -> bool:
        """Count one message; False when there were too many."""
        hour = f"{now:%Y-%m-%d %H}"
        if hour != self._hour:
            self._hour = hour
            self._counted.clear()
        self._counted[who] += 1
        return self._counted[who] <= MOST_GUESSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The link of a thread, with its secrets as they are stored."""

    link: Link
    secrets: Sequence[Sealed] = ()


class Ears:
    """Counts the guesses of this process; `team_id` is the workspace that installed the app."""

    def __init__(
        self, database: Database, sealing: Sealing, clock: Clock, *, team_id: str, extra_hosts: frozenset[str]
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._team_id = team_id
        self._extra_hosts = extra_hosts
        self._guesses = Guesses()

    async def find(self, message: Message) -> Thread | None:
        """Read the link that a message is about, with all that its words are compared with."""
        if not message.thread_ts and not message.is_mention:
            return None

        def work(session: Session) -> Thread | None:
            link = self._link_of(session, message)
            if link is None or link.status is Status.CANCELLED:
                return None
            try:
                return Thread(link=link, secrets=vault.find(session, link.secrets) if link.secrets else ())
            except vault.VaultError:
                # Replaced or forgotten between the two looks.
                return Thread(link=link)

        return await self._database.run(work)

    def _link_of(self, session: Session, message: Message) -> Link | None:
        if message.thread_ts:
            return messages.find_by_thread(session, self._team_id, message.channel_id, message.thread_ts)
        # Asked in the channel itself: answered in the thread of the link that runs here.
        links = store.in_channel(session, self._team_id, message.channel_id)
        return next((link for link in reversed(links) if link.status is not Status.CANCELLED), None)

    async def hear(self, thread: Thread, text: str, actor: Person, *, has_picture: bool = False) -> Heard | None:
        """Understand a message in the thread of a link; nothing of its text is kept.

        Raises KeyServiceError when it may give away a secret and no key is there to compare it with.
        """
        heard = hear(text, thread.link, actor, has_picture=has_picture, extra_hosts=self._extra_hosts)
        try:
            given = await self._given_away(thread, text, actor)
        except vault.KeyServiceError:
            if heard is None or heard.intent is Intent.SECRET:
                raise
            return heard
        if not given and (heard is None or heard.intent is not Intent.SECRET):
            return heard
        marks = await self._sealing.hashed({value: SecretStr(value) for value in posted_values(text)})
        own = await self._sealing.hashed(given)
        return Heard(
            actor=actor,
            intent=Intent.SECRET,
            marks=tuple(marks.values()),
            found=frozenset(given),
            own=tuple(sorted(own.values())),
        )

    async def _given_away(self, thread: Thread, text: str, actor: Person) -> dict[SecretRef, SecretStr]:
        """Find the secrets of this link in a message."""
        link = thread.link
        if not roles_of(link, actor) & MOVERS:
            # Whoever guesses aloud must not learn in bulk what is right.
            text = text[:LONGEST_GUESS]
            if not self._guesses.may(f"{link.id} {actor.user_id}", self._clock()):
                return {}
        try:
            used = await self._sealing.unseal(thread.secrets, KEY_SECONDS)
        except vault.VaultError:
            # Damaged: whoever needs it hears of that elsewhere.
            return {}
        return {ref: one for ref, one in used.items() if is_posted(one.get_secret_value(), text)}
