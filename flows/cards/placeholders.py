"""The names a card fills in: this customer's, this tenant's, in the reader's own terms; draws nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from flows.link.rulebook import Rulebook
from flows.link.setup import ExpiryKind
from flows.link.standing import Mover, standing
from flows.link.state import Link, Person, Step
from flows.link.steps import STEPS, row_of
from flows.link.walk import UNKNOWN, Usual, asked, minutes_left, walk
from flows.permissions import ABSENCE, Permission, Profile
from flows.schedule.reminders import days_left
from flows.tenant.service_url import Environment
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
    scopes = own or (rules.permissions.profile(ABSENCE).scopes if link.setup.absence else ())
    if not row_of(link.setup).bearer:
        return scopes
    areas = (row.area for row in rows_of(link, rules) if row.area)
    return tuple(dict.fromkeys((*scopes, *areas)))


UNCOUNTED = frozenset({Step.WELCOME, Step.CHECK, Step.LINKED})
"""Steps in which there is nothing to do in Workday, so that nobody counts them."""


def counted(link: Link, rules: Rulebook) -> tuple[Step, ...]:
    """List the steps of this link as the admin counts them."""
    return tuple(step for step in walk(link, rules.permissions) if step not in UNCOUNTED)


def reached(link: Link, rules: Rulebook) -> int:
    """Count the steps up to the present one, itself included."""
    steps = walk(link, rules.permissions)
    return len([step for step in steps[: steps.index(link.step) + 1] if step not in UNCOUNTED])


class Names(Mapping[str, str]):
    """The names of one drawing; each is made when a text first asks for it, as most texts ask for few."""

    def __init__(self, makers: Mapping[str, Callable[[Names], str]]) -> None:
        self._makers = makers
        self._made: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """Return a name, which is made now unless it was before."""
        if name not in self._made:
            self._made[name] = self._makers[name](self)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over what there is a name for."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._makers)


def key_for(link: Link, words: Words, key: str) -> str:
    """Return the key of the text that a link gets: where no password signs in, of the one for that, if there is one."""
    own = f"{key}_by_token"
    return own if row_of(link.setup).bearer and words.has(own) else key


def names_of(link: Link, rules: Rulebook, words: Words, now: datetime, usual: Usual = UNKNOWN) -> Names:
    """Return every name that the words of cards, reminders and messages may use."""
    setup, expiry = link.setup, link.setup.expiry
    evidence = link.attempt.trouble.evidence if link.attempt.trouble else None
    tried = link.attempt.tried.endpoints[0] if link.attempt.tried and link.attempt.tried.endpoints else None
    endpoint = (tried if link.step is Step.SERVICE_URL else None) or setup.endpoint or tried
    found = standing(link, now)
    keeps = f"keeps_{_kept(link, rules)}"
    say = words.say
    return Names(
        {
            "customer": lambda _: link.customer,
            "place": lambda _: place_of(link, words),
            "vendor": lambda _: rules.vendor,
            "isu": lambda _: isu_name(link, rules),
            "group": lambda _: setup.group or f"ISSG_{slug(rules.vendor)}",
            "client": lambda names: say("typed.client", names),
            "certificate": lambda _: setup.key.certificate if setup.key else "",
            "key_name": lambda names: say("typed.key_name", names),
            "comment": lambda names: say("typed.comment", names),
            "owner": lambda _: _owner(link, rules.vendor, words),
            "admin": lambda names: mention(link.doer) if link.doer else names["owner"],
            "lead": lambda names: mention(link.admin) if link.admin else names["owner"],
            "person": lambda _: _mover(link, found.mover, rules.vendor, words),
            "n": lambda _: str(reached(link, rules)),
            "m": lambda _: str(len(counted(link, rules))),
            "time": lambda _: _time(minutes_left(link, rules.permissions, usual), words),
            "title": lambda _: say(f"step.{link.step}.title"),
            "total": lambda _: str(len(rows_of(link, rules))),
            "ticked": lambda _: str(len(setup.ticked & {row.id for row in rows_of(link, rules)})),
            "rights": lambda _: words.listed(STEPS[link.step].rights),
            "needs": lambda names: say("people.needs", names) if _rights_left(link, rules) else "",
            "rights_left": lambda _: words.listed(_rights_left(link, rules)),
            "scopes": lambda _: words.listed(scopes_of(link, rules)),
            "scope_lines": lambda _: "\n".join(scopes_of(link, rules)),
            "host": lambda _: evidence.host if evidence else endpoint.host if endpoint else "",
            "tenant": lambda _: endpoint.tenant if endpoint else "",
            "environment": lambda _: say(f"environment.{setup.environment}"),
            "due": lambda _: words.day(expiry.due) if expiry and expiry.due else "",
            "left": lambda _: _left(days_left(link, now, rules), words),
            "until": lambda _: words.moment(link.cooling_until) if link.cooling_until else "",
            "touched": lambda _: words.moment(link.touched),
            "linked": lambda _: words.moment(link.linked) if link.linked else "",
            "took": lambda _: took(link, words),
            "approval": lambda _: words.day(link.approval) if link.approval else "",
            "paused_until": lambda _: words.day(link.paused_until) if link.paused_until else "",
            "idle_days": lambda _: str(rules.idle_days),
            "since": lambda _: words.moment(link.issue.first_seen) if link.issue else "",
            "age": lambda _: span(now - found.since, words),
            "waiting": lambda names: say(key_for(link, words, f"waiting.{found.waits}"), names),
            "keeps_line": lambda names: say(f"step.linked.{keeps}", names),
            "expiry_line": lambda names: say(f"step.expiry.done_{end_of(link)}", names),
        }
    )


def place_of(link: Link, words: Words) -> Plain:
    """Tell one link of a customer from another, in brackets behind the name: by environment and tenant, once known."""
    is_known = link.setup.environment is not Environment.UNKNOWN
    tenant = (link.setup.endpoint.tenant,) if link.setup.endpoint else ()
    known = ((words.say(f"environment.{link.setup.environment}"),) if is_known else ()) + tenant
    return Plain(words.say("parent.place", {"known": ", ".join(known)}) if known else "")


def end_of(link: Link) -> str:
    """Name what is known of the end of what the user signs in with."""
    return row_of(link.setup).ends or expiry_kind(link)


def _kept(link: Link, rules: Rulebook) -> str:
    """Tell how long the credentials are kept, or that they are gone."""
    if link.handed and not link.setup.can_sign_in:
        return "no_more"
    return "until_unlinked" if rules.keeps_secrets else "until_handed_off"


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


def _left(days: int | None, words: Words) -> str:
    if days is None:
        return ""
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


def _time(minutes: int, words: Words) -> str:
    """Write how long something takes; what takes a morning is not counted in minutes."""
    if minutes < _LONG:
        return words.say("took.minutes", {"count": str(max(minutes, 1))})
    return span(timedelta(minutes=minutes), words)


_LONG = 180
"""Minutes."""


def text_of(words: Words, row: Permission | Profile, part: str) -> str:
    """Return what a row of the permissions file says, in the reader's language where its words have it."""
    kind = "permission" if isinstance(row, Permission) else "profile"
    key = f"{kind}.{row.id}.{part}"
    return words.say(key) if words.has(key) else str(getattr(row, part))
