"""No secret of a request survives in what is kept of its answer, whatever page or fault it comes back in."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from flows.diagnosis.answer_rules import RULES
from flows.diagnosis.observations import Layer, Observation
from flows.workday.echo_detection import Sent
from flows.workday.network import Answer
from flows.workday.responses import Asked, observe, plain_facts
from flows.workday.rest import ApiClient, read_listing, read_tokens
from flows.workday.soap import ENVELOPE, WORKDAY, read_answer, read_description

API = ApiClient(client_id="i", client_secret=SecretStr("s"), refresh_token=SecretStr("r"))
# What a form lets through: no control characters, and something that can be told from blanks and from words of ours.
SECRETS = st.text(
    st.sampled_from("<>&\"' %+\\/;#=:|aZ09éß☃😀") | st.characters(categories=("L", "M", "N", "P", "S")),
    min_size=6,
    max_size=24,
).filter(lambda text: sum(not (one.isspace() or one == "+") for one in text) >= 6)
ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    escape,
    html.escape,
    lambda text: "".join(f"&#{ord(one)};" for one in text),
    lambda text: "".join(f"&#x{ord(one):x};" for one in text),
    lambda text: quote(text, safe=""),
    quote_plus,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.b64encode(f"id:{text}".encode()).decode(),
    lambda text: base64.b64encode(f"i:{text}".encode()).decode(),
    lambda text: "<i>".join(map(escape, text)),
    lambda text: "\n".join(map(escape, text)),
)
AROUND = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
PLACES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("text/html", lambda echo: f"<html><head><title>{echo}</title></head><body>no</body></html>"),
    ("text/html", lambda echo: f"<html><title>Denied</title><body><pre>{echo}</pre></body></html>"),
    ("text/plain", str),
    ("application/json", lambda echo: json.dumps({"error": echo, "code": echo})),
    ("text/xml", lambda echo: _fault(echo, "")),
    ("text/xml", lambda echo: _fault("x", escape(echo))),
    ("text/xml", lambda echo: _fault("x", f"<![CDATA[{echo.replace(']]>', '')}]]>")),
)


def _fault(code: str, text: str) -> str:
    return (
        f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><e:Fault><faultcode>{escape(code)}</faultcode>'
        f'<faultstring>{text}</faultstring><detail><w:Message xmlns:w="{WORKDAY}">{text}</w:Message></detail>'
        "</e:Fault></e:Body></e:Envelope>"
    )


def kept(seen: Observation) -> str:
    return f"{seen.fault_code}\n{seen.fault_text}\n{seen.error_code}\n{seen.request_id}"


@given(
    SECRETS,
    st.sampled_from(ENCODINGS),
    st.sampled_from(ENCODINGS),
    st.sampled_from(PLACES),
    AROUND,
    AROUND,
    st.sampled_from([200, 302, 403, 500, 502]),
)
@example("correct <b> & 'x'", str, html.escape, PLACES[0], "password ", "", 403)
@example("a%41+b \\n &lt;", str, str, PLACES[3], "%", "u0041", 500)
def test_no_secret_comes_back(
    secret: str,
    inner: Callable[[str], str],
    outer: Callable[[str], str],
    place: tuple[str, Callable[[str], str]],
    before: str,
    after: str,
    status: int,
) -> None:
    # Words of our own rules are kept even then: whoever reads them learns nothing.
    assume(not any(secret.casefold() in f"{rule.text} {rule.code} {rule.error}".casefold() for rule in RULES))
    label, put = place
    echo = f"{before} {outer(inner(secret))} {after}"
    headers = {"content-type": label, "x-wd-gid": echo, "location": f"https://x.example/{echo}"}
    answer = Answer(status=status, headers=headers, body=put(echo).encode())
    bare = Answer(status=status, headers={"content-type": label}, body=answer.body)
    for layer, facts in (
        (Layer.REACH, read_description(bare)),
        (Layer.LOGIN, read_answer(bare)),
        (Layer.LOGIN, plain_facts(answer)),
        (Layer.TOKEN, read_tokens(bare, API).facts),
        (Layer.REST, read_listing(bare).facts),
    ):
        said = kept(
            observe(Asked(layer=layer, operation="x", host="h", sent=Sent((secret, "other-secret"))), answer, facts)
        )
        for encode in ENCODINGS:
            assert encode(secret) not in said
        assert outer(inner(secret)) not in said


@pytest.mark.no_cover
@given(SECRETS, st.text(max_size=60))
def test_what_does_not_give_a_secret_back_is_kept(secret: str, text: str) -> None:
    said = f"Validation error occurred. {''.join(filter(str.isalnum, text))}"
    # Blanks and plus signs do not count, and of what looks like a tag in a secret nothing is left where tags are gone.
    needle, where = (one.casefold().translate({ord(" "): None, ord("+"): None}) for one in (secret, said))
    assume("<" not in secret and needle[:2] not in where)
    assert not Sent((secret,)).is_in(said)
