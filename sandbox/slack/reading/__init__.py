"""What a person can read and touch in blocks."""

from sandbox.slack.reading.blocks import (
    Touchable,
    cell_text,
    find,
    lines,
    options_of,
    readable,
    shown_to,
    shown_value,
    text_of,
    touchables,
    value_for,
    zone_of,
)
from sandbox.slack.reading.mrkdwn import Span, emojized, plain, rich_spans, spans

__all__ = [
    "Span",
    "Touchable",
    "cell_text",
    "emojized",
    "find",
    "lines",
    "options_of",
    "plain",
    "readable",
    "rich_spans",
    "shown_to",
    "shown_value",
    "spans",
    "text_of",
    "touchables",
    "value_for",
    "zone_of",
]
