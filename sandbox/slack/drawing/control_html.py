"""Owns how what people can use in blocks is written as HTML controls; must not know where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.block_kit import STATE_KEY
from sandbox.slack.drawing.html import Html, broken, el, joined
from sandbox.slack.reading import emojized, options_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import World

_TYPES = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "text",
    "datepicker": "date",
    "timepicker": "time",
}
_PLACEHOLDERS = {"datepicker": "Select a date", "timepicker": "Select a time"}


class ControlWriter:
    """Writes elements; `text` writes a text object, `scope` keeps ids apart, `target` says whose press it is."""

    def __init__(
        self,
        world: World,
        values: Json,
        text: Callable[[Json], Html],
        scope: str,
        target: Mapping[str, str] | None,
    ) -> None:
        self.world = world
        self.values = values
        self.text = text
        self.scope = scope
        self.target: dict[str, str] = dict(target or {})
        self.off = target is None

    def write(self, element: Json, block: Json) -> Html:
        """Write an element that tells the app at once."""
        match element["type"]:
            case "button":
                return self._button(element)
            case "overflow":
                return self._overflow(element)
            case "checkboxes" | "radio_buttons":
                return self._ticks(element, block, {"data_change": "choose"})
            case _:
                name = text_of(element.get("placeholder"), self.world) or text_of(block.get("text"), self.world)
                return self._control(element, block, {"data_change": "choose", "aria_label": name or "Choose"})

    def field(self, element: Json, block: Json, label: Html, *, is_bad: bool) -> Html:
        """Write an input of a form under its label."""
        told: dict[str, object] = {"data_change": "choose"} if block.get("dispatch_action") else {}
        if element["type"] in {"checkboxes", "radio_buttons"} or element["type"].startswith("multi_"):
            return self._ticks(element, block, told, label)
        told |= {"aria_invalid": "true" if is_bad else None, "aria_required": not block.get("optional") and "true"}
        return joined(el("label", label, for_=self._id(block, element)), self._control(element, block, told))

    def _id(self, block: Json, element: Json) -> str:
        return f"{self.scope}-{block['block_id']}-{element['action_id']}"

    def _act(self, element: Json, **more: object) -> dict[str, object]:
        return {"data_action": element["action_id"], "disabled": self.off, **self.target, **more}

    def _value(self, element: Json, block: Json) -> object:
        state = self.values.get(block["block_id"], {}).get(element["action_id"], {})
        return state.get(STATE_KEY[element["type"]])

    def _button(self, element: Json) -> Html:
        words = joined(broken(emojized(element["text"]["text"])))
        kind = f"button {element.get('style', '')}".strip()
        name = {"class_": kind, "aria_label": element.get("accessibility_label")}
        if element.get("url"):
            known = {"href": element["url"], "target": "_blank", "rel": "noopener noreferrer"}
            return el("a", words, **name, **known, **self._act(element, data_do="press", disabled=None))
        return el("button", words, type="button", **name, **self._act(element, data_do="press"))

    def _overflow(self, element: Json) -> Html:
        rows = (
            el(
                "button",
                self.text(option["text"]),
                type="button",
                **self._act(element, data_do="choose", data_value=option["value"]),
            )
            for option in options_of(element)
        )
        more = joined(el("span", "⋯", aria_hidden="true"), el("span", "More actions", class_="hidden"))
        summary = el("summary", more, class_="button")
        return el("details", summary, el("div", *rows, class_="menu"), class_="overflow")

    def _ticks(self, element: Json, block: Json, told: dict[str, object], label: Html | None = None) -> Html:
        chosen = self._value(element, block) or []
        picked = {_key(option) for option in (chosen if isinstance(chosen, list) else [chosen])}
        kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
        name = f"{block['block_id']} {element['action_id']}"
        rows = []
        for value, words, more in self._options(element):
            box = el(
                "input",
                type=kind,
                name=name,
                value=value,
                id=f"{self._id(block, element)}-{value}",
                checked=value in picked,
                **self._act(element, **told),
            )
            below = el("span", more, class_="dim") if more else None
            rows.append(el("label", box, el("span", words, below), class_="tick"))
        legend = el("legend", label) if label else el("legend", text_of(block.get("text"), self.world), class_="hidden")
        return el("fieldset", legend, *rows, class_="long" if len(rows) > 8 else None, id=self._id(block, element))

    def _control(self, element: Json, block: Json, told: dict[str, object]) -> Html:
        value = self._value(element, block)
        known: dict[str, object] = {
            "id": self._id(block, element),
            "name": f"{block['block_id']} {element['action_id']}",
            **self._act(element, **told),
        }
        empty = text_of(element.get("placeholder"), self.world)
        if "select" in element["type"]:
            chosen = _key(value)
            rows = [
                el("option", words, value=key, selected=key == chosen) for key, words, _more in self._options(element)
            ]
            blank = el("option", empty or "Choose an option", value="", selected=not chosen)
            return el("select", blank, *rows, **known)
        if element.get("multiline") or element["type"] == "rich_text_input":
            return el("textarea", str(value or ""), rows=4, placeholder=empty or None, **known)
        kind = _TYPES.get(element["type"], "text")
        number = "decimal" if element["type"] == "number_input" else None
        known |= {"type": kind, "value": str(value or ""), "inputmode": number, "autocomplete": "off"}
        return el("input", placeholder=empty or _PLACEHOLDERS.get(element["type"]), spellcheck="false", **known)

    def _options(self, element: Json) -> list[tuple[str, Html, Html | None]]:
        """Return value, words and description of all that can be chosen."""
        if "users_select" in element["type"]:
            people = [user for user in self.world.users.values() if not user.deleted and not user.is_bot]
            return [(user.id, broken(f"{user.real_name} (@{user.name})"), None) for user in people]
        if "conversations" in element["type"] or "channels" in element["type"]:
            places = [place for place in self.world.channels.values() if not place.is_im and not place.is_archived]
            return [(place.id, broken(f"# {place.name}"), None) for place in places]
        return [
            (
                option["value"],
                self.text(option["text"]),
                self.text(option["description"]) if option.get("description") else None,
            )
            for option in options_of(element)
        ]


def _key(value: object) -> str:
    """Return by what an option is known: its value, or the id of a person or channel."""
    return str(value.get("value", "")) if isinstance(value, dict) else str(value or "")
