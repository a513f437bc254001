"""Slack, both ways."""
