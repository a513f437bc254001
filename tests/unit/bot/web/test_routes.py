"""What Slack's requests say is read as any form is, only sooner."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.routes import _told

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("%=+&_ \r\n\t.;äß😀09afAF")


@given(TEXTS)
def test_what_is_escaped_comes_out_as_it_went_in(text: str) -> None:
    for written in (urlencode({"payload": text}), f"payload={quote(text, safe='')}"):
        for spelled in (written, written.lower() if text == text.lower() else written):
            assert _told(spelled.encode()) == text


@pytest.mark.parametrize(
    "body", ["", "{}", '{"payload=": "="}', "command=%2Flink&text=a+b", "payload=%7B%7D&more=1", "payload"]
)
def test_what_is_not_one_field_is_left_to_bolt(body: str) -> None:
    assert _told(body.encode()) == body


def test_what_is_no_text_is_read_as_bolt_reads_it() -> None:
    assert _told(b"payload=%22%FF%22") == dict(parse_qsl("payload=%22%FF%22"))["payload"]
