"""Own a Slack on this machine: a strict server for the app, and people who use it from Python."""

from sandbox.slack.faults import Faults
from sandbox.slack.messages import Message
from sandbox.slack.modals import Modal, Outcome
from sandbox.slack.people import Person
from sandbox.slack.sandbox import SlackSandbox
from sandbox.slack.waiting import AppSilent, NotAllowed
from sandbox.slack.world import Channel, Team, User, World, default_world

__all__ = [
    "AppSilent",
    "Channel",
    "Faults",
    "Message",
    "Modal",
    "NotAllowed",
    "Outcome",
    "Person",
    "SlackSandbox",
    "Team",
    "User",
    "World",
    "default_world",
]
