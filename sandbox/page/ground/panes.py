"""Owns where each of the two screens is: who sits there, which place and thread is open; it draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pane:
    """One screen: `place` is a channel's name, `dm` or `home`; `asking` is a button that wants to be confirmed."""

    name: str
    who: str = ""
    place: str = ""
    thread: str | None = None
    asking: tuple[str, str] | None = None
    trouble: str = ""
    closed_threads: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)

    def show(self, who: str, place: str) -> None:
        """Sit somebody else down here, or lead them elsewhere."""
        self.who, self.place, self.thread, self.asking, self.trouble = who, place, None, None, ""
        self.closed_threads, self.seen = set(), {}

    def go(self, place: str) -> None:
        """Open another place."""
        self.place, self.thread, self.trouble = place, None, ""
