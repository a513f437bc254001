"""Owns Workday's tasks for accounts, passwords and sign-ons, as the search box opens them; each is a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.acme import PASSWORD
from sandbox.page.ground.hand import DAYS, ISU
from sandbox.page.workday.task_shapes import Field, Page, RefusedError, Task, Values, needed, one, ticked
from sandbox.workday import Account

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

NEW, AGAIN = "New Password", "New Password Verify"
REQUIRE = "Require New Password at Next Sign In"
NO_UI = "Do Not Allow UI Sessions"
TIMEOUT = "Session Timeout Minutes"
ACCOUNT = "Workday Account"
LOCKED, DISABLED, ENDED = "Account Locked", "Account Disabled", "Account Expiration Date is over"
DELEGATED = "Exempt from Delegated Authentication"
EXEMPT = "System Users exempt from password expiration"
EXPIRY, FAILED, LOCKOUT = (
    "Password Expiration Days",
    "Maximum Number of Failed Sign On Attempts",
    "Minutes to Remain Locked",
)
ON = ("on",)


def _accounts(ground: Playground) -> tuple[str, ...]:
    return tuple(sorted(ground.tenant.accounts.by_name))


def _new_user(_ground: Playground, _values: Values) -> list[Field]:
    return [
        Field("User Name"),
        Field(NEW, "secret"),
        Field(AGAIN, "secret"),
        Field(REQUIRE, "box"),
        Field(TIMEOUT, value=("0",), hint="0 means none"),
        Field(NO_UI, "box"),
    ]


def _make_user(ground: Playground, values: Values) -> str:
    needed(values, "User Name", NEW, AGAIN)
    if values[NEW][0] != values[AGAIN][0]:
        raise RefusedError(AGAIN, "The two passwords are not the same.")
    if not one(values, TIMEOUT).isdecimal():
        raise RefusedError(TIMEOUT, "Enter a whole number of minutes.")
    boxes = {"require_new_password": ticked(values, REQUIRE), "ui_sessions_blocked": ticked(values, NO_UI)}
    try:
        ground.tenant.create_integration_system_user(
            one(values, "User Name"),
            values[NEW][0],
            session_timeout=int(one(values, TIMEOUT)),
            require_new_password=boxes["require_new_password"],
            ui_sessions_blocked=boxes["ui_sessions_blocked"],
        )
    except ValueError as error:
        raise RefusedError("User Name", f"{error}.".capitalize()) from None
    ground.hand |= {"user": one(values, "User Name"), "password": values[NEW][0]}
    return f"You have created the integration system user {one(values, 'User Name')}."


def _pick_account(ground: Playground, _values: Values) -> list[Field]:
    return [Field(ACCOUNT, "choice", options=_accounts(ground))]


def _account(ground: Playground, values: Values) -> Account:
    needed(values, ACCOUNT)
    return ground.tenant.accounts.get(one(values, ACCOUNT))


def _edit_account(ground: Playground, values: Values) -> list[Field]:
    account = _account(ground, values)
    now = ground.seconds()

    def box(label: str, *, on: bool) -> Field:
        return Field(label, "box", ON if on else ())

    return [
        Field("User Name", "note", (account.name,)),
        Field(NEW, "secret", hint="Leave it empty to keep the old one"),
        box(REQUIRE, on=account.require_new_password),
        box(LOCKED, on=ground.tenant.accounts.is_locked(account, now)),
        box(DISABLED, on=account.disabled),
        box(ENDED, on=account.expires_at is not None and account.expires_at <= now),
        box(DELEGATED, on=account.exempt_from_delegated_authentication),
        box("Password expired", on=ground.tenant.accounts.password_is_expired(account, now)),
    ]


def _change_account(ground: Playground, values: Values) -> str:
    tenant, name = ground.tenant, _account(ground, values).name
    if one(values, NEW):
        tenant.change_password(name, values[NEW][0])
        ground.hand["password"] = values[NEW][0]
    tenant.require_new_password_at_next_sign_in(name, ticked=ticked(values, REQUIRE))
    (tenant.lock if ticked(values, LOCKED) else tenant.unlock)(name)
    (tenant.disable if ticked(values, DISABLED) else tenant.enable)(name)
    tenant.expire_account(name, never=not ticked(values, ENDED))
    tenant.exempt_from_delegated_authentication(name, ticked=ticked(values, DELEGATED))
    return f"You have changed the account {name}."


def _view_user(ground: Playground, values: Values) -> list[Field]:
    account = _account(ground, values)
    ends = ground.tenant.password_expires_at(account.name)
    return [
        Field("User Name", "copy", (account.name,)),
        Field(REQUIRE, "note", ("Yes" if account.require_new_password else "No",)),
        Field(TIMEOUT, "note", (str(account.session_timeout),)),
        Field(NO_UI, "note", ("Yes" if account.ui_sessions_blocked else "No",)),
        Field("Password Expiry", "note", (_when(ends) if ends else "never",)),
    ]


def _rules(ground: Playground, _values: Values) -> list[Field]:
    rules = ground.tenant.accounts.rules
    systems = tuple(one.name for one in ground.tenant.accounts.by_name.values() if one.is_integration_system_user)
    return [
        Field(EXPIRY, value=(str(rules.expiry_days),), hint="0 means never"),
        Field(FAILED, value=(str(rules.lock_after),)),
        Field(LOCKOUT, value=(str(rules.lock_minutes),)),
        Field(EXEMPT, "several", tuple(sorted(rules.exempt)), systems),
    ]


def _set_rules(ground: Playground, values: Values) -> str:
    for label in (EXPIRY, FAILED, LOCKOUT):
        if not one(values, label).isdecimal():
            raise RefusedError(label, "Enter a whole number.")
    ground.tenant.maintain_password_rules(
        exempt=values.get(EXEMPT, []),
        expiry_days=int(one(values, EXPIRY)),
        lock_after=int(one(values, FAILED)),
        lock_minutes=int(one(values, LOCKOUT)),
    )
    return "You have changed the password rules."


def _sign_ons(ground: Playground, _values: Values) -> list[Field]:
    rows = tuple(
        (_when(row.at), row.user_name, row.failure or "Signed on", row.address)
        for row in ground.tenant.sign_on_history()[-20:][::-1]
    )
    head = ("When", "User name", "Result", "From")
    return [Field("Signons and Attempted Signons", "table", rows=(head, *rows))]


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%d %b %Y %H:%M}"


TASKS = (
    Task(
        "Create Integration System User",
        (Page(_new_user, _make_user),),
        "Makes the account with which a program signs on.",
        lambda _ground: {"User Name": [ISU], NEW: [PASSWORD], AGAIN: [PASSWORD], TIMEOUT: ["0"], NO_UI: ["on"]},
    ),
    Task(
        "View Integration System User",
        (Page(_pick_account), Page(_view_user, button="Done")),
        "Shows an account's name and boxes.",
        lambda _ground: {ACCOUNT: [ISU]},
    ),
    Task(
        "Edit Workday Account",
        (Page(_pick_account), Page(_edit_account, _change_account)),
        "Locks, ends, frees an account, or gives it a new password.",
        lambda _ground: {ACCOUNT: [ISU]},
    ),
    Task(
        "Maintain Password Rules",
        (Page(_rules, _set_rules),),
        "When passwords expire, and whose do not.",
        lambda ground: {
            EXPIRY: [str(ground.tenant.accounts.rules.expiry_days or DAYS)],
            FAILED: [str(ground.tenant.accounts.rules.lock_after)],
            LOCKOUT: [str(ground.tenant.accounts.rules.lock_minutes)],
            EXEMPT: [*ground.tenant.accounts.rules.exempt, ISU],
        },
    ),
    Task(
        "Signons and Attempted Signons",
        (Page(_sign_ons, button="Done"),),
        "The report that says why a sign-on was refused.",
    ),
)
