"""What each modal shows: title, honest sentence, inputs with their words; reads and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from flows.cards.context import Scene
from flows.cards.parts import Choice, Input, Modal, Part, Picture, Text
from flows.cards.placeholders import rows_of, text_of
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.findings import Proof, RowVerdict, judged
from flows.diagnosis.observations import Layer, Observation
from flows.diagnosis.reasons import Reason, Verdict
from flows.link.events import Form
from flows.link.forms import FORMS, ONE_STEP, WHOLE, Field, FieldKind
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Step
from flows.link.steps import STEPS
from flows.link.walk import blamed, may_be_parted, parts_ahead, replaceable
from flows.permissions import ABSENCE, Permission, Way, WriteProbe
from flows.tenant.service_url import Environment
from flows.words import Plain, Words, own_name

PAGE = 8
"""Lines of evidence in one section; the longest ones still fit Slack's 3,000 characters."""

OF_CHOICES = frozenset({FieldKind.TICK, FieldKind.SEVERAL, FieldKind.CHOICE})
"""Fields that are drawn only where there is something to choose."""

MOST_BOXES = 10
"""As many boxes as Slack draws in one list."""

START_ENVIRONMENTS = (
    Environment.PRODUCTION,
    Environment.SANDBOX,
    Environment.PREVIEW,
    Environment.IMPLEMENTATION,
    Environment.UNKNOWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    words: Words
    form: Form
    names: Mapping[str, str]
    known: dict[str, str]
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)

    def modal(self) -> Modal:
        key = f"form.{self.form}"
        intro: tuple[Part, ...] = (Text(text=self.words.say(f"{key}.intro", self.names)),)
        fields = [row for row in FORMS[self.form] if row.kind not in OF_CHOICES or row.name in self.choices]
        return Modal(
            form=self.form,
            title=self.words.say(f"{key}.title"),
            submit=self.words.say(f"{key}.submit"),
            close=self.words.say("form.close"),
            parts=intro,
            inputs=tuple(self._input(row, f"{key}.{row.name}") for row in fields),
        )

    def _input(self, row: Field, key: str) -> Input:
        return Input(
            field=row,
            label=self.words.say(f"{key}.label", self.names),
            hint=self.words.say(f"{key}.hint", self.names) if row.hint else "",
            initial="" if row.kind is FieldKind.SECRET else self.known.get(row.name, ""),
            choices=self.choices.get(row.name, ()),
        )


def dialog(scene: Scene, form: Form, page: str = "", chosen: str = "") -> Modal:
    """Draw the modal for one form of a running link; what is known already is filled in, never a secret.

    `chosen` is the part of a finished link that whoever opens it wants to replace, where the button says so.
    `page` is where the same can be entered outside of Slack, and has to be when that is the only way.
    """
    drawn = _dialog(scene, form, chosen)
    if not page:
        return drawn
    way = Text(text=scene.say(f"form.web.{'only' if scene.link.web_only else 'offer'}", page=Plain(page)))
    if scene.link.web_only:
        return replace(drawn, submit="", parts=(way,), inputs=())
    return replace(drawn, parts=(*drawn.parts, way))


def web_page(scene: Scene, form: Form, until: datetime) -> Modal:
    """Draw the same form for a page of our own; what its modal says about Slack is not true there."""
    drawn = _dialog(scene, form)
    minutes = str(max(ceil((until - scene.now).total_seconds() / 60), 1))
    texts = (
        scene.say("form.web.for"),
        scene.say("form.web.intro"),
        scene.say("form.web.until", until=scene.words.clock(until), minutes=minutes),
    )
    inputs = tuple(replace(one, hint="") if one.field.name == "password" else one for one in drawn.inputs)
    return replace(drawn, parts=tuple(Text(text=text) for text in texts), inputs=inputs)


def _dialog(scene: Scene, form: Form, chosen: str = "") -> Modal:
    if form is Form.EVIDENCE:
        return evidence(scene)
    if form is Form.PICTURES:
        return pictures(scene)
    link = scene.link
    if form is Form.COPY:
        others = [item for item in START_ENVIRONMENTS if item is not link.setup.environment]
        offered = {"environment": _environments(scene.words, others)}
        known = {"environment": others[0].value}
        return _Sheet(words=scene.words, form=form, names=scene.names, known=known, choices=offered).modal()
    if form is Form.LEAVE_OUT:
        rows = {"rows": _leavable(scene)}
        return _Sheet(words=scene.words, form=form, names=scene.names, known={}, choices=rows).modal()
    if form in {Form.RELINK, Form.PROFILE}:
        return _reopening(scene, form, chosen)
    choices: dict[str, tuple[Choice, ...]] = {}
    if link.step is Step.ISU:
        ways = ("no", "yes")
        choices["single_sign_on"] = tuple(
            Choice(value=way, text=scene.say(f"form.isu.single_sign_on.{way}")) for way in ways
        )
    if form is Form.HAND_OVER:
        choices |= _handed(scene)
    known = {
        "part": WHOLE,
        "user": scene.names["isu"],
        "single_sign_on": "yes" if link.setup.policy_needed else "no",
        "group": scene.names["group"],
        "until": (scene.now.date() + timedelta(days=7)).isoformat(),
        "days": "90",
        "set_on": scene.now.date().isoformat(),
        "client_id": _client_id(link),
    }
    return _Sheet(words=scene.words, form=form, names=scene.names, known=known, choices=choices).modal()


def _client_id(link: Link) -> str:
    if link.setup.way is Way.KEY:
        return link.setup.key.client_id if link.setup.key else ""
    return link.setup.api.client_id if link.setup.api else ""


def _handed(scene: Scene) -> dict[str, tuple[Choice, ...]]:
    """Offer to hand over the present step or a later one alone, where there is one, and people from elsewhere."""
    own = (ONE_STEP,) if may_be_parted(scene.link) else ()
    later = parts_ahead(scene.link, scene.rules.permissions)
    parts = [Choice(value=part, text=scene.say(f"form.hand_over.part.{part}")) for part in (WHOLE, *own)]
    for step in later:
        text = scene.say("form.hand_over.part.later", title=scene.say(f"step.{step}.title"))
        parts.append(Choice(value=step, text=text))
    offered = {"part": tuple(parts) if own or later else ()}
    outside = Choice(value="yes", text=scene.say("form.hand_over.outside.option"))
    return {name: choices for name, choices in {**offered, "outside": (outside,)}.items() if choices}


def _leavable(scene: Scene) -> tuple[Choice, ...]:
    """Offer what Workday refuses, else what is not ticked off yet; as many as one list of boxes holds."""
    finding, ticked = scene.link.attempt.trouble, scene.link.setup.ticked
    bad = set[str]() if finding is None else {*finding.ids(Verdict.DENIED), *finding.ids(Verdict.EMPTY)}
    rows = rows_of(scene.link, scene.rules)
    wanted = [row for row in rows if row.id in bad] or [row for row in rows if row.id not in ticked] or rows
    return tuple(Choice(value=row.id, text=row.policy) for row in wanted[:MOST_BOXES])


def _reopening(scene: Scene, form: Form, chosen: str) -> Modal:
    """Ask what of a finished link is to be done anew."""
    link, words = scene.link, scene.words
    names = replaceable(link, scene.rules.permissions)
    own = str(link.setup.way)
    changes = tuple(
        Choice(value=name, text=words.say(f"form.relink.change.{name}{'_again' if name == own else ''}"))
        for name in names
    )
    choices = {"change": changes, "profile": _profiles(words, scene.rules)}
    if form is Form.PROFILE and ABSENCE in scene.rules.permissions.profiles:
        choices["absence"] = _absence(words, form)
    known = {"change": chosen if chosen in names else blamed(link, names), "profile": link.setup.profile}
    return _Sheet(words=words, form=form, names=scene.names, known=known, choices=choices).modal()


def _profiles(words: Words, rules: Rulebook) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=profile.id, text=": ".join(text_of(words, profile, part) for part in ("title", "description")))
        for profile in rules.permissions.profiles.values()
    )


def _absence(words: Words, form: Form) -> tuple[Choice, ...]:
    return (Choice(value="yes", text=words.say(f"form.{form}.absence.option")),)


def _reading(scene: Scene, form: Form) -> Modal:
    """Draw a modal that is only read: it has nothing to send, and one way to close."""
    drawn = _Sheet(words=scene.words, form=form, names=scene.names, known={}).modal()
    return replace(drawn, submit="", close=drawn.submit)


def pictures(scene: Scene) -> Modal:
    """Draw the pages of Workday that belong to the present step, with the places to click."""
    base = _reading(scene, Form.PICTURES)
    names = STEPS[scene.link.step].pictures
    drawn = (Picture(url=f"{scene.rules.pictures}/{name}.png", alt=scene.say(f"picture.{name}")) for name in names)
    return replace(base, parts=(*base.parts, *drawn))


def evidence(scene: Scene) -> Modal:
    """Show what the last check saw, permission by permission and request by request, for support."""
    base = _reading(scene, Form.EVIDENCE)
    policies = {row.id: row.policy for row in rows_of(scene.link, scene.rules)}
    lines = [_line(scene, seen, policies) for seen in scene.link.seen] or [scene.say("form.evidence.nothing")]
    lines = [*_verdicts(scene), *lines, *_without(scene)]
    pages = ("\n".join(lines[at : at + PAGE]) for at in range(0, len(lines), PAGE))
    return replace(base, parts=(*base.parts, *(Text(text=page) for page in pages)))


def _verdicts(scene: Scene) -> list[str]:
    """Show each permission of the kind that was asked about with its verdict, in the order of the list."""
    seen = scene.link.seen
    asked = {(one.layer is Layer.REST) for one in seen if one.probe}
    rows = [row for row in rows_of(scene.link, scene.rules) if row.probe.is_rest in asked]
    return [_permission(scene, row, found) for row, found in zip(rows, judged(seen, rows), strict=True)]


def _permission(scene: Scene, row: Permission, found: RowVerdict) -> str:
    proof = found.proof(row.access)
    verdict = scene.say(f"verdict.{proof}")
    line = scene.say("form.evidence.permission", verdict=verdict, policy=row.policy, access=row.access)
    match proof:
        case Proof.UNASKED:
            because = text_of(scene.words, row, "unprobed_because") or scene.say("form.evidence.ended")
        case Proof.UNPROBED | Proof.READ_ONLY if found.reason is Reason.HELD_BACK:
            because = scene.say(f"reason.{found.reason}.what")
        case Proof.UNPROBED | Proof.READ_ONLY:
            because = scene.say("form.evidence.not_taken", words=found.evidence.fault if found.evidence else "")
        case _:
            return line
    return scene.say("form.evidence.because", permission=Plain(line), because=because)


def _line(scene: Scene, seen: Observation, policies: Mapping[str, str]) -> str:
    said = " ".join(part for part in (seen.fault_code or seen.error_code, seen.fault_text) if part)
    lacking = (
        scene.say("form.evidence.missing", missing=scene.words.listed(seen.missing)) if seen.missing else Plain("")
    )
    return scene.say(
        "form.evidence.line",
        time=f"{scene.words.second(seen.at)} · " if seen.at else "",
        operation=seen.operation,
        permission=f"{policies.get(seen.probe, seen.probe)} · " if seen.probe else "",
        status=str(seen.http_status or "-"),
        words=said or lacking or scene.say(f"transport.{seen.transport or 'none'}"),
        rule=diagnose(seen).rule_id,
        request_id=seen.request_ids,
    )


def _without(scene: Scene) -> list[str]:
    """Say of each permission that was left out why that is so."""
    setup = scene.link.setup
    rows = scene.rules.permissions.rows(setup.profile, absence=setup.absence)
    return [
        scene.say("form.evidence.left_out", policy=row.policy, reason=setup.left_out[row.id])
        for row in rows
        if row.id in setup.left_out
    ]


def _environments(words: Words, wanted: Sequence[Environment]) -> tuple[Choice, ...]:
    return tuple(Choice(value=item, text=words.say(f"environment.{item}")) for item in wanted)


ADMINS_OWN = "own"
"""Stands for the language that Slack tells of the admin, or for the vendor's where it tells none."""


def _languages(words: Words, rules: Rulebook) -> tuple[Choice, ...]:
    own = words.say("form.start.language.own", {"language": own_name(rules.languages[0])})
    named = (Choice(value=tag, text=own_name(tag)) for tag in rules.languages)
    return (Choice(value=ADMINS_OWN, text=own), *named)


def start_dialog(
    words: Words, rules: Rulebook, customer: str, running: Sequence[str] = (), remarks: Sequence[str] = ()
) -> Modal:
    """Draw the modal that starts a link; `running` are the customers that the channel has links of.

    `remarks` are the words for what should be known of the channel.
    """
    profiles = _profiles(words, rules)
    choices = {"profile": profiles, "environment": _environments(words, START_ENVIRONMENTS)}
    if any(
        row.write_probe is not WriteProbe.NONE for one in rules.permissions.profiles.values() for row in one.permissions
    ):
        choices["writes"] = (Choice(value="yes", text=words.say("form.start.writes.option")),)
    if ABSENCE in rules.permissions.profiles:
        choices["absence"] = _absence(words, Form.START)
    if len(rules.languages) > 1:
        choices["language"] = _languages(words, rules)
    known = {
        "customer": customer,
        "profile": profiles[0].value,
        "environment": Environment.UNKNOWN.value,
        "language": ADMINS_OWN,
    }
    names = {
        "vendor": rules.vendor,
        "whose": words.say(f"form.start.whose_{'known' if customer else 'open'}", {"customer": customer}),
    }
    drawn = _Sheet(words=words, form=Form.START, names=names, known=known, choices=choices).modal()
    notes = [words.say(key) for key in remarks]
    if running:
        notes.append(words.say("form.start.running", {"customers": words.listed(running)}))
    return replace(drawn, parts=(*drawn.parts, *(Text(text=note) for note in notes)))
