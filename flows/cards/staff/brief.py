"""What to say on the call: where a link stands, as plain text that can be copied; asks and decides nothing."""

from __future__ import annotations

import re

from flows.cards.context import Scene
from flows.cards.parts import Asks, Card, Control, Controls, Copy, Part, Text
from flows.cards.problem_card import cause_text
from flows.cards.staff import lines
from flows.cards.staff.advice import moves
from flows.cards.thread_card import card
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Observation
from flows.diagnosis.reasons import Owner
from flows.link.commands import rows as commands
from flows.link.commands.rows import CommandRow, Typed
from flows.link.standing import reason_of
from flows.link.state import Status
from flows.link.walk import asked, asked_of
from flows.words import Plain, unescape, unmarked

LONGEST = 2900
"""Letters of one block; Slack takes a little more."""

_MENTION = re.compile(r"<@([A-Z0-9]+)>")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_NAMED = re.compile(r"<([^|>]+)\|([^>]*)>")
_BARE = re.compile(r"<([^|>]+)>")


def brief(scene: Scene, thread: str, spoken: Scene) -> Card:
    """Draw the brief of a link, with the way back to everything that is known of it.

    All of it is in the reader's language. Where the admin reads another one, `spoken`, their card is quoted in that,
    too, as its buttons are called so there.
    """
    shown: list[Part] = [
        Text(text=scene.say("brief.intro")),
        Copy(text=plain(scene, _said(scene))[:LONGEST]),
        Text(text=scene.say("brief.admin_sees")),
        Copy(text=_admins(scene)),
    ]
    if spoken.words.language != scene.words.language:
        language = scene.words.name_of(spoken.words)
        shown += [Text(text=scene.say("brief.admin_reads", language=language)), Copy(text=_admins(spoken))]
    if thread:
        shown.append(Text(text=scene.say("command.thread", url=Plain(thread))))
    return Card(parts=(*shown, Controls(controls=opened(scene)[:1])))


def _admins(scene: Scene) -> str:
    return plain(scene, card(scene, len(scene.link.cards) - 1).text)[:LONGEST]


def opened(scene: Scene) -> tuple[Control, Control]:
    """Return the buttons that open a window on a link: on all that is known of it, and on its brief."""
    return _opening(scene, commands.OPEN, "board.detail"), _opening(scene, commands.BRIEF, "command.button.brief")


def _opening(scene: Scene, row: CommandRow, key: str) -> Control:
    text, value = scene.say(key), Typed(row=row, link=scene.link.id).write()
    return Control(asks=Asks.DETAIL, text=text, value=value, spoken=f"{text}: {scene.link.customer}")


def noted(scene: Scene) -> Control:
    """Return the button that asks for a note about a link."""
    value = Typed(row=commands.NOTE, link=scene.link.id).write()
    return Control(asks=Asks.DETAIL, text=scene.say("command.button.note"), value=value)


def _said(scene: Scene) -> str:
    first, second = moves(scene)
    likely = scene.link.attempt.likely[:1]
    cause = cause_text(scene, likely[0]) if likely else _no_cause(scene)
    return "\n".join(
        (
            lines.line(scene, ""),
            scene.say("brief.evidence", evidence=Plain(_evidence(scene))),
            scene.say("brief.cause", cause=Plain(cause)),
            scene.say("brief.moves", first=Plain(first), second=Plain(second)),
            *_newer(scene),
        )
    )


def _newer(scene: Scene) -> tuple[str, ...]:
    """Name what the profile asks for since the link was made, and nobody has asked the customer for."""
    link, permissions = scene.link, scene.rules.permissions
    known = asked_of(link, permissions)
    newer = [row.policy for row in asked(link.setup, permissions) if row not in known]
    return (scene.say("brief.newer", policies=scene.words.listed(newer)),) if newer else ()


def _no_cause(scene: Scene) -> str:
    """Say why no likely cause is named."""
    reason = reason_of(scene.link)
    if reason is None:
        return scene.say("brief.no_cause")
    return scene.say("brief.away_cause" if reason.traits.owner is Owner.NOBODY else "brief.unknown_cause")


def _evidence(scene: Scene) -> str:
    """Say in plain words what the last check saw: how many permissions were granted, and what was refused."""
    link = scene.link
    if not link.seen:
        return scene.say("brief.nothing_seen")
    last = max((one.at for one in link.seen if one.at), default=None)
    when = scene.say("brief.seen_at", at=Plain(scene.words.stamp(last))) if last else ""
    wrong = [one for one in link.seen if one.fault_text or one.error_code or one.transport]
    if link.status is Status.LINKED and link.open_issue is None:
        # What is asked beside the permissions may be refused, and the link works all the same.
        wrong = [one for one in wrong if diagnose(one).reason.traits.outage]
    refused = wrong[0] if wrong else None
    said = scene.say("brief.refused", words=_words(refused)) if refused else scene.say("brief.all_well")
    return f"{when}{said}"


def _words(seen: Observation) -> str:
    return seen.fault_text or seen.error_code or str(seen.transport)


def plain(scene: Scene, text: str) -> str:
    """Write mrkdwn as plain text: people by what they are to the link, moments in UTC, and no markup."""
    text = _MENTION.sub(lambda found: _person(scene, found[1]), text)
    text = _NAMED.sub(r"\2 (\1)", _DATE.sub(r"\1", text))
    return unmarked(_BARE.sub(r"\1", text)).removeprefix("• ")


def _person(scene: Scene, user_id: str) -> str:
    link = scene.link
    known = {link.owner.user_id: "owner"} | ({link.admin.user_id: "admin"} if link.admin else {})
    known |= {one.user_id: "holder" for one in link.holders.values()} | known
    return unescape(scene.say(f"brief.{known.get(user_id, 'somebody')}"))
