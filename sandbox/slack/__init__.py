"""Owns a Slack on this machine: a strict server for the app, and people who use it from Python."""

from sandbox.slack.people import Message, Modal, Outcome, Person, Shape
from sandbox.slack.sandbox import SlackSandbox
from sandbox.slack.waiting import AppSilent, NotAllowed
from sandbox.slack.web_api import Faults
from sandbox.slack.workspace import Channel, Team, User, World, default_world

__all__ = [
    "AppSilent",
    "Channel",
    "Faults",
    "Message",
    "Modal",
    "NotAllowed",
    "Outcome",
    "Person",
    "Shape",
    "SlackSandbox",
    "Team",
    "User",
    "World",
    "default_world",
]
