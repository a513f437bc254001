"""The command of our own people: its words as a table, and how a line of it is read."""
