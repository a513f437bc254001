"""Asks Slack who is there still: a person, an owner, the app itself; what it learns is an event, and it sends nothing.

Each raises what `Speaker` raises.
"""

from __future__ import annotations

import logging

from bot.slack.delivery_errors import Outcome, SaidNoError, told_of
from bot.slack.web_api import Speaker
from flows.link.events import PersonKnown, Undeliverable
from flows.link.state import Link, Person

log = logging.getLogger(__name__)


async def us(speaker: Speaker, link: Link) -> Undeliverable | None:
    """Look whether the channel of a link is open to the app, before anything is to be said there; None where it is."""
    try:
        code = await speaker.shut(link.channel_id)
    except SaidNoError as error:
        if error.outcome is not Outcome.INVITE:
            raise
        code = error.code
    return Undeliverable(code=code, told=told_of(code)) if code else None


async def person(speaker: Speaker, link: Link, user_id: str) -> PersonKnown:
    """Look who somebody is, and whether they are in the channel of a link."""
    try:
        member = await speaker.member(user_id)
    except SaidNoError as error:
        if error.outcome is not Outcome.NOBODY:
            raise
        # Of other organisations' people Slack may say nothing though they read the channel.
        is_there = await _is_in(speaker, link.channel_id, user_id, unknown=False)
        return PersonKnown(person=Person(user_id=user_id), present=is_there, left=not is_there)
    present = not member.deleted and await _is_in(speaker, link.channel_id, user_id, unknown=True)
    known = Person(user_id=user_id, team_id=member.team_id, zone=member.zone, locale=member.locale)
    return PersonKnown(person=known, present=present, left=member.deleted)


async def owner_left(speaker: Speaker, link: Link) -> PersonKnown | None:
    """Look whether the owner's account is still there before our own people are told anything; None where it is."""
    if not link.owner.present:
        return None
    try:
        left = (await speaker.member(link.owner.user_id)).deleted
    except SaidNoError as error:
        left = error.outcome is Outcome.NOBODY
    return PersonKnown(person=Person(user_id=link.owner.user_id), present=False, left=True) if left else None


async def is_closed(speaker: Speaker, channel: str, user_id: str) -> bool:
    """Look whether an account is closed; where Slack does not say, it is not."""
    try:
        return (await speaker.member(user_id)).deleted
    except SaidNoError as error:
        if error.outcome is not Outcome.NOBODY:
            return False
    return not await _is_in(speaker, channel, user_id, unknown=True)


async def _is_in(speaker: Speaker, channel: str, user_id: str, *, unknown: bool) -> bool:
    try:
        return await speaker.is_in(channel, user_id)
    except SaidNoError as error:
        log.info("the members of a channel are not known", extra={"code": error.code})
        return unknown
