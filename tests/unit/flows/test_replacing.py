"""Changing fields of a frozen value comes to what the standard library makes of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from flows.link.events import Action, Pressed
from flows.link.state import Step
from flows.replacing import replace
from tests.support.drawn_states import every_state
from tests.support.links import ADA, ENDPOINT, NOW, a_link

CHANGES: dict[str, Any] = {"step": Step.GROUP, "customer": "Other", "touched": NOW}


@pytest.mark.no_cover
@pytest.mark.parametrize("changes", [{}, CHANGES, {"admin": None}])
def test_it_comes_to_the_same(changes: dict[str, Any]) -> None:
    for link in every_state():
        assert replace(link, **changes) == dataclasses.replace(link, **changes)
        assert replace(link.setup) == link.setup


def test_the_old_value_stays_and_the_new_one_is_as_frozen() -> None:
    old = a_link()
    new = replace(old, customer="Other")
    assert (old.customer, new.customer) == ("Acme", "Other")
    with pytest.raises(dataclasses.FrozenInstanceError):
        new.customer = "x"  # type: ignore[misc]  # that it cannot be is what is shown


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="Pressed has no field nothing"):
        replace(Pressed(actor=ADA, action=Action.DONE, step=Step.GROUP, revision=1), nothing=1)  # type: ignore[call-arg]  # as above


def test_a_value_that_looks_at_its_fields_is_not_made_behind_its_back() -> None:
    with pytest.raises(TypeError, match="Endpoint has to be made anew"):
        replace(ENDPOINT, tenant="Other")
