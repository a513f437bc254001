"""Owns the type of one JSON object as it travels between Slack and the app, and copying it; it holds no shape."""

from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Json: TypeAlias = dict[str, Any]


def copied(value: T) -> T:
    """Copy what came as JSON, which needs none of what makes `copy.deepcopy` slow."""
    if isinstance(value, dict):
        return {name: copied(one) for name, one in value.items()}  # type: ignore[return-value]
    return [copied(one) for one in value] if isinstance(value, list) else value  # type: ignore[return-value]
