"""What an answer of Workday means."""
