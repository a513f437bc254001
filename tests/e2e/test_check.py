"""What `workday-link check` says beside a running app: the way in, Socket Mode, the backend, each tried for real."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.ops import check
from bot.ops.check import Level
from tests.support.receiver import SECRET, handing
from tests.support.stage import Stage


async def looked(stage: Stage, monkeypatch: pytest.MonkeyPatch, **more: object) -> dict[str, tuple[Level, str]]:
    settings = stage.settings(**stage.more, **more)
    monkeypatch.setattr(check, "load_settings", lambda: settings)
    said: list[str] = []
    await check.answer(said.append)
    lines = [line.split(maxsplit=1) for line in said if line and line[0] != "\n"]
    assert SECRET not in "".join(said)
    return {text.partition(": ")[0]: (Level(level), text.partition(": ")[2]) for level, text in lines}


async def test_every_door_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with handing(tmp_path, monkeypatch) as (stage, taken):
        monkeypatch.setenv("CREDENTIAL_KEYS", "set")
        at = f"http://127.0.0.1:{stage.app.port}"
        found = await looked(stage, monkeypatch, public_url=at)
        assert {name: one for name, one in found.items() if one[0] is not Level.OK}.keys() == {"WORKDAY_EXTRA_ORIGINS"}
        assert found["Request URL"] == (Level.OK, f"{at}/slack/events answers as Slack wants it.")
        assert found["PUBLIC_URL"] == (Level.OK, "the app's pages are reached.")
        assert found["HANDOFF_URL"] == (Level.OK, "your backend takes a signed ping.")
        (ping,) = taken.store.values()
        assert ping == {"schema": 1, "id": ping["id"], "type": "ping"}

        wrong = {"slack_signing_secret": SecretStr("0" * 32), "slack_app_token": SecretStr("")}
        found = await looked(stage, monkeypatch, public_url=at, **wrong)
        assert found["Request URL"][0] is Level.FAILED
        assert "another SLACK_SIGNING_SECRET" in found["Request URL"][1]

        taken.refuse, taken.status = 1, 401
        level, text = (await looked(stage, monkeypatch))["HANDOFF_URL"]
        assert (level, "refuses our signature (401)" in text) == (Level.FAILED, True)
        taken.refuse, taken.status = 1, 422
        level, text = (await looked(stage, monkeypatch))["HANDOFF_URL"]
        assert (level, "takes no signed ping (422)" in text) == (Level.WARNING, True)

        taken.refuse, taken.status, taken.page = 1, 200, "<html><title>Sign in</title></html>"
        level, text = (await looked(stage, monkeypatch))["HANDOFF_URL"]
        assert (level, "takes no signed ping (a web page)" in text) == (Level.WARNING, True)

        # The backend is no request URL, and no page of ours.
        found = await looked(stage, monkeypatch, public_url=taken.url.rpartition("/")[0])
        assert found["Request URL"][0] is found["PUBLIC_URL"][0] is Level.WARNING

        token = SecretStr(stage.slack.app_token)
        assert (await looked(stage, monkeypatch, slack_app_token=token))["Socket Mode"][0] is Level.OK
        assert not stage.slack.delivery.sockets, "the connection goes with the look"
