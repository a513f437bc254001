"""Holds the steps from each released schema to the next; run by `storage.migrate` only."""
