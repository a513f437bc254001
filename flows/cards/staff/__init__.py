"""What our own people look at: many links, one link with everything known of it."""
