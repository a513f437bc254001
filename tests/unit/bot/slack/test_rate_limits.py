"""Slack's limits, counted on a clock that only moves when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.rate_limits import HELD_PLACES, Bucket, Budget, Pacer

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def posts(pacer: Pacer, clock: Clock, names: list[tuple[str, str]], seconds: int) -> dict[int, list[str]]:
    """Let everybody come back when they were told to; gives who was let through in which second."""
    waiting = {name: (channel, clock.now) for name, channel in names}
    gone: dict[int, list[str]] = {}
    for second in range(seconds):
        for name, (channel, at) in list(waiting.items()):
            if at > clock.now:
                continue
            wait = pacer.turn(name, channel)
            if wait:
                waiting[name] = (channel, clock.now + timedelta(seconds=wait))
            else:
                del waiting[name]
                gone.setdefault(second, []).append(name)
        clock.later(1)
    assert not waiting
    return gone


def test_a_channel_gets_one_a_second_after_its_burst(clock: Clock) -> None:
    gone = posts(Pacer(clock), clock, [(str(number), "C1") for number in range(17)], 10)
    assert {second: len(names) for second, names in gone.items()} == {0: 10, **dict.fromkeys(range(1, 8), 1)}
    assert [name for names in gone.values() for name in names] == [str(number) for number in range(17)]


def test_a_workspace_gets_its_own_rate_over_all_channels(clock: Clock) -> None:
    gone = posts(Pacer(clock), clock, [(str(number), f"C{number}") for number in range(100)], 12)
    assert len(gone[0]) == 60
    assert all(len(gone[second]) == 5 for second in range(1, 9))


def test_a_full_channel_keeps_nobody_else_waiting(clock: Clock) -> None:
    pacer = Pacer(clock)
    waits = [pacer.turn(f"a{number}", "C1") for number in range(30)]
    assert waits[-1] == 20
    assert pacer.turn("b", "C2") == 0


def test_whoever_comes_too_early_keeps_the_place(clock: Clock) -> None:
    pacer = Pacer(clock, channel=Budget(1, 1))
    assert pacer.turn("a", "C1") == 0
    assert pacer.turn("b", "C1") == 1
    assert pacer.turn("c", "C1") == 2
    clock.later(0.5)
    assert pacer.turn("b", "C1") == 0.5
    clock.later(0.5)
    assert pacer.turn("b", "C1") == 0
    clock.later(1)
    assert pacer.turn("c", "C1") == 0


def test_a_clock_that_is_set_back_stops_nobody(clock: Clock) -> None:
    pacer = Pacer(clock, channel=Budget(1, 1))
    for name in "abc":
        pacer.turn(name, "C1")
    pacer.rest("chat.update", 30)
    assert pacer.resting("chat.update") == 30
    assert pacer.resting("chat.postMessage") == 0
    clock.later(-3600)
    assert pacer.resting("chat.update") == 0
    assert pacer.turn("c", "C1") == 0


def test_places_that_nobody_comes_back_for_are_given_up(clock: Clock) -> None:
    pacer = Pacer(clock)
    for number in range(HELD_PLACES + 65):
        pacer.turn(str(number), f"C{number}")
    assert len(pacer._places) == HELD_PLACES + 5  # noqa: SLF001
    clock.later(3600)
    for number in range(66):
        pacer.turn(f"new{number}", f"C{number}")
    assert len(pacer._places) < 10  # noqa: SLF001


def test_a_bucket_tells_its_room(clock: Clock) -> None:
    bucket = Bucket(Budget(1, 20))
    assert bucket.room(clock.now) == 20
    assert bucket.take(clock.now, 15) <= clock.now
    assert bucket.room(clock.now) == 5
    bucket.take(clock.now, 5)
    assert bucket.room(clock.now) == 0
    clock.later(5)
    assert bucket.room(clock.now) == 5
    clock.later(3600)
    assert bucket.room(clock.now) == 20
    bucket.take(clock.now, 20)
    clock.later(-60)
    assert bucket.room(clock.now) == 20
