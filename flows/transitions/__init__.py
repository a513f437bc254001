"""What each event does to a link; `decide` is the way in."""

from flows.transitions.decide import copied, decide, start

__all__ = ["copied", "decide", "start"]
