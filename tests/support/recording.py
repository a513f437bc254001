"""What a release leaves in a database and in Slack: `make recording` writes it, later releases are tried on it.

Four links of four customers: linked, refused, waiting for its admin, and one whose first messages are not sent yet.
Nothing in it is real, and the key it is sealed with is all zeros. This module records in any release that has a stage.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import sys
import tempfile
import tomllib
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from sandbox.slack.waiting import until
from sandbox.slack.workspace import INSTALL_TEAM, Channel, Team, User
from tests.support.backdrop import HOST, ISU
from tests.support.stage import Stage, staged

if TYPE_CHECKING:
    from sandbox.slack import Message

RELEASES = Path(__file__).parents[1] / "data" / "releases"
KEY = f"k1:{base64.b64encode(bytes(32)).decode()}"
CUSTOMERS = {"Globex": "gil", "Nimbus": "nia", "Orbit": "ori"}
"""Each with its admin; the first customer is Acme with Ada, as everywhere."""

GLOBEX_URL = f"https://{HOST}/ccx/api/v1/globex_dpt1"
GLOBEX_PASSWORD = "of Globex, <made up>"


def invite(stage: Stage) -> None:
    """Make the other customers with a person and a channel each."""
    world = stage.slack.world
    for customer, person in CUSTOMERS.items():
        team, user = f"T0{customer.upper()}", f"U0{person.upper()}"
        world.teams[team] = Team(team, customer, customer.lower())
        world.users[user] = User(user, person, f"{person.title()} Moss", team, "America/New_York")
        channel, members = f"C0{customer.upper()}1", ["U0SAM", "U0KIM", user, "U0BOT"]
        world.channels[channel] = Channel(channel, f"ext-{customer.lower()}", (INSTALL_TEAM, team), members)


def turn_to(stage: Stage, customer: str) -> None:
    """Let the next moves be made in a customer's channel by its admin."""
    stage.channel, stage.ada = f"ext-{customer.lower()}", stage.slack.person(CUSTOMERS[customer])


async def press(stage: Stage, customer: str, button: str) -> None:
    """Press a button as a customer's admin, on the newest card that has it."""
    turn_to(stage, customer)

    def newest() -> Message | None:
        return next((one for one in reversed(stage.said(stage.channel)) if button in str(one.buttons)), None)

    await (await until(newest, 20, lambda: f"no button {button!r} for {customer}")).press(button, by=stage.ada)


async def begin(stage: Stage, customer: str) -> Message:
    turn_to(stage, customer)
    return await stage.begin(admin=f"@{CUSTOMERS[customer]}", Customer=customer)


async def play(stage: Stage) -> None:
    """Bring each link to where it is left."""
    await stage.to_linked()
    invite(stage)
    await (await begin(stage, "Globex")).press("I can do this")
    assert (await stage.paste(GLOBEX_URL)).closed
    other = stage.workday.tenant("globex_dpt1")
    other.create_integration_system_user(ISU, password=GLOBEX_PASSWORD, require_new_password=False)
    await stage.ada.sees("Enter user name and password", timeout=10)
    await stage.enter("of nobody, <made up>")
    await stage.ada.sees("not yet", timeout=10)
    await (await begin(stage, "Nimbus")).press("I can do this")
    await stage.ada.sees("Paste the URL")
    # A working day goes by, so that somebody is reminded.
    for _ in range(8):
        await stage.later(hours=6)
        await stage.quiet()
    turn_to(stage, "Orbit")
    stage.slack.faults.next("chat.postMessage", http=500, times=99)
    modal = await stage.open_start(channel=stage.channel)
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@ori", "Customer": "Orbit"})
    assert (await modal.submit()).closed


async def record() -> tuple[str, dict[str, Any]]:
    """Play, and return the database as SQL and Slack as JSON."""
    with tempfile.TemporaryDirectory(prefix="link-workday-") as live:
        async with staged(Path(live), credential_keys=SecretStr(KEY)) as stage:
            await play(stage)
            await stage.stop()
            told = slack_of(stage)
            with closing(sqlite3.connect(Path(live) / "link.db")) as database:
                return "\n".join(database.iterdump()), told


def slack_of(stage: Stage) -> dict[str, Any]:
    """Return who and what is in Slack, and by how many seconds the clock had been moved when it was left."""
    world = stage.slack.world
    channels = [asdict(channel) for channel in world.channels.values()]
    for channel in channels:
        channel["messages"] = [
            {name: value for name, value in post.items() if name != "read"} for post in channel["messages"].values()
        ]
        del channel["replies"]
    return {
        "left_at": (stage.clock() + timedelta(seconds=1)).isoformat(),
        "teams": [asdict(team) for team in world.teams.values()],
        "users": [asdict(user) for user in world.users.values()],
        "channels": channels,
    }


if __name__ == "__main__":
    version = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["version"]
    kept = Path(sys.argv[1]) if len(sys.argv) > 1 else RELEASES / version
    sql, slack = asyncio.run(record())
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "database.sql").write_text(f"{sql}\n", encoding="utf-8")
    (kept / "slack.json").write_text(f"{json.dumps(slack, ensure_ascii=False, indent=1)}\n", encoding="utf-8")
