"""Compares what is said in the thread with the secrets of its link, and has it understood; keeps no word of it."""

from __future__ import annotations

from pydantic import SecretStr

from bot.encryption import SECONDS as KEY_SECONDS
from bot.engine import Engine
from bot.slack.guess_limit import Guesses
from flows.link.access import MOVERS, roles_of
from flows.link.events import Heard, Intent
from flows.link.secrets.text import is_posted, posted_values
from flows.link.setup import SecretRef
from flows.link.state import Link, Person
from flows.link.thread_messages import hear
from storage.credentials import store as vault

LONGEST_GUESS = 2_000
"""Characters of a message in which secrets are looked for when it comes from somebody who may not move the link."""


class Ears:
    """One method; counts the guesses of this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guesses = Guesses()

    async def hear(self, link: Link, text: str, actor: Person, *, has_picture: bool = False) -> Heard | None:
        """Understand a message in the thread of a link; nothing of its text is kept.

        Raises KeyServiceError when it may give away a secret and no key is there to compare it with.
        """
        heard = hear(text, link, actor, has_picture=has_picture, extra_hosts=self._engine.extra_hosts)
        try:
            given = await self._given_away(link, text, actor)
        except vault.KeyServiceError:
            if heard is None or heard.intent is Intent.SECRET:
                raise
            return heard
        if not given and (heard is None or heard.intent is not Intent.SECRET):
            return heard
        marks = await self._engine.sealing.hashed({value: SecretStr(value) for value in posted_values(text)})
        own = await self._engine.sealing.hashed(given)
        return Heard(
            actor=actor,
            intent=Intent.SECRET,
            marks=tuple(marks.values()),
            found=frozenset(given),
            own=tuple(sorted(own.values())),
        )

    async def _given_away(self, link: Link, text: str, actor: Person) -> dict[SecretRef, SecretStr]:
        """Find the secrets of this link in a message."""
        if not roles_of(link, actor) & MOVERS:
            # Whoever guesses aloud must not learn in bulk what is right.
            text = text[:LONGEST_GUESS]
            if not self._guesses.may(f"{link.id} {actor.user_id}", self._engine.clock()):
                return {}
        try:
            used = await self._engine.sealing.open(link.secrets, KEY_SECONDS)
        except vault.VaultError:
            # Replaced or forgotten between the two looks.
            return {}
        return {ref: one for ref, one in used.items() if is_posted(one.get_secret_value(), text)}
