"""How addresses are found in any text, and that no text takes long."""

import time

import pytest

from flows.tenant.account_names import check_user_name
from flows.tenant.service_url import PasteKind, find_url, read_endpoint
from flows.tenant.url_text import addresses_in, as_typed, joined, words_of

LONG = 40_000
HOST = "wd5-services1.myworkday.com"
BRICKS = (
    *("a", "a.", "a/", "<", "<a|", "<a>", "https://", "https:", "h", "%", "%25", "https%3a%2f%2f", "=", "-\n", "a-\n"),
    *(
        "/\na",
        "{",
        "}",
        "}]",
        "[",
        "tenant ",
        "tenant: ",
        "tenant\n",
        f"{HOST} ",
        f"{HOST}\n",
        "a@",
        "a@b ",
        "…",
        "...",
    ),
    *("/v3/__", "__;", "/v2/url?u=", "&amp;", "&", "\\u002f", "https://x.com/?u=https%3A%2F%2F", "'", " ", "\n", "\t"),
    *("://a\n", "ttps", "https :/ ", "a.b=", "a.workday.com/", "user name ", "password: ", "é", "-", "_", "\\"),
)


@pytest.mark.parametrize("brick", BRICKS)
def test_long_texts_take_no_time(brick: str) -> None:
    wall = brick * (LONG // len(brick))
    for text in (wall, f"https://{wall}", f"{HOST}/ccx/{wall}", f"{wall}!", f"https://x.com/?u=https%3A{wall}"):
        for read in (read_endpoint, lambda typed: check_user_name(typed, "acme")):
            # Far above what it takes, and far below what a reader takes that goes back and forth.
            assert any(_seconds(read, text) < 0.5 for _ in range(3))


def _seconds(read: object, text: str) -> float:
    assert callable(read)
    begun = time.process_time()
    read(text)
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"{{url:https://{HOST}/ccx/api/v1/acme}}", "/ccx/api/v1/acme"),
        (f"[https://{HOST}/ccx/api/v1/acme], then", "/ccx/api/v1/acme"),
        (f"(https://{HOST}/ccx/api/v1/{{tenant}})", "/ccx/api/v1/{tenant}"),
        (f"https://{HOST}//ccx//api/v1/acme&x=1", "/ccx/api/v1/acme"),
        (f"https://{HOST}/ccx/api/v1/acme;jsessionid=1A", "/ccx/api/v1/acme"),
    ],
)
def test_brackets_around_an_address_are_no_part_of_it(text: str, path: str) -> None:
    found = [address for word in words_of(as_typed(text)) for address in addresses_in(word, frozenset())]
    assert [address.path for address in found] == [path]


def test_links_in_links_are_opened_three_times() -> None:
    link = f"https://{HOST}/ccx/api/v1/acme"
    for depth in range(5):
        assert (read_endpoint(link).tenant == "acme") == (depth <= 3)
        link = "https://gate.example/?u=" + link.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")


def test_lines_are_joined_only_where_an_address_may_go_on() -> None:
    assert as_typed("a\n\n  b") == "a\nb"
    assert joined("https://a.b/\nc\nd e") == "https://a.b/c\nd e"
    assert joined("see https://a.b/\nthen go on") == "see https://a.b/\nthen go on"
    log = "https://a.b/\nc\n" * 200
    assert joined(log) == log


def test_a_name_beside_a_server_is_its_tenant_only_where_it_can_be_meant() -> None:
    assert read_endpoint(f"{HOST} acme").tenant == "acme"
    assert find_url(f"{HOST} acme_pt1").candidates  # type: ignore[union-attr]
    assert find_url(f"{HOST}\nacme").candidates  # type: ignore[union-attr]
    for text in (f"try {HOST}", f"{HOST} wrong?", f"{HOST} acme", f"{HOST}/ccx/api/v1 acme_pt1", f"{HOST} a_1 b_2"):
        found = find_url(text)
        assert found
        assert (found.kind, found.candidates) == (PasteKind.HOST_ONLY, ())
    assert read_endpoint(" ".join([HOST, "acme_pt1", *["the"] * 50])).candidates == ()


def test_a_page_and_its_server_are_one_place() -> None:
    page = "https://wd5.myworkday.com/acme/d/home.htmld"
    assert read_endpoint(f"{page} https://{HOST}/ccx/api/v1/ACME").host == HOST
    assert read_endpoint(f"{page} https://{HOST}/ccx/api/v1/acme2").kind is PasteKind.AMBIGUOUS
    assert read_endpoint(f"{page} https://wd5-impl.workday.com/acme/d/home.htmld").kind is PasteKind.AMBIGUOUS
