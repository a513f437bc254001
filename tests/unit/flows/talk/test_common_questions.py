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
        "Wie werden die Zugangsdaten gespeichert?",
    ],
    "password_seen": [
        "who can see the password?",
        "who sees the password?",
        "can anyone here read my password?",
        "do you see the secret?",
        "Wer sieht das Passwort?",
        "Kann jemand das Kennwort lesen?",
    ],
    "existing_user": [
        "can I use an existing user?",
        "Could we use our own account instead?",
        "do we need a new ISU?",
        "we already have an ISU, can we use that?",
        "Können wir einen vorhandenen Benutzer nehmen?",
        "Brauchen wir einen neuen ISU?",
    ],
    "unconstrained": [
        "why does it have to be unconstrained?",
        "does it need to be unconstrained?",
        "Warum muss die Gruppe Unconstrained sein?",
    ],
    "api_client": [
        "do we really need the API client?",
        "what is the API client for?",
        "is the API client really required?",
        "Brauchen wir den API-Client wirklich?",
        "Wozu ist der API Client?",
    ],
    "disconnect": [
        "how do we disconnect later?",
        "can I revoke the access?",
        "how can we undo this?",
        "Wie können wir die Verbindung wieder trennen?",
        "please cancel this link",
        "cancel",
        "Could you stop our integration, please?",
        "please delete everything you stored",
        "we don't want to do this any more",
        "bitte abbrechen",
        "Wir möchten das beenden",
        "bitte alle Zugangsdaten löschen",
    ],
    "how_long": [
        "how far are we?",
        "how long does this take?",
        "how many steps are left?",
        "wie lange dauert das?",
        "can I stop and come back tomorrow?",
        "Wie viele Schritte sind es noch?",
        "Kann ich morgen weitermachen?",
        "please pause this",
        "can we pause the linking until Monday?",
        "I need to stop here for today",
        "Können wir das pausieren?",
    ],
    "back": [
        "can we start over?",
        "start over please",
        "undo",
        "I need to go back a step",
        "can I go back to the step before?",
        "how can I change what I entered?",
        "Wie komme ich einen Schritt zurück?",
        "kann ich noch mal von vorn anfangen?",
    ],
    "data": [
        "what data do you read?",
        "which permissions do you need?",
        "can you see salaries?",
        "Welche Daten lest ihr?",
        "Welche Berechtigungen braucht ihr?",
    ],
    "writes": [
        "do you change anything in Workday?",
        "will it write data?",
        "is it read-only?",
        "Schreibt ihr etwas in Workday?",
        "Ist das nur lesend?",
    ],
    "isu": ["what is an ISU?", "what exactly is the integration user?", "Was ist denn ein ISU?"],
    "single_sign_on": [
        "is MFA a problem?",
        "does it work with single sign-on?",
        "what about SSO?",
        "Funktioniert das mit SSO?",
    ],
    "environment": [
        "should we use production or sandbox?",
        "can we do it in the sandbox first?",
        "which tenant do I use?",
        "Können wir das zuerst in der Sandbox machen?",
        "Welchen Tenant sollen wir nehmen?",
    ],
    "leaving": [
        "what happens when I leave?",
        "what happens if the admin leaves?",
        "Was passiert, wenn ich die Firma verlasse?",
    ],
    "group": [
        "Which security group do I add it to?",
        "can we use an existing security group?",
        "Können wir eine vorhandene Gruppe nehmen?",
    ],
    "nothing_pending": [
        "it says there is nothing to activate",
        "There are no pending security policy changes",
        "Es gibt nichts zu aktivieren",
        "Es gibt keine ausstehenden Änderungen",
    ],
    "expiry": [
        "why should the password never expire?",
        "what happens when the password expires?",
        "Is the password supposed to expire?",
        "Läuft das Passwort irgendwann ab?",
        "Was passiert, wenn das Kennwort abläuft?",
    ],
}


def test_every_question_is_asked_here_and_answered() -> None:
    assert set(ASKED) == set(COMMON_QUESTIONS)
    assert {name for name in COMMON_QUESTIONS if not load_words().has(f"answer.{name}")} == set()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ASKED.items() for text in texts])
def test_a_question_is_known(name: str, text: str) -> None:
    assert common_question(text) == name
    assert common_question(f"Hi, {text.lower()} Thanks!") == name


@pytest.mark.parametrize(
    "text",
    [
        "please cancel the meeting",
        "could we cancel Friday's slot",
        "please remove the link",
        "they want to end the connection at five",
        "we had to stop the integration last year",
        "start over the dishwasher please",
        "we start over with the budget next year",
        "wish we could go back to the old building",
        "I need to stop at the shop first",
        "stop it, Kim",
        "pause the music for a moment, will you",
        "wir sind morgen zurück",
    ],
)
def test_what_is_to_end_elsewhere_is_not_ours(text: str) -> None:
    assert common_question(text) is None


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
