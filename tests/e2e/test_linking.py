"""Whole links, told as a person would live them."""

from __future__ import annotations

from tests.support.backdrop import ISU
from tests.support.stage import Stage


async def test_a_whole_link_from_the_command_to_linked(stage: Stage) -> None:
    tenant = await stage.to_linked()
    assert tenant.logins(ISU).bad == 0
    assert not tenant.writes
    assert stage.slack.troubles == []
    assert [call.error for call in stage.slack.calls if call.error] == []
    assert stage.live_buttons() == ["Link another environment", "Show what you saw", "Get the list"]


async def test_a_whole_link_over_socket_mode_where_each_envelope_comes_twice(socket_stage: Stage) -> None:
    socket_stage.slack.delivery.doubled = True
    await socket_stage.to_linked()
    assert socket_stage.slack.troubles == []
    people = (socket_stage.sam, socket_stage.ada)
    assert [one.text for person in people for one in person.whispers if "changed since" in one.text] == []
