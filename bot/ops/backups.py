"""What the command does about copies: takes one, puts one back, moves to another database; shows no secret."""

from __future__ import annotations

import argparse
import contextlib
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.config.process_lock import alone
from bot.config.settings import Settings, SettingsError, rules_of
from bot.ops import keys
from bot.ops.record import APP, Deed, Say, note
from bot.turns import Turns
from flows.small_files import read_text
from storage import link_lists, migrate
from storage.copies.sqlite_backup import CopyError, prove, take
from storage.copies.transfer import TransferError, equal, transfer
from storage.credentials.audit_key import arm
from storage.credentials.survey import survey
from storage.database.address import DatabaseError, read_url, sqlite_file
from storage.database.transactions import Database
from storage.outbox import recovery

SIDE_FILES = ("", "-wal", "-shm")


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say what can be asked."""
    backup = verbs.add_parser("backup", help="copy the SQLite file, also while the app runs, and prove the copy")
    backup.add_argument("--to", required=True, type=Path, metavar="FILE")
    restore = verbs.add_parser("restore", help="put a copy back; stop the app first")
    restore.add_argument("--from", dest="source", type=Path, metavar="FILE", help="without it: pg_restore has been run")
    restore.add_argument("--replace", action="store_true", help="move the present file aside")
    copy = verbs.add_parser("copy-to", help="bring all that is stored into another database; stop the app first")
    copy.add_argument("url", metavar="URL", help="postgresql+psycopg://…, or @FILE with it")


def backup(settings: Settings, to: Path, say: Say) -> int:
    """Take a copy of the file and prove it; 1 when that was not possible."""
    source = sqlite_file(read_url(settings.database_url))
    if source is None:
        say("DATABASE_URL names PostgreSQL; take the copy with pg_dump, as docs/operations.md says under Backup.")
        return 1
    try:
        proof = take(source, to)
    except CopyError as error:
        say(f"No backup: {error}.")
        return 1
    say(f"{to}: whole. Links: {proof.rows.get('linkrow', 0)}, rows: {sum(proof.rows.values())}.")
    say(
        f"It opens with the keys {', '.join(proof.keys)}; keep those apart from it."
        if proof.keys
        else "It needs no key."
    )
    return 0


def restore(settings: Settings, source: Path | None, now: datetime, say: Say, *, replace: bool) -> int:
    """Put a copy back, or go on from what pg_restore has put back; 1 when nothing was changed."""
    target = sqlite_file(read_url(settings.database_url))
    if source is None or target is None:
        if source is not None or target is not None:
            say("--from goes with SQLite. For PostgreSQL run pg_restore first, then this without it.")
            return 1
        return _go_on(settings.database_url, settings, now, say)
    with alone(read_url(settings.database_url)):
        if target.exists() and target.stat().st_size and not replace:
            say(f"{target} is there; --replace moves it aside, and keeps it.")
            return 1
        part = target.with_name(f"{target.name}.restoring")
        for end in SIDE_FILES:
            part.with_name(part.name + end).unlink(missing_ok=True)
        try:
            prove(source)
            take(source, part)
        except CopyError as error:
            say(f"Nothing was changed: {error}.")
            return 1
        if code := _go_on(f"sqlite:///{part}", settings, now, say):
            for end in SIDE_FILES:
                part.with_name(part.name + end).unlink(missing_ok=True)
            return code
        _move(target, target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}"), say)
        _move(part, target, lambda _: None)
    return 0


def _go_on(url: str, settings: Settings, now: datetime, say: Say) -> int:
    """Let links go on from an older state: what waits is read back before it is sent, and cards are posted anew."""
    migrate.upgrade(url)
    turns = Turns(rules_of(settings))
    with contextlib.closing(Database(url)) as database:
        found = survey(database, settings.key_ring)
        if keys.is_wrong(found):
            say("Nothing was changed: secrets in it do not open. Add the keys that they need to CREDENTIAL_KEYS.")
            for line in keys.told(found):
                say(f"  {line}")
            return 1
        arm(database, settings.key_ring, now)
        waiting = database.run_sync(lambda session: recovery.doubt_all(session, now))
        links = [one.id for one in database.run_sync(link_lists.everywhere)]
        for link_id in links:
            database.run_sync(partial(turns.post_anew, link_id=link_id, now=now))
        database.run_sync(lambda session: note(session, APP, Deed.RESTORE, now))
    say(f"Links restored: {len(links)}. Errands that waited, read back in Slack before they are sent: {waiting}.")
    say("Tries to sign on since the copy was taken are not known: wait half an hour before you start the app.")
    return 0


def copy_to(settings: Settings, url: str, say: Say) -> int:
    """Bring everything over, and compare; 1 when it is not the same on both sides, or was not possible."""
    if url.startswith("@"):
        try:
            url = read_text(Path(url[1:])).strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{url}: must be a readable file") from None
    try:
        there, here = read_url(url), read_url(settings.database_url)
    except DatabaseError as error:
        say(str(error).replace("DATABASE_URL", "copy-to"))
        return 1
    if there == here:
        say("Both addresses name the same database.")
        return 1
    if migrate.is_newer(settings.database_url):
        say("A newer release has been here, and only that one knows all there is to copy; run its copy-to.")
        return 1
    with alone(here), contextlib.closing(Database(settings.database_url)) as source:
        migrate.upgrade(url)
        with contextlib.closing(Database(url)) as target:
            try:
                came = transfer(source, target)
            except TransferError as error:
                say(f"Nothing was copied: {error}.")
                return 1
            sums = equal(source, target)
    wrong = [name for name, (ours, theirs) in sums.items() if ours != theirs]
    for name in wrong:
        say(f"{name}: the rows are not the same. Here: {sums[name][0].rows}, there: {sums[name][1].rows}.")
    if wrong:
        return 1
    rows = sum(ours.rows for ours, _ in sums.values())
    say(f"Rows copied: {sum(came.values())}. The same on both sides: all {rows}, in {len(sums)} tables.")
    say("Set DATABASE_URL to the new address and start the app; keep the old file until you have seen it work.")
    return 0


def _move(file: Path, to: Path, say: Say) -> None:
    """Move a file with what SQLite keeps beside it, and say where to."""
    for end in SIDE_FILES:
        old = file.with_name(file.name + end)
        if old.exists():
            old.replace(to.with_name(to.name + end))
            if not end:
                say(f"The file that was there is {to} now.")
