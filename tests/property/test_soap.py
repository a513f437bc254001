"""Anything XML can carry travels unchanged, and no bytes make a reader raise."""

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from pydantic import SecretStr, TypeAdapter

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Layer, Observation
from flows.workday.network import Answer
from flows.workday.probes import LOGIN
from flows.workday.responses import Asked, observe
from flows.workday.rest import ApiClient, read_listing, read_tokens
from flows.workday.soap import ENVELOPE, SECURITY, build_request, read_answer, read_description

OBSERVATIONS = TypeAdapter(Observation)

API = ApiClient(client_id="i", client_secret=SecretStr("s"), refresh_token=SecretStr("r"))
WRAP = (f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body>'.encode(), b"</e:Body></e:Envelope>")
CARRIED = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")).filter(
    lambda text: not any(ord(character) >= 0x1FFFE and ord(character) & 0xFFFE == 0xFFFE for character in text)
)
BODIES = st.one_of(
    st.binary(),
    st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary().map(lambda inner: WRAP[0] + inner + WRAP[1]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "total", "data", "id"]), inner)
        ),
    ).map(lambda value: repr(value).replace("'", '"').encode("utf-8", "replace")),
)


@given(CARRIED, CARRIED)
@example("a@b", " &<>\"']]>\r\n\t ☃😀 ")
def test_a_sign_on_travels_unchanged(user: str, password: str) -> None:
    root = etree.fromstring(build_request(LOGIN.body, user=user, password=password, version="v44.0"))
    assert root.findtext(f".//{{{SECURITY}}}Username") == user
    assert root.findtext(f".//{{{SECURITY}}}Password") == password
    assert len(root) == 2


@given(st.text())
def test_what_cannot_travel_is_a_value_error(password: str) -> None:
    try:
        request = build_request(LOGIN.body, user="u", password=password, version="v44.0")
    except ValueError:
        return
    assert etree.fromstring(request).findtext(f".//{{{SECURITY}}}Password") == password


@given(
    BODIES,
    st.sampled_from(["text/xml", "application/json", "text/html", ""]),
    st.sampled_from([None, 200, 302, 401, 403, 500]),
    st.text(max_size=30),
)
def test_no_bytes_make_a_reader_raise(body: bytes, label: str, status: int | None, location: str) -> None:
    answer = Answer(status=status, headers={"content-type": label, "location": location}, body=body)
    for layer, facts in (
        (Layer.REACH, read_description(answer)),
        (Layer.LOGIN, read_answer(answer)),
        (Layer.PERMISSION, read_answer(answer, sections=("Worker",))),
        (Layer.TOKEN, read_tokens(answer, API).facts),
        (Layer.REST, read_listing(answer).facts),
    ):
        seen = observe(Asked(layer=layer, operation="x", host="h"), answer, facts)
        diagnose(seen)
        assert OBSERVATIONS.validate_json(OBSERVATIONS.dump_json(seen)) == seen
