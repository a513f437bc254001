"""Another customer cannot lock, shut out or blind the one who has proved a user: five days of trying."""

from __future__ import annotations

from datetime import timedelta

from flows.link.attempt import Hitch
from tests.support.backdrop import ISU
from tests.support.neighbours import of, owner_looks, to_somebody_elses_user
from tests.support.stage import Stage

ROUNDS = 20
"""One every six hours."""


async def test_nobody_signs_in_with_a_user_of_another_channel(stage: Stage) -> None:
    tenant = await to_somebody_elses_user(stage)
    for number in range(ROUNDS):
        assert of(stage, "Globex").attempt.hitch is Hitch.OWNED
        assert "Acme" not in stage.eve.screen()
        await stage.enter(f"Wrong-{number}-password", button="Enter it again", user=ISU.lower())
        assert await owner_looks(stage, tenant)
        await stage.later(hours=6)
        await stage.quiet()
    assert tenant.logins(ISU).bad == 0
    told = [call for call in stage.slack.calls if "entered a user that another" in str(call.args.get("text"))]
    assert len(told) == ROUNDS + 1, "our own people hear every time"


async def test_whom_our_people_let_try_leaves_the_owner_a_try(stage: Stage) -> None:
    tenant = await to_somebody_elses_user(stage)
    card = await stage.eve.sees("Wintro: allow it")
    await card.press("Wintro: allow it", by=stage.eve)
    await stage.eve.whispered("Only the people")
    assert tenant.logins(ISU).bad == 0
    await card.press("Wintro: allow it", by=stage.sam)
    await stage.quiet()
    assert tenant.logins(ISU).bad == 1
    for _ in range(ROUNDS):
        for _ in range(2):
            await stage.slack.settled()
            for again in [name for name in stage.live_buttons() if name in {"Check again", "Try the same password"}]:
                await (await stage.eve.sees(again)).press(again)
            await stage.quiet()
        assert await owner_looks(stage, tenant)
        stage.clock.offset += timedelta(hours=6)
    assert tenant.logins(ISU).bad <= ROUNDS + 1
    assert tenant.logins(ISU).good
