"""What the app asks of Slack: Web API methods, response_url, faults on demand."""
