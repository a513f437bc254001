"""What is read of many rows at once for numbers; writes nothing."""
