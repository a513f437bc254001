"""What is not loaded before the app listens: each takes megabytes or a tenth of a second that no press needs."""

from __future__ import annotations

import subprocess
import sys

LEFT_OUT = frozenset(
    {
        *("PIL", "alembic", "fontTools", "fpdf", "lxml.etree", "sqlalchemy.dialects.postgresql"),
        "flows.link.secrets.words",
    }
)


def test_a_start_loads_no_drawing_no_migrations_and_no_other_database() -> None:
    asked = "import sys; import bot.ops.cli; print(*sys.modules)"
    loaded = subprocess.run((sys.executable, "-c", asked), check=True, capture_output=True, text=True).stdout.split()  # noqa: S603  our own words
    assert "bot.app" in loaded
    assert LEFT_OUT.isdisjoint(loaded)
