"""Checks: what their results do to a link, when it is asked again, and what may be behind a refusal."""
