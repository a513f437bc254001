"""Owns the pitfalls of the API client and its tokens: what each changes, and how it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.ground import hand
from sandbox.page.ground.hand import ISU, SCOPES
from sandbox.page.trouble.switches import Stage, Switch

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground
    from sandbox.workday import ApiClient

PERSON = "olund"


def _client(ground: Playground) -> ApiClient:
    hand.make_client(ground)
    client = hand.client_of(ground.tenant)
    if client is None:
        raise LookupError("there is no API client")
    hand.take_client(ground, client)
    return client


def _mended(ground: Playground) -> None:
    """Hold the right client's values again, with a token that counts."""
    ground.hand["refresh_token"] = ground.tenant.manage_refresh_tokens_for_integrations(_client(ground), ISU)


def _other_task(ground: Playground) -> None:
    _client(ground)
    hand.take_client(ground, ground.tenant.register_api_client("By the other task", scopes=SCOPES))


def _persons_token(ground: Playground) -> None:
    client = _client(ground)
    if PERSON not in ground.tenant.accounts.by_name:
        ground.tenant.create_workday_account_for_worker("21003", PERSON, "his own")
    ground.hand["refresh_token"] = ground.tenant.manage_refresh_tokens_for_integrations(client, PERSON)


def _scope_missing(ground: Playground) -> None:
    ground.tenant.edit_api_client(_client(ground), scopes=[one for one in SCOPES if one != "Time Off and Leave"])


def _scope_there(ground: Playground) -> None:
    ground.tenant.edit_api_client(_client(ground), scopes=SCOPES)


def _oauth_off(ground: Playground) -> None:
    _client(ground)
    ground.tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False)


def _oauth_on(ground: Playground) -> None:
    ground.tenant.edit_tenant_setup_security(oauth_2_clients_enabled=True)


def _secret_not_copied(ground: Playground) -> None:
    _client(ground)
    ground.hand |= {"client_secret": "what-the-clipboard-held"}


def _new_secret(ground: Playground) -> None:
    client = _client(ground)
    ground.hand["client_secret"] = ground.tenant.generate_new_api_client_secret(client)


def _segmented(ground: Playground) -> None:
    _client(ground)
    ground.tenant.segment_leave_types()


def _whole(ground: Playground) -> None:
    ground.tenant.leave_types_are_segmented = False


PITFALLS = (
    Switch(
        number="P16",
        slug="client-for-people",
        title="The API client was made with the task for people",
        tells="Workday says that this client may not do it; the card names the task that it takes.",
        stage=Stage.CLIENT,
        shows="Make a new one",
        on=_other_task,
        off=_mended,
    ),
    Switch(
        number="P17",
        slug="persons-token",
        title="The refresh token is a person's",
        tells="The app compares whose token it is with the integration user.",
        stage=Stage.CLIENT,
        shows="made for another account",
        on=_persons_token,
        off=_mended,
    ),
    Switch(
        number="P18",
        slug="scope-missing",
        title="The API client lacks a scope",
        tells="The permission is there, and the client is not allowed to use it.",
        stage=Stage.CLIENT,
        shows="scope",
        on=_scope_missing,
        off=_scope_there,
    ),
    Switch(
        number="P19",
        slug="oauth-switched-off",
        title="The tenant has OAuth switched off",
        tells="Workday knows no client at all; the card names the box to tick.",
        stage=Stage.CLIENT,
        shows="OAuth 2.0 Clients Enabled",
        on=_oauth_off,
        off=_oauth_on,
    ),
    Switch(
        number="P20",
        slug="secret-not-copied",
        title="The page with the client secret was left before it was copied",
        tells="It is shown once only; the card names the task that makes a new one.",
        stage=Stage.CLIENT,
        shows="Generate New API Client Secret",
        on=_secret_not_copied,
        off=_new_secret,
    ),
    Switch(
        number="P26",
        slug="segmented-leave",
        title="The types of time off are segmented",
        tells="Workday answers as if nobody had time off, so nothing can be claimed; the card warns before.",
        stage=Stage.CLIENT,
        shows="Workday is linked",
        passes=True,
        on=_segmented,
        off=_whole,
    ),
)
