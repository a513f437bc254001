"""The `workday-link` command."""
