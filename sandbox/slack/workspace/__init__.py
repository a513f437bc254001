"""What this Slack remembers: workspaces, people, channels, messages, open views, the app's tokens and scopes."""
