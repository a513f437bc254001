"""A whole link by clicking: both people, the admin's Workday beside them, a kill mid-way, and who may look."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime

import aiohttp
import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from sandbox.page.ground.hand import GROUP, ISU
from sandbox.page.server import PageServer
from sandbox.page.stories.walker import Walker
from sandbox.page.trouble.switches import Stage
from tests.support.key_pair import pair

PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
pytestmark = pytest.mark.asyncio(loop_scope="session")


class Desk:
    """What a person does on the page; `left` and `right` are the screens, `side` is Workday."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.left, self.right, self.side = page.locator("#left"), page.locator("#right"), page.locator("#side")

    async def press(self, where: Locator, name: str) -> None:
        await where.get_by_role("button", name=name).last.click()

    async def say(self, where: Locator, text: str, *, reply: bool = False) -> None:
        """Write into the channel, or as a reply into the open thread."""
        box = where.get_by_placeholder("Reply…" if reply else "Message #")
        if text:
            await box.fill(text)
        await box.press("Enter")

    async def add(self, where: Locator, name: str, content: bytes) -> None:
        """Add a file to the reply that is being written."""
        file = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
        await where.locator(".thread").get_by_label("Add a file").set_input_files(file)
        await where.get_by_role("button", name=f"Take off {name}").wait_for()

    async def fill(self, where: Locator) -> None:
        """Have the open form filled in, and send it."""
        form = where.get_by_role("dialog")
        await form.get_by_role("button", name="Fill in for me").click()
        await form.locator("[type=submit]").click()
        await form.wait_for(state="detached")

    async def task(self, name: str, *, pages: int = 1) -> None:
        """Do one task in Workday as its card says, to its last OK."""
        await self.side.get_by_label("Search Workday").fill(name)
        for number in range(pages):
            if number:
                await self.side.get_by_text(f"page {number + 1} of").wait_for()
            await self.press(self.side, "Fill in as the card says")
            await self.press(self.side, "OK")
        await self.side.locator(".done").wait_for()


async def test_a_link_from_the_command_to_green(page: Page, fresh: PageServer) -> None:
    desk = Desk(page)
    await desk.say(desk.left, "/link-workday")
    await desk.fill(desk.left)
    await desk.press(desk.right, "I can do this")
    await desk.press(desk.right, "Paste the URL")
    form = desk.right.get_by_role("dialog")
    await form.locator("[type=submit]").click()
    await form.get_by_text("Please complete this required field").wait_for()
    await desk.fill(desk.right)
    await desk.task("Create Integration System User")
    await desk.press(desk.right, "Enter user name and password")
    await desk.fill(desk.right)
    await desk.right.get_by_role("button", name="I've exempted it").wait_for()

    await fresh.ground.kill()
    await page.get_by_text("The app is not running").wait_for()
    await desk.press(desk.right, "I've exempted it")
    await desk.right.get_by_text("trouble connecting").wait_for()
    await fresh.ground.start()

    await desk.task("Maintain Password Rules")
    await desk.press(desk.right, "I've exempted it")
    await desk.right.get_by_role("button", name="Group created").wait_for()
    await desk.task("Create Security Group", pages=2)
    await desk.press(desk.right, "Group created")
    await desk.press(desk.right, "Get the list")
    async with page.expect_download() as download:
        await desk.left.get_by_role("link", name=".pdf").click()
    assert (await (await download.value).path()).read_bytes().startswith(b"%PDF")
    for _ in set(fresh.ground.wanted.values()):
        await desk.task("Maintain Permissions for Security Group", pages=2)
    await desk.press(desk.right, "All saved: next")
    await desk.press(desk.right, "Go on")
    await desk.side.get_by_label("Search Workday").fill("Activate Pending Security Policy Changes")
    await desk.press(desk.side, "Fill in as the card says")
    await desk.press(desk.side, "OK")
    await desk.side.get_by_text("page 2 of 2").wait_for()
    await desk.press(desk.side, "Cancel")
    await desk.press(desk.right, "Activated: check")
    await desk.right.get_by_text("not active yet").first.wait_for()
    await desk.task("Activate Pending Security Policy Changes", pages=2)
    await desk.press(desk.right, "Check again")
    await desk.left.get_by_text("Acme's Workday is linked").first.wait_for()
    assert fresh.ground.tenant.security.active.members[GROUP] == {ISU}


async def test_a_link_with_the_admin_in_german_and_staff_in_english(page: Page, fresh: PageServer) -> None:
    """Slack tells nobody's language of another organisation: it is chosen in the form, and later on the card."""
    desk = Desk(page)
    language = desk.right.get_by_label("Language of this Slack")
    await language.select_option("Deutsch")
    await desk.say(desk.left, "/link-workday")
    await desk.left.get_by_role("dialog").get_by_label("Workday admin").wait_for()
    await desk.fill(desk.left)
    await desk.press(desk.right, "Das kann ich")
    await desk.press(desk.right, "URL einfügen")
    await desk.fill(desk.right)
    await desk.press(desk.side, "Do all that the cards ask")
    await desk.press(desk.right, "Zugangsdaten eingeben")
    await desk.fill(desk.right)
    await desk.press(desk.right, "Ist ausgenommen")
    await desk.press(desk.right, "Gruppe da, Benutzer darin")
    await desk.press(desk.right, "Alles gespeichert: weiter")
    await desk.press(desk.right.get_by_role("alertdialog"), "Weiter")
    await desk.press(desk.right, "Aktiviert: prüfen")
    await desk.right.get_by_text("Das Workday von Acme ist verbunden").first.wait_for()
    await desk.say(desk.left, "/link-workday status")
    await desk.left.get_by_text("Only visible to you").wait_for()
    assert "linked since" in await desk.left.locator(".whisper").inner_text()
    await language.select_option("English")
    await desk.right.get_by_text("Acme's Workday is linked").first.wait_for()
    assert fresh.ground.slack.person("ada").user.locale == "en-US"


async def test_a_file_from_either_person_reaches_the_app_as_slack_tells_it(page: Page, fresh: PageServer) -> None:
    desk = Desk(page)
    walker = Walker(fresh.ground, fresh.director.play)
    fresh.director.play.pace = 0
    await walker.to(Stage.SIGN_ON)
    for screen in (desk.left, desk.right):
        await screen.get_by_role("button", name="Enter user name and password").wait_for()
    await desk.add(desk.left, "plan.png", PICTURE)
    await desk.say(desk.left, "What we mean, @Link Workday", reply=True)
    await expect(desk.right.get_by_role("img", name="plan.png")).to_be_visible()
    await desk.add(desk.right, "ISU password.txt", b"it stands here")
    await desk.right.get_by_role("button", name="Take off ISU password.txt").click()
    await desk.add(desk.right, "much.bin", bytes(2 * 1024**2 + 1))
    await desk.say(desk.right, "All of it", reply=True)
    await desk.right.get_by_role("alert").get_by_text("larger than 2 MB").wait_for()
    await expect(desk.right.locator("#right-reply")).to_have_value("All of it")

    await desk.press(desk.side, "Network")
    await desk.press(desk.side, "Slack tells what files are called")
    await desk.add(desk.right, "ISU password.txt", b"it stands here")
    await desk.say(desk.right, "", reply=True)
    await desk.right.get_by_text("I cannot take a password or a key from a file").wait_for()
    async with page.expect_download() as download:
        await desk.left.get_by_role("link", name="ISU password.txt").click()
    assert (await (await download.value).path()).read_bytes() == b"it stands here"


async def test_only_this_machine_is_answered(server: PageServer) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/live"):
            for told in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
                async with session.get(server.origin + path, headers=told) as answer:
                    assert answer.status == 403
        async with session.get(server.origin) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_key_is_created_and_chosen_in_workdays_tasks(page: Page, fresh: PageServer) -> None:
    """What Workday does not take is said at its field, and what it takes can be chosen at the next task."""
    desk = Desk(page)
    await desk.side.get_by_label("Search Workday").fill("Create x509 Public Key")
    await desk.side.get_by_label("Name").fill("Wintro")
    await desk.side.get_by_label("Certificate").fill("no certificate at all")
    await desk.press(desk.side, "OK")
    await desk.side.get_by_text("the certificate is not valid").wait_for()
    await desk.side.get_by_label("Certificate").fill(pair().certificate(datetime.now(UTC)))
    await desk.press(desk.side, "OK")
    await desk.side.get_by_text("You have created the key Wintro").wait_for()
    await desk.side.get_by_label("Search Workday").fill("Register API Client")
    await desk.press(desk.side, "Fill in as the card says")
    await desk.press(desk.side, "OK")
    await desk.side.get_by_text("Client ID").wait_for()
    (client,) = fresh.ground.tenant.api.by_id.values()
    assert client.public_key == "Wintro"
    assert client.takes_assertions
