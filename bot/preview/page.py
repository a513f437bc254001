"""The whole preview as one HTML page that needs nothing beside it: every language, no script, no network."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Final

from babel import Locale

from bot.papers.plot import draw
from bot.preview.blocks_html import mrkdwn, shown
from bot.preview.examples import NOW, Examples
from bot.preview.exhibits import Exhibit, Lines, Message, Room, Window
from bot.preview.gallery import Gallery
from bot.web.secret_form import form_page
from flows.link.events import Form
from flows.link.rulebook import Rulebook
from flows.link.standing import Mover
from flows.link.state import Step
from flows.papers.insight import Insight, Stage, bars, told
from flows.papers.permission_sheet import Page, Signer, sheet
from flows.words import Words

_FOLDER: Final = Path(__file__).parent
PICTURES: Final = _FOLDER.parent / "web" / "pictures"
OWN_PICTURES: Final = "own"
"""Stands for the address of the app's own pictures, which the page carries with it."""


_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(rules: Rulebook, languages: Sequence[Words]) -> str:
    """Draw everything, in each language."""
    rooms = [tuple(Gallery(rules, words).rooms()) for words in languages]
    papers = [_papers(rules, words) for words in languages]
    style = (_FOLDER / "page.css").read_text("utf-8") + "".join(_pictures(rules)) + "".join(_switches(languages))
    product, what = (escape(languages[0].say(key)) for key in ("form.start.title", "preview.title.page"))
    bodies = "\n".join(map(_language, languages, rooms, papers))
    return (
        f'<!doctype html>\n<html lang="{languages[0].language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{product}: {what}</title><style>{style}</style></head><body>\n"
        f"{_nav(product, languages, rooms)}\n<main>\n{bodies}\n</main></body></html>\n"
    )


_PAPERS: Final = ("web_page", "paper", "insight")


def _nav(product: str, languages: Sequence[Words], rooms: Sequence[Sequence[Room]]) -> str:
    switch = "".join(
        f'<input type="radio" name="language" id="in-{one.language}"{" checked" * (at == 0)}>'
        f'<label for="in-{one.language}">{escape(str(Locale.parse(one.locale).language_name))}</label>'
        for at, one in enumerate(languages)
    )
    links = "".join(
        f'<div lang="{one.language}"><small>{escape(one.say("preview.made_up"))}</small>'
        f"{''.join(_links(one, there))}</div>"
        for one, there in zip(languages, rooms, strict=True)
    )
    return f"<nav><h1>{product}</h1>{switch}{links}</nav>"


def _links(words: Words, rooms: Sequence[Room]) -> Iterator[str]:
    found = [(room.name, room.title, str(len(room.exhibits))) for room in rooms]
    for name, title, count in (*found, *((name, words.say(f"preview.room.{name}"), "") for name in _PAPERS)):
        yield f'<a href="#{words.language}-{name}">{escape(title)} <small>{count}</small></a>'


def _switches(languages: Sequence[Words]) -> Iterator[str]:
    """Hide each language but the one that is chosen."""
    for one in languages:
        yield f"body:has(#in-{one.language}:checked) div[lang]:not([lang={one.language}]){{display:none}}"


def _pictures(rules: Rulebook) -> Iterator[str]:
    """Carry the app's own pictures along, each once; a vendor's own ones are named by their words."""
    if rules.pictures != OWN_PICTURES:
        return
    for path in sorted(PICTURES.glob("*.png")):
        yield f".picture.{path.stem}{{background-image:url({_data(path.read_bytes())})}}"


def _data(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def _language(words: Words, rooms: Sequence[Room], papers: str) -> str:
    drawn = "\n".join(_room(words, room) for room in rooms)
    return f'<div lang="{words.language}">\n{drawn}\n{papers}\n</div>'


def _room(words: Words, room: Room) -> str:
    name = f"{words.language}-{room.name}"
    inside = "\n".join(
        f'<article id="{name}-{at}"><h3>{escape(one.title)}</h3>\n{_exhibit(words, one)}</article>'
        for at, one in enumerate(room.exhibits)
    )
    return f'<section id="{name}"><h2>{escape(room.title)}</h2>\n{inside}</section>'


def _exhibit(words: Words, one: Exhibit) -> str:
    match one:
        case Message():
            who = escape(words.say("form.start.title"))
            return (
                f'<div class="message"><div class="face">{who[:1]}</div><div class="body">'
                f'<div><b class="who">{who}</b><span class="app">APP</span><span class="small">10:00</span></div>\n'
                f"{shown(one.blocks)}</div></div>"
            )
        case Window() if one.view["type"] == "home":
            return f'<div class="home">{shown(one.view["blocks"])}</div>'
        case Window():
            title, close = (escape(one.view[part]["text"]) for part in ("title", "close"))
            send = (
                f'<span class="button primary">{escape(one.view["submit"]["text"])}</span>'
                if "submit" in one.view
                else ""
            )
            return (
                f'<div class="window"><header>{title}</header><div class="body">{shown(one.view["blocks"])}</div>'
                f'<footer><span class="button">{close}</span>{send}</footer></div>'
            )
        case Lines():
            return f'<div class="lines">{"".join(f"<p>{mrkdwn(text)}</p>" for text in one.texts)}</div>'


def _papers(rules: Rulebook, words: Words) -> str:
    """Draw what is no message: the page for secrets, the permission sheet, the numbers of all links."""
    made, gallery = Examples(rules), Gallery(rules, words)
    scene = gallery.scene(made.at(Step.ISU))
    html = form_page(scene, Form.ISU, NOW + timedelta(minutes=10), 200, {}, {}).text or ""
    written = sheet(gallery.scene(made.at(Step.LINKED)), Signer(name="Sam"))
    counted = _insight()
    plot = draw(words.say("insight.plot", {"links": str(counted.links)}), bars(counted, words))
    numbers = mrkdwn(told(counted, words))
    titles = {name: escape(words.say(f"preview.room.{name}")) for name in _PAPERS}
    drawn = {
        "web_page": f'<iframe sandbox title="{titles["web_page"]}" srcdoc="{escape(html)}"></iframe>',
        "paper": "\n".join(_paper(one) for one in written.pages),
        "insight": f'<p><img alt="" src="{_data(plot)}"></p><div class="lines"><p>{numbers}</p></div>',
    }
    return "\n".join(
        f'<section id="{words.language}-{name}"><h2>{titles[name]}</h2>\n{drawn[name]}</section>' for name in _PAPERS
    )


def _paper(paper: Page) -> str:
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in paper.facts)
    head = "".join(f"<th>{escape(name)}</th>" for name in paper.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in paper.rows)
    around = [[f"<p>{escape(text)}</p>" for text in texts] for texts in (paper.lead, paper.notes)]
    return (
        f'<div class="paper"><h4>{escape(paper.title)}</h4><table>{facts}</table>{"".join(around[0])}'
        f"<table><tr>{head}</tr>{rows}</table>{''.join(around[1])}</div><br>"
    )


def _insight() -> Insight:
    """Count links that nobody has."""
    counted = Insight(now=NOW, links=41)
    counted.stages = Counter(dict(zip(Stage, (41, 38, 36, 33, 32, 31), strict=True)))
    counted.spans = dict(zip(Stage, ([], [6.0], [11.0], [34.0], [5.0], [3.0]), strict=True))
    del counted.spans[Stage.STARTED]
    counted.whole, counted.tried, counted.first_try = [64.0] * 31, 36, 29
    counted.movers = Counter({Mover.ADMIN: 6, Mover.OWNER: 2})
    counted.ages = Counter({"hours": 3, "day": 3, "week": 2})
    counted.expiring = Counter({30: 1, 60: 2, 90: 4})
    return counted
