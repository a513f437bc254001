"""Work that a person waits for goes first, and nothing else waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar

import pytest

from storage.database.workers import CLOCK, COURIER, MOST_TOGETHER, LateError, Workers, patient, within

Work = Callable[[str], object]


def alone(work: Work) -> object:
    return work("alone")


def together(works: Sequence[Work]) -> list[object] | None:
    try:
        return [work("together") for work in works]
    except ZeroDivisionError:
        return None


@pytest.fixture(params=[None, together])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers[str]]:
    one = Workers[str](1, alone, request.param)
    yield one
    one.close()


@pytest.fixture
def joined() -> Iterator[Workers[str]]:
    one = Workers[str](1, alone, together)
    yield one
    one.close()


def busied(workers: Workers[str]) -> threading.Event:
    """Keep the only thread busy until the event is set."""
    begun, over = threading.Event(), threading.Event()

    def wait(_how: str) -> None:
        begun.set()
        over.wait()

    workers.submit(wait)
    begun.wait()
    return over


@pytest.fixture
def busy(workers: Workers[str]) -> threading.Event:
    return busied(workers)


async def test_people_go_before_messages_and_messages_before_the_clock(
    workers: Workers[str], busy: threading.Event
) -> None:
    done: list[str] = []
    with patient(CLOCK):
        looks = [workers.submit(lambda _: done.append("look")) for _ in range(3)]
    with patient(COURIER):
        message = workers.submit(lambda _: done.append("message"))
    first, second = workers.submit(lambda _: done.append("first")), workers.submit(lambda _: done.append("second"))
    busy.set()
    await asyncio.gather(*map(asyncio.wrap_future, (*looks, message, first, second)))
    assert done == ["first", "second", "message", "look", "look", "look"]


async def test_what_has_waited_long_enough_is_as_urgent_as_a_person(
    workers: Workers[str], busy: threading.Event
) -> None:
    done: list[str] = []
    with patient(0.01):
        look = workers.submit(lambda _: done.append("look"))
    await asyncio.sleep(0.02)
    press = workers.submit(lambda _: done.append("press"))
    busy.set()
    await asyncio.gather(*map(asyncio.wrap_future, (look, press)))
    assert done == ["look", "press"]


async def test_a_task_is_as_patient_as_where_it_began(workers: Workers[str], busy: threading.Event) -> None:
    done: list[str] = []
    with patient(CLOCK):
        look = asyncio.create_task(workers.run(lambda _: done.append("look")))
    await asyncio.sleep(0)
    press = asyncio.create_task(workers.run(lambda _: done.append("press")))
    await asyncio.sleep(0)
    busy.set()
    await asyncio.gather(look, press)
    assert done == ["press", "look"]


async def test_what_is_cancelled_before_it_began_is_not_done(workers: Workers[str], busy: threading.Event) -> None:
    done: list[str] = []
    gone = asyncio.create_task(workers.run(lambda _: done.append("gone")))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    busy.set()
    await workers.run(lambda _: done.append("next"))
    assert done == ["next"]


async def test_who_has_waited_too_long_is_told_and_nothing_is_done_behind_their_back(
    workers: Workers[str], busy: threading.Event
) -> None:
    done: list[str] = []
    with within(0.01), pytest.raises(LateError):
        await workers.run(lambda _: done.append("late"))
    busy.set()
    await workers.run(lambda _: done.append("next"))
    assert done == ["next"]


async def test_a_failure_reaches_whoever_waits(workers: Workers[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        await workers.run(lambda _: 1 / 0)
    assert await workers.run(lambda _: 2) == 2


async def test_what_waits_together_is_done_together_and_what_happens_by_itself_alone(joined: Workers[str]) -> None:
    over, waits = busied(joined), list[float]()
    joined.on_wait = lambda patience, _: waits.append(patience)
    handed_in = [joined.submit(lambda how: how) for _ in range(MOST_TOGETHER + 2)]
    for patience in (COURIER, COURIER, CLOCK, CLOCK):
        with patient(patience):
            handed_in.append(joined.submit(lambda how: how))
    over.set()
    hows = await asyncio.gather(*map(asyncio.wrap_future, handed_in))
    assert hows == ["together"] * (MOST_TOGETHER + 4) + ["alone"] * 2
    assert waits == [0.0] * (MOST_TOGETHER + 2) + [COURIER] * 2 + [CLOCK] * 2


async def test_where_one_fails_each_is_done_alone_and_nobody_else_hears_of_it(joined: Workers[str]) -> None:
    over = busied(joined)
    names = ContextVar("names", default="nobody")
    first = joined.submit(lambda how: f"{how} {names.get()}")
    wrong = joined.submit(lambda _: 1 / 0)
    token = names.set("ada")
    last = joined.submit(lambda how: f"{how} {names.get()}")
    names.reset(token)
    over.set()
    assert await asyncio.wrap_future(first) == "alone nobody"
    with pytest.raises(ZeroDivisionError):
        await asyncio.wrap_future(wrong)
    assert await asyncio.wrap_future(last) == "alone ada"


async def test_what_ends_a_whole_group_reaches_each_of_it(joined: Workers[str]) -> None:
    over = busied(joined)

    def wrong(how: str) -> str:
        raise OSError(how)

    handed_in = [joined.submit(wrong), joined.submit(lambda how: how)]
    over.set()
    for one in handed_in:
        with pytest.raises(OSError, match="together"):
            await asyncio.wrap_future(one)
