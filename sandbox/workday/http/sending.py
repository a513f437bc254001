"""Owns putting an answer on the wire, well or badly; must not decide what it says."""

import asyncio

from aiohttp import web

from sandbox.workday.http.answer import Answer, standing_headers
from sandbox.workday.http.oddities import Oddity

DRIP = 16


async def send(request: web.Request, answer: Answer, oddity: Oddity | None, drip_seconds: float) -> web.StreamResponse:
    """Send the answer; some oddities need the hand on the wire."""
    if oddity in {Oddity.CONNECTION_CUT, Oddity.CONNECTION_CUT_AFTER_WORK}:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    headers = {"Content-Type": answer.content_type, **standing_headers(), **answer.headers}
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.enable_chunked_encoding()
    await response.prepare(request)
    if oddity is Oddity.SLOW_DRIP:
        for start in range(0, len(answer.body), DRIP):
            await response.write(answer.body[start : start + DRIP])
            await asyncio.sleep(drip_seconds)
    elif answer.body:
        await response.write(answer.body)
    await response.write_eof()
    return response
