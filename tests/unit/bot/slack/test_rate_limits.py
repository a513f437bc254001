"""Slack's limits, counted on a clock that only moves when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.rate_limits import AWAITED, HELD_PLACES, POST, UPDATE, UPDATES, Bucket, Budget, Pacer

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


def test_one_channel_rests_alone_until_a_second_one_is_refused(clock: Clock) -> None:
    pacer = Pacer(clock)
    pacer.rest(POST, 3600, "C1")
    pacer.rest(POST, 3600, "C1")
    assert [pacer.resting(POST, channel) for channel in ("C1", "C2")] == [3600, 0]
    pacer.rest(POST, 30, "C2")
    assert [pacer.resting(POST, channel) for channel in ("C1", "C2", "C3")] == [3600, 30, 30]
    assert pacer.resting(UPDATE, "C1") == 0
    clock.later(30)
    pacer.rest(UPDATE, 9)
    assert [pacer.resting(POST, channel) for channel in ("C1", "C2")] == [3570, 0]
    clock.later(3570)
    pacer.rest(POST, 5, "C2")
    assert [pacer.resting(POST, channel) for channel in ("C1", "C2")] == [0, 5], "what is over counts for nobody"


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


def crowd(pacer: Pacer, number: int) -> float:
    """Let so many messages that nobody waits for ask for their turns; returns how long the last one waits."""
    return [pacer.turn(f"crowd{one}", f"CROWD{one}") for one in range(number)][-1]


def test_a_card_that_somebody_waits_for_passes_what_nobody_waits_for(clock: Clock) -> None:
    pacer = Pacer(clock)
    assert crowd(pacer, 600) == 108
    pacer.attend("C1")
    assert [pacer.turn(f"card{one}", "C1") for one in range(10)] == [0.0] * 10
    pacer.attend("C2")
    assert 0 < pacer.turn("card", "C2") < 1
    clock.later(AWAITED.total_seconds() + 1)
    assert pacer.turn("much later", "C1") > 40, "nobody waits there any more"


def test_people_and_the_rest_together_keep_to_the_budget(clock: Clock) -> None:
    pacer = Pacer(clock)
    for one in range(200):
        pacer.attend(f"P{one}")
    waiting = [(f"p{one}", f"P{one}") for one in range(200)] + [(f"c{one}", f"C{one}") for one in range(200)]
    gone = posts(pacer, clock, waiting, 120)
    assert len(gone[0]) == 70
    assert sum(map(len, gone.values())) == 400
    assert all(len(names) <= 10 for second, names in gone.items() if second), "two seconds may fall together"
    order = [name for names in gone.values() for name in names]
    assert {name[0] for name in order[70:170]} == {"p"}, "people come first"
    for second in range(1, 120, 10):
        assert sum(len(gone.get(one, ())) for one in range(second, second + 10)) <= 55


def test_updates_go_as_fast_as_slack_takes_them_and_no_faster(clock: Clock) -> None:
    """Slack is played as a bucket of fifty that gets fifty a minute."""
    pacer = Pacer(clock)
    due = {f"m{one}": clock.now for one in range(150)}
    began, left, filled, refused = clock.now, 50.0, clock.now, 0
    while due:
        for name in [name for name, at in due.items() if at <= clock.now]:
            wait = pacer.turn(name, "C1", UPDATE)
            if wait:
                due[name] = clock.now + timedelta(seconds=wait)
                continue
            del due[name]
            left = min(left + (clock.now - filled).total_seconds() * 50 / 60, 50)
            filled = clock.now
            refused += left < 1 - 1e-6
            left -= 1
        clock.later(0.1)
    assert refused == 0
    assert (clock.now - began).total_seconds() <= 120 * 1.06
    assert UPDATES.per_second * 60 == 50
