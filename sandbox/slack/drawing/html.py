"""Owns the writing of HTML elements, so that no text gets into a page unescaped; it knows no Slack."""

from __future__ import annotations

from html import escape
from typing import TypeAlias


class Html(str):
    """Markup that is sound already; any other string is text and gets escaped."""

    __slots__ = ()


Inside: TypeAlias = "Html | str | None"
_VOID = frozenset({"br", "hr", "img", "input"})


def el(_name: str, *inside: Inside, **attributes: object) -> Html:
    """Write one element: `class_` is class and `data_do` data-do, True stands bare, None and False are left out."""
    said = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if _name in _VOID:
        return Html(f"<{_name}{said}>")
    return Html(f"<{_name}{said}>{joined(*inside)}</{_name}>")


def joined(*pieces: Inside, between: str = "") -> Html:
    """Write several pieces one after another; None is nothing."""
    return Html(between.join(piece if isinstance(piece, Html) else escape(piece) for piece in pieces if piece))


def broken(text: str) -> Html:
    """Write text with its line ends."""
    return Html(escape(text).replace("\n", "<br>"))
