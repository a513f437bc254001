"""A page in a browser on which one can click through a link as both people, with Workday, clock and network at hand."""
