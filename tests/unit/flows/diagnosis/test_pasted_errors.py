"""Workday's own messages are recognised in several languages and with slips; ordinary talk never is."""

import pytest

from flows.diagnosis.pasted_errors import recognise_fault
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import read_sign_on
from tests.support.chatter import CHATTER


def test_there_is_enough_talk() -> None:
    assert len(set(CHATTER)) == len(CHATTER) >= 200


@pytest.mark.parametrize("message", CHATTER)
def test_ordinary_talk_is_no_fault(message: str) -> None:
    for said in (message, message.upper(), f"Hi, {message} Thanks, Jo"):
        assert recognise_fault(said) is None
        assert read_sign_on(said) is None


def test_all_of_it_together_is_no_fault() -> None:
    for start in range(0, len(CHATTER), 10):
        assert recognise_fault(" ".join(CHATTER[start : start + 10]).replace("?", "")) is None


R = Reason


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("SOAP-ENV:Client.authenticationError invalid username or password", R.INVALID_CREDENTIALS),
        ("it says: Invaild username or pasword", R.INVALID_CREDENTIALS),
        ("The username or password is invalid.", R.INVALID_CREDENTIALS),
        ("Benutzername oder Passwort ist ungültig", R.INVALID_CREDENTIALS),
        ("BENUTZERNAME ODER KENNWORT IST UNGÜLTIG!", R.INVALID_CREDENTIALS),
        ("Nom d'utilisateur ou mot de passe non valide", R.INVALID_CREDENTIALS),
        ("Nombre de usuario o contraseña no válidos", R.INVALID_CREDENTIALS),
        ("Processing error occurred. The task submited is not authorised.", R.NOT_AUTHORIZED),
        ("Verarbeitungsfehler. Die gesendete Aufgabe ist nicht autorisiert.", R.NOT_AUTHORIZED),
        ("La tâche soumise n'est pas autorisée", R.NOT_AUTHORIZED),
        ("La tarea enviada no está autorizada", R.NOT_AUTHORIZED),
        ("Ungültige Version des angeforderten Service", R.BAD_VERSION),
        ("Der Webservice oder die Version ist für den Vorgang ungültig", R.WRONG_SERVICE),
        (
            "Validation error occurred. Invalid ID value.  'X' is not a valid ID value for type = 'Location_ID'",
            R.OUR_REQUEST_REFUSED,
        ),
        (
            "Element Content 'Reference_ID_Type' is required, on internal element 'Get References Request Criteria'",
            R.OUR_REQUEST_REFUSED,
        ),
        ("faultcode SOAP-ENV:Client.validationError", R.OUR_REQUEST_REFUSED),
        ("SOAP-ENV:Client.validationError Invalid request service version", R.BAD_VERSION),
        ("SOAP-ENV:Server.processingError Processing error occurred", None),
        ("Processing error occurred", None),
        ('{"error":"invalid_request"}', R.OAUTH_BAD_TENANT),
        ('{"error":"invalid_request","error_description":"Missing parameter"}', R.OUR_REQUEST_REFUSED),
        ("This client is not authorised to use this grant type", R.OAUTH_WRONG_CLIENT_KIND),
        ("client authentication failed", R.OAUTH_INVALID_CLIENT),
        ("TLS client authentication failed", None),
        ("The refresh token has been revoked", R.OAUTH_INVALID_GRANT),
        ("the access token is not valid", R.REST_INVALID_TOKEN),
        ("Task not authorized", R.NOT_AUTHORIZED),
        ("refresh token no longer valid", R.OAUTH_INVALID_GRANT),
        ("HTTP/2 429", R.THROTTLED),
        ("Web service or version invalid for requested operation", R.WRONG_SERVICE),
        ("Connection to wd5-services1.myworkday.com timed out", R.NOT_ANSWERING),
        ("I wonder whether invalid_client is meant", None),
        ("VPN says invalid username or password", None),
        ("Workday is undergoing scheduled maintenance", R.MAINTENANCE),
        ("Workday is down for maintenance on Friday", None),
        ("did anybody ever see invalid_client?", None),
        ('{"error":"invalid_token"}', R.REST_INVALID_TOKEN),
        ('{"error":"unsupported_grant_type"}', R.OUR_REQUEST_REFUSED),
        ('{"error":"permission denied","code":"S22"}', R.REST_FORBIDDEN),
        ("S22 permission denied", R.REST_FORBIDDEN),
        ("404 S21", R.REST_FORBIDDEN),
        ("S22", R.REST_FORBIDDEN),
        ("Your Workday system is currently unavailable", R.MAINTENANCE),
        ("it sends me to https://community.workday.com/maintenance-page", R.MAINTENANCE),
    ],
)
def test_workdays_own_words_are_recognised(message: str, reason: Reason | None) -> None:
    assert recognise_fault(message) is reason
