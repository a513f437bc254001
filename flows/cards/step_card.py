"""The card of a step that is still to be done: what to do, what to copy, how to go on."""

from __future__ import annotations

from flows.cards.context import Scene, pages_of, recipe, sideways
from flows.cards.parts import Button, Buttons, Confirm, Copy, Part, Row, Small, Text
from flows.cards.placeholders import rows_of
from flows.link.access.rows import UNTICK
from flows.link.events import Action, Form
from flows.link.rulebook import in_language
from flows.link.state import Link, Step
from flows.link.steps import PROVING, STEPS, Kind, row_of
from flows.link.walk import offered, wants_key
from flows.permissions import ABSENCE, Permission
from flows.replacing import replace
from flows.tenant.maintenance import next_refresh
from flows.tenant.service_url import Environment

BATCH = 8
"""The most permissions that are ticked off at once."""


def instructions(scene: Scene) -> list[Part]:
    """Tell what to do in Workday, with every text to copy."""
    kind = STEPS[scene.link.step].kind
    link = scene.link
    key = f"step.{link.step}"
    if wants_key(link):
        # It takes a second, and the card is drawn again then.
        return [Text(text=scene.say("step.key_client.making")), Buttons(buttons=sideways(scene))]
    is_again = link.step is Step.LINKED and Step.LINKED in link.cards[:-1]
    lead = scene.say(f"{key}.lead_again" if is_again else f"{key}.lead")
    parts: list[Part] = [*_greeting(scene), Text(text=lead), *recipe(scene, f"{key}.do")]
    if link.step is Step.PERMISSIONS:
        parts += _permission_rows(scene)
    if link.step is Step.AUTH_POLICY and scene.rules.egress:
        parts += [Text(text=scene.say("step.auth_policy.networks")), Copy(text="\n".join(scene.rules.egress))]
    if is_replaced(link):
        parts.append(Small(text=scene.say("step.isu.replaced")))
    parts += [Small(text=scene.say(f"{key}.why")), *_refreshed(scene), *pages_of(scene, link.step)]
    if link.step is Step.API_CLIENT and ABSENCE in {link.setup.profile, ABSENCE if link.setup.absence else ""}:
        parts.append(Small(text=scene.say("step.api_client.segmented")))
    if link.step is Step.WELCOME and len(offered(link, scene.rules.permissions)) > 1:
        parts.append(Small(text=scene.say("step.welcome.ways")))
    buttons = (*_forward(scene, kind), *_shown(scene), *_files(scene), *sideways(scene))
    return [*parts, Buttons(buttons=buttons)] if buttons else parts


def is_replaced(link: Link) -> bool:
    """Tell whether a user is to be entered in place of one that works in the same tenant."""
    old = link.previous
    return bool(
        link.step is Step.ISU
        and old is not None
        and (old.account, old.endpoint, old.way) == (link.setup.account, link.setup.endpoint, link.setup.way)
    )


def _greeting(scene: Scene) -> list[Part]:
    """Begin with the vendor's own words, where it has any."""
    text = in_language(scene.rules.voice.greeting, scene.words.language)
    return [Text(text=text)] if text and scene.link.step is Step.WELCOME else []


def _files(scene: Scene) -> tuple[Button, ...]:
    """Return the ways to what the step has as a file, and to another key."""
    match scene.link.step:
        case Step.PERMISSIONS:
            return (scene.button(Action.SHEET),)
        case Step.KEY_CLIENT:
            return (scene.button(Action.CERTIFICATE), scene.button(Action.NEW_KEY))
        case _:
            return ()


def _shown(scene: Scene) -> tuple[Button, ...]:
    """Return the way to the drawings of this step's pages, where there are any."""
    if not (scene.rules.pictures and STEPS[scene.link.step].pictures):
        return ()
    return (scene.button(Action.PICTURES, form=Form.PICTURES),)


def _refreshed(scene: Scene) -> list[Part]:
    """Tell where a set-up that exists only in a sandbox goes, while it is made and when it is there."""
    refresh = next_refresh(scene.link.setup.environment, scene.now)
    if refresh is None or scene.link.step not in {Step.ISU, Step.USER, Step.LINKED}:
        return []
    return [Small(text=scene.say("step.linked.sandbox", refresh=scene.words.moment(refresh)))]


def _afterwards(scene: Scene) -> tuple[Button, ...]:
    seen, sheet = scene.button(Action.EVIDENCE, form=Form.EVIDENCE), scene.button(Action.SHEET)
    if scene.link.setup.environment is Environment.PRODUCTION:
        return (seen, sheet)
    return (scene.button(Action.OPEN_FORM, "button.copy", form=Form.COPY), seen, sheet)


def _permission_rows(scene: Scene) -> list[Part]:
    """Show every permission to copy, in batches of one kind of access that are ticked off and on again together."""
    rows = rows_of(scene.link, scene.rules)
    # What was there before other permissions were asked for stays apart from what is new.
    before = scene.link.previous.ticked if scene.link.previous else frozenset[str]()
    kinds = dict.fromkeys((row.access, row.id in before) for row in rows)
    of_a_kind = ([row for row in rows if (row.access, row.id in before) == kind] for kind in kinds)
    batches = (same[at : at + BATCH] for same in of_a_kind for at in range(0, len(same), BATCH))
    return [part for batch in batches for part in _batch(scene, batch)]


def _batch(scene: Scene, batch: list[Permission]) -> list[Part]:
    ids, policies = ",".join(row.id for row in batch), "\n".join(row.policy for row in batch)
    is_done = scene.link.setup.ticked.issuperset(row.id for row in batch)
    key = "step.permissions.batch_done" if is_done else "step.permissions.batch"
    text = scene.say(key, access=batch[0].access, count=str(len(batch)))
    if is_done:
        undo = scene.button(Action.TICK, "button.untick", value=UNTICK + ids)
        return [Row(text=text, button=replace(undo, spoken=f"{undo.text}: {text}"))]
    added = scene.button(Action.TICK, value=ids)
    return [Row(text=text, button=replace(added, spoken=f"{added.text}: {text}")), Copy(text=policies)]


def _saved(scene: Scene) -> Button:
    """Build the button that ends the permissions; what is not ticked off is asked about first."""
    rows = rows_of(scene.link, scene.rules)
    open_rows = [row for row in rows if row.id not in scene.link.setup.ticked]
    button = replace(scene.button(Action.DONE, "step.permissions.primary"), primary=True)
    if not open_rows:
        return button
    title, yes, no = (scene.say(f"step.permissions.sure_{part}") for part in ("title", "yes", "no"))
    text = scene.say("step.permissions.sure", count=str(len(open_rows)))
    return replace(button, confirm=Confirm(title=title, text=text, yes=yes, no=no))


def _starts(scene: Scene) -> tuple[Button, ...]:
    """Return one start for each way to sign in, where there is a choice; nobody has to know which is which."""
    ways = offered(scene.link, scene.rules.permissions)
    if len(ways) == 1:
        return (replace(scene.button(Action.START), primary=True),)
    return tuple(
        replace(scene.button(Action.START, f"button.start_{way}", value=way), primary=way is ways[0]) for way in ways
    )


def enter(scene: Scene) -> Button:
    """Build the button that opens the form of the present step."""
    row = STEPS[scene.link.step]
    return replace(scene.button(Action.OPEN_FORM, f"step.{row.step}.open", form=row.form), primary=True)


def _forward(scene: Scene, kind: Kind) -> tuple[Button, ...]:
    link = scene.link
    match link.step:
        case Step.WELCOME:
            return (
                *_starts(scene),
                scene.button(Action.HAND_OVER, "button.not_me", form=Form.HAND_OVER),
                scene.button(Action.APPROVAL, form=Form.APPROVAL),
            )
        case Step.EXPIRY:
            return (
                replace(scene.button(Action.EXEMPT), primary=True),
                scene.button(Action.OPEN_FORM, "button.expiry_form", form=Form.EXPIRY),
                scene.button(Action.EXPIRY_UNKNOWN),
            )
        case Step.LINKED:
            return _afterwards(scene)
        case Step.PERMISSIONS:
            return (_saved(scene),)
        case _ if link.step in PROVING and link.setup.can_sign_in and not is_replaced(link):
            form = scene.button(Action.OPEN_FORM, "button.enter_again", form=row_of(link.setup).form)
            key = "step.isu.known" if link.step is Step.ISU else "button.check"
            return (replace(scene.button(Action.CHECK, key), primary=True), form)
        case _ if kind is Kind.FORM:
            return (enter(scene),)
        case Step.ACTIVATION if link.setup.policy_needed and link.setup.account and not link.setup.is_trusted:
            return (replace(scene.button(Action.CHECK, "step.activation.primary_later"), primary=True),)
        case _ if kind is Kind.CHECK:
            return (replace(scene.button(Action.CHECK, f"step.{link.step}.primary"), primary=True),)
        case _:
            done = replace(scene.button(Action.DONE, f"step.{link.step}.primary"), primary=True)
            other = scene.button(Action.OPEN_FORM, "button.other_group", form=Form.GROUP)
            return (done, other) if link.step is Step.GROUP else (done,)
