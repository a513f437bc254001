"""The stage on which spoiled requests are sent: a walked link and its real payloads, and one that must not move."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select, update

from bot.slack.rate_limits import Budget, Pacer
from flows.link.events import Action, Form
from flows.link.state import Link
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from storage import link_lists
from storage import links as store
from storage.tables import AuditRow, ErrandRow, InboxRow, LinkRow, MessageRow, SecretRow, TicketRow
from tests.support.backdrop import CHANNEL, Clock
from tests.support.stage import Stage
from tests.support.typed_values import TYPED

PUBLIC = "https://pages.example"
GLOBEX = "ext-globex-wintro"
UNLIMITED = Budget(100_000, 100_000)
TEAM = "T0WINTRO"


@dataclass(frozen=True, slots=True)
class Sample:
    """A real request: how it travels and what is in it. `is_staffs`: it comes from our own people."""

    name: str
    kind: str
    payload: dict[str, Any]
    is_staffs: bool = False

    def addressed(self, link: Link) -> dict[str, Any]:
        """Give the payload as if it came from the card that stands now."""
        payload = deepcopy(self.payload)
        here = {"link": link.id, "step": link.step, "rev": link.revision}
        holders = [(one.get("selected_option", one), "value") for one in payload.get("actions") or ()]
        if "view" in payload:
            holders.append((payload["view"], "private_metadata"))
        for holder, name in holders:
            said = json.loads(holder.get(name) or "{}")
            if "link" in said:
                holder[name] = json.dumps(said | here)
        return payload


class LongStage(Stage):
    """The stage without Slack's limits, under which whispers would pile up."""

    pace = 0.0
    pacer = staticmethod(partial(Pacer, channel=UNLIMITED, workspace=UNLIMITED, updates=UNLIMITED))

    async def walk(self) -> tuple[Link, Link]:
        """Link Acme with everything that people do on the way, and begin with Globex; gives both."""
        modal = await self.open_start(channel=GLOBEX)
        await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@eve"})
        assert (await modal.submit()).closed
        await self.eve.sees("I can do this")
        bystander = self.link.id
        self.slack.delivery.log.clear()  # nothing of what is spoiled later speaks of Globex
        card = await self.to_service_url()
        await self.ada.says("where do I find this?", thread=card)
        await self.ada.mentions_bot("please help", thread=card)
        for word in ("help", "status", "web-only off", "dance"):
            await self.sam.command("/link-workday", word, channel=CHANNEL)
        await card.press("I'm stuck")
        await (await self.ada.sees("What is in the way")).press("Back to the step")
        assert (await self.paste()).closed
        self.tenant()
        await self.enter()
        await self.finish(self.tenant())
        await self.quiet()
        both = {link.id: link for link in self.links()}
        other = both.pop(bystander)
        return next(iter(both.values())), other

    def samples(self, link: Link) -> list[Sample]:
        """Give what Slack has delivered, one of each sort, and the same for every button and form there is."""
        found: dict[str, Sample] = {}
        for one in self.slack.delivery.log:
            payload = deepcopy(one.payload)
            is_staffs = payload.get("user", {}).get("id") == self.sam.id or one.kind == "command"
            if one.kind == "interactive":
                payload.pop("message", None)
                payload.get("view", {}).pop("blocks", None)
            name = _name(one.kind, payload)
            found.setdefault(name, Sample(name, one.kind, payload, is_staffs))
        press = next(one for one in found.values() if one.payload.get("type") == "block_actions")
        modal = next(one for one in found.values() if one.payload.get("type") == "view_submission")
        made = [self._press(press.payload, link, action) for action in Action]
        made += [self._modal(modal.payload, link, form) for form in Form if form is not Form.START]
        ours = [
            replace(one, name=f"{one.name} by staff", payload=self._by_sam(one.payload), is_staffs=True) for one in made
        ]
        events = [
            Sample(f"event {event['type']}", "event", _event(event)) for event in _events(link, self.slack.bot_user)
        ]
        others = [Sample(f"other {one['type']}", kind, one) for kind, one in OTHERS]
        return [*found.values(), *made, *ours, *events, *others]

    def _by_sam(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload | {"user": payload["user"] | {"id": self.sam.id, "team_id": self.sam.user.team_id}}

    def _by_ada(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload | {"user": payload["user"] | {"id": self.ada.id, "team_id": self.ada.user.team_id}}

    def _press(self, payload: dict[str, Any], link: Link, action: Action) -> Sample:
        said = {"link": link.id, "step": link.step, "rev": link.revision, "do": action}
        made = deepcopy(payload) | {"channel": {"id": link.channel_id, "name": "x"}}
        made["container"] |= {"channel_id": link.channel_id}
        made["actions"] = [made["actions"][0] | {"action_id": f"press.{action}.1", "value": json.dumps(said)}]
        return Sample(f"press {action}", "interactive", self._by_ada(made))

    def _modal(self, payload: dict[str, Any], link: Link, form: Form) -> Sample:
        said = {"link": link.id, "step": link.step, "rev": link.revision, "form": form}
        typed = TYPED.get(form, {})
        made = deepcopy(payload)
        made["view"] |= {
            "callback_id": f"form.{form}",
            "private_metadata": json.dumps(said),
            "state": {"values": {name: {name: {"type": "x", "value": text}} for name, text in typed.items()}},
        }
        return Sample(f"modal {form}", "interactive", self._by_ada(made))

    async def put_back(self, link: Link, others: frozenset[str]) -> None:
        """Make the link what it was and forget every other one but `others`; nothing is under way afterwards."""

        def settle(session: Session) -> None:
            now = self.clock()
            session.exec(
                update(ErrandRow).where(col(ErrandRow.settled_at).is_(None)).values(settled_at=now, state="sent")
            )

        def work(session: Session) -> None:
            for one in link_lists.everywhere(session):
                if one.id != link.id and one.id not in others:
                    store.erase(session, one.id)
            now = store.lock(session, link.id)
            assert now
            store.move_channel(session, TEAM, now.channel_id, link.channel_id)
            store.save(session, link, (), wake_at=None, now=self.clock())

        database, courier = self.app.database, self.app.courier
        await database.run(settle)
        await until(lambda: None if courier._running else True, 20, lambda: "errands do not end")  # noqa: SLF001
        await database.run(settle)
        await database.run(work)

    async def standing(self) -> list[tuple[object, ...]]:
        """Tell everything that a request could change."""

        def look(session: Session) -> list[tuple[object, ...]]:
            links = session.exec(select(LinkRow.id, LinkRow.version, LinkRow.document)).all()
            tickets = session.exec(select(TicketRow.digest, TicketRow.tries)).all()
            secrets = session.exec(select(SecretRow.id, SecretRow.sealed)).all()
            counts = [session.exec(select(func.count()).select_from(table)).one() for table in COUNTED]
            return [*sorted(links), *sorted(tickets), *sorted(secrets), tuple(counts)]

        return await self.app.database.run(look)


COUNTED = (AuditRow, ErrandRow, InboxRow, MessageRow)

OTHERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("event", {"type": "url_verification", "token": "x", "challenge": "c"}),
    ("command", {"type": "ssl", "ssl_check": "1", "token": "x"}),
    ("interactive", {"type": "shortcut", "callback_id": "x", "user": {"id": "U0ADA"}, "team": {"id": "T0ACME"}}),
    ("interactive", {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "x"}]}),
    ("interactive", {"type": "block_suggestion", "action_id": "x", "value": "x"}),
    ("interactive", {"type": "workflow_step_edit", "callback_id": "x"}),
    (
        "interactive",
        {"type": "view_closed", "view": {"callback_id": "form.isu", "type": "modal", "private_metadata": "{}"}},
    ),
)


def _name(kind: str, payload: dict[str, Any]) -> str:
    action = (payload.get("actions") or [{}])[0]
    view, event = payload.get("view") or {}, payload.get("event") or {}
    what = action.get("action_id") or view.get("callback_id") or event.get("type") or payload.get("text")
    return f"{kind} {payload.get('type', '')} {what}"


def _events(link: Link, bot: str) -> list[dict[str, Any]]:
    here = link.channel_id
    return [
        {"type": "channel_id_changed", "old_channel_id": here, "new_channel_id": "C0NOWHERE", "event_ts": "1.2"},
        {"type": "member_joined_channel", "user": bot, "channel": here, "team": TEAM},
        {"type": "channel_unarchive", "user": "U0SAM", "channel": here},
        {"type": "group_unarchive", "user": "U0SAM", "channel": here},
        {"type": "channel_archive", "user": "U0SAM", "channel": here},
        {"type": "group_archive", "user": "U0SAM", "channel": here},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U0SAM"]}},
        {"type": "function_executed", "function_execution_id": "x", "function": {"callback_id": "x"}},
        {"type": "message", "subtype": "file_share", "channel": here, "ts": "5.6", "thread_ts": "1.2", "user": "U0ADA"}
        | {"text": "see", "files": [{"id": "F1", "alt_txt": "x", "title": "y"}], "team": "T0ACME"},
    ]


def _event(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event, "authorizations": []}


@asynccontextmanager
async def fuzzed(folder: Path) -> AsyncIterator[LongStage]:
    """Put up the stage."""
    clock = Clock()
    async with (
        SlackSandbox(clock=clock.seconds) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
    ):
        stage = LongStage(slack, workday, clock, folder)
        await stage.start(public_url=PUBLIC)
        try:
            yield stage
        finally:
            await stage.stop()
