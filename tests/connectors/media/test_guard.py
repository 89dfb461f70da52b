"""Promise 16: no fetch to private addresses — by name, by redirect, by a DNS server that changes its mind.

Our own servers are on 127.0.0.0/8: 127.0.0.2 stands for the public internet (the tests allow it), 127.0.0.1 for the
private network. Seen red with only the first request looked at, with the name resolved again at connecting, and without
the unwrapping of carried addresses.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.media.guard import AddressRefused, guarded_client, is_public

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
ALLOWED = (ip_network("127.0.0.2/32"),)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Server:
    """A web server that answers every request the same way, and notes them."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heard: list[str] = []
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def running(
        cls, address: str, answer: bytes = OK, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Server]:
        """Serve on an address."""
        served = cls(answer)
        server = await asyncio.start_server(served._serve, address, port, ssl=tls)
        served.port = server.sockets[0].getsockname()[1]
        async with server:
            yield served

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        await writer.drain()
        writer.close()


def redirect(to: str, status: int = 302) -> bytes:
    """An answer that sends elsewhere."""
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def names(**known: str) -> tuple[Callable[[str, int], object], list[str]]:
    """A resolver of these names, each address separated by a blank, and what it was asked."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Collection[str]:
        asked.append(host)
        if host not in known:
            raise OSError
        return known[host].split()

    return resolve, asked


async def test_a_public_address_is_fetched_under_its_name() -> None:
    resolve, asked = names(shop=PUBLIC)
    async with Server.running(PUBLIC) as server, guarded_client(allow=ALLOWED, resolve=resolve) as client:
        answer = await client.get(f"http://shop:{server.port}/a?b=c")
        assert answer.text == "hi"
        assert str(answer.url) == f"http://shop:{server.port}/a?b=c"
        assert server.heard[0].startswith("GET /a?b=c HTTP/1.1\r\n")
        assert f"\r\nHost: shop:{server.port}\r\n" in server.heard[0]
    assert asked == ["shop"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ],
)
async def test_a_loopback_address_is_refused_however_it_is_written(host: str) -> None:
    async with Server.running(PRIVATE) as server, guarded_client(allow=ALLOWED) as client:
        with pytest.raises(AddressRefused):
            await client.get(f"http://{host}:{server.port}/")
        assert not server.heard


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_into_the_private_network_is_not_followed(status: int) -> None:
    resolve, asked = names(shop=PUBLIC, inside=PRIVATE)
    async with Server.running(PRIVATE) as private:
        answer = redirect(f"http://inside:{private.port}/", status)
        async with Server.running(PUBLIC, answer) as public, guarded_client(allow=ALLOWED, resolve=resolve) as client:
            with pytest.raises(AddressRefused):
                await client.get(f"http://shop:{public.port}/")
            assert len(public.heard) == 1
        assert not private.heard
    assert asked == ["shop", "inside"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://shop/", "gopher://shop/"])
async def test_a_redirect_to_another_protocol_is_not_followed(to: str) -> None:
    resolve, _ = names(shop=PUBLIC)
    async with Server.running(PUBLIC, redirect(to)) as public, guarded_client(allow=ALLOWED, resolve=resolve) as client:
        with pytest.raises(httpx.RequestError):
            await client.get(f"http://shop:{public.port}/")


async def test_redirects_end() -> None:
    resolve, _ = names(shop=PUBLIC)
    async with Server.running(PUBLIC) as public, guarded_client(allow=ALLOWED, resolve=resolve) as client:
        public.answer = redirect(f"http://shop:{public.port}/")
        with pytest.raises(httpx.TooManyRedirects):
            await client.get(f"http://shop:{public.port}/")
        assert len(public.heard) == 4


async def test_a_name_that_means_something_else_a_moment_later_changes_nothing() -> None:
    answers = iter([PUBLIC, PRIVATE, PRIVATE])

    async def rebinding(host: str, port: int) -> list[str]:
        return [next(answers)]

    async with Server.running(PUBLIC) as public, Server.running(PRIVATE, port=public.port) as private:
        async with guarded_client(allow=ALLOWED, resolve=rebinding) as client:
            assert (await client.get(f"http://turncoat:{public.port}/")).text == "hi"
            with pytest.raises(AddressRefused):
                await client.get(f"http://turncoat:{public.port}/")
        assert len(public.heard) == 1
        assert not private.heard


@pytest.mark.parametrize("addresses", [f"{PUBLIC} {PRIVATE}", f"{PRIVATE} {PUBLIC}", f"{PUBLIC} ::1"])
async def test_a_name_with_one_private_address_is_refused_whole(addresses: str) -> None:
    resolve, _ = names(mixed=addresses)
    async with Server.running(PUBLIC) as server, guarded_client(allow=ALLOWED, resolve=resolve) as client:
        with pytest.raises(AddressRefused):
            await client.get(f"http://mixed:{server.port}/")
        assert not server.heard


async def test_the_next_address_of_a_name_is_tried_where_one_does_not_answer() -> None:
    resolve, _ = names(shop=f"127.0.0.3 {PUBLIC}")
    allow = (*ALLOWED, ip_network("127.0.0.3/32"))
    async with Server.running(PUBLIC) as server, guarded_client(allow=allow, resolve=resolve) as client:
        assert (await client.get(f"http://shop:{server.port}/")).text == "hi"


async def test_a_name_that_nobody_knows_is_refused() -> None:
    resolve, _ = names(empty="", odd="not-an-address")
    async with guarded_client(resolve=resolve) as client:
        for host in ("unknown", "empty", "odd"):
            with pytest.raises(AddressRefused):
                await client.get(f"http://{host}/")


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, _ = names(shop=PRIVATE)
    async with Server.running(PRIVATE) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{PRIVATE}:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://{PRIVATE}:{proxy.port}")
        async with guarded_client(resolve=resolve) as client:
            with pytest.raises(AddressRefused):
                await client.get("http://shop/")
        assert not proxy.heard


@pytest.mark.parametrize(("host", "well"), [("shop.test", True), ("other.test", False)])
async def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    host: str, well: bool, tmp_path: Path
) -> None:
    resolve, _ = names(**{host: PUBLIC})
    certified = certificate("shop.test", tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certified)
    trust = ssl.create_default_context(cafile=str(certified))
    async with (
        Server.running(PUBLIC, tls=serving) as server,
        guarded_client(allow=ALLOWED, resolve=resolve, trust=trust) as client,
    ):
        if well:
            assert (await client.get(f"https://{host}:{server.port}/")).text == "hi"
        else:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await client.get(f"https://{host}:{server.port}/")


def certificate(host: str, folder: Path) -> Path:
    """Write a key and a certificate for a name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    start = datetime.now(UTC) - timedelta(hours=1)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), start, start + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "tls.pem").write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return folder / "tls.pem"


NOT_PUBLIC = """
    0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.254 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8
    192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 233.252.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 :: ::1 fe80::1 fc00::1 fd12:3456::1 fec0::1 ff02::1 ff0e::1 2001:db8::1 100::1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2002:c0a8:101::1
    2001:0:4136:e378:8000:63bf:3f57:fefe fe80::1%eth0
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_that_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::1.1.1.1", "::ffff:8.8.8.8"],
)
def test_an_address_of_the_public_internet(address: str) -> None:
    assert is_public(ip_address(address))
