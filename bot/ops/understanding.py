"""What the app takes a text for and what it would say, on a link made up for it; asks no database and no network.

It reads with the functions that the app reads with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypedDict, assert_never

from bot.config.settings import SettingsError, load_settings, rules_of
from flows.cards.context import Scene
from flows.cards.messages import said, whispered
from flows.cards.parts import Card, Small, Text
from flows.cards.thread_card import card
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt
from flows.link.effects import Decision, Effect, Say, Show, Slot, Whisper
from flows.link.events import Form, Intent
from flows.link.forms import fill, holds_secret
from flows.link.rulebook import Rulebook
from flows.link.setup import Account, SecretRef, Setup
from flows.link.state import Link, Person, Status, Step
from flows.link.thread_messages import hear
from flows.permissions import load_permissions
from flows.tenant.account_names import check_user_name
from flows.tenant.misplaced import MISPLACED, looks_like_password
from flows.tenant.service_url import Endpoint, Environment, Pasted
from flows.tenant.url_path import TENANT
from flows.transitions.decide import decide
from flows.words import Words, load_words

_HOST = "wd2-impl-services1.workday.com"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One text, and the moment at which it is said; what is absent is as in the middle of linking."""

    text: str = ""
    step: Step = Step.ISU
    user: str = "ISU_Wintro"
    tenant: str = "acme"
    refused: bool = False
    linked: bool = False
    field: Literal["thread", "service_url", "user"] = "thread"


class Address(TypedDict):
    """An address: `endpoint`, `candidates` to ask, or why it is refused."""

    kind: str
    host: str
    tenant: str
    hosts: list[str]


class Name(TypedDict):
    """A user name as it is taken, and what is odd about it."""

    value: str
    problem: str | None


class Understood(TypedDict):
    """What a text is taken for, and the lines that would be said."""

    intent: str
    reason: str | None
    sign_on: str | None
    url: Address | None
    user: Name | None
    say: list[str]


NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads texts with the rules, words and hosts of one installation."""

    rules: Rulebook
    words: Words
    extra_hosts: frozenset[str] = frozenset()

    @classmethod
    def of_environment(cls, language: str) -> Reader:
        """Take what the environment sets; on a machine without settings, what is built in."""
        try:
            settings = load_settings()
        except SettingsError:
            words = load_words(language=language or "en")
            return cls(rules=Rulebook(vendor="Link Workday", permissions=load_permissions()), words=words)
        words = settings.library().of(language)
        return cls(rules=rules_of(settings, "us"), words=words, extra_hosts=settings.origins.extra_hosts)

    def understand(self, asked: Asked) -> Understood:
        """Read one text as the app would."""
        link = _link(asked)
        match asked.field:
            case "thread":
                return self._heard(asked, link)
            case "service_url":
                filled = fill(Form.SERVICE_URL, {"url": asked.text}, today=_NOW.date(), extra_hosts=self.extra_hosts)
                pasted = filled.pasted
                wrong = filled.errors.get("url", "")
                if pasted and not pasted.candidates:
                    wrong = wrong or f"field.url.{pasted.kind}"
                return _understood(Intent.URL, url=_address(pasted) if pasted else None, say=self._field(link, wrong))
            case "user":
                link = _link(replace(asked, step=Step.ISU, linked=False))
                typed = {"user": asked.text, "password": "-"}
                wrong = fill(Form.ISU, typed, today=_NOW.date(), link=link).errors.get("user", "")
                name = check_user_name(asked.text, asked.tenant)
                is_secret = wrong.startswith(MISPLACED)
                # Nothing of a password is shown again; a name that stood beside one is.
                holds = holds_secret(name.value) or looks_like_password(name.value, asked.tenant)
                value = "" if is_secret and holds else name.value
                taken = Name(value=value, problem=name.problem or ("secret" if is_secret else None))
                intent = Intent.SECRET if is_secret else NOTHING
                return _understood(intent, user=taken, say=self._field(link, wrong))
            case _:
                assert_never(asked.field)

    def _field(self, link: Link, key: str) -> list[str]:
        return [self._scene(link).say(key)] if key else []

    def _scene(self, link: Link) -> Scene:
        return Scene(link, self.rules, self.words, _NOW)

    def _heard(self, asked: Asked, link: Link) -> Understood:
        heard = hear(asked.text, link, _ADMIN, extra_hosts=self.extra_hosts, policies=self.rules.permissions.policies)
        if heard is None:
            return _understood(NOTHING)
        decision = decide(link, heard, _NOW, self.rules)
        url = _address(heard.pasted) if heard.pasted else None
        return _understood(
            heard.intent, reason=heard.reason, sign_on=heard.sign_on, url=url, say=list(self._said(decision))
        )

    def _said(self, decision: Decision) -> Iterator[str]:
        scene = self._scene(decision.link)
        for effect in decision.effects:
            yield from _drawn(scene, effect)


def _drawn(scene: Scene, effect: Effect) -> Iterator[str]:
    """Yield the lines of a message or of the live card; the parent message and our own people's are left out."""
    match effect:
        case Say():
            yield from _texts(said(scene, effect))
        case Whisper():
            yield whispered(scene, effect)
        case Show(slot=slot) if slot != Slot.PARENT:
            yield from _texts(card(scene, len(scene.link.cards) - 1))
        case _:
            pass


def _texts(drawn: Card) -> Iterator[str]:
    yield from (part.text for part in drawn.parts if isinstance(part, Text | Small))


def _understood(
    intent: str,
    *,
    reason: str | None = None,
    sign_on: str | None = None,
    url: Address | None = None,
    user: Name | None = None,
    say: list[str] | None = None,
) -> Understood:
    return Understood(intent=intent, reason=reason, sign_on=sign_on, url=url, user=user, say=say or [])


def _address(pasted: Pasted) -> Address:
    kind = "endpoint" if pasted.endpoint else "candidates" if pasted.candidates else pasted.kind
    hosts = [candidate.host for candidate in pasted.candidates]
    return Address(kind=kind, host=pasted.host, tenant=pasted.tenant, hosts=hosts)


_NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""Any working hour; nothing that is said depends on it."""

_ADMIN = Person(user_id="U0ADMIN", team_id="T0CUSTOMER")
_STAFF = Person(user_id="U0STAFF", team_id="T0VENDOR")


_REFUSALS: dict[Step, tuple[CheckKind, Reason]] = {
    Step.PERMISSIONS: (CheckKind.PERMISSIONS, Reason.NOT_ACTIVE_OR_NOT_IN_GROUP),
    Step.ACTIVATION: (CheckKind.PERMISSIONS, Reason.NOT_ACTIVE_OR_NOT_IN_GROUP),
    Step.API_CLIENT: (CheckKind.API, Reason.OAUTH_INVALID_CLIENT),
}
"""What "refused" means at a step; anywhere else it is the sign-on that was refused."""


def _link(asked: Asked) -> Link:
    """Make up the link at the moment that is asked about."""
    step = Step.LINKED if asked.linked else asked.step
    knows_tenant = step not in {Step.WELCOME, Step.SERVICE_URL} and TENANT.fullmatch(asked.tenant)
    account = Account(user_name=asked.user, secret=SecretRef("none"), proved=asked.linked) if asked.user else None
    setup = Setup(
        profile="recruiting",
        absence=step is Step.API_CLIENT,
        environment=Environment.UNKNOWN,
        endpoint=Endpoint(host=_HOST, tenant=asked.tenant) if knows_tenant else None,
        account=account,
    )
    kind, reason = _REFUSALS.get(step, (CheckKind.LOGIN, Reason.INVALID_CREDENTIALS))
    refused = Finding(kind=kind, reason=reason, owner=reason.traits.owner, field=reason.traits.field)
    return Link(
        id="understand",
        team_id=_STAFF.team_id,
        channel_id="C0UNDERSTAND",
        customer="Acme",
        setup=setup,
        owner=_STAFF,
        admin=_ADMIN,
        created=_NOW,
        touched=_NOW,
        status=Status.LINKED if asked.linked else Status.ACTIVE,
        step=step,
        cards=(step,),
        attempt=Attempt(trouble=refused if asked.refused else None),
    )
