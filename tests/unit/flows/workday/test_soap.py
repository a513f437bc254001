"""Requests are exact, any password travels, and no body can hurt the readers."""

from pathlib import Path

import pytest
from lxml import etree
from pydantic import SecretStr

from flows.diagnosis.observations import Content, Layer, Transport
from flows.tenant.service_url import Endpoint
from flows.workday.echo_detection import Sent
from flows.workday.network import Answer
from flows.workday.probes import LOGIN, REST_PROBES, SOAP_PROBES
from flows.workday.responses import Asked, Facts, content_of, observe, plain_facts
from flows.workday.rest import ApiClient, read_listing, read_tokens, resource_call, token_call
from flows.workday.soap import ENVELOPE, SECURITY, WORKDAY, build_request, read_answer, read_description

FAULTS = Path(__file__).parents[3] / "faults"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>"""
ENVELOPED = f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body>%s</e:Body></e:Envelope>'
API = ApiClient(client_id="id", client_secret=SecretStr("geheim"), refresh_token=SecretStr("r&f=1"))
ACME = Endpoint(host="services1.myworkday.com", tenant="acme")


def xml(text: str | bytes, status: int = 200) -> Answer:
    return Answer(
        status=status,
        headers={"content-type": "text/xml"},
        body=text if isinstance(text, bytes) else text.encode(),
    )


def json_(text: str, status: int = 200) -> Answer:
    return Answer(status=status, headers={"content-type": "application/json"}, body=text.encode())


def test_a_request_is_signed_in_and_in_order() -> None:
    probe = next(iter(SOAP_PROBES.values()))
    root = etree.fromstring(build_request(probe.body, user="isu@acme", password="p&<>]]>\r\n☃ ", version="v44.0"))
    token = root.find(f"{{{ENVELOPE}}}Header/{{{SECURITY}}}Security/{{{SECURITY}}}UsernameToken")
    assert token is not None
    assert token.findtext(f"{{{SECURITY}}}Username") == "isu@acme"
    assert token.findtext(f"{{{SECURITY}}}Password") == "p&<>]]>\r\n☃ "
    request = root.find(f"{{{ENVELOPE}}}Body/{{{WORKDAY}}}Get_Workers_Request")
    assert request is not None
    assert request.get(f"{{{WORKDAY}}}version") == "v44.0"
    names = [etree.QName(element).localname for element in request.iter()]
    assert names[1:] == ["Response_Filter", "Page", "Count", "Response_Group", "Include_Reference"]


def test_every_probe_is_small_and_reads() -> None:
    for probe in (LOGIN, *SOAP_PROBES.values()):
        assert "Get" in probe.operation
        assert len(build_request(probe.body, user="u", password="p", version="v44.0")) < 2000
    assert {probe.module for probe in REST_PROBES.values()} == {"absenceManagement/v1"}


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="XML"):
        build_request(LOGIN.body, user="u", password="a\x0bb", version="v44.0")


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"<a/>",
        b"<a>",
        BOMB + b"<a>&b;</a>",
        BOMB.decode().encode("utf-16") + "<a/>".encode("utf-16-le"),
        b"<a>" * 5000,
        f'<e:Envelope xmlns:e="{ENVELOPE}"/>'.encode(),
        (ENVELOPED % "").encode(),
        BOMB + (ENVELOPED % "<a/>").encode(),
        b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)
def test_hostile_or_broken_xml_is_malformed(body: bytes) -> None:
    assert read_answer(xml(body)) == Facts(content=Content.XML, malformed=True)
    assert read_description(xml(body)).malformed


def test_a_wsdl_is_known_by_its_beginning() -> None:
    wsdl = (FAULTS / "wsdl.xml").read_bytes()
    assert read_description(xml(wsdl)) == Facts(content=Content.XML)
    assert read_description(xml(BOMB + wsdl.partition(b"?>")[2])).malformed
    assert read_description(xml(ENVELOPED % "<a/>")).malformed
    assert read_description(json_("{}")).content is Content.JSON


def test_fault_details_are_read_once() -> None:
    facts = read_answer(xml((FAULTS / "element-not-found.xml").read_bytes(), 500))
    assert facts.fault_text == "Validation error occurred. Element not found=Surprise-urn:com.workday/bsvc"


@pytest.mark.parametrize("front", [b"\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_what_gateways_put_in_front_hides_nothing(front: bytes) -> None:
    fault = front + (FAULTS / "authentication-error.xml").read_bytes()
    for label in ("text/xml", "text/html", "text/plain", "application/json", ""):
        answer = Answer(status=500, headers={"content-type": label}, body=fault)
        assert read_answer(answer).fault_code.endswith("authenticationError")
    assert read_description(xml(front + (FAULTS / "wsdl.xml").read_bytes())) == Facts(content=Content.XML)
    assert read_listing(json_(f"{front.decode()}{{}}")).facts == Facts(content=Content.JSON)


def test_a_fault_is_read_with_any_prefix_and_in_the_encoding_of_its_label() -> None:
    fault = (
        f'<Envelope xmlns="{ENVELOPE}"><Body><Fault><faultcode>Client.authenticationError</faultcode>'
        "<faultstring>Passwort ungültig</faultstring></Fault></Body></Envelope>"
    )
    for label, body in (("", fault.encode()), ("; charset=ISO-8859-1", fault.encode("latin-1"))):
        facts = read_answer(Answer(status=500, headers={"content-type": f"text/xml{label}"}, body=body))
        assert (facts.fault_code, facts.fault_text) == ("Client.authenticationError", "Passwort ungültig")
    unknown = Answer(status=500, headers={"content-type": "text/xml; charset=no-such"}, body=fault.encode("latin-1"))
    assert read_answer(unknown).malformed


@pytest.mark.parametrize(("held", "total"), [("", 0), ("<w:Response_Results/>", 0), ("<w:Response_Data/>", None)])
def test_an_answer_that_holds_nothing_is_empty(held: str, total: int | None) -> None:
    assert read_answer(xml(ENVELOPED % f'<w:R xmlns:w="{WORKDAY}">{held}</w:R>')).total == total


@pytest.mark.parametrize("total", ["", "x", "-1", "٣", "9" * 5000])
def test_an_odd_total_is_no_total(total: str) -> None:
    inner = f'<w:R xmlns:w="{WORKDAY}"><w:Total_Results>{total}</w:Total_Results></w:R>'
    assert read_answer(xml(ENVELOPED % inner)).total is None


def test_totals_can_be_left_out() -> None:
    assert read_answer(xml((FAULTS / "workers.xml").read_bytes())).total == 5
    assert read_answer(xml((FAULTS / "workers.xml").read_bytes()), counts=False).total is None


@pytest.mark.parametrize(
    ("label", "body", "content"),
    [
        ("", b"", Content.EMPTY),
        ("text/xml", b"  \n", Content.EMPTY),
        ("", b"<html>", Content.HTML),
        ("text/html", b"words", Content.HTML),
        ("", b'{"a":1}', Content.JSON),
        ("application/json", b"words", Content.JSON),
        ("", b"<a/>", Content.XML),
        ("text/xml", "<a/>".encode("utf-16"), Content.XML),
        ("text/plain", b"words", Content.OTHER),
        (
            "text/xml",
            b'<?xml version="1.0"?>\n<!-- page --><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">',
            Content.HTML,
        ),
        ("text/html", b'<?xml version="1.0"?><w:definitions xmlns:w="x"/>', Content.XML),
        ("text/html", b'{"error":"invalid_grant"}', Content.JSON),
    ],
)
def test_the_kind_of_a_body_is_recognised(label: str, body: bytes, content: Content) -> None:
    assert content_of(Answer(status=200, headers={"content-type": label}, body=body)) is content


def test_a_redirect_says_where_to_without_its_query() -> None:
    answer = Answer(status=302, headers={"location": "https://idp.example.com/login?token=s3cret#x"})
    assert plain_facts(answer).fault_text == "redirect to idp.example.com/login"


def test_secrets_sent_never_come_back() -> None:
    asked = Asked(layer=Layer.LOGIN, operation="x", host="h", sent=Sent(("hunter22", "ab")))
    answer = Answer(status=500, headers={"x-wd-gid": "GID|hunter22", "retry-after": "soon"})
    facts = Facts(content=Content.XML, fault_code="hunter22", fault_text="so hunter22 ab", error_code="hunter22")
    seen = observe(asked, answer, facts)
    assert "hunter22" not in repr(seen)
    assert seen.fault_text == ""
    assert seen.retry_after is None


def test_headers_become_facts() -> None:
    answer = Answer(status=429, headers={"wd-stat-request-id": "abc", "retry-after": "17"}, elapsed_ms=5)
    seen = observe(Asked(layer=Layer.REST, operation="x", host="h"), answer, plain_facts(answer))
    assert (seen.request_id, seen.retry_after, seen.elapsed_ms) == ("abc", 17, 5)


# REST


def test_token_requests_escape_and_hide() -> None:
    call = token_call(ACME, API)
    assert call.path == "/ccx/oauth2/acme/token"
    assert call.headers["Authorization"] == "Basic aWQ6Z2VoZWlt"
    assert call.content == b"grant_type=refresh_token&refresh_token=r%26f%3D1"
    assert "Basic" not in repr(call)
    assert "refresh" not in repr(call)


def test_resource_requests_are_rebuilt() -> None:
    call = resource_call(ACME, SecretStr("tok"), "v1", "workers?limit=1")
    assert call.path == "/ccx/api/v1/acme/workers?limit=1"


@pytest.mark.parametrize("refresh", ['"r&f=1"', '""', "null", "5"])
def test_the_same_refresh_token_is_not_a_rotation(refresh: str) -> None:
    tokens = read_tokens(json_(f'{{"access_token":"abc","refresh_token":{refresh}}}'), API)
    assert tokens.access == SecretStr("abc")
    assert tokens.rotated is None


def test_a_new_refresh_token_is_handed_back() -> None:
    tokens = read_tokens(json_('{"access_token":"abc","refresh_token":"new"}'), API)
    assert tokens.rotated == SecretStr("new")
    assert "new" not in repr(tokens)


@pytest.mark.parametrize("body", ["{", "[]", "[" * 100000, '{"access_token":"a\\nb"}', '{"access_token":1}', "{}"])
def test_a_token_answer_without_a_token_is_malformed(body: str) -> None:
    tokens = read_tokens(json_(body), API)
    assert tokens.facts.malformed
    assert tokens.access is None


@pytest.mark.parametrize(
    ("body", "total", "first"),
    [
        (
            '{"total":1,"data":[{"id":"0e44c92412d34b01ace61e80a47aaf6d"}]}',
            1,
            "0e44c92412d34b01ace61e80a47aaf6d",
        ),
        ('{"total":1,"data":[{"id":"../../x"}]}', 1, ""),
        ('{"total":1,"data":[{"id":1}]}', 1, ""),
        ('{"total":true,"data":["x"]}', None, ""),
        ('{"total":"1","data":{}}', None, ""),
        ('{"data":[]}', 0, ""),
        ("{}", None, ""),
    ],
)
def test_listings_are_read_with_care(body: str, total: int | None, first: str) -> None:
    listing = read_listing(json_(body))
    assert (listing.facts.total, listing.first) == (total, first)
    assert read_listing(json_(body), counts=False).facts.total is None


def test_json_errors_are_read() -> None:
    denied = read_listing(json_('{"error":"permission denied","code":"S22"}', 403)).facts
    assert (denied.error_code, denied.fault_text) == ("S22", "permission denied")
    odd = read_listing(json_('{"error":{"x":1},"code":7}', 400)).facts
    assert (odd.error_code, odd.fault_text) == ("", "")
    text = read_listing(Answer(status=401, headers={}, body=b"Invalid Access Token")).facts
    assert text.fault_text == "Invalid Access Token"
    cut = read_listing(Answer(status=200, transport=Transport.CUT)).facts
    assert cut.content is Content.EMPTY
