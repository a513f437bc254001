"""What a running app tells of itself: the numbers that rules and dashboard ask for, one trace from press to card."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from tests.support.backdrop import HOST, PASSWORD, TENANT, Clock
from tests.support.collector import Collector, Span, collector
from tests.support.forked import Child
from tests.support.ports import free_port
from tests.support.stage import Stage
from tests.support.tools import program

RULES = Path(__file__).parents[2] / "docs" / "observability"
NAME = re.compile(r"linkworkday_\w+")
PARTS = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture
def promtool() -> str:
    return program("promtool", "prometheus")


async def test_numbers_logs_and_traces_tell_the_same_story(tmp_path: Path, promtool: str) -> None:
    clock, port = Clock(), free_port()
    async with (
        collector() as traces,
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
    ):
        more = {"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "PORT": str(port)}
        child = Child(tmp_path, slack, workday, {HOST: TENANT}, OTEL_EXPORTER_OTLP_ENDPOINT=traces.url, **more)
        await child.start()
        stage = Stage(slack, workday, clock, tmp_path)
        try:
            await stage.to_isu()
            stage.tenant()
            await stage.enter()
            await stage.ada.sees("I've exempted it", timeout=10)
            form, whole = await until(lambda: story(traces), 10, lambda: str(traces.spans()))
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                text = await answer.text()
            assert await child.stop() == 0
        finally:
            await child.kill()
    check_metrics(text, promtool)
    check_trace(form, whole)
    check_log([json.loads(line) for line in child.log.read_text().splitlines()], form.trace)
    assert not [body for body in traces.bodies if PASSWORD.encode() in body]


def story(traces: Collector) -> tuple[Span, list[Span]] | None:
    """Find the form with the password, and all that came of it once the next card stands."""
    spans = traces.spans()
    for root in spans:
        whole = [one for one in spans if one.trace == root.trace]
        asked = {one.attributes.get("event") for one in whole}
        # What is around a span ends after it, and may come with the next batch.
        is_whole = {one.parent for one in whole} <= {"", *(one.id for one in whole)}
        names = {one.name for one in whole} if is_whole else set()
        if not root.parent and "sent.isu" in asked and {"workday", "slack chat.postMessage"} <= names:
            return root, whole
    return None


def check_trace(form: Span, whole: list[Span]) -> None:
    by_id = {one.id: one for one in whole}

    def line(span: Span) -> list[str]:
        return [span.name, *(line(by_id[span.parent]) if span.parent in by_id else ())]

    asked = next(one for one in whole if one.name == "workday")
    assert line(asked) == ["workday", "errand RunCheck", "turn", "form"]
    posted = next(one for one in whole if one.name == "slack chat.postMessage")
    assert line(posted)[-1] == "form"
    assert "errand RunCheck" in line(posted), "the card comes of the check's answer"
    assert {one.attributes.get("link") for one in whole if one.name.startswith("errand")} == {asked.attributes["link"]}
    assert form.attributes == {}


def check_metrics(text: str, promtool: str) -> None:
    told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE linkworkday_")}
    told = {name for name in told if not name.endswith("_created")}
    linted = subprocess.run(  # noqa: S603  our own tool
        [promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False
    )
    ours = [line for line in linted.stderr.decode().splitlines() if "linkworkday" in line or "error" in line]
    assert not ours, ours
    rules, panels = (RULES / "alerts.yml").read_text(), (RULES / "dashboard.json").read_text()
    asked = {PARTS.sub("", name) for name in NAME.findall(rules + panels)}
    assert asked <= told, f"nobody tells {asked - told}"
    assert told <= asked, f"no panel and no rule asks for {told - asked}"
    for line in (
        'linkworkday_probes_total{layer="login",verdict="ok"} 1.0',
        'linkworkday_links{state="step"} 1.0',
        'linkworkday_requests_total{kind="form",status="200"} 3.0',
        'linkworkday_slack_calls_total{ending="ok",method="views.open"} 3.0',
        'linkworkday_errands_ended_total{ending="sent",kind="Show"}',
        'linkworkday_message_wait_seconds_count{asked_by="people"}',
        'linkworkday_turn_seconds_count{event="pressed"}',
        'linkworkday_database_wait_seconds_count{who="people"}',
        'linkworkday_info{mode="http",version="',
    ):
        assert line in text, f"{line}\n{text}"


def check_log(lines: list[dict[str, object]], trace: str) -> None:
    ours = [line for line in lines if line.get("trace") == trace]
    events = [line["event"] for line in ours]
    for said in ("an event was taken", "a request was answered", "Workday was asked", "Slack was called"):
        assert said in events, events
    assert (ours[0]["what"], ours[0]["effects"]) == ("sent.isu", ["Show", "Show", "RunCheck"]), ours[0]
    assert {"form"} == {line["kind"] for line in ours if line["event"] == "a request was answered"}


def test_the_rules_hold(promtool: str) -> None:
    for what in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]):
        ran = subprocess.run(  # noqa: S603  our own tool
            [promtool, *what], cwd=RULES, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
