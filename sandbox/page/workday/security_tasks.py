"""Owns Workday's tasks for groups, permissions and policies, as the search box opens them; each is a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.page.ground.hand import COMMENT, GROUP, ISU
from sandbox.page.workday.task_shapes import Field, Page, RefusedError, Task, Values, needed, one, ticked
from sandbox.workday import (
    ALL_USERS,
    ANY,
    FUNCTIONAL_AREAS,
    SAML,
    USER_NAME_PASSWORD,
    Access,
    AuthenticationRule,
    GroupKind,
    NotFoundInWorkdayError,
)

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

KIND, NAME, USERS = "Type of Tenanted Security Group", "Name", "Integration System Users"
PICKED, OPERATION = "Source Security Group", "Operation"
ACCESS, POLICIES, REMOVE = "View/Modify Access", "Domain Security Policy", "Remove the rows"
CONFIRM, WHY = "Confirm", "Comment"
AREAS = "Enabled"
RULE, GROUPS, TYPES, NETWORKS = "Rule Name", "Security Group", "Allowed Authentication Types", "Allowed Networks"
PLACE, DROP = "Place", "Remove the rules"
TOP, BOTTOM = "On top", "At the bottom"
KINDS = (GroupKind.UNCONSTRAINED, GroupKind.CONSTRAINED, GroupKind.USER_BASED)


def _new_group(_ground: Playground, _values: Values) -> list[Field]:
    return [Field(KIND, "choice", options=KINDS), Field(NAME)]


def _make_group(ground: Playground, values: Values) -> None:
    needed(values, KIND, NAME)
    try:
        ground.tenant.create_security_group(one(values, NAME), one(values, KIND))
    except ValueError as error:
        raise RefusedError(NAME, f"{error}.".capitalize()) from None


def _pick(ground: Playground, _values: Values) -> list[Field]:
    return [Field(NAME, "choice", options=tuple(ground.tenant.security.groups))]


def _members(ground: Playground, values: Values) -> list[Field]:
    needed(values, NAME)
    group = ground.tenant.security.group(one(values, NAME))
    inside = tuple(sorted(ground.tenant.security.pending.members.get(group.name, ())))
    accounts = ground.tenant.accounts.by_name.values()
    people = group.kind is GroupKind.USER_BASED
    names = tuple(sorted(one.name for one in accounts if people or one.is_integration_system_user))
    label = USERS if not people else "Members"
    return [
        Field(KIND, "note", (group.kind,)),
        Field(NAME, "note", (group.name,)),
        Field(label, "several", inside, names),
    ]


def _set_members(ground: Playground, values: Values) -> str:
    group = ground.tenant.security.group(one(values, NAME))
    if group.kind is GroupKind.USER_BASED:
        ground.tenant.assign_users_to_user_based_security_group(group.name, values.get("Members", []))
    else:
        ground.tenant.assign_integration_system_users(group.name, values.get(USERS, []))
    return f"You have saved the group {group.name}."


def _delete_group(ground: Playground, values: Values) -> str:
    needed(values, NAME)
    ground.tenant.delete_security_group(one(values, NAME))
    return f"You have deleted the group {one(values, NAME)}."


def _source(ground: Playground, _values: Values) -> list[Field]:
    groups = tuple(ground.tenant.security.groups)
    return [Field(OPERATION, "note", ("Maintain",)), Field(PICKED, "choice", options=groups)]


def _granted(ground: Playground, group: str) -> list[tuple[str, str]]:
    pending, active = ground.tenant.security.pending.grants, ground.tenant.security.active.grants
    return [
        (policy, ", ".join(sorted(rights)) + ("" if active.get((name, policy)) == rights else " · pending"))
        for (name, policy), rights in sorted(pending.items())
        if name == group
    ]


def _rows(ground: Playground, values: Values) -> list[Field]:
    needed(values, PICKED)
    granted = _granted(ground, one(values, PICKED))
    table = (("Domain Security Policy", "Access"), *granted)
    hint = "Paste names one below the other, as the card copies them"
    return [
        Field("Security Group", "note", (one(values, PICKED),)),
        *([Field("Domain Security Policy Permissions", "table", rows=table)] if granted else []),
        Field(ACCESS, "choice", options=tuple(Access)),
        Field(POLICIES, "area", hint=hint),
        *([Field(REMOVE, "several", options=tuple(policy for policy, _ in granted))] if granted else []),
    ]


def _grant(ground: Playground, values: Values) -> str:
    group = one(values, PICKED)
    wanted = [name for line in values.get(POLICIES, []) for name in re.split(r"[\n;]+", line) if name.strip()]
    if wanted:
        needed(values, ACCESS)
    known = ground.tenant.security.known()
    for name in (name.strip() for name in wanted):
        if name not in known:
            close = NotFoundInWorkdayError("policy", name, known).close
            more = f" Close: {', '.join(close)}." if close else ""
            raise RefusedError(POLICIES, f"No matches found for “{name}”.{more}")
    for name in wanted:
        ground.tenant.maintain_permissions(group, {name.strip(): one(values, ACCESS)})
    for name in values.get(REMOVE, []):
        ground.tenant.revoke_permission(group, name)
    return f"You have saved {len(wanted)} permissions of {group}. They are pending until they are activated."


def _right_rows(ground: Playground) -> dict[str, list[str]]:
    """Give the next access that the card asks for and that is not saved yet, with its policies."""
    grants = ground.tenant.security.pending.grants
    known = {policy for name, policy in grants if name == GROUP}
    open_rows: dict[str, list[str]] = {}
    for policy, access in ground.wanted.items():
        if policy not in known:
            open_rows.setdefault(access.split(" + ", maxsplit=1)[0], []).append(policy)
    for access, policies in open_rows.items():
        return {PICKED: [GROUP], ACCESS: [access], POLICIES: ["\n".join(policies)]}
    return {PICKED: [GROUP]}


def _pending(ground: Playground, _values: Values) -> list[Field]:
    names = ground.tenant.domain_security_policies_with_pending_changes()
    return [Field("With pending changes", "table", rows=(("Domain Security Policy",), *((name,) for name in names)))]


def _comment(_ground: Playground, _values: Values) -> list[Field]:
    return [Field(WHY)]


def _commented(_ground: Playground, values: Values) -> None:
    needed(values, WHY)


def _to_confirm(ground: Playground, values: Values) -> list[Field]:
    return [*_pending(ground, values), Field(CONFIRM, "box")]


def _activate(ground: Playground, values: Values) -> str:
    if not ticked(values, CONFIRM):
        raise RefusedError(CONFIRM, "Tick Confirm, or nothing is activated.")
    changed = ground.tenant.activate_pending_security_policy_changes(one(values, WHY)).changed
    return f"You have activated {len(changed)} changed policies. They count from now on."


def _areas(ground: Playground, _values: Values) -> list[Field]:
    off = ground.tenant.security.pending.disabled_areas
    on = tuple(area for area in FUNCTIONAL_AREAS if area not in off)
    return [Field(AREAS, "several", on, tuple(FUNCTIONAL_AREAS), hint="Counts after the activation")]


def _set_areas(ground: Playground, values: Values) -> str:
    for area in FUNCTIONAL_AREAS:
        ground.tenant.maintain_functional_area(area, enabled=area in values.get(AREAS, []))
    return "You have saved the functional areas. What changed is pending until it is activated."


def _policies(ground: Playground, _values: Values) -> list[Field]:
    policy, active = ground.tenant.authentication.pending, ground.tenant.authentication.active
    head = ("Rule", "For", "Allowed", "From")
    rows = tuple(
        (rule.name, ", ".join(rule.groups), ", ".join(rule.allowed_types), ", ".join(rule.networks) or "anywhere")
        for rule in policy.rules
    )
    state = "active" if policy == active else "pending: not in force yet"
    groups = (ALL_USERS, *ground.tenant.security.groups)
    return [
        Field("Authentication Policy", "table", rows=(head, *rows)),
        Field("State", "note", (state,)),
        Field(RULE, hint="Add a rule; the first one that fits decides"),
        Field(GROUPS, "several", options=groups),
        Field(TYPES, "choice", (ANY,), (ANY, USER_NAME_PASSWORD, SAML)),
        Field(NETWORKS, hint="Empty: from anywhere. Else for example 198.51.100.0/24"),
        Field(PLACE, "choice", (TOP,), (TOP, BOTTOM)),
        *([Field(DROP, "several", options=tuple(rule.name for rule in policy.rules))] if rows else []),
    ]


def _set_policies(ground: Playground, values: Values) -> str:
    tenant, dropped = ground.tenant, values.get(DROP, [])
    tenant.manage_authentication_policies(*(r for r in tenant.authentication.pending.rules if r.name not in dropped))
    if one(values, RULE):
        needed(values, GROUPS)
        networks = tuple(part for part in re.split(r"[,\s]+", one(values, NETWORKS)) if part)
        rule = AuthenticationRule(
            name=one(values, RULE),
            groups=tuple(values[GROUPS]),
            allowed_types=(one(values, TYPES) or ANY,),
            networks=networks,
        )
        tenant.add_authentication_rule(rule, on_top=one(values, PLACE) != BOTTOM)
    return "You have saved the authentication policy. It is pending until it is activated by its own task."


def _activate_policies(ground: Playground, values: Values) -> str:
    if not ticked(values, CONFIRM):
        raise RefusedError(CONFIRM, "Tick Confirm, or nothing is activated.")
    ground.tenant.activate_all_pending_authentication_policy_changes()
    return "You have activated the authentication policies. They count from now on."


TASKS = (
    Task(
        "Create Security Group",
        (Page(_new_group, _make_group), Page(_members, _set_members)),
        "Makes a group; its next page says who is in it.",
        lambda _ground: {KIND: [GroupKind.UNCONSTRAINED], NAME: [GROUP], USERS: [ISU]},
    ),
    Task(
        "Edit Security Group",
        (Page(_pick), Page(_members, _set_members)),
        "Who is in a group.",
        lambda _ground: {NAME: [GROUP], USERS: [ISU]},
    ),
    Task("Delete Security Group", (Page(_pick, _delete_group),), "A group's type cannot be changed, only made anew."),
    Task(
        "Maintain Permissions for Security Group",
        (Page(_source), Page(_rows, _grant)),
        "What a group may read and write.",
        _right_rows,
    ),
    Task(
        "Domain Security Policies with Pending Changes",
        (Page(_pending, button="Done"),),
        "What the next activation makes count, whoever changed it.",
    ),
    Task(
        "Activate Pending Security Policy Changes",
        (Page(_comment, _commented), Page(_to_confirm, _activate)),
        "Makes saved permissions count.",
        lambda _ground: {WHY: [COMMENT], CONFIRM: ["on"]},
    ),
    Task("Maintain Functional Areas", (Page(_areas, _set_areas),), "Which parts of Workday are switched on."),
    Task(
        "Manage Authentication Policies",
        (Page(_policies, _set_policies),),
        "Who may sign in how, and from where.",
        lambda _ground: {RULE: ["Integrations"], GROUPS: [GROUP], TYPES: [USER_NAME_PASSWORD], PLACE: [TOP]},
    ),
    Task(
        "Activate All Pending Authentication Policy Changes",
        (Page(_comment, _commented), Page(lambda _g, _v: [Field(CONFIRM, "box")], _activate_policies)),
        "Makes saved authentication rules count.",
        lambda _ground: {WHY: [COMMENT], CONFIRM: ["on"]},
    ),
)
