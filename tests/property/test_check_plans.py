"""Whatever a link still holds of other ways to sign in, a check sends nothing of them."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

import sandbox.workday as wd
from bot.outbox.check_plans import needed, planned
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking
from flows.link.setup import Account, ApiAccess, KeyPair, SecretRef
from flows.link.state import Link
from flows.link.steps import row_of
from flows.permissions import Way
from flows.workday.check_run import Workday
from flows.workday.network import Answer, Call, Network
from flows.workday.origins import Origins
from tests.support.key_pair import pair
from tests.support.links import ENDPOINT, RULES, a_link

ISU, SCOPES = "ISU_Wintro", RULES.permissions.profile("absence").scopes
OPENED = {
    SecretRef("password"): "a password of the account",
    SecretRef("candidate"): "another password, on trial",
    SecretRef("secret"): "the client's own secret",
    SecretRef("token"): "a refresh token that lasts",
    SecretRef("private"): pair().private_pem,
}
OWN = {
    Way.PASSWORD: {"password", "candidate", "secret", "token"},  # over REST it has an API client beside the password
    Way.REFRESH_TOKEN: {"secret", "token"},
    Way.KEY: {"private"},
}


class Heard(Network):
    """The network of the app, which remembers what it was given to send."""

    def __init__(self, origins: Origins) -> None:
        super().__init__(origins, deadline=5)
        self.calls: list[Call] = []

    async def send(self, call: Call) -> Answer:
        self.calls.append(call)
        return await super().send(call)

    def said(self) -> str:
        """Give everything that was sent, and what HTTP Basic hides of it."""
        text = "\n".join(f"{call.path}\n{dict(call.headers)}\n{call.content.decode()}" for call in self.calls)
        basic = {call.headers.get("Authorization", "") for call in self.calls}
        plain = (base64.b64decode(one.removeprefix("Basic ")).decode() for one in basic if one.startswith("Basic "))
        return "\n".join((text, *plain)).replace("+", " ")


def holding(way: Way, kind: CheckKind, *, candidate: bool, absence: bool, writes: bool) -> tuple[Link, Checking]:
    link = a_link(
        way=way,
        profile="recruiting",
        absence=absence,
        writes=writes,
        endpoint=ENDPOINT,
        account=Account(
            user_name=ISU, secret=SecretRef("password"), candidate=SecretRef("candidate") if candidate else None
        ),
        api=ApiAccess(client_id="client", secret=SecretRef("secret"), refresh_token=SecretRef("token")),
        key=KeyPair(certificate="", private=SecretRef("private"), client_id="key client"),
    )
    return link, Checking(id="c", kind=kind, endpoints=(ENDPOINT,), since=datetime.now(UTC))


async def sent(link: Link, checking: Checking, *, refused: bool) -> tuple[str, set[str]]:
    """Carry out a check against a Workday that takes every credential, or none."""
    async with wd.WorkdaySandbox() as workday:
        tenant, now = workday.tenant(ENDPOINT.tenant), datetime.now(UTC)
        opened = {ref: SecretStr(value) for ref, value in OPENED.items()}
        if not refused:
            account = link.setup.account
            password = OPENED[account.candidate or SecretRef("password")] if account else ""
            tenant.create_integration_system_user(ISU, password)
            tenant.create_x509_public_key("key", pair().certificate(now))
            key = tenant.register_api_client("key", scopes=SCOPES, x509_public_key="key")
            api = tenant.register_api_client_for_integrations("token", scopes=SCOPES)
            token = tenant.manage_refresh_tokens_for_integrations(api, ISU)
            opened |= {SecretRef("secret"): SecretStr(api.client_secret), SecretRef("token"): SecretStr(token)}
            assert link.setup.api
            assert link.setup.key
            setup = replace(link.setup, api=replace(link.setup.api, client_id=api.client_id))
            link = replace(link, setup=replace(setup, key=replace(link.setup.key, client_id=key.client_id)))
        network = Heard(Origins.parse(f"{ENDPOINT.host}={workday.origin}"))
        await Workday(network, pace=0).run(planned(link, checking, opened, RULES, now))
        await network.aclose()
        foreign = {str(ref) for ref, secret in opened.items() if _is_in(secret.get_secret_value(), network.said())}
        return network.said(), foreign


def _is_in(secret: str, said: str) -> bool:
    return any(line in said for line in secret.splitlines() if not line.startswith("-----"))


@settings(max_examples=20)
@given(
    way=st.sampled_from(Way),
    kind=st.sampled_from([kind for kind in CheckKind if kind is not CheckKind.API]),
    candidate=st.booleans(),
    absence=st.booleans(),
    writes=st.booleans(),
    refused=st.booleans(),
)
def test_no_way_of_signing_in_sends_what_belongs_to_another(
    way: Way, kind: CheckKind, *, candidate: bool, absence: bool, writes: bool, refused: bool
) -> None:
    link, checking = holding(way, kind, candidate=candidate, absence=absence, writes=writes)
    assert {str(ref) for ref in needed(link, checking)} <= OWN[way]
    said, seen = asyncio.run(sent(link, checking, refused=refused))
    assert seen <= OWN[way], way
    assert "private" not in seen, "a key signs and is never sent"
    if row_of(link.setup).bearer:
        assert "UsernameToken" not in said
    assert ("assertion=" in said) is (way is Way.KEY)
