"""What a very long message may be made of, so that each thing looked for in it is met as often as can be."""

from __future__ import annotations

LONG_PIECES = (
    "On it, back after lunch. ",
    "password ",
    "pw is ",
    "password: a b c d\n",
    '"password": ',
    "pass: x\n",
    "token=",
    "密码 ",
    "a,b\n",
    "user: x ",
    "u: a p: b ",
    "x@y ",
    "ISU_W ",
    "A-b1 ",
    "a1b2c3d4e5f6g7h8 ",
    "Sommer2026 is ",
    "https://a.b/c?d=e ",
    "Basic aaaaaaaa ",
    "<a> ",
    "net use \\\\a b ",
    '= "abcde" // ',
    "{%}/",
    "((((",
    "\t|",
    "- 1) password\n",
    "top secret ",
    "GET /a b\n",
)


def long_text(piece: str, length: int) -> str:
    """Return a text of so many characters that is made of one piece, again and again."""
    return (piece * (length // len(piece) + 1))[:length]
