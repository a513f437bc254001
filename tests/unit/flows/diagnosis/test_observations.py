"""Facts survive storage, and nothing odd from outside survives in them."""

from pydantic import TypeAdapter

from flows.diagnosis.observations import Content, Layer, Observation, Transport, clean

FULL = Observation(
    layer=Layer.PERMISSION,
    operation="Get_Workers_Request",
    host="services1.myworkday.com",
    probe="public-worker-reports",
    http_status=200,
    transport=Transport.CUT,
    content=Content.XML,
    malformed=True,
    fault_code="SOAP-ENV:Client",
    fault_text="text",
    error_code="S22",
    total=3,
    missing=("Compensation_Data",),
    request_id="GID|1",
    retry_after=7,
    elapsed_ms=120,
    version="v44.0",
)


def test_an_observation_survives_storage() -> None:
    stored = TypeAdapter(Observation)
    assert stored.validate_json(stored.dump_json(FULL)) == FULL


def test_texts_from_outside_are_cleaned_and_capped() -> None:
    seen = Observation(
        layer=Layer.REST,
        operation="x",
        host="h",
        fault_text="a\x00\r\nb\u202e\ud800c" + "d" * 500,
        request_id="e" * 500,
    )
    assert seen.fault_text.startswith("a b cd")
    assert (len(seen.fault_text), len(seen.request_id)) == (300, 100)
    TypeAdapter(Observation).dump_json(seen)


def test_a_text_that_was_cleaned_stays_as_it_is() -> None:
    text = "x" * 299 + " y"
    assert clean(clean(text)) == clean(text)
    assert len(clean(text)) == 299
