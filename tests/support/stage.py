"""What people do in a story: the moves that many stories share, on the stage where they are made."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from pydantic import SecretStr
from sqlmodel import Session

from bot.ops.links import forget
from sandbox.child import PERMISSIONS
from sandbox.slack import Message, Modal, Outcome, Person, SlackSandbox
from sandbox.workday import Tenant, WorkdaySandbox
from tests.support.backdrop import (
    CHANNEL,
    GROUP,
    ISU,
    PASSWORD,
    REST_URL,
    TENANT,
    Backdrop,
    Clock,
)
from tests.support.kept import Kept, put_back, shape_of, state_of, tenant_of

KEPT: dict[tuple[str, ...], Kept] = {}
"""Where stories of this process have walked to: by the place, what was filled in, the hour, and the tenants before."""


class Stage(Backdrop):
    """A story's people, with the moves that many stories share."""

    beginning: bytes | None = None
    """What stands in Slack and Workday before the first move; None where a story is always to walk."""

    untouched: Mapping[str, bytes] = MappingProxyType({})
    """Each tenant as it was made."""

    def _has_begun(self) -> bool:
        made = {name: tenant_of(self.slack, self.workday, name) for name in self.workday.tenants}
        return made != self.untouched or shape_of(self.slack, self.workday) != self.beginning

    async def _reach(self, place: str, fields: Mapping[str, object], walk: Callable[[], Awaitable[object]]) -> None:
        """Walk there; or be put there, where nothing has happened yet and another story has walked there so.

        Whoever is put there goes on with an app that has just started.
        """
        begins = not self._has_begun()
        key = (place, repr(sorted(fields.items())), f"{self.clock():%y%m%d%H}", *self.untouched)
        if begins and (kept := KEPT.get(key)):
            await self._put_back(kept)
            return
        await walk()
        if begins:
            await self.quiet()
            await self.slack.settled()
            at, database = self.clock.seconds(), await self.app.database.run(_image)
            KEPT[key] = Kept(state_of(self.slack, self.workday), database, at)

    async def _put_back(self, kept: Kept) -> None:
        await self.stop()
        file = self.folder / "link.db"
        assert not file.with_name("link.db-wal").exists(), "somebody else has the database open"
        file.write_bytes(kept.database)
        put_back(kept.state, self.slack, self.workday)
        # Kept is what a minute ago was walked to; no time has passed since for those in the story.
        self.clock.offset += timedelta(seconds=kept.at - self.clock.seconds())
        await self.start()

    def tenant(self, password: str = PASSWORD) -> Tenant:
        """Give Acme's tenant, with nothing but the integration user."""
        tenant = self.workday.tenant(TENANT)
        if ISU in tenant.accounts.by_name:
            return tenant
        tenant.create_integration_system_user(ISU, password=password, require_new_password=False)
        if password == PASSWORD:
            self.untouched = {TENANT: tenant_of(self.slack, self.workday, TENANT)}
        return tenant

    def grant(
        self,
        tenant: Tenant,
        *,
        without: tuple[str, ...] = (),
        profile: str = "recruiting",
        absence: bool = False,
        member: bool = True,
    ) -> None:
        """Do in Workday what the card asks: group, membership, every permission of the profile."""
        rows = self.app.rules.permissions.rows(profile, absence=absence)
        if GROUP not in tenant.security.groups:
            tenant.create_security_group(GROUP, kind="Integration System Security Group (Unconstrained)")
            if member:
                tenant.assign_integration_system_users(GROUP, [ISU])
        wanted: dict[str, list[str]] = {}
        for row in rows:
            if row.policy not in without:
                wanted.setdefault(row.policy, []).append(row.access.value)
        tenant.maintain_permissions(GROUP, wanted)

    def forget(self, link_id: str) -> str:
        """Do what `workday-link forget` does; gives the receipt."""
        turns, words, now = self.app.engine.turns, self.app.drawing.words, self.clock()
        return self.app.database.run_sync(lambda session: forget(turns, words, session, link_id, now))

    async def open_start(self, person: Person | None = None, channel: str = CHANNEL) -> Modal:
        person = person or self.sam
        await person.command("/link-workday", channel=channel)
        return await person.modal("Link Workday")

    async def begin(self, admin: str = "@ada", **fields: object) -> Message:
        """Start a link as Sam; gives the welcome card as Ada sees it."""
        self.workday.tenant(TENANT)
        modal = await self.open_start(channel=self.channel)
        filled: dict[str, object] = {"Permission profile": "Recruiting"}
        if admin:
            filled["Workday admin"] = admin
        await modal.fill({**filled, **{name.replace("_", " "): value for name, value in fields.items()}})
        outcome = await modal.submit()
        assert outcome.closed, outcome
        return await self.ada.sees("I can do this")

    async def to_service_url(self, **fields: object) -> Message:
        card = await self.begin(**fields)  # type: ignore[arg-type]
        await card.press("I can do this")
        return await self.ada.sees("Paste the URL")

    async def send(self, person: Person, title: str, fields: dict[str, object]) -> Outcome:
        modal = await person.modal(title)
        await modal.fill(fields)
        return await modal.submit()

    async def paste(self, url: str = REST_URL, *, button: str = "Paste the URL") -> Outcome:
        card = await self.ada.sees(button, timeout=10)
        await card.press(button)
        return await self.send(self.ada, "Workday service URL", {"Endpoint": url})

    async def to_isu(self, **fields: object) -> Message:
        async def walk() -> None:
            await self.to_service_url(**fields)
            assert (await self.paste()).closed
            await self.ada.sees("Enter user name and password", timeout=10)

        await self._reach("isu", fields, walk)
        return await self.ada.sees("Enter user name and password", timeout=10)

    async def enter(self, password: str = PASSWORD, *, button: str = "Enter user name", user: str = ISU) -> None:
        card = await self.ada.sees(button, timeout=10)
        await card.press(button)
        outcome = await self.send(self.ada, "Integration user", {"User name": user, "Password": password})
        assert outcome.closed, outcome

    async def to_expiry(self, **fields: object) -> Message:
        async def walk() -> None:
            await self.to_isu(**fields)
            self.tenant()
            await self.enter()
            await self.ada.sees("I've exempted it", timeout=10)

        await self._reach("expiry", fields, walk)
        return await self.ada.sees("I've exempted it", timeout=10)

    async def to_activation(self, **fields: object) -> Message:
        async def walk() -> None:
            await (await self.to_expiry(**fields)).press("I've exempted it")
            await (await self.ada.sees("Group created")).press("Group created")
            await (await self.ada.sees("All saved: next")).press("All saved")
            await self.ada.sees("Activated: check")

        await self._reach("activation", fields, walk)
        return await self.ada.sees("Activated: check")

    async def to_activated(self, **fields: object) -> tuple[Tenant, Message]:
        """Walk up to the check of the permissions, with everything granted and active in Workday."""
        card = await self.to_activation(**fields)
        tenant = self.tenant()
        self.grant(tenant)
        tenant.activate_pending_security_policy_changes("Let it in")
        return tenant, card

    async def to_linked(self, **fields: object) -> Tenant:
        """Walk the whole way without a slip."""

        async def walk() -> None:
            _tenant, card = await self.to_activated(**fields)
            await card.press("Activated: check")
            await self.is_linked()

        await self._reach("linked", fields, walk)
        return self.tenant()

    async def is_linked(self) -> Message:
        message = await self.ada.sees("Workday is linked", timeout=15)
        assert message.broadcast
        return message

    async def finish(self, tenant: Tenant) -> Message:
        """Go on from the integration user's accepted password to the end."""
        await (await self.ada.sees("I've exempted it", timeout=10)).press("I've exempted it")
        await (await self.ada.sees("Group created")).press("Group created")
        await (await self.ada.sees("All saved: next")).press("All saved")
        self.grant(tenant)
        tenant.activate_pending_security_policy_changes("Let it in")
        await (await self.ada.sees("Activated")).press("Activated")
        return await self.is_linked()


def _image(session: Session) -> bytes:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection.serialize()


FEW_ROWS = """[profiles.recruiting]
title = "Recruiting"
description = "Two permissions"
permissions = ["public-worker-reports", "job-information"]

[profiles.whole]
title = "Whole\""""


def few_rows(folder: Path) -> Path:
    """Write the app's permissions with two in what a story links: one of many days looks at them each day."""
    path = folder / "permissions.toml"
    usual = '[profiles.recruiting]\ntitle = "Recruiting"'
    path.write_text(PERMISSIONS.read_text("utf-8").replace(usual, FEW_ROWS), "utf-8")
    return path


@asynccontextmanager
async def staged(folder: Path, *, is_socket: bool = False, **more: object) -> AsyncIterator[Stage]:
    clock = Clock()
    async with (
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
    ):
        stage = Stage(slack, workday, clock, folder)
        if is_socket:
            more["slack_app_token"] = SecretStr(slack.app_token)
        await stage.start(**more)
        if not more:
            stage.beginning = shape_of(slack, workday)
        try:
            yield stage
            stage.check()
            risks = [risk for tenant in workday.tenants.values() for risk in tenant.risks]
            assert not risks, "a write that was no dry run"
        finally:
            await stage.stop()
