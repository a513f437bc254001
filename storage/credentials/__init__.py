"""Sealed credentials."""
