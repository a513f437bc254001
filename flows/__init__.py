"""The deciding half of Link Workday: links, their transitions and what is drawn of them; does no I/O but to Workday."""
