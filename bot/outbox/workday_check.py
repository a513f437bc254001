"""Runs one check against Workday: opens the secrets, keeps the try cap, hands the report back as an event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from sqlmodel import Session

from bot import meters, traces
from bot.clock import Clock
from bot.encryption import Seal, Sealing
from bot.engine import Engine
from bot.outbox.check_plans import needed, planned
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.findings import conclude
from flows.diagnosis.limits import is_harmless, refused, spares_client
from flows.diagnosis.observations import CheckKind, Report
from flows.link.events import CheckBroken, CheckFinished, CheckHeld, CheckRefused, Event
from flows.link.rulebook import Rulebook
from flows.link.state import Link
from flows.link.steps import row_of
from flows.permissions import Permission, WriteProbe
from flows.tenant.account_names import account_key
from flows.workday.check_plan import CheckPlan
from flows.workday.check_run import Workday
from storage import link_lists
from storage import links as store
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyServiceError
from storage.database.transactions import Database
from storage.limits import login_attempts as logins
from storage.limits import refusals
from storage.limits.login_attempts import Reservation
from storage.outbox import errands
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

CHECK_SECONDS = 180
"""The longest a check may take: every call has its own deadline, a slow tenant needs many of them."""

_ASKS_WRITES = frozenset({CheckKind.PERMISSIONS, CheckKind.API, CheckKind.FULL})

LEASE = timedelta(seconds=CHECK_SECONDS + 30)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a check needs; `blank` takes a refresh token that Workday may hand out in exchange for the old one."""

    plan: CheckPlan
    blank: Seal | None
    reservation: Reservation | None
    account_key: str
    tenant_key: str


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
            # Two that sign in for one errand would be counted as one.
            is_ours = errands.extend(session, errand, until=now + LEASE)
            return store.load(session, errand.link_id) if is_ours else None

        link = await self._database.run(look)
        checking = link.attempt.checking if link else None
        if link is None or checking is None or checking.id != check_id:
            return None
        try:
            opened = await self._sealing.open(needed(link, checking))
            plan = planned(link, checking, opened, self._rules, self._clock())
            blank = await self._sealing.blank(link.id, "refresh_token") if plan.api else None
            marks = await self._sealing.marks()
        except (credentials.SecretError, KeyServiceError, ValueError) as error:
            # Only a key service says why in words that quote nothing.
            why = str(error) if isinstance(error, KeyServiceError) else type(error).__name__
            log.warning("a check could not be prepared", extra={"link": link.id, "why": why})
            return CheckBroken(check_id=check_id)
        tenant_key = marks.of(f"tenant {plan.endpoints[0].host} {plan.endpoints[0].tenant}")
        if not plan.signs_in:
            plan = await self._within_budget(plan, tenant_key, check_id)
            return _Prepared(plan, blank, None, "", tenant_key)
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
        return _Prepared(await self._within_budget(plan, tenant_key, check_id), blank, leave, key, tenant_key)

    async def _within_budget(self, plan: CheckPlan, tenant_key: str, check_id: str) -> CheckPlan:
        """Return the plan with as many dry runs as its tenant has room for within the hour."""
        wanted = len({row.write_probe for row in plan.rows} - {WriteProbe.NONE})
        if not (plan.probe_writes and wanted and plan.kind in _ASKS_WRITES):
            return plan

        def work(session: Session) -> int:
            return refusals.reserve(session, tenant_key=tenant_key, now=self._clock(), once=check_id, wanted=wanted)

        return replace(plan, dry_runs_left=await self._database.run(work))

    def _leave(self, session: Session, link: Link, plain: str, key: str, once: str) -> Reservation | datetime | None:
        """Ask for leave to log in; None where the account belongs to another channel and nobody has allowed this."""
        owners, account = link_lists.owners_of(session, plain), link.setup.account
        is_foreign = bool(owners) and link.id not in owners and link.channel_id not in owners.values()
        if is_foreign and not (account and account.allowed):
            return None
        most = logins.OTHERS if is_foreign else row_of(link.setup).failures
        return logins.reserve(session, account_key=key, now=self._clock(), once=once, most=most)

    async def _ask(self, errand: Errand, check_id: str, prepared: _Prepared) -> None:
        kind, began = prepared.plan.kind, perf_counter()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                with traces.step("workday", link=errand.link_id, check=kind):
                    outcome = await self._workday.run(prepared.plan, is_awaited=errand.origin is not None)
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
            times = refused(outcome.report)
            refusals.settle(session, tenant_key=prepared.tenant_key, now=now, once=check_id, times=times)
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
