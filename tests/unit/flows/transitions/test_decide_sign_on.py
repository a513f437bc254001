"""A pasted row of Workday's sign-on report is understood while a password is refused, and only then."""

from __future__ import annotations

import pytest

from flows.diagnosis.causes import Confidence, RootCause
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.effects import Say, Show
from flows.link.events import Intent
from flows.link.setup import Account, SecretRef
from flows.link.state import Step
from flows.link.thread_messages import hear
from flows.transitions.decide import decide
from tests.support.links import ADA, ENDPOINT, INVALID, NOW, RULES, a_link, report

REFUSED = a_link(
    step=Step.ISU,
    endpoint=ENDPOINT,
    account=Account(user_name="ISU_Wintro", secret=SecretRef("s1")),
    trouble=conclude(report(CheckKind.LOGIN, login=INVALID)),
)


SURE = {
    SignOnCause.LOCKED: RootCause.ACCOUNT_LOCKED,
    SignOnCause.PASSWORD_EXPIRED: RootCause.PASSWORD_EXPIRED,
    SignOnCause.DISABLED: RootCause.ACCOUNT_DISABLED,
}


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("Account locked", SignOnCause.LOCKED),
        ("ISU_Wintro  Failed  Password expired", SignOnCause.PASSWORD_EXPIRED),
        ("Account disabled", SignOnCause.DISABLED),
    ],
)
def test_the_cause_is_named(line: str, cause: SignOnCause) -> None:
    heard = hear(line, REFUSED, ADA)
    assert heard
    assert (heard.intent, heard.sign_on) == (Intent.SIGN_ON, cause)
    decision = decide(REFUSED, heard, NOW, RULES)
    assert decision.effects == (Say(key=f"signon.{cause}"), Show(slot="card.0"))
    assert SURE[cause] in {one.cause for one in decision.link.attempt.likely}
    assert decision.link.attempt.likely[0].confidence is Confidence.CERTAIN


def test_talk_is_no_sign_on() -> None:
    assert hear("The meeting room is locked until nine", a_link(step=Step.ISU), ADA) is None
    assert hear("Let me look", REFUSED, ADA) is None
