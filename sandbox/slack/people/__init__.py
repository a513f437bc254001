"""People in front of Slack, and the messages and modals they hold."""

from sandbox.slack.people.message import Message
from sandbox.slack.people.message_shapes import Shape
from sandbox.slack.people.modal import Modal, Outcome
from sandbox.slack.people.person import Person
from sandbox.slack.people.session import contains

__all__ = ["Message", "Modal", "Outcome", "Person", "Shape", "contains"]
