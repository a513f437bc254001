"""Runs one check against Workday: opens the secrets, keeps the try cap, hands the report back as an event."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr
from sqlmodel import Session

from bot.engine import Engine
from flows.messages import CheckBroken, CheckFinished, CheckRefused, Event
from flows.naming import rows_of
from flows.observations import Layer, Report, Transport
from flows.state import Account, Link
from flows.troubleshooting import Reason, diagnose
from flows.workday.checks import Workday
from flows.workday.plans import CheckPlan
from flows.workday.rest import ApiClient
from storage import errands, logins, store, vault
from storage.errands import Errand
from storage.keyring import KeyRing, fingerprint
from storage.logins import Reservation

log = logging.getLogger(__name__)

NOT_SENT = frozenset({Transport.DNS, Transport.ADDRESS_REFUSED, Transport.CONNECT, Transport.TLS, Transport.UNSENDABLE})
"""Failures before a password could have reached Workday."""

CHECK_SECONDS = 180
"""The longest a check may take: every call has its own deadline, a slow tenant needs many of them."""

LEASE = timedelta(seconds=CHECK_SECONDS + 30)


@dataclass(frozen=True, slots=True)
class _Prepared:
    plan: CheckPlan
    reservation: Reservation | None


class Checker:
    """One errand of the Workday lane at a time per link."""

    def __init__(self, engine: Engine, workday: Workday) -> None:
        self._engine = engine
        self._workday = workday

    async def run(self, errand: Errand, check_id: str) -> None:
        """Carry out the check that the link waits for; anything else is dropped as outdated."""
        prepared = await self._engine.database.run(lambda session: self._held(session, errand, check_id))
        if isinstance(prepared, _Prepared):
            await self._ask(errand, check_id, prepared)
        else:
            await self._finish(errand, prepared)

    def _prepare(self, session: Session, errand: Errand, check_id: str) -> _Prepared | Event | None:
        link = store.load(session, errand.link_id)
        checking = link.checking if link else None
        if link is None or checking is None or checking.id != check_id:
            return None
        plan = self._plan(session, link)
        if plan is None:
            return CheckBroken(check_id=check_id)
        if not plan.signs_in:
            return _Prepared(plan, None)
        account = link.account
        if errand.tries > 1 and account and (account.candidate or not account.proved):
            # The first try may have reached Workday: another one needs a person to ask for it.
            return CheckBroken(check_id=check_id)
        key = f"{plan.endpoints[0].host}|{plan.endpoints[0].tenant}|{plan.user.casefold()}"
        leave = logins.reserve(session, account_key=fingerprint(self._engine.ring, key), now=self._engine.clock())
        if not isinstance(leave, Reservation):
            return CheckRefused(check_id=check_id, until=leave)
        return _Prepared(plan, leave)

    def _held(self, session: Session, errand: Errand, check_id: str) -> _Prepared | Event | None:
        errands.extend(session, errand, until=self._engine.clock() + LEASE)
        return self._prepare(session, errand, check_id)

    def _plan(self, session: Session, link: Link) -> CheckPlan | None:
        checking = link.checking
        if checking is None:
            return None
        account, api = link.account, link.api
        ring = self._engine.ring
        try:
            password = _password(session, ring, account)
            client = (
                ApiClient(
                    client_id=api.client_id,
                    client_secret=vault.unseal(session, ring, api.secret),
                    refresh_token=vault.unseal(session, ring, api.refresh_token),
                )
                if api
                else None
            )
            return CheckPlan(
                kind=checking.kind,
                endpoints=checking.endpoints,
                user=account.user_name if account else "",
                password=password,
                rows=rows_of(link, self._engine.rules),
                api=client,
                probe_writes=link.writes,
                deep_at=self._engine.clock() if client else None,
                at=self._engine.clock(),
            )
        except (vault.VaultError, ValueError) as error:
            log.warning("a check could not be prepared", extra={"link": link.id, "why": type(error).__name__})
            return None

    async def _ask(self, errand: Errand, check_id: str, prepared: _Prepared) -> None:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                outcome = await self._workday.run(prepared.plan)
        except TimeoutError:
            # The reservation stays: a login whose end is unknown counts as a bad one.
            await self._finish(errand, CheckBroken(check_id=check_id))
            return
        now = self._engine.clock()

        def work(session: Session) -> None:
            if prepared.reservation:
                good = _counts_as_good(outcome.report)
                logins.settle(session, prepared.reservation.id, good=good, now=now)
            if not errands.finish(session, errand, now=now):
                return
            rotated = outcome.rotated_refresh_token
            ref = (
                vault.seal(
                    session,
                    self._engine.ring,
                    link_id=errand.link_id,
                    field="refresh_token",
                    secret=rotated,
                    now=now,
                )
                if rotated
                else None
            )
            event = CheckFinished(check_id=check_id, report=outcome.report, rotated=ref)
            self._engine.turn(session, errand.link_id, event, now)

        await self._engine.database.run(work)
        self._engine.on_work()

    async def _finish(self, errand: Errand, event: Event | None) -> None:
        now = self._engine.clock()

        def work(session: Session) -> None:
            if errands.finish(session, errand, now=now) and event:
                self._engine.turn(session, errand.link_id, event, now)

        await self._engine.database.run(work)
        self._engine.on_work()


def _password(session: Session, ring: KeyRing, account: Account | None) -> SecretStr | None:
    ref = (account.candidate or account.secret) if account else None
    return vault.unseal(session, ring, ref) if ref else None


def _counts_as_good(report: Report) -> bool:
    """Tell whether the login may be forgotten: accepted, or it never left this machine. Unknown counts as bad."""
    signed = [seen for seen in report.observations if seen.layer in {Layer.LOGIN, Layer.PERMISSION}]
    if any(diagnose(seen).reason is Reason.INVALID_CREDENTIALS for seen in signed):
        return False
    logins_seen = (seen for seen in signed if seen.layer is Layer.LOGIN)
    return all(seen.http_status is not None or seen.transport in NOT_SENT for seen in logins_seen)
