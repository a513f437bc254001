"""Which way a host is called, and that a bad setting names its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.workday.outbound import DIRECT, USUAL, Outbound, read_ca_file, read_direct, read_proxy

PROXY = "http://user:word@proxy.example:3128"


@pytest.mark.parametrize(
    ("entries", "host", "is_direct"),
    [
        ("", "slack.com", False),
        ("slack.com", "slack.com", True),
        ("slack.com", "hooks.slack.com", True),
        (".slack.com", "hooks.slack.com", True),
        (".slack.com", "slack.com", True),
        ("*.slack.com", "hooks.slack.com", True),
        ("slack.com", "notslack.com", False),
        ("SLACK.com", "Slack.COM.", True),
        ("10.0.0.0/8 backend", "10.1.2.3", True),
        ("10.0.0.0/8,backend", "backend", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "ten.example", False),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("::1", "[::1]", True),
        (USUAL, "127.0.0.1", True),
        (USUAL, "localhost", True),
        (USUAL, "::1", True),
    ],
)
def test_a_host_is_called_directly_or_through_the_proxy(entries: str, host: str, *, is_direct: bool) -> None:
    outbound = Outbound(proxy=PROXY, direct=read_direct(entries))
    assert outbound.proxy_for(host) == ("" if is_direct else PROXY)
    assert DIRECT.proxy_for(host) == ""


def test_the_address_of_the_proxy_is_told_without_who_signs_in() -> None:
    assert Outbound(proxy=PROXY).proxy_address == "proxy.example:3128"
    assert Outbound(proxy="http://10.0.0.1:3128/").proxy_address == "10.0.0.1:3128"
    assert DIRECT.proxy_address == ""
    assert "word" not in repr(Outbound(proxy=PROXY))


@pytest.mark.parametrize("value", ["", "http://proxy.example:3128", PROXY, "http://[::1]:8080/", "http://10.0.0.1:1"])
def test_good_proxies(value: str) -> None:
    read_proxy(value)


@pytest.mark.parametrize(
    "value", ["proxy.example:3128", "https://proxy.example:1", "http://proxy.example", "http://a b:1", "socks5://a:1"]
)
def test_bad_proxies_name_the_mend(value: str) -> None:
    with pytest.raises(ValueError, match=r"http://proxy\.example\.com:3128"):
        read_proxy(value)


@pytest.mark.parametrize("value", ["https://slack.com", "a/b", "slack..com", "10.0.0.0/99"])
def test_bad_exceptions_name_the_entry(value: str) -> None:
    with pytest.raises(ValueError, match="is none"):
        read_direct(value)


def test_a_file_of_authorities_holds_certificates(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(ValueError, match="PEM"):
        read_ca_file(file)
    file.write_text("nothing of the kind")
    with pytest.raises(ValueError, match="PEM"):
        read_ca_file(file)
