from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from flows.link.setup import SecretRef
from storage.credentials import store as vault
from storage.credentials.hashicorp_vault import TransitKey, VaultServer
from storage.credentials.keyring import KeyRefusedError, KeyRing, KeyRingError, KeyServiceError, new_key
from storage.credentials.rotation import missing_keys, rotate
from tests.support.vault_server import TOKEN, TransitServer, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from flows.link.state import Link
    from storage.database.transactions import Database

CANARY = "c4n4ry-Pa55-ünï"
LOCAL = new_key("own")


@pytest.fixture
def server() -> Iterator[TransitServer]:
    with serve(TransitServer()) as running:
        running.create("link-workday")
        yield running


@pytest.fixture
def link(make_link: Callable[..., Link]) -> Link:
    return make_link()


def known(server: TransitServer) -> VaultServer:
    return VaultServer(address=server.url, token=SecretStr(TOKEN))


@pytest.fixture
def ring(server: TransitServer) -> KeyRing:
    return KeyRing.parse("hsm:vault:link-workday", known(server).key)


def seal(ring: KeyRing, link: Link, text: str = CANARY) -> vault.Sealed:
    return vault.seal(ring, link_id=link.id, field="password", secret=SecretStr(text))


def put(database: Database, ring: KeyRing, link: Link, now: datetime) -> SecretRef:
    sealed = seal(ring, link)
    return database.run_sync(lambda session: vault.keep(session, sealed, now))


def get(database: Database, ring: KeyRing, ref: SecretRef) -> str:
    (found,) = database.run_sync(partial(vault.find, refs=[ref]))
    return vault.unseal(ring, found).get_secret_value()


def test_vault_wraps_the_data_key_and_never_sees_the_secret(
    server: TransitServer, ring: KeyRing, database: Database, stored_link: Link, now: datetime
) -> None:
    ref = put(database, ring, stored_link, now)
    assert get(database, ring, ref) == CANARY
    (found,) = database.run_sync(partial(vault.find, refs=[ref]))
    assert found.key_id == "hsm"
    assert b"vault:v1:" in found.sealed
    seen = str(server.asked)
    assert CANARY not in seen
    assert base64.b64encode(CANARY.encode()).decode() not in seen
    assert [verb for verb, _said in server.asked] == ["encrypt", "decrypt"]
    assert len(base64.b64decode(server.asked[0][1]["plaintext"])) == 32


def test_a_secret_moved_elsewhere_does_not_open(ring: KeyRing, link: Link) -> None:
    sealed = seal(ring, link)
    moved = [
        replace(sealed, link_id="another"),
        replace(sealed, field="token"),
        replace(sealed, ref=SecretRef("another")),
    ]
    for one in moved:
        with pytest.raises(vault.SecretError):
            vault.unseal(ring, one)
    flipped = sealed.sealed[:40] + bytes([sealed.sealed[40] ^ 1]) + sealed.sealed[41:]
    with pytest.raises(vault.SecretError):
        vault.unseal(ring, replace(sealed, sealed=flipped))
    with pytest.raises(KeyRefusedError):
        ring.key("hsm").unwrap(b"\xff\xfe", b"")


def test_a_key_that_was_turned_in_vault_still_opens(server: TransitServer, ring: KeyRing, link: Link) -> None:
    sealed = seal(ring, link)
    server.turn("link-workday")
    later = KeyRing.parse("hsm:vault:link-workday", known(server).key)
    assert vault.unseal(later, sealed).get_secret_value() == CANARY
    assert b"vault:v2:" in seal(later, link).sealed
    server.min_decryption_version = 2
    with pytest.raises(vault.SecretError):
        vault.unseal(later, sealed)


def test_a_ring_moves_to_vault_and_back(
    server: TransitServer, database: Database, stored_link: Link, now: datetime
) -> None:
    own = KeyRing.parse(LOCAL)
    ref = put(database, own, stored_link, now)
    for entries in (f"hsm:vault:link-workday,{LOCAL}", f"{LOCAL},hsm:vault:link-workday"):
        both = KeyRing.parse(entries, known(server).key)
        assert rotate(database, both) == 1
        first = KeyRing.parse(entries.split(",")[0], known(server).key)
        assert missing_keys(database, first) == set()
        assert get(database, first, ref) == CANARY


def test_a_prepared_blank_needs_no_vault_any_more(server: TransitServer, ring: KeyRing, link: Link) -> None:
    blank = vault.prepare(ring, link_id=link.id, field="refresh_token")
    server.is_sealed = True
    sealed = blank.seal(SecretStr(CANARY))
    server.is_sealed = False
    assert vault.unseal(ring, sealed).get_secret_value() == CANARY


def test_the_ring_proves_itself(server: TransitServer, ring: KeyRing) -> None:
    ring.prove()
    assert [verb for verb, _said in server.asked] == ["encrypt", "decrypt"]
    server.forbidden = {"decrypt"}
    with pytest.raises(KeyServiceError, match="may not use the key link-workday"):
        ring.prove()


def wrong_token(server: TransitServer) -> None:
    server.token = "another"


def wrong_namespace(server: TransitServer) -> None:
    server.namespace = "team"


def no_mount(server: TransitServer) -> None:
    server.mount = "elsewhere"


def no_policy(server: TransitServer) -> None:
    server.forbidden = {"encrypt"}


def no_key(server: TransitServer) -> None:
    server.keys.clear()


def is_sealed(server: TransitServer) -> None:
    server.is_sealed = True


def answers(what: str) -> Callable[[TransitServer], None]:
    return lambda server: setattr(server, "answers", what)


BROKEN = {
    "wrong token": (wrong_token, "may not use the key link-workday"),
    "wrong namespace": (wrong_namespace, "may not use the key link-workday"),
    "no mount": (no_mount, "InvalidPath"),
    "no policy": (no_policy, "may not use the key link-workday"),
    "no key": (no_key, "cannot be used"),
    "sealed": (is_sealed, "VaultDown"),
    "busy": (answers("busy"), "RateLimitExceeded"),
    "html": (answers("html"), "cannot be read"),
    "empty": (answers("empty"), "cannot be read"),
    "other": (answers("other"), "cannot be read"),
    "hang": (answers("hang"), "Timeout"),
    "redirect": (answers("redirect"), "cannot be read"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_keeps_vault_from_sealing_is_told_without_the_token(
    server: TransitServer, ring: KeyRing, link: Link, case: str
) -> None:
    spoil, expected = BROKEN[case]
    spoil(server)
    with pytest.raises(KeyServiceError, match=expected) as caught:
        seal(ring, link)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_vault_that_cannot_be_asked_is_no_wrong_key(
    server: TransitServer, ring: KeyRing, database: Database, stored_link: Link, now: datetime
) -> None:
    ref = put(database, ring, stored_link, now)
    server.is_sealed = True
    with pytest.raises(KeyServiceError):
        get(database, ring, ref)
    with pytest.raises(KeyServiceError):
        missing_keys(database, ring)
    server.is_sealed = False
    server.keys["link-workday"] = [b"x" * 32]
    assert missing_keys(database, ring) == {"hsm"}


def test_nobody_listens() -> None:
    key = VaultServer(address="http://127.0.0.1:9", token=SecretStr(TOKEN)).key("link-workday")
    with pytest.raises(KeyServiceError, match="ConnectionError"):
        key.wrap(b"x" * 32, b"")


def test_the_token_file_is_read_each_time(server: TransitServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    key = VaultServer(address=server.url, token_file=file).key("link-workday")
    with pytest.raises(KeyServiceError, match="VAULT_TOKEN_FILE"):
        key.wrap(b"x" * 32, b"")
    file.write_text(f"{TOKEN}\n")
    assert key.unwrap(key.wrap(b"x" * 32, b"a"), b"a") == b"x" * 32
    file.write_text("expired")
    with pytest.raises(KeyServiceError, match="may not use"):
        key.wrap(b"x" * 32, b"")


def test_the_environment_is_not_asked(server: TransitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    assert known(server).key("link-workday").wrap(b"x" * 32, b"")
    with pytest.raises(KeyServiceError, match="may not use"):
        VaultServer(address=server.url).key("link-workday").wrap(b"x" * 32, b"")


def test_the_certificate_is_checked(tmp_path: Path) -> None:
    certificate = tmp_path / "vault.pem"
    with serve(TransitServer(), certificate=certificate) as server:
        server.create("k")
        trusting = VaultServer(address=server.url, token=SecretStr(TOKEN), ca_file=certificate)
        assert trusting.key("k").wrap(b"x" * 32, b"")
        with pytest.raises(KeyServiceError, match="SSLError"):
            replace(trusting, ca_file=None).key("k").wrap(b"x" * 32, b"")


def test_no_key_shows_itself(server: TransitServer) -> None:
    key = known(server).key("k")
    assert TOKEN not in repr(key) + repr(known(server))
    assert key == TransitKey(known(server), "k")


@pytest.mark.parametrize(
    ("entries", "has_vault", "problem"),
    [
        ("hsm:vault:link-workday", False, "set VAULT_ADDR"),
        ("hsm:vault:", True, "names no key"),
        ("hsm:vault:../sys", True, "names no key"),
        ("hsm:vault:..", True, "names no key"),
        ("a:vault:k,b:vault:k", True, "two ids have the same key"),
    ],
)
def test_wrong_entries(server: TransitServer, entries: str, *, has_vault: bool, problem: str) -> None:
    with pytest.raises(KeyRingError, match=problem):
        KeyRing.parse(entries, known(server).key if has_vault else None)
