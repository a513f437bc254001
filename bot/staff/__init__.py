"""What only our own people use: their command and their board."""
