"""Answers as they travel: status, headers, paths, rate limits, odd ways to send them."""

from sandbox.workday.http.answer import HTML, JSON, XML, Answer, Outcome, fault_headers, json_answer, success_headers
from sandbox.workday.http.basic_auth import basic, is_basic
from sandbox.workday.http.oddities import AFTER_WORK, Oddity
from sandbox.workday.http.rate_limit import Bucket, Guardrail
from sandbox.workday.http.sending import send

__all__ = [
    "AFTER_WORK",
    "HTML",
    "JSON",
    "XML",
    "Answer",
    "Bucket",
    "Guardrail",
    "Oddity",
    "Outcome",
    "basic",
    "fault_headers",
    "is_basic",
    "json_answer",
    "send",
    "success_headers",
]
