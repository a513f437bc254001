"""A line of the sign-on report is read in plain terms, slips included; a doubtful one is not read at all."""

import pytest

from flows.diagnosis.sign_on_report import REPORT, SignOnCause, read_sign_on
from sandbox.workday import SignOnFailure

C = SignOnCause
SANDBOX = {
    SignOnFailure.SECURITY_QUESTIONS: C.SECURITY_QUESTIONS,
    SignOnFailure.SESSION_TIMEOUT: C.SESSION_TIMEOUT,
    SignOnFailure.DELEGATED: C.DELEGATED,
    SignOnFailure.UNKNOWN_USER: C.UNKNOWN_USER,
    SignOnFailure.WRONG_PASSWORD: C.WRONG_PASSWORD,
    SignOnFailure.DISABLED: C.DISABLED,
    SignOnFailure.LOCKED: C.LOCKED,
    SignOnFailure.EXPIRED_ACCOUNT: C.ACCOUNT_EXPIRED,
    SignOnFailure.PASSWORD_EXPIRED: C.PASSWORD_EXPIRED,
    SignOnFailure.NEW_PASSWORD_REQUIRED: C.NEW_PASSWORD_REQUIRED,
    SignOnFailure.AUTHENTICATION_POLICY: C.POLICY_NOT_ALLOWED,
}


@pytest.mark.parametrize("failure", list(SignOnFailure))
def test_the_sandboxs_own_texts_are_read(failure: SignOnFailure) -> None:
    assert read_sign_on(failure.value) is SANDBOX[failure]
    assert read_sign_on(failure.value.upper() + ".") is SANDBOX[failure]
    row = f"ISU_Link@acme | 2026-03-04 11:02 | {failure.value} | User Name Password | 10.0.0.1"
    assert read_sign_on(row) is SANDBOX[failure]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Successful", C.SUCCESS),
        ("Successful - 23 Nov 2026 10:02", C.SUCCESS),
        ("Nov 23, 2026 | Account Locked", C.LOCKED),
        ("Account temporarily locked until 10:20", C.LOCKED),
        ("ISU_Wintro\nYes\nAccount Locked\nNo\nYes", C.LOCKED),
        ("not locked, not disabled, just invalid credentials", C.WRONG_NAME_OR_PASSWORD),
        ("we found it under Unidentified Signons", C.UNKNOWN_USER),
        ("Failed Signon: No", C.SUCCESS),
        ("Invalid Credentials", C.WRONG_NAME_OR_PASSWORD),
        ("invalid username or password", C.WRONG_NAME_OR_PASSWORD),
        ("User Name Password\tInvalid credentials", C.WRONG_NAME_OR_PASSWORD),
        ("Invald pasword", C.WRONG_PASSWORD),
        ("The password is incorrect", C.WRONG_PASSWORD),
        ("Incorect pasword", C.WRONG_PASSWORD),
        ("System Account Locked", C.LOCKED),
        ("acount lokced", C.LOCKED),
        ("Your account has been locked", C.LOCKED),
        ("Account is disabled", C.DISABLED),
        ("System Account Expired", C.ACCOUNT_EXPIRED),
        ("the report tells me it is locked", C.LOCKED),
        ("locked by too many attempts", C.LOCKED),
        ("The password expired on 11/20", C.PASSWORD_EXPIRED),
        ("column H says Locked", C.LOCKED),
        ("10:04 successful, 09:50 invalid password", C.SUCCESS),
        ("Your password has expired", C.PASSWORD_EXPIRED),
        ("pasword exipred", C.PASSWORD_EXPIRED),
        ("A new password is required", C.NEW_PASSWORD_REQUIRED),
        ("Password must be changed", C.NEW_PASSWORD_REQUIRED),
        ("Authentication type is not allowed", C.TYPE_NOT_ALLOWED),
        ("IP address is not allowed", C.NETWORK_NOT_ALLOWED),
        ("Blocked by authentication policy", C.POLICY_NOT_ALLOWED),
        ("User not found", C.UNKNOWN_USER),
        ("Invalid user name", C.UNKNOWN_USER),
        ("Tenant does not exist", C.OTHER_TENANT),
        # best effort
        ("Ungültiges Kennwort", C.WRONG_PASSWORD),
        ("Das Passwort ist abgelaufen", C.PASSWORD_EXPIRED),
        ("Konto gesperrt", C.LOCKED),
        ("Konto deaktiviert", C.DISABLED),
        ("Neues Passwort erforderlich", C.NEW_PASSWORD_REQUIRED),
        ("Benutzername oder Passwort ist ungültig", C.WRONG_NAME_OR_PASSWORD),
        ("Unbekannter Benutzer", C.UNKNOWN_USER),
        ("Authentifizierungstyp nicht zulässig", C.TYPE_NOT_ALLOWED),
        ("Mot de passe incorrect", C.WRONG_PASSWORD),
        ("Mot de passe expiré", C.PASSWORD_EXPIRED),
        ("Compte verrouillé", C.LOCKED),
        ("Compte désactivé", C.DISABLED),
        ("Contraseña incorrecta", C.WRONG_PASSWORD),
        ("La contraseña ha caducado", C.PASSWORD_EXPIRED),
        ("Cuenta bloqueada", C.LOCKED),
    ],
)
def test_a_cell_is_read(text: str, cause: SignOnCause | None) -> None:
    assert read_sign_on(text) is cause


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "Is the account locked?",
        "maybe the account is locked",
        "Account not locked",
        "the account is not locked",
        "no account locked",
        "Account unlocked",
        "Invalid password: no",
        "Account enabled",
        "valid password",
        "correct password",
        "unsuccessful",
        "nicht erfolgreich",
        "Passwort gültig",
        "Konto entsperrt",
        "Konto aktiviert",
        "Password expires in 12 days",
        "your password will expire soon",
        "le mot de passe expire dans 10 jours",
        "User Name Password",
        "Account Locked, Disabled or Expired",
        "Account locked | Account disabled",
        "Invalid password | Account locked",
        "Failed Signon: Yes",
        "2026-03-04 11:02 ISU_Link 10.0.0.1 SAML",
        "I reset the password",
        "we created a new account",
        "the report Signons and Attempted Signons is empty",
        "new password set",
        "I successfully changed it yesterday",
        "the activation was successful I think",
    ],
)
def test_a_doubtful_line_is_not_read(text: str) -> None:
    assert read_sign_on(text) is None


def test_a_sign_on_for_another_tenant_is_seen_by_its_name() -> None:
    row = "ISU_Link@acme2 | Invalid user name"
    assert read_sign_on(row, tenant="acme", user="ISU_Link") is C.OTHER_TENANT
    assert read_sign_on("ISU_Link@acme2 failed", tenant="acme", user="ISU_Link@acme") is C.OTHER_TENANT
    assert read_sign_on(row, tenant="acme2", user="ISU_Link") is C.UNKNOWN_USER
    assert read_sign_on(row) is C.UNKNOWN_USER
    assert read_sign_on("ISU_Link@acme2 | Account locked", tenant="acme", user="ISU_Link") is C.LOCKED
    assert read_sign_on("x@acme2", tenant="acme", user="ISU_Link") is None
    assert REPORT


@pytest.mark.parametrize(
    "text",
    [
        "The report shows no rows for ISU_Wintro",
        "nothing at all in the report for that user",
        "No items available.",
        "0 items",
        "the sign-on report comes back empty",
        "kein Eintrag für ISU_Wintro im Bericht",
        "I see no attempt of ISU_Wintro",
        "the list is empty for ISU_Wintro",
        "there isn't any attempt by ISU_Wintro",
        "ISU_Wintro doesn't appear in the report",
        "ISU_Wintro isn't in the report",
    ],
)
def test_a_report_without_a_row_is_an_answer(text: str) -> None:
    assert read_sign_on(text, tenant="acme_dpt1", user="ISU_Wintro") is SignOnCause.NO_ROW


@pytest.mark.parametrize("text", ["I have no attempts left", "no idea", "no more rows, thanks", "the room is empty"])
def test_other_talk_of_nothing_is_none(text: str) -> None:
    assert read_sign_on(text, user="ISU_Wintro") is None


HEADS = "Session Start\tSystem Account\tFailed Signon\tAuthentication Failure Message\n09:50\t"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (f"{HEADS}jdoe\tYes\tAccount Locked", None),
        (f"{HEADS}Kim Lee\tYes\tAccount Locked", None),
        (f"{HEADS}\tYes\tAccount Locked", C.LOCKED),
        (f"{HEADS}ISU_Wintr\tYes\tAccount Locked", C.LOCKED),
        ("System Account: jdoe\nAuthentication Failure Message: Account Locked", None),
        ("System Account: ISU_Wintr\nAuthentication Failure Message: Account Locked", C.LOCKED),
        ("2026-11-23 09:50 | jdoe | Invalid Password", None),
        ("jdoe | 09:50 | Invalid Password", None),
        ("2026-11-23 09:50 | failed | Invalid Password", C.WRONG_PASSWORD),
    ],
)
def test_another_accounts_row_says_nothing_of_ours(text: str, cause: SignOnCause | None) -> None:
    assert read_sign_on(text, tenant="acme", user="ISU_Wintro") is cause
