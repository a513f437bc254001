"""What many links are found and sorted by agrees with where each of them stands."""

from __future__ import annotations

from datetime import date

import pytest

from flows.link.overview import Turn, folded, overview, sounded
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import Mover, State, standing
from flows.link.state import Status, Step
from tests.support.drawn_states import every_state
from tests.support.links import NOW, SAM, a_link

EXPIRY = Expiry(kind=ExpiryKind.POLICY, days=10, set_on=date(2026, 11, 20))


@pytest.mark.no_cover
def test_it_is_what_the_standing_says() -> None:
    for link in every_state():
        found, seen = standing(link, NOW), overview(link, NOW)
        assert (seen.state, seen.since) == (found.state, found.since)
        is_ours = found.mover is Mover.OWNER or (link.blocked and link.status is not Status.CANCELLED)
        assert (seen.turn is Turn.OURS) == bool(is_ours), link


def test_a_link_is_found_by_its_owner_its_customer_and_its_days() -> None:
    seen = overview(a_link(customer="  ACME\0 Corp", step=Step.LINKED, status=Status.LINKED, expiry=EXPIRY), NOW)
    assert (seen.owner, seen.customer, seen.due, seen.state) == (
        SAM.user_id,
        "acme corp",
        date(2026, 11, 30),
        State.LINKED,
    )
    assert overview(a_link(step=Step.GROUP, expiry=EXPIRY), NOW).due is None
    assert overview(a_link(approval=date(2026, 12, 1), status=Status.PAUSED), NOW).approval == date(2026, 12, 1)


def test_a_link_that_slack_shuts_out_is_ours_to_mend_until_it_has_ended() -> None:
    assert overview(a_link(blocked="is_archived"), NOW).turn is Turn.OURS
    assert overview(a_link(blocked="is_archived", status=Status.CANCELLED), NOW).turn is Turn.NOBODYS


def test_names_are_folded_as_people_search_for_them() -> None:
    assert folded("ACME\u2003  Straße") == "acme strasse"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("E*TRADE", "etrade"),
        ("AT&T", "at & t"),
        ("L’Oréal", "l'oreal"),  # noqa: RUF001  the apostrophe is meant
        ("Société Générale", "societe generale"),
        ("7-Eleven", "7 Eleven"),
        ("Marks & Spencer", "Marks and Spencer"),
        ("Müller", "Mueller"),
        ("Ørsted", "orsted"),
        ("Yahoo!", "yahoo"),
        ("株式会社A", "株式会社 a"),
    ],
)
def test_names_are_one_without_their_signs(name: str, typed: str) -> None:
    assert sounded(name) == sounded(typed) != ""


def test_other_names_stay_others() -> None:
    assert not sounded("!!! & ?")
    assert len({sounded(one) for one in ("が", "か", "हिन्दी", "हनद", "Brandon", "Bron")}) == 6
