"""What a person can read and touch in blocks."""
