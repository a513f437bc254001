"""The names a card fills in: this customer's, this tenant's, in the reader's own terms; draws nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import assert_never

from flows.link.rulebook import Rulebook
from flows.link.setup import ExpiryKind
from flows.link.standing import Mover, standing
from flows.link.state import Link, Person, Step
from flows.link.steps import STEPS, asked, minutes_left, walk
from flows.permissions import ABSENCE, Permission, Profile
from flows.schedule.reminders import days_left
from flows.words import Plain, Words


def mention(person: Person) -> Plain:
    """Address somebody; Slack draws the name."""
    return Plain(f"<@{person.user_id}>")


def slug(text: str) -> str:
    """Make a word that Workday takes as part of a user name."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "Integration"


def isu_name(link: Link, rules: Rulebook) -> str:
    """Name the integration user: the one that was entered, else the one we suggest."""
    return link.setup.account.user_name if link.setup.account else link.isu or f"ISU_{slug(rules.vendor)}"


def rows_of(link: Link, rules: Rulebook) -> tuple[Permission, ...]:
    """List the permissions this link asks for."""
    return asked(link.setup, rules.permissions)


def scopes_of(link: Link, rules: Rulebook) -> tuple[str, ...]:
    """List the functional areas the API client needs."""
    own = rules.permissions.profile(link.setup.profile).scopes
    return own or (rules.permissions.profile(ABSENCE).scopes if link.setup.absence else ())


UNCOUNTED = frozenset({Step.WELCOME, Step.CHECK, Step.LINKED})
"""Steps in which there is nothing to do in Workday, so that nobody counts them."""


def counted(link: Link, rules: Rulebook) -> tuple[Step, ...]:
    """List the steps of this link as the admin counts them."""
    return tuple(step for step in walk(link, rules.permissions) if step not in UNCOUNTED)


def reached(link: Link, rules: Rulebook) -> int:
    """Count the steps up to the present one, itself included."""
    steps = walk(link, rules.permissions)
    return len([step for step in steps[: steps.index(link.step) + 1] if step not in UNCOUNTED])


def names_of(link: Link, rules: Rulebook, words: Words, now: datetime) -> dict[str, str]:
    """Return every name that the words of cards, reminders and messages may use."""
    rows = rows_of(link, rules)
    isu = isu_name(link, rules)
    group = link.setup.group or f"ISSG_{slug(rules.vendor)}"
    left = days_left(link, now, rules)
    found = standing(link, now)
    evidence = link.attempt.trouble.evidence if link.attempt.trouble else None
    tried = link.attempt.tried.endpoints[0] if link.attempt.tried and link.attempt.tried.endpoints else None
    endpoint = (tried if link.step is Step.SERVICE_URL else None) or link.setup.endpoint or tried
    names = {
        "customer": link.customer,
        "vendor": rules.vendor,
        "isu": isu,
        "group": group,
        "client": words.say("typed.client", {"isu": isu}),
        "comment": words.say("typed.comment", {"isu": isu, "vendor": rules.vendor, "group": group}),
        "owner": _owner(link, rules.vendor, words),
        "admin": mention(link.doer) if link.doer else _owner(link, rules.vendor, words),
        "lead": mention(link.admin) if link.admin else _owner(link, rules.vendor, words),
        "person": _mover(link, found.mover, rules.vendor, words),
        "n": str(reached(link, rules)),
        "m": str(len(counted(link, rules))),
        "time": words.say("took.minutes", {"count": str(max(minutes_left(link, rules.permissions), 1))}),
        "title": words.say(f"step.{link.step}.title"),
        "total": str(len(rows)),
        "ticked": str(len(link.setup.ticked & {row.id for row in rows})),
        "rights": words.listed(STEPS[link.step].rights),
        "rights_left": words.listed(_rights_left(link, rules)),
        "scopes": words.listed(scopes_of(link, rules)),
        "scope_lines": "\n".join(scopes_of(link, rules)),
        "host": evidence.host if evidence else endpoint.host if endpoint else "",
        "tenant": endpoint.tenant if endpoint else "",
        "environment": words.say(f"environment.{link.setup.environment}"),
        "environment_lower": words.say(f"environment.{link.setup.environment}").lower(),
        "due": words.day(link.setup.expiry.due) if link.setup.expiry and link.setup.expiry.due else "",
        "left": "" if left is None else _left(left, words),
        "until": words.moment(link.cooling_until) if link.cooling_until else "",
        "touched": words.moment(link.touched),
        "linked": words.moment(link.linked) if link.linked else "",
        "took": took(link, words),
        "approval": words.day(link.approval) if link.approval else "",
        "paused_until": words.day(link.paused_until) if link.paused_until else "",
        "idle_days": str(rules.idle_days),
        "since": words.moment(link.issue.first_seen) if link.issue else "",
        "age": span(now - found.since, words),
    }
    names["waiting"] = words.say(f"waiting.{found.waits}", names)
    keeps = "keeps_until_unlinked" if rules.keeps_secrets else "keeps_until_handed_off"
    names["keeps_line"] = words.say(f"step.linked.{keeps}", names)
    names["expiry_line"] = words.say(f"step.expiry.done_{expiry_kind(link)}", names)
    return names


def _rights_left(link: Link, rules: Rulebook) -> tuple[str, ...]:
    """List the domains that the steps from the present one on need, each once."""
    steps = walk(link, rules.permissions)
    rest = steps[steps.index(link.step) :]
    return tuple(dict.fromkeys(right for step in rest for right in STEPS[step].rights))


def _owner(link: Link, vendor: str, words: Words) -> Plain:
    """Address the owner; somebody who has left cannot be addressed, so that it is the vendor's people."""
    return mention(link.owner) if link.owner.present else Plain(words.say("people.team", {"vendor": vendor}))


def addressee(link: Link, rules: Rulebook, words: Words) -> str:
    """Name whoever a reminder speaks to, as a sentence does; whoever manages Workday there while nobody is named."""
    if link.doer is None:
        return _mover(link, Mover.ANYBODY, rules.vendor, words)
    return _mover(link, Mover.ADMIN if link.doer.present else Mover.OWNER, rules.vendor, words)


def _mover(link: Link, mover: Mover, vendor: str, words: Words) -> str:
    """Name whoever has the move, as a sentence does."""
    match mover:
        case Mover.ADMIN if link.doer:
            return mention(link.doer)
        case Mover.ADMIN | Mover.OWNER:
            return _owner(link, vendor, words)
        case Mover.ANYBODY:
            return words.say("people.whoever", {"customer": link.customer})
        case Mover.NOBODY:
            return words.say("people.nobody")
        case _:
            assert_never(mover)


def expiry_kind(link: Link) -> ExpiryKind:
    """Return what is known about the password's end."""
    return link.setup.expiry.kind if link.setup.expiry else ExpiryKind.UNKNOWN


def _left(days: int, words: Words) -> str:
    if days > 1:
        return words.say("nudge.left_days", {"count": str(days)})
    return words.say("nudge.left_one" if days == 1 else "nudge.left_none")


def took(link: Link, words: Words) -> str:
    """Say how long it took from the admin's first press, in the largest unit of which there are at least two."""
    return span((link.linked or link.touched) - (link.started or link.created), words)


def span(time: timedelta, words: Words) -> str:
    """Write a span of time in the largest unit of which there are at least two; never less than a minute."""
    time = max(time, timedelta(minutes=1))
    unit = next((unit for unit in ("days", "hours") if time >= 2 * _UNITS[unit]), "minutes")
    return words.say(f"took.{unit}", {"count": str(time // _UNITS[unit])})


_UNITS = {"days": timedelta(days=1), "hours": timedelta(hours=1), "minutes": timedelta(minutes=1)}


def text_of(words: Words, row: Permission | Profile, part: str) -> str:
    """Return what a row of the permissions file says, in the reader's language where its words have it."""
    kind = "permission" if isinstance(row, Permission) else "profile"
    key = f"{kind}.{row.id}.{part}"
    return words.say(key) if words.has(key) else str(getattr(row, part))
