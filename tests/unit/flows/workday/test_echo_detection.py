"""What we sent is known again however it comes back, and what Workday says of itself stays readable."""

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.limits import may_be_bad
from flows.diagnosis.observations import Content, Layer
from flows.diagnosis.reasons import Reason
from flows.workday.echo_detection import MOST_CHARACTERS, Sent
from flows.workday.network import Answer
from flows.workday.probes import LOGIN
from flows.workday.responses import Asked, Facts, observe, plain_facts
from flows.workday.soap import build_request, read_answer

SECRET = "p&<b>'\" %+é☃😀x"
ASKED = Asked(layer=Layer.LOGIN, operation="x", host="h", sent=Sent((SECRET,), "ISU_Link"))


def torn(text: str) -> str:
    return "<wbr>".join(text.replace("&", "&amp;").replace("<", "&lt;"))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "clear": str,
    "xml": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "html": html.escape,
    "html of xml": lambda text: html.escape(html.escape(text)),
    "decimal": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "hex": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "percent": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "all percent": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "json": lambda text: json.dumps(text)[1:-1],
    "json in html": lambda text: html.escape(json.dumps(text)),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "basic": lambda text: "Basic " + base64.b64encode(f"id:{text}".encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"a{text}".encode()).decode().rstrip("="),
    "base64 of xml": lambda text: base64.encodebytes(f"<a>{html.escape(text)}</a>".encode()).decode(),
    "torn by tags": torn,
    "torn by line ends": "\r\n".join,
    "capitals": str.upper,
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_page_that_gives_a_secret_back_is_not_quoted(encode: Callable[[str], str], charset: str) -> None:
    body = f"<html><title>Blocked: {encode(SECRET)}</title>you sent {encode(SECRET)} to us</html>"
    answer = Answer(status=403, body=body.encode(charset, "xmlcharrefreplace"))
    assert observe(ASKED, answer, plain_facts(answer)).fault_text == ""


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_texts_and_codes_are_looked_through_too(encode: Callable[[str], str]) -> None:
    said = f"before {encode(SECRET)} after"
    answer = Answer(status=500, headers={"x-wd-gid": said})
    seen = observe(ASKED, answer, Facts(content=Content.XML, fault_code=said, fault_text=said, error_code=said))
    assert (seen.fault_code, seen.fault_text, seen.error_code, seen.request_id) == ("", "", "", "")


def test_a_page_that_shows_part_of_our_request_is_not_quoted() -> None:
    request = build_request(LOGIN.body, user="ISU_Link@acme", password=SECRET, version="v44.0").decode()
    for echo in (
        html.escape(request[: request.index("p&amp;") + 3]),
        "Header: <wsse:Security>",
        "Authorization: Basic aWQ",
        '{"authorization": "Bearer x"}',
        "user=ISU_Link, password=p&l...",
    ):
        answer = Answer(status=403, body=f"<html><title>Request refused {echo}</title>".encode())
        assert observe(ASKED, answer, plain_facts(answer)).fault_text == "", echo


def test_what_the_rules_look_for_stays() -> None:
    text = f"Invalid  username or password: {SECRET}"
    facts = Facts(content=Content.XML, fault_code="SOAP-ENV:Client.authenticationError", fault_text=text)
    seen = observe(ASKED, Answer(status=500, body=text.encode()), facts)
    assert (seen.fault_code, seen.fault_text) == ("authenticationError", "invalid username or password")


def test_a_password_that_is_a_word_of_workdays_hides_no_reason() -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        "<faultcode>SOAP-ENV:Client.authenticationError</faultcode><faultstring>Nope</faultstring>"
        "</e:Fault></e:Body></e:Envelope>"
    )
    answer = Answer(status=500, headers={"content-type": "text/xml"}, body=body.encode())
    asked = Asked(layer=Layer.LOGIN, operation="x", host="h", sent=Sent(("Client",)))
    seen = observe(asked, answer, read_answer(answer))
    assert (seen.fault_code, seen.fault_text) == ("authenticationError", "")


@pytest.mark.parametrize("status", [200, 403, 500])
def test_a_fault_that_is_not_quoted_is_not_taken_for_a_yes(status: int) -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        f"<faultcode>e:Server</faultcode><faultstring>Blocked {html.escape(SECRET)}</faultstring>"
        "</e:Fault></e:Body></e:Envelope>"
    )
    answer = Answer(status=status, headers={"content-type": "text/xml"}, body=body.encode())
    seen = observe(ASKED, answer, read_answer(answer))
    assert seen.fault_text == ""
    assert diagnose(seen).reason is not Reason.OK
    assert may_be_bad(seen)


def test_of_a_page_only_its_title_and_known_words_are_kept() -> None:
    page = (
        "<html><title lang=en>Down \n for a while</title><p>Workday is <b>currently</b> unavailable. Call Ada.</html>"
    )
    answer = Answer(status=503, body=page.encode())
    said = observe(ASKED, answer, plain_facts(answer)).fault_text
    assert said == "Down for a while workday is currently unavailable"


def test_other_texts_are_kept_as_they_are() -> None:
    for text in (
        "Validation error occurred. Invalid ID value.  'X' &amp; 50% <b>more</b> \\n",
        "no such user ISU_Link",
    ):
        facts = Facts(content=Content.XML, fault_text=text)
        assert observe(ASKED, Answer(status=500, body=text.encode()), facts).fault_text == text


def test_what_is_too_short_to_be_told_from_words_is_left() -> None:
    assert not Sent(("abc", "<abcdef>a", "  + ")).is_in("abc a")


def test_odd_escapes_hurt_nothing() -> None:
    assert not Sent((SECRET,)).is_in("&#99999999; &#xD800; \\ud800 \\n \\/ \\x41 %ff % ~~~ QUJDRA")


def test_what_would_take_long_to_search_counts_as_an_echo() -> None:
    assert Sent((SECRET,)).is_in("a" * (MOST_CHARACTERS + 1))
    for piece in ("&amp;lt;%2525&#37;41\\u005cu0041<a", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", "%25", "&amp;"):
        body = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]
        started = time.process_time()
        Sent((SECRET,)).is_in(body)
        assert time.process_time() - started < 2, piece
    assert Sent((SECRET,)).is_in("%" + "25" * 100)
