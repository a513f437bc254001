"""One tenant: the tasks an admin runs in it, its workers, and its decisions on access."""
