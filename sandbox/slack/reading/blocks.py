"""Owns what a person can read and touch in blocks: text, buttons, inputs. It sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack.block_kit import STATE_KEY, elements_of
from sandbox.slack.reading.mrkdwn import emojized, plain, rich_spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import Post, User, World


def zone_of(user: User | None) -> tzinfo | None:
    """Return the reader's time zone, if Slack knows it."""
    return user.zone if user else None


def text_of(thing: Json | None, world: World, zone: tzinfo | None = None) -> str:
    """Read a text object."""
    if not thing:
        return ""
    return plain(thing["text"], world, zone) if thing["type"] == "mrkdwn" else emojized(thing["text"])


def shown_to(blocks: list[Json], reader: str) -> list[Json]:
    """Leave out the buttons that Slack does not show to somebody; without a reader, those not for everybody."""

    def is_seen(element: Json) -> bool:
        return reader in element.get("visible_to_user_ids", [reader])

    seen = []
    for block in blocks:
        elements = [one for one in block.get("elements", ()) if block["type"] != "actions" or is_seen(one)]
        shown = {**block, "elements": elements} if "elements" in block else {**block}
        if not is_seen(shown.get("accessory", {})):
            del shown["accessory"]
        if elements or "elements" not in block:
            seen.append(shown)
    return seen


def lines(blocks: list[Json], world: World, zone: tzinfo | None = None) -> Iterator[str]:
    """Yield what blocks say, line by line, buttons and labels included."""
    for block in blocks:
        yield from _block_lines(block, world, zone)


def _block_lines(block: Json, world: World, zone: tzinfo | None) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield text_of(block.get("text"), world, zone)
            for field in block.get("fields", []):
                yield text_of(field, world, zone)
        case "header" | "alert":
            yield text_of(block["text"], world, zone)
        case "context":
            for element in block["elements"]:
                yield element["alt_text"] if element["type"] == "image" else text_of(element, world, zone)
        case "image":
            yield text_of(block.get("title"), world, zone)
            yield block["alt_text"]
        case "markdown":
            yield block["text"]
        case "input":
            yield text_of(block["label"], world, zone)
            yield text_of(block.get("hint"), world, zone)
        case "rich_text":
            yield from _rich_lines(block["elements"], world, zone)
        case "table":
            for row in block["rows"]:
                yield " | ".join(cell_text(cell, world, zone) for cell in row)
        case _:
            yield from _any_text({name: value for name, value in block.items() if name != "elements"}, world, zone)
    for _, element in elements_of(block):
        if element["type"] == "image":
            yield element["alt_text"]
            continue
        yield text_of(element.get("text"), world, zone) or text_of(element.get("placeholder"), world, zone)
        if element["type"] not in {"static_select", "multi_static_select", "overflow"}:
            for option in element.get("options", []):
                yield text_of(option["text"], world, zone)
                yield text_of(option.get("description"), world, zone)


def cell_text(cell: Json, world: World, zone: tzinfo | None = None) -> str:
    """Read one table cell."""
    if cell["type"] == "raw_text":
        return emojized(cell["text"])
    return " ".join(_rich_lines(cell["elements"], world, zone))


def _rich_lines(parts: list[Json], world: World, zone: tzinfo | None) -> Iterator[str]:
    for part in parts:
        if part["type"] == "rich_text_list":
            yield from _rich_lines(part["elements"], world, zone)
        else:
            yield "".join(span.text for span in rich_spans(part, world, zone))


def _any_text(thing: object, world: World, zone: tzinfo | None) -> Iterator[str]:
    """Read text objects and titles wherever they stand in a newer block."""
    if isinstance(thing, dict):
        if thing.get("type") in {"plain_text", "mrkdwn"}:
            yield text_of(thing, world, zone)
            return
        if isinstance(thing.get("title"), str):
            yield thing["title"]
        for value in thing.values():
            yield from _any_text(value, world, zone)
    elif isinstance(thing, list):
        for value in thing:
            yield from _any_text(value, world, zone)


def readable(post: Post, world: World, reader: User | None = None) -> str:
    """Read a message as this person sees it; the fallback text shows only where there are no blocks."""
    key = reader.tz if reader else None
    revision, text = post.read.get(key, (-1, ""))
    if revision != post.revisions:  # waits read the same messages a hundred times a second
        zone = zone_of(reader)
        shown = "\n".join(line for line in lines(post.blocks, world, zone) if line)
        text = shown if post.blocks else plain(post.text, world, zone)
        post.read[key] = (post.revisions, text)
    return text


@dataclass(frozen=True, slots=True)
class Touchable:
    """One element a person can use, with the words by which they find it."""

    block: Json
    element: Json
    label: str

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def ids(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


def touchables(blocks: list[Json], world: World) -> list[Touchable]:
    """List every interactive element in order."""
    found = []
    for block in blocks:
        for _, element in elements_of(block):
            if element["type"] != "image":
                found.append(Touchable(block, element, _label(block, element, world)))
    return found


def _label(block: Json, element: Json, world: World) -> str:
    if element["type"] == "button":
        return text_of(element["text"], world)
    if block["type"] == "input":
        return text_of(block["label"], world)
    own = text_of(element.get("placeholder"), world)
    beside = text_of(block.get("text"), world)
    return "\n".join(word for word in (own, beside) if word)


def find(items: list[Touchable], wanted: str) -> Touchable:
    """Find an element by label or action id: exact first, then the only one that contains the words."""
    needle = " ".join(emojized(wanted).split()).casefold()
    labels = [(t, _folded(t.label)) for t in items]
    for candidates in (
        [t for t, label in labels if label == needle],
        [t for t in items if t.element["action_id"].casefold() == needle],
        [t for t, label in labels if needle in label],
        [t for t in items if needle in t.element["action_id"].casefold()],
    ):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise AssertionError(f"{wanted!r} could be any of {[t.label for t in candidates]}")
    raise AssertionError(f"nothing here is called {wanted!r}; there are {[t.label for t in items]}")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def options_of(element: Json) -> list[Json]:
    """List an element's options, groups opened."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def pick(element: Json, wanted: str, world: World) -> Json:
    """Find an option by its text or value."""
    needle = wanted.casefold()
    choices = options_of(element)
    words = [(option, text_of(option["text"], world).casefold()) for option in choices]
    exact = [option for option, text in words if needle in {text, option["value"].casefold()}]
    loose = [option for option, text in words if needle in text]
    for found in (exact, loose):
        if len(found) == 1:
            return found[0]
        if found:
            raise AssertionError(f"{wanted!r} could be any of {[text_of(o['text'], world) for o in found]}")
    raise AssertionError(f"no option {wanted!r}; there are {[text_of(o['text'], world) for o in choices]}")


def value_for(element: Json, given: object, world: World) -> object:
    """Turn what a person means ("@ada", an option's words, a list of them, text) into a state value."""
    match STATE_KEY[element["type"]]:
        case "selected_option":
            return None if given is None else pick(element, str(given), world)
        case "selected_options":
            return [pick(element, str(item), world) for item in _several(given)]
        case "selected_user":
            return None if given is None else world.user(str(given)).id
        case "selected_users":
            return [world.user(str(item)).id for item in _several(given)]
        case "selected_conversation" | "selected_channel":
            return None if given is None else world.channel(str(given)).id
        case "selected_conversations":
            return [world.channel(str(item)).id for item in _several(given)]
        case "selected_date_time":
            return given
        case _:
            return None if given in {None, ""} else str(given)


def _several(given: object) -> list[object]:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | set | frozenset) else [given]


def shown_value(state: Json, world: World) -> object:
    """Return what stands in a field the way a person would."""
    value = state[STATE_KEY[state["type"]]]
    if isinstance(value, dict) and "text" in value:
        return text_of(value["text"], world)
    if isinstance(value, list):
        return [text_of(v["text"], world) if isinstance(v, dict) else v for v in value]
    if isinstance(value, str) and value in world.users:
        return f"@{world.users[value].name}"
    return value
