"""A link goes on only where a start would be let, and where nobody but its customer reads on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows import decide
from flows.link.channel import Channel, obstacle
from flows.link.effects import Farewell, LookUp, Show, Slot, TellStaff
from flows.link.events import Form, Submitted
from flows.link.state import Cause, Nudge, Person, Status, Step
from flows.words import load_words
from tests.support.links import ADA, BOB, KIM, NOW, RULES, SAM, a_link

NEW = Channel(id="C0NEW", has_us=True, others=frozenset({ADA.team_id}))


@pytest.mark.parametrize(
    ("channel", "admin", "words"),
    [
        (NEW, ADA, ""),
        (replace(NEW, others=frozenset()), ADA, ""),
        (NEW, None, ""),
        (NEW, SAM, ""),
        (replace(NEW, id="C1"), ADA, "field.channel_same"),
        (replace(NEW, has_us=False), ADA, "field.channel_absent"),
        (replace(NEW, archived=True), ADA, "field.channel_archived"),
        (replace(NEW, others=None), ADA, "field.channel_unasked"),
        (replace(NEW, others=frozenset({"T0ELSE"})), ADA, "field.channel_others"),
        (replace(NEW, others=frozenset({ADA.team_id, "T0ELSE"})), ADA, "field.channel_others"),
        (replace(NEW, others=frozenset({ADA.team_id, "T0ELSE"})), None, "field.channel_others"),
        (replace(NEW, others=frozenset({ADA.team_id, "T0ELSE"})), SAM, "field.channel_others"),
    ],
)
def test_where_a_link_may_go_on(channel: Channel, admin: Person | None, words: str) -> None:
    assert obstacle(a_link(admin=admin), channel) == words
    assert not words or load_words().has(words)


def moving(actor: Person = SAM) -> Submitted:
    return Submitted(actor=actor, form=Form.MOVE, step=Step.GROUP, revision=1, values={"channel": "C0NEW"})


def test_a_link_that_moves_begins_a_thread_and_keeps_everything_else() -> None:
    nudge = Nudge(cause=Cause.STALLED, number=2, rung=0, at=NOW)
    link = a_link(step=Step.GROUP, blocked="is_archived", nudge=nudge, holders={Step.GROUP: BOB})
    there = decide(link, moving(), NOW, RULES)
    assert (there.link.channel_id, there.link.moved, there.link.blocked) == ("C0NEW", 1, None)
    assert there.link.standing_nudge is None
    assert there.link.nudge, "the next reminder is another one"
    assert (there.link.step, there.link.setup, there.link.touched) == (link.step, link.setup, link.touched)
    assert there.link.cards == (*link.cards, Step.GROUP)
    shown = (Show(slot=Slot.PARENT), Show(slot="card.1"), Farewell(number=1))
    assert there.effects == (*shown, LookUp(user_id=ADA.user_id), LookUp(user_id=BOB.user_id))
    assert decide(link, moving(KIM), NOW, RULES).effects[-1] == TellStaff(key="staff.moved")
    again = decide(there.link, moving(KIM), NOW, RULES).refusal
    bare = decide(replace(link, nudge=None), moving(), NOW, RULES).link
    assert bare.nudge is None
    assert again
    assert again.fields == {"channel": "field.channel_same"}, "two at once move it once"


def test_only_our_own_people_move_what_has_not_ended() -> None:
    assert decide(a_link(step=Step.GROUP), moving(ADA), NOW, RULES).refusal
    assert decide(a_link(step=Step.GROUP, status=Status.CANCELLED), moving(), NOW, RULES).refusal
