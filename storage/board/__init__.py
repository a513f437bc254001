"""What our own people look at: many links, found by their columns."""
