"""Owns the shape of what can be made to go wrong with one click and taken back with another; it names no trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

Deed: TypeAlias = Callable[["Playground"], object]


class Stage(StrEnum):
    """Where in the walk a trouble shows."""

    ADDRESS = "address"
    SIGN_ON = "sign-on"
    ACTIVATION = "activation"
    CLIENT = "API client"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One trouble: `on` makes it, `off` mends it; `tells` says what can be seen of it, `shows` words that then stand.

    What `passes` is no trouble for the app: it goes on, and the words are those of the way on.
    """

    slug: str
    title: str
    tells: str
    on: Deed
    off: Deed
    number: str = ""
    stage: Stage = Stage.ANYWHERE
    shows: str = ""
    passes: bool = False


def turn(ground: Playground, switch: Switch) -> None:
    """Make the trouble if it is not there, mend it if it is."""
    if switch.slug in ground.switched_on:
        mend(ground, switch)
    else:
        make(ground, switch)


def make(ground: Playground, switch: Switch) -> None:
    switch.on(ground)
    ground.switched_on.add(switch.slug)


def mend(ground: Playground, switch: Switch) -> None:
    switch.off(ground)
    ground.switched_on.discard(switch.slug)
