"""The two screens of Slack: how they are written as HTML, and what a click on them does."""
