"""Reads how people write: whether they ask, whether they mean now and here, and Workday's sentences in any language."""
