"""Every fact of the customer's guide stands on the card of its step, in our words; each row names one fact."""

from __future__ import annotations

import pytest

from flows.cards.context import Scene
from flows.cards.parts import Buttons, ControlRow, Controls, Copy, Heading, Part, Picture, Row, Search, Small, Text
from flows.cards.thread_card import card
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import ACCOUNT, ENDPOINT, NOW, RULES, a_link

FACTS: dict[Step, dict[str, tuple[str, ...]]] = {
    Step.WELCOME: {
        "what it is for": ("read it and, where the list says *Put*, change it",),
        "the self-test before the start": ("> View API Clients", "don't see it"),
        "whoever does not see the task is not the admin": ("Someone else",),
        "about 30 minutes": ("minutes in Workday",),
        "three parts": ("1. ", "2. ", "3. ", "integration user", "security group", "permissions", "API client"),
        "all the domains": (
            "Integration Security",
            "Security Configuration",
            "Security Administration",
            "Security Activation",
            "Set Up: Tenant Setup - Security",
        ),
        "stop at any time": ("Stop whenever",),
    },
    Step.SERVICE_URL: {
        "the task": ("> View API Clients",),
        "what to copy and where": ("Workday REST API Endpoint", "top of"),
        "the domain": ("Security Administration",),
    },
    Step.ISU: {
        "the task": ("> Create Integration System User",),
        "the user name": ("> ISU_Wintro",),
        "a generated password": ("long password",),
        "Workday shows it only once": ("save it", "won't show it again"),
        "no new password at the next sign-in": ("Require New Password at Next Sign In", "off"),
        "no session timeout": ("Session Timeout Minutes", "0"),
        "no pages": ("Do Not Allow UI Sessions", "on"),
        "the rest stays as it is": ("Leave the other fields",),
        "OK": ("lick *OK*",),
        "the domain": ("Integration Security",),
    },
    Step.EXPIRY: {
        "why": ("expire",),
        "the task": ("> Maintain Password Rules",),
        "the list": ("System Users exempt from password expiration",),
        "the user": ("> ISU_Wintro",),
        "OK": ("lick *OK*",),
        "the domain": ("Security Administration",),
    },
    Step.GROUP: {
        "the task": ("> Create Security Group",),
        "the type": ("Type of Tenanted Security Group", "> Integration System Security Group (Unconstrained)"),
        "the name": ("> ISSG_Wintro",),
        "the user is added on the next page": ("Integration System Users", "> ISU_Wintro"),
        "OK twice": ("click *OK*", "click *OK*"),
        "the domain": ("Security Configuration",),
    },
    Step.PERMISSIONS: {
        "the task": ("> Maintain Permissions for Security Group",),
        "Maintain": ("*Maintain*",),
        "the group: type, enter, pick": ("Source Security Group", "> ISSG_Wintro", "Enter", "pick"),
        "the tab": ("Domain Security Policy Permissions",),
        "one row for each, with +": ("*+*",),
        "the access column": ("View/Modify Access",),
        "the policy column: type, enter, pick": ("Domain Security Policy*", "Enter", "pick"),
        "the OK that saves the rows": ("*OK*", "save"),
        "the domain": ("Security Configuration",),
    },
    Step.ACTIVATION: {
        "nothing counts before": ("not active",),
        "the task": ("> Activate Pending Security Policy Changes",),
        "a comment": ("comment", "> Permissions for"),
        "OK, Confirm, OK": ("Click *OK*", "Confirm", "click *OK*"),
        "the domain": ("Security Activation",),
    },
    Step.AUTH_POLICY: {
        "the task": ("> Manage Authentication Policies",),
        "Edit next to the policy": ("*Edit*",),
        "a rule with +": ("Authentication Rule", "*+*"),
        "its name": ("name it\n> ISU_Wintro",),
        "its group": ("> ISSG_Wintro",),
        "a condition with + and a name": ("Authentication Condition Name", "*+*"),
        "the types": ("Allowed Authentication Types", "Specific: User Name Password", "Any"),
        "activation of its own, confirmed": ("> Activate All Pending Authentication Policy Changes", "Confirm"),
        "the domain": ("Set Up: Tenant Setup - Security",),
    },
    Step.API_CLIENT: {
        "the task": ("> Register API Client for Integrations",),
        "the name": ("> ISU_Wintro API client",),
        "the token does not expire": ("Non-Expiring Refresh Tokens",),
        "each scope as a block": (
            "Scope (Functional Areas)",
            *("> Staffing", "> System", "> Tenant Non-Configurable", "> Time Off and Leave"),
        ),
        "OK": ("*OK*",),
        "id and secret, before Done": ("Client ID", "Client Secret", "Do not click *Done*"),
        "the three dots": ("Three dots", "API Client", "Manage Refresh Tokens for Integrations"),
        "the user, then OK": ("> ISU_Wintro", "click *OK*"),
        "a new token, then OK": ("Generate New Refresh Token", "click *OK*", "copy"),
        "the domain": ("Security Administration",),
    },
}


def drawn(step: Step) -> str:
    link = a_link(
        step=step,
        cards=(step,),
        absence=True,
        policy_needed=True,
        endpoint=None if step in {Step.WELCOME, Step.SERVICE_URL} else ENDPOINT,
        account=None if step in {Step.WELCOME, Step.SERVICE_URL, Step.ISU} else ACCOUNT,
    )
    parts = card(Scene(link, RULES, load_words(), NOW), 0).parts
    return "\n".join(line for part in parts for line in lines(part))


def lines(part: Part) -> list[str]:
    """Return what a part says; a block to copy begins with a mark."""
    match part:
        case Copy():
            return [f"> {part.text}"]
        case Buttons():
            return [button.text for button in part.buttons]
        case Controls():
            return [one.text for one in part.controls]
        case Search():
            return [part.label]
        case Heading() | Text() | Small() | Row() | ControlRow():
            return [part.text]
        case Picture():
            return [part.alt]


@pytest.mark.parametrize(("step", "fact"), [(step, fact) for step, facts in FACTS.items() for fact in facts])
def test_the_guide_arrives_whole(step: Step, fact: str) -> None:
    text = drawn(step)
    missing = [words for words in FACTS[step][fact] if words not in text]
    assert not missing, f"{step}: {fact}\n{text}"
