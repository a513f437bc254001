"""Owns the making of odd answers and of down times; must not decide when they come."""

import gzip
from dataclasses import replace
from types import MappingProxyType

from sandbox.workday.http import HTML, JSON, XML, Answer, Oddity, Outcome, fault_headers
from sandbox.workday.soap import faults
from sandbox.workday.tenant import MaintenanceAnswer

MAINTENANCE_PAGE = "https://community.workday.com/maintenance-page"
INVALID_URL = "https://community.workday.com/invalid-url"
PROXY_PAGE = b"<!DOCTYPE html><html><head><title>Access Denied</title></head><body>Blocked by policy.</body></html>"
SIGN_IN_PAGE = b"<!DOCTYPE html><html><head><title>Workday</title></head><body>Sign In</body></html>"

_BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE bomb [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
]>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>&f;</env:Body></env:Envelope>"""

_DTD = b"""<?xml version="1.0"?>
<!DOCTYPE Envelope SYSTEM "http://127.0.0.1:9/outside.dtd" [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>&file;</env:Body></env:Envelope>"""

_STATUS = MappingProxyType(
    {
        Oddity.SERVER_ERROR: (500, b"Internal Server Error"),
        Oddity.BAD_GATEWAY: (502, b"<html><body>502 Bad Gateway</body></html>"),
        Oddity.SERVICE_UNAVAILABLE: (503, b"Service Unavailable"),
        Oddity.GATEWAY_TIMEOUT: (504, b"<html><body>504 Gateway Time-out</body></html>"),
        Oddity.PROXY_PAGE: (403, PROXY_PAGE),
        Oddity.PROXY_SIGN_IN: (407, PROXY_PAGE),
        Oddity.FORBIDDEN: (403, b""),
        Oddity.TOO_SLOW: (408, b""),
    }
)

_FAULTS = MappingProxyType(
    {
        Oddity.UNKNOWN_FAULT: (faults.PROCESSING_ERROR, "Processing error occurred. S-CODE 4711: try something else."),
        Oddity.BARE_FAULT: (faults.PROCESSING_ERROR, "Processing error occurred"),
        # Overload comes as HTTP 500 over SOAP; its words are unconfirmed.
        Oddity.OVERLOADED: (faults.SERVER_ERROR, "Server busy. Please try again later."),
        Oddity.FOREIGN_FAULT: (faults.SERVER_ERROR, "Policy falsified"),
    }
)

_BODIES = MappingProxyType(
    {
        Oddity.DTD: (XML, _DTD),
        Oddity.ENTITY_BOMB: (XML, _BOMB),
        Oddity.INVALID_XML: (XML, b"<a><b></a>"),
        Oddity.INVALID_JSON: (JSON, b'{"total": 1, "data": ['),
        Oddity.HTML_PAGE: (HTML, SIGN_IN_PAGE),
    }
)


def odd(oddity: Oddity) -> Answer:
    """Return the answer that stands in for Workday's; those spoilt after work are not made here."""
    if oddity in _STATUS:
        status, body = _STATUS[oddity]
        return _page(body, status)
    if oddity is Oddity.REDIRECT:
        return _redirect("https://idp.example.com/sso")
    if oddity is Oddity.GZIP_BOMB:
        body = gzip.compress(bytes(100_000_000), compresslevel=1)
        return Answer(body=body, headers={"Content-Encoding": "gzip"}, outcome=Outcome.ODD)
    if oddity is Oddity.TEN_MEGABYTES:
        body = b"<?xml version='1.0'?><a>" + b"x" * 10_000_000 + b"</a>"
        return Answer(body=body, outcome=Outcome.ODD)
    if oddity in _FAULTS:
        return Answer(
            status=500,
            body=faults.body(*_FAULTS[oddity]),
            headers=fault_headers(),
            outcome=Outcome.ODD,
        )
    content_type, body = _BODIES.get(oddity, (XML, b""))
    return Answer(body=body, content_type=content_type, outcome=Outcome.ODD)


def spoilt(answer: Answer, oddity: Oddity) -> Answer:
    """Return the decided answer, spoilt; cuts and drips are left to the one who sends."""
    if oddity is Oddity.TRUNCATED:
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if oddity is Oddity.LOCALISED_FAULT:
        body = answer.body
        for english, german in faults.TRANSLATIONS["de"].items():
            body = body.replace(english.encode(), german.encode())
        return replace(answer, body=body)
    if oddity is Oddity.SOAP_12:
        return replace(answer, body=faults.in_soap_12(answer.body))
    if oddity is Oddity.RELABELLED:
        headers = {**answer.headers, "Content-Encoding": "UTF-8"}
        return replace(answer, body=b"\xef\xbb\xbf\r\n" + answer.body, content_type=HTML, headers=headers)
    if oddity is Oddity.GZIPPED:
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        return replace(answer, body=gzip.compress(answer.body), headers=headers)
    return answer


def maintenance(kind: MaintenanceAnswer) -> Answer:
    """Return what a tenant in its service window answers."""
    if kind is MaintenanceAnswer.REDIRECT:
        return replace(_redirect(MAINTENANCE_PAGE), outcome=Outcome.MAINTENANCE)
    text = "Workday is currently unavailable."
    script = f"<script>window.location.href='{MAINTENANCE_PAGE}'</script>"
    if kind is MaintenanceAnswer.SCRIPT:
        page = _page(f"<html><head>{script}</head></html>".encode(), 500)
    else:
        page = _page(f"<html><body>{text}</body></html>".encode(), 503)
    return replace(page, outcome=Outcome.MAINTENANCE)


def elsewhere(tenant: str) -> Answer:
    """Return where an identity host sends the browser that asks it."""
    return replace(_redirect(f"https://impl.workday.com/wday/authgwy/{tenant}/login.htmld"), outcome=Outcome.PAGE)


def no_such_tenant() -> Answer:
    """Return what a browser gets that asks for a tenant which is not on this host."""
    return replace(_redirect(INVALID_URL), outcome=Outcome.UNKNOWN_TENANT)


def too_much_head() -> Answer:
    """Return what a request gets whose headers are too large."""
    return replace(
        _page(b"<html><body>Request Header Fields Too Large</body></html>", 431), outcome=Outcome.BAD_REQUEST
    )


def _page(body: bytes, status: int = 200) -> Answer:
    return Answer(status=status, body=body, content_type=HTML, outcome=Outcome.ODD)


def _redirect(location: str) -> Answer:
    return Answer(status=303, content_type=HTML, headers={"Location": location}, outcome=Outcome.ODD)
