"""Everything that is decided and drawn of a link; it knows no Slack and no database, and speaks to Workday alone."""

from flows.transitions import decide, start

__all__ = ["decide", "start"]
