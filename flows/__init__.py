"""What should happen, without the world: pure decisions, words and cards; only `flows.workday` does I/O."""
