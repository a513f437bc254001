"""Owns Workday's tasks for API clients, tokens and keys, as the search box opens them; each is a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.acme import HOST, REST_URL, TENANT
from sandbox.page.ground.hand import CLIENT, ISU, KEY_NAME, SCOPES, certificate, client_of, take_client
from sandbox.page.workday.task_shapes import Field, Page, RefusedError, Task, Values, needed, one, ticked
from sandbox.workday import FUNCTIONAL_AREAS, ApiClient

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

NAME, LASTING, SCOPE, OWNED = (
    "Client Name",
    "Non-Expiring Refresh Tokens",
    "Scope (Functional Areas)",
    "Include Workday Owned Scope",
)
GRANT, KEY = "Client Grant Type", "x509 Certificate"
CODE, ASSERTION = "Authorization Code Grant", "Jwt Bearer Grant"
WHICH, WHOSE, GENERATE = "API Client", "Workday Account", "Generate New Refresh Token"
OAUTH, DELEGATED = "OAuth 2.0 Clients Enabled", "Delegated Authentication Enabled"
DISABLED = "Disabled"
ON = ("on",)


def _view(ground: Playground, _values: Values) -> list[Field]:
    clients = ground.tenant.api.by_id.values()
    rows = tuple((one.name, one.client_id, "Yes" if one.disabled else "") for one in clients)
    return [
        Field("Workday REST API Endpoint", "copy", (REST_URL,)),
        Field("Token Endpoint", "copy", (f"https://{HOST}/ccx/oauth2/{TENANT}/token",)),
        Field("API Clients for Integrations", "table", rows=(("API Client", "Client ID", "Disabled"), *rows)),
    ]


def _new_client(_ground: Playground, _values: Values) -> list[Field]:
    return [
        Field(NAME),
        Field(LASTING, "box"),
        Field(SCOPE, "several", options=tuple(FUNCTIONAL_AREAS)),
        Field(OWNED, "box"),
    ]


def _register(ground: Playground, values: Values) -> None:
    needed(values, NAME, SCOPE)
    client = ground.tenant.register_api_client_for_integrations(
        one(values, NAME),
        scopes=values[SCOPE],
        non_expiring_refresh_tokens=ticked(values, LASTING),
        include_workday_owned_scope=ticked(values, OWNED),
    )
    take_client(ground, client)


def _new_client_by_key(ground: Playground, values: Values) -> list[Field]:
    name, _, scopes, _ = _new_client(ground, values)
    grant = Field(GRANT, "choice", (CODE,), (CODE, ASSERTION))
    return [name, grant, Field(KEY, "choice", options=_keys(ground), hint=f"For {ASSERTION}"), scopes]


def _keys(ground: Playground) -> tuple[str, ...]:
    return tuple(ground.tenant.api.public_keys)


def _register_by_key(ground: Playground, values: Values) -> None:
    needed(values, NAME, GRANT, SCOPE)
    if one(values, GRANT) == ASSERTION:
        needed(values, KEY)
    key = one(values, KEY) if one(values, GRANT) == ASSERTION else ""
    client = ground.tenant.register_api_client(one(values, NAME), scopes=values[SCOPE], x509_public_key=key)
    take_client(ground, client)


def _made(ground: Playground, _values: Values) -> list[Field]:
    hint = "Shown once: copy it before you go on"
    return [
        Field("Client ID", "copy", (ground.hand["client_id"],)),
        Field("Client Secret", "copy", (ground.hand["client_secret"],), hint=hint),
    ]


def _pick_client(ground: Playground, _values: Values) -> list[Field]:
    return [Field(WHICH, "choice", options=tuple(one.name for one in ground.tenant.api.by_id.values()))]


def _client(ground: Playground, values: Values) -> ApiClient:
    needed(values, WHICH)
    return next(client for client in ground.tenant.api.by_id.values() if client.name == one(values, WHICH))


def _new_secret(ground: Playground, values: Values) -> None:
    client = _client(ground, values)
    ground.tenant.generate_new_api_client_secret(client)
    take_client(ground, client)


def _pick_token(ground: Playground, values: Values) -> list[Field]:
    return [
        *_pick_client(ground, values),
        Field(WHOSE, "choice", options=tuple(sorted(ground.tenant.accounts.by_name))),
    ]


def _token(ground: Playground, values: Values) -> list[Field]:
    client = _client(ground, values)
    needed(values, WHOSE)
    tokens = ground.tenant.api.refresh_tokens.values()
    there = any(token.client_id == client.client_id and token.account == one(values, WHOSE) for token in tokens)
    hint = "It ends the one that is there" if there else ""
    return [
        Field(WHICH, "note", (client.name,)),
        Field(WHOSE, "note", (one(values, WHOSE),)),
        Field("Refresh Token", "note", ("there is one" if there else "none",)),
        Field(GENERATE, "box", hint=hint),
    ]


def _make_token(ground: Playground, values: Values) -> None:
    if not ticked(values, GENERATE):
        raise RefusedError(GENERATE, f"Tick {GENERATE}.")
    token = ground.tenant.manage_refresh_tokens_for_integrations(_client(ground, values), one(values, WHOSE))
    ground.hand["refresh_token"] = token


def _shown_token(ground: Playground, _values: Values) -> list[Field]:
    return [Field("Refresh Token", "copy", (ground.hand["refresh_token"],))]


def _edit_client(ground: Playground, values: Values) -> list[Field]:
    client = _client(ground, values)
    return [
        Field(SCOPE, "several", tuple(sorted(client.scopes)), tuple(FUNCTIONAL_AREAS)),
        *([Field(KEY, "choice", (client.public_key,), _keys(ground))] if client.takes_assertions else []),
        Field(DISABLED, "box", ON if client.disabled else ()),
    ]


def _change_client(ground: Playground, values: Values) -> str:
    client = _client(ground, values)
    ground.tenant.edit_api_client(
        client,
        scopes=values.get(SCOPE, []),
        disabled=ticked(values, DISABLED),
        x509_public_key=one(values, KEY) or None,
    )
    return f"You have changed the API client {client.name}."


def _set_up(ground: Playground, _values: Values) -> list[Field]:
    return [
        Field(OAUTH, "box", ON if ground.tenant.api.enabled else ()),
        Field(DELEGATED, "box", ON if ground.tenant.delegated_authentication else ()),
    ]


def _change_set_up(ground: Playground, values: Values) -> str:
    ground.tenant.edit_tenant_setup_security(
        oauth_2_clients_enabled=ticked(values, OAUTH), delegated_authentication=ticked(values, DELEGATED)
    )
    return "You have changed the security set-up of the tenant."


def _new_key(_ground: Playground, _values: Values) -> list[Field]:
    return [Field("Name"), Field("Certificate", "area", hint="The whole text, from the line BEGIN CERTIFICATE on")]


def _make_key(ground: Playground, values: Values) -> str:
    needed(values, "Name", "Certificate")
    try:
        ground.tenant.create_x509_public_key(one(values, "Name"), one(values, "Certificate"))
    except ValueError as error:
        raise RefusedError("Certificate", f"Workday says: {error}.") from None
    return f"You have created the key {one(values, 'Name')}."


def _right_client(_ground: Playground) -> dict[str, list[str]]:
    return {NAME: [CLIENT], LASTING: ["on"], SCOPE: list(SCOPES)}


def _right_token(ground: Playground) -> dict[str, list[str]]:
    client = client_of(ground.tenant)
    return {WHICH: [client.name] if client else [], WHOSE: [ISU], GENERATE: ["on"]}


DONE = Page(_made, button="Done")

TASKS = (
    Task("View API Clients", (Page(_view, button="Done"),), "The tenant's addresses, and its API clients."),
    Task(
        "Register API Client for Integrations",
        (Page(_new_client, _register), DONE),
        "Makes the client with which a program reads over REST.",
        _right_client,
    ),
    Task(
        "Register API Client",
        (Page(_new_client_by_key, _register_by_key), DONE),
        "The one for people, and for programs that sign with a key; wrong for refresh tokens.",
        lambda ground: _right_client(ground) | {GRANT: [ASSERTION], KEY: list(_keys(ground)[-1:])},
    ),
    Task(
        "Manage Refresh Tokens for Integrations",
        (Page(_pick_token), Page(_token, _make_token), Page(_shown_token, button="Done")),
        "Makes the token that stands for one account.",
        _right_token,
    ),
    Task(
        "Generate New API Client Secret",
        (Page(_pick_client, _new_secret), DONE),
        "When the old one was not copied.",
        lambda ground: {WHICH: _right_token(ground)[WHICH]},
    ),
    Task(
        "Edit API Client",
        (Page(_pick_client), Page(_edit_client, _change_client)),
        "Scopes of a client, and switching it off.",
        lambda ground: {WHICH: _right_token(ground)[WHICH], SCOPE: list(SCOPES)},
    ),
    Task(
        "Edit Tenant Setup - Security",
        (Page(_set_up, _change_set_up),),
        "Boxes that count for everybody.",
        lambda _ground: {OAUTH: ["on"]},
    ),
    Task(
        "Create x509 Public Key",
        (Page(_new_key, _make_key),),
        "Keeps the certificate of a program that signs instead of sending a password.",
        lambda ground: {"Name": [KEY_NAME], "Certificate": [certificate(ground)]},
    ),
)
