"""A HashiCorp Vault of which only the transit engine is there, as strict and as terse as the real one."""

from __future__ import annotations

import base64
import binascii
import json
import os
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "hvs.CAESIsandboxtoken"


class RefusedError(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass
class TransitServer:
    """Keys by name, each a list of versions; the attributes are how it is spoilt."""

    keys: dict[str, list[bytes]] = field(default_factory=dict)
    token: str = TOKEN
    namespace: str = ""
    mount: str = "transit"
    forbidden: set[str] = field(default_factory=set)
    min_decryption_version: int = 1
    is_sealed: bool = False
    answers: str = ""
    """What is answered instead, if anything: html, empty, other, hang, redirect, busy."""
    port: int = 0
    scheme: str = "http"
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def create(self, name: str) -> None:
        self.keys[name] = [os.urandom(32)]

    def turn(self, name: str) -> None:
        """Give a key a new version."""
        self.keys[name].append(os.urandom(32))

    def answer(self, path: str, headers: Any, body: bytes) -> dict[str, Any]:  # noqa: ANN401  the server's own type
        if self.is_sealed:
            raise RefusedError(503, "Vault is sealed")
        if headers.get("X-Vault-Token") != self.token or headers.get("X-Vault-Namespace", "") != self.namespace:
            raise RefusedError(403, "permission denied")
        head = f"/v1/{self.mount}/"
        if not path.startswith(head):
            raise RefusedError(404, f'no handler for route "{path}"')
        verb, _, name = path.removeprefix(head).partition("/")
        if verb in self.forbidden:
            raise RefusedError(403, "1 error occurred:\n\t* permission denied\n\n")
        said = json.loads(body)
        self.asked.append((verb, said))
        if name not in self.keys:
            raise RefusedError(400, "encryption key not found")
        match verb:
            case "encrypt":
                return self._encrypt(self.keys[name], said)
            case "decrypt":
                return self._decrypt(self.keys[name], said)
            case _:
                raise RefusedError(404, f'no handler for route "{path}"')

    def _encrypt(self, versions: list[bytes], said: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(12)
        sealed = AESGCM(versions[-1]).encrypt(nonce, _decoded(said, "plaintext"), _decoded(said, "associated_data"))
        text = base64.b64encode(nonce + sealed).decode()
        return {"ciphertext": f"vault:v{len(versions)}:{text}", "key_version": len(versions)}

    def _decrypt(self, versions: list[bytes], said: dict[str, Any]) -> dict[str, Any]:
        prefix, version, text = (*str(said.get("ciphertext", "")).split(":"), "", "")[:3]
        if prefix != "vault" or not version.startswith("v") or not version[1:].isdigit():
            raise RefusedError(400, "invalid ciphertext: no prefix")
        number = int(version[1:])
        if not 1 <= number <= len(versions):
            raise RefusedError(400, "invalid ciphertext: version is too new")
        if number < self.min_decryption_version:
            raise RefusedError(400, "ciphertext or signature version is disallowed by policy (too old)")
        sealed = _decoded({"text": text}, "text")
        try:
            plain = AESGCM(versions[number - 1]).decrypt(sealed[:12], sealed[12:], _decoded(said, "associated_data"))
        except (InvalidTag, ValueError):
            raise RefusedError(400, "cipher: message authentication failed") from None
        return {"plaintext": base64.b64encode(plain).decode()}


def _decoded(said: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(said.get(name, ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise RefusedError(400, f"failed to base64-decode {name}") from None


class _Handler(BaseHTTPRequestHandler):
    vault: TransitServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.vault.answers:
            case "hang":
                time.sleep(3)
                return
            case "html":
                self._send(200, b"<html>hello</html>", "text/html")
                return
            case "empty":
                self._send(204, b"", "application/json")
                return
            case "other":
                self._send(200, b'{"data": {"ciphertext": 7, "plaintext": "\xc3\xa9"}}', "application/json")
                return
            case "drip":
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                for _ in range(8):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.3)
                return
            case "redirect":
                self._send(307, b"", "application/json", location=f"{self.vault.url}/elsewhere")
                return
            case "busy":
                self._send(429, b'{"errors": ["request path quota exceeded"]}', "application/json")
                return
            case _:
                pass
        try:
            told = self.vault.answer(self.path, self.headers, body)
        except RefusedError as error:
            self._send(error.status, json.dumps({"errors": [error.error]}).encode(), "application/json")
            return
        self._send(200, json.dumps({"request_id": "r", "data": told}).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def serve(vault: TransitServer, *, certificate: Path | None = None) -> Iterator[TransitServer]:
    """Listen on a free port, with TLS when there is a file to write the certificate to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"vault": vault}))
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certify(certificate))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        vault.scheme = "https"
    vault.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certify(path: Path) -> Path:
    """Write a certificate for this machine to `path` and give a file with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    path.write_bytes(pem)
    both = path.with_suffix(".both")
    both.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return both
