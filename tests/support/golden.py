"""The golden answers of Workday in tests/faults, read as the app reads them."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pydantic import SecretStr

from flows.diagnosis.observations import Layer, Observation, Transport
from flows.diagnosis.rule import ASSERTION
from flows.workday.network import Answer
from flows.workday.responses import Asked, observe
from flows.workday.rest import ApiClient, read_listing, read_refusal, read_tokens
from flows.workday.soap import read_answer, read_description

FAULTS = Path(__file__).parents[1] / "faults"
CASES: list[dict[str, Any]] = tomllib.loads((FAULTS / "cases.toml").read_text("utf-8"))["case"]
FAULT = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
    "<faultcode>{}</faultcode><faultstring>{}</faultstring></e:Fault></e:Body></e:Envelope>"
)
LABELS = {".xml": "text/xml", ".json": "application/json", ".html": "text/html", ".txt": "text/plain"}
API = ApiClient(client_id="id", client_secret=SecretStr("secret"), refresh_token=SecretStr("same"))


def golden(case: Mapping[str, Any]) -> Observation:
    headers = {"location": case["location"]} if "location" in case else {}
    body = b""
    if "body" in case:
        path = FAULTS / case["body"]
        body = path.read_bytes()
        headers["content-type"] = LABELS[path.suffix]
    for name in ("json", "html", "txt"):
        if name in case:
            body = case[name].encode()
            headers["content-type"] = LABELS[f".{name}"]
    if "fault" in case:
        body = FAULT.format(*map(escape, case["fault"])).encode()
    transport = Transport(case["transport"]) if "transport" in case else None
    answer = Answer(status=case.get("status"), transport=transport, headers=headers, body=body)
    layer = Layer(case["layer"])
    write, proved = bool(case.get("write")), bool(case.get("proved"))
    read = {
        Layer.REACH: lambda: read_description(answer),
        Layer.LOGIN: lambda: read_answer(answer),
        Layer.PERMISSION: lambda: read_answer(answer, sections=("Compensation_Data",)),
        Layer.TOKEN: lambda: read_tokens(answer, API).facts,
        Layer.REST: lambda: read_refusal(answer) if write else read_listing(answer).facts,
    }
    asked = Asked(
        layer=layer,
        operation=ASSERTION if case.get("asserted") else "golden",
        host="h",
        write=write,
        address_proved=proved,
        bearer=bool(case.get("bearer")),
    )
    return replace(observe(asked, answer, read[layer]()), clock_off=case.get("clock_off", 0))
