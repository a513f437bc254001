"""Plays one whole link as a readable transcript; ends with 0 only when every turn of the story came true."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule

from sandbox.acme import CERTIFICATE, HOST, PASSWORD, PEOPLES_PAGE, REST_URL, TENANT
from sandbox.child import Child, ChildError, every_way
from sandbox.slack import AppSilent, Message, Modal, NotAllowed, Person, SlackSandbox
from sandbox.slack.drawing import draw, page
from sandbox.workday import FUNCTIONAL_AREAS, Tenant, WorkdaySandbox

MISSING = "Manage: Evergreen Requisitions"
WIDTH = 96


class Teller:
    """Prints the story; each person's acts in their own colour, what they see as boxes."""

    def __init__(self, slack: SlackSandbox) -> None:
        self._slack = slack
        self._console = Console(width=WIDTH, highlight=False)

    def chapter(self, title: str) -> None:
        self._console.print()
        self._console.print(Rule(f"[bold]{title}[/bold]", align="left", style="blue"))

    def act(self, who: str, what: str) -> None:
        colour = {"Sam": "cyan", "Ada": "green", "In Workday": "yellow"}.get(who, "magenta")
        self._console.print(f"\n[bold {colour}]{who}[/bold {colour}] {what}")

    def show(self, thing: Message | Modal, note: str = "") -> None:
        if note:
            self._console.print(f"[dim]{note}[/dim]")
        self._console.print(draw(thing, self._slack.world, WIDTH - 8))

    def line(self, text: str) -> None:
        self._console.print(text)


class Story:
    """The turns of the story, one method each, in order; `play` tells all, `play_without_a_password` another one."""

    def __init__(self, slack: SlackSandbox, workday: WorkdaySandbox, child: Child, picture: Path | None = None) -> None:
        self.slack, self.workday, self.child, self.picture = slack, workday, child, picture
        self.tell = Teller(slack)
        self.sam: Person = slack.person("sam")
        self.ada: Person = slack.person("ada")
        self.tenant: Tenant = workday.tenant(TENANT)

    async def play(self) -> None:
        await self.start()
        await self.wrong_paste()
        await self.wrong_password()
        await self.killed_half_way()
        await self.forgotten_activation()
        await self.workday_goes_away()
        await self.no_such_permission()
        await self.months_later()

    async def play_without_a_password(self) -> None:
        await self.start()
        await self.key()
        await self.client()
        await self.proved()

    async def start(self) -> None:
        self.tell.chapter("1 · Sam starts the link")
        self.tell.act("Sam", "types /link-workday in #ext-acme-wintro")
        await self.sam.command("/link-workday", channel="ext-acme-wintro")
        modal = await self.sam.modal("Link Workday")
        await modal.fill({"admin": "@ada", "Permission profile": "Recruiting"})
        self.tell.show(modal)
        await modal.submit()
        parent = await self.ada.sees("Link Workday · Acme")
        card = await self.ada.sees("Welcome")
        self.tell.show(parent, "In the channel, for everybody:")
        self.tell.show(card, "In its thread:")

    async def wrong_paste(self) -> None:
        self.tell.chapter("2 · Ada pastes the wrong address")
        self.tell.act("Ada", "presses “I can do this: start”")
        await (await self.ada.sees("Welcome")).press("I can do this")
        card = await self.ada.sees("Paste the URL")
        self.tell.show(card)
        self.tell.act("Ada", f"pastes what stands in her browser: {PEOPLES_PAGE}")
        await self._fill(card, "Paste the URL", {"Endpoint": PEOPLES_PAGE}, show=False)
        offer = await self.ada.sees("That is the page people sign in on")
        self.tell.show(offer)
        self.tell.act("Ada", "presses “Yes, use it”")
        await offer.press("Yes, use it")
        self.tell.show(await self.ada.sees("Workday answered"), "The card shrinks to one line:")

    async def wrong_password(self) -> None:
        self.tell.chapter("3 · A new integration user, and a slip")
        card = await self.ada.sees("Enter user name and password")
        self.tell.show(card)
        self.tell.act("In Workday", "Ada creates ISU_Wintro")
        self.tenant.create_integration_system_user("ISU_Wintro", password=PASSWORD, require_new_password=False)
        self.tell.act("Ada", "enters the password with a slip")
        await self._fill(card, "Enter user name", {"User name": "ISU_Wintro", "Password": PASSWORD + "x"})
        trouble = await self.ada.sees("invalid username or password", timeout=15)
        self.tell.show(trouble)
        if self.picture:
            await self.sam.sees("look at the user name and password again")
            seen = self.slack.messages("ext-acme-wintro")
            self.picture.write_text(page(seen, self.slack.world), encoding="utf-8")
        self.tell.act("Ada", "presses “Enter it again” and pastes it this time")
        again = {"User name": "ISU_Wintro", "Password": PASSWORD}
        await self._fill(trouble, "Enter it again", again, show=False)
        self.tell.show(await self.ada.sees("This proves the password", timeout=15))

    async def killed_half_way(self) -> None:
        self.tell.chapter("4 · The app is killed half-way, and goes on")
        await self.child.kill()
        self.tell.line("[red]kill -9.[/red] Started again a moment later; Ada's card still works.")
        await self.child.start()
        card = await self.ada.sees("Keep ISU_Wintro's password from expiring")
        self.tell.show(card)
        self.tell.act("Ada", "does not want to exempt it: passwords expire after 120 days")
        self.tenant.maintain_password_rules(expiry_days=120)
        await self._fill(card, "It expires", {"expire after": "120"}, show=False)
        self.tell.show(await self.ada.sees("I remind you before"))

    async def forgotten_activation(self) -> None:
        self.tell.chapter("5 · Permissions granted, activation forgotten")
        group = await self.ada.sees("Group created")
        self.tell.show(group)
        self.tell.act("In Workday", "Ada makes the group and puts the user in it")
        self.tenant.create_security_group("ISSG_Wintro", kind="Integration System Security Group (Unconstrained)")
        self.tenant.assign_integration_system_users("ISSG_Wintro", ["ISU_Wintro"])
        await group.press("Group created")
        card = await self.ada.sees("All saved: next")
        self.tell.show(card, "All at once, to be ticked off in batches:")
        wanted = await self._ticked(card)
        del wanted[MISSING]
        self.tell.act("In Workday", f"Ada adds {len(wanted)} rows; the policy “{MISSING}” is not there")
        self.tenant.maintain_permissions("ISSG_Wintro", wanted)
        await (await self.ada.sees("All saved: next")).press("All saved")
        card = await self.ada.sees("Activated: check")
        self.tell.show(card)
        self.tell.act("Ada", "presses “Activated: check”, but the task's last OK is missing")
        await card.press("Activated: check")
        trouble = await self.ada.sees("not active yet", timeout=20)
        self.tell.show(trouble)

    async def _ticked(self, card: Message) -> dict[str, str]:
        """Tick the batches off one by one, as the card shows them; returns policy and access of each permission."""
        wanted: dict[str, str] = {}
        while batches := [(row, copy) for row, copy in pairwise(card.blocks) if _is_open(row, copy)]:
            row, copy = batches[0]
            access = row["text"]["text"].split("*")[1]
            policies = copy["elements"][0]["elements"][0]["text"].splitlines()
            wanted |= dict.fromkeys(policies, access)
            await card.press(row["accessory"]["action_id"])
            card = await self.ada.sees(f"✓ {access} · {len(policies)} added")
        return wanted

    async def workday_goes_away(self) -> None:
        self.tell.chapter("6 · Workday goes away, and comes back")
        self.tell.act("In Workday", "Ada runs Activate Pending Security Policy Changes to its last OK")
        self.tenant.activate_pending_security_policy_changes("Permissions for the Wintro integration")
        self.tell.line("[dim]Half a minute later the app looks again by itself, but Workday has closed.[/dim]")
        self.tenant.maintenance = True
        self.child.pass_time(timedelta(seconds=31))
        self.tell.show(await self.ada.sees("down for maintenance", timeout=30))
        self.tell.show(
            await self.sam.sees("nobody needs to do anything"), "In the channel nobody is asked for anything:"
        )
        self.tell.line("[dim]Workday opens again. Ada presses nothing; the clock moves three hours ahead.[/dim]")
        self.tenant.maintenance = False
        self.child.pass_time(timedelta(hours=3))

    async def no_such_permission(self) -> None:
        self.tell.chapter("7 · One permission that this Workday does not have")
        trouble = await self.ada.sees("Go on without", timeout=30)
        self.tell.show(trouble)
        self.tell.act("Ada", "presses “Go on without”, and says why")
        answers = {"Which": [MISSING], "Why": "We have no evergreen jobs."}
        await self._fill(trouble, "Go on without", answers)
        self.tell.show(await self.ada.sees("Acme's Workday is linked", timeout=30))
        self.tell.show(await self.sam.sees("goes on without", channel="dm"), "To Sam alone:")
        self.tell.show(await self.sam.sees("Linked since"), "And the message in the channel:")

    async def months_later(self) -> None:
        self.tell.chapter("8 · Three months later")
        self.tell.line("[dim]The clock moves 91 days ahead.[/dim]")
        now = datetime.now(UTC) + self.child.offset
        self.child.pass_time(until_work(now + timedelta(days=91)) - now)
        reminder = await self.ada.sees("If nothing changes", timeout=30)
        self.tell.show(reminder)
        self.tell.act("In Workday", "Ada adds ISU_Wintro to System Users exempt from password expiration")
        self.tenant.maintain_password_rules(exempt=["ISU_Wintro"])
        self.tell.act("Ada", "presses “I've exempted it”")
        await reminder.press("I've exempted it")
        self.tell.show(await self.ada.sees("Answered: you exempted"))

    async def key(self) -> None:
        self.tell.chapter("2 · A key instead of a password")
        self.tell.act("Ada", "presses “Start without a password”")
        await (await self.ada.sees("Welcome")).press("Start without a password")
        await self._fill(await self.ada.sees("Paste the URL"), "Paste the URL", {"Endpoint": REST_URL}, show=False)
        card = await self.ada.sees("User created", timeout=15)
        self.tell.show(card)
        self.tell.act("In Workday", "Ada creates ISU_Wintro; its password is told to nobody")
        unknown = secrets.token_urlsafe(24)
        self.tenant.create_integration_system_user("ISU_Wintro", password=unknown, require_new_password=False)
        await card.press("User created")
        self.tell.show(await self.ada.sees("BEGIN CERTIFICATE", timeout=30))

    async def client(self) -> None:
        self.tell.chapter("3 · A certificate into Workday, a client id out of it")
        card = await self.ada.sees("BEGIN CERTIFICATE")
        found = CERTIFICATE.search(card.text)
        if found is None:
            raise AssertionError("The card shows no certificate")
        self.tell.act("In Workday", "Ada pastes the certificate, and registers a client that signs in with its key")
        self.tenant.create_x509_public_key("ISU_Wintro key", found[0])
        scopes = [area for area in FUNCTIONAL_AREAS if area in card.text.splitlines()]
        client = self.tenant.register_api_client("Wintro", scopes=scopes, x509_public_key="ISU_Wintro key")
        await self._fill(card, "Enter the client ID", {"Client ID": client.client_id, "User name": "ISU_Wintro"})
        self.tell.show(await self.ada.sees("Group created", timeout=20))

    async def proved(self) -> None:
        self.tell.chapter("4 · The permissions, and green")
        await (await self.ada.sees("Group created")).press("Group created")
        self.tenant.create_security_group("ISSG_Wintro", kind="Integration System Security Group (Unconstrained)")
        self.tenant.assign_integration_system_users("ISSG_Wintro", ["ISU_Wintro"])
        wanted = await self._ticked(await self.ada.sees("All saved: next"))
        self.tell.act("In Workday", f"Ada adds {len(wanted)} rows, and activates them")
        self.tenant.maintain_permissions("ISSG_Wintro", wanted)
        self.tenant.activate_pending_security_policy_changes("Permissions for the Wintro integration")
        await (await self.ada.sees("All saved: next")).press("All saved")
        await (await self.ada.sees("Activated: check")).press("Activated: check")
        self.tell.show(await self.ada.sees("Acme's Workday is linked", timeout=30))
        sent = sorted({kind for request in self.workday.requests for kind in request.signed_by})
        if sent != ["assertion", "bearer"] or self.tenant.sign_on_history():
            raise AssertionError(f"Something else than a key signed in: {sent}")
        self.tell.line("[dim]Workday was sent signed assertions and its own tokens, and never a password.[/dim]")

    async def _fill(self, card: Message, button: str, answers: Mapping[str, object], *, show: bool = True) -> None:
        await card.press(button)
        modal = await self.ada.modal()
        await modal.fill(dict(answers))
        if show:
            self.tell.show(modal)
        outcome = await modal.submit()
        if not outcome.closed:
            raise AssertionError(f"The modal stayed open: {outcome.errors}")


def _is_open(row: Mapping[str, Any], copy: Mapping[str, Any]) -> bool:
    """Tell whether a row of the card begins a batch that is not ticked off: only then the policies stand below it."""
    return "accessory" in row and copy["type"] == "rich_text"


def until_work(moment: datetime) -> datetime:
    """Return the next Tuesday at eleven in New York, so that the story is the same at whatever hour it is told."""
    there = moment.astimezone(ZoneInfo("America/New_York")).replace(hour=11, minute=0, second=0, microsecond=0)
    return there + timedelta(days=(1 - there.weekday()) % 7)


async def main(picture: Path | None = None, *, without_a_password: bool = False) -> int:
    """Play a story once; keep the moment of the wrong password as a page if `picture` is given."""
    began = time.monotonic()
    offset = timedelta()
    with tempfile.TemporaryDirectory(prefix="link-workday-") as folder:
        child: Child | None = None

        def now() -> float:
            return time.time() + (child.offset if child else offset).total_seconds()

        async with SlackSandbox(clock=now) as slack, WorkdaySandbox(clock=now) as workday:
            more = {"PERMISSIONS_FILE": str(every_way(Path(folder)))} if without_a_password else {}
            child = Child(Path(folder), slack, workday, {HOST: TENANT}, LOG_LEVEL="info", **more)
            try:
                await child.start()
                story = Story(slack, workday, child, picture)
                await (story.play_without_a_password() if without_a_password else story.play())
                await child.end_well()
            except (AssertionError, AppSilent, NotAllowed, ChildError) as error:
                sys.stderr.write(f"\nThe story broke off: {error}\n\nThe app's log:\n{child.end_of_log()}\n")
                return 1
            finally:
                await child.kill()
            end = "linked without a password" if without_a_password else "linked, and looked after"
            seconds = time.monotonic() - began
            story.tell.line(
                f"\n[bold green]The story is told:[/bold green] {end}. {seconds:.0f} seconds, nothing left behind."
            )
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("picture", nargs="?", type=Path, help="keep the moment of the wrong password as this page")
    parser.add_argument("--without-a-password", action="store_true", help="the short story of a link with a key")
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.picture, without_a_password=chosen.without_a_password)))
