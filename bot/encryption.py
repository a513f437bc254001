"""Seals and opens secrets and hashes what must be known again; keys may be elsewhere, so never in a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from flows.link.setup import SecretRef
from storage.credentials import quarantine
from storage.credentials import store as credentials
from storage.credentials.fingerprints import Marks
from storage.credentials.keyring import KeyRing, KeyServiceError
from storage.credentials.store import Sealed
from storage.database.transactions import Database

Seal = Callable[[SecretStr], Sealed]
"""Seals one secret that was not there yet."""

K = TypeVar("K")
T = TypeVar("T")

SECONDS = 2.0
"""How long whoever waits at a modal or a message may wait for keys; Slack waits three seconds."""

PATIENT_SECONDS = 15.0
"""The same where nobody waits."""

THREADS = 4

SHORTEST_SECRET = 6
"""Bytes; shorter ones stand in ordinary words by chance."""


class Sealing:
    """Every method raises KeyServiceError; those that open raise SecretError, too.

    The threads are its own: a key service that answers a byte a second must not hold up what others do in threads.
    """

    def __init__(self, database: Database, ring: KeyRing, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="keys")
        self._marks: Marks | None = None
        self._quarantine: bytes | None = None

    def close(self) -> None:
        """Take nothing new; whoever still waits for an answer is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def marks(self, seconds: float = SECONDS) -> Marks:
        """Return the HMAC fingerprints of accounts and leaked secrets; only the first time a key is asked for."""
        if self._marks is None:
            self._marks = await self._ask(lambda: Marks.load(self._database, self._ring, self._clock()), seconds)
        return self._marks

    async def quarantine(self) -> bytes:
        """Return the key of the second wrapping; only the first time a key is asked for."""
        if self._quarantine is None:
            key = partial(credentials.own, self._database, self._ring, quarantine.NAME, self._clock())
            self._quarantine = await self._ask(key, SECONDS)
        return self._quarantine

    async def hashed(self, plain: Mapping[K, SecretStr]) -> dict[K, str]:
        """Hash secrets, so that the same ones are known again."""
        if not plain:
            return {}
        marks = await self.marks()
        return {name: marks.of_secret(secret.get_secret_value()) for name, secret in plain.items()}

    async def posted_in(self, text: Sequence[str], secrets: Iterable[Sealed]) -> list[Sealed]:
        """Find which sealed secrets a text shows, without opening one; `text` are its readings."""
        sealed = [one for one in secrets if one.length >= SHORTEST_SECRET]
        if not sealed:
            return []
        marks = await self.marks()
        lengths, wanted = {one.length for one in sealed}, {one.mark for one in sealed if one.mark}

        def compare() -> list[Sealed]:
            found = {mark for reading in text for mark in marks.found_in(reading, lengths, wanted)}
            return [one for one in sealed if one.mark in found]

        # A long message takes a while, and nobody else has to wait for it.
        return await self._ask(compare, SECONDS)

    async def seal(self, link_id: str, plain: Mapping[str, SecretStr]) -> list[Sealed]:
        """Seal what was typed, by the name of its field."""
        if not plain:
            return []
        seal, marks = partial(credentials.seal, self._ring, link_id=link_id), await self.hashed(plain)
        return await self._ask(
            lambda: [replace(seal(field=name, secret=one), mark=marks[name]) for name, one in plain.items()], SECONDS
        )

    async def open(self, refs: Iterable[SecretRef], seconds: float = PATIENT_SECONDS) -> dict[SecretRef, SecretStr]:
        """Open secrets."""
        return await self.unseal(await self._database.run(partial(credentials.find, refs=list(refs))), seconds)

    async def unseal(self, found: Sequence[Sealed], seconds: float = PATIENT_SECONDS) -> dict[SecretRef, SecretStr]:
        """Open secrets that were read already."""
        if not found:
            return {}
        return await self._ask(lambda: {one.ref: credentials.unseal(self._ring, one) for one in found}, seconds)

    async def blank(self, link_id: str, field: str) -> Seal:
        """Make ready to seal a secret that is not there yet."""
        marks = await self.marks()
        blank = await self._ask(lambda: credentials.prepare(self._ring, link_id=link_id, field=field), PATIENT_SECONDS)
        return lambda secret: replace(blank.seal(secret), mark=marks.of_secret(secret.get_secret_value()))

    async def _ask(self, work: Callable[[], T], seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            raise KeyServiceError("the key service takes too long") from None
