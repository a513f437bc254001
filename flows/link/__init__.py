"""A link: state, events, steps, forms, and who may do what."""
