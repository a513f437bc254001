"""The addresses of pages on which somebody enters secrets without Slack: hands them out, and reads them back."""

from __future__ import annotations

import logging

from sqlmodel import Session

from bot.clock import Clock
from flows.link.events import Form
from flows.link.state import Link, Person
from storage import form_tokens as tickets
from storage import links as store
from storage.database.transactions import Database
from storage.database.workers import COURIER, patient
from storage.form_tokens import Ticket
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)


class FormTokens:
    """One-time tokens; `public_url` is where people reach the app."""

    def __init__(self, database: Database, clock: Clock, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url

    async def page(self, link: Link, form: Form, person: Person) -> str:
        """Return the address of a page on which this person can fill in a form once."""
        now = self._clock()
        ticket = Ticket(link_id=link.id, form=form, step=link.step, person=person, until=now + tickets.LIFE)
        token = await self._database.run(lambda session: tickets.issue(session, ticket, now))
        return f"{self._public_url}/form/{token}"

    async def find(self, token: str) -> tuple[Ticket, Link] | None:
        """Return what a token stands for; None when it is over or never was.

        Raises StoredValueError, with the link's name in the log, where this release cannot read it.
        """
        now = self._clock()

        def work(session: Session) -> tuple[Ticket, Link] | None:
            ticket = tickets.read(session, token, now)
            if ticket is None:
                return None
            try:
                link = store.load(session, ticket.link_id)
            except StoredValueError as error:
                log.error("a link cannot be read", extra={"link": ticket.link_id, "why": str(error)})  # noqa: TRY400  its traceback says no more
                raise
            return (ticket, link) if link else None

        # Strangers can ask as often as they like; whoever presses goes first.
        with patient(COURIER):
            return await self._database.run(work)
