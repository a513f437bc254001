"""Asks a live tenant what nobody outside Workday has settled; the report names nobody, and nothing is changed."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from dataclasses import dataclass
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.config.settings import Settings
from bot.ops import audit_log as history
from bot.ops.golden_cases import as_cases
from bot.ops.record import APP, Deed, Say, note, now_of
from bot.outbox.check_plans import grant_of
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Observation
from flows.link.setup import SecretRef, Setup
from flows.permissions import Way
from flows.small_files import read_text
from flows.tenant.service_url import Endpoint, read_endpoint
from flows.workday.network import Network
from flows.workday.rest import ApiClient, Grant
from flows.workday.survey import Survey, survey
from flows.workday.tokens.assertions import KeyClient
from storage import links as store
from storage.credentials import store as credentials
from storage.database.transactions import Database

SCHEMA = 1

_USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A tenant to ask, and what a token is asked for with; `way` is empty where there is nothing."""

    endpoint: Endpoint
    grant: Grant | None = None
    way: str = ""
    user: str = ""


def add_verb(parser: argparse.ArgumentParser) -> None:
    """Say what the verb takes."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--link", metavar="ID", help="a link whose address is known")
    what.add_argument("--tenant", metavar="ADDRESS", help="an address of Workday, as `View API Clients` shows it")
    what.add_argument("--cases", type=Path, metavar="REPORT", help="print a report as rows of tests/faults/cases.toml")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where the report goes, as JSON")
    parser.add_argument("--client", default="", metavar="ID", help="with --tenant: an API client to get a token with")
    parser.add_argument("--user", default="", metavar="NAME", help="with --client: the integration user")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="with --client: its private key; without, its secret and refresh token are asked for and shown nowhere",
    )


def print_cases(report: Path, say: Say) -> int:
    """Print a report as golden cases; needs no settings, because a report is read where the code is."""
    try:
        say(as_cases(json.loads(read_text(report))))
    except OSError as error:
        say(f"{report} cannot be read ({error.strerror}).")
    except (ValueError, KeyError, TypeError):
        say(f"{report} is no report of `workday-link doctor`.")
    else:
        return 0
    return 1


def answer(chosen: argparse.Namespace, database: Database, settings: Settings, say: Say) -> int:
    """Write the report that was asked for, and a line about it into the history; 0 when it is written."""
    if chosen.to is None:
        say("Say where the report goes: --to FILE.")
        return _USAGE
    if chosen.link:
        text = examined(database, settings, chosen.link)
        if not text:
            say(f"There is no link {chosen.link} with an address; `workday-link links list` shows them.")
            return 1
    else:
        try:
            text = visited(database, settings, patient(chosen))
        except ValueError as error:
            say(str(error))
            return 1
    try:
        history.write_private(chosen.to, text.encode())
    except OSError as error:
        say(f"{chosen.to} cannot be written ({error.strerror}).")
        return 1
    say(f"The report is in {chosen.to}. It names no customer, and no password was sent.")
    return 0


def patient(chosen: argparse.Namespace) -> Patient:
    """Read whom to ask from the command line; raises ValueError, with the mend, for what cannot be asked."""
    endpoint = read_endpoint(chosen.tenant).endpoint
    if endpoint is None:
        raise ValueError(
            "--tenant is no address of a tenant; copy the Workday REST API Endpoint from View API Clients, to its end."
        )
    if not chosen.client:
        return Patient(endpoint=endpoint)
    if chosen.key is None:
        grant: Grant = ApiClient(
            client_id=chosen.client,
            client_secret=SecretStr(getpass("Client Secret: ").strip()),
            refresh_token=SecretStr(getpass("Refresh Token: ").strip()),
        )
        return Patient(endpoint=endpoint, grant=grant, way=Way.REFRESH_TOKEN, user=chosen.user)
    if not chosen.user:
        raise ValueError("A key signs on for somebody: say for whom with --user NAME.")
    try:
        private = SecretStr(read_text(chosen.key, "ascii"))
    except (OSError, ValueError):
        raise ValueError(f"{chosen.key} cannot be read as a private key in PEM.") from None
    grant = KeyClient(client_id=chosen.client, user=chosen.user, private_key=private)
    return Patient(endpoint=endpoint, grant=grant, way=Way.KEY, user=chosen.user)


def examined(database: Database, settings: Settings, link_id: str) -> str:
    """Return the report on the tenant of a link as JSON, empty when there is no such link or no address.

    It asks for descriptions without credentials, then with one access token where the link has an API client or a key.
    No password is sent. Raises SecretError and KeyServiceError for what cannot be opened.
    """
    link = database.run_sync(partial(store.load, link_id=link_id))
    setup = link.in_use if link else None
    endpoint = setup.endpoint if setup else None
    if setup is None or endpoint is None:
        return ""
    grant = grant_of(setup, _opened(database, settings, setup))
    user = setup.account.user_name if setup.account else ""
    return visited(database, settings, Patient(endpoint=endpoint, grant=grant, way=setup.way, user=user), link_id)


def visited(database: Database, settings: Settings, who: Patient, link_id: str = APP) -> str:
    """Ask a tenant, and return the report as JSON; the history of the link, or else the app's, has a line of it."""
    now = now_of(settings)

    async def ask() -> Survey:
        network = Network(settings.origins, settings.outbound)
        try:
            return await survey(network, who.endpoint, who.grant, now)
        finally:
            await network.aclose()

    database.run_sync(lambda session: note(session, link_id, Deed.DOCTOR, now))
    return json.dumps(report(asyncio.run(ask()), who), indent=2) + "\n"


def _opened(database: Database, settings: Settings, setup: Setup) -> dict[SecretRef, SecretStr]:
    """Open what a token is asked for with, never a password."""
    password = setup.account.secret if setup.account else None
    found = database.run_sync(partial(credentials.find, refs=setup.credentials - {password}))
    return {one.ref: credentials.unseal(settings.key_ring, one) for one in found}


def report(found: Survey, who: Patient) -> dict[str, Any]:
    """Write down what was seen, without host, tenant, user, client or request."""
    tokens = {None: "not asked", True: "taken", False: "refused"}
    return {
        "schema": SCHEMA,
        "signs_in": who.way or "not asked",
        "versions": found.versions,
        "tokens_over_soap": tokens[found.takes_tokens],
        "sources": found.sources,
        "answers": [_line(seen, who) for seen in found.seen],
    }


def _line(seen: Observation, who: Patient) -> dict[str, str | int | bool | None]:
    return {
        "rule": diagnose(seen).rule_id,
        "layer": seen.layer,
        "operation": seen.operation,
        "version": seen.version,
        "status": seen.http_status,
        "transport": seen.transport,
        "content": seen.content,
        "fault_code": _redacted(seen.fault_code, who),
        "fault_text": _redacted(seen.fault_text, who),
        "error": _redacted(seen.error_code, who),
        "bearer": seen.bearer,
        "retry_after": seen.retry_after,
        "tokens_left": seen.tokens_left,
        "clock_off": seen.clock_off,
        "ms": seen.elapsed_ms,
    }


def _redacted(text: str, who: Patient) -> str:
    """Take out of Workday's words whatever names the customer."""
    names = {
        who.endpoint.host: "HOST",
        who.user: "USER",
        who.endpoint.tenant: "TENANT",
        who.grant.client_id if who.grant else "": "CLIENT",
    }
    for name, mark in sorted(names.items(), key=lambda pair: -len(pair[0])):
        # Workday writes a tenant's and a user's name in its own letters' case.
        text = re.sub(re.escape(name), mark, text, flags=re.IGNORECASE) if name else text
    return text
