"""Whether a message of the thread gives a secret away, and what in it may be the secret."""
