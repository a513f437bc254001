"""Who may press, send and say what, when: the table, and the one place that reads it."""
