"""What is handed out as a file: its rows and texts; draws no page and sends nothing."""
