"""A signature holds for its file alone, and whoever has the public key can see it."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from bot.papers.signatures import PaperKey

KEY = PaperKey(bytes(range(32)))
PAPER = b"%PDF-1.3 what is asked"


def checked(content: bytes, signature: str, key: PaperKey = KEY) -> None:
    head, payload, proof = signature.split(".")
    assert payload == "", "the payload is the file and stands nowhere else"
    whole = ".".join((head, urlsafe_b64encode(content).decode(), proof))
    jws.deserialize_compact(whole, OKPKey.import_key(key.public), algorithms=["Ed25519"])


def test_it_holds_for_its_file_and_its_key() -> None:
    signature = KEY.sign(PAPER)
    checked(PAPER, signature)
    with pytest.raises(BadSignatureError):
        checked(PAPER + b" ", signature)
    with pytest.raises(BadSignatureError):
        checked(PAPER, signature, PaperKey(bytes(32)))


def test_it_needs_no_library_of_ours_to_be_checked() -> None:
    head, _, proof = KEY.sign(PAPER).split(".")
    known = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(KEY.public["x"].encode()))
    signed = f"{head}.{urlsafe_b64encode(PAPER).decode()}".encode()
    known.verify(urlsafe_b64decode(proof.encode()), signed)
    with pytest.raises(InvalidSignature):
        known.verify(urlsafe_b64decode(proof.encode()), signed + b"x")


def test_the_public_key_is_no_private_one() -> None:
    assert set(KEY.public) == {"crv", "x", "kty", "kid", "alg", "use"}
    assert KEY.public["kid"] == KEY.thumbprint


def test_the_signatures_name_every_file_and_the_key() -> None:
    told = json.loads(KEY.signatures({"a.pdf": PAPER, "a.csv": b"x"}))
    assert told["key"] == KEY.public
    assert set(told["files"]) == {"a.pdf", "a.csv"}
    checked(PAPER, told["files"]["a.pdf"]["jws"])
