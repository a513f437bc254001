"""Makes the requests of a run out of real ones, by chance that can be had again; sends nothing."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from flows.link.events import Action, Form
from flows.link.state import Link, Step
from tests.support.fuzz_mutations import Canaries, Spoiler, written
from tests.support.fuzz_scenery import Sample
from tests.support.fuzz_wire import FORM, JSON, Request, bent_body, bent_wire, forged, odd_path, plain, signed
from tests.support.typed_values import TYPED

BENT = 0.15
"""How often the bytes of a body are spoiled; what was a secret may then stand in another field, so none is marked."""

SECRETS = frozenset({"password", "client_secret", "refresh_token"})
NO_TOKEN = "x" * 43


def plain_word() -> str:
    """Give what nobody looks for."""
    return "Plain-4711-word"


@dataclass(frozen=True, slots=True)
class Source:
    """What requests are made of."""

    samples: list[Sample]
    bystander: Link
    signing_secret: str
    canary: Canaries


class Maker:
    """Makes the requests of one block. With `is_open` they are signed and know tokens, else they may change nothing."""

    def __init__(self, source: Source, link: Link, tokens: dict[Form, str], chance: Random, *, is_open: bool) -> None:
        self._source = source
        self._link = link
        self._tokens = tokens
        self._chance = chance
        self._is_open = is_open

    def request(self) -> Request:
        """Give one request."""
        ways = (self._to_slack, self._to_page, self._to_probe)
        made = self._chance.choices(ways, (85, 11, 4))[0]()
        return bent_wire(made, self._chance) if self._chance.random() < 0.15 else made

    def _to_slack(self) -> Request:
        chance, secret = self._chance, self._source.signing_secret
        samples = self._source.samples
        sample = chance.choices(samples, [3 if "view" in one.payload else 1 for one in samples])[0]
        payload = sample.addressed(self._link) if chance.random() < 0.8 else deepcopy(sample.payload)
        is_bent = chance.random() < BENT
        canary = plain_word if is_bent else self._source.canary
        for elements in payload.get("view", {}).get("state", {}).get("values", {}).values():
            for name in SECRETS & elements.keys():
                elements[name] = elements[name] | {"value": canary()}
        spoiler = Spoiler(chance, canary, self._pools(sample))
        spoilt = spoiler.spoil(payload, chance.choice((0, 1, 1, 1, 2, 3, 8)))
        if sample.kind == "event":
            body, kind = written(spoilt).encode(), JSON
        elif sample.kind == "command":
            fields = {name: one if isinstance(one, str) else written(one) for name, one in spoilt.items()}
            body, kind = urlencode(fields).encode(), FORM
        else:
            body, kind = urlencode({"payload": written(spoilt)}).encode(), FORM
        story = [sample.name, *spoiler.story]
        if is_bent:
            name, body = bent_body(body, chance)
            story.append(name)
        request = Request(story="; ".join(story), body=body)
        return signed(request, kind, secret) if self._is_open else forged(request, kind, secret, chance)

    def _pools(self, sample: Sample) -> dict[str, tuple[str, ...]]:
        source = self._source
        links, channels = ["nobody", self._link.id], ["C0NOWHERE", self._link.channel_id]
        if sample.kind == "interactive" and not sample.is_staffs:
            # Neither Ada nor Col is anybody to this link. Staff and Slack itself may well speak of it.
            links.append(source.bystander.id)
            channels.append(source.bystander.channel_id)
        return {
            "link": tuple(links),
            "channel": tuple(channels),
            "person": ("U0ADA", "U0COL", "U0NOBODY", "USLACKBOT"),
            "team": ("T0WINTRO", "T0ACME", "T0GLOBEX", "T0NOWHERE"),
            "step": tuple(Step),
            "action": tuple(Action),
            "form": tuple(Form),
            "kind": ("block_actions", "view_submission", "view_closed", "event_callback", "url_verification"),
            "event": ("message", "app_mention", "channel_archive", "channel_unarchive", "member_joined_channel"),
        }

    def _to_page(self) -> Request:
        chance = self._chance
        form, token = chance.choice(tuple(self._tokens.items()))
        is_known = self._is_open or chance.random() < 0.5
        path = f"/form/{token if is_known else NO_TOKEN}"
        if not self._is_open and is_known:
            # Looking, and asking for what there is not, must not use it up.
            return Request(
                story="the page", method=chance.choice(("GET", "HEAD", "PUT", "DELETE", "OPTIONS")), path=path
            )
        fields, is_bent = dict(TYPED[form]), chance.random() < BENT
        canary = plain_word if is_bent else self._source.canary
        for name in fields:
            if name in SECRETS and chance.random() < 0.7:
                fields[name] = canary()
            elif chance.random() < 0.3:
                fields[name] = chance.choice(
                    ("", " ", "x\0y", "\u202e", "👩‍👩‍👧", "<script>", '"', "y" * 5_000, "z" * 20_000)
                )
        if chance.random() < 0.2:
            fields |= {f"more{number}": canary() for number in range(chance.choice((1, 20)))}
        if chance.random() < 0.2:
            del fields[next(iter(fields))]
        body = urlencode(fields).encode()
        name, body = bent_body(body, chance) if is_bent else ("", body)
        kind = chance.choice((FORM, FORM, FORM, FORM, JSON, "multipart/form-data; boundary=x", "text/plain"))
        return plain(Request(story=f"the page of {form}; {name}", path=path, body=body), kind)

    def _to_probe(self) -> Request:
        path = self._chance.choice(("/healthz", "/readyz", "/metrics", odd_path(self._chance)))
        method = self._chance.choice(("GET", "HEAD", "POST", "DELETE"))
        return Request(story=f"{method} at a probe", method=method, path=path, headers=(("Host", "x"),))
