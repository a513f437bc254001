"""Draws Workday's pages from `pages.toml` as small PNGs with the places to click; knows no step and no word of ours.

`python docs/drawn/draw.py OUT` writes OUT/<name>.png by a headless Chromium. The drawings are our own: boxes and
labels, nothing of Workday's look.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WIDTH = 640
SCALE = 1.25
"""Pixels of the picture for each of the page: sharp on a phone, some 20 to 60 kB a picture."""

STYLE = (HERE / "page.css").read_text("utf-8")


def number(mark: int) -> str:
    """Render the badge of a mark; nothing for 0."""
    return f'<span class="n">{mark}</span>' if mark else ""


def row_of(row: dict[str, Any]) -> str:
    """Render one row of a page."""
    mark = int(row.get("mark", 0))
    if "table" in row:
        return table_of(row)
    return f'<div class="row{" marked" if mark else ""}">{"".join(inside(row))}{number(mark)}</div>'


def inside(row: dict[str, Any]) -> Iterator[str]:
    """Render what stands in a row that is no table."""
    value = escape(str(row.get("value", "")))
    match row:
        case {"search": text}:
            yield f'<span class="value pick">⌕ {escape(text)}</span>'
        case {"field": label}:
            yield f'<span class="label">{escape(label)}</span><span class="value">{value}</span>'
        case {"choice": label}:
            yield f'<span class="label">{escape(label)}</span><span class="value pick">{value} ☰</span>'
        case {"box": label}:
            tick = "✓" if row.get("on") else ""
            yield f'<span class="label">{escape(label)}</span><span class="square">{tick}</span>'
        case {"radio": label}:
            yield f'<span class="label">{escape(label)}</span>'
            for place, option in enumerate(row["options"]):
                yield f'<span class="square round">{"●" if place == row["at"] else ""}</span>{escape(option)}'
        case {"tabs": names}:
            for place, name in enumerate(names):
                yield f'<span class="tab{" on" if place == row["at"] else ""}">{escape(name)}</span>'
        case {"menu": names}:
            yield f'<span class="plain">{escape("  ›  ".join(names))}</span>'
        case {"line": text}:
            yield f'<span class="plain"><i>{escape(text)}</i></span>'
        case _:
            raise ValueError(f"pages.toml: a row of an unknown kind: {sorted(row)}")


def table_of(row: dict[str, Any]) -> str:
    """Render a table; `marks` ring cells of its last row, or the head where that is a plus; `whole` rings all of it."""
    heads, cells, marks = row["table"], row["cells"], row.get("marks", [])
    ringed = dict(enumerate(marks))

    def cell(tag: str, place: int, text: str, *, here: bool) -> str:
        mark = int(ringed.get(place, 0)) if here else 0
        return f"<{tag}{' class=marked' if mark else ''}>{escape(text)}{number(mark)}</{tag}>"

    top = "".join(cell("th", place, text, here=text == "+") for place, text in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(cell("td", at, text, here=line is cells[-1] and heads[at] != "+") for at, text in enumerate(line))
        + "</tr>"
        for line in cells
    )
    drawn = f"<table><tr>{top}</tr>{body}</table>"
    whole = int(row.get("whole", 0))
    return f'<div class="row marked" style="display:block">{drawn}{number(whole)}</div>' if whole else drawn


def page_of(page: dict[str, Any]) -> str:
    """Render one page as HTML."""
    rows = "".join(row_of(row) for row in page["rows"])
    ok = f'<span class="ok marked">OK{number(page["ok"])}</span>' if "ok" in page else ""
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>"
        f'<div class="page"><h1>{escape(page["title"])}</h1><div class="rows">{rows}</div>{ok}</div>'
    )


def chromium(*arguments: str) -> str:
    """Run the browser once, without a window or a network; returns what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        quiet = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            f"--user-data-dir={folder}",
        )
        return subprocess.run(
            ["chromium", *quiet, "--disable-background-networking", *arguments],
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def shoot(html: str, to: Path) -> None:
    """Write one page as a PNG that is just as high as what it shows."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(html + "<script>document.title = document.body.scrollHeight</script>", "utf-8")
        shown = chromium("--dump-dom", f"--window-size={WIDTH},600", source.as_uri())
        high = int(shown.partition("<title>")[2].partition("<")[0])
        chromium(
            f"--screenshot={to}",
            f"--window-size={WIDTH},{high}",
            f"--force-device-scale-factor={SCALE}",
            source.as_uri(),
        )


def main(out: Path) -> None:
    """Draw every page into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for page in tomllib.loads((HERE / "pages.toml").read_text("utf-8"))["page"]:
        shoot(page_of(page), out.absolute() / f"{page['name']}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
