"""The database: its address, its connections, its transactions and the threads that they run in."""
