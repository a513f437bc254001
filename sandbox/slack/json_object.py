"""Owns the type of one JSON object as it travels between Slack and the app; it holds no shape."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
