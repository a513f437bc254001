"""What people really enter as the integration user's name is understood; `-s` shows the counts of each kind."""

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from flows.link.events import Form
from flows.link.forms import fill
from flows.link.state import Step
from flows.tenant.account_names import check_user_name
from flows.tenant.misplaced import MISPLACED
from flows.tenant.service_url import Endpoint
from tests.support.links import a_link

CORPUS = Path(__file__).parents[2] / "corpus"
CASES: list[dict[str, Any]] = [
    case for path in CORPUS.rglob("users.toml") for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
TENANT = "acme_dpt1"
LINK = a_link(step=Step.ISU, endpoint=Endpoint(host="wd2-impl-services1.workday.com", tenant=TENANT))


def test_user_names_are_understood() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for case in CASES:
        filled = fill(
            Form.ISU, {"user": case["text"], "password": "correct horse"}, today=date(2026, 11, 28), link=LINK
        )
        name, error = check_user_name(case["text"], TENANT), filled.errors.get("user", "")
        if case.get("secret"):
            kind, right = "secret", error.startswith(MISPLACED) and filled.values["user"] == ""
        else:
            kind = case.get("problem") or "taken"
            right = (name.value, name.problem) == (case["user"], case.get("problem"))
            right &= bool(error) == bool(case.get("problem"))
        counts[kind, right] += 1
        if not right:
            wrong.append((case["text"], name, error))
    for kind in sorted({kind for kind, _ in counts}):
        print(f"{kind:<18} {counts[kind, True]:>4} right {counts[kind, False]:>4} wrong")  # noqa: T201  the counts are the point
    assert wrong == []
