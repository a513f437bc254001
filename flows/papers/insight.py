"""What all links together show: how far they come, how long it takes, who waits; draws nothing and names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

from flows.diagnosis.reasons import Reason
from flows.link.rulebook import Rulebook
from flows.link.standing import Mover, reason_of, standing
from flows.link.state import Link, Status, Step
from flows.link.walk import asked
from flows.words import Plain, Words, unescape

TOP: Final = 5
FORECAST_DAYS: Final = (30, 60, 90)
AGES: Final = {"week": 7, "days": 3, "day": 1, "hours": 0}
"""From how many whole days on without a move a link is of which age, the oldest first."""


class Stage(StrEnum):
    """How far a link has come, in order."""

    STARTED = "started"
    ADDRESS = "address"
    LOGIN = "login"
    PERMISSIONS = "permissions"
    ACTIVATED = "activated"
    LINKED = "linked"


_FROM: Final[Mapping[Stage, Step]] = {
    Stage.STARTED: Step.SERVICE_URL,
    Stage.ADDRESS: Step.ISU,
    Stage.LOGIN: Step.EXPIRY,
    Stage.PERMISSIONS: Step.ACTIVATION,
    Stage.ACTIVATED: Step.API_CLIENT,
    Stage.LINKED: Step.LINKED,
}
"""The first step at which a stage lies behind a link."""

_ORDER: Final = tuple(Step)


@dataclass(slots=True)
class Insight:
    """The counts of all links, one `add` for each; `spans` are the minutes from the stage before, `whole` to linked."""

    now: datetime
    links: int = 0
    stages: Counter[Stage] = field(default_factory=Counter[Stage])
    spans: dict[Stage, list[float]] = field(default_factory=dict[Stage, list[float]])
    whole: list[float] = field(default_factory=list[float])
    first_try: int = 0
    tried: int = 0
    movers: Counter[Mover] = field(default_factory=Counter[Mover])
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])
    expiring: Counter[int] = field(default_factory=Counter[int])
    ages: Counter[str] = field(default_factory=Counter[str])

    def add(self, link: Link, reached: Mapping[Step, datetime], passwords: int) -> None:
        """Count one link; `reached` is when it first came to each step, `passwords` how many were entered for it."""
        self.links += 1
        furthest = max((link.step, *reached), key=_ORDER.index)
        if link.linked:
            furthest = Step.LINKED
        for stage, step in _FROM.items():
            self.stages[stage] += _ORDER.index(furthest) >= _ORDER.index(step)
        self._time(link, reached)
        if passwords and _ORDER.index(furthest) > _ORDER.index(Step.ISU):
            self.tried += 1
            self.first_try += passwords == 1
        if link.status is Status.ACTIVE:
            self._wait(link)
        if reason := reason_of(link) if link.status is not Status.CANCELLED else None:
            self.reasons[reason] += 1
        due = link.setup.expiry.due if link.setup.expiry and link.status is Status.LINKED else None
        if due:
            left = (due - self.now.date()).days
            self.expiring.update(days for days in FORECAST_DAYS if 0 <= left <= days)

    def _time(self, link: Link, reached: Mapping[Step, datetime]) -> None:
        moments = [(stage, _first(reached, step)) for stage, step in _FROM.items()]
        for (_, before), (stage, after) in pairwise(moments):
            if before and after:
                self.spans.setdefault(stage, []).append((after - before) / timedelta(minutes=1))
        if link.started and link.linked:
            self.whole.append((link.linked - link.started) / timedelta(minutes=1))

    def _wait(self, link: Link) -> None:
        self.movers[standing(link, self.now).mover] += 1
        idle = max(self.now - link.touched, timedelta()).days
        self.ages[next(age for age, days in AGES.items() if idle >= days)] += 1


def _first(reached: Mapping[Step, datetime], step: Step) -> datetime | None:
    """Return when a link first stood at a step or behind it."""
    return min((at for one, at in reached.items() if _ORDER.index(one) >= _ORDER.index(step)), default=None)


LINK_COLUMNS: Final = (
    *("link", "created", "started", "linked", "touched", "status", "step", "environment", "profile", "absence"),
    *("mover", "waits", "reason", "issue_since", "password_ends", "asked", "granted"),
)


def link_row(link: Link, now: datetime, rules: Rulebook) -> tuple[str, ...]:
    """Return one link as a row of `LINK_COLUMNS`: no name of a customer, a person or a tenant is in it."""
    found, setup = standing(link, now), link.setup
    reason, due = reason_of(link), setup.expiry.due if setup.expiry else None
    moments = (link.created, link.started, link.linked, link.touched)
    return (
        link.id,
        *(at.isoformat() if at else "" for at in moments),
        link.status,
        link.step,
        setup.environment,
        setup.profile,
        "yes" if setup.absence else "no",
        found.mover,
        found.waits,
        reason or "",
        link.open_issue.first_seen.isoformat() if link.open_issue else "",
        due.isoformat() if due else "",
        str(len(asked(setup, rules.permissions))),
        str(setup.matrix.granted) if setup.matrix else "",
    )


EXPORT_COLUMNS: Final = ("customer", *LINK_COLUMNS)


def export_row(link: Link, now: datetime, rules: Rulebook) -> tuple[str, ...]:
    """Return one link as a row of `EXPORT_COLUMNS`, for our own people: with its customer, still without anybody."""
    return (link.customer, *link_row(link, now, rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a plot: what it is, its part of the whole width, and the number beside it."""

    label: str
    share: float
    number: str


def bars(insight: Insight, words: Words) -> Sequence[Bar]:
    """Return the bars of the plot: how many links have come how far; there is at least one link."""
    return tuple(
        Bar(
            label=unescape(words.say(f"insight.stage.{stage}")),
            share=insight.stages[stage] / insight.links,
            number=f"{insight.stages[stage]} ({_share(insight.stages[stage], insight.links)})",
        )
        for stage in Stage
    )


def told(insight: Insight, words: Words) -> str:
    """Write the numbers, those that are known; without a link there is no data yet."""
    if not insight.links:
        return words.say("insight.none")
    return "\n".join(_lines(insight, words))


def _lines(insight: Insight, words: Words) -> Iterable[str]:
    yield words.say("staff.insight", {"links": str(insight.links)})
    yield _list(words, "far", ((f"insight.stage.{stage}", insight.stages[stage]) for stage in Stage))
    if insight.whole:
        names = {"median": _span(median(insight.whole), words), "count": str(len(insight.whole))}
        yield words.say("insight.whole", names)
    steps = [
        words.say("insight.span", {"what": words.say(f"insight.stage.{stage}"), "time": _span(median(spans), words)})
        for stage, spans in insight.spans.items()
    ]
    if steps:
        yield words.say("insight.spans", {"spans": words.listed(steps)})
    if insight.tried:
        share = _share(insight.first_try, insight.tried)
        yield words.say("insight.first_try", {"share": share, "count": str(insight.tried)})
    if insight.movers:
        yield _list(words, "movers", ((f"insight.mover.{one}", count) for one, count in insight.movers.most_common()))
        yield _list(words, "ages", ((f"insight.age.{age}", insight.ages[age]) for age in reversed(AGES)))
    if insight.reasons:
        yield _list(words, "reasons", ((Plain(f"`{one}`"), count) for one, count in insight.reasons.most_common(TOP)))
    if insight.expiring:
        yield words.say("insight.expiring", {f"in_{days}": str(insight.expiring[days]) for days in FORECAST_DAYS})


def _list(words: Words, name: str, counted: Iterable[tuple[str, int]]) -> str:
    """Count things by their words; reasons by their codes, which stand in docs/troubleshooting.md."""
    items = (
        words.say("insight.item", {"what": words.say(what) if words.has(what) else what, "count": str(count)})
        for what, count in counted
    )
    return words.say(f"insight.{name}", {"items": words.listed(items)})


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _span(minutes: float, words: Words) -> str:
    unit = next((unit for unit in ("days", "hours") if minutes >= 2 * _MINUTES[unit]), "minutes")
    return words.say(f"took.{unit}", {"count": str(max(round(minutes / _MINUTES[unit]), 1))})


_MINUTES: Final = {"days": 24 * 60, "hours": 60, "minutes": 1}
