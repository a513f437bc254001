"""A user that another link has proved is tried only once our own people allow it."""

from __future__ import annotations

from dataclasses import replace

from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking, Hitch
from flows.link.effects import RunCheck, TellStaff
from flows.link.events import Action, CheckHeld, Form, Pressed, Submitted
from flows.link.setup import SecretRef
from flows.link.standing import Mover, standing
from flows.link.state import Step
from flows.transitions.decide import decide
from flows.transitions.moves import use_endpoint
from tests.support.links import ACCOUNT, ADA, ENDPOINT, NOW, OTHER, RULES, SAM, a_link, changed

UNPROVED = replace(ACCOUNT, proved=False)
ASKING = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,), secrets=(SecretRef("s1"),))
TRYING = a_link(step=Step.ISU, endpoint=ENDPOINT, account=UNPROVED, checking=ASKING, tried=ASKING)


def test_it_waits_for_our_own_people_and_tells_them() -> None:
    held = decide(TRYING, CheckHeld(check_id="l1.1"), NOW, RULES)
    assert held.link.attempt.hitch is Hitch.OWNED
    assert TellStaff(key="staff.owned") in held.effects
    assert standing(held.link, NOW).mover is Mover.OWNER
    assert decide(TRYING, CheckHeld(check_id="another"), NOW, RULES).link == TRYING
    press = Pressed(actor=ADA, action=Action.ALLOW_LOGIN, step=Step.ISU, revision=held.link.revision)
    assert decide(held.link, press, NOW, RULES).refusal
    allowed = decide(held.link, replace(press, actor=SAM), NOW, RULES)
    assert allowed.link.setup.account == replace(UNPROVED, allowed=True)
    assert [effect for effect in allowed.effects if isinstance(effect, RunCheck)]


def test_the_user_stays_its_own_with_a_new_password_and_at_no_other_tenant() -> None:
    mine = replace(ACCOUNT, owned=True, allowed=True)
    link = a_link(step=Step.ISU, endpoint=ENDPOINT, account=mine)

    def entered(user: str) -> tuple[bool, bool]:
        values, secrets = {"user": user}, {"password": SecretRef("s9")}
        sent = Submitted(actor=ADA, form=Form.ISU, step=Step.ISU, revision=1, values=values, secrets=secrets)
        account = decide(link, sent, NOW, RULES).link.setup.account
        assert account
        return account.owned, account.allowed

    assert entered(mine.user_name.lower()) == (True, True)
    assert entered("ISU_Other") == (False, False)
    elsewhere = use_endpoint(changed(link, step=Step.SERVICE_URL), OTHER, RULES, NOW).link.setup.account
    assert elsewhere == replace(mine, proved=False, owned=False, allowed=False)
