from __future__ import annotations

from pathlib import Path

import yaml

from bot.slack.reading.listened_to import EVENTS, is_readable, unheard


def test_only_what_somebody_listens_to_is_let_through() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[5] / "app_manifest.yml").read_text())
    asked = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in asked} == EVENTS
    for good in (
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "block_actions", "actions": [{"action_id": "x"}]},
        {"type": "view_submission", "view": {"callback_id": "x", "type": "modal"}},
        {"type": "url_verification", "challenge": "x"},
        {"command": "/link-workday"},
        {"ssl_check": "1"},
    ):
        assert is_readable(good)
        if "type" in good:
            assert not is_readable(good | {"type": ["x"]})
            assert not is_readable(good | {"event": []})
    wrong: tuple[object, ...] = (None, [], "x", {}, {"type": "shortcut"}, {"command": "/other"}, {"event": {}})
    for bad in wrong:
        assert not is_readable(bad)
    assert not is_readable({"type": "block_actions", "actions": []})
    assert unheard({"type": "event_callback", "event": {"type": "reaction_added"}}) == "reaction_added"
    assert unheard({"type": "app_rate_limited"}) == "app_rate_limited"
    assert not any(unheard(one) for one in (*wrong, {"type": "event_callback", "event": {"type": "message"}}))
