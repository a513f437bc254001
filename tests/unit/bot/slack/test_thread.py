"""What is posted in a channel is compared with the secrets of all its links, and warned of once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.slack import Shape
from tests.support.backdrop import CHANNEL, PASSWORD, REST_URL
from tests.support.stage import staged
from tests.support.vault_server import TOKEN, TransitServer, serve

OTHER = "Kestrel#2026-harbor"


@pytest.mark.parametrize("shape", [Shape.FORWARDED, Shape.SNIPPET, Shape.WORKFLOW])
async def test_every_shape_in_the_channel_itself(tmp_path: Path, shape: Shape) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_expiry()
        await stage.ada.posts(shape, f"password: {PASSWORD}", channel=CHANNEL)
        await stage.ada.whispered("password or a key")
        await stage.ada.sees("Enter the new password")
        assert not stage.vault()
        assert len(stage.ada.whispers) == 1


async def test_a_password_edited_in_is_dropped(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_expiry()
        said = await stage.ada.says("wait a moment", channel=CHANNEL)
        await stage.ada.edits(said, f"pw: {PASSWORD}")
        whisper = await stage.ada.whispered("looks like a password")
        assert whisper.thread_ts is None
        await stage.ada.sees("Enter the new password")
        assert not stage.vault()


async def test_ordinary_talk_opens_no_sealed_secret(tmp_path: Path) -> None:
    with serve(TransitServer()) as vault:
        vault.create("link-workday")
        keys: dict[str, Any] = {"vault_addr": vault.url, "credential_keys": "hsm:vault:link-workday"}
        async with staged(tmp_path, vault_token=TOKEN, **keys) as stage:
            await stage.to_linked()
            await stage.quiet()
            asked, link = len(vault.asked), stage.link
            card = await stage.ada.sees("Workday is linked")
            for text in ("On it, back after lunch", "Status=500 since 2026-11-23", "see https://acme.com/x?id=7"):
                await stage.ada.says(text, thread=card)
                await stage.ada.posts(Shape.APP_BLOCKS, text, channel=CHANNEL)
            await stage.ada.says(PASSWORD[:-1], thread=card)
            await stage.quiet()
            assert len(vault.asked) == asked
            assert stage.link.setup == link.setup
            assert stage.vault()
            await stage.ada.says(f"so {PASSWORD}", thread=card)
            await stage.becomes(lambda link: link.setup.burnt)
            assert len(vault.asked) == asked


async def test_the_secret_of_another_link_of_the_channel_is_known(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_expiry()
        await stage.begin(Customer="Acme Two")
        first, second = stage.links()
        card = await stage.ada.sees("I can do this")
        await stage.ada.mentions_bot("and now?", channel=CHANNEL)
        await stage.ada.sees("Press I can do this: start on the card above")
        await stage.ada.sees("Add the user under Maintain Password Rules")
        before = len(stage.said())
        await stage.ada.mentions_bot("what is an ISU?", channel=CHANNEL)
        await stage.ada.sees("is an account for programs")
        await stage.quiet()
        assert len(stage.said()) == before + 1, "one answer, as it is the same for both"
        await stage.ada.says(f"the other one is {PASSWORD}", thread=card)
        await stage.ada.whispered("looks like a password")
        await stage.ada.sees("Enter the new password")
        await stage.quiet()
        assert not stage.vault()
        assert [link.setup.burnt for link in stage.links()] == [True, False]
        assert len(stage.ada.whispers) == 1
        assert (first.id, second.id) == tuple(link.id for link in stage.links())


async def test_an_address_said_in_the_channel_goes_to_the_link_that_waits_for_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_expiry()
        card = await stage.begin(Customer="Acme Two")
        await card.press("I can do this")
        await stage.ada.sees("Paste the URL")
        await stage.ada.mentions_bot(f"{REST_URL}2", channel=CHANNEL)
        await stage.ada.sees("acme_dpt12")
        await stage.quiet()
        assert [bool(link.attempt.tried) for link in stage.links()] == [False, True]
        assert "is another one" not in stage.ada.screen()


async def test_what_was_posted_in_one_link_is_refused_in_the_other(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_isu()
        card = await stage.ada.sees("Enter user name and password")
        await stage.begin(Customer="Acme Two")
        await stage.ada.says(f"password: {OTHER}", thread=await stage.ada.sees("I can do this"))
        await stage.ada.whispered("looks like a password")
        await stage.quiet()
        asked = len(stage.workday.requests)
        await card.press("Enter user name and password")
        refused = await stage.send(stage.ada, "Integration user", {"User name": "ISU_Wintro", "Password": OTHER})
        assert list(refused.errors) == ["Password"]
        assert len(stage.workday.requests) == asked
