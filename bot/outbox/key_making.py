"""Makes the key pair of a link and seals its private half at once; shows it to nobody and signs nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from sqlmodel import Session

from bot.clock import Clock
from bot.encryption import Sealing
from bot.engine import Engine
from bot.slack.delivery_errors import NotNowError
from flows.link.events import KeyMade
from flows.link.walk import wants_key
from storage import links as store
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyServiceError
from storage.database.transactions import Database
from storage.outbox import errands
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

BITS: Final = 3072
DAYS: Final = 730
"""How long a certificate lasts: two years, with reminders from two months before its end."""

EARLIER: Final = timedelta(days=1)
"""How long before it was made a certificate begins, because Workday's clock may be behind ours."""

LONGEST_NAME: Final = 64
KEY_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate as PEM, and the private half that signs what it proves."""

    certificate: str
    private: SecretStr = field(repr=False)


def new_pair(name: str, made: date) -> Pair:
    """Make a key pair and its certificate, signed by itself; `name` says in Workday whose it is. It takes a second."""
    key = rsa.generate_private_key(65537, BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_NAME])])
    start = datetime.combine(made, time.min, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start - EARLIER)
        .not_valid_after(start + timedelta(days=DAYS + 1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(certificate=certificate.public_bytes(Encoding.PEM).decode(), private=SecretStr(private.decode()))


class KeyMaker:
    """Carries out `MakeKey`; a pair that nobody waits for any more is not made."""

    def __init__(self, engine: Engine, database: Database, sealing: Sealing, clock: Clock, *, vendor: str) -> None:
        self._engine = engine
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._vendor = vendor

    async def make(self, errand: Errand) -> None:
        """Make a pair, and tell the link; raises NotNowError until its private half can be sealed."""
        link = await self._database.run(partial(store.load, link_id=errand.link_id))
        if link is None or not wants_key(link):
            await self._engine.run(lambda session, now: errands.finish(session, errand, now=now))
            return
        made = self._clock().date()
        pair = await asyncio.to_thread(new_pair, f"{self._vendor} {link.id}", made)
        try:
            (sealed,) = await self._sealing.seal(link.id, {"private_key": pair.private})
        except KeyServiceError as error:
            log.warning("a key pair cannot be sealed yet", extra={"link": link.id, "why": str(error)})
            raise NotNowError(KEY_PAUSE, "no_key") from None

        def work(session: Session, now: datetime) -> None:
            if errands.finish(session, errand, now=now):
                private = credentials.keep(session, sealed, now)
                event = KeyMade(certificate=pair.certificate, private=private, made=made, days=DAYS)
                self._engine.turns.turn(session, errand.link_id, event, now)

        await self._engine.run(work)
