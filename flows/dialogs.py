"""What each modal shows: title, honest sentence, inputs with their words; reads and decides nothing."""

from __future__ import annotations

from flows.cards import Scene
from flows.endpoints import Environment
from flows.forms import FORMS, Field, FieldKind
from flows.messages import Form
from flows.parts import Choice, Input, Modal, Part, Text
from flows.permissions import ABSENCE
from flows.reminders import Rulebook
from flows.words import Words

START_ENVIRONMENTS = (
    Environment.PRODUCTION,
    Environment.SANDBOX,
    Environment.PREVIEW,
    Environment.IMPLEMENTATION,
    Environment.UNKNOWN,
)


def dialog(scene: Scene, form: Form) -> Modal:
    """Draw the modal for one form of a running link; what is known already is filled in, never a secret."""
    link = scene.link
    known = {
        "user": scene.names["isu"],
        "days": "90",
        "set_on": scene.now.date().isoformat(),
        "client_id": link.api.client_id if link.api else "",
        "person": "",
    }
    return _modal(scene.words, form, scene.names, known, {})


def start_dialog(words: Words, rules: Rulebook, customer: str) -> Modal:
    """Draw the modal that starts a link."""
    profiles = tuple(
        Choice(value=profile.id, text=f"{profile.title}: {profile.description}"[:75])
        for profile in rules.permissions.profiles.values()
    )
    environments = tuple(Choice(value=item, text=words.say(f"environment.{item}")) for item in START_ENVIRONMENTS)
    absence = (Choice(value="yes", text=words.say("form.start.absence.option")),)
    known = {"customer": customer, "profile": profiles[0].value, "environment": Environment.UNKNOWN.value}
    choices = {"profile": profiles, "environment": environments, "absence": absence}
    if ABSENCE not in rules.permissions.profiles:
        del choices["absence"]
    names = {"vendor": rules.vendor, "customer_or": f"{customer}'s" if customer else "the customer's"}
    return _modal(words, Form.START, names, known, choices)


def _modal(
    words: Words, form: Form, names: dict[str, str], known: dict[str, str], choices: dict[str, tuple[Choice, ...]]
) -> Modal:
    key = f"form.{form}"
    intro: tuple[Part, ...] = (Text(text=words.say(f"{key}.intro", names)),)
    fields = [row for row in FORMS[form] if row.kind is not FieldKind.TICK or row.name in choices]
    return Modal(
        form=form,
        title=words.say(f"{key}.title"),
        submit=words.say(f"{key}.submit"),
        close=words.say("form.close"),
        parts=intro,
        inputs=tuple(_input(words, key, row, names, known, choices) for row in fields),
    )


def _input(
    words: Words,
    form_key: str,
    row: Field,
    names: dict[str, str],
    known: dict[str, str],
    choices: dict[str, tuple[Choice, ...]],
) -> Input:
    key = f"{form_key}.{row.name}"
    return Input(
        field=row,
        label=words.say(f"{key}.label", names),
        hint=words.say(f"{key}.hint", names) if row.hint else "",
        initial="" if row.kind is FieldKind.SECRET else known.get(row.name, ""),
        choices=choices.get(row.name, ()),
    )
