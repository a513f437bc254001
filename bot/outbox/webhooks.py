"""Signs what goes to the vendor's own systems, and posts news there that must not depend on Slack; keeps nothing."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime

import httpx
from pydantic import SecretStr

from bot.clock import Clock
from bot.config.receiver import signing_keys
from flows.workday.outbound import Outbound

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds that a receiver may be silent."""

WEB_PAGE = "web_page"
_PAGES = (b"<!doctype html", b"<html")
LONGEST_START = 512

DEADLINE = 20.0
"""Seconds for all of it, as one that drips is never silent; a third of an errand's lease."""


def signed(message_id: str, at: datetime, body: bytes, secret: SecretStr) -> dict[str, str]:
    """Return the headers of the Standard Webhooks convention, with one signature for each of the secrets."""
    stamp = str(int(at.timestamp()))
    message = b".".join((message_id.encode(), stamp.encode(), body))
    macs = (hmac.digest(key, message, "sha256") for key in signing_keys(secret))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs),
        "content-type": "application/json",
    }


async def refusal(answer: httpx.Response) -> str:
    """Return a code when an answer, whose body is not read yet, says that it was not taken, else an empty text."""
    if not answer.is_success:
        return f"http_{answer.status_code}"
    label, start = answer.headers.get("content-type", ""), b""
    if is_page(label, _PAGES[0]):
        async for part in answer.aiter_bytes():
            start = (start + part)[:LONGEST_START]
            if len(start) == LONGEST_START:
                break
    return WEB_PAGE if is_page(label, start) else ""


def is_page(label: str, start: bytes) -> bool:
    """Tell whether people were answered: a log-in or a portal before the receiver, which has heard of nothing.

    The label alone says little, as frameworks put it on a bare `OK`, too.
    """
    return "html" in label.lower() and start.lstrip().lower().startswith(_PAGES)


def client_to(url: SecretStr, outbound: Outbound) -> httpx.AsyncClient:
    """Return a client for one receiver: by the proxy and the authorities of this deployment, and nowhere else."""
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        verify=outbound.tls,
        proxy=outbound.proxy_for(httpx.URL(url.get_secret_value()).host) or None,
        trust_env=False,
        follow_redirects=False,
    )


class News:
    """Posts to NOTIFY_URL; without an address nothing is taken."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, *, url: SecretStr, secret: SecretStr) -> None:
        self._client = client
        self._clock = clock
        self._url = url
        self._secret = secret

    async def tell(self, message_id: str, kind: str, data: Mapping[str, object]) -> bool:
        """Post once; True when it was taken. A receiver knows a repeated one by its `webhook-id`."""
        url = self._url.get_secret_value()
        if not url:
            return False
        at = self._clock()
        body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}).encode()
        headers = signed(message_id, at, body, self._secret)
        try:
            async with (
                asyncio.timeout(DEADLINE),
                self._client.stream("POST", url, headers=headers, content=body) as answer,
            ):
                why = await refusal(answer)
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            why = type(error).__name__
        if why:
            # Without the address, as it may hold a token.
            log.warning("NOTIFY_URL did not take the news", extra={"kind": kind, "why": why})
        return not why
