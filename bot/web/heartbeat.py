"""Tells a dead man's switch outside that the app works; says nothing when it does not."""

from __future__ import annotations

import logging

import aiohttp
from pydantic import SecretStr

log = logging.getLogger(__name__)


async def ping(session: aiohttp.ClientSession, url: SecretStr) -> None:
    """Call the switch once; a failure is logged without the address, as whoever knows it could call instead of us."""
    try:
        async with session.get(url.get_secret_value(), allow_redirects=False) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("the heartbeat could not be sent", extra={"why": type(error).__name__})
        return
    if not 200 <= status < 300:  # noqa: PLR2004  the range of success
        log.warning("the heartbeat was refused", extra={"status": status})
