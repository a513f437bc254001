"""What goes to the vendor's own systems is signed as the library of Standard Webhooks verifies it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from bot.outbox.webhooks import signed

NEW, OLD, OTHER = (f"whsec_{base64.b64encode(bytes([one]) * 32).decode()}" for one in range(3))
BODY = json.dumps({"type": "link.linked", "data": {"name": "Ünïcødé ✓"}}, ensure_ascii=False).encode()


def headers(at: datetime | None = None) -> dict[str, str]:
    return signed("msg_1", at or datetime.now(UTC), BODY, SecretStr(f"{NEW},{OLD}"))


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_each_of_our_secrets_verifies(secret: str) -> None:
    assert Webhook(secret).verify(BODY, headers()) == json.loads(BODY)


def test_nothing_else_does() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers())
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers())
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers() | {"webhook-id": "msg_2"})
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers(datetime.now(UTC) - timedelta(minutes=6)))


def test_the_library_signs_the_same_bytes() -> None:
    at = datetime.now(UTC)
    ours = headers(at)["webhook-signature"].split()
    assert ours == [Webhook(one).sign("msg_1", at, BODY.decode()) for one in (NEW, OLD)]
