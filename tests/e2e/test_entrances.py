"""The doors: what is not Slack's is turned away early and politely, and nothing of it is written down."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.slack.events import Reply
from storage import audit_log as audit
from storage.database.transactions import Database
from tests.support.backdrop import CHANNEL
from tests.support.stage import Stage, staged

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MARK = "Unheard9Secret"


UNHEARD: tuple[dict[str, Any], ...] = (
    {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": {"type": "reaction_added", "user": "U1"}},
    {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1518467820},
)
"""What the app's owner may have subscribed to for something else, and what Slack says when it keeps events back."""


def url(stage: Stage, path: str) -> str:
    return f"http://127.0.0.1:{stage.app.port}{path}"


async def signed(stage: Stage, body: bytes, kind: str = FORM, **more: str) -> Reply:
    delivery = stage.slack.delivery
    return await delivery.post_raw(body, delivery.signed(body, kind) | more)


async def test_only_slack_comes_in(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = f"payload={json.dumps({'type': 'block_actions', 'x': MARK})}".encode()
    delivery = stage.slack.delivery
    good = delivery.signed(body, FORM)
    for headers in (
        {},
        {"X-Slack-Request-Timestamp": str(int(time.time()))},
        good | {"X-Slack-Signature": "v0=" + "0" * 64},
        good | {"X-Slack-Signature": "v0=ü"},
        good | {"X-Slack-Signature": ""},
        good | {"X-Slack-Request-Timestamp": "now"},
        good | {"X-Slack-Request-Timestamp": "1" * 400},
        good | {"X-Slack-Request-Timestamp": "-1"},
        delivery.signed(body, FORM, timestamp=int(time.time()) - 301),
        delivery.signed(body, FORM, timestamp=int(time.time()) + 310),
        delivery.signed(body, FORM, secret="f" * 32),
    ):
        reply = await delivery.post_raw(body, headers)
        assert reply.status == 401, headers
        assert not reply.body
    assert (await delivery.post_raw(b"\xff\xfe" + body, delivery.signed(body, FORM))).status == 401
    assert MARK not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"cut": "Unheard9Secret', JSON),
        (b'["Unheard9Secret"]', JSON),
        (b'"Unheard9Secret"', JSON),
        (b"null", JSON),
        (b"[" * 20_000, JSON),
        (b'payload={"cut": "Unheard9Secret', FORM),
        (b'payload=["Unheard9Secret"]', FORM),
        (b"payload=null", FORM),
        (b'payload={"type":"view_submission","view":{"callback_id":"x"}}', FORM),
        (b'payload={"type":"block_actions"}', FORM),
        (b'payload={"type":"block_actions","actions":[],"user":null}', FORM),
        (b"payload=" + b"%5B" * 20_000, FORM),
        (b"nothing=at+all", FORM),
        (b"", FORM),
        (b"\xff\xfe\x00", FORM),
        (b'{"type":"event_callback","event":null,"x":"Unheard9Secret"}', JSON),
        (b'{"type":"event_callback","event":{"type":"message","text":["Unheard9Secret"]}}', JSON),
        (b'{"type":"event_callback","event":{"type":"channel_id_changed","old_channel_id":"Unheard9Secret"}}', JSON),
        (b'{"type":"event_callback","event":{"type":"function_executed","function":"Unheard9Secret"}}', JSON),
        (b'payload={"type":"block_actions","actions":[{"action_id":"press.x","value":"' + b"[" * 2_500 + b'"}]}', FORM),
        (b'payload={"type":"block_actions","actions":["Unheard9Secret"]}', FORM),
        (b'payload={"type":"view_submission","view":"Unheard9Secret"}', FORM),
        (b'payload={"type":"workflow_step_edit","callback_id":"Unheard9Secret"}', FORM),
        (b"command=%2Flink-workday&text=Unheard9Secret", FORM),
        (b"command=%2Fother&view=Unheard9Secret", FORM),
    ],
)
async def test_what_cannot_be_read_is_refused_and_not_written_down(
    stage: Stage, body: bytes, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    reply = await signed(stage, body, kind)
    assert reply.status < 500, reply
    ours = [record for record in caplog.records if record.name.startswith("bot")]
    assert MARK not in "".join(record.getMessage() + str(record.__dict__) for record in ours)


async def test_too_much_is_refused(stage: Stage) -> None:
    body = b"payload=" + b"x" * (1024 * 1024 + 1)
    headers = stage.slack.delivery.signed(body, FORM)
    async with (
        aiohttp.ClientSession() as session,
        session.post(url(stage, "/slack/events"), data=io.BytesIO(body), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_other_methods_and_paths(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        for method, path, status in (
            ("GET", "/slack/events", 405),
            ("PUT", "/slack/events", 405),
            ("POST", "/healthz", 405),
            ("GET", "/", 404),
            ("GET", "/slack/../etc/passwd", 404),
        ):
            async with session.request(method, url(stage, path)) as answer:
                assert answer.status == status, (method, path)


async def test_the_urls_own_check_is_answered(stage: Stage) -> None:
    reply = await signed(stage, json.dumps({"type": "url_verification", "challenge": "abc"}).encode(), JSON)
    assert reply.status == 200
    assert "abc" in reply.body
    assert (await signed(stage, b"ssl_check=1&token=x")).status == 200, "so does Slack look at the certificate"
    # Without a good answer Slack says it thrice, and ends all events where most go so.
    for told in UNHEARD:
        assert (await stage.slack.delivery.send("event", told)).problem is None


async def test_health_readiness_and_metrics(stage: Stage) -> None:
    await stage.begin()
    async with aiohttp.ClientSession() as session:
        async with session.get(url(stage, "/healthz")) as answer:
            assert answer.status == 200
        async with session.get(url(stage, "/readyz")) as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "problems": {}})
        async with session.get(url(stage, "/metrics")) as answer:
            text = await answer.text()
            assert 'linkworkday_errands{state="sent"}' in text
            assert "linkworkday_tick_lag_seconds" in text
        stage.app.ticker._scheduler.pause()  # noqa: SLF001
        stage.clock.offset += timedelta(seconds=60)
        async with session.get(url(stage, "/readyz")) as answer:
            assert answer.status == 503
            assert (await answer.json())["problems"] == {"ticker": "late"}
        await stage.app.ticker.tick()
        async with session.get(url(stage, "/readyz")) as answer:
            assert answer.status == 200


async def test_a_database_that_is_away(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        stage.app.ticker._scheduler.pause()  # noqa: SLF001
        stage.app.database.close()
        await stage.app.ticker.tick()
        await stage.app.ticker.audit()
        await stage.app.ticker.clean()
        async with session.get(url(stage, "/readyz")) as answer:
            assert answer.status == 503
            assert "database" in (await answer.json())["problems"]
        async with session.get(url(stage, "/metrics")) as answer:
            assert answer.status == 200
    await stage.stop()
    await stage.start()
    await stage.begin()


async def test_over_socket_mode_the_door_is_shut(socket_stage: Stage) -> None:
    delivery = socket_stage.slack.delivery
    body = b"payload={}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url(socket_stage, "/slack/events"), data=body, headers=delivery.signed(body, FORM)) as answer,
    ):
        assert answer.status == 401
    answered = await socket_stage.sam.command("/link-workday", "help", channel=CHANNEL)
    assert answered
    delivery.ack_seconds = 1.0
    for told in UNHEARD:
        assert (await delivery.send("event", told)).problem is None
    socket_stage.slack.down = True
    await socket_stage.app._socket.disconnect()  # type: ignore[union-attr]  # noqa: SLF001
    assert "slack" in await socket_stage.app.health.problems()
    socket_stage.slack.down = False


async def test_a_request_that_is_played_again_is_answered_and_not_carried_out_again(stage: Stage) -> None:
    await stage.to_service_url()
    delivery = stage.slack.delivery
    command = next(one.payload for one in delivery.log if one.kind == "command") | {"text": "status"}
    body, kind = delivery.encoded("command", command)
    headers = delivery.signed(body, kind)
    first = await delivery.post_raw(body, headers)
    assert "paste the service URL" in first.body
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password", timeout=10)
    again = await delivery.post_raw(body, headers)
    assert (again.status, again.body, again.headers["content-type"]) == (200, first.body, first.headers["content-type"])
    fresh = await delivery.post_raw(body, delivery.signed(body, kind, timestamp=int(time.time()) - 100))
    assert "create the integration user" in fresh.body


async def test_a_request_that_failed_is_carried_out_when_it_comes_again(stage: Stage) -> None:
    await stage.to_service_url()
    delivery = stage.slack.delivery
    press = next(one for one in reversed(delivery.log) if one.kind == "interactive")
    body, kind = delivery.encoded(press.kind, press.payload)
    headers = delivery.signed(body, kind, timestamp=int(time.time()) - 100)
    engine, whole = stage.app.engine, stage.app.database
    closed = Database(whole.url.render_as_string(hide_password=False))
    closed.close()
    engine._database = closed  # noqa: SLF001
    assert (await delivery.post_raw(body, headers)).status == 500
    engine._database = whole  # noqa: SLF001
    assert (await delivery.post_raw(body, headers)).status == 200


async def test_a_stranger_who_says_the_body_is_compressed_is_turned_away(stage: Stage) -> None:
    stamp = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    for encoding in ("gzip", "deflate", "br"):
        reply = await stage.slack.delivery.post_raw(b"no such thing", stamp | {"Content-Encoding": encoding})
        assert reply.status == 401, encoding


async def test_an_unsigned_header_does_not_tell_bolt_what_to_do(stage: Stage) -> None:
    await stage.to_service_url()
    delivery = stage.slack.delivery
    command = next(one.payload for one in delivery.log if one.kind == "command") | {"text": "status"}
    body, kind = delivery.encoded("command", command)
    reply = await signed(stage, body, kind, **{"X-Slack-Bolt-Lazy-Only": "1"})
    assert "paste the service URL" in reply.body


async def test_a_choice_that_is_not_there_is_asked_for_again(stage: Stage) -> None:
    modal = await stage.open_start()
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@ada"})
    assert (await modal.submit()).closed
    begun = next(one.payload for one in reversed(stage.slack.delivery.log) if one.kind == "interactive")
    links = len(stage.links())
    for name in ("profile", "environment"):
        payload = deepcopy(begun)
        values = payload["view"]["state"]["values"]
        block = next(one for one in values if one.startswith(name))
        values[block][name]["selected_option"]["value"] = "gone"
        reply = await stage.slack.press_raw(payload)
        assert reply.status == 200
        assert set(reply.data["errors"]) == {block}
    assert len(stage.links()) == links


async def test_what_a_process_has_carried_out_the_next_one_does_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker has recorded all of Slack's requests, and plays them to the app after its restart."""
    delivery, recorded = stage.slack.delivery, []
    sign = delivery.signed

    def record(body: bytes, kind: str, **more: Any) -> dict[str, str]:  # noqa: ANN401  as the sandbox signs
        headers = sign(body, kind, **more)
        recorded.append((body, headers))
        return headers

    monkeypatch.setattr(delivery, "signed", record)
    await stage.to_service_url()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password", timeout=10)
    await stage.quiet()
    monkeypatch.undo()
    before, lines = stage.link, stage.app.database.run_sync(audit.read)
    await stage.stop()
    await stage.start()
    for body, headers in recorded:
        assert (await delivery.post_raw(body, headers)).status == 200
    await stage.quiet()
    assert len(recorded) >= 5
    assert stage.link == before
    assert stage.app.database.run_sync(audit.read) == lines, "nothing was even tried"


async def test_nor_does_another_process(tmp_path: Path, postgres: Callable[[], str]) -> None:
    async with staged(tmp_path, database_url=postgres()) as stage:
        await stage.to_service_url()
        delivery, first = stage.slack.delivery, stage.app
        await stage.quiet()
        fresh = next(one.payload for one in reversed(delivery.log) if one.kind == "interactive")
        body, kind = delivery.encoded("interactive", fresh)
        headers = delivery.signed(body, kind, timestamp=int(time.time()) - 10)
        assert (await delivery.post_raw(body, headers)).status == 200
        await stage.quiet()

        def whispers() -> int:
            return len([call for call in stage.slack.calls if call.method == "chat.postEphemeral"])

        before = whispers()
        second = await stage.start()
        assert second is not first
        assert (await delivery.post_raw(body, headers)).status == 200
        await stage.quiet()
        assert whispers() == before
        again = delivery.signed(body, kind, timestamp=int(time.time()) - 20)
        assert (await delivery.post_raw(body, again)).status == 200
        await stage.quiet()
        assert whispers() == before + 1, "signed anew it is looked at, and refused"
        await first.stop()


async def test_a_message_that_slack_delivers_again_is_acknowledged_each_time(stage: Stage) -> None:
    await stage.to_isu()
    await stage.ada.says("Can you please help me here?", thread=stage.said()[0])
    await stage.quiet()
    delivery = stage.slack.delivery
    heard = [one for one in delivery.log if one.kind == "event" and one.payload["event"].get("user") == stage.ada.id]
    body, kind = delivery.encoded("event", heard[-1].payload)
    said = len(stage.said())
    await stage.stop()
    await stage.start()
    for number in range(1, 4):
        headers = delivery.signed(body, kind, timestamp=int(time.time()) - number)
        more = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
        for _ in range(2):
            assert (await delivery.post_raw(body, headers | more)).status == 200
    await stage.quiet()
    assert len(stage.said()) == said


@pytest.mark.parametrize("kind", ["member_joined_channel", "member_left_channel"])
async def test_a_member_who_is_no_id_fails_nothing(stage: Stage, kind: str) -> None:
    await stage.begin()
    for number, user in enumerate(({"id": "U0ADA"}, ["U0ADA"], 7, None)):
        event = {"type": kind, "user": user, "channel": stage.link.channel_id}
        body = {"type": "event_callback", "team_id": "T0WINTRO", "event_id": f"Ev{number}", "event": event}
        granted = [{"team_id": "T0WINTRO", "user_id": "U0BOT", "is_bot": True}]
        reply = await stage.slack.deliver_raw("event", body | {"authorizations": granted})
        assert reply.status in {200, 400}, user
