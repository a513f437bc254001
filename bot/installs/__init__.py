"""The installs of the app: each one a world of its own, the page to install from, and what looks after several."""
