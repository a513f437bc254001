"""How `check` tries the ways in and out: handshakes, a signed ping, Slack's own question; it concludes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from base64 import b64encode
from datetime import datetime
from ssl import SSLContext
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.config.receiver import Receiver
from bot.config.settings import Settings
from bot.outbox.handoff import SCHEMA, sealed
from bot.outbox.webhooks import LONGEST_START, is_page, signed
from bot.web.routes import SIGNATURE, STAMP
from flows.workday.outbound import Outbound

SECONDS = 5.0
"""How long an address may take to answer."""

FAILURES = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


async def unreachable(url: str, outbound: Outbound) -> str:
    """Return why nobody answers at an address; nothing is sent there but the handshake of TLS."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    context = outbound.tls if is_tls else None
    try:
        async with asyncio.timeout(SECONDS):
            if proxy := outbound.proxy_for(host):
                return await _refusal(urlsplit(proxy), host, port, context)
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    writer.close()
    return ""


async def _refusal(proxy: SplitResult, host: str, port: int, context: SSLContext | None) -> str:
    """Ask a proxy for a connection, and shake hands there; returns its status where it says no."""
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    with contextlib.closing(writer):
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if proxy.username:
            who = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {b64encode(who).decode()}")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            return type(error).__name__
        status = head.decode("latin-1").partition(" ")[2][:3]
        if status != "200":
            return f"the proxy says {status}" if status.isdecimal() else "the proxy speaks no HTTP"
        if context:
            await writer.start_tls(context, server_hostname=host)
    return ""


async def greeted_by_socket(session: aiohttp.ClientSession, address: str, outbound: Outbound) -> str:
    """Return why Socket Mode does not get as far as Slack's hello; the connection ends with it.

    Should Slack send something in that very moment, it is not acknowledged, and Slack sends it to another connection.
    """
    try:
        async with (
            asyncio.timeout(SECONDS * 2),
            session.ws_connect(address, proxy=_proxy(address, outbound), ssl=outbound.tls) as socket,
        ):
            told = await socket.receive_json()
    except (*FAILURES, TypeError) as error:
        return type(error).__name__
    return "" if isinstance(told, dict) and told.get("type") == "hello" else "it says no hello"


async def challenged(session: aiohttp.ClientSession, settings: Settings, url: str, now: datetime) -> int | str:
    """Ask the request URL as Slack does: 0 when it is answered, else the status, or why there is none."""
    challenge, stamp = secrets.token_hex(8), str(int(now.timestamp()))
    body = json.dumps({"type": "url_verification", "token": "", "challenge": challenge})
    verifier = SignatureVerifier(settings.slack_signing_secret.get_secret_value())
    signature = verifier.generate_signature(timestamp=stamp, body=body) or ""
    headers = {"Content-Type": "application/json", STAMP: stamp, SIGNATURE: signature}
    status = await _asked(session, "POST", url, settings.outbound, headers=headers, body=body, wanted=challenge)
    return 0 if status == 200 else status  # noqa: PLR2004  answered as Slack wants it


async def published(session: aiohttp.ClientSession, url: str, outbound: Outbound) -> int | str:
    """Ask for what anybody may read there: 0 when it comes, else the status, or why there is none."""
    status = await _asked(session, "GET", url, outbound, wanted='"keys"')
    return 0 if status == 200 else status  # noqa: PLR2004  it is there


async def pinged(session: aiohttp.ClientSession, receiver: Receiver, outbound: Outbound, now: datetime) -> int | str:
    """Send the backend a signed ping, encrypted as links are: 0 when it is taken, else the status, or why none came."""
    message_id = f"ping-{secrets.token_hex(8)}"
    told = {"schema": SCHEMA, "id": message_id, "type": "ping"}
    data = {"jwe": sealed(told, receiver.key)}
    body = json.dumps({"type": "ping", "timestamp": now.isoformat(), "data": data})
    headers = signed(message_id, now, body.encode(), receiver.secret)
    url = receiver.url.get_secret_value()
    status = await _asked(session, "POST", url, outbound, headers=headers, body=body)
    return 0 if isinstance(status, int) and 200 <= status < 300 else status  # noqa: PLR2004  the range of success


async def _asked(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    outbound: Outbound,
    *,
    headers: dict[str, str] | None = None,
    body: str | None = None,
    wanted: str = "",
) -> int | str:
    """Return the status of an answer, or why there is none that holds what is `wanted`; never an address."""
    try:
        async with (
            asyncio.timeout(SECONDS * 2),
            session.request(
                method,
                url,
                data=body,
                headers=headers,
                allow_redirects=False,
                proxy=_proxy(url, outbound),
                ssl=outbound.tls,
            ) as answer,
        ):
            start = await answer.content.read(LONGEST_START) if answer.ok else b""
            if is_page(answer.headers.get("content-type", ""), start):
                return "a web page"
            if answer.status == 200 and wanted not in start.decode("latin-1"):  # noqa: PLR2004
                return "another program answers"
            return answer.status
    except FAILURES as error:
        return type(error).__name__


def _proxy(url: str, outbound: Outbound) -> str | None:
    return outbound.proxy_for(urlsplit(url).hostname or "") or None
