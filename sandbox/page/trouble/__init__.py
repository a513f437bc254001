"""What can go wrong, one switch each: the admin's pitfalls in Workday, and troubles of the network."""
