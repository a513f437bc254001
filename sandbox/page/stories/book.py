"""Owns which stories there are: each a slug to share, a title, and what happens in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from sandbox.page.ground import clock, hand
from sandbox.page.ground.hand import ISU
from sandbox.page.stories.walker import FIRST, GREEN, PATIENCE, Walker
from sandbox.page.trouble.pitfalls import PITFALLS
from sandbox.page.trouble.switches import Stage, Switch, make, mend

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground
    from sandbox.page.stories.play import Play

Script: TypeAlias = Callable[["Playground", "Play"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """One story; its script begins in a world in which nothing is linked."""

    title: str
    script: Script


async def first_link(ground: Playground, play: Play) -> None:
    """Walk from the command to green without a slip."""
    walker = Walker(ground, play)
    await walker.to(Stage.ACTIVATION)
    await walker.say_pass(Stage.ACTIVATION)
    await walker.pass_stage(Stage.ACTIVATION)
    await walker.sees(GREEN[Stage.ACTIVATION])
    await play.say("Acme is linked.", "From now on the app looks after it: every day, for years.")


async def killed(ground: Playground, play: Play) -> None:
    """Kill the app half-way."""
    walker = Walker(ground, play)
    await walker.to(Stage.SIGN_ON)
    await play.say("The app is killed, as by a power cut.", "All it knew and owed is in its database.")
    await ground.kill()
    await play.beat()
    await ground.start()
    await play.say("It runs again. Ada's card still works, and nothing stands twice.")
    await walker.attempt(Stage.SIGN_ON)
    await walker.sees(GREEN[Stage.SIGN_ON])
    await play.say("Workday accepts the password; the walk goes on.")


async def without_a_password(ground: Playground, play: Play) -> None:
    """Walk to green with a key: nothing secret passes through Slack, a form or a person's hands."""
    walker = Walker(ground, play)
    await walker.start("Start without a password")
    await walker.pass_stage(Stage.ADDRESS)
    await walker.sees("User created")
    await play.say("Ada makes the integration user.", "Workday makes up its password; nobody has to know it.")
    hand.make_user(ground)
    await walker.press("User created")
    await walker.sees("BEGIN CERTIFICATE")
    await play.say("The app has made a key, and shows its certificate.", "The secret half is sealed and never shown.")
    hand.make_key_client(ground)
    await play.say("Ada pastes it into Workday, and registers a client.", "What she pastes is no secret.")
    await walker.press("Enter the client ID")
    modal = await walker.ada.modal(timeout=PATIENCE)
    walker.fill(modal, "right")
    await play.beat()
    await modal.submit()
    await walker.sees("Group created")
    await play.say("She enters the client's id. That is all.", "A token proved the key, the client and the user.")
    await walker.to_granted()
    hand.activate(ground)
    await walker.press(FIRST[Stage.ACTIVATION])
    await walker.sees(GREEN[Stage.ACTIVATION])
    await play.say("Linked. No password was typed, sent or stored.", "Each permission was asked about with a token.")


async def reminder(ground: Playground, play: Play) -> None:
    """Let a password come near its end, and be exempted in time."""
    walker = Walker(ground, play)
    await walker.to(Stage.SIGN_ON)
    await walker.attempt(Stage.SIGN_ON)
    await walker.sees("I've exempted it")
    await play.say("Ada does not exempt the user: its password ends after 120 days.", "So the app counts the days.")
    ground.tenant.maintain_password_rules(expiry_days=hand.DAYS)
    await walker.press("It expires")
    modal = await walker.ada.modal(timeout=PATIENCE)
    walker.fill(modal, "right")
    await play.beat()
    await modal.submit()
    await walker.press("Group created")
    card = await walker.sees("All saved: next")
    hand.read_card(ground, card)
    await walker.press("All saved: next")
    hand.activate(ground)
    await walker.press(FIRST[Stage.ACTIVATION])
    await walker.sees(GREEN[Stage.ACTIVATION])
    await play.say("Three months pass.", "The clock is turned; the app follows it.")
    ground.pass_time(clock.next_working_day(ground.now() + timedelta(days=91)) - ground.now())
    await walker.sees("If nothing changes")
    await play.say("Ada is reminded in her working hours, before the password ends.", "One button mends it.")
    ground.tenant.maintain_password_rules(exempt=[ISU])
    await walker.press("I've exempted it")
    await walker.sees("Answered: you exempted")
    await play.say("She has exempted the user. The reminder is one line now.")


async def stumbling_slack(ground: Playground, play: Play) -> None:
    """Let Slack limit, fail and lose answers while a link goes on."""
    walker = Walker(ground, play)
    await walker.to(Stage.ADDRESS)
    await play.say("Slack stumbles: too many requests, a fault, an answer lost.", "Who knows what arrived?")
    faults = ground.slack.faults
    faults.next("chat.update", rate_limited=1, times=2)
    faults.next("chat.update", http=500)
    faults.next("chat.postMessage", lose_answer=True)
    await walker.attempt(Stage.ADDRESS)
    seen = asyncio.ensure_future(walker.sees(FIRST[Stage.SIGN_ON]))
    try:
        while not seen.done():  # the app waits longer after each fault, and nobody else has to
            ground.pass_time(timedelta(seconds=10))
            await asyncio.wait([seen], timeout=0.5)
        await seen
    finally:
        seen.cancel()
    await play.say("The next card is there, once.", "A post whose answer was lost is looked for first.")


async def pitfall(switch: Switch, ground: Playground, play: Play) -> None:
    """Fall into a pitfall where it shows, read the card, mend it, and go on."""
    walker = Walker(ground, play, needs_client=switch.stage is Stage.CLIENT)
    await walker.to(switch.stage)
    await fall(walker, switch)
    await get_out(walker, switch)


async def fall(walker: Walker, switch: Switch) -> None:
    """Make the trouble at its stage and wait until its words are read."""
    await walker.play.say(f"{switch.title}.", "Nobody has noticed yet.")
    make(walker.ground, switch)
    await walker.attempt(switch.stage)
    await walker.reads(switch.shows)
    await walker.play.say("The app goes on." if switch.passes else "The app says what it is.", switch.tells)


async def get_out(walker: Walker, switch: Switch) -> None:
    """Mend the trouble and pass its stage."""
    mend(walker.ground, switch)
    if switch.passes:
        walker.passed(switch.stage)
        return
    await walker.play.say("Ada mends it, and tries again.")
    if switch.slug == "peoples-page":
        await walker.press("Yes, use it")
    elif switch.slug == "service-window":
        walker.ground.pass_time(timedelta(hours=3))
    else:
        for modal in walker.ada.modals:
            walker.fill(modal, "right")
            await modal.submit()
            break
        else:
            await walker.attempt(switch.stage)
    walker.passed(switch.stage)
    goes_on = walker.needs_client and switch.stage is Stage.ACTIVATION
    await walker.sees(FIRST[Stage.CLIENT] if goes_on else GREEN[switch.stage])
    await walker.play.say("It is green.")


STORIES: Mapping[str, Story] = {
    "first-link": Story("A link without a slip", first_link),
    "without-a-password": Story("A link without a password", without_a_password),
    "killed-half-way": Story("The app is killed half-way", killed),
    "password-reminder": Story("A password comes near its end", reminder),
    "stumbling-slack": Story("Slack stumbles", stumbling_slack),
} | {slug: Story(f"{one.number} · {one.title}", partial(pitfall, one)) for slug, one in PITFALLS.items()}
"""By the slug of an address, as in `#story=forgotten-activation`."""
