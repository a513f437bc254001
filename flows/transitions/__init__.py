"""What each event does to a link; `decide` is the way in."""
