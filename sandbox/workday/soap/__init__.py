"""Workday Web Services: envelopes, schema, operations, faults, WSDL."""

from sandbox.workday.soap.envelopes import TIMESTAMP, envelope, get, get_workers
from sandbox.workday.soap.operations import OPERATIONS
from sandbox.workday.soap.worker_sections import SECTIONS, Section
from sandbox.workday.soap.xml import NotXmlError, parse

__all__ = ["OPERATIONS", "SECTIONS", "TIMESTAMP", "NotXmlError", "Section", "envelope", "get", "get_workers", "parse"]
