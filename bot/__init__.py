"""The Slack surface and everything that touches the world."""
