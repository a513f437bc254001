"""What the command does about keys: rotates, tells which may go, gives up what a lost one sealed; shows no secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from bot.ops.record import APP, Deed, Say, note
from bot.turns import Turns
from flows.link.events import SecretsLost
from flows.link.setup import SecretRef
from storage import links as store
from storage.credentials import rotation
from storage.credentials import store as credentials
from storage.credentials.audit_key import arm
from storage.credentials.keyring import KeyRing
from storage.credentials.store import Sealed
from storage.credentials.survey import KeyUse, mark_anew, shred_own, survey
from storage.database.transactions import Database, shred_after_commit
from storage.serialization import StoredValueError


def rotate(database: Database, ring: KeyRing, now: datetime, say: Say) -> int:
    """Wrap every secret with the first key, then prove by opening which keys may go; 1 when something does not open.

    Goes on until nothing is left, so that a run that was broken off is simply started again.
    Raises SecretError and KeyServiceError.
    """
    total = 0
    while left := database.run_sync(lambda session: rotation.left(session, ring)):
        total += (done := rotation.rotate(database, ring))
        say(f"Secrets wrapped anew: {total}, left: {left - done}")
    found = survey(database, ring)
    for line in told(found):
        say(line)
    if not is_wrong(found):
        arm(database, ring, now)
        database.run_sync(lambda session: note(session, APP, Deed.ROTATE_KEYS, now))
    return 1 if is_wrong(found) else 0


def told(found: tuple[KeyUse, ...]) -> Iterator[str]:
    """Yield one line for each key, and one for each secret that does not open."""
    for use in found:
        yield f"{use.key_id}: needed by {use.needed}, {_verdict(use)}"
        yield from (f"  {_name(one)} does not open" for one in use.closed)


def is_wrong(found: tuple[KeyUse, ...]) -> bool:
    """Tell whether any stored secret does not open."""
    return any(use.closed for use in found)


def recover(database: Database, ring: KeyRing, turns: Turns, without: str, now: datetime, say: Say) -> int:
    """Give up what the lost key sealed and nothing opens, and have those admins asked anew; 1 when there is nothing.

    Hashes by which posted words are known again are made anew if their key is among it. Stop the app first.
    Raises SecretError and KeyServiceError.
    """
    closed = [one for use in survey(database, ring) if use.key_id == without for one in use.closed]
    if not closed:
        say(f"Nothing is sealed by a key {without} that cannot be opened; nothing was changed.")
        return 1
    # First the app's own: what follows is recorded under the key of the audit.
    own = database.run_sync(lambda session: _give_up_own(session, closed))
    arm(database, ring, now)
    unread: list[str] = []
    links = sorted({one.link_id for one in closed if one.link_id})
    for link_id in links:
        refs = frozenset(one.ref for one in closed if one.link_id == link_id)

        def work(session: Session, link_id: str = link_id, refs: frozenset[SecretRef] = refs) -> None:
            turns.turn(session, link_id, SecretsLost(refs=refs), now)
            # A secret that its link no longer names goes, too.
            link = store.load(session, link_id)
            credentials.keep_only(session, link_id, link.secrets if link else frozenset())

        try:
            database.run_sync(work)
        except StoredValueError as error:
            unread.append(link_id)
            say(f"{link_id} is set aside ({error}), so it keeps what it has; a newer release reads it")
            continue
        say(f"{link_id}: its credentials are given up, its admin is asked for them anew")
    if own:
        say(f"Secrets with new hashes: {mark_anew(database, ring, now)}; what was posted before is not known again")
    return 1 if unread else 0


def _give_up_own(session: Session, closed: list[Sealed]) -> int:
    shred_after_commit(session)
    return shred_own(session, closed)


def _verdict(use: KeyUse) -> str:
    if use.closed:
        held = "does not open them" if use.is_held else "is not in CREDENTIAL_KEYS"
        return (
            f"{held} ({len(use.closed)} cannot be opened): give the right key, "
            f"or give them up with `workday-link recover --without {use.key_id}`"
        )
    if use.seals:
        return "seals, must stay"
    return "may go" if use.may_go else "must stay"


def _name(one: Sealed) -> str:
    return f"{one.field} of link {one.link_id}" if one.link_id else f"the app's own {one.ref}"
