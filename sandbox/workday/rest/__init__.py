"""Workday's REST API, WQL and the token endpoint."""

from sandbox.workday.rest.resources import DATA_SOURCES, RESOURCES

__all__ = ["DATA_SOURCES", "RESOURCES"]
