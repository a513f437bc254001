"""A secret in the wrong field of a form: refused at once, in no message and no database, before and after."""

from __future__ import annotations

from flows.link.state import Step
from tests.support.api_client import registered, to_api_client
from tests.support.backdrop import ISU, PASSWORD
from tests.support.stage import Stage

SECRET = "Harbor_fog!123"


def lies_nowhere(stage: Stage, secret: str) -> bool:
    """Tell whether neither the database nor a message of the app holds a secret."""
    stored = b"".join(path.read_bytes() for path in stage.folder.iterdir() if path.is_file())
    return secret.encode() not in stored and all(secret not in message.text for message in stage.said())


async def test_name_and_password_are_swapped(stage: Stage) -> None:
    stage.tenant()
    card = await stage.to_isu()
    await card.press("Enter user name")
    modal = await stage.ada.modal("Integration user")
    await modal.fill({"User name": SECRET, "Password": ISU})
    outcome = await modal.submit()
    assert "This looks like a password" in str(outcome.errors)
    assert "This is the user name" in str(outcome.errors)
    assert SECRET not in str(outcome.errors)
    before = stage.link.setup
    assert before.account is None
    assert not stage.vault()
    assert lies_nowhere(stage, SECRET)
    await modal.fill({"User name": f"`{ISU}`.", "Password": PASSWORD})
    assert (await modal.submit()).closed
    await stage.ada.sees("I've exempted it", timeout=10)
    after = stage.link.setup
    assert after.account
    assert after.account.user_name == ISU


async def test_a_client_secret_is_no_client_id(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    client, token = registered(tenant)
    await card.press("Enter the three values")
    modal = await stage.ada.modal("API client")
    for typed in (client.client_secret, token, "6d1f8s9a0d8f7g", "plumtree"):
        await modal.fill({"Client ID": typed, "Client Secret": client.client_id, "Refresh Token": token})
        outcome = await modal.submit()
        assert "Nothing was kept" in str(outcome.errors)
        assert stage.link.step is Step.API_CLIENT
        assert stage.link.setup.api is None
        assert lies_nowhere(stage, typed)
