"""When a link wants attention."""
