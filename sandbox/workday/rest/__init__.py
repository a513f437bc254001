"""Workday's REST API, WQL and the token endpoint."""
