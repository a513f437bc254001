from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest
from sqlmodel import Session, col, select, update

from bot.outbox.slack_delivery import Deliveries
from flows.link.effects import Effect, Handed, HandOff, LookUp, MakeKey, RunCheck, Say, Show, TellStaff, Whisper
from flows.link.state import Link, Person
from storage import links as store
from storage.outbox import claims, errands, recovery
from storage.outbox.claims import Hands
from storage.outbox.errands import Errand, Lane, State
from storage.serialization import EFFECTS
from storage.tables import ErrandRow, LinkRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database.transactions import Database

LEASE = timedelta(seconds=60)


def claim(session: Session, now: datetime, limit: int = 10) -> list[Errand]:
    return claims.claim(session, now=now, lease=LEASE, free=dict.fromkeys(Hands, limit))


@pytest.fixture
def link(session: Session, make_link: Callable[..., Link], now: datetime) -> Link:
    link = make_link()
    store.create(session, link, (), wake_at=None, now=now)
    return link


@pytest.mark.parametrize(
    "effect",
    [
        Show(slot="card.3"),
        Say(key="said", names={"a": "é\n\"'"}, broadcast=True),
        Whisper(person=Person(user_id="U", team_id="T", zone="Europe/Paris"), key="k"),
        TellStaff(key="said", names={"a": "b"}),
        RunCheck(check_id="c"),
        LookUp(user_id="U"),
    ],
)
def test_every_effect_comes_back_as_it_was(session: Session, link: Link, now: datetime, effect: Effect) -> None:
    errands.enqueue(session, link.id, [effect], now)
    (errand,) = claim(session, now)
    assert errand.effect == effect
    assert type(errand.effect) is type(effect)
    assert (errand.link_id, errand.tries, errand.first_try_at) == (link.id, 1, now)
    assert errand.lease_until == now + LEASE
    lanes = {RunCheck: Lane.WORKDAY, TellStaff: Lane.STAFF, Whisper: Lane.TALK}
    assert errand.lane is lanes.get(type(effect), Lane.SLACK)


def test_one_at_a_time_and_in_order(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key=str(number)) for number in range(3)], now)
    keys = []
    for _ in range(3):
        (errand,) = claim(session, now)
        assert claim(session, now) == []
        assert claims.next_run(session) == now + LEASE
        keys.append(errand.effect)
        assert errands.finish(session, errand, now=now, channel_id="C1", ts="1.0")
    assert keys == [Say(key="0"), Say(key="1"), Say(key="2")]
    assert claims.next_run(session) is None
    assert recovery.counts(session)[State.SENT] == 3


def test_the_next_of_a_lane_is_claimed_with_the_end_of_the_one_before(
    session: Session, make_link: Callable[..., Link], now: datetime, minutes: Callable[[float], datetime]
) -> None:
    link, other = make_link(), make_link()
    for each in (link, other):
        effects = (Say(key="first"), RunCheck(check_id="c"), Say(key="second"), Say(key="third"))
        store.create(session, each, effects, wake_at=None, now=now)
    first = next(errand for errand in claim(session, now) if (errand.link_id, errand.lane) == (link.id, Lane.SLACK))
    assert claims.claim_next(session, first, now=now, lease=LEASE) is None
    assert errands.finish(session, first, now=now)
    second = claims.claim_next(session, first, now=minutes(0.5), lease=LEASE)
    assert second
    assert (second.link_id, second.effect, second.tries, second.doubtful) == (link.id, Say(key="second"), 1, False)
    assert (second.first_try_at, second.lease_until) == (minutes(0.5), minutes(0.5) + LEASE)
    assert claims.claim_next(session, first, now=now, lease=LEASE) is None
    assert claim(session, minutes(0.9)) == []
    # Put back for later, it still comes before the third.
    assert errands.retry(session, second, run_at=minutes(5), error="ratelimited")
    assert claims.claim_next(session, first, now=minutes(4), lease=LEASE) is None
    again = claims.claim_next(session, first, now=minutes(5), lease=LEASE)
    assert again
    assert (again.id, again.tries) == (second.id, 2)
    assert errands.hold(session, again, error="missing_scope")
    assert claims.claim_next(session, first, now=minutes(99), lease=LEASE) is None


def test_a_stuck_errand_holds_back_only_its_own_lane_and_link(
    session: Session, make_link: Callable[..., Link], now: datetime, minutes: Callable[[float], datetime]
) -> None:
    stuck, free = make_link(), make_link()
    for each in (stuck, free):
        effects = (Say(key="first"), RunCheck(check_id="c"), Say(key="second"))
        store.create(session, each, effects, wake_at=None, now=now)
    first = claim(session, now)
    assert len(first) == 4
    for errand in first:
        if errand.link_id == stuck.id and errand.lane is Lane.SLACK:
            assert errands.retry(session, errand, run_at=minutes(5), error="ratelimited")
        else:
            assert errands.finish(session, errand, now=now)
    assert [(errand.link_id, errand.effect) for errand in claim(session, now)] == [(free.id, Say(key="second"))]
    assert claims.next_run(session) == now + LEASE
    (again,) = [errand for errand in claim(session, minutes(5)) if errand.link_id == stuck.id]
    assert (again.effect, again.tries, again.first_try_at) == (Say(key="first"), 2, now)


def test_an_expired_lease_is_claimed_again_and_the_first_holder_is_fenced_out(
    session: Session, link: Link, now: datetime
) -> None:
    errands.enqueue(session, link.id, [Say(key="x")], now)
    (slow,) = claim(session, now)
    assert claim(session, now + LEASE - timedelta(seconds=1)) == []
    (fresh,) = claim(session, now + LEASE)
    assert (fresh.id, fresh.tries, fresh.fence) == (slow.id, 2, slow.fence + 1)
    assert not errands.finish(session, slow, now=now)
    assert not errands.retry(session, slow, run_at=now, error="x")
    assert not errands.bury(session, slow, error="x", now=now)
    assert not errands.hold(session, slow, error="x")
    assert errands.finish(session, fresh, now=now)
    assert not errands.finish(session, fresh, now=now)


def test_only_an_unknown_end_makes_doubtful(session: Session, link: Link, now: datetime) -> None:
    """A definite no leaves nothing in Slack; a lease that ran out may have, and so may a failure of our own."""
    errands.enqueue(session, link.id, [Say(key="x")], now)
    (errand,) = claim(session, now)
    assert errands.retry(session, errand, run_at=now, error="ratelimited")
    (errand,) = claim(session, now)
    assert (errand.tries, errand.doubtful) == (2, False)
    assert errands.retry(session, errand, run_at=now, error="OSError", doubtful=True)
    (errand,) = claim(session, now)
    assert errand.doubtful
    assert errands.retry(session, errand, run_at=now, error="ratelimited")
    (errand,) = claim(session, now)
    assert errand.doubtful, "it does not become certain again"

    errands.finish(session, errand, now=now)
    errands.enqueue(session, link.id, [Say(key="y")], now)
    (errand,) = claim(session, now)
    assert not errand.doubtful
    (errand,) = claim(session, now + LEASE)
    assert (errand.tries, errand.doubtful) == (2, True)


def test_a_notice_to_staff_does_not_wait_behind_a_held_message(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="x"), Say(key="y")], now)
    (errand,) = claim(session, now)
    assert errands.hold(session, errand, error="missing_scope")
    errands.enqueue(session, link.id, [TellStaff(key="staff.held")], now)
    (notice,) = claim(session, now)
    assert notice.lane is Lane.STAFF
    assert claim(session, now) == []
    errands.bury(session, notice, error="token_revoked", now=now)
    assert recovery.revive(session, link.id, now) == 2


def test_a_crowd_before_one_kind_of_hands_hides_nothing_from_the_others(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    def add(effect: Effect, *, is_asked: bool) -> None:
        token = errands.ORIGIN.set("somebody" if is_asked else None)
        store.create(session, make_link(), (effect,), wake_at=None, now=now)
        errands.ORIGIN.reset(token)

    handoff, check, say = HandOff(what=Handed.LINKED), RunCheck(check_id="c"), Say(key="x")
    for effect in (handoff, check, say):
        for _ in range(3):
            add(effect, is_asked=False)
    add(check, is_asked=True)
    add(say, is_asked=True)
    free = dict.fromkeys(Hands, 2)
    claimed = claims.claim(session, now=now, lease=LEASE, free=free)
    assert Counter(map(claims.hands_for, claimed)) == {**free, Hands.ANSWERS: 1, Hands.TESTS: 1}
    rest = claims.claim(session, now=now, lease=LEASE, free={**free, Hands.HANDOFFS: 0})
    assert Counter(map(claims.hands_for, rest)) == {Hands.NOTICES: 1, Hands.LOOKS: 1}


def test_a_backend_that_is_away_keeps_nobody_from_being_told(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    store.create(session, make_link(), (HandOff(what=Handed.LINKED),), wake_at=None, now=now)
    assert claims.waiting(session, at_most=9) == claims.waiting(session, at_most=9, checks=True) == 0


def test_how_many_wait(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    assert claims.waiting(session, at_most=9, but=("paced",)) == 0
    for _ in range(4):
        store.create(session, make_link(), (Say(key="x"),), wake_at=None, now=now)
    first, second, third, fourth = claim(session, now)
    errands.hold(session, first, error="missing_scope")
    errands.retry(session, second, run_at=now, error="paced")
    errands.retry(session, third, run_at=now, error="ratelimited")
    assert claims.waiting(session, at_most=9, but=("paced",)) == 2
    assert claims.waiting(session, at_most=1, but=("paced",)) == 1
    errands.finish(session, fourth, now=now)
    assert claims.waiting(session, at_most=9, but=("paced",)) == 1


def test_a_held_message_is_found_or_sent_again(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Show(slot="card.1"), Say(key="x")], now)
    claim(session, now)
    (errand,) = claim(session, now + LEASE)
    errands.hold(session, errand, error="READ_BACK")
    (held,) = recovery.held(session)
    assert (held.id, held.slot, held.channel_id, held.error) == (errand.id, "card.1", "C1", "READ_BACK")
    assert recovery.release_held(session, now, "another") == 0
    assert recovery.release_held(session, now) == 1
    (again,) = claim(session, now)
    assert again.doubtful, "only a person can say that it is not there"
    errands.hold(session, again, error="READ_BACK")
    assert recovery.release_held(session, now, errand.id) == 1
    (again,) = claim(session, now)
    assert not again.doubtful
    assert not recovery.settle_held(session, errand.id, channel_id="C1", ts="1.0", now=now)
    errands.hold(session, again, error="READ_BACK")
    assert recovery.settle_held(session, errand.id, channel_id="C1", ts="1.0", now=now)
    assert recovery.held(session) == []
    assert [errand.effect for errand in claim(session, now)] == [Say(key="x")]


def test_dead_ones_let_the_next_go_and_held_ones_do_not(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key=str(number)) for number in range(3)], now)
    (first,) = claim(session, now)
    assert errands.bury(session, first, error="is_archived", now=now)
    (second,) = claim(session, now)
    assert errands.hold(session, second, error="missing_scope")
    assert claim(session, now + LEASE) == []
    assert claims.next_run(session) is None
    assert recovery.counts(session) == {
        State.PENDING: 1,
        State.SENDING: 0,
        State.HELD: 1,
        State.SENT: 0,
        State.DEAD: 1,
    }
    assert recovery.revive(session, link.id, now + LEASE) == 2
    (again,) = claim(session, now + LEASE)
    assert (again.id, again.tries) == (first.id, 2)


def test_a_revived_errand_waits_for_the_one_on_its_way(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="a"), RunCheck(check_id="c"), Say(key="b")], now)
    for errand in claim(session, now):
        errands.bury(session, errand, error="x", now=now)
    (on_its_way,) = claim(session, now)
    assert recovery.revive(session, link.id, now) == 1
    assert claim(session, now) == []
    errands.finish(session, on_its_way, now=now)
    (revived,) = claim(session, now + LEASE)
    assert revived.effect == Say(key="a")
    assert recovery.counts(session)[State.DEAD] == 1


def test_a_show_joins_one_that_waits_untried(session: Session, link: Link, now: datetime) -> None:
    parent, card = Show(slot="parent"), Show(slot="card.1")
    errands.enqueue(session, link.id, [parent, parent, card], now)
    errands.enqueue(session, link.id, [card, Say(key="x"), Say(key="x")], now)
    assert recovery.counts(session)[State.PENDING] == 4
    (sending,) = claim(session, now)
    errands.enqueue(session, link.id, [parent], now)
    assert recovery.counts(session)[State.PENDING] == 4, "one on its way may show the state of before"
    errands.retry(session, sending, run_at=now, error="ratelimited")
    errands.enqueue(session, link.id, [parent], now)
    assert recovery.counts(session)[State.PENDING] == 5


def test_what_was_put_back_unsent_was_never_tried_and_is_joined(session: Session, link: Link, now: datetime) -> None:
    parent = Show(slot="parent")
    errands.enqueue(session, link.id, [parent], now)
    (unsent,) = claim(session, now)
    assert errands.put_back(session, unsent, run_at=now, error="paced")
    errands.enqueue(session, link.id, [parent], now)
    (claimed,) = claim(session, now)
    assert (claimed.id, claimed.tries, claimed.doubtful) == (unsent.id, 1, False)
    assert not errands.put_back(session, unsent, run_at=now, error="paced"), "somebody else has claimed it since"


def test_what_joins_another_errand_is_no_new_one(database: Database, stored_link: Link, now: datetime) -> None:
    def enqueue(session: Session) -> bool:
        errands.enqueue(session, stored_link.id, [Show(slot="parent")], now)
        return errands.has_new(session)

    assert [database.run_sync(enqueue) for _ in range(2)] == [True, False]


def test_a_show_is_not_joined_across_links(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    for _ in range(2):
        store.create(session, make_link(), (Show(slot="parent"),), wake_at=None, now=now)
    assert len(claim(session, now)) == 2


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_joined_show_cannot_be_sent_before_the_state_it_must_show(
    database: Database, stored_link: Link, now: datetime
) -> None:
    database.run_sync(lambda session: errands.enqueue(session, stored_link.id, [Show(slot="parent")], now))

    def turn(session: Session) -> None:
        errands.enqueue(session, stored_link.id, [Show(slot="parent")], now)
        assert database.run_sync(lambda other: claim(other, now)) == []

    database.run_sync(turn)
    assert len(database.run_sync(lambda session: claim(session, now))) == 1


def test_three_workers_never_claim_the_same(database: Database, make_link: Callable[..., Link], now: datetime) -> None:
    def fill(session: Session) -> None:
        for _ in range(20):
            effects = [Say(key=str(number)) for number in range(3)] + [RunCheck(check_id="c")]
            store.create(session, make_link(), effects, wake_at=None, now=now)

    database.run_sync(fill)
    ready = threading.Barrier(3)

    def work(_: int) -> list[Errand]:
        ready.wait()
        mine: list[Errand] = []
        while True:
            claimed = database.run_sync(lambda session: claim(session, now, limit=4))
            mine += claimed
            for errand in claimed:
                assert database.run_sync(partial(errands.finish, errand=errand, now=now))
            if database.run_sync(claims.next_run) is None:
                return mine

    with ThreadPoolExecutor(3) as workers:
        done = [errand for mine in workers.map(work, range(3)) for errand in mine]
    assert len(done) == 80
    assert set(Counter(errand.id for errand in done).values()) == {1}
    assert all(errand.tries == 1 for errand in done)


def test_audit_of_what_was_doubtful(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="twice"), Say(key="once"), RunCheck(check_id="c")], now)
    claim(session, now)
    later = now + LEASE
    for errand in claim(session, later):
        errands.finish(session, errand, now=later, channel_id="C1", ts="1.0")
    (once,) = claim(session, later)
    errands.finish(session, once, now=later)
    (sent,) = recovery.to_audit(session, limit=9)
    session.exec(update(LinkRow).values(blocked="not_in_channel"))
    assert recovery.to_audit(session, limit=9) == [], "nobody may look there"
    session.exec(update(LinkRow).values(blocked=None))
    session.exec(update(ErrandRow).values(kind="OfANewerRelease"))
    assert recovery.to_audit(session, limit=9) == [], "it is left to that"
    assert (sent.effect, sent.channel_id, sent.ts) == (Say(key="twice"), "C1", "1.0")
    assert (sent.first_try_at, sent.sent_at, sent.link_id) == (now, later, link.id)
    assert recovery.prune(session, later + LEASE) == 2
    recovery.audited(session, sent, later + LEASE)
    assert recovery.to_audit(session, limit=9) == []
    assert recovery.prune(session, later + LEASE) == 1


def test_a_copy_sent_after_the_audit_asks_for_another(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="x")], now)
    (zombie,) = claim(session, now)
    recovery.suspect(session, zombie, now)
    (errand,) = claim(session, now + LEASE)
    assert errands.finish(session, errand, now=now + LEASE, channel_id="C1", ts="1.0")
    (looked_at,) = recovery.to_audit(session, limit=9)
    recovery.audited(session, looked_at, now + 2 * LEASE)
    late = now + 9 * LEASE
    assert not errands.finish(session, zombie, now=late)
    recovery.suspect(session, errand, late)
    assert recovery.to_audit(session, limit=9) == [], "it is the one that was recorded"
    recovery.suspect(session, zombie, late)
    # Another process had not come to the end of the same audit.
    recovery.audited(session, looked_at, late)
    assert [(sent.ts, sent.sent_at) for sent in recovery.to_audit(session, limit=9)] == [("1.0", late)]


def test_an_unreadable_errand_stops_no_other(
    session: Session, make_link: Callable[..., Link], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        store.create(session, make_link(), (Say(key="x"),), wake_at=None, now=now)
    bad = update(ErrandRow).execution_options(synchronize_session=False)
    session.exec(bad.where(col(ErrandRow.seq) == 1).values(kind="Sing"))
    session.exec(bad.where(col(ErrandRow.seq) == 2).values(payload='{"key":1,"canary":"canary"}'))
    assert len(claim(session, now)) == 1
    left = select(ErrandRow.tries, ErrandRow.run_at).where(col(ErrandRow.state) == State.PENDING.value)
    soon = now + timedelta(seconds=5)
    assert session.exec(left).all() == [(0, soon), (0, soon)], "a newer release beside this one may read them"
    # One of them is tried by it in vain, so it is there; nobody takes the other for ten minutes.
    later = now + timedelta(minutes=11)
    session.exec(bad.where(col(ErrandRow.seq) == 1).values(error="ratelimited", run_at=later))
    claim(session, later)
    assert [row.error for row in session.exec(select(ErrandRow).where(col(ErrandRow.state) == State.DEAD.value))] == [
        "unreadable"
    ]
    assert "left to a newer release" in caplog.text
    assert "given up" in caplog.text
    assert "canary" not in caplog.text


def test_every_effect_has_a_document_and_whoever_carries_it_out() -> None:
    kinds: set[type] = set(get_args(Effect))
    assert {kind.__name__ for kind in kinds} == set(EFFECTS), "its document"
    taken: set[type] = set(get_args(get_type_hints(Deliveries.deliver)["effect"]))
    elsewhere: set[type] = {RunCheck, HandOff, MakeKey}
    assert taken | elsewhere == kinds, "whoever carries it out"


def test_one_link_that_floods_its_own_lane_counts_once(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="x") for _ in range(60)], now)
    assert claims.waiting(session, at_most=50, but=("paced",)) == 1


def test_what_waits_behind_one_that_is_sent_goes_on_with_its_end(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="x"), Say(key="y")], now)
    (first,) = claim(session, now)
    errands.bury(session, first, error="not_in_channel", now=now)
    (second,) = claim(session, now)
    assert recovery.revive(session, link.id, now) == 1
    assert claim(session, now) == [], "no two of a lane are at once"
    errands.finish(session, second, now=now)
    again = claims.claim_next(session, second, now=now, lease=LEASE)
    assert again
    assert again.id == first.id


def test_what_waits_behind_one_that_ends_badly_goes_on_at_once(session: Session, link: Link, now: datetime) -> None:
    """A lease's end is no time to wait for."""
    say = Say(key="k")
    errands.enqueue(session, link.id, [say, say], now)
    (first,) = claim(session, now)
    errands.bury(session, first, error="not_in_channel", now=now)
    (second,) = claim(session, now)
    assert recovery.revive(session, link.id, now) == 1
    assert not claim(session, now)
    errands.retry(session, second, run_at=now + timedelta(minutes=1), error="paced")
    recovery.wake_behind(session, second, now)
    (revived,) = claim(session, now)
    assert revived.id == first.id


def test_after_a_restore_whatever_is_unfinished_may_have_been_done(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, [Say(key="0"), RunCheck(check_id="c")], now)
    (done, *_) = claim(session, now, limit=1)
    assert errands.finish(session, done, now=now, channel_id="C1", ts="1.0")
    errands.enqueue(session, link.id, [Say(key="1")], now)
    later = now + timedelta(days=1)
    assert recovery.doubt_all(session, later) == 2, "what was done stays done"
    claimed = claim(session, later)
    assert len(claimed) == 2
    for errand in claimed:
        # Read back from when it was written; and a check that may have signed on is not made anew by itself.
        assert (errand.doubtful, errand.first_try_at, errand.tries) == (True, now, 2)
