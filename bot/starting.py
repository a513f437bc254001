"""Starts links, each in one transaction: from what somebody filled in, or for another environment of a finished one."""

from __future__ import annotations

import logging
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.engine import Engine, lock
from flows.link.access.reading import refusal
from flows.link.effects import Denial
from flows.link.events import Submitted
from flows.link.forms import Filled
from flows.link.setup import Setup
from flows.link.state import Link, Person
from flows.tenant.service_url import Environment
from flows.transitions import copied
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

UNREADABLE = "command.already_unreadable"
"""What is said when a link of the same customer runs that this release cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody filled in to start a link."""

    team_id: str
    channel_id: str
    owner: Person
    filled: Filled


async def begin(engine: Engine, wish: Wish) -> tuple[Link, bool]:
    """Start a link, or return the one that already runs; True when it is new.

    Raises StoredValueError when one runs that cannot be read.
    """

    def work(session: Session, now: datetime) -> tuple[Link, bool]:
        link = _wished(wish, now)
        running = engine.turns.create(session, link, "started", wish.owner, now)
        return (running, False) if running else (link, True)

    engine.on_person(wish.channel_id)
    return await engine.run(work)


def _wished(wish: Wish, now: datetime) -> Link:
    values = wish.filled.values
    admin = Person(user_id=values["admin"]) if values.get("admin") else None
    return Link(
        id=random.token_hex(6),
        team_id=wish.team_id,
        channel_id=wish.channel_id,
        customer=values["customer"],
        setup=Setup(
            profile=values["profile"],
            absence=bool(values.get("absence")),
            environment=Environment(values["environment"]),
        ),
        writes=bool(values.get("writes")),
        language=values.get("language", ""),
        owner=wish.owner,
        admin=wish.owner if admin and admin.user_id == wish.owner.user_id else admin,
        created=now,
        touched=now,
    )


async def copy(engine: Engine, event: Submitted, link_id: str) -> Mapping[str, str]:
    """Start a link for another environment from a finished one; returns one word-key per wrong field."""

    def work(session: Session, now: datetime) -> Mapping[str, str]:
        link = lock(session, link_id)
        refused = refusal(link, event) if link else Denial(key="refusal.gone")
        if link is None:
            return {"environment": ""}
        if refused:
            engine.turns.record(session, link, event, now, refusal=refused)
            return {"environment": refused.key}
        new = copied(link, random.token_hex(6), Environment(event.values["environment"]), now)
        running = engine.turns.create(session, new, "copied", event.actor, now)
        return {"environment": "command.already"} if running else {}

    try:
        return await engine.run(work)
    except StoredValueError as error:
        log.error("the link that runs already cannot be read", extra={"link": link_id, "why": str(error)})  # noqa: TRY400  its traceback says no more
        return {"environment": UNREADABLE}
