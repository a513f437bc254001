"""Owns the tape of every request and answer in this world, with secrets masked; it changes none of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.slack.drawing import Html, el

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.page.ground.playground import Playground
    from sandbox.slack.json_object import Json

MASK = "••••"
MOST = 60
_HIDDEN = frozenset(
    {"token", "trigger_id", "response_url", "hash", "private_metadata", "password", "client_secret", "refresh_token"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One request with its answer: when, who asked whom for what, how it ended, and its content."""

    at: float
    way: str
    what: str
    end: str
    content: str
    is_bad: bool


class Tape:
    """Reads the tape off the two sandboxes; `wanted` is what somebody filters for."""

    def __init__(self, ground: Playground) -> None:
        self.ground = ground
        self.wanted = ""

    def lines(self) -> list[Line]:
        """Return the newest lines that hold every word of the filter, newest first."""
        words = self.wanted.casefold().split()
        found: list[Line] = []
        for line in sorted(self.everything(), key=lambda line: -line.at):
            text = f"{line.way} {line.what} {line.end} {line.content}".casefold()
            if all(word in text for word in words):
                found.append(line)
            if len(found) == MOST:
                break
        return found

    def html(self) -> Html:
        """Write the tape with its filter."""
        named = {
            "placeholder": "Filter: update, 429, workday…",
            "aria_label": "Filter the tape",
            "id": "tape-filter",
        }
        box = el("input", type="text", name="wanted", value=self.wanted, data_input="tape", autocomplete="off", **named)
        rows = [_row(line) for line in self.lines()]
        none = None if rows else el("p", "Nothing yet.", class_="hello")
        told: dict[str, object] = {"role": "region", "aria_label": "Tape", "tabindex": 0}
        return el("div", box, el("ol", *rows, class_="tape") if rows else none, class_="scroll work", **told)

    def everything(self) -> Iterator[Line]:
        """Yield all that is on the tape, by who asked whom."""
        slack, workday = self.ground.slack, self.ground.workday
        for call in slack.calls[-400:]:
            lost = " · answer lost" if call.lost else ""
            end = f"{call.status} {call.error or 'ok'}{lost}"
            yield Line(call.time, "app → Slack", call.method, end, self._masked(call.args), not call.ok or call.lost)
        for sent in slack.delivery.log[-400:]:
            reply = sent.reply
            again = f" · try {sent.attempt + 1}" if sent.attempt else ""
            end = f"{reply.problem or reply.status}{again}"
            yield Line(
                sent.at,
                "Slack → app",
                _kind(sent.kind, sent.payload),
                end,
                self._masked(sent.payload),
                bool(reply.problem),
            )
        for asked in workday.requests[-400:]:
            what = f"{asked.method} {asked.operation or asked.path}"
            end = f"{asked.status} {asked.outcome}{f' · {asked.oddity}' if asked.oddity else ''}"
            told = {"path": asked.path, "account": asked.account, "request": asked.request_id}
            yield Line(asked.at, "app → Workday", what, end, self._masked(told), asked.status >= 400)

    def _masked(self, content: object) -> str:
        text = json.dumps(_without(content), ensure_ascii=False, indent=1, default=str)
        for secret in self._secrets():
            text = text.replace(json.dumps(secret, ensure_ascii=False)[1:-1], MASK)
        return text[:4000]

    def _secrets(self) -> Iterator[str]:
        for tenant in self.ground.workday.tenants.values():
            yield from (account.password for account in tenant.accounts.by_name.values())
            yield from (client.client_secret for client in tenant.api.by_id.values())
            yield from tenant.api.refresh_tokens
            yield from tenant.api.access_tokens
        yield from (
            self.ground.hand[name]
            for name in ("password", "client_secret", "refresh_token")
            if self.ground.hand.get(name)
        )


def _without(content: object) -> object:
    """Leave out what is nobody's business: what was typed into fields for secrets, tokens, one-time addresses."""
    if isinstance(content, dict):
        return {key: MASK if _is_secret(str(key), value) else _without(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_without(one) for one in content]
    if isinstance(content, str) and content[:1] in {"{", "["}:
        try:
            return _without(json.loads(content))
        except ValueError:
            return content
    return content


def _is_secret(key: str, value: object) -> bool:
    return bool(value) and key in _HIDDEN


def _kind(kind: str, payload: Json) -> str:
    event = payload.get("event", {})
    return f"{kind} {payload.get('type') or payload.get('command', '')} {event.get('type', '')}".strip()


def _row(line: Line) -> Html:
    moment = el("time", f"{datetime.fromtimestamp(line.at, UTC):%d %b %H:%M:%S}", class_="dim")
    end = el("span", line.end, class_="bad" if line.is_bad else "good")
    head = el("summary", moment, " ", el("span", line.way, class_="way"), " ", el("strong", line.what), " ", end)
    return el("li", el("details", head, el("pre", line.content, tabindex=0)))
