"""A company's network on loopback: an authority of its own, fronts with its certificates, and the only way out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, SECRET = "link", "pass:w/rd"


@dataclass
class CompanyNetwork:
    """A CONNECT proxy that knows where each name leads, and whom it has let through."""

    folder: Path
    targets: dict[str, int] = field(default_factory=dict)
    """Host and port as they are asked for, with the port on loopback behind them."""

    let_through: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    port: int = 0
    tunnels: list[tuple[str, asyncio.StreamWriter]] = field(default_factory=list)

    def block(self, name: str) -> None:
        """Let nobody through to a name any more, and cut who is."""
        self.blocked.add(f"{name}:443")
        for target, writer in self.tunnels:
            if target in self.blocked:
                writer.close()

    @property
    def ca_file(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def proxy(self) -> str:
        return f"http://{USER}:{SECRET.replace(':', '%3A').replace('/', '%2F')}@127.0.0.1:{self.port}"

    async def front(self, stack: contextlib.AsyncExitStack, name: str, port: int) -> None:
        """Serve `https://name` with the company's certificate, before a plain server on loopback."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(_certificate(self.folder, name))

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _join(reader, writer, port)

        server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
        stack.push_async_callback(_close, server)
        self.targets[f"{name}:443"] = server.sockets[0].getsockname()[1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one CONNECT."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, *_ = head.split(" ")
            wanted = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
            if f"proxy-authorization: basic {wanted}".casefold() not in head.casefold():
                status = "407 Proxy Authentication Required"
            elif method != "CONNECT" or target in self.blocked:
                status = "403 Forbidden"
            elif target not in self.targets:
                status = "502 Bad Gateway"
            else:
                self.let_through.append(target)
                self.tunnels.append((target, writer))
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await _join(reader, writer, self.targets[target])
                return
            self.refused.append(f"{status[:3]} {target}")
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def company_network(folder: Path, fronts: dict[str, int]) -> AsyncIterator[CompanyNetwork]:
    """Run the proxy, and a front for each name before its port."""
    network = CompanyNetwork(folder)
    async with contextlib.AsyncExitStack() as stack:
        _authority(folder)
        for name, port in fronts.items():
            await network.front(stack, name, port)
        server = await asyncio.start_server(network.serve, "127.0.0.1", 0)
        stack.push_async_callback(_close, server)
        network.port = server.sockets[0].getsockname()[1]
        yield network


async def _close(server: asyncio.Server) -> None:
    server.close()
    await asyncio.sleep(0)


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def _authority(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wintro's own authority")])
    made = (
        _blank(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "authority.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "authority.key").write_bytes(_pem(key))


def _certificate(folder: Path, name: str) -> Path:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    signer = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        _blank(subject, authority.subject, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + _pem(key))
    return file


def _blank(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=9))
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
