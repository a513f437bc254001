"""What is known of a Workday tenant without asking it."""
