"""Carries out saved effects."""
