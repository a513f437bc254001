"""Collects every text that a message of Slack shows, whatever its shape; bounded, and understands none of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.slack.reading.json_values import a_list, storable

LONGEST_MESSAGE: Final = 40_000
"""Characters that Slack lets anybody write at once."""

_MOST_OBJECTS: Final = 4_000
"""No message that people make has more; one of a program may."""

_SHOWN: Final = frozenset(
    (
        *("text", "fallback", "pretext", "title", "name", "value", "footer", "author_name", "service_name"),
        *("alt_txt", "alt_text", "preview", "plain_text", "comment", "subject", "label", "hint", "placeholder", "url"),
        *("title_link", "from_url", "original_url", "image_url", "external_url"),
        *("author_link", "author_subname", "topic", "purpose", "preview_highlight", "simplified_html"),
        *("content", "initial_value"),
    )
)
"""Names under which text stands in messages, blocks, attachments and files."""

_NOT_WRITTEN: Final = frozenset(("root", "previous_message", "user_profile", "bot_profile", "reactions"))
"""What Slack adds to a message: the first one of its thread, who wrote it, what others made of it."""

_IN_ONE_LINE: Final = frozenset(("rich_text_section", "rich_text_preformatted", "rich_text_quote"))


def all_text(message: object) -> str:
    """Return the texts of a message, of its blocks, attachments and files, one a line and each once."""
    lines: dict[str, None] = {}
    room = LONGEST_MESSAGE
    for line in _lines(message):
        if line and line not in lines:
            lines[line[:room]] = None
            room -= len(line) + 1
        if room <= 0:
            break
    return storable("\n".join(lines))


def file_names(message: dict[str, Any]) -> tuple[str, ...]:
    """Return what the files of a message are called; Slack says so of a canvas, too."""
    files = (one for one in a_list(message.get("files")) if isinstance(one, dict))
    found = (one.get(key) for one in files for key in ("name", "title"))
    return tuple(storable(name) for name in found if isinstance(name, str))


def _lines(message: object) -> Iterator[str]:
    waiting: list[object] = [message]
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            if one.get("type") in _IN_ONE_LINE and isinstance(one.get("elements"), list):
                # People put one word of a line in bold, and a secret is not to fall apart.
                yield "".join(map(_word, one["elements"]))
            elif isinstance(one.get("rows"), list):
                yield from (_row(row) for row in one["rows"])
            else:
                shown = {key: value for key, value in one.items() if key in _SHOWN and isinstance(value, str)}
                yield from shown.values()
                # A file may be called after a secret, which then has no ending.
                yield shown.get("name", "").rpartition(".")[0]
                inner = [one[key] for key in one if key not in _NOT_WRITTEN]
                waiting += reversed([value for value in inner if isinstance(value, list | dict)])


def _word(element: object) -> str:
    if not isinstance(element, dict):
        return ""
    text, url = element.get("text"), element.get("url")
    shown = text if isinstance(text, str) else ""
    return f"{shown} {url}".strip() if isinstance(url, str) and url != shown else shown


def _row(row: object) -> str:
    return "\t".join(all_text(cell).replace("\n", " ") for cell in row) if isinstance(row, list) else ""
