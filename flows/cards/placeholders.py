"""The names a card fills in: this customer's, this tenant's, in the reader's own terms; draws nothing."""

from __future__ import annotations

import re
from datetime import date, datetime

from flows.link.state import ExpiryKind, Link, Person, Step
from flows.link.steps import STEPS, minutes_left, walk
from flows.permissions import ABSENCE, Permission
from flows.schedule.reminders import Rulebook, days_left, waiting_on, waits_for
from flows.words import Plain, Words


def mention(person: Person) -> Plain:
    """Address somebody; Slack draws the name."""
    return Plain(f"<@{person.user_id}>")


def moment(at: datetime) -> Plain:
    """Write a moment so that every reader sees it in their own time zone."""
    return Plain(f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>")


def day(on: date) -> str:
    """Write a calendar day, which is the same in every zone."""
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def slug(text: str) -> str:
    """Make a word that Workday takes as part of a user name."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "Integration"


def isu_name(link: Link, rules: Rulebook) -> str:
    """Name the integration user: the one that was entered, else the one we suggest."""
    return link.account.user_name if link.account else link.isu or f"ISU_{slug(rules.vendor)}"


def rows_of(link: Link, rules: Rulebook) -> tuple[Permission, ...]:
    """List the permissions this link asks for."""
    return rules.permissions.rows(link.profile, absence=link.absence)


def scopes_of(link: Link, rules: Rulebook) -> tuple[str, ...]:
    """List the functional areas the API client needs."""
    own = rules.permissions.profile(link.profile).scopes
    return own or (rules.permissions.profile(ABSENCE).scopes if link.absence else ())


def names_of(link: Link, rules: Rulebook, words: Words, now: datetime) -> dict[str, str]:
    """Give every name that the words of cards, reminders and messages may use."""
    steps = walk(link, rules.permissions)
    rows = rows_of(link, rules)
    isu = isu_name(link, rules)
    group = f"ISSG_{slug(rules.vendor)}"
    admin = link.admin or link.owner
    left = days_left(link, now, rules)
    waiting = "checking" if link.checking else waits_for(link)
    evidence = link.trouble.evidence if link.trouble else None
    tried = link.tried.endpoints[0] if link.tried and link.tried.endpoints else None
    endpoint = (tried if link.step is Step.SERVICE_URL else None) or link.endpoint or tried
    names = {
        "customer": link.customer,
        "vendor": rules.vendor,
        "isu": isu,
        "group": group,
        "client": f"{isu} API client",
        "comment": f"Let {isu} read what {rules.vendor} needs",
        "owner": mention(link.owner),
        "admin": mention(admin),
        "person": mention(waiting_on(link)),
        "n": str(steps.index(link.step) + 1 if link.step in steps else 1),
        "m": str(len(steps) - 1),
        "minutes": str(max(minutes_left(link, rules.permissions), 1)),
        "title": words.say(f"step.{link.step}.title"),
        "total": str(len(rows)),
        "ticked": str(len(link.ticked & {row.id for row in rows})),
        "rights": ", ".join(STEPS[link.step].rights),
        "scopes": ", ".join(scopes_of(link, rules)),
        "host": evidence.host if evidence else endpoint.host if endpoint else "",
        "tenant": endpoint.tenant if endpoint else "",
        "environment": words.say(f"environment.{link.environment}"),
        "environment_lower": words.say(f"environment.{link.environment}").lower(),
        "due": day(link.expiry.due) if link.expiry and link.expiry.due else "",
        "left": _left(left, words),
        "until": moment(link.cooling_until) if link.cooling_until else "",
        "linked": moment(link.linked) if link.linked else "",
        "took": took(link),
        "idle_days": str(rules.idle_days),
        "since": moment(link.issue.first_seen) if link.issue else "",
    }
    names["waiting"] = words.say(f"waiting.{waiting}", names)
    keeps = "keeps_until_unlinked" if rules.keeps_secrets else "keeps_until_handed_off"
    names["keeps_line"] = words.say(f"step.linked.{keeps}", names)
    names["expiry_line"] = words.say(f"step.expiry.done_{expiry_kind(link)}", names)
    return names


def expiry_kind(link: Link) -> ExpiryKind:
    """Tell what is known about the password's end."""
    return link.expiry.kind if link.expiry else ExpiryKind.UNKNOWN


def _left(days: int | None, words: Words) -> str:
    if days is None or days > 1:
        return words.say("nudge.left_days", {"days": str(days)})
    return words.say("nudge.left_one" if days == 1 else "nudge.left_none")


def took(link: Link) -> str:
    """Say how long the linking took."""
    minutes = max(int(((link.linked or link.touched) - link.created).total_seconds() // 60), 1)
    if minutes < 120:  # noqa: PLR2004  two hours
        return f"{minutes} minutes" if minutes > 1 else "1 minute"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004  two days
