"""How messages and modals look, in a terminal and as a web page."""

from sandbox.slack.drawing.block_html import BlockWriter
from sandbox.slack.drawing.html import Html, el, joined
from sandbox.slack.drawing.terminal import draw
from sandbox.slack.drawing.web_page import message, page

__all__ = ["BlockWriter", "Html", "draw", "el", "joined", "message", "page"]
