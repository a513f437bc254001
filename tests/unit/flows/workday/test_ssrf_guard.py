"""However an address inside is written, nothing is called there, and no name is looked up that is not Workday's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.diagnosis.observations import Transport
from flows.tenant.service_url import read_endpoint
from flows.workday.network import Call, Network
from flows.workday.origins import Origins
from flows.workday.ssrf_guard import is_public

HONEST = "services1.myworkday.com"
INSIDE = (
    *("127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.0.0.1"),
    *("0177.0.0.1", "017700000001", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"),
    *("[fe80::1%25eth0]", "169.254.169.254", "169.254.169.254.", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376"),
    *("[fd00:ec2::254]", "metadata", "metadata.google.internal", "localhost", "LOCALHOST.", "10.0.0.1.nip.io"),
    *("１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1\u202e"),  # noqa: RUF001  the digits are the trick
)
DRESSED = (
    *(f"{HONEST}.evil.io", f"evil-{HONEST}@127.0.0.1", f"{HONEST}@127.0.0.1", f"127.0.0.1@{HONEST}", f"{HONEST}:8443"),
    *(f"{HONEST}:80", f"{HONEST}:0", f"{HONEST}#@127.0.0.1", f"{HONEST}?@127.0.0.1", "127.0.0.1#.myworkday.com"),
    *(
        "127.0.0.1\\.myworkday.com",
        "127.0.0.1%2f.myworkday.com",
        "127.0.0.1%00.myworkday.com",
        f"{HONEST}:443@127.0.0.1",
    ),
    *(
        f"{HONEST}\\@127.0.0.1",
        f"{HONEST}%40127.0.0.1",
        f"{HONEST}%2eevil.io",
        f"{HONEST}&127.0.0.1",
        f"{HONEST};127.0.0.1",
    ),
    *(
        "myworkday.com",
        ".myworkday.com",
        "a..myworkday.com",
        "-a.myworkday.com",
        "evilmyworkday.com",
        "evil-myworkday.com",
    ),
    *("sеrvices1.myworkday.com", "services1.myworkdаy.com", "services1.mywοrkday.com"),  # noqa: RUF001  foreign letters
    *(
        "services1.xn--myworkdy-z8g.com",
        "\u017fervices1.myworkday.com",
        "services1。myworkday。com",
        "\uff53ervices1.myworkday.com",
    ),
)
FORMS = (
    *("https://{}/ccx/api/v1/acme", "http://{}/ccx/service/acme", "{}/ccx/api/v1/acme", "//{}/ccx/api/v1/acme"),
    *("https:\\\\{}\\ccx\\api\\v1\\acme", "https://urldefense.com/v3/__https://{}/ccx/api/v1/acme__;!!a"),
)


async def nobody(host: str, _port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize("host", [*INSIDE, *DRESSED])
async def test_what_is_not_workdays_is_neither_read_nor_called(host: str) -> None:
    read = [read_endpoint(form.format(host)) for form in FORMS]
    assert {one.host for found in read for one in found.candidates} <= {HONEST} - {host}
    if host in INSIDE:
        assert not any(found.candidates for found in read)
    network = Network(Origins(), resolve=nobody)
    answer = await network.send(Call(method="GET", host=host, path="/"))
    await network.aclose()
    assert answer.transport is Transport.ADDRESS_REFUSED


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"),
        *("::ffff:168.63.129.16", "198.18.0.1", "203.0.113.1", "240.0.0.1", "2002:a9fe:a9fe::", "64:ff9b::a9fe:a9fe"),
        *("127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.000.000.001", " 127.0.0.1", "１２７.0.0.1"),  # noqa: RUF001
    ],
)
def test_where_clouds_keep_their_secrets_is_not_public(address: str) -> None:
    assert not is_public(address)
