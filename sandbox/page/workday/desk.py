"""Owns the admin's desk in Workday: the search box, the open task, its pages and what stands in them; draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.page.workday import account_tasks, client_tasks, security_tasks
from sandbox.page.workday.task_shapes import Field, Page, RefusedError, Task
from sandbox.workday import NotFoundInWorkdayError

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

TASKS: Mapping[str, Task] = {
    task.name: task for task in (*account_tasks.TASKS, *security_tasks.TASKS, *client_tasks.TASKS)
}
READ_ONLY = frozenset({"note", "copy", "table"})


@dataclass(slots=True)
class WorkdayDesk:
    """What the admin has open; a page that was left without its OK has changed nothing."""

    ground: Playground
    query: str = ""
    task: Task | None = None
    page: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    done: str = ""

    def clear(self) -> None:
        self.query, self.task, self.page, self.error, self.done = "", None, 0, None, ""
        self.values = {}

    @property
    def found(self) -> list[Task]:
        """The tasks whose name holds every word of what is searched for."""
        words = self.query.casefold().split()
        return [task for task in TASKS.values() if all(word in task.name.casefold() for word in words)]

    @property
    def fields(self) -> list[Field]:
        """The fields of the open page, with what stands in them."""
        return self._page.fields(self.ground, self.values) if self.task else []

    @property
    def button(self) -> str:
        return self._page.button

    def search(self, query: str) -> None:
        self.clear()
        if query in TASKS:
            self.open(query)
        self.query = query

    def open(self, name: str) -> None:
        """Open a task from its beginning."""
        self.clear()
        self.task = TASKS[name]

    def right(self) -> None:
        """Enter on this page what the card asks for."""
        if self.task:
            self.values |= self.task.right(self.ground)
            self.error = None

    def ok(self, given: Mapping[str, list[str]], *, is_filled: bool = False) -> None:
        """Send the open page: it is refused at a field, leads to the next one, or ends the task.

        What `is_filled` in stands as it is, as the page may not have heard of it yet.
        """
        if self.task is None:
            return
        page, self.error = self._page, None
        for shown in (one for one in self.fields if not is_filled and one.kind not in READ_ONLY):
            self.values[shown.label] = list(given.get(shown.label, []))
        try:
            said = page.ok(self.ground, self.values) if page.ok else None
            if self.page + 1 < len(self.task.pages):
                self.task.pages[self.page + 1].fields(self.ground, self.values)
        except RefusedError as refused:
            self.error = (refused.field, str(refused))
        except (NotFoundInWorkdayError, ValueError) as refused:
            self.error = ("", f"{refused}.")
        else:
            self._go_on(said)

    def _go_on(self, said: str | None) -> None:
        if self.task and self.page + 1 < len(self.task.pages):
            self.page += 1
            return
        name = self.task.name if self.task else ""
        self.clear()
        self.done = said or f"{name}: done."

    @property
    def _page(self) -> Page:
        if self.task is None:
            raise LookupError("no task is open")
        return self.task.pages[self.page]
