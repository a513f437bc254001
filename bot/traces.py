"""Follows what one request of Slack's leads to, from the press to the card: by an id in the log, by spans if wanted.

Spans need the extra `otel` and an address to send them to; without, nothing of it is loaded. A span holds ids and words
of our own, never what was typed or what an error says.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import Token
from typing import TYPE_CHECKING

from storage.outbox.errands import ORIGIN

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Attribute = str | int | float | bool

NAME = "link-workday"
SECONDS = 2.0
"""How long the collector may take: at the end of the app, spans are lost rather than waited for."""

DELAY_MILLISECONDS = 1_000


class _Spans:
    """Holds who makes spans; None while nobody does."""

    tracer: Tracer | None = None


@contextmanager
def request(kind: str) -> Generator[None]:
    """Begin a trace for one request of Slack's."""
    if _Spans.tracer is None:
        with _from(f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"):
            yield
    else:
        with _span(_Spans.tracer, kind, {}, is_root=True):
            yield


@contextmanager
def step(name: str, **attributes: Attribute) -> Generator[None]:
    """Add a step to the trace that the running task belongs to; what nobody asked for has none."""
    if _Spans.tracer is None or ORIGIN.get() is None:
        yield
    else:
        with _span(_Spans.tracer, name, attributes):
            yield


@contextmanager
def resumed(origin: str | None, name: str, **attributes: Attribute) -> Generator[None]:
    """Go on with the trace that an errand was enqueued in, perhaps by another process."""
    with _from(origin), step(name, **attributes):
        yield


def current() -> str:
    """Return the id of the trace that the running task belongs to; empty for what nobody asked for."""
    origin = ORIGIN.get()
    return origin.split("-")[1] if origin else ""


@contextmanager
def _from(origin: str | None) -> Iterator[None]:
    token: Token[str | None] = ORIGIN.set(origin)
    try:
        yield
    finally:
        ORIGIN.reset(token)


@contextmanager
def _span(tracer: Tracer, name: str, attributes: dict[str, Attribute], *, is_root: bool = False) -> Generator[None]:
    from opentelemetry.context import Context  # noqa: PLC0415  only with the extra
    from opentelemetry.trace import StatusCode, format_span_id, format_trace_id  # noqa: PLC0415  the same
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415  the same

    parent = Context()
    if not is_root:
        parent = TraceContextTextMapPropagator().extract({"traceparent": ORIGIN.get() or ""}, parent)
    with tracer.start_as_current_span(
        name, context=parent, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        here = span.get_span_context()
        with _from(f"00-{format_trace_id(here.trace_id)}-{format_span_id(here.span_id)}-01"):
            try:
                yield
            except BaseException as error:
                # Its type alone: the text of an error can quote what was typed.
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


def send_to(address: str, *, version: str, proxy: str, ca_file: str) -> Callable[[], None]:
    """Send spans to an OTLP collector over HTTP from now on; what is returned sends the last ones and ends that.

    Raises ImportError without the extra.
    """
    import requests  # noqa: PLC0415  only with the extra
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  the same
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  the same
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  the same
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  the same

    session = requests.Session()
    # Only OUTBOUND_PROXY says how calls leave.
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy} if proxy else {}
    session.verify = ca_file or True
    exporter = OTLPSpanExporter(f"{address.rstrip('/')}/v1/traces", timeout=SECONDS, session=session)
    provider = TracerProvider(resource=Resource.create({"service.name": NAME, "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=DELAY_MILLISECONDS))
    _Spans.tracer = provider.get_tracer(NAME)

    def end() -> None:
        _Spans.tracer = None
        provider.shutdown()
        session.close()

    return end
