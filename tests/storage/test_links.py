from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, col, select, update

from flows.link.effects import Say, Show
from flows.link.state import Link, Status
from flows.tenant.hosts import Environment
from flows.tenant.service_url import Endpoint
from storage import link_lists, messages, waking
from storage import links as store
from storage.links import AlreadyRunningError
from storage.messages import Posted
from storage.outbox import claims, errands, recovery
from storage.outbox.errands import State
from storage.serialization import StoredValueError
from storage.tables import LinkRow
from tests.support.links import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.database.transactions import Database


def test_a_link_and_its_errands_are_stored_together(
    database: Database, make_link: Callable[..., Link], now: datetime
) -> None:
    link = make_link()

    def start(session: Session) -> None:
        assert store.create(session, link, (Show(slot="parent"),), wake_at=None, now=now) is None

    database.run_sync(start)
    assert database.run_sync(lambda session: store.load(session, link.id)) == link
    assert database.run_sync(recovery.counts)[State.PENDING] == 1

    def fail(session: Session) -> None:
        store.save(session, replace(link, revision=2), (Say(key="x"),), wake_at=None, now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run_sync(fail)
    assert database.run_sync(lambda session: store.load(session, link.id)) == link
    assert database.run_sync(recovery.counts)[State.PENDING] == 1


def test_what_is_not_there(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    assert store.load(session, "nothing") is None
    assert store.lock(session, "nothing") is None
    assert messages.posted(session, "nothing", "parent") is None
    assert link_lists.next_wake(session) is None
    assert messages.find_by_thread(session, "T1", "C1", "1.0") is None
    with pytest.raises(LookupError):
        store.save(session, make_link(), (), wake_at=None, now=now)


def test_five_presses_at_once_are_five_turns(database: Database, stored_link: Link, now: datetime) -> None:
    ready = threading.Barrier(5)

    def press(_: int) -> None:
        ready.wait()

        def turn(session: Session) -> None:
            link = store.lock(session, stored_link.id)
            assert link is not None
            changed = replace(link, revision=link.revision + 1)
            store.save(session, changed, (Say(key=f"step.{link.revision}"),), wake_at=None, now=now)

        database.run_sync(turn)

    with ThreadPoolExecutor(5) as people:
        list(people.map(press, range(5)))

    def look(session: Session) -> tuple[int, int]:
        link = store.load(session, stored_link.id)
        assert link is not None
        return link.revision, session.exec(select(LinkRow.version)).one()

    assert database.run_sync(look) == (6, 6)
    assert database.run_sync(recovery.counts)[State.PENDING] == 5


@pytest.mark.parametrize("again", ["Acme Corp", "  ACME   corp ", "\uff21cme Corp", "acme\0corp"])
def test_a_customer_has_one_running_link(
    session: Session, make_link: Callable[..., Link], now: datetime, again: str
) -> None:
    first = make_link(customer="Acme Corp")
    assert store.create(session, first, (), wake_at=None, now=now) is None
    second = make_link(customer=again)
    assert store.create(session, second, (Say(key="x"),), wake_at=None, now=now) == first
    assert store.load(session, second.id) is None
    assert recovery.counts(session)[State.PENDING] == 0


def test_other_team_environment_or_a_cancelled_link_is_no_rival(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    first = make_link(customer="Acme")
    store.create(session, first, (), wake_at=None, now=now)
    others = [
        make_link(customer="Acme", team_id="T2"),
        make_link(customer="Acme", environment=Environment.IMPLEMENTATION),
    ]
    for other in others:
        assert store.create(session, other, (), wake_at=None, now=now) is None
    store.save(session, replace(first, status=Status.CANCELLED), (), wake_at=None, now=now)
    assert store.create(session, make_link(customer="Acme"), (), wake_at=None, now=now) is None
    with pytest.raises(AlreadyRunningError):
        store.save(session, first, (), wake_at=None, now=now)


def test_any_number_of_links_can_be_cancelled(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    links = [make_link() for _ in range(3)]
    for link in links:
        store.create(session, link, (), wake_at=None, now=now)
    for link in links:
        store.save(session, replace(link, status=Status.CANCELLED), (), wake_at=None, now=now)
    assert {link.status for link in link_lists.everywhere(session)} == {Status.CANCELLED}


def test_creating_the_same_customer_at_once_creates_one(
    database: Database, make_link: Callable[..., Link], now: datetime
) -> None:
    ready = threading.Barrier(4)

    def start(link: Link) -> Link | None:
        ready.wait()
        return database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=now))

    links = [make_link(customer="Acme") for _ in range(4)]
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(start, links))
    assert answers.count(None) == 1
    (created,) = database.run_sync(link_lists.everywhere)
    assert [answer for answer in answers if answer] == [created] * 3


def test_waking(
    session: Session, make_link: Callable[..., Link], now: datetime, minutes: Callable[[float], datetime]
) -> None:
    links = [make_link() for _ in range(4)]
    for link, wake_at in zip(links, (minutes(2), None, minutes(1), minutes(3)), strict=True):
        store.create(session, link, (), wake_at=wake_at, now=now)
    assert link_lists.next_wake(session) == minutes(1)
    assert list(waking.lock_due(session, now, 10)) == []
    assert list(waking.lock_due(session, minutes(2), 10)) == [links[2], links[0]]
    assert list(waking.lock_due(session, minutes(9), 1)) == [links[2]]
    store.save(session, links[2], (), wake_at=None, now=now)
    assert link_lists.next_wake(session) == minutes(2)


def test_finding(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    here, there, foreign = make_link(), make_link(channel_id="C2"), make_link(team_id="T2")
    for link in (here, there, foreign):
        store.create(session, link, (), wake_at=None, now=now)
    assert link_lists.in_channel(session, "T1", "C1") == [here]
    assert link_lists.everywhere(session) == sorted((here, there, foreign), key=lambda link: link.id)
    assert link_lists.everywhere(session, "T2") == [foreign]
    messages.remember(session, here.id, "parent", Posted(channel_id="C1", ts="1.0"))
    messages.remember(session, here.id, "card.1", Posted(channel_id="C1", ts="2.0", thread_ts="1.0"))
    assert messages.find_by_thread(session, "T1", "C1", "1.0") == here
    assert messages.find_by_thread(session, "T2", "C1", "1.0") is None
    assert messages.find_by_thread(session, "T1", "C1", "2.0") is None
    messages.remember(session, here.id, "card.1", Posted(channel_id="C1", ts="3.0", thread_ts="1.0"))
    assert messages.posted(session, here.id, "card.1") == Posted(channel_id="C1", ts="3.0", thread_ts="1.0")


def test_rivals_for_a_tenant(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    endpoint = Endpoint(host="wd2-impl-services1.workday.com", tenant="Acme")
    mine, theirs = make_link(endpoint=endpoint), make_link(endpoint=endpoint)
    gone, foreign = (
        make_link(endpoint=endpoint, status=Status.CANCELLED),
        make_link(endpoint=endpoint, team_id="T2"),
    )
    for link in (mine, gone, foreign):
        store.create(session, link, (), wake_at=None, now=now)
    assert link_lists.endpoint_rival(session, mine, endpoint.host, endpoint.tenant) is None
    store.create(session, theirs, (), wake_at=None, now=now)
    assert link_lists.endpoint_rival(session, mine, endpoint.host, "acme") == theirs
    assert link_lists.endpoint_rival(session, mine, endpoint.host, "other") is None


def test_a_channel_moves(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    link, other = make_link(), make_link(team_id="T2")
    for each in (link, other):
        store.create(session, each, (), wake_at=None, now=now)
        messages.remember(session, each.id, "parent", Posted(channel_id="C1", ts="1.0"))
    assert store.move_channel(session, "T1", "C1", "C9") == [link.id]
    # Until the link itself is told and saved it is still listed, so a crash in between loses nothing.
    assert store.move_channel(session, "T1", "C1", "C9") == [link.id]
    store.save(session, replace(link, channel_id="C9"), (), wake_at=None, now=now)
    assert store.move_channel(session, "T1", "C1", "C9") == []
    assert messages.find_by_thread(session, "T1", "C9", "1.0") == store.load(session, link.id)
    assert messages.find_by_thread(session, "T2", "C1", "1.0") == other


@pytest.mark.parametrize("change", [('"revision":1', '"revision":"one-canary"'), ('"schema":3', '"schema":4')])
def test_a_document_that_is_not_understood_fails_loudly_and_quotes_nothing(
    session: Session, make_link: Callable[..., Link], now: datetime, change: tuple[str, str]
) -> None:
    link = make_link()
    store.create(session, link, (), wake_at=None, now=now)
    document = session.exec(select(LinkRow.document)).one()
    assert change[0] in document
    session.exec(update(LinkRow).where(col(LinkRow.id) == link.id).values(document=document.replace(*change)))
    with pytest.raises(StoredValueError) as caught:
        store.load(session, link.id)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_errands_follow_the_link(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    link = make_link()
    store.create(session, link, (Show(slot="parent"),), wake_at=None, now=now)
    assert claims.next_run(session) == now


def test_a_held_message_does_not_keep_a_link_that_is_to_be_erased(
    session: Session, make_link: Callable[..., Link], now: datetime, minutes: Callable[[float], datetime]
) -> None:
    def claim() -> list[errands.Errand]:
        return claims.claim(session, now=minutes(1), lease=timedelta(minutes=1), free=dict.fromkeys(claims.Hands, 9))

    gone, other = make_link(status=Status.CANCELLED, erase=True), make_link(status=Status.CANCELLED)
    for link in (gone, other):
        store.create(session, link, (Say(key="first"), Say(key="second")), wake_at=None, now=now)
    for errand in claim():
        assert errands.hold(session, errand, error="missing_scope")
    assert link_lists.ending(session) == [gone.id]
    assert link_lists.erasable(session) == []
    assert claim() == []
    assert recovery.bury_held(session, gone.id, now) == 1
    assert link_lists.erasable(session) == [], "the second one is still to be said"
    (second,) = claim()
    assert (second.link_id, second.effect) == (gone.id, Say(key="second"))
    assert errands.finish(session, second, now=now)
    assert link_lists.erasable(session) == [gone.id]
    assert [held.link_id for held in recovery.held(session)] == [other.id]
    store.erase(session, gone.id)
    assert store.load(session, gone.id) is None


def spoil(session: Session, link: Link, change: tuple[str, str]) -> None:
    """Change what is stored of a link."""
    document = session.exec(select(LinkRow.document).where(col(LinkRow.id) == link.id)).one()
    assert change[0] in document
    session.exec(update(LinkRow).where(col(LinkRow.id) == link.id).values(document=document.replace(*change)))


@pytest.mark.parametrize("change", [('"revision":1', '"revision":"one-canary"'), ('"schema":3', '"schema":4')])
def test_one_link_that_cannot_be_read_holds_up_no_other(
    session: Session,
    make_link: Callable[..., Link],
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    change: tuple[str, str],
) -> None:
    place = {"endpoint": ENDPOINT, "status": Status.LINKED}
    bad, good, ours = make_link(id="l1", **place), make_link(id="l2", **place), make_link(id="l3")
    for link in (bad, good, ours):
        store.create(session, link, (), wake_at=now if link is not good else None, now=now)
    gone = make_link(id="l4", status=Status.CANCELLED, erase=True)
    store.create(session, gone, (), wake_at=None, now=now)
    spoil(session, bad, change)
    assert link_lists.everywhere(session) == [good, ours, gone]
    assert link_lists.everywhere(session, "T1") == link_lists.in_channel(session, "T1", "C1") == [good, ours, gone]
    assert link_lists.asleep(session) == [good.id]
    assert list(waking.lock_due(session, now, 1)) == [ours], "it takes no other link's place"
    with pytest.raises(StoredValueError):
        store.create(session, make_link(id="l9", customer=bad.customer), (), wake_at=None, now=now)
    assert link_lists.endpoint_rival(session, ours, ENDPOINT.host, ENDPOINT.tenant) == good
    assert link_lists.ending(session) == [gone.id]
    spoil(session, gone, ('"erase":true', '"erase":"canary"'))
    assert link_lists.ending(session) == []
    assert store.move_channel(session, "T1", "C1", "C9") == sorted([good.id, ours.id])
    first, *others = link_lists.examine(session)
    assert isinstance(first, link_lists.SetAside)
    assert first.link_id == bad.id
    assert others[:2] == [good, ours]
    told = [record for record in caplog.records if record.message == "a link cannot be read and is set aside"]
    assert {vars(record)["link"] for record in told} == {bad.id, gone.id}
    assert not any("canary" in str(vars(record)) for record in told)


def test_what_only_a_newer_release_knows_of_a_link_is_kept(
    database: Database, make_link: Callable[..., Link], now: datetime
) -> None:
    link = make_link()
    database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=now))
    database.run_sync(lambda session: spoil(session, link, ('"revision":1', '"revision":1,"new":"kept"')))

    def change(session: Session) -> None:
        found = store.lock(session, link.id)
        assert found == link
        store.save(session, replace(found, revision=2), (), wake_at=None, now=now)

    database.run_sync(change)
    document = database.run_sync(lambda session: session.exec(select(LinkRow.document)).one())
    assert '"new":"kept"' in document
    assert '"revision":2' in document


def test_links_are_read_some_at_a_time(database: Database, make_link: Callable[..., Link], now: datetime) -> None:
    links = [make_link(id=f"l{number}") for number in range(5)]

    def store_all(session: Session) -> None:
        for link in links:
            store.create(session, link, (), wake_at=None, now=now)
        spoil(session, links[1], ('"revision":1', '"revision":"one"'))

    async def all_of_them() -> list[Link]:
        return [link async for link in link_lists.each(database)]

    database.run_sync(store_all)
    good = [links[0], *links[2:]]
    first = database.run_sync(lambda session: link_lists.page(session, most=2))
    assert first == (good[:1], "l1")
    second = database.run_sync(lambda session: link_lists.page(session, after="l1", most=2))
    assert second == (good[1:3], "l3")
    assert database.run_sync(lambda session: link_lists.page(session, after="l3", most=2)) == (good[3:], "")
    assert database.run_sync(lambda session: link_lists.page(session, after="l4", most=2)) == ([], "")
    assert asyncio.run(all_of_them()) == good


def test_what_is_asked_at_the_start_reads_no_document(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    blocked, asleep = make_link(id="l1", blocked="is_archived"), make_link(id="l2", status=Status.LINKED)
    gone = make_link(id="l3", status=Status.CANCELLED)
    for link in (blocked, asleep, gone):
        store.create(session, link, (), wake_at=None, now=now)
    session.exec(update(LinkRow).values(document="{}"))
    assert link_lists.blocked(session, blocked.team_id, ["missing_scope"]) == [blocked.id]
    assert link_lists.asleep(session) == [asleep.id]
    assert link_lists.running(session, blocked.team_id) == [blocked.id, asleep.id]
    assert link_lists.profiles(session) == {blocked.setup.profile}


def test_the_profile_of_what_works_while_it_is_done_anew_is_in_use(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    link = make_link(id="l1")
    store.create(session, replace(link, previous=replace(link.setup, profile="before")), (), wake_at=None, now=now)
    assert link_lists.profiles(session) == {link.setup.profile, "before"}
