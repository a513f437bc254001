"""Owns what the page can be told to do, beyond the two screens: desk, clock, a new world; each in a table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from sandbox.child import ChildError
from sandbox.page.ground import clock, hand
from sandbox.page.ground.playground import Playground
from sandbox.page.ground.reach import GoneError
from sandbox.page.insight.since import Since
from sandbox.page.insight.tape import Tape
from sandbox.page.screens.acts import ACTS, Asked, Fields
from sandbox.page.stories.book import STORIES
from sandbox.page.stories.play import Play
from sandbox.page.trouble import network, switches
from sandbox.page.trouble.pitfalls import PITFALLS
from sandbox.page.workday.desk import WorkdayDesk
from sandbox.slack import AppSilent, Message, NotAllowed

Turn: TypeAlias = Callable[["Director", Asked, Fields], Awaitable[None]]
SWITCHES = {**PITFALLS, **{switch.slug: switch for switch in network.SWITCHES}}


class Director:
    """Takes what the page asks for and has it done; trouble becomes a note on the screen where it arose."""

    def __init__(self, ground: Playground) -> None:
        self.ground = ground
        self.desk = WorkdayDesk(ground)
        self.tape = Tape(ground)
        self.since = Since(ground)
        self.play = Play()
        self.tab = "workday"
        self.is_resetting = True
        ground.on_begin(self.desk.clear)
        ground.on_begin(self.since.read)

    async def afresh(self) -> None:
        """Begin a new world."""
        self.is_resetting = True
        try:
            await self.ground.begin()
        finally:
            self.is_resetting = False

    async def begin_story(self, slug: str) -> None:
        """Play a story in a new world; an unknown one is no story."""
        if slug in STORIES:
            self.play.stop()
            await self.afresh()
            story = STORIES[slug]
            self.play.begin(slug, story.title, lambda: story.script(self.ground, self.play))

    async def take(self, asked: Asked, fields: Fields) -> None:
        """Do one thing that the page asks for; what it does not know is no error of anybody."""
        name = asked.get("do", "")
        if self.is_resetting:
            return
        if name in TURNS:
            await TURNS[name](self, asked, fields)
        elif name in ACTS and asked.get("who") in self.ground.panes:
            await self._on_a_screen(name, asked, fields)

    async def _on_a_screen(self, name: str, asked: Asked, fields: Fields) -> None:
        pane = self.ground.panes[asked["who"]]
        pane.trouble = ""
        try:
            await ACTS[name](self.ground, pane, asked, fields)
        except GoneError as gone:
            pane.trouble = str(gone)
        except NotAllowed as refused:
            pane.trouble = str(refused)
        except AppSilent as silent:
            pane.trouble = str(silent).partition(" [")[0]
        except (AssertionError, LookupError) as error:
            pane.trouble = str(error).splitlines()[0]

    def look_at_cards(self) -> None:
        """Read off the newest cards which permissions they ask for."""
        for channel in self.ground.slack.world.channels.values():
            for post in channel.messages.values():
                if post.by_app and not post.deleted and len(post.blocks) > 3:
                    hand.read_card(self.ground, Message(self.ground.slack, post))


async def afresh(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.play.stop()
    await director.afresh()


async def tab(director: Director, asked: Asked, _fields: Fields) -> None:
    director.tab = asked["tab"]


async def turn_clock(director: Director, asked: Asked, _fields: Fields) -> None:
    ground, now = director.ground, director.ground.now()
    due = await asyncio.to_thread(clock.next_due, ground.database, now)
    ground.pass_time(clock.ahead(asked["turn"], now, due))
    director.since.turned(f"{ground.now():%a %d %b %Y %H:%M} UTC")


async def read(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.since.read()


async def search(director: Director, asked: Asked, fields: Fields) -> None:
    director.desk.search((fields.get("query") or [asked.get("value", "")])[0].strip())


async def open_task(director: Director, asked: Asked, _fields: Fields) -> None:
    director.desk.open(asked["task"])


async def ok(director: Director, asked: Asked, fields: Fields) -> None:
    director.desk.ok(fields, is_filled="isFilled" in asked)


async def leave(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.desk.clear()


async def fill_in(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.desk.right()


async def do_all(director: Director, _asked: Asked, _fields: Fields) -> None:
    hand.do_all(director.ground)
    director.desk.clear()
    director.desk.done = "User, group, permissions and API client are there, and all is activated."


async def turn_switch(director: Director, asked: Asked, _fields: Fields) -> None:
    ground = director.ground
    switch = SWITCHES[asked["slug"]]
    if switch.slug in network.ODD:
        for other in (SWITCHES[slug] for slug in network.ODD & ground.switched_on - {switch.slug}):
            switches.mend(ground, other)
    switches.turn(ground, switch)


async def push(director: Director, asked: Asked, _fields: Fields) -> None:
    network.PUSHES[asked["push"]][1](director.ground)


async def filter_tape(director: Director, asked: Asked, _fields: Fields) -> None:
    director.tape.wanted = asked["value"]


async def begin_story(director: Director, asked: Asked, _fields: Fields) -> None:
    await director.begin_story(asked.get("story") or asked.get("value", ""))


async def pause(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.play.pause()


async def resume(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.play.resume()


async def step(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.play.step()


async def take_over(director: Director, _asked: Asked, _fields: Fields) -> None:
    director.play.stop()


async def kill(director: Director, _asked: Asked, _fields: Fields) -> None:
    await director.ground.kill()


async def start(director: Director, _asked: Asked, _fields: Fields) -> None:
    try:
        await director.ground.start()
    except ChildError as error:
        director.ground.left.trouble = str(error).splitlines()[0]


TURNS: Mapping[str, Turn] = {
    "afresh": afresh,
    "tab": tab,
    "clock": turn_clock,
    "read": read,
    "workday-search": search,
    "workday-open": open_task,
    "workday-ok": ok,
    "workday-cancel": leave,
    "workday-right": fill_in,
    "workday-all": do_all,
    "switch": turn_switch,
    "push": push,
    "tape": filter_tape,
    "story": begin_story,
    "pause": pause,
    "resume": resume,
    "step": step,
    "take-over": take_over,
    "kill": kill,
    "start": start,
}
"""What the page can ask for, by the name that it sends."""
