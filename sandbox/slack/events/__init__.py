"""What Slack sends to the app: payloads, signatures, Socket Mode, retries."""

from sandbox.slack.events.delivery import Delivery, Reply
from sandbox.slack.events.event_queue import EventQueue

__all__ = ["Delivery", "EventQueue", "Reply"]
