"""Owns a message as a test holds it: read live, press, choose. It reaches the app only through a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.block_kit import STATE_KEY, entry, fresh_values
from sandbox.slack.events import payloads
from sandbox.slack.reading import Touchable, find, readable, shown_value, touchables, value_for
from sandbox.slack.waiting import NotAllowed

if TYPE_CHECKING:
    from sandbox.slack.json_object import Json
    from sandbox.slack.people.session import Session
    from sandbox.slack.service import SlackService
    from sandbox.slack.workspace import Post


class Message:
    """One message, read anew at every access; a frozen one stays what an old client shows."""

    def __init__(self, slack: SlackService, post: Post, reader: Session | None = None) -> None:
        self.slack = slack
        self.post = post
        self.reader = reader
        self.is_frozen = False

    def __repr__(self) -> str:
        return f"<Message {self.ts} {self.text!r} {self.buttons}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.ts, self.channel) == (other.ts, other.channel)

    def __hash__(self) -> int:
        return hash(self.ts)

    @property
    def text(self) -> str:
        """What the reader sees: blocks if there are any, without marks, names for ids."""
        return readable(self.post, self.slack.world, self.reader.user if self.reader else None)

    @property
    def fallback(self) -> str:
        """The `text` argument: notifications and screen readers."""
        return self.post.text

    @property
    def blocks(self) -> list[Json]:
        return self.post.blocks

    @property
    def ts(self) -> str:
        return self.post.ts

    @property
    def channel(self) -> str:
        return self.post.channel

    @property
    def thread_ts(self) -> str | None:
        return self.post.thread_ts

    @property
    def metadata(self) -> Json | None:
        return self.post.metadata

    @property
    def edited(self) -> str | None:
        return self.post.edited

    @property
    def deleted(self) -> bool:
        return self.post.deleted

    @property
    def broadcast(self) -> bool:
        return self.post.broadcast

    @property
    def by_app(self) -> bool:
        return self.post.by_app

    @property
    def files(self) -> dict[str, bytes]:
        """The files that the app has shared with it, by their names."""
        uploads = (self.slack.core.uploads.get(str(file.get("id"))) for file in self.post.files)
        return {upload.name: upload.content or b"" for upload in uploads if upload}

    @property
    def touchables(self) -> list[Touchable]:
        return touchables(self.post.blocks, self.slack.world)

    @property
    def buttons(self) -> list[str]:
        return [t.label for t in self.touchables if t.kind == "button"]

    def button(self, label: str) -> Json:
        """Return a button's element: its value, style, url, confirm dialog."""
        return find([t for t in self.touchables if t.kind == "button"], label).element

    def choices(self, by: Session | None = None) -> dict[str, object]:
        """Return what a person has chosen in this message, by action id."""
        values = self._values(self._who(by))
        return {
            action: shown_value(state, self.slack.world) for block in values.values() for action, state in block.items()
        }

    def freeze(self) -> Message:
        """Keep this version, as a client does that has not redrawn yet."""
        copy = Message(self.slack, self.post.snapshot(), self.reader)
        copy.is_frozen = True
        return copy

    async def press(self, label: str, by: Session | None = None, *, unseen: bool = False) -> None:
        """Press a button of the current version; a confirm dialog is agreed to.

        `unseen` presses also what Slack hides from this person, as a client does that knows nothing of hiding.
        """
        person = self._who(by)
        touch = find([t for t in self.touchables if t.kind == "button"], label)
        shown_to = touch.element.get("visible_to_user_ids")
        if shown_to and person.user.id not in shown_to and not unseen:
            raise NotAllowed(f"{person.name} does not see the button {label!r}")
        block_id, action_id = touch.ids
        action = {
            "type": "button",
            "block_id": block_id,
            "action_id": action_id,
            "text": touch.element["text"],
        }
        action |= {name: touch.element[name] for name in ("value", "style", "url") if name in touch.element}
        await self._act(person, touch, action)

    async def choose(self, label: str, options: object, by: Session | None = None) -> None:
        """Choose in a select, overflow, radio, checkboxes or date picker; a list sets exactly that."""
        person = self._who(by)
        touch = find([t for t in self.touchables if t.kind != "button"], label)
        block_id, action_id = touch.ids
        if isinstance(options, list | tuple) and not touch.kind.startswith(("multi_", "checkboxes")):
            (options,) = options
        action: Json = {"type": touch.kind, "block_id": block_id, "action_id": action_id}
        if touch.kind == "overflow":
            stand_in = {**touch.element, "type": "static_select"}
            action["selected_option"] = value_for(stand_in, options, self.slack.world)
        else:
            value = value_for(touch.element, options, self.slack.world)
            action[STATE_KEY[touch.kind]] = value
            values = self._values(person)
            values[block_id][action_id] = entry(touch.element, value)
            self.post.chosen[person.user.id] = values
        await self._act(person, touch, action)

    def _values(self, person: Session) -> Json:
        return fresh_values(self.post.blocks, self.post.chosen.get(person.user.id))

    def _who(self, by: Session | None) -> Session:
        person = by or self.reader
        if person is None:
            raise AssertionError("say who: by=…")
        if not self.is_frozen and self.post.deleted:
            raise NotAllowed(f"the message is gone: {self.text!r}")
        person.must_see(self.post)
        return person

    async def _act(self, person: Session, touch: Touchable, action: Json) -> None:
        core = self.slack.core
        action["action_ts"] = core.world.next_ts()
        payload = payloads.message_action(core, person.user, self.post, action, self._values(person))
        await person.interact(payload, f"used {touch.label!r}")
