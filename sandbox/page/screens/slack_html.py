"""Owns how one person's Slack is written as HTML: places, messages, thread, composer, forms; it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.ground.hand import LANGUAGES
from sandbox.page.ground.world import CHANNEL
from sandbox.page.screens.form_html import confirmation, form
from sandbox.slack import Message, Person
from sandbox.slack.drawing import BlockWriter, Html, el, joined, message
from sandbox.slack.reading import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.page.ground.panes import Pane
    from sandbox.page.ground.playground import Playground
    from sandbox.slack import Channel
    from sandbox.slack.workspace import Post

PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
"""What is shown and not only named, by the ending of its name."""


def picture_type(name: str) -> str | None:
    """Return the content type of a picture; nothing for any other file."""
    return PICTURES.get(name.rpartition(".")[2].lower())


class SlackHtml:
    """Writes the two screens; what did not change since the last time is not written again."""

    def __init__(self, ground: Playground) -> None:
        self.ground = ground
        self._written: dict[tuple[str, str, str], tuple[object, Html]] = {}
        ground.on_begin(self._written.clear)

    def pane(self, pane: Pane) -> Html:
        """Write one whole screen."""
        person = self.ground.slack.person(pane.who)
        view = self._home(pane, person) if pane.place == "home" else self._place(pane, person)
        return joined(
            self._head(pane, person),
            self._tabs(pane, person),
            view,
            form(self.ground, pane, person) or confirmation(self.ground, pane, person),
            self._trouble(pane),
        )

    def _head(self, pane: Pane, person: Person) -> Html:
        world, team = self.ground.slack.world, self._team(person)
        role = "a guest" if person.user.is_guest else "external" if person.is_external else "our staff"
        people = [one for one in world.users.values() if not one.is_bot and not one.deleted]
        mine = [one for one in people if (one.team_id == "T0WINTRO") == (pane.name == "left")]
        options = (el("option", one.real_name, value=one.name, selected=one.name == pane.who) for one in mine)
        chosen = el("select", *options, data_change="sit", data_who=pane.name, aria_label="Who sits here")
        return el(
            "header",
            el("span", team[0], class_="team", aria_hidden="true"),
            el("div", el("h2", team), el("span", role, class_="role")),
            self._language(pane, person),
            chosen,
            class_="pane-head",
        )

    def _team(self, person: Person) -> str:
        return self.ground.slack.world.teams[person.user.team_id].name

    def _language(self, pane: Pane, person: Person) -> Html:
        options = (
            el("option", words, value=key, selected=key == person.user.locale) for key, words in LANGUAGES.items()
        )
        return el("select", *options, data_change="speak", data_who=pane.name, aria_label="Language of this Slack")

    def _tabs(self, pane: Pane, person: Person) -> Html:
        places = [(place.name, f"# {place.name}", place) for place in person.channels if not place.is_im]
        direct = self.ground.slack.world.channels.get(f"D{person.id[1:]}")
        own: list[tuple[str, str, Channel | None]] = [("dm", "Messages", direct)]
        if not person.is_external:
            own.append(("home", "Home", None))
        tabs = (self._tab(pane, *one) for one in [*places, *own])
        return el("nav", *tabs, class_="tabs", aria_label=f"Places in {self._team(person)}")

    def _tab(self, pane: Pane, place: str, words: str, channel: Channel | None) -> Html:
        posts = channel.messages.values() if channel else ()
        newest = max((post.ts for post in posts if post.by_app and not post.deleted), default="")
        is_here = pane.place == place
        if is_here:
            pane.seen[place] = newest
        is_new = newest > pane.seen.get(place, "") and not is_here
        dot = joined(" ", el("span", "new", class_="dot")) if is_new else None
        told = {"data_do": "go", "data_who": pane.name, "data_place": place}
        return el("button", words, dot, type="button", aria_current="page" if is_here else None, **told)

    def _place(self, pane: Pane, person: Person) -> Html:
        channel = self._channel(pane, person)
        posts = self._posts(channel, person)
        parents = [post for post in posts if not post.thread_ts or post.broadcast]
        self._open_newest(pane, parents, channel)
        shown = el("div", *(self._message(pane, person, post, channel) for post in parents), self._hello(parents, pane))
        attributes = {"class_": "scroll", "data_stick": True, "tabindex": 0, "role": "log"}
        log = el("div", shown, aria_label=f"Messages in {channel.name}", id=f"{pane.name}-log", **attributes)
        thread = self._thread(pane, person, posts) if pane.thread else None
        inside = joined(log, self._composer(pane, person, None) if not channel.is_archived else None)
        return el("div", el("div", inside, class_="channel"), thread, class_="place split" if thread else "place")

    def _channel(self, pane: Pane, person: Person) -> Channel:
        if pane.place == "dm":
            return self.ground.slack.world.direct(person.id)
        return self.ground.slack.world.channel(pane.place)

    def _posts(self, channel: Channel, person: Person) -> list[Post]:
        whispers = [p for p in self.ground.slack.world.whispers if p.only_for == person.id and p.channel == channel.id]
        posts = [post for post in [*channel.messages.values(), *whispers] if not post.deleted]
        return sorted(posts, key=lambda post: post.ts)

    def _open_newest(self, pane: Pane, parents: list[Post], channel: Channel) -> None:
        """Open the newest thread of the app, as whoever waits for an answer would."""
        if pane.thread and pane.thread not in channel.messages:
            pane.thread = None
        threads = [p.ts for p in parents if p.by_app and not p.broadcast and channel.replies.get(p.ts)]
        if threads and pane.thread is None and threads[-1] not in pane.closed_threads:
            pane.thread = threads[-1]

    def _hello(self, parents: list[Post], pane: Pane) -> Html | None:
        if parents:
            return None
        if pane.place != CHANNEL:
            return el("p", "Nothing here yet.", class_="hello")
        if pane.name == "right":
            return el("p", "Here you are the customer's Workday admin. You will be asked in a thread.", class_="hello")
        told = {"type": "button", "class_": "button", "data_do": "story", "data_story": "first-link"}
        watch = el("button", "▶ Watch a link being made", **told)
        command = el("code", "/link-workday")
        return el("p", "Here you are our staff. Type ", command, " below to start a link, or", watch, class_="hello")

    def _message(self, pane: Pane, person: Person, post: Post, channel: Channel, *, is_thread: bool = False) -> Html:
        replies = [p for p in channel.replies.get(post.ts, []) if not p.deleted] if not is_thread else []
        key = (person.id, post.ts, "t" if is_thread else "c")
        stamp: tuple[object, ...] = (
            post.revisions,
            post.text,
            len(replies),
            repr(post.chosen.get(person.id)),
            repr(post.reactions),
        )
        stamp += (pane.thread == post.ts, person.user.tz)
        known = self._written.get(key)
        if known and known[0] == stamp:
            return known[1]
        more = [*self._files(post), *self._reactions(post)]
        if replies:
            words = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
            told = {"data_do": "thread", "data_who": pane.name, "data_ts": post.ts}
            more.append(el("button", words, type="button", class_="replies", **told))
        if post.broadcast and not is_thread:
            more.insert(0, el("div", "also sent from the thread", class_="dim"))
        target = {"data_who": pane.name, "data_at": f"{post.channel} {post.ts}"}
        scope = f"{pane.name}{key[2]}"
        html = message(Message(self.ground.slack, post, person), person.slack.world, *more, target=target, scope=scope)
        self._written[key] = (stamp, html)
        return html

    def _files(self, post: Post) -> Iterable[Html]:
        for file in post.files:
            upload = self.ground.slack.core.uploads.get(str(file.get("id")))
            if upload is None:
                continue
            inside: Html | str = upload.name
            if picture_type(upload.name):
                inside = el("img", src=f"/file/{upload.id}", alt=upload.name, class_="picture")
            yield el("a", inside, class_="file", href=f"/file/{upload.id}", download=upload.name)
            if file.get("file_access") == "check_file_info":
                yield el("div", "Slack tells the app only that there is a file.", class_="dim")

    def _reactions(self, post: Post) -> Iterable[Html]:
        for name, users in post.reactions.items():
            yield el("span", f":{name}: {len(users)}", class_="reaction")

    def _thread(self, pane: Pane, person: Person, posts: list[Post]) -> Html:
        channel = self._channel(pane, person)
        replies = [post for post in posts if post.thread_ts == pane.thread]
        told = {"data_do": "close-thread", "data_who": pane.name}
        close = el("button", "✕", type="button", class_="close", aria_label="Close the thread", **told)
        head = el("header", el("h3", "Thread"), el("span", f"# {channel.name}", class_="dim"), close)
        shown = (self._message(pane, person, post, channel, is_thread=True) for post in replies)
        attributes = {"class_": "scroll", "data_stick": True, "tabindex": 0, "role": "log"}
        log = el("div", *shown, aria_label="Messages in the thread", id=f"{pane.name}-thread", **attributes)
        return el(
            "section",
            head,
            log,
            self._composer(pane, person, pane.thread),
            class_="thread",
            aria_label=f"Thread in {self._team(person)}",
        )

    def _composer(self, pane: Pane, person: Person, thread: str | None) -> Html:
        hint = "Reply…" if thread else f"Message {'Link Workday' if pane.place == 'dm' else '#' + pane.place}"
        if not thread and not person.is_external and pane.place != "dm":
            hint += ", or /link-workday"
        kind = "reply" if thread else "say"
        named = {"placeholder": hint, "aria_label": hint, "id": f"{pane.name}-{kind}"}
        box = el("textarea", rows=1, name="text", data_send=True, **named)
        mention = el("button", "@", type="button", data_mention=True, aria_label="Mention Link Workday")
        adding = {"type": "file", "name": "file", "aria_label": "Add a file", "class_": "hidden"}
        file = el("label", "+", el("input", id=f"{pane.name}-{kind}-file", **adding), class_="add")
        chosen = el("button", type="button", data_drop_file=True, data_own=True, hidden=True, class_="chosen")
        send = el("button", "➤", type="submit", class_="send", aria_label="Send")
        told = {"data_do": "say", "data_who": pane.name, "data_thread": thread or ""}
        return el("form", box, chosen, mention, file, send, class_="composer", **told)

    def _home(self, pane: Pane, person: Person) -> Html:
        view = self.ground.slack.core.views.homes.get(person.id)
        if view is None:
            return el("div", el("p", "The app shows its board here.", class_="hello"), class_="place scroll")
        target = {"data_who": pane.name, "data_at": f"view {view.id}"}
        writer = BlockWriter(
            self.ground.slack.world, zone_of(person.user), view.values, scope=f"{pane.name}h", target=target
        )
        return el("div", writer.blocks(view.blocks), class_="place scroll home", tabindex=0, id=f"{pane.name}-home")

    def _trouble(self, pane: Pane) -> Html | None:
        if not pane.trouble:
            return None
        told = {"data_do": "calm", "data_who": pane.name, "aria_label": "Dismiss"}
        close = el("button", "✕", type="button", class_="close", **told)
        return el("div", el("span", pane.trouble), close, class_="toast", role="alert")
