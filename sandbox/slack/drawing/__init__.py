"""How messages and modals look, in a terminal and as a web page."""

from sandbox.slack.drawing.terminal import draw
from sandbox.slack.drawing.web_page import page

__all__ = ["draw", "page"]
