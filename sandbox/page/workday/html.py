"""Owns how the admin's Workday is written as HTML: the search, a task's page with its OK; it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.acme import TENANT
from sandbox.slack.drawing import Html, el, joined

if TYPE_CHECKING:
    from sandbox.page.workday.desk import WorkdayDesk
    from sandbox.page.workday.task_shapes import Field


def workday(desk: WorkdayDesk) -> Html:
    """Write the whole panel."""
    box = el(
        "input",
        type="search",
        name="query",
        value=desk.query,
        placeholder="Search Workday",
        aria_label="Search Workday",
        id="workday-search",
        data_input="workday-search",
        autocomplete="off",
    )
    head = el(
        "header",
        el("span", "W", class_="team", aria_hidden="true"),
        el("h2", "Workday"),
        el("form", box, data_do="workday-search", role="search"),
        el("span", TENANT, class_="role"),
        class_="pane-head",
    )
    body = _task(desk) if desk.task else _found(desk)
    return joined(head, el("div", body, class_="scroll work", tabindex=0, role="region", aria_label="Workday's page"))


def _found(desk: WorkdayDesk) -> Html:
    done = el("p", "✓ ", desk.done, class_="done", role="status") if desk.done else None
    rows = [
        el(
            "li",
            el("button", task.name, type="button", data_do="workday-open", data_task=task.name),
            el("span", task.about, class_="dim"),
        )
        for task in desk.found
    ]
    none = el("p", f"No matches found for “{desk.query}”.", class_="hello") if not rows else None
    help_out = el("button", "Do all that the cards ask", type="button", class_="button", data_do="workday-all")
    foot = el("p", help_out, el("span", " or task by task, as the cards say.", class_="dim"))
    return joined(done, foot if not desk.query else None, el("ul", *rows, class_="tasks") if rows else None, none)


def _task(desk: WorkdayDesk) -> Html:
    if desk.task is None:
        return Html("")
    number = len(desk.task.pages)
    error = el("div", f"⚠ {desk.error[1]}", class_="alert error", role="alert") if desk.error else None
    page = el("span", f" page {desk.page + 1} of {number}", class_="dim") if number > 1 else None
    can_fill = desk.button == "OK" and bool(desk.task.right(desk.ground))
    foot = el(
        "footer",
        el("button", desk.button, type="submit", class_="button ok"),
        el("button", "Cancel", type="button", class_="button", data_do="workday-cancel"),
        el("button", "Fill in as the card says", type="button", class_="help", data_do="workday-right")
        if can_fill
        else None,
    )
    fields = (_field(shown, desk, f"{desk.page}-{number}") for number, shown in enumerate(desk.fields))
    title = el("h3", desk.task.name, page)
    return el("form", title, error, *fields, foot, data_do="workday-ok", novalidate=True, class_="task")


def _field(shown: Field, desk: WorkdayDesk, place: str) -> Html:
    key = f"wd-{place}"
    values = desk.values.get(shown.label, list(shown.value))
    bad = "true" if desk.error and desk.error[0] == shown.label else None
    known: dict[str, object] = {"id": key, "name": shown.label, "aria_invalid": bad}
    hint = el("span", shown.hint, class_="dim hint") if shown.hint else None
    match shown.kind:
        case "table":
            return _table(shown)
        case "note":
            return _row(el("span", shown.label, class_="label"), el("span", *shown.value))
        case "copy":
            text = shown.value[0]
            told = {"data_copy": text, "aria_label": f"Copy {shown.label}"}
            copy = el("button", "Copy", type="button", class_="copy", **told)
            box = el("div", el("pre", text), copy, class_="copyable")
            return _row(el("span", shown.label, class_="label"), box, hint)
        case "box":
            box = el("input", type="checkbox", value="on", checked=bool(values), **known)
            return _row(el("label", shown.label, for_=key), box, hint)
        case "choice":
            rows = [el("option", name, value=name, selected=name in values) for name in shown.options]
            blank = el("option", "", value="", selected=not values or values == [""])
            return _row(el("label", shown.label, for_=key), el("select", blank, *rows, **known), hint)
        case "several":
            return _several(shown, values, key, hint)
        case "area":
            text = values[0] if values else ""
            return _row(el("label", shown.label, for_=key), el("textarea", text, rows=4, **known), hint)
        case kind:
            known |= {"type": "password" if kind == "secret" else "text", "value": values[0] if values else ""}
            box = el("input", autocomplete="off" if kind != "secret" else "new-password", spellcheck="false", **known)
            return _row(el("label", shown.label, for_=key), box, hint)


def _several(shown: Field, values: list[str], key: str, hint: Html | None) -> Html:
    rows = [
        el(
            "label",
            el("input", type="checkbox", name=shown.label, value=name, checked=name in values, id=f"{key}-{name}"),
            el("span", name),
            class_="tick",
        )
        for name in shown.options
    ]
    none = el("span", "nothing to choose from yet", class_="dim") if not rows else None
    legend = el("legend", shown.label)
    return el("fieldset", legend, el("div", *rows, none, class_="ticks"), hint, class_="wd-row", id=key)


def _table(shown: Field) -> Html:
    head, *rows = shown.rows
    if not rows:
        return _row(el("span", shown.label, class_="label"), el("span", "nothing", class_="dim"))
    inside = [el("tr", *(el("td", cell) for cell in row)) for row in rows]
    table = el("table", el("caption", shown.label), el("tr", *(el("th", name) for name in head)), *inside)
    return el("div", table, class_="wide")


def _row(label: Html, *control: Html | None) -> Html:
    return el("div", label, el("div", *control), class_="wd-row")
