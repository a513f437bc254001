"""Spoiled requests at every entrance of the real app: whatever comes, it stays up, keeps quiet, and keeps its links.

FUZZ_REQUESTS says how many, FUZZ_SEED which. They come in blocks of a hundred, each of which begins in a state of its
own; a failure names its block, and FUZZ_BLOCK plays that one alone.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from bot.config.logs import PINNED, set_up
from flows.link.forms import WITH_SECRETS
from flows.link.state import Link, Person, Status, Step
from storage import links as store
from tests.support.backdrop import PASSWORD
from tests.support.fuzz_maker import Maker, Source
from tests.support.fuzz_mutations import MARK, Canaries
from tests.support.fuzz_scenery import LongStage, Sample, fuzzed
from tests.support.fuzz_wire import HANGS, Answer, Line, Request

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "800"))
SEED = os.environ.get("FUZZ_SEED", "1")
ONLY = os.environ.get("FUZZ_BLOCK", "")
LATE = b'{"ready": false, "problems": {"ticker": "late"}}'
"""What the probe rightly says of an app that a busy machine gives no time; no answer to anything else may say it."""
BLOCK = 100
LINES = 6
BLOCKS_BETWEEN_LOOKS = 25
STATES = (
    *((step, Status.ACTIVE) for step in Step if step is not Step.LINKED),
    (Step.LINKED, Status.LINKED),
    (Step.GROUP, Status.PAUSED),
    (Step.GROUP, Status.CANCELLED),
)


@dataclass
class Run:
    """What a run has to do with, and what it has seen."""

    stage: LongStage
    home: Link
    bystander: Link
    samples: list[Sample]
    log: io.StringIO
    canary: Canaries = field(default_factory=Canaries)
    tokens: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def hidden(self) -> tuple[bytes, ...]:
        """Name what must not be seen anywhere."""
        slack = self.stage.slack
        whole = (MARK, PASSWORD, slack.signing_secret, *self.tokens)
        return tuple(text.encode() for text in whole)

    def errors(self) -> list[str]:
        """Give where the last errors were, which is all that the log says of them."""
        lines = map(json.loads, self.log.getvalue().splitlines())
        return [f"{line['event']}: {line['error']}" for line in lines if "error" in line][-2:]

    def judge(self, request: Request, answer: Answer, told: str) -> None:
        """Hold what holds for every single answer."""
        self.statuses[answer.status] += 1
        assert answer.status != HANGS, f"{told}: it hangs"
        is_late = answer.status == 503 and answer.text.endswith(LATE)
        assert answer.status < 500 or is_late, f"{told}: {answer.status}; {self.errors()}"
        # What is no HTTP is quoted by aiohttp, to whoever has just sent it and to nobody else.
        text = answer.text
        # Compared only where there is something to excuse: a picture has many words, and a request may have a megabyte.
        if not request.is_whole and any(one in text for one in self.hidden()):
            text = b" ".join(word for word in re.findall(rb"[\w-]+", text) if word not in request.wire)
        self.look_for_leaks(f"the answer to {told}", text)

    def look_for_leaks(self, where: str, content: bytes) -> None:
        """Fail when something hidden is there, without repeating it."""
        for one in self.hidden():
            at = content.find(one)
            if at >= 0:
                around = content[max(0, at - 150) : at + 150]
                shown = re.sub(rb"(?:%b)\w*" % b"|".join(map(re.escape, self.hidden())), b"(hidden)", around)
                raise AssertionError(f"a secret stands in {where}: {shown!r}")


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Write the log as the app at its most talkative would, and put the settings of the tests back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in PINNED}
    set_up("debug", "json", stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, old in levels.items():
            logging.getLogger(name).setLevel(old)


async def play(run: Run, number: int) -> None:
    """Send one block and hold what has to hold."""
    chance = Random(f"{SEED}/{number}")  # noqa: S311  chance that can be had again
    stage, home = run.stage, run.home
    step, status = chance.choice(STATES)
    link = replace(home, step=step, status=status, cards=(*home.cards[:-1], step), revision=home.revision + 1)
    await stage.app.ticker.tick()
    await stage.put_back(link, frozenset({run.bystander.id}))
    ada = Person(user_id=stage.ada.id, team_id=stage.ada.user.team_id)
    pages = {form: await stage.app.tokens.page(link, form, ada) for form in sorted(WITH_SECRETS)}
    tokens = {form: page.rpartition("/")[2] for form, page in pages.items()}
    run.tokens = list(tokens.values())
    is_open = chance.random() < 0.55
    source = Source(run.samples, run.bystander, stage.slack.signing_secret, run.canary)
    maker = Maker(source, link, tokens, chance, is_open=is_open)
    before = await stage.standing()
    left = iter(enumerate([maker.request() for _ in range(BLOCK)]))

    async def speak() -> None:
        line = Line(stage.app.port)
        try:
            for place, request in left:
                told = f"FUZZ_SEED={SEED} FUZZ_BLOCK={number}, {place}. request ({step}, {status}): {request.story}"
                run.judge(request, await line.ask(request), told)
        finally:
            await line.close()

    # Several at once, as much of the time is spent on waiting for the disk.
    async with asyncio.TaskGroup() as speaking:
        for _ in range(LINES):
            speaking.create_task(speak())
    told = f"FUZZ_SEED={SEED} FUZZ_BLOCK={number}"
    if not is_open:
        assert await stage.standing() == before, f"{told}: strangers have changed something"
    assert await stage.app.engine.load(run.bystander.id) == run.bystander, f"{told}: another channel's link was changed"
    run.look_for_leaks(f"the log, {told}", run.log.getvalue().encode())
    run.log.seek(0)
    run.log.truncate()
    run.look_for_leaks(f"what Slack was sent, {told}", b"".join(stage.slack.received))
    stage.slack.received.clear()


async def test_whatever_comes_in(tmp_path: Path) -> None:
    with listening() as log:
        async with fuzzed(tmp_path) as stage:
            home, bystander = await stage.walk()
            stage.slack.received.clear()
            stage.app.ticker._scheduler.pause()  # noqa: SLF001  nothing but requests may change a link
            run = Run(stage, home, bystander, stage.samples(home), log)
            begun, numbers = time.monotonic(), [int(ONLY)] if ONLY else range(REQUESTS // BLOCK)
            for number in numbers:
                await play(run, number)
                if number % BLOCKS_BETWEEN_LOOKS == 0:
                    look_at_the_database(run)
            spent = time.monotonic() - begun
            look_at_the_database(run)
            await works_still(run)
    told = f"{sum(run.statuses.values()) / spent:.0f} a second, {run.canary.made} canaries"
    print(f"\nFUZZ_SEED={SEED}: {sum(run.statuses.values())} requests, {told}: {dict(sorted(run.statuses.items()))}")  # noqa: T201


def look_at_the_database(run: Run) -> None:
    """Hold that nothing hidden is in any of its files."""
    for path in run.stage.folder.iterdir():
        run.look_for_leaks(path.name, path.read_bytes())


async def works_still(run: Run) -> None:
    """Press a button of the link that was left alone, and ask the probes."""
    stage = run.stage
    line = Line(stage.app.port)
    await stage.app.ticker.tick()
    for path in ("/readyz", "/healthz", "/metrics"):
        answer = await line.ask(Request(story=path, method="GET", path=path, headers=(("Host", "x"),)))
        assert answer.status == 200, path
        run.look_for_leaks(path, answer.text)
    await line.close()
    await (await stage.eve.sees("I can do this")).press("I can do this")
    await stage.eve.sees("Paste the URL")
    link = await stage.app.database.run(lambda session: store.load(session, run.bystander.id))
    assert link
    assert link.step is Step.SERVICE_URL
