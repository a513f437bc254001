"""Effects that wait to be carried out: the errands, who claims them, and what is mended afterwards."""
