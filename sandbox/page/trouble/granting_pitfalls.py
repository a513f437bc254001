"""Owns the pitfalls of groups, permissions and their activation: what each changes, and how it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.ground import hand
from sandbox.page.ground.hand import COMMENT, GROUP, ISU
from sandbox.page.trouble.switches import Stage, Switch
from sandbox.workday import FUNCTIONAL_AREAS, GroupKind

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

AREA = "Recruiting"


def _view_instead_of_get(ground: Playground) -> None:
    hand.grant(ground)
    for policy in ground.wanted or ground.tenant.security.known():
        ground.tenant.revoke_permission(GROUP, policy)
        ground.tenant.maintain_permissions(GROUP, {policy: "View Only"})
    ground.tenant.activate_pending_security_policy_changes(COMMENT)


def _not_activated(ground: Playground) -> None:
    hand.grant(ground)
    active = ground.tenant.security.active
    active.grants = {key: rights for key, rights in active.grants.items() if key[0] != GROUP}


def _other_task(ground: Playground) -> None:
    _not_activated(ground)
    ground.tenant.activate_all_pending_authentication_policy_changes()


def _nobody_in_the_group(ground: Playground) -> None:
    hand.activate(ground)
    ground.tenant.assign_integration_system_users(GROUP, [])


def _back_in_the_group(ground: Playground) -> None:
    ground.tenant.assign_integration_system_users(GROUP, [ISU])


def _group_for_people(ground: Playground) -> None:
    hand.make_group(ground)
    ground.tenant.delete_security_group(GROUP)
    ground.tenant.create_security_group(GROUP, GroupKind.USER_BASED)
    ground.tenant.assign_users_to_user_based_security_group(GROUP, [ISU])
    hand.activate(ground)


def _group_for_programs(ground: Playground) -> None:
    ground.tenant.delete_security_group(GROUP)
    hand.activate(ground)


def _area_off(ground: Playground) -> None:
    hand.grant(ground)
    for policy in FUNCTIONAL_AREAS[AREA]:
        ground.tenant.revoke_permission(GROUP, policy)
    ground.tenant.maintain_functional_area(AREA, enabled=False)
    ground.tenant.activate_pending_security_policy_changes(COMMENT)


def _area_on(ground: Playground) -> None:
    ground.tenant.maintain_functional_area(AREA, enabled=True)
    ground.tenant.activate_pending_security_policy_changes(COMMENT)
    hand.activate(ground)


def _wiped(ground: Playground) -> None:
    ground.tenant.refresh_from(ground.workday.tenant("acme"))


def _colleagues_change(ground: Playground) -> None:
    hand.grant(ground)
    if "Somebody else's" not in ground.tenant.security.groups:
        ground.tenant.create_security_group("Somebody else's")
    ground.tenant.maintain_permissions("Somebody else's", {"System Auditing": "View Only"})
    hand.activate(ground)


def _down(ground: Playground) -> None:
    hand.activate(ground)
    ground.tenant.maintenance = True


def _up(ground: Playground) -> None:
    ground.tenant.maintenance = False


PITFALLS = (
    Switch(
        number="P6",
        slug="view-instead-of-get",
        title="View is chosen where Get is needed",
        tells="All looks granted in Workday, and programs are still refused. The pattern of refusals gives it away.",
        stage=Stage.ACTIVATION,
        shows="View was chosen where Get is needed",
        on=_view_instead_of_get,
        off=hand.activate,
    ),
    Switch(
        number="P7",
        slug="forgotten-activation",
        title="The permissions are saved and not activated",
        tells="Every permission is refused alike, which is how a forgotten activation looks from outside.",
        stage=Stage.ACTIVATION,
        shows="not active yet",
        on=_not_activated,
        off=hand.activate,
    ),
    Switch(
        number="P8",
        slug="other-activation",
        title="The other activation task was run",
        tells="There are two tasks with nearly the same name; the card names both, and which one it has to be.",
        stage=Stage.ACTIVATION,
        shows="is another task and does not count here",
        on=_other_task,
        off=hand.activate,
    ),
    Switch(
        number="P9",
        slug="not-in-the-group",
        title="The group is there and the user is not in it",
        tells="It looks like a forgotten activation; the card says where to look when there is nothing to activate.",
        stage=Stage.ACTIVATION,
        shows=f"{ISU} is not in {GROUP}",
        on=_nobody_in_the_group,
        off=_back_in_the_group,
    ),
    Switch(
        number="P10",
        slug="group-for-people",
        title="The group is one for people",
        tells="Its permissions do not count for programs, and its type cannot be changed: it is made anew.",
        stage=Stage.ACTIVATION,
        shows="Integration System Security Group",
        on=_group_for_people,
        off=_group_for_programs,
    ),
    Switch(
        number="P11",
        slug="area-switched-off",
        title="A functional area is switched off",
        tells="Workday's search does not find its policies. When all of one area fail, the card says so.",
        stage=Stage.ACTIVATION,
        shows="functional area is switched off",
        on=_area_off,
        off=_area_on,
    ),
    Switch(
        number="P21",
        slug="copied-sandbox",
        title="The weekly copy of production has wiped the tenant",
        tells="The user that worked is gone, and Workday calls it a wrong password.",
        stage=Stage.ACTIVATION,
        shows="invalid username or password",
        on=_wiped,
        off=hand.do_all,
    ),
    Switch(
        number="P24",
        slug="colleagues-change",
        title="A colleague's pending change goes live with the same activation",
        tells="Nobody outside can see whose changes they were, so the card warns before: read the list first.",
        stage=Stage.ACTIVATION,
        shows="Workday is linked",
        passes=True,
        on=_colleagues_change,
        off=lambda _ground: None,
    ),
    Switch(
        number="P25",
        slug="service-window",
        title="Workday is in its service window",
        tells="Nobody needs to do anything: the app looks again by itself and goes on.",
        stage=Stage.ACTIVATION,
        shows="down for maintenance",
        on=_down,
        off=_up,
    ),
)
