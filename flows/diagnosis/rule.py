"""What a rule of diagnosis can ask of an observation, and whether it holds; the rules are a table elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from flows.diagnosis.observations import Content, Layer, Observation, Transport
from flows.diagnosis.reasons import Reason

ASSERTION: Final = "assertion"
"""The operation of a token request that a key signs."""

MOST_SKEW: Final = 60
"""Seconds that clocks may be apart before an assertion is refused for it."""


class Kind(NamedTuple):
    """What tells most rows at once that they are not asked: where an answer came from, and its codes."""

    layer: Layer
    transport: Transport | None
    status: int
    code: str
    error: str
    content: Content
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: what must hold of an observation, and what it then means.

    Whatever a row leaves empty matches everything. `code` is the last part of the SOAP fault code, because the
    locale of a user can change texts but not codes; `text` is part of the fault text in
    lower case, `said` finds in it what it says in any language; `error` is the code in a JSON body; `status` is
    a range, both ends included; `gap` asks for an answer in which something expected is absent, `write` for a
    request that asked about writing, `proved` for an address that has answered as Workday before; past the first
    layer all have; `bearer` for one that an access token signed on, `asserted` for one that an assertion did, `skewed`
    for clocks that are further apart than an assertion stands.
    """

    id: str
    reason: Reason
    layers: frozenset[Layer] = frozenset(Layer)
    transport: frozenset[Transport] = frozenset()
    status: tuple[int, int] | None = None
    code: str = ""
    text: str = ""
    said: Callable[[str], int | None] | None = None
    error: str = ""
    content: Content | None = None
    faulty: bool = False
    gap: bool = False
    intact: bool = False
    write: bool = False
    proved: bool = False
    bearer: bool = False
    asserted: bool = False
    skewed: bool = False

    def is_for(self, kind: Kind) -> bool:
        """Return whether the row is about answers of this kind at all."""
        return (
            kind.layer in self.layers
            and (kind.transport in self.transport if self.transport else kind.transport is None)
            and (self.status is None or self.status[0] <= kind.status <= self.status[1])
            and self.code in {"", kind.code}
            and self.error in {"", kind.error}
            and self.content in {None, kind.content}
            and (kind.has_text or not (self.text or self.said))
        )

    def matches(self, seen: Observation) -> bool:
        """Return whether everything else holds that this row asks for."""
        return (
            (not self.text or self.text in normal(seen.fault_text))
            and (self.said is None or self.said(seen.fault_text) is not None)
            and (not self.faulty or bool(seen.fault_code or seen.fault_text))
            and (not self.gap or bool(seen.missing) or seen.total == 0)
            and (not self.intact or not (seen.malformed or seen.fault_code or seen.fault_text))
            and (not self.write or seen.write)
            and (not self.proved or seen.address_proved or seen.layer is not Layer.REACH)
            and (not self.bearer or seen.bearer)
            and (not self.asserted or seen.operation == ASSERTION)
            and (not self.skewed or abs(seen.clock_off) >= MOST_SKEW)
        )


def code_of(fault_code: str) -> str:
    """Return the last part of a SOAP fault code: `authenticationError` of `SOAP-ENV:Client.authenticationError`."""
    return re.split(r"[.:}]", fault_code)[-1]


def normal(text: str) -> str:
    """Return a text in lower case with single spaces."""
    return " ".join(text.lower().split())
