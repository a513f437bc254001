"""How messages and modals look, in a terminal and as a web page."""
