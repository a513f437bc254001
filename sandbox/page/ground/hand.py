"""Owns what a careful admin does in Workday and then holds in her hand to paste; it makes no mistake by itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.acme import CERTIFICATE, PASSWORD, REST_URL
from sandbox.slack.block_kit import STATE_KEY, entry
from sandbox.slack.reading import value_for
from sandbox.workday import GroupKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.page.ground.playground import Playground
    from sandbox.slack import Message, Modal
    from sandbox.slack.reading import Touchable
    from sandbox.workday import ApiClient, Tenant

ISU, GROUP = "ISU_Wintro", "ISSG_Wintro"
CLIENT = "ISU_Wintro API client"
KEY_NAME = "ISU_Wintro key"
SCOPES = ("Tenant Non-Configurable", "Staffing", "Time Off and Leave", "System")
COMMENT = "Permissions for the Wintro integration"
DAYS = 120
LANGUAGES = {"en-US": "English", "de-DE": "Deutsch"}
"""What people's Slack can be in, and how the app names it to them."""


def make_user(ground: Playground) -> None:
    if ISU not in ground.tenant.accounts.by_name:
        boxes = {"require_new_password": False, "ui_sessions_blocked": True, "session_timeout": 0}
        ground.tenant.create_integration_system_user(ISU, PASSWORD, **boxes)  # type: ignore[arg-type]


def exempt_user(ground: Playground) -> None:
    make_user(ground)
    ground.tenant.maintain_password_rules(exempt=[*ground.tenant.accounts.rules.exempt, ISU])


def make_group(ground: Playground) -> None:
    make_user(ground)
    if GROUP not in ground.tenant.security.groups:
        ground.tenant.create_security_group(GROUP, GroupKind.UNCONSTRAINED)
        ground.tenant.assign_integration_system_users(GROUP, [ISU])


def grant(ground: Playground) -> None:
    """Give the group what the card asks for; before the card is there, all that there is."""
    make_group(ground)
    tenant = ground.tenant
    for policy in tenant.security.known():
        if not ground.wanted:
            tenant.maintain_permissions(GROUP, {policy: ["Get and Put", "View and Modify"]})
        elif policy in ground.wanted:
            tenant.maintain_permissions(GROUP, {policy: ground.wanted[policy].split(" + ")})


def activate(ground: Playground) -> None:
    grant(ground)
    ground.tenant.activate_pending_security_policy_changes(COMMENT)


def make_client(ground: Playground) -> None:
    """Make the API client and a token for the integration user, if there is none that works."""
    make_user(ground)
    client = client_of(ground.tenant)
    if client is None:
        client = ground.tenant.register_api_client_for_integrations(CLIENT, scopes=SCOPES)
        take_client(ground, client)
    tokens = ground.tenant.api.refresh_tokens.values()
    if not any(one.client_id == client.client_id and one.account == ISU for one in tokens):
        ground.hand["refresh_token"] = ground.tenant.manage_refresh_tokens_for_integrations(client, ISU)


def certificate(ground: Playground) -> str:
    """Return the newest certificate on the admin's screen, empty where none is shown."""
    texts = (message.text for message in reversed(ground.slack.person("ada").messages))
    return next((found[0] for text in texts if (found := CERTIFICATE.search(text))), "")


def make_key_client(ground: Playground) -> None:
    """Put the certificate of the card into Workday, and register the client that signs in with its key."""
    shown, tenant = certificate(ground), ground.tenant
    if not shown or ground.hand.get("certificate") == shown:
        return
    make_user(ground)
    name = f"{KEY_NAME} {len(tenant.api.public_keys) + 1}" if KEY_NAME in tenant.api.public_keys else KEY_NAME
    tenant.create_x509_public_key(name, shown)
    take_client(ground, tenant.register_api_client(CLIENT, scopes=SCOPES, x509_public_key=name))
    ground.hand["certificate"] = shown


def client_of(tenant: Tenant) -> ApiClient | None:
    """Return the newest API client for integrations."""
    clients = [one for one in tenant.api.by_id.values() if one.for_integrations and not one.disabled]
    return clients[-1] if clients else None


def take_client(ground: Playground, client: ApiClient) -> None:
    """Hold the two values of a client, as one does who has copied them from its page."""
    ground.hand |= {"client_id": client.client_id, "client_secret": client.client_secret}


WORK: tuple[Callable[[Playground], None], ...] = (
    *(make_user, exempt_user, make_group, grant, activate),
    *(make_client, make_key_client),
)


def do_all(ground: Playground) -> None:
    """Do in Workday whatever the cards ask for, from the first to the last."""
    for work in WORK:
        work(ground)


def held(ground: Playground, field: str, side: str) -> list[str]:
    """Return what belongs into a field of a form of Slack, by the field's name; nothing when that is not known.

    What is in `hand` comes first: values that Workday gave, and slips that somebody wants to try.
    """
    if field in ground.hand:
        return [ground.hand[field]]
    if field == "client_id" and certificate(ground):
        make_key_client(ground)
    elif field == "client_id":
        make_client(ground)
    elif field in {"user", "password"}:
        make_user(ground)
    locale = ground.slack.person(ground.right.who).user.locale
    known = {
        "url": REST_URL,
        "user": ISU,
        "password": ground.tenant.accounts.by_name[ISU].password if ISU in ground.tenant.accounts.by_name else "",
        "days": str(ground.tenant.accounts.rules.expiry_days or DAYS),
        "set_on": ground.now().date().isoformat(),
        "until": (ground.now() + timedelta(days=7)).date().isoformat(),
        "group": GROUP,
        "reason": "We have no use for it.",
        "text": "The admin is back on Monday.",
        "admin": "U0ADA",
        "person": "U0KIM" if side == "left" else "U0COL",
        "customer": "Acme",
        "language": LANGUAGES[locale] if locale != "en-US" else "",
        "client_secret": "",
        "refresh_token": "",
    } | ground.hand
    return [known[field]] if known.get(field) else []


def read_card(ground: Playground, card: Message) -> None:
    """Remember which policies a card asks for, and with which access."""
    for row, copy in pairwise(card.blocks):
        if row.get("type") != "section" or "accessory" not in row or copy["type"] != "rich_text":
            continue
        access = row["text"]["text"].split("*")[1]
        for policy in copy["elements"][0]["elements"][0]["text"].splitlines():
            before = ground.wanted.get(policy, "")
            if access not in before.split(" + "):
                ground.wanted[policy] = f"{before} + {access}" if before else access


def put(modal: Modal, touch: Touchable, values: list[str]) -> None:
    """Put values into one field of an open form."""
    several = STATE_KEY[touch.kind].endswith("s")
    value: object = values if several else (values[0] if values else "") or None
    (block, action), world = touch.ids, modal.slack.world
    modal.view.values[block][action] = entry(touch.element, value_for(touch.element, value, world))
