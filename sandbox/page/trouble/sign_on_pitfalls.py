"""Owns the pitfalls that show before or at the first sign-on: what each changes, and how it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.acme import HOST, PASSWORD, PEOPLES_PAGE, TENANT
from sandbox.page.ground import hand
from sandbox.page.ground.hand import GROUP, ISU
from sandbox.page.trouble.switches import Deed, Stage, Switch
from sandbox.workday import ALL_USERS, ANY, SAML, USER_NAME_PASSWORD, AuthenticationRule

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

PEOPLE = AuthenticationRule(name="People", groups=(ALL_USERS,), allowed_types=(SAML,))
OURS = AuthenticationRule(name="Integrations", groups=(GROUP,), allowed_types=(USER_NAME_PASSWORD,))
OFFICE = AuthenticationRule(name="Office", groups=(ALL_USERS,), allowed_types=(ANY,), networks=("198.51.100.0/24",))
REPORT = f"https://{HOST}/ccx/service/customreport2/{TENANT}/olund/Headcount?format=json"
OTHER_TENANT = "acme_dpt2"


def holding(field: str, value: str) -> Deed:
    """Let the admin have something else in her hand to paste; the account itself is as it should be."""

    def hold(ground: Playground) -> None:
        hand.make_user(ground)
        ground.hand[field] = value

    return hold


def letting_go(field: str) -> Deed:
    return lambda ground: ground.hand.pop(field, None)


def _move_user_away(ground: Playground) -> None:
    hand.make_user(ground)
    account = ground.tenant.accounts.by_name.pop(ISU)
    ground.hand |= {"user": ISU, "password": account.password}
    ground.workday.tenant(OTHER_TENANT).accounts.by_name[ISU] = account


def _bring_user_back(ground: Playground) -> None:
    account = ground.workday.tenant(OTHER_TENANT).accounts.by_name.pop(ISU)
    ground.tenant.accounts.by_name.setdefault(ISU, account)


def _rules(*pending: AuthenticationRule, active: tuple[AuthenticationRule, ...] | None = None) -> Deed:
    """Set the authentication policy; `active` is what stays in force when the new one is not activated."""

    def set_rules(ground: Playground) -> None:
        hand.make_group(ground)
        tenant = ground.tenant
        tenant.manage_authentication_policies(*(pending if active is None else active))
        tenant.activate_all_pending_authentication_policy_changes()
        tenant.manage_authentication_policies(*pending)

    return set_rules


def _lock(ground: Playground) -> None:
    hand.make_user(ground)
    ground.tenant.lock(ISU)


def _unlock(ground: Playground) -> None:
    hand.make_user(ground)
    ground.tenant.unlock(ISU)


def _old_versions(ground: Playground) -> None:
    ground.tenant.min_version, ground.tenant.max_version = (20, 0), (30, 2)


def _new_versions(ground: Playground) -> None:
    ground.tenant.min_version, ground.tenant.max_version = (10, 0), (46, 2)


PITFALLS = (
    Switch(
        number="P1",
        slug="another-tenants-name",
        title="The user name comes with another tenant",
        tells="The form refuses it before Workday is asked, so no login is wasted.",
        stage=Stage.SIGN_ON,
        shows="behind @",
        on=holding("user", f"{ISU}@{OTHER_TENANT}"),
        off=letting_go("user"),
    ),
    Switch(
        number="P2",
        slug="other-capitals",
        title="The user name has other capitals than in Workday",
        tells="Workday only says that name or password is wrong, so the card says what to compare.",
        stage=Stage.SIGN_ON,
        shows="capitals count",
        on=holding("user", ISU.lower()),
        off=letting_go("user"),
    ),
    Switch(
        number="P3",
        slug="pasted-label",
        title="Something was pasted along with the password",
        tells="The form sees the label that was copied along, and refuses it at its field.",
        stage=Stage.SIGN_ON,
        shows="label",
        on=holding("password", f"Password: {PASSWORD}"),
        off=letting_go("password"),
    ),
    Switch(
        number="P4",
        slug="peoples-page",
        title="The address of the pages for people is given",
        tells="The app finds the address for programs behind it and offers it.",
        stage=Stage.ADDRESS,
        shows="page people sign in on",
        on=holding("url", PEOPLES_PAGE),
        off=letting_go("url"),
    ),
    Switch(
        number="P5",
        slug="another-environment",
        title="Address and user belong to different environments",
        tells="Workday answers as for a wrong password; the card names tenant and host to compare.",
        stage=Stage.SIGN_ON,
        shows="in the tenant",
        on=_move_user_away,
        off=_bring_user_back,
    ),
    Switch(
        number="P12",
        slug="rule-below-another",
        title="The authentication rule stands below a broader one",
        tells="People sign in another way, and the first rule that fits decides. Workday calls it a wrong password.",
        stage=Stage.SIGN_ON,
        shows="authentication policy",
        on=_rules(PEOPLE, OURS),
        off=_rules(OURS, PEOPLE),
    ),
    Switch(
        number="P13",
        slug="rule-not-activated",
        title="The authentication rule is saved and not activated",
        tells="The rule is there and does not count yet. Workday calls it a wrong password.",
        stage=Stage.SIGN_ON,
        shows="authentication policy",
        on=_rules(OURS, PEOPLE, active=(PEOPLE,)),
        off=_rules(OURS, PEOPLE),
    ),
    Switch(
        number="P14",
        slug="network-kept-out",
        title="An authentication policy lets only some networks in",
        tells="The password is right and comes from the wrong place. Workday calls it a wrong password.",
        stage=Stage.SIGN_ON,
        shows="only some networks",
        on=_rules(OFFICE),
        off=_rules(),
    ),
    Switch(
        number="P15",
        slug="user-locked",
        title="The user is locked",
        tells="Workday gives the same answer for a locked user; its report of sign-ons tells them apart.",
        stage=Stage.SIGN_ON,
        shows="locks a user",
        on=_lock,
        off=_unlock,
    ),
    Switch(
        number="P22",
        slug="other-versions",
        title="The tenant has other versions of the web services",
        tells="No version that the app knows is answered, so this is for its makers to mend.",
        stage=Stage.ADDRESS,
        shows="version of the web service",
        on=_old_versions,
        off=_new_versions,
    ),
    Switch(
        number="P23",
        slug="report-address",
        title="The address of somebody's report is given",
        tells="The app takes server and tenant from it and asks no report, so its owner's rights do not matter.",
        stage=Stage.ADDRESS,
        shows="Enter user name and password",
        passes=True,
        on=holding("url", REPORT),
        off=letting_go("url"),
    ),
)
