"""Settings, logs, preflight."""
