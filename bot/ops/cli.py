"""The `workday-link` command: one verb each for whoever operates the app."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path

from bot.app import App
from bot.config import logs
from bot.config import preflight as guards
from bot.config.process_lock import alone
from bot.config.settings import Settings, SettingsError, load_look, load_settings, rules_of
from bot.ops import audit_log as history
from bot.ops import backups, check, doctor, keys, links, raw_rows, setup, understand
from bot.ops.record import now_of, recorded
from bot.turns import Turns
from flows.link.thread_messages import get_ready
from storage import migrate
from storage.credentials.keyring import KeyRefusedError, KeyServiceError
from storage.credentials.store import SecretError
from storage.database.transactions import Database
from storage.database.trouble import TROUBLE, explain
from storage.serialization import StoredValueError

WRONG_SETTING = 2
NEED_THE_NEWEST = frozenset(
    {"rotate-keys", "recover", "copy-to", "plan", "held", "forget", "events", "links", "doctor", "audit"}
)
"""Verbs that read or write the database as this release has it."""

NOBODY_READS = 141
"""What a shell gives a command whose reader has gone."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when it went well, 2 for a wrong setting, 141 where nobody reads to the end."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that lacks one of our signs gets its number; else it would get an error in place of the answer.
        sys.stdout.reconfigure(errors="backslashreplace")
    chosen = _parser().parse_args(arguments)
    try:
        return _run(chosen)
    except BrokenPipeError:
        # Whoever reads us, as `| head` does, has seen enough; else Python would complain of it once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except SettingsError as error:
        return _failed(str(error))
    except TROUBLE as error:
        return _failed(explain(error))
    except (KeyServiceError, KeyRefusedError) as error:
        return _failed(f"CREDENTIAL_KEYS: {str(error) or 'the first key does not open what it seals'}")
    except StoredValueError as error:
        return _failed(f"{error}; `workday-link links list` names the link")
    except SecretError as error:
        _failed(f"The stored secret {error.ref} cannot be opened: wrong key or damage.")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="workday-link", description=__doc__)
    parser.add_argument("--version", action="version", version=f"workday-link {version('link-workday')}")
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="read what is not in the environment from here")
    verbs = parser.add_subparsers(dest="verb", required=True)
    setup.add_verb(verbs.add_parser("setup", help="write the finished manifest and .env, and say the next clicks"))
    verbs.add_parser("serve", help="run the app")
    look = verbs.add_parser("check", help="look over all that `serve` stands on, with the mend of what is wrong")
    look.add_argument("--json", action="store_true", help="one JSON object, for a monitor")
    verbs.add_parser("migrate", help="bring the database up to date")
    verbs.add_parser("rotate-keys", help="wrap every stored secret with the first key of CREDENTIAL_KEYS")
    recover = verbs.add_parser("recover", help="give up what a lost key sealed, and have it entered anew")
    recover.add_argument("--without", required=True, metavar="KEY", help="the id of the key that is lost")
    backups.add_verbs(verbs)
    plan = verbs.add_parser("plan", help="what will be sent, to whom and why, if nobody does anything")
    plan.add_argument("--until", required=True, type=date.fromisoformat, help="the last day, such as 2027-01-31")
    held = verbs.add_parser("held", help="messages whose end nobody knows: list, send again, say where one is")
    held.add_argument("id", nargs="?", default="", help="the message; without it they are listed")
    held.add_argument("--found", default="", metavar="LINK", help="its link in Slack; without it, it is sent again")
    forget = verbs.add_parser("forget", help="end a customer's link, shred its secrets and erase its record")
    forget.add_argument("id")
    doctor.add_verb(verbs.add_parser("doctor", help="ask a live tenant what is not settled, and write a report"))
    history.add_verbs(verbs.add_parser("audit", help="the history of who did what"))
    understand.add_verb(verbs.add_parser("understand", help="what the app takes a text for, and what it would say"))
    seen = verbs.add_parser("preview", help="write everything that people see into one HTML file, from made-up links")
    seen.add_argument("--to", required=True, type=Path, metavar="FILE")
    looking = verbs.add_parser("links", help="look at links").add_subparsers(dest="what", required=True)
    looking.add_parser("list", help="one line per link")
    export = looking.add_parser("export", help="write every finished link, encrypted to HANDOFF_PUBLIC_KEY")
    export.add_argument("--to", required=True, type=Path, metavar="FILE")
    export.add_argument("--csv", action="store_true", help="every link as a plain row instead, without any name")
    events = verbs.add_parser("events", help="what happened to links").add_subparsers(dest="what", required=True)
    lines = events.add_parser("export", help="write every line of every history, without who did it")
    lines.add_argument("--to", required=True, type=Path, metavar="FILE")
    lines.add_argument("--csv", action="store_true", required=True, help="as CSV")
    sheet = looking.add_parser("sheet", help="write a link's permission sheet, with its signature in a file beside it")
    sheet.add_argument("id")
    sheet.add_argument("--to", required=True, type=Path, metavar="FILE", help="a name that ends in .pdf, .csv or .md")
    show = looking.add_parser("show", help="one link as JSON, without secrets")
    show.add_argument("id")
    return parser


def _failed(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201  the command's answer
    return WRONG_SETTING


def _run(chosen: argparse.Namespace) -> int:
    if chosen.verb == "setup":
        return setup.answer(chosen, _say)
    if chosen.env_file:
        for name, value in setup.read_environment(chosen.env_file).items():
            os.environ.setdefault(name, value or "")
    if chosen.verb == "check":
        return asyncio.run(check.answer(_say, as_json=chosen.json))
    if chosen.verb == "understand":
        return understand.answer(chosen, _say)
    if chosen.verb == "doctor" and chosen.cases:
        return doctor.print_cases(chosen.cases, _say)
    if chosen.verb == "preview":
        from bot.ops import preview  # noqa: PLC0415  what draws it takes megabytes that `serve` never needs

        preview.write(chosen.to, load_look())
        _say(f"Everything that people see is in {chosen.to}.")
        return 0
    settings = load_settings()
    if chosen.verb in NEED_THE_NEWEST and migrate.pending(settings.database_url):
        _say("The database is not up to date; run `workday-link migrate` first.")
        return 1
    match chosen.verb:
        case "serve":
            logs.set_up(settings.log_level, settings.log_format)
            guards.dump_no_core()
            guards.overwrite_what_is_freed()
            guards.forget_proxies()
            return asyncio.run(_serve(settings))
        case "migrate":
            migrate.upgrade(settings.database_url)
            _say("The database is up to date.")
        case "rotate-keys":
            return _rotate_keys(settings)
        case "recover":
            return _recover(settings, chosen.without)
        case "backup":
            return backups.backup(settings, chosen.to, _say)
        case "restore":
            return backups.restore(settings, chosen.source, now_of(settings), _say, replace=chosen.replace)
        case "copy-to":
            return backups.copy_to(settings, chosen.url, _say)
        case "plan":
            return links.print_plan(settings, chosen.until, _say)
        case "held":
            return links.answer_held(settings, chosen.id, chosen.found, _say)
        case "forget":
            return links.answer_forget(settings, chosen.id, _say)
        case "events":
            return _rows(settings, chosen.to, raw_rows.of_events)
        case "links" if chosen.what == "export" and chosen.csv:
            return _rows(settings, chosen.to, partial(raw_rows.of_links, settings=settings))
        case "links" if chosen.what == "export":
            return links.write_export(settings, chosen.to, _say)
        case "doctor":
            return _doctor(settings, chosen)
        case "links" if chosen.what == "sheet":
            return links.write_sheet(settings, chosen.id, chosen.to, _say)
        case "audit":
            return _audit(settings, chosen)
        case "links":
            return links.answer(settings, chosen, _say)
        case _:
            pass
    return 0


HAND_OVER_SECONDS = 0.0003
"""How long one thread keeps Python from another that wants it.

A transaction lets go of it with each statement. Where many requests wait, Python's own five milliseconds would be
waited each time, with the transaction open and everybody behind it.
"""


async def _serve(settings: Settings) -> int:
    sys.setswitchinterval(HAND_OVER_SECONDS)
    # First, so that being told to end during the start ends it in good order too.
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    app = App(settings)
    await app.start()
    # What the start has made stays: no later collection has to look through it, while somebody waits.
    gc.collect()
    gc.freeze()
    try:
        _say(f"listening on port {app.port}")
        # Otherwise the first message would wait for what it is read with.
        await asyncio.to_thread(get_ready, rules_of(settings).permissions.policies)
        await stopping.wait()
    finally:
        await app.stop()
    return 0


def _rotate_keys(settings: Settings) -> int:
    with contextlib.closing(Database(settings.database_url)) as database:
        return keys.rotate(database, settings.key_ring, now_of(settings), _say)


def _recover(settings: Settings, without: str) -> int:
    with contextlib.closing(Database(settings.database_url)) as database, alone(database.url):
        turns, now = Turns(rules_of(settings)), now_of(settings)
        return keys.recover(database, settings.key_ring, turns, without, now, _say)


def _rows(settings: Settings, to: Path, rows: raw_rows.Rows) -> int:
    with recorded(settings) as database:
        try:
            count = raw_rows.write(database, to, rows, now_of(settings))
        except OSError as error:
            _say(f"{to} cannot be written ({error.strerror}).")
            return 1
    _say(f"Rows written to {to}: {count}.")
    return 0


def _doctor(settings: Settings, chosen: argparse.Namespace) -> int:
    with recorded(settings) as database:
        return doctor.answer(chosen, database, settings, _say)


def _audit(settings: Settings, chosen: argparse.Namespace) -> int:
    with recorded(settings) as database:
        return history.answer(chosen, database, _say, now_of(settings))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  the command's answer


if __name__ == "__main__":
    sys.exit(main())
