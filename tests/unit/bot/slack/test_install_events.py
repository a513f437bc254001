"""Only what was delivered for our own install is believed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.install_events import is_ours, names_token
from bot.slack.reading.organisations import Own

OWN = Own(team_id="T0US", org_id="E0US")
BOT = "U0BOT"
OURS = {"team_id": "T0US", "user_id": BOT, "is_bot": True}
WHOLE = {"team_id": None, "enterprise_id": "E0US", "user_id": BOT, "is_bot": True}
NEIGHBOUR = {"team_id": "T0B", "enterprise_id": "E0US", "user_id": "U0B", "is_bot": True}
OTHER_BOT = {**OURS, "user_id": "U0OTHER"}


def an_event(kind: str, team: str | None, *granted: object, org: str | None = None) -> dict[str, Any]:
    return {"event": {"type": kind}, "team_id": team, "enterprise_id": org, "authorizations": list(granted)}


@pytest.mark.parametrize(
    ("body", "is_for_us"),
    [
        (an_event("message", "T0US", OURS), True),
        (an_event("message", "T0CUSTOMER", OURS), True),
        (an_event("message", "T0US"), True),
        (an_event("message", "T0B", NEIGHBOUR, org="E0US"), False),
        (an_event("message", "T0US", OTHER_BOT), False),
        (an_event("message", "T0B", NEIGHBOUR, OURS), True),
        (an_event("message", None), False),
        (an_event("message", "T0US", "x"), False),
        (an_event("tokens_revoked", "T0US", OURS), True),
        (an_event("tokens_revoked", "T0US"), True),
        (an_event("tokens_revoked", None, WHOLE, org="E0US"), True),
        (an_event("tokens_revoked", "T0B", OURS), False),
        (an_event("tokens_revoked", "T0B", org="E0US"), False),
        (an_event("tokens_revoked", "T0US", OTHER_BOT), False),
        (an_event("app_uninstalled", "T0US", NEIGHBOUR), False),
        ({"event": None}, False),
    ],
)
def test_an_event_is_ours_by_team_and_bot(body: dict[str, Any], is_for_us: object) -> None:
    assert is_ours(body, OWN, BOT) is is_for_us


@pytest.mark.parametrize("tokens", [None, [], "x", {"oauth": [BOT]}, {"bot": []}, {"bot": "x"}, {"bot": ["U0OTHER"]}])
def test_the_token_of_another_bot_is_not_ours(tokens: object) -> None:
    assert not names_token({"tokens": tokens}, BOT)
    assert names_token({"tokens": {"bot": ["U0OTHER", BOT]}}, BOT)
