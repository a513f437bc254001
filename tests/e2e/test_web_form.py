"""Secrets without Slack: the one-time page takes what the modal takes, once, from one person, for ten minutes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import Session, col, select, update

from flows.link.state import Step
from sandbox.slack import Modal
from storage import audit_log as audit
from storage.database.workers import COURIER
from storage.tables import LinkRow, TicketRow
from tests.support.api_client import registered, to_api_client
from tests.support.backdrop import CHANNEL, ISU, PASSWORD, TENANT
from tests.support.ports import free_port
from tests.support.stage import Stage, staged

ENTER = "Enter user name and password"
GOOD = {"user": ISU, "password": PASSWORD}


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Stage]:
    port = free_port()
    async with staged(tmp_path, port=port, public_url=f"http://127.0.0.1:{port}") as built:
        yield built


@dataclass
class Page(HTMLParser):
    """What a browser makes of an answer."""

    status: int
    headers: dict[str, str]
    source: str
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    described: dict[str, list[str]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    style: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[tuple[str, dict[str, str]]] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "input":
            # As browsers do, whatever "off" says.
            is_filled = given["type"] == "password" and given["autocomplete"] != "new-password"
            self.values[given["name"]] = "kept by the browser" if is_filled else given["value"]
            self.kinds[given["name"]] = given["type"]
            self.described[given["name"]] = given.get("aria-describedby", "").split()
        elif tag == "label":
            self.labels.add(given["for"])
        if tag not in {"input", "meta"}:
            self._inside.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, given = self._inside[-1] if self._inside else ("", {})
        if tag == "style":
            self.style = data
        else:
            self.text += data
        if given.get("id", "").endswith("-error"):
            self.errors[given["id"].removesuffix("-error")] = data


async def fetch(address: str, typed: dict[str, str] | None = None) -> Page:
    async with (
        aiohttp.ClientSession() as session,
        session.request("GET" if typed is None else "POST", address, data=typed) as answer,
    ):
        return Page(answer.status, dict(answer.headers), await answer.text())


async def opened(stage: Stage, button: str = ENTER, title: str = "Integration user") -> tuple[Modal, str]:
    """Press the button; gives the modal and the address it offers."""
    await (await stage.ada.sees(button, timeout=10)).press(button)
    return await address_in(stage, title)


async def address_in(stage: Stage, title: str) -> tuple[Modal, str]:
    modal = await stage.ada.modal(title)
    found = re.search(r"<(http://127\.0\.0\.1:\d+/form/[^|]+)\|", json.dumps(modal.blocks))
    assert found, modal.text
    return modal, found[1]


def ticket_count(stage: Stage) -> int:
    return len(stage.app.database.run_sync(lambda session: session.exec(select(col(TicketRow.digest))).all()))


async def test_a_password_goes_past_slack(pages: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tenant = pages.tenant()
    await pages.to_isu()
    modal, address = await opened(pages)
    assert "Rather not through Slack" in modal.text
    page = await fetch(address)
    assert page.status == 200
    assert page.values == {"user": ISU, "password": ""}
    assert page.kinds == {"user": "text", "password": "password"}
    assert page.labels == {"single_sign_on", "user", "password"}
    assert "not through Slack" in page.text
    assert "Slack cannot hide" not in page.text
    done = await fetch(address, GOOD)
    assert (done.status, "Workday is being asked" in done.text) == (200, True)
    await pages.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU).bad == 0
    assert PASSWORD not in "".join(str(one.payload) for one in pages.slack.delivery.log)
    history = pages.app.database.run_sync(audit.read)
    assert "sent.isu.web" in {line.what for line in history}
    token = address.rpartition("/")[2]
    async with aiohttp.ClientSession() as session, session.get(address.partition("/form")[0] + "/metrics") as answer:
        seen = [await answer.text(), str(history)]
    ours = [record for record in caplog.records if record.name.split(".")[0] in {"bot", "flows", "storage"}]
    seen += [record.getMessage() + str(record.__dict__) for record in ours]
    seen += [str(pages.folder.joinpath("link.db").read_bytes())]
    for text in seen:
        assert token not in text
        assert PASSWORD not in text


async def test_the_page_says_for_whom_and_for_what(tmp_path: Path) -> None:
    port, home = free_port(), "https://vendor.example/security"
    async with staged(tmp_path, port=port, public_url=f"http://127.0.0.1:{port}", security_url=home) as stage:
        await stage.to_isu()
        _, address = await opened(stage)
        page = await fetch(address)
        card = await stage.ada.sees(ENTER)
        await card.choose("press.menu", "Deutsch")
        await stage.ada.sees("Zugangsdaten eingeben", timeout=10)
        german = await fetch(address, {"user": ISU, "password": " blank "})
    for words in ("Wintro · Link Workday · Acme", TENANT, "for 10 more minutes", f'<a href="{home}">'):
        assert words in page.source or words in page.text, words
    for words in ('<html lang="de">', "noch 10 Minuten lang", "oft versehentlich mitkopiert", "Mit Workday prüfen"):
        assert words in german.source, words


async def test_the_page_is_as_strict_as_a_page_can_be(pages: Stage) -> None:
    await pages.to_isu()
    _, address = await opened(pages)
    page = await fetch(address)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    policy = page.headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    unknown = address.rpartition("/")[0] + "/" + "x" * 43
    for answer in (page, await fetch(unknown), await fetch(address, {"user": "x y"})):
        assert answer.headers["Content-Security-Policy"] == policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in answer.headers


async def test_what_is_wrong_is_shown_at_its_field_and_only_the_secret_is_lost(pages: Stage) -> None:
    pages.tenant()
    await pages.to_isu()
    _, address = await opened(pages)
    hostile = '"><script>alert(1)</script>@x'
    page = await fetch(address, {"user": hostile, "password": " blank "})
    assert page.status == 422
    assert page.values == {"user": hostile, "password": ""}
    assert "script" not in page.tags
    assert "space at its start or end" in page.errors["password"]
    assert "password-error" in page.described["password"]
    page = await fetch(address, {"user": "ISU@other", "password": "Blank-4711-secret"})
    assert set(page.errors) == {"user"}
    assert "Blank-4711-secret" not in page.source
    assert (await fetch(address, {"user": "", "password": ""})).errors.keys() == {"user", "password"}
    assert (await fetch(address, {})).status == 422
    assert (await fetch(address, GOOD)).status == 200
    await pages.ada.sees("I've exempted it", timeout=10)


async def test_it_works_once(pages: Stage) -> None:
    tenant = pages.tenant()
    await pages.to_isu()
    _, address = await opened(pages)
    assert [(await fetch(address)).status for _ in range(3)] == [200, 200, 200]
    both = await asyncio.gather(*(fetch(address, GOOD) for _ in range(5)))
    assert sorted(page.status for page in both) == [200, 410, 410, 410, 410]
    await pages.ada.sees("I've exempted it", timeout=10)
    # Of a double click the browser shows the second answer.
    again = await fetch(address, GOOD)
    assert (again.status, "if it was taken, the card there shows the answer" in again.text) == (410, True)
    assert "used already, ten minutes have passed, or the form was opened again" in (await fetch(address)).text
    assert tenant.logins(ISU).good == 1
    assert ticket_count(pages) == 0


async def test_it_works_for_ten_minutes(pages: Stage) -> None:
    await pages.to_isu()
    _, address = await opened(pages)
    await pages.later(minutes=9, seconds=50)
    assert (await fetch(address)).status == 200
    await pages.later(seconds=11)
    assert (await fetch(address)).status == 410
    assert (await fetch(address, GOOD)).status == 410
    assert pages.link.setup.account is None
    await opened(pages)
    assert ticket_count(pages) == 1


async def test_a_newer_page_ends_the_older_one(pages: Stage) -> None:
    await pages.to_isu()
    modal, first = await opened(pages)
    await modal.close()
    _, second = await opened(pages)
    assert (await fetch(first)).status == 410
    assert (await fetch(second)).status == 200


async def test_nobody_tries_for_ever(pages: Stage) -> None:
    await pages.to_isu()
    _, address = await opened(pages)
    answers = [(await fetch(address, {"user": "ISU@other", "password": "x"})).status for _ in range(12)]
    assert answers == [422] * 10 + [410] * 2


async def test_the_rights_are_looked_at_again_when_it_is_sent(pages: Stage) -> None:
    await pages.to_isu()
    _, address = await opened(pages)
    await (await pages.ada.sees("Hand over")).press("Hand over")
    assert (await pages.send(pages.ada, "Hand over", {"Who": "@col"})).closed
    await pages.becomes(lambda now: now.admin is not None and now.admin.user_id == pages.col.user.id)
    page = await fetch(address)
    assert page.status == 403
    assert not page.values
    for form in (GOOD, {}, {"user": "IS U"}):
        page = await fetch(address, form)
        assert page.status == 409
        assert not page.values, "what the new admin types is theirs"
        assert not page.errors
    assert pages.link.setup.account is None
    assert pages.vault() == set()


async def test_another_step_has_another_page(pages: Stage) -> None:
    pages.tenant()
    await pages.to_isu()
    _, address = await opened(pages)
    await (await pages.ada.sees(ENTER)).press("Back")
    await pages.becomes(lambda link: link.step is Step.SERVICE_URL)
    page = await fetch(address, GOOD)
    assert page.status == 409
    assert "has changed since" in page.text


async def test_what_is_no_form_is_refused_early(pages: Stage) -> None:
    await pages.to_isu()
    _, address = await opened(pages)
    async with aiohttp.ClientSession() as session:
        for body, kind, status in (
            (b"user=x&password=y", "text/plain", 415),
            (b'{"user": "x"}', "application/json", 415),
            (b"user=" + b"x" * 17_000, "application/x-www-form-urlencoded", 413),
            (b"&".join(b"a%d=b" % number for number in range(30)), "application/x-www-form-urlencoded", 400),
            (b"user=%ff", "application/x-www-form-urlencoded", 400),
            (b"user=\xff", "application/x-www-form-urlencoded", 400),
        ):
            async with session.post(address, data=body, headers={"Content-Type": kind}) as answer:
                assert answer.status == status, body[:20]
        for path in ("/form/", "/form/x", "/form/" + "x" * 44, "/form/" + "%2e" * 43):
            async with session.get(address.partition("/form")[0] + path) as answer:
                assert answer.status == 404, path
        async with session.put(address) as answer:
            assert answer.status == 405
    assert (await fetch(address)).status == 200


async def test_it_is_offered_only_where_it_can_be_reached(stage: Stage) -> None:
    await stage.to_isu()
    await (await stage.ada.sees(ENTER)).press(ENTER)
    assert "web page" not in (await stage.ada.modal("Integration user")).text
    answer = await stage.sam.command("/link-workday", "web-only on", channel=CHANNEL)
    assert answer
    assert "PUBLIC_URL" in answer.text
    assert not stage.link.web_only
    assert (await fetch(f"http://127.0.0.1:{stage.app.port}/form/{'x' * 43}")).status == 404


async def web_only(stage: Stage, word: str) -> str:
    answer = await stage.sam.command("/link-workday", f"web-only {word}", channel=CHANNEL)
    assert answer
    return answer.text


async def test_staff_make_it_the_only_way(pages: Stage) -> None:
    assert "no Workday link" in await web_only(pages, "on")
    pages.tenant()
    await pages.to_isu()
    await (await pages.ada.sees(ENTER)).press(ENTER)
    before = await pages.ada.modal("Integration user")
    assert "on a web page only" in await web_only(pages, "on")
    assert "how it is already" in await web_only(pages, "on")
    await pages.ada.sees("not through Slack. The buttons on the cards lead there")
    await before.fill({"User name": ISU, "Password": "Through-Slack-4711"})
    outcome = await before.submit()
    assert "on a web page only" in str(outcome.errors)
    assert pages.link.setup.account is None
    assert pages.vault() == set()
    await before.close()
    modal, address = await opened(pages)
    assert modal.values == {}
    assert "submit" not in modal.view.spec
    assert (await fetch(address, GOOD)).status == 200
    await pages.ada.sees("I've exempted it", timeout=10)
    assert "may be entered in Slack, too" in await web_only(pages, "off")
    assert not pages.link.web_only


async def test_where_the_page_is_gone_our_people_let_secrets_into_slack_again(pages: Stage) -> None:
    card = await pages.to_isu()
    assert "on a web page only" in await web_only(pages, "on")
    await pages.stop()
    await pages.start(public_url="")
    await card.press(ENTER)
    await pages.ada.whispered("if there is none, ask")
    assert "may be entered in Slack, too" in await web_only(pages, "off")
    pages.tenant()
    await pages.enter()
    await pages.ada.sees("I've exempted it", timeout=10)


async def test_the_api_client_and_a_new_password_have_their_page_too(pages: Stage) -> None:
    tenant, _ = await to_api_client(pages)
    client, token = registered(tenant)
    _, address = await opened(pages, "Enter the three values", "API client")
    page = await fetch(address)
    assert page.kinds == {"client_id": "text", "client_secret": "password", "refresh_token": "password"}
    typed = {"client_id": client.client_id, "client_secret": client.client_secret, "refresh_token": token}
    page = await fetch(address, typed | {"client_secret": ""})
    assert (page.status, page.values["client_id"]) == (422, client.client_id)
    assert (await fetch(address, typed)).status == 200
    await pages.is_linked()
    await pages.quiet()
    tenant.change_password(ISU, "Brand-New-4711")
    await pages.said()[0].choose("press.menu", "Enter the new password", by=pages.ada)
    _, address = await address_in(pages, "New password")
    page = await fetch(address)
    assert (page.status, page.kinds) == (200, {"password": "password"})
    assert "through Slack to this app" not in page.text
    old = pages.vault()
    assert (await fetch(address, {"password": "Brand-New-4711"})).status == 200
    await pages.becomes(lambda link: not link.attempt.checking and pages.vault() != old)


async def test_looking_burns_nothing(pages: Stage) -> None:
    """Scanners of links look at everything that is shown to somebody, and some look often."""
    await pages.to_isu()
    pages.tenant()
    modal, address = await opened(pages)
    async with aiohttp.ClientSession() as session:
        for number in range(30):
            for method in ("GET", "HEAD", "OPTIONS"):
                async with session.request(method, address, headers={"User-Agent": f"scanner {number}"}) as answer:
                    assert answer.status == (405 if method == "OPTIONS" else 200)
    tries = pages.app.database.run_sync(lambda database: database.exec(select(TicketRow.tries)).all())
    assert tries == [0]
    assert (await fetch(address, GOOD)).status == 200
    assert modal.title


async def test_a_link_that_cannot_be_read_is_no_error_of_the_page(
    pages: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    pages.tenant()
    await pages.to_isu()
    _, address = await opened(pages)

    def damage(session: Session) -> str:
        (row,) = session.exec(select(LinkRow)).all()
        document, row.document = row.document, "{}"
        return document

    def mend(session: Session) -> None:
        session.exec(update(LinkRow).values(document=document))

    document = pages.app.database.run_sync(damage)
    for form in (None, GOOD):
        page = await fetch(address, form)
        assert page.status == 503
        assert "Nothing was changed" in page.text
        assert "cannot read this link right now" in page.text
        assert pages.links() == []
    assert "a link cannot be read" in {record.message for record in caplog.records if record.__dict__.get("link")}
    pages.app.database.run_sync(mend)
    # Nor is a database that is away.
    (pages.folder / "link.db").rename(pages.folder / "away.db")
    page = await fetch(address, GOOD)
    assert page.status == 503
    assert "cannot save anything at the moment" in page.text
    (pages.folder / "away.db").rename(pages.folder / "link.db")
    assert (await fetch(address, GOOD)).status == 200
    await pages.ada.sees("I've exempted it", timeout=10)


async def test_strangers_who_ask_for_pages_let_people_go_first(pages: Stage) -> None:
    waited: list[float] = []
    pages.app.database.on_wait(lambda patience, _seconds: waited.append(patience))
    assert (await fetch(f"http://127.0.0.1:{pages.app.port}/form/{'x' * 43}")).status == 410
    assert COURIER in waited
    assert 0.0 not in waited


async def test_a_zone_that_nobody_knows_breaks_no_form(pages: Stage) -> None:
    for user in ("U0ADA", "U0SAM"):
        pages.slack.world.users[user].tz = "Mars/Base"
    tenant = pages.tenant()
    await pages.to_isu()
    assert pages.link.admin
    assert pages.link.admin.zone == "Mars/Base"
    _, address = await opened(pages)
    assert (await fetch(address, GOOD)).status == 200
    await pages.finish(tenant)
    await pages.days(1)


def marked_up(value: object, name: str = "") -> Iterator[str]:
    """Yield every text that Slack reads for markup."""
    if isinstance(value, str) and name == "text":
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from marked_up(one)
    elif isinstance(value, dict) and value.get("type") != "plain_text":
        for key, one in value.items():
            yield from marked_up(one, key)


async def test_a_name_cannot_pretend_to_be_markup(pages: Stage) -> None:
    name = "<!channel> <@U0EVE> <https://evil.example|Sign in> & \u202egnp\u2066 Co"
    await pages.to_isu(Customer=name)
    _, address = await opened(pages)
    page = await fetch(address)
    assert "<!channel>" in page.text
    assert not {"a", "img"} & set(page.tags)
    sent = [text for call in pages.slack.calls for text in marked_up(dict(call.args), "text")]
    assert any("&lt;!channel&gt;" in text for text in sent)
    for markup in ("<!channel>", "<@U0EVE>", "<https://evil"):
        assert [text for text in sent if markup in text] == []
    everything = json.dumps([call.args for call in pages.slack.calls], ensure_ascii=False)
    assert not {"\u202e", "\u2066"} & set(everything), "nor in headers and labels, which know no markup"
