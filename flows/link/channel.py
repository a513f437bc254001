"""Whether a link may go on in another channel, from what Slack says of that one; asks nobody and moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flows.link.state import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What Slack says of a channel; `others` are the other organisations that share it, None where it does not say."""

    id: str
    has_us: bool
    archived: bool = False
    others: frozenset[str] | None = frozenset()


def obstacle(link: Link, channel: Channel) -> str:
    """Return the words for why a link cannot go on in a channel; empty when it can.

    What is asked is what a start asks, and that nobody but this customer reads on.
    """
    outside = link.admin.team_id if link.admin and link.admin.team_id != link.team_id else ""
    others = channel.others
    is_theirs = others is not None and (len(others) <= 1 if not outside else others <= {outside})
    rows = (
        (channel.id == link.channel_id, "field.channel_same"),
        (not channel.has_us, "field.channel_absent"),
        (channel.archived, "field.channel_archived"),
        (others is None, "field.channel_unasked"),
        (not is_theirs, "field.channel_others"),
    )
    return next((words for is_so, words in rows if is_so), "")
