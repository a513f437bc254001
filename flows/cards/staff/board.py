"""The board of our own people: many links by who has to act, and one link with everything known of it; asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from flows.cards.context import Scene, support
from flows.cards.modals import evidence
from flows.cards.parts import Asks, Card, Control, Controls, Heading, Part, Search, Small, Text
from flows.cards.staff import lines
from flows.cards.staff.brief import opened
from flows.link.commands import rows as commands
from flows.link.commands.rows import LONGEST_NAME, MOST_PAGES, Typed
from flows.link.overview import Filter, Query
from flows.link.rulebook import Rulebook
from flows.link.standing import State
from flows.link.state import Person
from flows.words import Words

Counts = dict[State, int]
"""How many links stand in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What somebody looks at on the board."""

    filters: frozenset[Filter] = frozenset()
    state: State | None = None
    customer: str = ""
    page: int = 1

    def write(self) -> str:
        """Write it as the value of a button."""
        said = {"f": ",".join(sorted(self.filters)), "s": self.state or "", "c": self.customer, "p": str(self.page)}
        return urlencode({name: value for name, value in said.items() if value})

    def query(self, user_id: str) -> Query:
        """Return which links that are, for one of our own people."""
        return Query(user_id=user_id, filters=self.filters, state=self.state, customer=self.customer)


def read_looking(text: str) -> Looking:
    """Read what a button says; whatever is none of ours is left out."""
    said = {name: values[0] for name, values in parse_qs(text[:2000], max_num_fields=9).items()}
    page, state = said.get("p", "1"), said.get("s", "")
    return Looking(
        filters=frozenset(one for one in Filter if one in said.get("f", "").split(",")),
        state=State(state) if state in set(State) else None,
        customer=said.get("c", "")[:LONGEST_NAME],
        page=min(int(page), MOST_PAGES) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,  # noqa: PLR2004  digits
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the board shows: the lines of one page, and how many links and pages there are."""

    rows: Sequence[Part]
    total: int
    pages: int
    counts: Counts


def row(scene: Scene, thread: str) -> tuple[Part, ...]:
    """Draw one link of the board."""
    return Text(text=lines.line(scene, thread)), Controls(controls=opened(scene))


def board(words: Words, looking: Looking, shown: Shown) -> Card:
    """Draw the board."""
    first = replace(looking, page=1)
    narrow = Controls(controls=tuple(_filter(words, first, one) for one in Filter))
    states = tuple(_state(words, first, state, count) for state, count in shown.counts.items())
    parts: list[Part] = [Heading(text=words.say("board.heading")), narrow]
    if states:
        parts.append(Controls(controls=states))
    parts.append(Search(asks=Asks.BOARD, label=words.say("board.search"), initial=looking.customer))
    names = {"count": str(shown.total), "page": str(looking.page), "pages": str(shown.pages)}
    if not shown.total:
        return Card(
            parts=(*parts, Text(text=words.say("board.nothing" if looking == Looking() else "command.list_none")))
        )
    parts += [Text(text=words.say("command.list_all", names)), *shown.rows]
    ways = tuple(
        _control(words.say(key), replace(looking, page=page))
        for page, key in ((looking.page - 1, "command.button.before"), (looking.page + 1, "command.button.after"))
        if 1 <= page <= shown.pages
    )
    paging = Controls(controls=(*ways, *_of_all(words)))
    return Card(parts=(*parts, Small(text=words.say("command.page", names)), paging))


def _of_all(words: Words) -> tuple[Control, ...]:
    """Return the buttons that are about all links together."""
    rows = (commands.INSIGHT, commands.EXPORT)
    return tuple(replace(lines.control(words, Typed(row=row)), asks=Asks.DETAIL) for row in rows)


def _filter(words: Words, looking: Looking, one: Filter) -> Control:
    chosen = one in looking.filters
    return _control(words.say(f"command.show.{one}"), replace(looking, filters=looking.filters ^ {one}), chosen=chosen)


def _state(words: Words, looking: Looking, state: State, count: int) -> Control:
    chosen = state is looking.state
    text = words.say("board.state", {"state": words.say(f"board.states.{state}"), "count": str(count)})
    return _control(text, replace(looking, state=None if chosen else state), chosen=chosen)


def _control(text: str, looking: Looking, *, chosen: bool = False) -> Control:
    return Control(asks=Asks.BOARD, text=text, value=looking.write() or "p=1", primary=chosen)


def friendly(words: Words, rules: Rulebook) -> Card:
    """Draw what customers and guests see in its place."""
    names = {"vendor": rules.vendor}
    text = Text(text=words.say("board.customer", names))
    return Card(parts=(Heading(text=words.say("board.heading")), text, *support(words, rules, names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a link beside it, as lines: what happened and our notes, the newest first, and what comes."""

    past: Sequence[str] = ()
    ahead: Sequence[str] = ()
    notes: Sequence[str] = ()


def detail(scene: Scene, thread: str, who: Person, said: str, known: Known) -> Card:
    """Draw one link with all that is known of it, and all that can be done; `said` is what a press just came to."""
    buttons = tuple(replace(one, asks=Asks.DETAIL) for one in lines.actions(scene, who))
    parts: list[Part] = [Text(text=said)] if said else []
    parts.append(Text(text=lines.line(scene, thread)))
    parts.append(Controls(controls=(opened(scene)[1], *buttons)))
    for key, found in (("notes", known.notes), ("ahead", known.ahead), ("past", known.past)):
        parts.append(Text(text="\n".join((scene.say(f"board.{key}"), *(found or [scene.say("board.none")])))))
    return Card(parts=(*parts, Text(text=scene.say("board.evidence")), *evidence(scene).parts))


def vanished(words: Words) -> Card:
    """Say that a link is not there any more."""
    return Card(parts=(Text(text=words.say("refusal.gone")),))
