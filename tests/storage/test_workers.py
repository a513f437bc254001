"""Work that a person waits for goes first, and nothing else waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from storage.workers import CLOCK, COURIER, Workers, patient


@pytest.fixture
def workers() -> Iterator[Workers]:
    one = Workers(1)
    yield one
    one.close()


@pytest.fixture
def busy(workers: Workers) -> threading.Event:
    """Keep the only thread busy until the event is set."""
    over = threading.Event()
    workers.submit(over.wait)
    return over


async def test_people_go_before_messages_and_messages_before_the_clock(workers: Workers, busy: threading.Event) -> None:
    done: list[str] = []
    with patient(CLOCK):
        looks = [workers.submit(lambda: done.append("look")) for _ in range(3)]
    with patient(COURIER):
        message = workers.submit(lambda: done.append("message"))
    first, second = workers.submit(lambda: done.append("first")), workers.submit(lambda: done.append("second"))
    busy.set()
    await asyncio.gather(*map(asyncio.wrap_future, (*looks, message, first, second)))
    assert done == ["first", "second", "message", "look", "look", "look"]


async def test_what_has_waited_long_enough_is_as_urgent_as_a_person(workers: Workers, busy: threading.Event) -> None:
    done: list[str] = []
    with patient(0.01):
        look = workers.submit(lambda: done.append("look"))
    await asyncio.sleep(0.02)
    press = workers.submit(lambda: done.append("press"))
    busy.set()
    await asyncio.gather(*map(asyncio.wrap_future, (look, press)))
    assert done == ["look", "press"]


async def test_a_task_is_as_patient_as_where_it_began(workers: Workers, busy: threading.Event) -> None:
    done: list[str] = []
    with patient(CLOCK):
        look = asyncio.create_task(workers.run(lambda: done.append("look")))
    await asyncio.sleep(0)
    press = asyncio.create_task(workers.run(lambda: done.append("press")))
    await asyncio.sleep(0)
    busy.set()
    await asyncio.gather(look, press)
    assert done == ["press", "look"]


async def test_what_is_cancelled_before_it_began_is_not_done(workers: Workers, busy: threading.Event) -> None:
    done: list[str] = []
    gone = asyncio.create_task(workers.run(lambda: done.append("gone")))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    busy.set()
    await workers.run(lambda: done.append("next"))
    assert done == ["next"]


async def test_a_failure_reaches_whoever_waits(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        await workers.run(lambda: 1 / 0)
    assert await workers.run(lambda: 2) == 2
