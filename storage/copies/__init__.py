"""Whole copies of the database."""
