"""What must not be in a release: packages with known holes, and secrets in the repository. 1 when something is found.

Not being able to ask is no finding, but it is said loudly: a check that saw nothing must not look like a good one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
LOCK = "requirements.lock"

MADE_UP = (
    r"revision: str|migrate\.downgrade|alembic_version",  # names of migrations
    r"//(user|jane|ISU):",  # addresses of examples
    r"4w7rl6v2h3x9k1m5q8t0b2n4c6z8p1",  # the client secret of the tests
    r"0123456789abcdef",
    r"ZjQ0YjQzY2UtMDQ2Yy00ZTQ5|9mu2r4bd7xk1ptn0c3vq8zlw",  # a client ID and its secret, as they are read
    r"xoxb-1-2-abc",
    r"0e44c92412d34b01ace61e80a47aaf6d",  # Workday's id in a specimen
    r"BEGIN[ ]PRIVATE KEY-----.nMIIE\"",  # the first four letters of any private key
    r"^INSERT INTO \W?\w+row\W? VALUES",  # what an older release stored of made-up people, under a key of zeros
    r"eyJzdWIiOiIxMjM0NTY3ODkwIn0",  # the token of every tutorial
)
"""Lines that look like secrets and are none; what does not fit in here has to leave the repository."""

CORPUS = "tests/corpus/"
"""Made of what such a search looks for; all of it is made up."""

NOISY = "KeywordDetector"
"""Takes every sentence with the word password for one; Ruff's S105 does that job with more sense."""


def known_holes() -> int:
    """Ask pip-audit about everything the lock names."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        asking = (BIN / "pip-audit", "-r", LOCK, "--require-hashes", "--disable-pip", "--timeout", "15")
        ran = subprocess.run(  # noqa: S603  our own tool
            [*asking, "--progress-spinner", "off", "-f", "json", "-o", report],
            capture_output=True,
            text=True,
            check=False,
        )
        packages = json.loads(report.read_text())["dependencies"] if report.exists() else []
    if not packages and "onnection" not in ran.stderr and "imeout" not in ran.stderr:
        print(ran.stderr[-2000:])
        return 1
    asked = [one for one in packages if "vulns" in one]
    found = [(one, hole) for one in asked for hole in one["vulns"]]
    for one, hole in found:
        mended = ", ".join(hole["fix_versions"]) or "nothing yet"
        print(f"{one['name']} {one['version']}: {hole['id']}, mended in {mended}")
    unasked = len(packages) - len(asked)
    if unasked or not packages:
        print(f"NOT CHECKED for known holes: {unasked or 'all'} packages, nobody who knows about them can be reached.")
    if asked:
        print(f"{len(asked)} packages asked about, {len(found)} known holes.")
    return 1 if found else 0


def stray_secrets() -> int:
    """Look through every file that git tracks, or is about to."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  a fixed command
    files = [name for name in files if name != LOCK and not name.startswith(CORPUS) and Path(name).is_file()]
    rules = [part for pattern in MADE_UP for part in ("--exclude-lines", pattern)]
    command: list[str | Path] = [BIN / "detect-secrets-hook", "--disable-plugin", NOISY, *rules, *files]
    ran = subprocess.run(command, check=False)  # noqa: S603  our own tool
    if ran.returncode:
        print("Take the secret out and replace it where it is used; if it is made up, say so in .ci/audit.py.")
        return 1
    print(f"{len(files)} files without a secret.")
    return 0


if __name__ == "__main__":
    sys.exit(max(known_holes(), stray_secrets()))
