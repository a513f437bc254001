"""The built-in profiles hold together, and a bad file says which row and how to mend it."""

from pathlib import Path

import pytest

from flows.permissions import BUILT_IN, Access, Permissions, PermissionsError, Probe, load_permissions
from flows.workday.probes import REST_PROBES, SOAP_PROBES
from sandbox.workday import POLICIES

GOOD = """
[profiles.one]
title = "One"
description = "The only one"
permissions = ["a"]

[permissions.a]
policy = "Policy A"
access = "Get Only"
why = "Because."
data = "Things"
probe = "workers"
"""


@pytest.fixture(scope="module")
def permissions() -> Permissions:
    return load_permissions()


def test_the_built_in_profiles_are_there(permissions: Permissions) -> None:
    assert list(permissions.profiles) == ["recruiting", "hris", "absence"]
    assert permissions.profile("absence").needs_api_client
    assert permissions.profile("absence").scopes == (
        "Tenant Non-Configurable",
        "Staffing",
        "Time Off and Leave",
        "System",
    )
    assert not permissions.profile("hris").needs_api_client


def test_every_probe_has_a_request_and_every_policy_exists(permissions: Permissions) -> None:
    assert {*SOAP_PROBES, *REST_PROBES, Probe.NONE} == set(Probe)
    assert all(probe.is_rest for probe in REST_PROBES)
    assert not any(probe.is_rest for probe in SOAP_PROBES)
    rows = [row for profile in permissions.profiles.values() for row in profile.permissions]
    assert {row.policy for row in rows} <= POLICIES
    for row in rows:
        assert row.probe.is_rest == (row.access is Access.VIEW_ONLY)
        assert row.evidence in {"W", "O", "V", "~"}


def test_absence_rows_are_added_once(permissions: Permissions) -> None:
    plain = permissions.rows("hris")
    both = permissions.rows("hris", absence=True)
    assert both[: len(plain)] == plain
    assert len({row.id for row in both}) == len(both)
    assert {row.id for row in permissions.profile("absence").permissions} <= {row.id for row in both}


def test_a_file_without_the_absence_profile_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text(GOOD, "utf-8")
    loaded = load_permissions(path)
    assert loaded.rows("one", absence=True) == loaded.rows("one")
    assert loaded.rows("one")[0].evidence == "~"


def test_an_unknown_profile_is_named(permissions: Permissions) -> None:
    with pytest.raises(PermissionsError, match=r"no profile 'payroll'.*recruiting"):
        permissions.profile("payroll")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[profiles.one]", "[profiles.one", "is not TOML"),
        ("[profiles.one]", "[other.one]", "The file has no profiles"),
        ("[profiles.one]", "[profiles.'One Two']", r"profiles.One Two must be a table"),
        ("[profiles.one]", "[profiles]\none = 1\n[spare]", "profiles.one must be a table"),
        ('title = "One"', "", "profiles.one: title must be a text"),
        ('title = "One"', 'title = " One"', "profiles.one: title must be a text"),
        ('title = "One"', 'title = "One"\ncolour = 1', "profiles.one: colour is not known; use"),
        ('title = "One"', 'title = "One"\nneeds_api_client = 1', "needs_api_client must be true or false"),
        ('title = "One"', 'title = "One"\nneeds_api_client = true', "an API client needs scopes"),
        ('title = "One"', 'title = "One"\nsign_in = ["smoke"]', 'sign_in must list some of "password"'),
        ('title = "One"', 'title = "One"\nsign_in = ["key", "key"]', "each one once"),
        ('permissions = ["a"]', "permissions = []", "at least one id"),
        ('permissions = ["a"]', 'permissions = ["a", "a"]', "each one once"),
        ('permissions = ["a"]', "permissions = [1]", "must be a list of texts"),
        ('permissions = ["a"]', 'permissions = "a"', "must be a list of texts"),
        ('permissions = ["a"]', 'permissions = ["b"]', r"there is no \[permissions.b\]"),
        ('access = "Get Only"', 'access = "Get"', r'permissions.a: access must be one of "Get Only"'),
        ('access = "Get Only"', "access = []", "permissions.a: access must be one of"),
        ('probe = "workers"', 'probe = "guess"', "permissions.a: probe must be one of"),
        ('probe = "workers"', 'probe = "none"', "permissions.a: give unprobed_because"),
        ('probe = "workers"', 'probe = "workers"\nunprobed_because = "x"', "give unprobed_because"),
        ('probe = "workers"', 'probe = "rest_workers"', "a is probed over REST; set needs_api_client"),
        ('probe = "workers"', 'probe = "workers"\nwrite_probe = "guess"', "write_probe must be one of"),
        ('probe = "workers"', 'probe = "workers"\nwrite_probe = "put_candidate"', 'access = "Get and Put" only'),
        ('probe = "workers"', 'probe = "workers"\nwrite_unprobed_because = "x"', "only for a write without"),
        ('probe = "workers"', 'probe = "workers"\nwrite_probe = "rest_request_time_off"', '"View and Modify" only'),
        (
            'access = "Get Only"',
            'access = "View and Modify"\nwrite_probe = "rest_request_time_off"',
            "a write over REST needs a probe over REST",
        ),
        (
            'access = "Get Only"',
            'access = "Get and Put"\nwrite_probe = "put_candidate"\nwrite_unprobed_because = "x"',
            "give write_unprobed_because only",
        ),
        ('policy = "Policy A"', f'policy = "{"A" * 151}"', "policy is longer than 150"),
        (
            "[permissions.a]",
            "[permissions.b]\npolicy = 'x'\n[permissions.a]",
            "permissions.b: access must be",
        ),
    ],
)
def test_a_bad_file_names_the_row_and_the_mend(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(PermissionsError, match=message):
        load_permissions(path)


def test_a_row_in_no_profile_is_named(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text(GOOD + GOOD[GOOD.index("[permissions.a]") :].replace(".a]", ".b]"), "utf-8")
    with pytest.raises(PermissionsError, match=r"permissions.b is in no profile"):
        load_permissions(path)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermissionsError, match=r"nowhere.toml cannot be read"):
        load_permissions(tmp_path / "nowhere.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PermissionsError, match="is not TOML in UTF-8"):
        load_permissions(tmp_path / "binary.toml")
    assert BUILT_IN.is_file()
