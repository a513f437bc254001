"""A report on a live tenant becomes golden cases that mean the same to the rules."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ops.cli import main
from bot.ops.doctor import Patient, report
from bot.ops.golden_cases import as_cases
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Content, Layer, Observation
from flows.diagnosis.reasons import Reason
from flows.workday.survey import Survey
from tests.support.golden import CASES, golden
from tests.support.links import ENDPOINT, seen

WORTH = [one for one in map(golden, CASES) if one.fault_code or one.fault_text or one.error_code]
NEW = seen(Layer.LOGIN, http_status=418, content=Content.XML, fault_code="x.new", fault_text='Wörter "&" 🙂\\n')


def cases(*seen: Observation) -> list[dict[str, object]]:
    text = as_cases(report(Survey(seen=list(seen)), Patient(endpoint=ENDPOINT)))
    found: list[dict[str, object]] = tomllib.loads(text).get("case", [])
    return found


@pytest.mark.parametrize("one", [one for one in WORTH if not one.write and not one.address_proved], ids=repr)
def test_what_the_rules_said_of_an_answer_they_say_of_its_case(one: Observation) -> None:
    if diagnose(one).reason is Reason.OK:
        assert cases(one) == []
        return
    (case,) = cases(one)
    again = diagnose(golden(case))
    assert (again.rule_id, again.reason) == (case["rule"], case["reason"]) == (diagnose(one).rule_id, again.reason)


def test_what_no_rule_knows_comes_as_it_is() -> None:
    (case,) = cases(NEW, replace(NEW, elapsed_ms=7))
    assert (case["rule"], case["reason"]) == ("unmatched", "unknown")
    assert golden(case).fault_text == NEW.fault_text


def test_the_command_prints_the_rows_without_any_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report(Survey(seen=[NEW]), Patient(endpoint=ENDPOINT))))
    assert main(["doctor", "--cases", str(path)]) == 0
    assert "[[case]]" in capsys.readouterr().out
    for text, words in (("[]", "no report"), ('{"answers": [{}]}', "no report"), ('{"answers": []}', "# Nothing")):
        path.write_text(text)
        main(["doctor", "--cases", str(path)])
        assert words in capsys.readouterr().out
    assert main(["doctor", "--cases", str(tmp_path / "none")]) == 1
    assert "cannot be read" in capsys.readouterr().out
