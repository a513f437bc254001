"""Guesses a customer's name from a channel's name, for a field that a person looks over; asks nobody."""

from __future__ import annotations

import re

_NO_NAMES = ("privategroup", "directmessage", "mpdm-")
"""What Slack calls a channel whose name it does not tell, or that has none."""
# What people put into the name of a channel beside the customer's.
_NOISE = re.compile(
    r"and|channel|clients?|collab|community|connect|connector|csm?|customers?|demo|dev|ext|external|extern|general|go|golive"
    r"|help|hr|hris|impl|implementation|integrations?|internal|kickoff|launch|link|linking|live|meets|migration|onboarding"
    r"|ops|partner|pilot|poc|prj|prod|production|proj|project|public|rollout|sandbox|setup|shared|slack|success|support"
    r"|sync|team|temp|test|tmp|trial|und|vendor|wd|with|workday|x",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[-_\s.–—|/&+]+|<>|<->")  # noqa: RUF001 - the dashes are meant
_NUMBER = re.compile(r"\d+|q[1-4]|fy\d{2,4}|v\d+", re.IGNORECASE)


def customer_from_channel(channel: str, vendor: str) -> str:
    """Return `Acme` for `ext-acme-wintro` or `acme-x-wintro`; empty when the name says nothing of a customer."""
    name = channel.strip().lstrip("#")
    if name.startswith(_NO_NAMES):
        return ""
    parts = re.findall(r"[^\W_]+", vendor.casefold())
    own = {*parts, "".join(parts)}
    words = [word for word in _SEPARATOR.split(name) if word]
    kept = [word for word in words if not _NOISE.fullmatch(word) and word.casefold() not in own]
    if not any(re.search(r"[^\W\d_]", word) for word in kept):
        return ""
    # Numbers belong to a name only at its start: "3m", "7 eleven", not "acme 2026".
    while kept and _NUMBER.fullmatch(kept[-1]):
        kept.pop()
    return " ".join(word.capitalize() if word.islower() else word for word in kept)
