"""Writes down what a check of a link asks and with which secrets, those of its own way alone; it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import SecretStr

from flows.cards.placeholders import rows_of
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking
from flows.link.rulebook import Rulebook
from flows.link.setup import SecretRef, Setup
from flows.link.state import Link
from flows.link.steps import row_of
from flows.permissions import Way
from flows.workday.check_plan import CheckPlan
from flows.workday.rest import ApiClient, Grant
from flows.workday.tokens.assertions import KeyClient


def planned(
    link: Link, checking: Checking, opened: Mapping[SecretRef, SecretStr], rules: Rulebook, now: datetime
) -> CheckPlan:
    """Write down what to ask; raises ValueError for what no request can be made of."""
    account = link.setup.account
    bearer = row_of(link.setup).bearer
    ref = (account.candidate or account.secret) if account and not bearer else None
    client = grant_of(link.setup, opened)
    return CheckPlan(
        kind=checking.kind,
        endpoints=checking.endpoints,
        user=account.user_name if account else "",
        password=opened[ref] if ref and opened else None,
        rows=rows_of(link, rules),
        api=client,
        bearer=bearer,
        fresh=checking.kind is CheckKind.LOGIN,
        probe_writes=link.writes,
        deep_at=now if client else None,
        at=now,
        address_proved=link.setup.endpoint is not None and checking.endpoints == (link.setup.endpoint,),
    )


def needed(link: Link, checking: Checking) -> frozenset[SecretRef]:
    """Name the secrets that a check sends; whether an address answers is asked without any."""
    if checking.kind is CheckKind.REACH:
        return frozenset()
    account = link.setup.account
    if account is None or account.candidate is None or row_of(link.setup).bearer:
        return link.setup.credentials
    return replace(link.setup, account=replace(account, secret=account.candidate)).credentials


def grant_of(setup: Setup, opened: Mapping[SecretRef, SecretStr]) -> Grant | None:
    """Return what a set-up asks for access tokens with, from its opened secrets; None where it has nothing."""
    api, key, account = setup.api, setup.key, setup.account
    if setup.way is Way.KEY:
        private = opened.get(key.private) if key and key.private else None
        if key is None or account is None or private is None:
            return None
        return KeyClient(client_id=key.client_id, user=account.user_name, private_key=private)
    if api is None or not opened:
        return None
    return ApiClient(client_id=api.client_id, client_secret=opened[api.secret], refresh_token=opened[api.refresh_token])
