"""The integration user: every way in which a password can be refused, and the way out of each."""

from __future__ import annotations

from flows.link.state import Step
from sandbox.slack import Modal
from sandbox.workday import ALL_USERS, SAML, USER_NAME_PASSWORD, AuthenticationRule
from tests.support.backdrop import GROUP, ISU, PASSWORD
from tests.support.stage import Stage

REFUSED = "invalid username or password"


async def test_a_wrong_password_names_the_causes_and_each_has_its_help(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    await stage.enter(PASSWORD + "x")
    trouble = await stage.ada.sees(REFUSED)
    assert [name for name in trouble.buttons if "Show me" in name or "Enter it again" in name]
    for cause, says in (
        ("Locked or expired", "until the lock is over"),
        ("settings", "Require New Password"),
        ("authentication policy", "single sign-on"),
    ):
        trouble = await stage.ada.sees(REFUSED)
        show = next(
            touch.element["action_id"]
            for touch in trouble.touchables
            if touch.kind == "button" and cause in str(touch.element.get("accessibility_label"))
        )
        await trouble.press(show)
        shown = await stage.ada.sees("Back to the step")
        assert says in shown.text
        await shown.press("Back to the step")
    await stage.enter(button="Enter it again")
    await stage.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU) == type(tenant.logins(ISU))(good=1, bad=1)
    await stage.finish(tenant)


async def test_the_case_of_the_name_matters(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    await stage.enter(user=ISU.lower())
    await stage.ada.sees(REFUSED)
    await stage.enter(button="Enter it again")
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_what_cannot_be_a_user_or_password_is_refused_at_its_field(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_isu()
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    for name, password, field in (
        (f"{ISU}@other_tenant", PASSWORD, "User name"),
        (ISU, f" {PASSWORD}", "Password"),
        (ISU, "x" * 501, "Password"),
    ):
        await modal.fill({"User name": name, "Password": password})
        outcome = await modal.submit()
        assert list(outcome.errors) == [field], (name, outcome)
        assert "horse" not in str(outcome.errors)
    assert not stage.vault()
    assert tenant.sign_on_history() == []
    await modal.fill({"User name": f"{ISU}@acme_dpt1", "Password": PASSWORD})
    assert (await modal.submit()).closed
    await stage.ada.sees("I've exempted it", timeout=10)


def secret_fields(modal: Modal) -> set[str]:
    """Name the fields of a modal that take a password."""
    return {block["block_id"] for block in modal.blocks if block["block_id"].startswith("password")}


async def test_a_form_never_shows_a_secret_again(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    await stage.enter(PASSWORD + "x")
    trouble = await stage.ada.sees(REFUSED)
    await trouble.press("Enter it again")
    modal = await stage.ada.modal("Integration user")
    assert modal.values["User name"] == ISU
    assert not modal.values["Password"]
    first = secret_fields(modal)
    await modal.close()
    await trouble.press("Enter it again")
    modal = await stage.ada.modal("Integration user")
    assert first
    assert not first & secret_fields(modal), "no client can fill in a field that it has not seen before"


async def test_after_two_refusals_nothing_more_reaches_workday_for_half_an_hour(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    await stage.enter(PASSWORD + "1")
    first = await stage.ada.sees(REFUSED)
    assert "1 try left" in first.text
    assert "Check again" not in first.buttons
    await stage.enter(PASSWORD + "2", button="Enter it again")
    await stage.quiet()
    assert "No try left" in (await stage.ada.sees(REFUSED)).text
    assert tenant.logins(ISU).bad == 2
    await stage.enter(button="Enter it again")
    pause = await stage.ada.sees("so that Workday")
    assert tenant.logins(ISU).bad == 2
    assert tenant.logins(ISU).good == 0
    assert "Check again" not in pause.buttons, "it would only be refused"
    for password in (PASSWORD + "3", PASSWORD):
        await stage.enter(password, button="Enter it again")
        await stage.quiet()
    # The same user by another spelling or in another link is the same user.
    await stage.quiet()
    assert len(tenant.sign_on_history()) == 2
    await stage.later(minutes=31)
    # What was entered and never sent is tried as soon as the pause is over.
    await stage.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU).bad == 2
    await stage.finish(tenant)


async def test_people_sign_in_another_way(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.manage_authentication_policies(AuthenticationRule(name="People", groups=(ALL_USERS,), allowed_types=(SAML,)))
    tenant.activate_all_pending_authentication_policy_changes()
    await stage.to_isu()
    await stage.enter()
    trouble = await stage.ada.sees(REFUSED)
    show = next(
        touch.element["action_id"]
        for touch in trouble.touchables
        if "authentication policy" in str(touch.element.get("accessibility_label"))
    )
    await trouble.press(show)
    await (await stage.ada.sees("We have such a policy")).press("We have such a policy")
    await (await stage.ada.sees("I've exempted it")).press("I've exempted it")
    await (await stage.ada.sees("Group created")).press("Group created")
    stage.grant(tenant)
    await (await stage.ada.sees("All saved: next")).press("All saved")
    tenant.activate_pending_security_policy_changes("Let it in")
    logins = len(tenant.sign_on_history())
    await (await stage.ada.sees("Activated: go on")).press("Activated")
    card = await stage.ada.sees("Manage Authentication Policies")
    assert len(tenant.sign_on_history()) == logins
    await card.press("Activated: check")
    await stage.ada.sees(REFUSED)
    tenant.add_authentication_rule(
        AuthenticationRule(name="Integrations", groups=(GROUP,), allowed_types=(USER_NAME_PASSWORD,))
    )
    tenant.activate_all_pending_authentication_policy_changes()
    await stage.later(minutes=31)
    await (await stage.ada.sees("Try the same password")).press("Try the same password")
    await stage.is_linked()
    assert stage.link.step is Step.LINKED
