"""Each common question is known however it is put, has an answer, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from flows.talk.common_questions import COMMON_QUESTIONS, common_question
from flows.words import load_words
from tests.support.chatter import CHATTER

ASKED = {
    "safe": [
        "Is this safe?",
        "is that secure enough for our CISO?",
        "how are the credentials stored?",
        "Ist das sicher?",
    ],
    "password_seen": [
        "who can see the password?",
        "who sees the password?",
        "can anyone here read my password?",
        "do you see the secret?",
    ],
    "existing_user": [
        "can I use an existing user?",
        "Could we use our own account instead?",
        "do we need a new ISU?",
        "we already have an ISU, can we use that?",
    ],
    "unconstrained": ["why does it have to be unconstrained?", "does it need to be unconstrained?"],
    "api_client": [
        "do we really need the API client?",
        "what is the API client for?",
        "is the API client really required?",
    ],
    "disconnect": ["how do we disconnect later?", "can I revoke the access?", "how can we undo this?"],
    "how_long": [
        "how long does this take?",
        "how many steps are left?",
        "wie lange dauert das?",
        "can I stop and come back tomorrow?",
    ],
    "data": ["what data do you read?", "which permissions do you need?", "can you see salaries?"],
    "writes": ["do you change anything in Workday?", "will it write data?", "is it read-only?"],
    "isu": ["what is an ISU?", "what exactly is the integration user?"],
    "single_sign_on": ["is MFA a problem?", "does it work with single sign-on?", "what about SSO?"],
    "environment": [
        "should we use production or sandbox?",
        "can we do it in the sandbox first?",
        "which tenant do I use?",
    ],
    "leaving": ["what happens when I leave?", "what happens if the admin leaves?"],
    "group": ["Which security group do I add it to?", "can we use an existing security group?"],
    "expiry": [
        "why should the password never expire?",
        "what happens when the password expires?",
        "Is the password supposed to expire?",
    ],
}


def test_every_question_is_asked_here_and_answered() -> None:
    assert set(ASKED) == set(COMMON_QUESTIONS)
    assert {name for name in COMMON_QUESTIONS if not load_words().has(f"answer.{name}")} == set()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ASKED.items() for text in texts])
def test_a_question_is_known(name: str, text: str) -> None:
    assert common_question(text) == name
    assert common_question(f"Hi, {text.lower()} Thanks!") == name


def test_talk_asks_none_of_them() -> None:
    assert [text for text in CHATTER if common_question(text)] == [
        "which environment should I use?",
        "should we use production or sandbox?",
        "can we reuse an existing integration user?",
        "should the password expire?",
        "what happens when the password expires?",
        "constrained or unconstrained?",
        "does the integration user need MFA?",
        "what is an API client?",
        "do we need the API client?",
    ]
