"""Whether a message of the thread gives a secret away, and what in it may be the secret; judges nothing itself.

`text` judges, and loads with the first message: the words and patterns of its rules would be a tenth of every start.
"""

from __future__ import annotations

from collections.abc import Sequence


def looks_secret(text: str, *, user: str = "") -> bool:
    """Tell whether a message seems to carry a password, a client secret or a token; `user` is the user's own name."""
    from flows.link.secrets.text import looks_secret  # noqa: PLC0415  with the first message

    return looks_secret(text, user=user)


def is_elsewhere(text: str, files: Sequence[str] = ()) -> bool:
    """Tell whether somebody hands a secret over in a file, a picture, a canvas or a link to where such things lie."""
    from flows.link.secrets.text import is_elsewhere  # noqa: PLC0415  with the first message

    return is_elsewhere(text, files)


def posted_values(text: str) -> tuple[str, ...]:
    """Return what in a message may be the secret itself, the likeliest first, so that it is known again and refused."""
    from flows.link.secrets.text import posted_values  # noqa: PLC0415  with the first message

    return posted_values(text)


def readings(text: str) -> tuple[str, ...]:
    """Return what a message may mean letter by letter: as it came, as it was typed, decoded."""
    from flows.link.secrets.text import readings  # noqa: PLC0415  with the first message

    return readings(text)
