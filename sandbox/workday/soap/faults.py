"""Owns the SOAP faults in Workday's own words; decides nothing."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from xml.sax.saxutils import escape

from sandbox.workday.http import Answer, Outcome, fault_headers
from sandbox.workday.soap.xml import ENV, ENV_12, WD
from sandbox.workday.tenant import Switches

AUTHENTICATION_ERROR = "SOAP-ENV:Client.authenticationError"
VALIDATION_ERROR = "SOAP-ENV:Client.validationError"
PROCESSING_ERROR = "SOAP-ENV:Server.processingError"
SERVER_ERROR = "SOAP-ENV:Server"  # what is not of Workday's own making has no code of its own

INVALID_LOGIN = "invalid username or password"
NOT_AUTHORIZED = "Processing error occurred. The task submitted is not authorized."
INVALID_VERSION = "Invalid request service version"
WRONG_SERVICE = "The web service or version is invalid for the requested operation"
NOT_XML = "Validation error occurred. Invalid request: the XML is not well-formed"  # literal unconfirmed

_FAULT = re.compile(
    r"<faultcode>(?P<code>.*?)</faultcode><faultstring>(?P<text>.*?)</faultstring>(?:<detail>(?P<detail>.*?)</detail>)?",
    re.DOTALL,
)

# What a tenant in another language might say; the fault codes stay. Unconfirmed.
TRANSLATIONS = MappingProxyType(
    {
        "de": MappingProxyType(
            {
                INVALID_LOGIN: "Benutzername oder Passwort ist ungültig",
                NOT_AUTHORIZED: "Verarbeitungsfehler. Die gesendete Aufgabe ist nicht autorisiert.",
                INVALID_VERSION: "Ungültige Version des angeforderten Service",
                WRONG_SERVICE: "Der Webservice oder die Version ist für den Vorgang ungültig",
            }
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault as it goes into the body."""

    code: str
    text: str
    outcome: Outcome
    status: int = 500
    detail: str = ""


class FaultError(Exception):
    """Carries a fault out of the middle of a decision."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def invalid_login(switches: Switches) -> Fault:
    """Return the one fault for every reason a sign-on can fail."""
    return Fault(
        code=AUTHENTICATION_ERROR,
        text=INVALID_LOGIN,
        outcome=Outcome.AUTHENTICATION_FAULT,
        status=switches.auth_fault_status,
    )


def not_authorized(switches: Switches) -> Fault:
    """Return the fault for an operation no active permission covers."""
    return Fault(
        code=PROCESSING_ERROR,
        text=NOT_AUTHORIZED,
        outcome=Outcome.NOT_AUTHORIZED,
        status=switches.not_authorized_status,
    )


def invalid_version() -> Fault:
    """Return the fault for a version this tenant does not have."""
    return Fault(code=VALIDATION_ERROR, text=INVALID_VERSION, outcome=Outcome.BAD_VERSION)


def wrong_service() -> Fault:
    """Return the fault for an operation the service does not have; it comes without detail."""
    return Fault(code=VALIDATION_ERROR, text=WRONG_SERVICE, outcome=Outcome.WRONG_SERVICE)


def invalid(message: str, *, xpath: str = "", switches: Switches) -> Fault:
    """Return a validation fault with the detail Workday adds."""
    code = "<wd:Code>validationError</wd:Code>" if switches.fault_detail_has_code else ""
    detail = (
        f"<wd:Validation_Fault><wd:Validation_Error>{code}<wd:Message>{escape(message)}</wd:Message>"
        f"<wd:Detail_Message>{escape(message)}</wd:Detail_Message><wd:Xpath>{escape(xpath)}</wd:Xpath>"
        "</wd:Validation_Error></wd:Validation_Fault>"
    )
    return Fault(code=VALIDATION_ERROR, text=message, outcome=Outcome.VALIDATION_FAULT, detail=detail)


def element_not_found(namespace: str, name: str, *, xpath: str, switches: Switches) -> Fault:
    """Return the fault for an element the schema does not have at this place."""
    return invalid(f"Validation error occurred. Element not found={name}-{namespace}", xpath=xpath, switches=switches)


def invalid_id(value: str, kind: str, *, switches: Switches) -> Fault:
    """Return the fault for a reference to nothing; the two blanks are Workday's."""
    return invalid(
        f"Validation error occurred. Invalid ID value.  '{value}' is not a valid ID value for type = '{kind}'",
        switches=switches,
    )


def missing_element(name: str, inside: str, *, switches: Switches) -> Fault:
    """Return the fault for a mandatory element that is not there."""
    return invalid(
        f"Validation error occurred. Element Content '{name}' is required, on internal element '{inside}'",
        switches=switches,
    )


def answer(fault: Fault, *, operation: str | None = None, account: str | None = None, language: str = "en") -> Answer:
    """Return the fault as an answer; nothing in it depends on why it was raised."""
    text = TRANSLATIONS.get(language, MappingProxyType({})).get(fault.text, fault.text)
    return Answer(
        status=fault.status,
        body=body(fault.code, text, fault.detail),
        headers=fault_headers(),
        outcome=fault.outcome,
        operation=operation,
        account=account,
    )


def body(code: str, text: str, detail: str = "") -> bytes:
    """Return the envelope; Workday declares both prefixes again on the fault."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENV}"><SOAP-ENV:Body>'
        f'<SOAP-ENV:Fault xmlns:SOAP-ENV="{ENV}" xmlns:wd="{WD}">'
        f"<faultcode>{escape(code)}</faultcode><faultstring>{escape(text)}</faultstring>"
        f"{f'<detail>{detail}</detail>' if detail else ''}"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def in_soap_12(answered: bytes) -> bytes:
    """Return an answer as SOAP 1.2 has it; Workday is not known to speak it, a gateway may."""

    def fault(found: re.Match[str]) -> str:
        side = "Sender" if "Client" in found["code"] else "Receiver"
        return (
            f"<SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:{side}</SOAP-ENV:Value>"
            f"<SOAP-ENV:Subcode><SOAP-ENV:Value>{found['code']}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code>"
            f'<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">{found["text"]}</SOAP-ENV:Text></SOAP-ENV:Reason>'
            + (f"<SOAP-ENV:Detail>{found['detail']}</SOAP-ENV:Detail>" if found["detail"] else "")
        )

    return _FAULT.sub(fault, answered.decode().replace(ENV, ENV_12)).encode()
