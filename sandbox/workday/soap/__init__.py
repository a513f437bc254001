"""Workday Web Services: envelopes, schema, operations, faults, WSDL."""
