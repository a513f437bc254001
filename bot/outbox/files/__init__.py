"""What is brought as a file: the permission sheet, a certificate, the numbers, the table of all links."""
