"""What is remembered: links, errands, sealed secrets."""
