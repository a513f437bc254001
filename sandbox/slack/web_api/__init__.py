"""What the app asks of Slack: Web API methods, response_url, faults on demand."""

from sandbox.slack.web_api import auth, chat, conversations, files, oauth, users, views
from sandbox.slack.web_api.faults import Faults
from sandbox.slack.web_api.methods import Args, call
from sandbox.slack.web_api.server import Call, Server
from sandbox.slack.web_api.views import checked

METHOD_MODULES = (auth, chat, conversations, files, oauth, users, views)
"""Importing them registers their methods with `call`."""

__all__ = ["METHOD_MODULES", "Args", "Call", "Faults", "Server", "call", "checked"]
