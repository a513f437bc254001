"""Pitfalls of groups, permissions and policies (P6 to P14, P24): the first reply names each, and its mend is green."""

from __future__ import annotations

import pytest

from flows.link.state import Step
from sandbox.slack import Message
from sandbox.workday import (
    ALL_USERS,
    ANY,
    SAML,
    USER_NAME_PASSWORD,
    AuthenticationRule,
    GroupKind,
    NotFoundInWorkdayError,
    Tenant,
)
from tests.support.backdrop import GROUP, ISU
from tests.support.stage import Stage

REFUSED = "invalid username or password"
SECURITY = "Activate Pending Security Policy Changes"
AUTHENTICATION = "Activate All Pending Authentication Policy Changes"
PEOPLE = AuthenticationRule(name="People", groups=(ALL_USERS,), allowed_types=(SAML,))
INTEGRATIONS = AuthenticationRule(name="Integrations", groups=(GROUP,), allowed_types=(USER_NAME_PASSWORD,))


async def check(stage: Stage, card: Message, sees: str = "not yet") -> Message:
    """Press the check; gives the first reply."""
    await card.press("Activated: check")
    await stage.becomes(lambda link: link.attempt.trouble and not link.attempt.checking)
    return await stage.ada.sees(sees)


async def linked_by(stage: Stage, trouble: Message) -> None:
    await trouble.press("Check again")
    await stage.is_linked()


def policies(stage: Stage, profile: str = "recruiting") -> list[str]:
    return [row.policy for row in stage.app.rules.permissions.rows(profile)]


def activate(tenant: Tenant) -> None:
    tenant.activate_pending_security_policy_changes("Let it in")


def grant_view(stage: Stage, tenant: Tenant, *wanted: str) -> None:
    """Choose View where the card says Get."""
    stage.grant(tenant)
    for policy in wanted:
        tenant.revoke_permission(GROUP, policy)
        tenant.maintain_permissions(GROUP, {policy: "View Only"})


async def test_p06_view_everywhere_instead_of_get(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    grant_view(stage, tenant, *policies(stage))
    activate(tenant)
    trouble = await check(stage, card)
    assert "View was chosen where Get is needed" in trouble.text
    stage.grant(tenant)
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p06_view_in_two_rows_instead_of_get(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    grant_view(stage, tenant, "Manage: Location", "Job Information")
    activate(tenant)
    trouble = await check(stage, card)
    assert "Manage: Location · Get Only" in trouble.text
    assert "Job Information · Get Only" in trouble.text
    assert "View" in trouble.text
    stage.grant(tenant)
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p07_granted_but_not_activated(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant)
    trouble = await check(stage, card)
    assert "not active yet" in trouble.text
    assert SECURITY in trouble.text
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p08_the_task_for_authentication_policies_activates_no_permission(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant)
    tenant.activate_all_pending_authentication_policy_changes()
    trouble = await check(stage, card)
    assert SECURITY in trouble.text
    assert AUTHENTICATION in trouble.text
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p09_the_user_is_not_in_the_group(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant, member=False)
    activate(tenant)
    trouble = await check(stage, card)
    assert f"{ISU} is not in {GROUP}" in trouble.text
    tenant.assign_integration_system_users(GROUP, [ISU])
    await linked_by(stage, trouble)


async def test_p10_a_group_for_people(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    tenant.create_security_group(GROUP, GroupKind.USER_BASED)
    tenant.assign_users_to_user_based_security_group(GROUP, [ISU])
    stage.grant(tenant)
    activate(tenant)
    trouble = await check(stage, card)
    assert "Integration System Security Group" in trouble.text
    tenant.delete_security_group(GROUP)
    stage.grant(tenant)
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p10_a_constrained_group_that_sees_nobody(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    tenant.create_security_group(GROUP, GroupKind.CONSTRAINED, organizations=["Antarctica"])
    tenant.assign_integration_system_users(GROUP, [ISU])
    stage.grant(tenant)
    activate(tenant)
    trouble = await check(stage, card)
    assert "limited to some organisations" in trouble.text
    assert "unconstrained" in trouble.text
    tenant.delete_security_group(GROUP)
    stage.grant(tenant)
    activate(tenant)
    await linked_by(stage, trouble)


async def test_p10_a_constrained_group_that_sees_some_is_warned_of_before(stage: Stage) -> None:
    """Nothing tells a part from the whole, so the card speaks of it before the group is made."""
    tenant = stage.tenant()
    await (await stage.to_expiry()).press("I've exempted it")
    card = await stage.ada.sees("Group created")
    assert "Integration System Security Group (Unconstrained)" in card.text
    assert "data would be missing without any error" in card.text
    tenant.create_security_group(GROUP, GroupKind.CONSTRAINED, organizations=["Engineering"])
    tenant.assign_integration_system_users(GROUP, [ISU])
    await card.press("Group created")
    stage.grant(tenant)
    await (await stage.ada.sees("All saved: next")).press("All saved")
    activate(tenant)
    await (await stage.ada.sees("Activated")).press("Activated")
    await stage.is_linked()


async def test_p11_a_functional_area_is_switched_off(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.maintain_functional_area("Recruiting", enabled=False)
    activate(tenant)
    card = await stage.to_activation()
    hidden = tuple(row for row in policies(stage) if not _finds(tenant, row))
    assert len(hidden) > 2
    stage.grant(tenant, without=hidden)
    activate(tenant)
    trouble = await check(stage, card)
    assert "functional area is switched off" in trouble.text
    assert "Recruiting" in trouble.text
    tenant.maintain_functional_area("Recruiting", enabled=True)
    activate(tenant)
    stage.grant(tenant)
    activate(tenant)
    await linked_by(stage, trouble)


def _finds(tenant: Tenant, policy: str) -> bool:
    if "Search" not in tenant.security.groups:
        tenant.create_security_group("Search")
    try:
        tenant.revoke_permission("Search", policy)
    except NotFoundInWorkdayError:
        return False
    return True


async def test_p11_each_name_to_copy_is_the_one_workday_finds(stage: Stage) -> None:
    tenant = stage.tenant()
    await (await stage.to_expiry()).press("I've exempted it")
    await (await stage.ada.sees("Group created")).press("Group created")
    card = await stage.ada.sees("Maintain Permissions for Security Group")
    shown = [policy for policy in policies(stage) if policy in card.text]
    assert shown
    for policy in policies(stage):
        assert _finds(tenant, policy), policy
    tenant.create_security_group("Typed")
    with pytest.raises(NotFoundInWorkdayError, match="close: Manage: Organization Integration"):
        tenant.maintain_permissions("Typed", {"Manage: Organization Integrations": "Get Only"})
    await card.press("I'm stuck")
    stuck = await stage.ada.sees("What is in the way")
    await stuck.press("find a policy")
    assert "first words" in (await stage.ada.sees("functional area")).text


async def people_sign_in_another_way(stage: Stage, *rules: AuthenticationRule) -> tuple[Tenant, Message]:
    """Walk to the refusal at the step of the policy, with these rules made and activated before it."""
    tenant = stage.tenant()
    await stage.to_isu()
    tenant.manage_authentication_policies(PEOPLE)
    tenant.activate_all_pending_authentication_policy_changes()
    await stage.enter()
    first = await stage.ada.sees(REFUSED, timeout=10)
    assert "authentication policy" in first.text
    show = next(
        touch.element["action_id"]
        for touch in first.touchables
        if "authentication policy" in str(touch.element.get("accessibility_label"))
    )
    await first.press(show)
    await (await stage.ada.sees("We have such a policy")).press("We have such a policy")
    await (await stage.ada.sees("I've exempted it")).press("I've exempted it")
    await (await stage.ada.sees("Group created")).press("Group created")
    stage.grant(tenant)
    await (await stage.ada.sees("All saved: next")).press("All saved")
    activate(tenant)
    await (await stage.ada.sees("Activated: go on")).press("Activated")
    card = await stage.ada.sees("Manage Authentication Policies")
    tenant.manage_authentication_policies(*rules)
    return tenant, card


async def still_refused(stage: Stage, card: Message) -> Message:
    await card.press("Activated: check")
    await stage.becomes(
        lambda link: link.attempt.trouble and not link.attempt.checking and link.step is Step.AUTH_POLICY
    )
    return await stage.ada.sees(REFUSED)


async def let_in(stage: Stage) -> None:
    await stage.later(minutes=31)
    await (await stage.ada.sees("Try the same password")).press("Try the same password")
    await stage.is_linked()


async def test_p12_the_rule_stands_below_a_catch_all(stage: Stage) -> None:
    tenant, card = await people_sign_in_another_way(stage, PEOPLE, INTEGRATIONS)
    tenant.activate_all_pending_authentication_policy_changes()
    trouble = await still_refused(stage, card)
    assert "above broader rules" in trouble.text
    tenant.manage_authentication_policies(INTEGRATIONS, PEOPLE)
    tenant.activate_all_pending_authentication_policy_changes()
    await let_in(stage)


async def test_p13_the_rule_is_not_activated(stage: Stage) -> None:
    tenant, card = await people_sign_in_another_way(stage, INTEGRATIONS, PEOPLE)
    trouble = await still_refused(stage, card)
    assert AUTHENTICATION in trouble.text
    tenant.activate_all_pending_authentication_policy_changes()
    await let_in(stage)


async def test_p08_the_task_for_permissions_activates_no_authentication_policy(stage: Stage) -> None:
    tenant, card = await people_sign_in_another_way(stage, INTEGRATIONS, PEOPLE)
    activate(tenant)
    trouble = await still_refused(stage, card)
    assert AUTHENTICATION in trouble.text
    tenant.activate_all_pending_authentication_policy_changes()
    await let_in(stage)


@pytest.mark.parametrize("how", ["rule", "deny-list"])
async def test_p14_our_network_is_kept_out(stage: Stage, how: str) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    office = AuthenticationRule(name="Office", groups=(ALL_USERS,), allowed_types=(ANY,), networks=("198.51.100.0/24",))
    if how == "rule":
        tenant.manage_authentication_policies(office)
    else:
        tenant.manage_authentication_policies(denied_networks=["127.0.0.0/8"])
    tenant.activate_all_pending_authentication_policy_changes()
    await stage.enter()
    trouble = await stage.ada.sees(REFUSED, timeout=10)
    assert "only some networks" in trouble.text
    tenant.manage_authentication_policies()
    tenant.activate_all_pending_authentication_policy_changes()
    await trouble.press("Try the same password")
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_p24_what_colleagues_left_pending_is_warned_of_before(stage: Stage) -> None:
    """Whose changes they are shows in Workday alone."""
    tenant = stage.tenant()
    card = await stage.to_activation()
    assert "including your colleagues'" in card.text
    assert "Read the list first" in card.text
    stage.grant(tenant)
    tenant.create_security_group("Somebody else's")
    tenant.maintain_permissions("Somebody else's", {"System Auditing": "View Only"})
    activation = tenant.activate_pending_security_policy_changes("Let it in")
    assert "System Auditing" in activation.changed
    await card.press("Activated: check")
    await stage.is_linked()
