"""Asks a live tenant what nobody outside Workday has settled; the report names nobody, and nothing is changed."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.clock import clock_of
from bot.config.settings import Settings
from bot.outbox.workday_check import grant_of
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Observation
from flows.link.setup import SecretRef, Setup
from flows.workday.network import Network
from flows.workday.survey import Survey, survey
from storage import links as store
from storage.credentials import store as credentials
from storage.database import Database

SCHEMA = 1


def add_verb(parser: argparse.ArgumentParser) -> None:
    """Say what the verb takes."""
    parser.add_argument("--link", required=True, metavar="ID", help="a link whose address is known")
    parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="where the report goes, as JSON")


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

    async def ask() -> Survey:
        network = Network(settings.origins, settings.outbound)
        try:
            return await survey(network, endpoint, grant, clock_of(settings.clock_file)())
        finally:
            await network.aclose()

    return json.dumps(report(asyncio.run(ask()), setup), indent=2) + "\n"


def _opened(database: Database, settings: Settings, setup: Setup) -> dict[SecretRef, SecretStr]:
    """Open what a token is asked for with, never a password."""
    password = setup.account.secret if setup.account else None
    found = database.run_sync(partial(credentials.find, refs=setup.credentials - {password}))
    return {one.ref: credentials.unseal(settings.key_ring, one) for one in found}


def report(found: Survey, setup: Setup) -> dict[str, Any]:
    """Write down what was seen, without host, tenant, user, client or request."""
    tokens = {None: "not asked", True: "taken", False: "refused"}
    return {
        "schema": SCHEMA,
        "signs_in": setup.way,
        "versions": found.versions,
        "tokens_over_soap": tokens[found.takes_tokens],
        "sources": found.sources,
        "answers": [_line(seen, setup) for seen in found.seen],
    }


def _line(seen: Observation, setup: Setup) -> dict[str, str | int | None]:
    return {
        "rule": diagnose(seen).rule_id,
        "layer": seen.layer,
        "operation": seen.operation,
        "version": seen.version,
        "status": seen.http_status,
        "transport": seen.transport,
        "content": seen.content,
        "fault_code": _redacted(seen.fault_code, setup),
        "fault_text": _redacted(seen.fault_text, setup),
        "error": _redacted(seen.error_code, setup),
        "retry_after": seen.retry_after,
        "tokens_left": seen.tokens_left,
        "clock_off": seen.clock_off,
        "ms": seen.elapsed_ms,
    }


def _redacted(text: str, setup: Setup) -> str:
    """Take out of Workday's words whatever names the customer."""
    names = {
        setup.endpoint.host if setup.endpoint else "": "HOST",
        setup.account.user_name if setup.account else "": "USER",
        setup.endpoint.tenant if setup.endpoint else "": "TENANT",
        setup.api.client_id if setup.api else "": "CLIENT",
        setup.key.client_id if setup.key else "": "CLIENT",
    }
    for name, mark in sorted(names.items(), key=lambda pair: -len(pair[0])):
        # Workday writes a tenant's and a user's name in its own letters' case.
        text = re.sub(re.escape(name), mark, text, flags=re.IGNORECASE) if name else text
    return text
