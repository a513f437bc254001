"""What people see, before any Slack block."""
