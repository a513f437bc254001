"""Runs one check against Workday: opens the secrets, keeps the try cap, hands the report back as an event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from pydantic import SecretStr
from sqlmodel import Session

from bot import meters, traces
from bot.clock import Clock
from bot.encryption import Seal, Sealing
from bot.engine import Engine
from flows.cards.placeholders import rows_of
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.findings import conclude
from flows.diagnosis.lockout import is_harmless, spares_client
from flows.diagnosis.observations import CheckKind, Report
from flows.link.attempt import Checking
from flows.link.events import CheckBroken, CheckFinished, CheckHeld, CheckRefused, Event
from flows.link.rulebook import Rulebook
from flows.link.setup import SecretRef, Setup
from flows.link.state import Link
from flows.link.steps import row_of
from flows.permissions import Permission, Way
from flows.tenant.account_names import account_key
from flows.workday.check_plan import CheckPlan
from flows.workday.check_run import Workday
from flows.workday.rest import ApiClient, Grant
from flows.workday.tokens.assertions import KeyClient
from storage import links as store
from storage import login_attempts as logins
from storage.credentials import store as credentials
from storage.database import Database
from storage.login_attempts import Reservation
from storage.outbox import errands
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

CHECK_SECONDS = 180
"""The longest a check may take: every call has its own deadline, a slow tenant needs many of them."""

LEASE = timedelta(seconds=CHECK_SECONDS + 30)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a check needs; `blank` takes a refresh token that Workday may hand out in exchange for the old one."""

    plan: CheckPlan
    blank: Seal | None
    reservation: Reservation | None
    account_key: str


class Checker:
    """One errand of the Workday lane at a time per link."""

    def __init__(
        self, engine: Engine, database: Database, sealing: Sealing, rules: Rulebook, clock: Clock, workday: Workday
    ) -> None:
        self._engine = engine
        self._database = database
        self._sealing = sealing
        self._rules = rules
        self._clock = clock
        self._workday = workday

    async def run(self, errand: Errand, check_id: str) -> None:
        """Carry out the check that the link waits for; anything else is dropped as outdated."""
        prepared = await self._prepare(errand, check_id)
        if isinstance(prepared, _Prepared):
            await self._ask(errand, check_id, prepared)
        else:
            await self._finish(errand, prepared)

    async def _prepare(self, errand: Errand, check_id: str) -> _Prepared | Event | None:
        now = self._clock()

        def look(session: Session) -> Link | None:
            errands.extend(session, errand, until=now + LEASE)
            return store.load(session, errand.link_id)

        link = await self._database.run(look)
        checking = link.attempt.checking if link else None
        if link is None or checking is None or checking.id != check_id:
            return None
        try:
            plan = self._plan(link, checking, await self._sealing.open(_needed(link, checking)))
            blank = await self._sealing.blank(link.id, "refresh_token") if plan.api else None
            marks = await self._sealing.marks()
        except (credentials.SecretError, credentials.KeyServiceError, ValueError) as error:
            # Only a key service says why in words that quote nothing.
            why = str(error) if isinstance(error, credentials.KeyServiceError) else type(error).__name__
            log.warning("a check could not be prepared", extra={"link": link.id, "why": why})
            return CheckBroken(check_id=check_id)
        if not plan.signs_in:
            return _Prepared(plan, blank, None, "")
        account, row = link.setup.account, row_of(link.setup)
        if errand.tries > 1 and account and (account.candidate or not account.proved):
            # The first try may have reached Workday: another one needs a person to ask for it.
            return CheckBroken(check_id=check_id)
        plain = account_key(plan.endpoints[0].tenant, plan.user)
        key = marks.of(f"client {plan.endpoints[0].tenant} {plan.api.client_id}" if row.bearer and plan.api else plain)
        leave = await self._database.run(partial(self._leave, link=link, plain=plain, key=key, once=check_id))
        if leave is None:
            return CheckHeld(check_id=check_id)
        if not isinstance(leave, Reservation):
            return CheckRefused(check_id=check_id, until=leave)
        return _Prepared(plan, blank, leave, key)

    def _leave(self, session: Session, link: Link, plain: str, key: str, once: str) -> Reservation | datetime | None:
        """Ask for leave to log in; None where the account belongs to another channel and nobody has allowed this."""
        owners, account = store.owners_of(session, plain), link.setup.account
        is_foreign = bool(owners) and link.id not in owners and link.channel_id not in owners.values()
        if is_foreign and not (account and account.allowed):
            return None
        most = logins.OTHERS if is_foreign else row_of(link.setup).failures
        return logins.reserve(session, account_key=key, now=self._clock(), once=once, most=most)

    def _plan(self, link: Link, checking: Checking, opened: Mapping[SecretRef, SecretStr]) -> CheckPlan:
        """Write down what to ask; raises ValueError for what no request can be made of."""
        account, now = link.setup.account, self._clock()
        bearer = row_of(link.setup).bearer
        ref = (account.candidate or account.secret) if account and not bearer else None
        client = grant_of(link.setup, opened)
        return CheckPlan(
            kind=checking.kind,
            endpoints=checking.endpoints,
            user=account.user_name if account else "",
            password=opened[ref] if ref and opened else None,
            rows=rows_of(link, self._rules),
            api=client,
            bearer=bearer,
            fresh=checking.kind is CheckKind.LOGIN,
            probe_writes=link.writes,
            deep_at=now if client else None,
            at=now,
            address_proved=link.setup.endpoint is not None and checking.endpoints == (link.setup.endpoint,),
        )

    async def _ask(self, errand: Errand, check_id: str, prepared: _Prepared) -> None:
        kind, began = prepared.plan.kind, perf_counter()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                with traces.step("workday", link=errand.link_id, check=kind):
                    outcome = await self._workday.run(prepared.plan)
        except TimeoutError:
            meters.CHECKS_DONE.labels(kind=kind, reason="too_long").observe(perf_counter() - began)
            # A login whose end is unknown counts as a bad one.
            await self._finish(errand, CheckBroken(check_id=check_id), prepared.reservation)
            return
        self._measure(errand, outcome.report, prepared.plan.rows, perf_counter() - began)
        blank, rotated = prepared.blank, outcome.rotated_refresh_token
        token = blank(rotated) if blank and rotated else None

        def work(session: Session, now: datetime) -> None:
            if prepared.reservation:
                is_good = spares_client if prepared.plan.bearer else is_harmless
                logins.settle(session, prepared.reservation.id, good=is_good(outcome.report), now=now)
            if not errands.finish(session, errand, now=now):
                return
            ref = credentials.keep(session, token, now) if token else None
            is_counted = prepared.reservation is not None and not prepared.plan.bearer
            left = logins.left(session, prepared.account_key, now) if is_counted else None
            event = CheckFinished(check_id=check_id, report=outcome.report, rotated=ref, tries_left=left)
            self._engine.turns.turn(session, errand.link_id, event, now)

        await self._engine.run(work)

    @staticmethod
    def _measure(errand: Errand, report: Report, rows: Sequence[Permission], seconds: float) -> None:
        reason = conclude(report, rows).reason
        meters.CHECKS_DONE.labels(kind=report.kind, reason=reason).observe(seconds)
        for seen in report.observations:
            # Of a permission its verdict, of a layer's own request what it came to.
            came_to = diagnose(seen).reason
            verdict = came_to.traits.verdict.value if seen.probe else came_to.value
            meters.PROBES.labels(layer=seen.layer, verdict=verdict).inc()
        log.debug(
            "Workday was asked",
            extra={
                "link": errand.link_id,
                "check": report.kind.value,
                "questions": len(report.observations),
                "reason": reason.value,
                "ms": int(seconds * 1000),
            },
        )

    async def _finish(self, errand: Errand, event: Event | None, unknown: Reservation | None = None) -> None:

        def work(session: Session, now: datetime) -> None:
            if unknown:
                logins.settle(session, unknown.id, good=False, now=now)
            if errands.finish(session, errand, now=now) and event:
                self._engine.turns.turn(session, errand.link_id, event, now)

        await self._engine.run(work)


def grant_of(setup: Setup, opened: Mapping[SecretRef, SecretStr]) -> Grant | None:
    """Return what a set-up asks for access tokens with, from its opened secrets; None where it has nothing."""
    api, key, account = setup.api, setup.key, setup.account
    if setup.way is Way.KEY:
        private = opened.get(key.private) if key and key.private else None
        if key is None or account is None or private is None:
            return None
        return KeyClient(client_id=key.client_id, user=account.user_name, private_key=private)
    if api is None or not opened:
        return None
    return ApiClient(client_id=api.client_id, client_secret=opened[api.secret], refresh_token=opened[api.refresh_token])


def _needed(link: Link, checking: Checking) -> frozenset[SecretRef]:
    """Name the secrets that a check sends; whether an address answers is asked without any."""
    if checking.kind is CheckKind.REACH:
        return frozenset()
    account = link.setup.account
    if account is None or account.candidate is None or row_of(link.setup).bearer:
        return link.setup.credentials
    return replace(link.setup, account=replace(account, secret=account.candidate)).credentials
