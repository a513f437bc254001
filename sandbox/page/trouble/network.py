"""Owns the troubles of the network between the app, Slack and Workday: switches that stay, pushes that happen once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sandbox.page.trouble.switches import Deed, Switch
from sandbox.workday import Oddity

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground


def _slack_down(ground: Playground) -> None:
    ground.slack.down = True


def _slack_up(ground: Playground) -> None:
    ground.slack.down = False


def _no_pictures(ground: Playground) -> None:
    ground.slack.unreachable_images = lambda _url: True


def _pictures(ground: Playground) -> None:
    ground.slack.unreachable_images = lambda _url: False


def _tell_files(ground: Playground) -> None:
    ground.slack.core.tells_files = True


def _tell_no_files(ground: Playground) -> None:
    ground.slack.core.tells_files = False


def _maintenance(ground: Playground) -> None:
    ground.workday.maintenance = True


def _no_maintenance(ground: Playground) -> None:
    ground.workday.maintenance = False


def _slow(ground: Playground) -> None:
    ground.workday.delay = 3.0


def _fast(ground: Playground) -> None:
    ground.workday.delay = 0.0


def _odd(oddity: Oddity) -> Deed:
    def spoil(ground: Playground) -> None:
        ground.tenant.oddity = oddity

    return spoil


def _even(ground: Playground) -> None:
    ground.tenant.oddity = None


SWITCHES = (
    Switch(slug="slack-down", title="Slack is down", tells="Nothing gets through.", on=_slack_down, off=_slack_up),
    Switch(
        slug="no-pictures",
        title="Slack cannot fetch pictures",
        tells="A message with one is rejected and sent again with a link.",
        on=_no_pictures,
        off=_pictures,
    ),
    Switch(
        slug="told-files",
        title="Slack tells what files are called",
        tells="And how a text begins. Where organisations share the channel, it tells only that there is a file.",
        on=_tell_files,
        off=_tell_no_files,
    ),
    Switch(
        slug="workday-down",
        title="Workday is down",
        tells="It answers with the page of its service window.",
        on=_maintenance,
        off=_no_maintenance,
    ),
    Switch(slug="workday-slow", title="Workday takes three seconds", tells="Each answer.", on=_slow, off=_fast),
    Switch(
        slug="workday-html",
        title="Workday answers with a web page",
        tells="As a proxy in between does.",
        on=_odd(Oddity.HTML_PAGE),
        off=_even,
    ),
    Switch(
        slug="workday-overload",
        title="Workday is overloaded",
        tells="Every answer is a fault that says so.",
        on=_odd(Oddity.OVERLOADED),
        off=_even,
    ),
    Switch(
        slug="workday-cut",
        title="Workday's connections break",
        tells="In the middle of each answer.",
        on=_odd(Oddity.CONNECTION_CUT),
        off=_even,
    ),
)

ODD = frozenset({"workday-html", "workday-overload", "workday-cut"})
"""Of these only one at a time can be."""

PUSHES: Mapping[str, tuple[str, Deed]] = {
    "limit": ("Slack refuses three calls: too many", lambda one: one.slack.faults.next("*", rate_limited=1, times=3)),
    "timeout": ("Slack does not answer two calls", lambda one: one.slack.faults.next("*", timeout=True, times=2)),
    "lose": (
        "Two posts arrive and their answers get lost",
        lambda one: one.slack.faults.next("chat.postMessage", lose_answer=True, times=2),
    ),
    "error": ("Slack fails three times (500)", lambda one: one.slack.faults.next("*", http=500, times=3)),
    "double": ("Slack sends three events twice", lambda one: one.slack.duplicate_events(3)),
    "stale": ("Triggers of open buttons run out", lambda one: one.slack.expire_triggers()),
}
"""What happens once, by the name that the page sends: words and deed."""
