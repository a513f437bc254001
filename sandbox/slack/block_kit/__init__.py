"""Block Kit as Slack checks it: blocks, elements, limits, and the state of inputs."""

from sandbox.slack.block_kit.state_values import STATE_KEY, entry, fresh_values, with_ids
from sandbox.slack.block_kit.validation import (
    are_too_long,
    elements_of,
    faults_in_blocks,
    faults_in_view,
    is_too_large,
    metadata_fault,
    unreachable_images,
)

__all__ = [
    "STATE_KEY",
    "are_too_long",
    "elements_of",
    "entry",
    "faults_in_blocks",
    "faults_in_view",
    "fresh_values",
    "is_too_large",
    "metadata_fault",
    "unreachable_images",
    "with_ids",
]
