"""People in front of Slack, and the messages and modals they hold."""
