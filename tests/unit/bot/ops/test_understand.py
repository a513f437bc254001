"""`workday-link understand`: its fixed contract, on every text of the corpus, and what it prints for people."""

from __future__ import annotations

import io
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.ops.cli import main
from bot.ops.understanding import Asked, Reader, Understood
from flows.link.events import Intent
from flows.link.rulebook import Rulebook
from flows.link.state import Step
from flows.permissions import BUILT_IN, load_permissions
from flows.tenant.url_path import PasteKind
from flows.words import load_words

CORPUS = Path(__file__).parents[3] / "corpus"
KINDS = sorted({path.stem for path in CORPUS.rglob("*.toml")})
FIELDS = {"addresses": "service_url", "users": "user"}
MOST_TEXTS = 300
READER = Reader(rules=Rulebook(vendor="Wintro", permissions=load_permissions()), words=load_words())


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "DATABASE_URL", "CREDENTIAL_KEYS"):
        monkeypatch.delenv(name, raising=False)


def texts(kind: str) -> list[str]:
    """Give texts of a kind, from the whole corpus; what each comes to is held where the corpus is."""
    files = sorted(CORPUS.rglob(f"{kind}.toml"))
    found = [case["text"] for path in files for case in tomllib.loads(path.read_text("utf-8"))["case"]]
    return found[:: len(found) // MOST_TEXTS + 1]


def keeps_the_contract(answer: dict[str, Any]) -> bool:
    url, user = answer["url"], answer["user"]
    return (
        set(answer) == set(Understood.__annotations__)
        and answer["intent"] in {*Intent, "nothing"}
        and (answer["reason"] is not None) == (answer["intent"] == Intent.FAULT)
        and (answer["sign_on"] is not None) == (answer["intent"] == Intent.SIGN_ON)
        and (url is None or (set(url) == {"kind", "host", "tenant", "hosts"}))
        and (url is None or url["kind"] in {*PasteKind, "endpoint", "candidates"})
        and (user is None or set(user) == {"value", "problem"})
        and all(isinstance(line, str) and line for line in answer["say"])
        and "{" not in "".join(answer["say"]).replace("{date_short_pretty}", "").replace("{time}", "")
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", KINDS)
def test_the_contract_holds_on_the_corpus(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [{"text": text, "field": FIELDS.get(kind, "thread"), "tenant": "acme_dpt1"} for text in texts(kind)]
    assert main(["understand", "--jsonl", "\n".join(json.dumps(one) for one in asked)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(answers) == len(asked)
    counts = Counter(answer["intent"] for answer in answers)
    with capsys.disabled():
        print(f"\n{kind}: " + ", ".join(f"{count} {intent}" for intent, count in counts.most_common()), end="")  # noqa: T201
    assert [one for one, answer in zip(asked, answers, strict=True) if not keeps_the_contract(answer)] == []


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(
    "text", ["I am stuck", "invalid_grant", "Password: Harbor_fog!123", "Invalid Credentials: Yes", "is it safe?", "hi"]
)
def test_the_contract_holds_at_every_moment(text: str, step: Step, *, refused: bool, linked: bool) -> None:
    answer = READER.understand(Asked(text=text, step=step, refused=refused, linked=linked))
    assert keeps_the_contract(dict(answer)), answer
    if text.startswith("Password"):
        assert answer["intent"] == Intent.SECRET
        assert "Harbor" not in str(answer)


def test_what_was_refused_before_changes_what_is_understood() -> None:
    report = "Authentication Failure Message: Invalid Password"
    assert READER.understand(Asked(text=report, refused=True))["sign_on"] == "wrong_password"
    assert READER.understand(Asked(text=report))["sign_on"] is None


def test_an_address_and_a_name_are_read_as_at_their_fields() -> None:
    url = READER.understand(Asked(text="https://impl.workday.com/acme/d/home.htmld", field="service_url"))["url"]
    assert url == {
        "kind": "candidates",
        "host": "impl.workday.com",
        "tenant": "acme",
        "hosts": ["wd2-impl-services1.workday.com"],
    }
    refused = READER.understand(Asked(text="https://community.workday.com/x", field="service_url"))
    assert refused["url"]
    assert refused["url"]["kind"] == "community"
    assert "for everybody" in refused["say"][0]
    name = READER.understand(Asked(text="User Name: ISU_Wintro", field="user"))
    assert name["user"] == {"value": "ISU_Wintro", "problem": "pasted_label"}
    assert name["say"] == ["The label was copied along. Enter the name alone."]
    heard = READER.understand(Asked(text="<https://impl.workday.com/acme/d/home.htmld>", step=Step.SERVICE_URL))
    assert heard["url"] == url
    assert heard["say"]


def test_a_secret_in_the_wrong_field_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "--field", "user", "Harbor_fog!123"]) == 0
    said = capsys.readouterr().out
    assert "secret" in said
    assert "Harbor" not in said
    both = READER.understand(Asked(text="Username: ISU_Wintro Password: Harbor_fog!123", field="user"))
    assert both["user"] == {"value": "ISU_Wintro", "problem": "pasted_label"}
    assert both["intent"] == Intent.SECRET
    beside = READER.understand(Asked(text="ISU_Wintro : Kestrel_47", field="user"))
    assert "Kestrel" not in str(beside)
    labelled = READER.understand(Asked(text="User name: Harbor_fog!123", field="user"))
    assert labelled["user"] == {"value": "", "problem": "pasted_label"}


def test_people_read_what_is_understood(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["understand", "good morning"]) == 0
    assert capsys.readouterr().out == "Understood: nothing\nSaid: nothing\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("https://wd5.myworkday.com/acme/d/home.htmld"))
    assert main(["understand", "--field", "service_url"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "Understood: url",
        "Address: candidates, wd5.myworkday.com, acme",
        "  to ask: wd5-services1.myworkday.com",
        "  to ask: services1.wd5.myworkday.com",
    ]
    assert main(["understand", "--field", "user", "ISU@other"]) == 0
    assert "User name: ISU@other (mismatched_tenant)" in capsys.readouterr().out
    assert main(["understand", "SOAP fault: invalid username or password"]) == 0
    assert "Reason: invalid_credentials" in capsys.readouterr().out


def test_a_terminal_that_lacks_our_signs_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "latin-1"))
    assert main(["understand", "help"]) == 0
    assert b"\\u2022" in written.getvalue()


HOSTILE = (
    *("", "  ", "{", "[]", "null", "NaN", "\x00", '{"text": "a"} {"text": "b"}', "[" * 100_000, '{"text": "\\ud800"}'),
    *(
        '{"step": "nowhere"}',
        '{"text": 5}',
        '{"text": ["a"]}',
        '{"field": "password"}',
        '{"refused": "yes"}',
        '{"linked": 1}',
    ),
)


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: repr(line[:24]))
def test_a_line_that_cannot_be_read_is_named_in_its_place(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    good = '{"text": null, "tenant": "a b", "user": "", "more": 1}'
    assert main(["understand", "--jsonl", f"{good}\n{line}\n{good}\n\n"]) == 2
    first, wrong, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == last
    assert keeps_the_contract(first)
    assert list(wrong) == ["error"]
    assert wrong["error"].startswith("line 2: ")


def test_lines_are_read_in_whatever_bytes_they_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = b'\xef\xbb\xbf{"text": "caf\xc3\xa9"}\r\n{"text": "caf\xe9 \xe2\x80\xa8 password: Harbor_fog!123"}'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sent), encoding="ascii"))
    assert main(["understand", "--jsonl"]) == 0
    assert [json.loads(line)["intent"] for line in capsys.readouterr().out.splitlines()] == ["nothing", "secret"]


@pytest.mark.parametrize("verb", [[], ["--jsonl"]])
def test_a_text_without_an_end_is_not_read_for_ever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    with Path("/dev/zero").open(encoding="utf-8") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        assert main(["understand", *verb]) == 2
    assert "too long" in capsys.readouterr().out


def test_the_vendors_own_policies_are_what_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text(BUILT_IN.read_text("utf-8").replace('"Job Information"', '"Benefits: Dental Plans"'), "utf-8")
    rules = Rulebook(vendor="Wintro", permissions=load_permissions(path))
    asked = Asked(text="what are dental plans for")
    assert Reader(rules=rules, words=load_words()).understand(asked)["intent"] == Intent.QUESTION
    assert READER.understand(asked)["intent"] == "nothing"
