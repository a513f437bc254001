"""Owns walking a link by hand of both people, step by step, without any slip of its own; captions are the story's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.ground import hand
from sandbox.page.trouble.switches import Stage
from sandbox.slack.block_kit import STATE_KEY
from sandbox.slack.reading import touchables
from sandbox.slack.waiting import until

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground
    from sandbox.page.stories.play import Play
    from sandbox.slack import Message, Modal, Outcome, Person

PATIENCE = 40.0
"""Seconds for the app to do the next thing, on a machine that may be busy."""

ORDER = (Stage.ADDRESS, Stage.SIGN_ON, Stage.ACTIVATION, Stage.CLIENT)
FIRST = {
    Stage.ADDRESS: "Paste the URL",
    Stage.SIGN_ON: "Enter user name and password",
    Stage.ACTIVATION: "Activated: check",
    Stage.CLIENT: "Enter the three values",
}
AGAIN = ("Enter it again", "Paste another", "Check again", "Try the same password")
"""What a card that tells of trouble offers, the likeliest first."""
GREEN = {
    Stage.ADDRESS: "Enter user name and password",
    Stage.SIGN_ON: "I've exempted it",
    Stage.ACTIVATION: "Workday is linked",
    Stage.CLIENT: "Workday is linked",
}
"""Words that stand when a stage is passed."""


class Walker:
    """Walks one link; `at` is the stage that it stands before, `needs_client` asks for absence data, too."""

    def __init__(self, ground: Playground, play: Play, *, needs_client: bool = False) -> None:
        self.ground = ground
        self.play = play
        self.needs_client = needs_client
        self.at: Stage | None = None

    @property
    def sam(self) -> Person:
        return self.ground.slack.person("sam")

    @property
    def ada(self) -> Person:
        return self.ground.slack.person("ada")

    async def to(self, stage: Stage) -> None:
        """Walk to a stage, from wherever the link stands before it."""
        if self.at is None:
            await self.start()
            self.at = Stage.ADDRESS
        while self.at is not stage and ORDER.index(self.at) < ORDER.index(stage):
            await self.say_pass(self.at)
            await self.pass_stage(self.at)
            self.at = ORDER[ORDER.index(self.at) + 1]
        await self.sees(FIRST[stage])

    async def start(self, button: str = "I can do this") -> None:
        await self.play.say("Sam types /link-workday in the shared channel.", "One command starts a link.")
        await self.sam.command("/link-workday", channel="ext-acme-wintro")
        modal = await self.sam.modal("Link Workday", timeout=PATIENCE)
        self.fill(modal, "left")
        if self.needs_client:
            await modal.fill({"Absence data": ["Needed: adds the API client step"]})
        await self.play.beat()
        await modal.submit()
        await self.play.say("Ada, the customer's Workday admin, is asked in a thread.", "She has never seen this app.")
        await self.press(button)

    async def say_pass(self, stage: Stage) -> None:
        words = {
            Stage.ADDRESS: ("Ada pastes the service URL.", "Workday is asked at once whether it answers there."),
            Stage.SIGN_ON: ("Ada makes the integration user and enters it.", "One login proves name and password."),
            Stage.ACTIVATION: ("Ada gives the permissions and activates them.", "Each one is asked about by itself."),
        }
        await self.play.say(*words[stage])

    async def pass_stage(self, stage: Stage) -> None:
        """Do what a stage asks for, rightly, up to the door of the next one."""
        if stage is Stage.ACTIVATION:
            hand.activate(self.ground)
        await self.attempt(stage)
        if stage is Stage.SIGN_ON:
            await self.to_activation()

    async def to_activation(self) -> None:
        """Go from the accepted password to the check of the permissions."""
        await self.sees("I've exempted it")
        hand.exempt_user(self.ground)
        await self.press("I've exempted it")
        await self.to_granted()

    async def to_granted(self) -> None:
        """Go from the accepted sign-in to the check of the permissions."""
        await self.sees("Group created")
        hand.make_group(self.ground)
        await self.press("Group created")
        card = await self.sees("All saved: next")
        hand.read_card(self.ground, card)
        hand.grant(self.ground)
        await self.press("All saved: next")
        await self.sees(FIRST[Stage.ACTIVATION])

    async def attempt(self, stage: Stage) -> Outcome | None:
        """Try a stage once, the first time or again; gives how the form ended, if there is one."""
        label = await self.offered(stage)
        await self.press(label)
        if stage is Stage.ACTIVATION or label in {"Check again", "Try the same password"}:
            return None
        modal = await self.ada.modal(timeout=PATIENCE)
        self.fill(modal, "right")
        await self.play.beat()
        return await modal.submit()

    async def offered(self, stage: Stage) -> str:
        """Wait for a button with which a stage is tried, again or for the first time; gives the newest one's label."""
        # Of the permissions nothing is entered anew: they are looked at again, with the password that is there.
        labels = (*(AGAIN[2:] if stage is Stage.ACTIVATION else AGAIN), FIRST[stage])

        def look() -> str | None:
            buttons = (" / ".join(message.buttons) for message in reversed(self.ada.messages))
            return next((label for there in buttons for label in labels if label in there), None)

        return await until(look, PATIENCE, lambda: f"Ada is offered nothing to try but\n{self.ada.screen()}")

    async def press(self, label: str) -> None:
        await (await self.sees(label)).press(label)
        await self.play.beat()

    async def sees(self, words: str) -> Message:
        """Wait until Ada sees these words."""
        return await self.ada.sees(words, timeout=PATIENCE)

    async def reads(self, words: str) -> None:
        """Wait until Ada reads these words anywhere on her screen: in a message, or in a form and its errors."""

        def look() -> bool | None:
            texts = [message.text for message in self.ada.messages[-8:]] + [modal.text for modal in self.ada.modals]
            return True if any(words in " ".join(text.split()) for text in texts) else None

        await until(look, PATIENCE, lambda: f"Ada does not read {words!r} but\n{self.ada.screen()}")

    def passed(self, stage: Stage) -> None:
        """Know that a stage was passed, however that came about."""
        if stage in {Stage.ADDRESS, Stage.ACTIVATION}:
            self.at = ORDER[ORDER.index(stage) + 1]

    def fill(self, modal: Modal, side: str) -> None:
        """Fill a form in from what is in the hand."""
        for touch in touchables(modal.blocks, self.ground.slack.world):
            if touch.kind in STATE_KEY and (known := hand.held(self.ground, touch.ids[1], side)):
                hand.put(modal, touch, known)
