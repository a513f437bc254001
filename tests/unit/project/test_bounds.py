"""The bounds that operators read of are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from bot import encryption, engine, scheduler, turns
from bot.outbox import duplicates, handoff, workday_check, worker
from bot.slack import client, delivery_errors, rate_limits, replay_cache, web_api
from bot.staff import lookup
from bot.web import connections, routes, secret_form
from flows.workday import network, ssrf_guard
from storage import form_tokens
from storage.database import engines
from storage.database.transactions import THREADS
from storage.database.workers import ANSWER, CLOCK, COURIER, MOST_TOGETHER
from storage.outbox.claims import Hands

ROOT = Path(__file__).parents[3]
LIMITS = connections.Limits()
CHANNEL, WORKSPACE, UPDATES = rate_limits.CHANNEL, rate_limits.WORKSPACE, rate_limits.UPDATES
HANDS = worker.AT_ONCE
MB = 1024 * 1024
ONE = 1

BOUNDS: dict[str, tuple[float, ...]] = {
    "Connections to our port": (LIMITS.connections, LIMITS.head, LIMITS.body, connections.LARGEST_BODY / MB),
    "Requests of Slack's worked on at once": (routes.AT_ONCE, routes.WAITING_SECONDS),
    "Signed requests remembered in memory": (replay_cache.MOST, replay_cache.SPAN / 60),
    "Transactions at once": (ONE, MOST_TOGETHER, THREADS, COURIER, CLOCK),
    "Connections to PostgreSQL": (THREADS + engines.SPARE, THREADS + engines.SPARE),
    "Locks in PostgreSQL": tuple(int(value.removesuffix("s")) for value in engines.PATIENCE.values()),
    "A PostgreSQL server that went without a word": (engines.LINE["tcp_user_timeout"] / 1000,),
    "A press, a form or the command that waits for a database that stands still": (ANSWER,),
    "SQLite file held by another program": (engines.BUSY_MILLISECONDS / 1000, 503),
    "Errands under way": tuple(
        HANDS[hands] for hands in (Hands.ANSWERS, Hands.NOTICES, Hands.TESTS, Hands.LOOKS, Hands.HANDOFFS)
    ),
    "Calls to Workday": (
        network.MOST_AT_ONCE,
        network.MOST_AT_ONCE - network.KEPT,
        network.DEADLINE_SECONDS,
        network.MOST_BYTES / MB,
        workday_check.CHECK_SECONDS,
    ),
    "Names of Workday's hosts looked up": (ssrf_guard.RESOLVERS,),
    "Keys kept elsewhere": (encryption.THREADS, encryption.SECONDS, encryption.PATIENT_SECONDS),
    "Messages into Slack": (
        WORKSPACE.per_second,
        WORKSPACE.burst,
        WORKSPACE.kept,
        CHANNEL.per_second,
        CHANNEL.burst,
        web_api.TIMEOUT,
    ),
    "Changes to messages in Slack": (UPDATES.per_second * 60, UPDATES.burst, UPDATES.kept),
    "Sockets that Slack is asked for (Socket Mode)": (client.SOCKETS_A_MINUTE, 503),
    "A rest that Slack asks for": (),
    "Links that the clock wakes to say something": (
        scheduler.WAKING.per_second,
        scheduler.WAKING.burst,
        scheduler.MOST_WAITING,
    ),
    "Pauses between tries": (
        worker.LONGEST_PAUSE.total_seconds() / 60,
        handoff.LONGEST_WAIT / 3600,
        handoff.TELL_AFTER,
    ),
    "Copies looked for after a lost answer": (
        duplicates.AUDIT_AFTER.total_seconds(),
        duplicates.CLOSED_AFTER.total_seconds() / 60,
        duplicates.AT_A_TIME,
        duplicates.MOST_WATCHED,
    ),
    "Answers to one person in a thread": (engine.MOST_ANSWERS, turns.MOST_WHISPERS),
    "A form on our page": (
        form_tokens.MOST_TRIES,
        form_tokens.LIFE.total_seconds() / 60,
        secret_form.LARGEST_FORM / 1024,
    ),
    "Links in one answer to a command": (lookup.PAGE,),
}
"""The numbers of each row, in the order in which they stand there; those in words are looked at below."""


def test_the_bounds_that_operators_read_of_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("## Bounds")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)[1:]
    written = {
        name: tuple(float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", f"{much} {beyond}"))
        for name, much, beyond in rows
    }
    assert written == BOUNDS
    assert delivery_errors.LONGEST_REST == 3600, "an hour"
    assert duplicates.PUT_OFF.total_seconds() == 60, "a minute"
