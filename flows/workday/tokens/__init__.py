"""What signs on in place of a password: assertions, and access tokens for as long as they last."""
