"""Spoiled texts at everything that reads what people type: none raises, and time grows with the text and no faster.

FUZZ_TEXTS says how many, FUZZ_SEED which; a failure names its text.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random
from typing import get_args, get_type_hints

import pytest

from bot.ops.understanding import Asked, Reader
from flows.link.commands.reading import meant
from flows.link.commands.reading import read as read_command
from flows.link.commands.rows import COMMANDS
from flows.link.events import Form
from flows.link.forms import FORMS, fill
from flows.link.rulebook import Rulebook
from flows.link.secrets.text import LONGEST_TEXT, is_elsewhere, looks_secret, posted_values
from flows.link.state import Step
from flows.link.thread_messages import hear
from flows.permissions import load_permissions
from flows.tenant.channel_name import customer_from_channel
from flows.tenant.service_url import read_endpoint
from flows.words import load_words
from tests.support.corpus import CORPUS, MOMENTS
from tests.support.links import ADA

TEXTS = int(os.environ.get("FUZZ_TEXTS", "2000"))
SEED = os.environ.get("FUZZ_SEED", "1")
READER = Reader(rules=Rulebook(vendor="Wintro", permissions=load_permissions()), words=load_words())
FIELDS = get_args(get_type_hints(Asked)["field"])
TODAY = date(2026, 11, 28)
ODD: tuple[str, ...] = (
    *"\0\t\n\r\v\x1f\x7f\x85\xa0\u00ad\u200b\u200d\u2028\u202e\ufeff\ufffd\ud800\udfff\U0001f511\u0130\u01c5\u0345\ufb01",
    *("<", ">", "<@U1>", "<https://", "|x>", "&amp;", "&#0;", "&#x110000;", "%", "%00", "%ff", "```", "*_~`", '\\"'),
    *("[", "(((((", "{{", "://", "https://[", "https://[::1", "@", ":", "=", "--", "Basic ////", "\\ud800", "٣", "²"),
)


@cache
def pasted() -> list[str]:
    """Read what people were seen to paste, when first it is asked for: no other worker needs it."""
    files = sorted(CORPUS.rglob("*.toml"))
    return [case["text"] for path in files for case in tomllib.loads(path.read_text("utf-8"))["case"]]


WAYS: tuple[Callable[[str, Random], str], ...] = (
    lambda text, chance: text[: chance.randint(0, len(text))],
    lambda text, chance: text[chance.randint(0, len(text)) :],
    lambda text, chance: text + chance.choice(("", " ", "\n", "\t", "|")) + chance.choice(pasted()),
    lambda text, chance: text * chance.randint(2, 5),
    lambda text, _: text.swapcase(),
    lambda text, _: text[::-1],
    lambda text, _: text.replace(" ", ""),
    lambda text, _: text.encode(errors="surrogatepass").decode("latin-1"),
    lambda text, _: " ".join(text),
    lambda text, chance: _struck(_struck(text, chance), chance),
)
SLOW = (
    *("a", "1", "A1", "A-b1 ", "é", "\n", " ", "|a", "a=b;", "=", "password", "password is ", "pw: a\n"),
    *(
        "password,b\n",
        "auth('",
        "-u a:",
        "eyJ",
        "Basic ",
        "https://",
        "https://a.b/?token=",
        "<",
        "<b>",
        "&amp;",
        "%20",
        "\"'",
    ),
    *(
        "acme-dpt1.workday",
        "user: x ",
        "ISU_Wintro ",
        "u: a p: ",
        "パスワードは",
        "a@",
        "a.",
        "workday.com/",
        "tenant ",
        "invalid user ",
        "user ",
    ),
    *(
        "not ",
        ":key:",
        "the task submitted ",
        "invalid username or ",
        "Failed Signon\t",
        "yes\n",
        "how do we ",
        "\\",
        "{",
        "(a",
    ),
)


def _struck(text: str, chance: Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(ODD) + text[at + chance.randint(0, 2) :]


def everything_that_reads(text: str, chance: Random) -> None:
    hear(text, MOMENTS[chance.choice(sorted(MOMENTS))], ADA, files=(text[:80],), has_picture=chance.random() < 0.1)
    form = chance.choice(sorted(FORMS))
    fill(form, {field.name: text for field in FORMS[form]}, today=TODAY, link=MOMENTS["isu_refused"])
    fill(Form.SERVICE_URL, {"url": text}, today=TODAY)
    posted_values(text)
    customer_from_channel(text, "Wintro")
    typed = read_command(f"{chance.choice(COMMANDS).word} {text}", TODAY) or meant(text, TODAY)
    if typed and not typed.wrong:
        read_command(typed.write(), TODAY)
    asked = Asked(
        text=text,
        step=chance.choice(sorted(Step)),
        user=chance.choice(("", "ISU_Wintro", text[:40])),
        tenant=chance.choice(("", "acme", text[:20])),
        refused=chance.random() < 0.5,
        linked=chance.random() < 0.2,
        field=chance.choice(FIELDS),
    )
    READER.understand(asked)


def test_no_reader_raises() -> None:
    chance = Random(f"{SEED}/readers")  # noqa: S311  chance that can be had again
    began, characters = time.monotonic(), 0
    for number in range(TEXTS):
        text = chance.choice(pasted())
        for _ in range(chance.randint(0, 4)):
            text = chance.choice(WAYS)(text, chance)[:LONGEST_TEXT]
        characters += len(text)
        try:
            everything_that_reads(text, chance)
        except Exception as error:
            error.add_note(f"text {number} of seed {SEED}: {text!r}")
            raise
    took = time.monotonic() - began
    print(f"\n{TEXTS} texts, {characters} characters, {took:.0f} s, {took / TEXTS * 1000:.2f} ms each")  # noqa: T201


CLIENT = tuple(field.name for field in FORMS[Form.TOKEN_CLIENT])
LITTLE = 0.01
"""Seconds that any text may take, whatever half of it takes."""
MUCH = 1.0
"""Seconds that no text may take: what is cut before it is read takes as long as half of it does."""


def once(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


@pytest.mark.parametrize("piece", SLOW)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    whole = (piece * LONGEST_TEXT)[: LONGEST_TEXT // 4]
    readers: tuple[Callable[[str], object], ...] = (
        lambda text: looks_secret(text, user="ISU_Wintro"),
        posted_values,
        is_elsewhere,
        read_endpoint,
        lambda text: hear(text, MOMENTS["isu_refused"], ADA),
        lambda text: fill(Form.ISU, {"user": text, "password": "x"}, today=TODAY, link=MOMENTS["isu"]),
        lambda text: fill(Form.ISU, {"user": f"a{text}b", "password": f"a{text}b"}, today=TODAY, link=MOMENTS["isu"]),
        lambda text: fill(Form.TOKEN_CLIENT, dict.fromkeys(CLIENT, f"a{text}b"), today=TODAY, link=MOMENTS["isu"]),
        lambda text: read_command(f"pause {text}", TODAY) or meant(f"puase until {text}", TODAY),
    )
    for number, read in enumerate(readers):
        took = once(read, whole)
        assert took < MUCH or once(read, whole) < MUCH, f"reader {number}, {piece!r}"
        if took >= LITTLE:
            half = whole[: len(whole) // 2]
            limit = 3.5 * once(read, half) + LITTLE
            # Mostly one look is enough; whoever was held up has another.
            assert took < limit or once(read, whole) < 3.5 * once(read, half) + LITTLE, f"reader {number}, {piece!r}"
