"""Hands finished links to the vendor's backend: encrypted to its key, signed, tried until it is taken."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from joserfc import jwe
from joserfc.jwk import ECKey
from pydantic import SecretStr

from bot.clock import Clock
from bot.config.receiver import Receiver
from bot.encryption import Sealing
from bot.outbox.slack_delivery import Delivered
from bot.outbox.webhooks import DEADLINE, refusal, signed
from bot.slack.delivery_errors import NotNowError
from flows.diagnosis.findings import Proof, RowVerdict
from flows.link.effects import Handed, HandOff, TellStaff
from flows.link.events import HandedOff
from flows.link.rulebook import Rulebook
from flows.link.setup import ExpiryKind, SecretRef, Setup
from flows.link.state import Link
from flows.permissions import Permission, Way
from flows.tenant.account_names import qualified_user
from flows.transitions.handoff import BRINGS_CREDENTIALS
from flows.workday.tokens.assertions import AUDIENCE
from storage import audit_log as audit
from storage import links as store
from storage.credentials.keyring import KeyServiceError
from storage.database.transactions import Database
from storage.outbox import errands
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

SCHEMA = 1
TELL_AFTER = 8
"""Tries after which our own people hear that the backend does not take it."""

LONGEST_WAIT = 3600.0
LONGEST_DIGITS = 9
GONE = "http_410"
"""The backend wants to hear nothing more here."""

KEY_PAUSE = 60.0


def brought(link: Link, tokens_at: str) -> frozenset[SecretRef]:
    """Name the secrets that are brought to the backend; a key is none where tokens are fetched `tokens_at` the app."""
    stays = tokens_at and link.in_use.way is Way.KEY
    return frozenset() if stays else link.in_use.credentials


def payload(
    rules: Rulebook,
    link: Link,
    opened: Mapping[SecretRef, SecretStr],
    errand_id: str,
    what: Handed,
    *,
    broker: str = "",
) -> dict[str, Any]:
    """Collect what the backend gets, with the credentials `opened`; the set-up that is proved, not one being redone.

    `broker` is where tokens are fetched in place of a link's key, empty where the key itself is brought.
    """
    proved = link.in_use
    endpoint, account, api, expiry = proved.endpoint, proved.account, proved.api, proved.expiry
    # What has passed is named by nothing but the news of it, which may be late.
    issue = link.issue if what is Handed.ATTENTION else link.open_issue
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "id": errand_id,
        "type": f"link.{what}",
        "link": {
            "id": link.id,
            "customer": link.customer,
            "environment": proved.environment,
            "profile": proved.profile,
            "absence": proved.absence,
            "linked_at": link.linked.isoformat() if link.linked else None,
        },
        "issue": {"reason": issue.reason, "since": issue.first_seen.isoformat()} if issue else None,
    }
    if what not in BRINGS_CREDENTIALS or endpoint is None or account is None or not proved.can_sign_in:
        return told
    told["sign_in"] = proved.way
    told["workday"] = {
        "host": endpoint.host,
        "tenant": endpoint.tenant,
        "rest_url": endpoint.rest_url,
        "soap_url": endpoint.service_url,
        "token_url": endpoint.token_url,
    }
    told["account"] = {
        "user_name": qualified_user(account.user_name, endpoint.tenant),
        "password": opened[account.secret].get_secret_value() if account.secret in proved.credentials else None,
        "password_exempt": expiry is not None and expiry.kind is ExpiryKind.EXEMPT,
        "password_expires_on": expiry.due.isoformat() if expiry and expiry.due else None,
    }
    told["key"] = _key(proved, opened, broker)
    told["api_client"] = api and {
        "client_id": api.client_id,
        "client_secret": opened[api.secret].get_secret_value(),
        "refresh_token": opened[api.refresh_token].get_secret_value(),
    }
    found = {row.permission_id: row for row in proved.matrix.rows} if proved.matrix else {}
    told["permissions"] = [
        {"policy": row.policy, "access": row.access, "left_out": proved.left_out.get(row.id)}
        | _known(row, found.get(row.id))
        for row in rules.permissions.rows(proved.profile, absence=proved.absence)
    ]
    return told


def _key(proved: Setup, opened: Mapping[SecretRef, SecretStr], broker: str) -> dict[str, str | None] | None:
    """Return what a backend needs to sign in with a key; with a broker its private half is not among it."""
    key, expiry = proved.key, proved.expiry
    if proved.way is not Way.KEY or key is None or key.private is None:
        return None
    return {
        "client_id": key.client_id,
        "audience": AUDIENCE,
        "certificate": key.certificate,
        "certificate_ends_on": expiry.due.isoformat() if expiry and expiry.due else None,
        "private_key": None if broker else opened[key.private].get_secret_value(),
        "token_broker": broker or None,
    }


def _known(row: Permission, found: RowVerdict | None) -> dict[str, str | bool | None]:
    """Tell what is known of a permission: `proved` is the whole access, `answer` what Workday said else."""
    proof = found.proof(row.access) if found else Proof.UNASKED
    said = found.evidence.fault if found and found.evidence and proof is not Proof.GRANTED else None
    return {"proved": proof is Proof.GRANTED, "known": proof, "answer": said or None}


def sealed(told: dict[str, Any], key: ECKey) -> str:
    """Encrypt a payload to the backend: JWE, ECDH-ES+A256KW with A256GCM; `kid` is the key's RFC 7638 thumbprint."""
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "typ": "JWE", "kid": key.thumbprint()}
    return jwe.encrypt_compact(header, json.dumps(told), key)


class Backend:
    """Carries out `HandOff`; without a receiver there is nobody to tell."""

    def __init__(
        self,
        database: Database,
        sealing: Sealing,
        rules: Rulebook,
        clock: Clock,
        *,
        receiver: Receiver | None,
        client: httpx.AsyncClient,
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._rules = rules
        self._clock = clock
        self._receiver = receiver
        self._client = client

    async def bring(self, errand: Errand, effect: HandOff) -> Delivered:
        """Send once; the receiver knows a repeated one by its `webhook-id`. Raises NotNowError until it is taken."""
        receiver = self._receiver
        link = await self._database.run(lambda session: store.load(session, errand.link_id))
        if receiver is None or link is None:
            return Delivered()
        if link.frozen and effect.what in BRINGS_CREDENTIALS:
            # Nothing opens them now, and all of it is brought when the link goes on.
            return Delivered()
        if effect.what is Handed.AUDIT_HEAD:
            return await self._send(errand, receiver, await self._head(errand.id)) or Delivered()
        try:
            opened = await self._sealing.open(
                brought(link, receiver.tokens_at) if effect.what in BRINGS_CREDENTIALS else ()
            )
        except KeyServiceError as error:
            log.warning("a link cannot be handed off yet", extra={"link": link.id, "why": str(error)})
            raise NotNowError(KEY_PAUSE, "no_key") from None
        told = payload(self._rules, link, opened, errand.id, effect.what, broker=receiver.tokens_at)
        if effect.what in BRINGS_CREDENTIALS and "account" not in told:
            # Forgotten or cancelled meanwhile: there is an errand of its own about that.
            return Delivered()
        refused = await self._send(errand, receiver, told)
        return refused or Delivered(event=HandedOff(what=effect.what, refs=frozenset(opened)))

    async def _head(self, errand_id: str) -> dict[str, Any]:
        at = self._clock()
        head = await self._database.run(lambda session: audit.head(session, at))
        named = {"at": at.isoformat(timespec="microseconds"), "links": head.links, "lines": head.lines}
        return {"schema": SCHEMA, "id": errand_id, "type": "audit.head", "audit": {**named, "head": head.digest}}

    async def _send(self, errand: Errand, receiver: Receiver, told: dict[str, Any]) -> Delivered | None:
        """Send one payload; None when it was taken, `Delivered` when nothing more is wanted there."""
        at = self._clock()
        body = json.dumps(
            {"type": told["type"], "timestamp": at.isoformat(), "data": {"jwe": sealed(told, receiver.key)}}
        ).encode()
        code, asked = await self._post(receiver, signed(errand.id, at, body, receiver.secret), body)
        if not code:
            return None
        log.warning("the backend did not take a link", extra={"link": errand.link_id, "code": code})
        if code == GONE or errand.tries == TELL_AFTER:
            notice = TellStaff(key="staff.handoff_gone" if code == GONE else "staff.handoff", names={"code": code})
            await self._database.run(lambda session: errands.enqueue(session, errand.link_id, (notice,), at))
        if code == GONE:
            return Delivered()
        raise NotNowError(min(max(2.0**errand.tries, asked), LONGEST_WAIT), code)

    async def _post(self, receiver: Receiver, headers: dict[str, str], body: bytes) -> tuple[str, float]:
        """Return a code when it was not taken, and how long to wait at least; see `refusal`."""
        try:
            async with (
                asyncio.timeout(DEADLINE),
                self._client.stream("POST", receiver.url.get_secret_value(), headers=headers, content=body) as answer,
            ):
                return await refusal(answer), pause_of(answer.headers.get("retry-after", ""), self._clock())
        except (httpx.HTTPError, TimeoutError) as error:
            return type(error).__name__, 0


def pause_of(retry_after: str, now: datetime) -> float:
    """Parse a Retry-After, seconds or a date, into seconds from now; 0 for what is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:LONGEST_DIGITS])
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    return max((until - now).total_seconds(), 0) if until.tzinfo else 0
