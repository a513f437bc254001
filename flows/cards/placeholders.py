"""The names a card fills in: this customer's, this tenant's, in the reader's own terms; draws nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, assert_never

from flows.diagnosis.observations import Observation
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import Mover, Standing, standing
from flows.link.state import Link, Person, Status, Step
from flows.link.steps import STEPS, is_before, refuses, row_of
from flows.link.walk import UNKNOWN, Usual, asked_of, minutes_left, walk
from flows.permissions import ABSENCE, Permission, Profile
from flows.schedule.reminders import days_left
from flows.tenant.service_url import Endpoint, Environment
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
    return asked_of(link, rules.permissions)


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

    def __init__(self, link: Link, rules: Rulebook, words: Words, now: datetime, usual: Usual, theirs: Words) -> None:
        self.link = link
        self.rules = rules
        self.words = words
        self.now = now
        self.usual = usual
        self.theirs = theirs
        self._made: dict[str, str] = {}

    @cached_property
    def found(self) -> Standing:
        """Where the link stands."""
        return standing(self.link, self.now)

    @property
    def evidence(self) -> Observation | None:
        """What Workday answered where the last try went wrong."""
        return self.link.attempt.trouble.evidence if self.link.attempt.trouble else None

    @property
    def endpoint(self) -> Endpoint | None:
        """The address that was tried, or the one that is entered."""
        link = self.link
        tried = link.attempt.tried.endpoints[0] if link.attempt.tried and link.attempt.tried.endpoints else None
        return (tried if link.step is Step.SERVICE_URL else None) or link.setup.endpoint or tried

    def __getitem__(self, name: str) -> str:
        """Return a name, which is made now unless it was before."""
        if name not in self._made:
            self._made[name] = MAKERS[name](self)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over what there is a name for."""
        return iter(MAKERS)

    def __len__(self) -> int:
        """Count the names."""
        return len(MAKERS)


def key_for(link: Link, words: Words, key: str) -> str:
    """Return the key of the text that a link gets: where no password signs in, of the one for that, if there is one."""
    own = f"{key}_by_token"
    return own if row_of(link.setup).bearer and words.has(own) else key


def names_of(
    link: Link,
    rules: Rulebook,
    words: Words,
    now: datetime,
    usual: Usual = UNKNOWN,
    theirs: Words | None = None,
) -> Names:
    """Return every name that the words of cards, reminders and messages may use."""
    return Names(link, rules, words, now, usual, theirs or words)


def _labelled(key: str) -> Callable[[Names], str]:
    return lambda it: it.theirs.say(f"button.{key}", it)


ON_CARDS: Final[Mapping[str, Callable[[Names], str]]] = {
    "on_allow": _labelled("allow_login"),
    "on_call_staff": _labelled("call_staff"),
    "on_coming": _labelled("coming"),
    "on_hand_over": _labelled("hand_over"),
    "on_relink": _labelled("relink"),
    "on_resume": _labelled("resume"),
    "on_start": _labelled("start"),
}
"""Names for the buttons of a thread, which stand there in its own language, whoever reads of them elsewhere."""


MAKERS: Final[Mapping[str, Callable[[Names], str]]] = {
    "customer": lambda it: it.link.customer,
    "place": lambda it: place_of(it.link, it.words),
    "vendor": lambda it: it.rules.vendor,
    "isu": lambda it: isu_name(it.link, it.rules),
    "group": lambda it: it.link.setup.group or f"ISSG_{slug(it.rules.vendor)}",
    "client": lambda it: it.words.say("typed.client", it),
    "certificate": lambda it: it.link.setup.key.certificate if it.link.setup.key else "",
    "key_name": lambda it: it.words.say("typed.key_name", it),
    "comment": lambda it: it.words.say("typed.comment", it),
    "owner": lambda it: _owner(it.link, it.rules.vendor, it.words),
    "admin": lambda it: mention(it.link.doer) if it.link.doer else it["owner"],
    "lead": lambda it: mention(it.link.admin) if it.link.admin else it["owner"],
    "person": lambda it: _mover(it.link, it.found.mover, it.rules.vendor, it.words),
    "n": lambda it: str(reached(it.link, it.rules)),
    "m": lambda it: str(len(counted(it.link, it.rules))),
    "time": lambda it: _time(minutes_left(it.link, it.rules.permissions, it.usual), it.words),
    "title": lambda it: it.words.say(f"step.{it.link.step}.title"),
    "total": lambda it: str(len(rows_of(it.link, it.rules))),
    "ticked": lambda it: str(len(it.link.setup.ticked & {row.id for row in rows_of(it.link, it.rules)})),
    "rights": lambda it: it.words.listed(STEPS[it.link.step].rights),
    "needs": lambda it: it.words.say("people.needs", it) if _rights_left(it.link, it.rules) else "",
    "rights_left": lambda it: it.words.listed(_rights_left(it.link, it.rules)),
    "scopes": lambda it: it.words.listed(scopes_of(it.link, it.rules)),
    "scope_lines": lambda it: "\n".join(scopes_of(it.link, it.rules)),
    "host": lambda it: it.evidence.host if it.evidence else it.endpoint.host if it.endpoint else "",
    "tenant": lambda it: it.endpoint.tenant if it.endpoint else "",
    "environment": lambda it: it.words.say(f"environment.{it.link.setup.environment}"),
    "due": lambda it: _due(it.link.setup.expiry, it.words),
    "left": lambda it: _left(days_left(it.link, it.now, it.rules), it.words),
    "until": lambda it: it.words.moment(it.link.cooling_until) if it.link.cooling_until else "",
    "touched": lambda it: it.words.moment(it.link.touched),
    "linked": lambda it: it.words.moment(it.link.linked) if it.link.linked else "",
    "took": lambda it: took(it.link, it.words),
    "approval": lambda it: it.words.day(it.link.approval) if it.link.approval else "",
    "paused_until": lambda it: it.words.day(it.link.paused_until) if it.link.paused_until else "",
    "idle_days": lambda it: str(it.rules.idle_days),
    "since": lambda it: it.words.moment(it.link.issue.first_seen) if it.link.issue else "",
    "age": lambda it: span(it.now - it.found.since, it.words),
    "waiting": lambda it: it.words.say(key_for(it.link, it.words, f"waiting.{it.found.waits}"), it),
    **ON_CARDS,
    "kept": lambda it: it.words.say(key_for(it.link, it.words, f"people.kept{_but(it.link)}"), it),
    "before_line": lambda it: f" {it.words.say(before, it)}" if (before := before_key(it.link)) else "",
    "kept_said": lambda it: it.words.say(key_for(it.link, it.words, f"people.kept_said{_but(it.link)}"), it),
    "keeps_line": lambda it: it.words.say(f"step.linked.keeps_{_kept(it.link, it.rules)}", it),
    "expiry_line": lambda it: it.words.say(f"step.expiry.done_{end_of(it.link)}", it),
}
"""How each name is made."""


def place_of(link: Link, words: Words) -> Plain:
    """Tell one link of a customer from another, in brackets behind the name: by environment and tenant, once known."""
    is_known = link.setup.environment is not Environment.UNKNOWN
    tenant = (link.setup.endpoint.tenant,) if link.setup.endpoint else ()
    known = ((words.say(f"environment.{link.setup.environment}"),) if is_known else ()) + tenant
    return Plain(words.say("parent.place", {"known": ", ".join(known)}) if known else "")


def before_key(link: Link) -> str:
    """Name the words for what becomes of the set-up from before while another is made; empty where there is none."""
    kept = link.previous
    if not kept or kept.burnt or kept.burnt_client or link.status is Status.CANCELLED:
        return ""
    issue = link.issue if link.issue and not link.issue.resolved else None
    # What was forgotten, as the backend has it, is no more trusted, and not refused by that.
    is_refused = not kept.is_trusted and (kept.can_sign_in or (issue is not None and refuses(kept, issue.reason)))
    return "parent.before_refused" if is_refused else "parent.before"


def _but(link: Link) -> str:
    """Name the words for what is kept of a link that has lost what it signs in with: posted, idle or handed off."""
    setup = link.setup
    return "_but" if setup.account and not setup.can_sign_in and not is_before(setup, link.step) else ""


def end_of(link: Link) -> str:
    """Name what is known of the end of what the user signs in with."""
    return row_of(link.setup).ends or expiry_kind(link)


def _kept(link: Link, rules: Rulebook) -> str:
    """Tell how long the credentials are kept, or that they are gone."""
    if link.handed and not link.setup.can_sign_in:
        return "no_more"
    return "until_unlinked" if rules.keeps(link.setup.way) else "until_handed_off"


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


def _due(expiry: Expiry | None, words: Words) -> str:
    return words.day(expiry.due) if expiry and expiry.due else ""


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
