"""A digest is due once for each reader, and says of a link only what it has not said before; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.link.effects import Slot
from flows.link.state import Link, Person, Status
from storage import links as store
from storage import messages
from storage.messages import Posted
from storage.reports import digests
from storage.reports.digests import CHANNEL, Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

SAM = Person(user_id="U0SAM", team_id="T0OURS", zone="Europe/Berlin")
KIM = Person(user_id="U0KIM", team_id="T0OURS")
DAY = timedelta(days=1)


@pytest.fixture
def three(session: Session, make_link: Callable[..., Link], now: datetime) -> list[str]:
    """Two links of Sam's and one of Kim's, beside one that has ended."""
    made = [make_link(owner=owner, customer=customer) for owner, customer in ((SAM, "a"), (SAM, "b"), (KIM, "c"))]
    for link in (*made, make_link(owner=Person(user_id="U0OLD"), customer="d", status=Status.CANCELLED)):
        store.create(session, link, (), wake_at=None, now=now)
    return [link.id for link in made]


def test_whoever_owns_a_link_gets_a_digest_when_it_is_due(session: Session, three: list[str], now: datetime) -> None:
    found = digests.newcomers(session)
    assert {(one.who, one.zone) for one in found} == {(SAM.user_id, "Europe/Berlin"), (KIM.user_id, "")}
    for one in found:
        digests.join(session, one, now + DAY)
        digests.join(session, one, now + 9 * DAY)
    digests.join(session, Reader(who=CHANNEL, zone=""), now)
    assert digests.newcomers(session) == []
    assert digests.due(session, now, channel=False) == []
    assert [one.who for one in digests.due(session, now, channel=True)] == [CHANNEL]
    digests.found_zone(session, KIM.user_id, "Asia/Tokyo")
    due = digests.due(session, now + DAY, channel=False)
    assert due == [Reader(who=KIM.user_id, zone="Asia/Tokyo"), Reader(who=SAM.user_id, zone="Europe/Berlin")]
    assert digests.put_off(session, SAM.user_id, now + DAY, now + 2 * DAY)
    assert not digests.put_off(session, SAM.user_id, now + DAY, now + 2 * DAY), "one process of all takes the turn"
    assert three


def test_each_reads_of_their_own_links_page_by_page(
    session: Session, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "AT_A_TIME", 1)
    first, after = digests.page(session, SAM.user_id)
    second, end = digests.page(session, SAM.user_id, after=after)
    assert {first[0].id, second[0].id} == set(three[:2])
    assert digests.page(session, SAM.user_id, after=end) == ([], "")
    monkeypatch.setattr(digests, "AT_A_TIME", 200)
    assert {link.id for link in digests.page(session, CHANNEL)[0]} == set(three)


def test_nothing_is_said_twice_that_has_not_changed(session: Session, three: list[str], now: datetime) -> None:
    a, b, c = three

    def tell(who: str, days: int, most: int = 9, **marks: str) -> tuple[set[str], int]:
        by_id = {{"a": a, "b": b, "c": c}[name]: mark for name, mark in marks.items()}
        news = digests.tell(session, who, by_id, now + days * DAY, most=most)
        return set(news.said), news.left

    def said(days: int) -> dict[str, bool]:
        return {one.found.link_id: one.is_new for one in digests.told(session, now + days * DAY)}

    assert tell("sam", 1, a="old", b="old") == ({a, b}, 0)
    assert said(1) == {a: True, b: True}
    assert tell("sam", 2, a="old", b="old") == (set(), 0)
    assert tell("sam", 3, a="older", b="old") == ({a}, 0)
    assert said(3) == {a: False}
    assert tell("kim", 4, c="old", a="older") == ({a, c}, 0), "to whoever has it now, it is new"
    assert said(4) == {a: True, c: True}
    assert tell("sam", 5) == (set(), 0)
    assert tell("sam", 6, b="old") == ({b}, 0), "it was well in between"
    assert tell("kim", 7, a="oldest", c="older", b="old", most=2) == ({a, b}, 1), "new ones come first"
    assert tell("kim", 8, a="oldest", c="older", b="old", most=2) == ({c}, 0)


def test_what_is_said_comes_with_the_way_to_its_thread(session: Session, three: list[str], now: datetime) -> None:
    where = Posted(channel_id="C1", ts="1.2")
    messages.remember(session, three[0], Slot.PARENT, where)
    digests.tell(session, CHANNEL, dict.fromkeys(three, "m"), now, most=9)
    found = {one.found.link_id: one.found.parent for one in digests.told(session, now)}
    assert found == {three[0]: where, three[1]: None, three[2]: None}
    store.erase(session, three[0])
    assert len(digests.told(session, now)) == 2
