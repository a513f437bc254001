"""The files in deploy/ hold what is asked of such files, fit their schemas, and agree with each other and the app."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.config.receiver import TOKENS_PATH
from bot.config.settings import SECRETS, Settings
from bot.installs.install_pages import INSTALL, REDIRECT
from tests.support.tools import program

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
SCHEMAS = ROOT / "tests" / "data" / "schemas"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OPEN = {"/slack/events", "/form/", "/pictures/", "/papers/", INSTALL, REDIRECT, TOKENS_PATH}
"""What has to be reached from outside, and nothing else."""

NO_SETTINGS = {"POSTGRES_PASSWORD", "SITE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PATH", "GLIBC_TUNABLES"}
MOST_EXPOSED = 2.0
"""What `systemd-analyze security` may come to at most; 0 is the best, and 9.6 a unit without any of it."""


@pytest.fixture(scope="module")
def schemas() -> ModuleType:
    """What checks a document against its schema."""
    import jsonschema  # noqa: PLC0415  two seconds, which every worker would wait for

    return jsonschema


def lines(text: str) -> list[tuple[str, str]]:
    """Read a Dockerfile into its instructions, with continued lines joined."""
    whole = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in whole.splitlines() if line]


DOCKERFILE = lines((DEPLOY / "Dockerfile").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
KUBERNETES: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


def all_of(word: str) -> list[str]:
    return [rest for one, rest in DOCKERFILE if one == word]


def test_the_image_stands_on_one_digest() -> None:
    bases = {rest.split(" AS ")[0] for rest in all_of("FROM")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.1[1-4]-slim-\w+@sha256:[0-9a-f]{64}", bases.pop())
    assert len(all_of("FROM")) == 2, "what builds it is not in it"


def test_the_image_runs_as_nobody_in_particular_and_says_whether_it_is_well() -> None:
    last = [word for word, _ in DOCKERFILE]
    assert all_of("USER") == ["10001:10001"]
    assert last.index("USER") > max(index for index, word in enumerate(last) if word == "RUN")
    for word in ("ENTRYPOINT", "CMD"):
        (rest,) = all_of(word)
        assert isinstance(json.loads(rest), list), "a shell between would keep SIGTERM to itself"
    (check,) = all_of("HEALTHCHECK")
    assert "/healthz" in json.loads(check.partition("CMD ")[2])[2]


def test_the_image_installs_only_what_a_lock_names() -> None:
    assert {word for word, _ in DOCKERFILE}.isdisjoint({"ADD", "MAINTAINER", "ONBUILD", "SHELL", "ARG"})
    for rest in all_of("RUN"):
        assert not re.search(r"curl|wget|apt-get|sudo|\|", rest)
        if "pip" in rest.split() and "install" in rest:
            assert "--require-hashes" in rest or "--no-index" in rest
    assert all(rest.startswith("/") for rest in all_of("WORKDIR"))
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for rest in all_of("COPY"):
        if not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in ignored


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text()
    assert "://" not in re.sub(r"^ *#.*$", "", text, flags=re.MULTILINE)
    return {
        canonicalize_name(one): version
        for one, version in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("name", ["deploy/requirements.lock", "deploy/build.lock"])
def test_the_locks_agree(name: str) -> None:
    ours, whole = locked(name), locked("requirements.lock")
    assert {one: version for one, version in ours.items() if whole.get(one) != version} == {}, "run `make lock`"


def test_the_image_has_all_that_the_app_needs_and_no_tool() -> None:
    ours = locked("deploy/requirements.lock")
    needs = [*PROJECT["dependencies"], *(need for extra in PROJECT["optional-dependencies"].values() for need in extra)]
    missing = {one for one in map(canonicalize_name, (Requirement(need).name for need in needs)) if one not in ours}
    assert missing == set(), "run `make lock`"
    assert set(ours).isdisjoint({"pytest", "mypy", "ruff", "hatchling", "pip", "setuptools"})


def test_compose_fits_its_schema(schemas: ModuleType) -> None:
    schemas.validate(COMPOSE, json.loads((SCHEMAS / "compose.json").read_text()))
    spoiled = json.loads(json.dumps(COMPOSE))
    spoiled["services"]["app"]["read_onyl"] = True
    with pytest.raises(schemas.ValidationError):
        schemas.validate(spoiled, json.loads((SCHEMAS / "compose.json").read_text()))


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_has_only_the_rights_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]
    assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", service["image"]), "a tag that says which one"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    if name != "caddy":
        assert "ports" not in service, "Caddy alone is reached from outside"


def test_the_replicas_write_nowhere_and_reach_the_database() -> None:
    app = COMPOSE["services"]["app"]
    assert app["read_only"] is True
    assert app["deploy"]["replicas"] == 2
    assert app["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert set(app["networks"]) & set(COMPOSE["services"]["postgres"]["networks"])
    assert "front" not in COMPOSE["services"]["postgres"]["networks"]
    assert int(app["stop_grace_period"].removesuffix("s")) > 10


@pytest.mark.parametrize("document", KUBERNETES, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_each_document_fits_the_schema_of_kubernetes(document: dict[str, Any], schemas: ModuleType) -> None:
    schema = json.loads((SCHEMAS / "kubernetes.json").read_text())
    root = schema["kinds"][f"{document['apiVersion']} {document['kind']}"]
    validator = schemas.Draft7Validator({**schema, "$ref": root})
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(document)] == []
    document = {**document, "spek": {}}
    assert list(validator.iter_errors(document)), "a wrong word is seen"


def test_the_pods_keep_the_restricted_standard() -> None:
    (deployment,) = (one for one in KUBERNETES if one["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    (policy,) = (one["spec"] for one in KUBERNETES if one["kind"] == "NetworkPolicy")
    selectors = {
        "deployment": deployment["spec"]["selector"]["matchLabels"],
        "pods": deployment["spec"]["template"]["metadata"]["labels"],
        "service": next(one["spec"]["selector"] for one in KUBERNETES if one["kind"] == "Service"),
        "policy": policy["podSelector"]["matchLabels"],
    }
    assert len({json.dumps(one) for one in selectors.values()}) == 1, selectors


def test_only_what_people_and_slack_have_to_reach_is_passed_on() -> None:
    caddy, nginx = (DEPLOY / "Caddyfile").read_text(), (DEPLOY / "nginx.conf").read_text()
    ingresses = [one for one in KUBERNETES if one["kind"] == "Ingress"]
    by_ingress = {
        path["path"]: one["metadata"]
        for one in ingresses
        for rule in one["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    (opened,) = re.findall(r"@open path (.*)", caddy)
    assert {path.removesuffix("*") for path in opened.split()} == OPEN
    located = re.findall(r"location (?:= |~ \^)?(/\S*) \{", nginx)
    expanded = {one for path in located for one in ([path] if "(" not in path else ["/pictures/", "/papers/"])}
    assert expanded - {"/"} == OPEN
    assert set(by_ingress) == OPEN
    # An address that is worth something by itself is in no log.
    assert f"@unlogged path /form/* {REDIRECT}\n\tlog_skip @unlogged" in caddy
    assert set(re.findall(r"^    ~?\^?(/\S+) +0;", nginx, re.MULTILINE)) == {"/form/", REDIRECT}
    assert "if=$is_logged" in nginx
    apart = by_ingress["/form/"]
    assert apart["annotations"]["nginx.ingress.kubernetes.io/enable-access-log"] == "false"
    assert {path for path, one in by_ingress.items() if one == apart} == {"/form/", REDIRECT}


def named() -> dict[str, set[str]]:
    """Every variable that a file sets for the app, by file."""
    unit = (DEPLOY / "link-workday.service").read_text()
    (deployment,) = (one for one in KUBERNETES if one["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    (config,) = (one for one in KUBERNETES if one["kind"] == "ConfigMap")
    return {
        ".env.example": set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE)),
        "compose.yaml": set(COMPOSE["services"]["app"]["environment"]),
        "link-workday.service": set(re.findall(r"^Environment=(\w+)=", unit, re.MULTILINE)),
        "kubernetes.yaml": {one["name"] for one in container["env"]} | set(config["data"]),
        "Dockerfile": {pair.split("=")[0] for pair in all_of("ENV")[-1].split()},
    }


@pytest.mark.parametrize("file", named())
def test_every_variable_is_a_setting(file: str) -> None:
    known = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
    assert named()[file] - known - NO_SETTINGS == set()
    assert named()[file]


def test_the_image_has_the_release_of_the_project() -> None:
    (deployment,) = (one for one in KUBERNETES if one["kind"] == "Deployment")
    images = {COMPOSE["services"]["app"]["image"], deployment["spec"]["template"]["spec"]["containers"][0]["image"]}
    assert {image.rpartition(":")[2] for image in images} == {PROJECT["version"]}


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Copy the unit, with a program that is there on this machine."""
    copy = tmp_path / "link-workday.service"
    text = (DEPLOY / "link-workday.service").read_text()
    copy.write_text(text.replace("/opt/link-workday/bin/workday-link serve", "/bin/true"))
    return copy


def analyzed(*command: str | Path) -> subprocess.CompletedProcess[str]:
    tool = program("systemd-analyze", "systemd")
    return subprocess.run([tool, *command], check=False, capture_output=True, text=True, timeout=30)  # noqa: S603


def test_systemd_takes_the_unit_and_finds_little_exposed(unit: Path) -> None:
    verified = analyzed("verify", unit)
    assert (verified.returncode, verified.stderr) == (0, "")
    exposed = analyzed("security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", unit)
    assert exposed.returncode == 0, exposed.stdout[-300:]
    unit.write_text(unit.read_text().replace("NoNewPrivileges", "NoNewPrivilege"))
    assert "Unknown key" in analyzed("verify", unit).stderr
