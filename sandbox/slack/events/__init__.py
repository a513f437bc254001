"""What Slack sends to the app: payloads, signatures, Socket Mode, retries."""
