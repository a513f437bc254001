"""A Slack and a Workday on this machine, for the demo and the tests; imports none of the app."""
