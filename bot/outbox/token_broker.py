"""Fetches short-lived access tokens for the vendor's backend, so that a link's key never leaves; keeps no token."""

from __future__ import annotations

import base64
import hmac
import json
import logging
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import web

from bot.clock import Clock
from bot.config.receiver import Receiver, signing_keys
from bot.encryption import Sealing
from bot.outbox.check_plans import grant_of
from bot.outbox.handoff import sealed
from bot.web.connections import DOOR
from flows.diagnosis.answer_rules import diagnose
from flows.link.state import Link, Status, Step
from flows.permissions import Way
from flows.workday.check_run import Workday
from storage import links as store
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyServiceError
from storage.database.transactions import Database
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 300
LONGEST_STAMP: Final = 20


class Broker:
    """Answers whoever signs like the hand-off does; what it says can be read only with the backend's own key."""

    def __init__(
        self, database: Database, sealing: Sealing, clock: Clock, workday: Workday, receiver: Receiver
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._workday = workday
        self._receiver = receiver

    async def answer(self, request: web.Request) -> web.Response:
        """Answer `{"link": id}` with `{"jwe": …}`: an access token, or the reason why there is none."""
        if not self._is_fresh(request):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        body = await request.app[DOOR].read(request)
        if not self._is_signed(request, body):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        try:
            link = await self._asked(body)
        except StoredValueError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if link is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        told = await self._token(link)
        log.info("the backend asked for a token", extra={"link": link.id, "reason": told["reason"]})
        return web.json_response({"jwe": sealed(told, self._receiver.key)})

    def _is_fresh(self, request: web.Request) -> bool:
        stamp = request.headers.get("webhook-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < LONGEST_STAMP):
            return False
        return abs(self._clock().timestamp() - int(stamp)) <= FRESH_SECONDS

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        named = (request.headers.get("webhook-id", ""), request.headers["webhook-timestamp"])
        message = b".".join((*(one.encode() for one in named), body))
        given = request.headers.get("webhook-signature", "").split()
        macs = (hmac.digest(key, message, "sha256") for key in signing_keys(self._receiver.secret))
        wanted = [f"v1,{base64.b64encode(mac).decode()}".encode() for mac in macs]
        return any(hmac.compare_digest(one, other.encode()) for one in wanted for other in given)

    async def _asked(self, body: bytes) -> Link | None:
        """Return the finished link that is asked for, whose key is here; raises StoredValueError."""
        try:
            asked = json.loads(body)
        except ValueError:
            return None
        name = asked.get("link") if isinstance(asked, dict) else None
        try:
            link = await self._database.run(partial(store.load, link_id=name)) if isinstance(name, str) else None
        except StoredValueError as error:
            log.error("a link cannot be read", extra={"link": name, "why": str(error)})  # noqa: TRY400  its traceback says no more
            raise
        if link is None or link.frozen or link.linked is None or link.status is Status.CANCELLED:
            return None
        if link.status is Status.PAUSED and link.step is Step.LINKED:
            # The backend was told to use it no more.
            return None
        return link if link.in_use.way is Way.KEY and link.in_use.can_sign_in else None

    async def _token(self, link: Link) -> dict[str, str | int | None]:
        setup = link.in_use
        try:
            grant = grant_of(setup, await self._sealing.open(setup.credentials))
        except (credentials.SecretError, KeyServiceError) as error:
            log.warning("a token could not be prepared", extra={"link": link.id, "why": type(error).__name__})
            return {"link": link.id, "access_token": None, "expires_in": None, "reason": "no_key"}
        if grant is None or setup.endpoint is None:
            return {"link": link.id, "access_token": None, "expires_in": None, "reason": "no_key"}
        seen, tokens = await self._workday.token(setup.endpoint, grant, self._clock())
        access = tokens.access.get_secret_value() if tokens.access else None
        reason = diagnose(seen).reason.value
        return {"link": link.id, "access_token": access, "expires_in": tokens.seconds, "reason": reason}
