"""Single values: at the edge of what is taken, and just beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.slack.reading.json_values import (
    LONGEST_ID,
    LONGEST_INPUT,
    MOST,
    NOT_OF_THE_SHAPE,
    a_list,
    a_name,
    a_number,
    a_text,
    an_id,
    an_inner,
    an_object,
)

TAKEN: list[tuple[Callable[[Any], Any], object, object]] = [
    (an_object, None, {}),
    (a_list, None, []),
    (a_list, [7], [7]),
    (a_text, None, ""),
    (a_text, "x" * LONGEST_INPUT, "x" * LONGEST_INPUT),
    (a_name, "", ""),
    (a_name, "U" * LONGEST_ID, "U" * LONGEST_ID),
    (a_number, -MOST, -MOST),
    (an_inner, '{"a": 1}', {"a": 1}),
]
REFUSED: list[tuple[Callable[[Any], Any], object]] = [
    (an_object, [7]),
    (a_list, {"id": 7}),
    (a_list, "U1"),
    (a_text, ["a"]),
    (a_text, "x" * (LONGEST_INPUT + 1)),
    (a_name, "Ü1"),
    (a_name, "U1\n"),
    (a_name, "U" * (LONGEST_ID + 1)),
    (an_id, ""),
    (a_number, "7"),
    (a_number, MOST + 1),
    (an_inner, "[]"),
    (an_inner, '{"a":' * 600),
]


@pytest.mark.parametrize(("read", "value", "expected"), TAKEN)
def test_what_has_the_shape_is_taken(read: Callable[[object], object], value: object, expected: object) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(("read", "value"), REFUSED)
def test_what_has_not_is_refused(read: Callable[[object], object], value: object) -> None:
    with pytest.raises(NOT_OF_THE_SHAPE):
        read(value)
