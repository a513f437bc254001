"""The admin's Workday: its tasks as rows, the open page, and how it is written as HTML."""
