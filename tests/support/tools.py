"""Programs that tests ask and Python does not bring: without one a test is skipped, or fails where all must run."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """Return where a program is; `package` is Debian's that has it. Where CI is set, its absence is a failure."""
    found = shutil.which(name)
    if found:
        return found
    missing = f"{name} is not here; Debian's package {package} has it"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
