"""Compares what is said in a channel with the secrets of its links, and has it understood; keeps no word of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlmodel import Session

from bot.clock import Clock
from bot.encryption import Sealing
from bot.slack.reading.messages import Message
from flows.link.access.reading import roles_of
from flows.link.access.rows import MOVERS
from flows.link.events import Heard, Intent
from flows.link.secrets import looks_secret, posted_values, readings
from flows.link.setup import SecretRef
from flows.link.state import Link, Person, Status
from flows.link.thread_messages import asks_for_address, hear
from storage import link_lists, messages
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyServiceError
from storage.credentials.store import Sealed
from storage.database.transactions import Database
from storage.messages import Left

LONGEST_GUESS = 2_000
"""Characters of a message in which secrets are looked for when it comes from somebody who may not move the link."""


MOST_GUESSES = 20
"""Messages of a person in an hour that are compared with secrets; beyond them a secret is only known by its looks."""

MOST_ASKED = 5
"""Of so many links that one mention is for the newest answer."""

OF_EACH = frozenset({"how_long"})
"""The questions that each link answers for itself; the others have one answer."""

Shown = dict[SecretRef, str]
"""Secrets of a link that a message shows, with the HMAC of each."""


class Guesses:
    """Counts guesses by person and channel, in this process, and starts anew with every hour."""

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
class Place:
    """Where a message stands: the links of its channel, and the one that is spoken to.

    `spoken_to` is the link whose thread it is, or all that a mention in the channel is for, the newest first: only to
    them does a message mean more than the secrets in it. The one of a thread may be over, and is none of `links` then.
    `secrets` are those of all the links, as they are stored. `left` is the link that has left the thread for another,
    which may stand in another channel.
    """

    links: Sequence[Link]
    spoken_to: Sequence[Link]
    secrets: Sequence[Sealed]
    left: Left | None = None

    @property
    def own(self) -> Link | None:
        """The link that is spoken to, or the newest of these."""
        return next(iter(self.spoken_to), None)

    @property
    def nearest(self) -> Link:
        """The link that is spoken to, or the newest one."""
        return self.own or self.links[-1]


def _takes_address(link: Link, heard: Heard) -> bool:
    return heard.intent is Intent.URL and asks_for_address(link)


def _named(link: Link) -> set[str]:
    return {one.user_id for one in (link.owner, link.admin, *link.holders.values()) if one}


class Ears:
    """Counts the guesses of this process; `team_id` is the workspace that installed the app, as `bot_user_id`."""

    def __init__(
        self,
        database: Database,
        sealing: Sealing,
        clock: Clock,
        *,
        team_id: str,
        bot_user_id: str,
        extra_hosts: frozenset[str],
        policies: frozenset[str],
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._team_id = team_id
        self._bot_user_id = bot_user_id
        self._extra_hosts = extra_hosts
        self._policies = policies
        self._guesses = Guesses()

    async def find(self, message: Message) -> Place | None:
        """Read the links of a channel, with all that its words are compared with; None where there is no link."""
        if message.actor.user_id == self._bot_user_id:
            return None

        def work(session: Session) -> Place | None:
            there = link_lists.in_channel(session, self._team_id, message.channel_id)
            links = [link for link in there if link.status is not Status.CANCELLED]
            spoken_to = self._spoken_to(session, message, there, links)
            left = None if spoken_to or not message.thread_ts else self._left(session, message)
            if left and left.link.id not in {link.id for link in links}:
                links = [*links, left.link]
            if not links and not spoken_to:
                return None
            needed = {ref for link in links for ref in link.secrets}
            stored = credentials.marked(session, [link.id for link in links]) if needed else []
            known = [one for one in stored if one.ref in needed]
            return Place(links=links, spoken_to=spoken_to, secrets=known, left=left)

        return await self._database.run(work)

    def _spoken_to(
        self, session: Session, message: Message, there: Sequence[Link], links: Sequence[Link]
    ) -> Sequence[Link]:
        if message.thread_ts:
            found = messages.find_by_thread(session, self._team_id, message.channel_id, message.thread_ts)
            return [link for link in there if found and link.id == found.id and not link.erase]
        # Asked in the channel itself: answered in the threads of the links there, of one's own if there are any.
        mine = [link for link in links if message.actor.user_id in _named(link)]
        return [*reversed(mine or links)][:MOST_ASKED] if message.is_mention else []

    def _left(self, session: Session, message: Message) -> Left | None:
        found = messages.find_left(session, self._team_id, message.channel_id, message.thread_ts)
        return found if found and found.link.status is not Status.CANCELLED and not found.link.erase else None

    async def hear(self, place: Place, message: Message, actor: Person) -> list[tuple[Link, Heard]]:
        """Understand a message for the links of its channel; nothing of its text is kept, no sealed secret is opened.

        Raises KeyServiceError when it may give away a secret and no key is there to compare it with.
        """
        account = place.nearest.setup.account
        is_secret = looks_secret(message.everything, user=account.user_name if account else "")
        heard = [] if is_secret or message.by_app else self._understood(place, message, actor)
        try:
            shown = await self._shown(place, message, actor)
        except KeyServiceError:
            if not heard:
                raise
            shown = {}
        if is_secret or shown:
            return await self._given_away(place, message, actor, shown)
        return heard

    def _understood(self, place: Place, message: Message, actor: Person) -> list[tuple[Link, Heard]]:
        """Understand what is said to one link; said to several, it is what each of them or only one can take.

        What one can take and is said to several that could is taken by none.
        """
        each = [(link, one) for link in place.spoken_to if (one := self._understand(link, message, actor))]
        of_one = [(link, one) for link, one in each if one.intent is Intent.SIGN_ON or _takes_address(link, one)]
        if of_one:
            return of_one if len(of_one) == 1 else []
        is_of_each = [one.intent is Intent.HELP or one.question in OF_EACH for _, one in each]
        return each if all(is_of_each) else each[:1]

    def _understand(self, own: Link, message: Message, actor: Person) -> Heard | None:
        return hear(
            message.text,
            own,
            actor,
            files=message.files,
            has_picture=message.has_picture,
            extra_hosts=self._extra_hosts,
            policies=self._policies,
        )

    async def _given_away(
        self, place: Place, message: Message, actor: Person, shown: dict[str, Shown]
    ) -> list[tuple[Link, Heard]]:
        """Say to every link what it has to know of a secret; only the first one warns of it."""
        marks = await self._sealing.hashed({one: SecretStr(one) for one in posted_values(message.everything)})
        first = place.own or next((link for link in place.links if link.id in shown), place.nearest)
        told = [first, *(link for link in place.links if link.id in shown and link is not first)]
        return [
            (
                link,
                Heard(
                    actor=actor,
                    intent=Intent.SECRET,
                    marks=tuple(marks.values()),
                    found=frozenset(shown.get(link.id, {})),
                    own=tuple(sorted(shown.get(link.id, {}).values())),
                    where=_where(place, message, link),
                    by_app=message.by_app,
                    told=link is not first,
                ),
            )
            for link in told
        ]

    async def _shown(self, place: Place, message: Message, actor: Person) -> dict[str, Shown]:
        """Find the secrets of the links in a message, by their HMACs."""
        text = message.everything
        if not any(roles_of(link, actor) & MOVERS for link in place.links):
            # Whoever guesses aloud must not learn in bulk what is right.
            text = text[:LONGEST_GUESS]
            if place.secrets and not self._guesses.may(f"{message.channel_id} {actor.user_id}", self._clock()):
                return {}
        shown: dict[str, Shown] = {}
        for one in await self._sealing.posted_in(readings(text), place.secrets):
            shown.setdefault(one.link_id, {})[one.ref] = one.mark or ""
        return shown


def _where(place: Place, message: Message, link: Link) -> str | None:
    """Return the thread in which a link speaks of a message; None for its own."""
    is_own = message.channel_id != link.channel_id or (place.own and message.thread_ts)
    return None if is_own else message.thread_ts
